/** Keys: which one was pressed, and whether it may act where the cursor stands. Pure. */

const TEXT_INPUTS = new Set(["text", "search", "tel", "url", "email", "password", "number", "time", "date", "datetime-local"]);

const REPEATING = new Set(["j", "k"]);

/** Whether an element takes text, so that letters belong to it. */
export function takesText(element) {
  if (!element) return false;
  const tag = element.tagName?.toLowerCase();
  if (tag === "textarea" || tag === "select" || element.isContentEditable) return true;
  return tag === "input" && TEXT_INPUTS.has(element.type ?? "text");
}

/** The name of a key press: "n", "Enter", "Ctrl+Enter", "?", "/". Null for anything with Alt or Meta. */
export function keyName(event) {
  if (event.altKey || event.metaKey || event.isComposing) return null;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey) return key === "Enter" ? "Ctrl+Enter" : null;
  return key;
}

/** The key that may act: inside a text field only Ctrl+Enter and Escape do; a button keeps its own Enter and Space. */
export function actingKey(event, { inText, onControl }) {
  const key = keyName(event);
  if (key === null || (event.repeat && !REPEATING.has(key))) return null;
  if (inText) return key === "Ctrl+Enter" || key === "Escape" ? key : null;
  if (onControl && (key === "Enter" || key === " ")) return null;
  return key;
}

/** Listens on `root` and hands acting keys to `handle(key, event)`; a handled key goes no further. */
export function listenForKeys(root, handle) {
  const listener = (event) => {
    const target = event.target;
    const onControl = target.closest?.("a[href], button, summary, input, [role=option]") != null;
    const key = actingKey(event, { inText: takesText(target), onControl });
    if (key !== null && handle(key, event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  root.addEventListener("keydown", listener);
  return () => root.removeEventListener("keydown", listener);
}

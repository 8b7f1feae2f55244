/** Small tools over the DOM. Text goes in as text, never as markup. */

/**
 * An element: `el("button.primary", { type: "button", onclick }, "Send", child)`.
 *
 * Properties starting with "on" are listeners, "dataset" is an object, "aria-…" and the like are
 * attributes; null and false leave an attribute out.
 */
export function el(selector, properties = {}, ...children) {
  const [tag, ...classes] = selector.split(".");
  const node = document.createElement(tag || "div");
  if (classes.length) node.className = classes.join(" ");
  for (const [name, value] of Object.entries(properties)) setProperty(node, name, value);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function setProperty(node, name, value) {
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name === "dataset") Object.assign(node.dataset, value);
  else setAttribute(node, name, value);
}

/** Set or remove an attribute, only when that changes anything. */
export function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value === true ? "" : value);
}

/** Write text only when it changed, so that screen readers and selections are left alone. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Show or hide. */
export function show(node, shown) {
  node.hidden = !shown;
}

/**
 * Make `parent` hold one child for each item, in order, keeping the nodes (and so focus) of those that stay.
 *
 * keyOf(item) → string, create(item) → element, update(element, item)
 */
export function reconcile(parent, items, keyOf, create, update) {
  const old = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  let cursor = parent.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    const node = old.get(key) ?? created(create(item), key);
    old.delete(key);
    update(node, item);
    if (node === cursor) cursor = cursor.nextElementSibling;
    else parent.insertBefore(node, cursor);
  }
  for (const node of old.values()) node.remove();
  if (focused && focused !== document.activeElement && parent.contains(focused)) focused.focus({ preventScroll: true });
}

function created(node, key) {
  node.dataset.key = key;
  return node;
}

/** Run `task` once in the next frame however often it is asked for. */
export function oncePerFrame(task) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      task();
    });
  };
}

/** The object in a `<script type="application/json" id=…>`. */
export const readJson = (id) => JSON.parse(document.getElementById(id).textContent);

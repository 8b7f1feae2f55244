/** A text field with a list of what it may mean (ARIA combobox). Enter or Tab takes the marked one. */

import { el, reconcile, setAttribute, show } from "./dom.js";

let made = 0;

/**
 * input     the text field
 * search    (text, signal) → items, or a promise of them
 * keyOf     item → string
 * render    (option element, item) fills an option
 * choose    (item) is called with the one that is taken
 * moved     () is called when Enter is pressed with nothing to take
 * empty     text shown when nothing was found
 * delayMs   how long to wait after a letter before searching
 */
export function makeCombobox({ input, search, keyOf, render, choose, moved = () => {}, empty, delayMs = 0, openEmpty = false }) {
  const id = `combobox-${(made += 1)}`;
  const list = el("ul.options", { id, role: "listbox", hidden: true });
  let items = [];
  let active = -1;
  let asked = null;
  let timer = null;

  for (const [name, value] of Object.entries({ role: "combobox", "aria-controls": id, "aria-expanded": "false", "aria-autocomplete": "list", autocomplete: "off" }))
    input.setAttribute(name, value);

  function draw(open) {
    show(list, open);
    setAttribute(input, "aria-expanded", String(open));
    reconcile(list, open ? items : [], keyOf, makeOption, (node, item) => {
      const at = items.indexOf(item);
      node.id = `${id}-${at}`;
      setAttribute(node, "aria-selected", String(at === active));
      render(node, item);
      if (at === active) node.scrollIntoView({ block: "nearest" });
    });
    setAttribute(input, "aria-activedescendant", open && active >= 0 ? `${id}-${active}` : null);
    if (open && !items.length && empty) list.append(el("li.nothing", { role: "presentation" }, empty()));
  }

  function makeOption() {
    const node = el("li.option", { role: "option", onpointerdown: (event) => event.preventDefault() });
    node.addEventListener("click", () => take(items[[...list.children].indexOf(node)]));
    return node;
  }

  async function ask() {
    asked?.abort();
    const mine = (asked = new AbortController());
    setAttribute(input, "aria-busy", "true");
    try {
      const found = await search(input.value, mine.signal);
      if (mine.signal.aborted) return;
      items = found;
      active = items.length && input.value.trim() ? 0 : -1;
      draw(document.activeElement === input);
    } catch (error) {
      if (error.name !== "AbortError" && !mine.signal.aborted) close();
    } finally {
      if (!mine.signal.aborted) setAttribute(input, "aria-busy", null);
    }
  }

  function take(item) {
    close();
    choose(item);
  }

  function close() {
    clearTimeout(timer);
    timer = null;
    asked?.abort();
    setAttribute(input, "aria-busy", null);
    items = [];
    active = -1;
    draw(false);
  }

  function step(by) {
    if (list.hidden) return void ask();
    if (items.length) active = (active + by + items.length) % items.length;
    draw(true);
  }

  const isSearching = () => timer !== null || input.hasAttribute("aria-busy");

  /** Take the marked item even while its search is still under way. */
  async function takeMarked() {
    if (isSearching()) {
      clearTimeout(timer);
      timer = null;
      await ask();
    }
    const item = items[active] ?? null;
    if (item) take(item);
    return item !== null;
  }

  async function press(event) {
    if (event.isComposing || event.altKey || event.metaKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") step(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Escape" && !list.hidden) close();
    else if (event.key === "Enter" && !event.ctrlKey) {
      event.preventDefault();
      if (!(await takeMarked())) moved();
      return;
    } else if (event.key === "Tab" && !event.shiftKey && input.value.trim() && (active >= 0 || isSearching())) {
      event.preventDefault();
      if (!(await takeMarked())) moved();
      return;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function typed() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = null;
      ask();
    }, delayMs);
  }

  const listeners = {
    input: typed,
    keydown: press,
    focus: () => openEmpty && !input.value && ask(),
    blur: close,
  };
  for (const [name, listener] of Object.entries(listeners)) input.addEventListener(name, listener);

  return {
    list,
    close,
    stop() {
      close();
      for (const [name, listener] of Object.entries(listeners)) input.removeEventListener(name, listener);
    },
  };
}

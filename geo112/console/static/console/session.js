/** What this screen is doing: selection, draft, open menu. Plain data with one way to change it. */

const KEY = "geo112.selection";

export const initialSession = () => ({
  selected: null, // {kind: "intake" | "incident" | "call" | "unit" | "warnings", id}
  draft: null,
  hovered: null, // {kind, id}: what the pointer is on, in the list or on the map
  menu: null, // "status" | "end" | "note" | "placing": a step that waits for the next key
  busy: null, // the name of the action under way
  problem: null, // {field, text}: beside the field, or beside the main action when field is null
  toast: null, // {text, undo, until}
  help: false,
  muted: { ringing: 0, overdue: 0 }, // until when, in server time
});

/** Holds the session; `set` merges a patch and tells the listeners. */
export function makeSession(initial = initialSession()) {
  let current = initial;
  const listeners = new Set();
  return {
    get now() {
      return current;
    },
    set(patch) {
      const before = current;
      current = { ...current, ...patch };
      for (const listener of listeners) listener(current, before);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** What changes with the selection: the step and the problem of the old one are over. */
export const selecting = (selected) => ({ selected, menu: null, problem: null });

/** One step back: the help, then the open step, then the selection. Never loses the draft. */
export function stepBack(session) {
  if (session.help) return { help: false };
  if (session.menu) return { menu: null, problem: null };
  if (session.problem) return { problem: null };
  return session.selected ? { selected: null } : null;
}

export const isSelected = (session, kind, id) => session.selected?.kind === kind && session.selected.id === id;

/** Remember the selection over a reload of this tab. */
export const keepSelection = (selected, storage = sessionStorage) =>
  selected ? storage.setItem(KEY, JSON.stringify(selected)) : storage.removeItem(KEY);

/** The selection of before the reload, or null. */
export function keptSelection(storage = sessionStorage) {
  const text = storage.getItem(KEY);
  return text ? JSON.parse(text) : null;
}

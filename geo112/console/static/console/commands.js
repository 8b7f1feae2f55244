/** Which key means what, and when. One table serves the keyboard and the list of keys. Pure. */

/** [key as shown, word key, command name]: the order is that of the list of keys. */
export const COMMANDS = [
  ["N", "key.new", "new"],
  ["/", "key.search", "search"],
  ["J", "key.next", "next"],
  ["K", "key.previous", "previous"],
  ["Enter", "key.main", "main"],
  ["1–9", "key.candidate", "candidate"],
  ["A", "key.acknowledge", "acknowledge"],
  ["S", "key.status", "status"],
  ["M", "key.note", "note"],
  ["R", "key.rank", "rank"],
  ["L", "key.locate", "locate"],
  ["C", "key.copy", "copy"],
  ["G", "key.agency", "agency"],
  ["E", "key.edit", "edit"],
  ["X", "key.end", "end"],
  ["U", "key.undo", "undo"],
  ["Esc", "key.back", "back"],
  ["?", "key.help", "help"],
];

const BY_KEY = new Map(COMMANDS.filter(([key]) => key.length === 1).map(([key, , name]) => [key.toLowerCase(), name]));
const NAMED = new Map([["Escape", "back"], ["Enter", "main"], ["Ctrl+Enter", "main"], ["ArrowDown", null], ["ArrowUp", null]]);

/** Letters that dispose of a call after X. */
export const DISPOSITION_KEYS = new Map([
  ["p", "prank"],
  ["g", "ghost"],
  ["i", "information"],
  ["t", "test"],
  ["d", "dropped"],
  ["w", "wrong_number"],
]);

/**
 * The command behind a key: {name, value}, or null.
 *
 * While a step waits (`menu`), digits and letters belong to it: {name: "menu", value: key}.
 */
export function commandFor(key, { menu, help }) {
  if (help) return key === "Escape" || key === "?" ? { name: "back" } : null;
  if (menu && (/^[0-9]$/.test(key) || /^[a-z]$/.test(key))) return { name: "menu", value: key };
  if (/^[1-9]$/.test(key)) return { name: "candidate", value: Number(key) };
  const name = BY_KEY.get(key) ?? NAMED.get(key);
  return name ? { name } : null;
}

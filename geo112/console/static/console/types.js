/** Finding the incident type: by a few typed letters, or from what the caller said. Pure. */

export const plain = (text) =>
  text
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{M}/gu, "");

const wordsOf = (text) => plain(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
const textsOf = (type) => [type.name.id, type.name.en, ...(type.words ?? [])];

function score(type, parts, lang) {
  const own = wordsOf(type.name[lang] ?? type.name.id);
  const all = textsOf(type).flatMap(wordsOf);
  if (!parts.every((part) => all.some((word) => word.startsWith(part)))) return 0;
  if (own[0]?.startsWith(parts[0])) return 3;
  return parts.every((part) => own.some((word) => word.startsWith(part))) ? 2 : 1;
}

/** Types whose words begin with the typed letters ("ke ru" finds Kebakaran rumah), best first; all for nothing typed. */
export function matchingTypes(types, typed, lang) {
  const parts = wordsOf(typed);
  if (!parts.length) return types;
  return types
    .map((type, index) => ({ type, index, score: score(type, parts, lang) }))
    .filter((entry) => entry.score > 0)
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map((entry) => entry.type);
}

/** Up to `limit` types that the caller's words speak of, the one with most of its words spoken first. */
export function suggestedTypes(types, spoken, limit = 3) {
  const heard = new Set(wordsOf(spoken));
  if (!heard.size) return [];
  return types
    .map((type, index) => ({ type, index, hits: hits(type, heard) }))
    .filter((entry) => entry.hits > 0)
    .sort((a, b) => b.hits - a.hits || a.index - b.index)
    .slice(0, limit)
    .map((entry) => entry.type);
}

function hits(type, heard) {
  const shares = textsOf(type).map((text) => {
    const words = wordsOf(text);
    return words.filter((word) => word.length > 3 && heard.has(word)).length + (words.every((word) => heard.has(word)) ? 1 : 0);
  });
  return Math.max(0, ...shares);
}

/** The question and the view, as they stand in the page's address. Pure. */

/** What an address without parameters means. `who` is "", "kind:fire" or "agency:DAMKAR". */
export const USUAL = {
  origins: "stations",
  who: "kind:fire",
  profile: "fire_engine",
  standard: "spm_fire",
  minutes: "5, 10, 15",
  prep: 0,
  level: "kecamatan",
  view: "bands",
  limit: null,
  sort: "road",
  district: null,
};
const NUMBERS = new Set(["prep", "limit"]);
const ASKED = ["origins", "who", "profile", "standard", "minutes", "prep", "level"];

/** The state that an address names; unknown parameters are left alone, missing ones are the usual. */
export function stateOf(search) {
  const given = new URLSearchParams(search);
  const state = { ...USUAL };
  for (const name of Object.keys(USUAL)) {
    const text = given.get(name);
    if (text === null) continue;
    if (NUMBERS.has(name)) state[name] = text !== "" && Number.isFinite(Number(text)) ? Number(text) : USUAL[name];
    else state[name] = text;
  }
  return state;
}

/** The address of a state: only what differs from the usual, so that links stay short. */
export function addressOf(state) {
  const said = new URLSearchParams();
  for (const [name, value] of Object.entries(state)) {
    if (name in USUAL && value !== USUAL[name] && value !== null) said.set(name, value);
  }
  const text = said.toString();
  return text ? `?${text}` : "";
}

/** Whether two states ask the same question (they may show its answer differently). */
export const asksSame = (a, b) => ASKED.every((name) => String(a[name]) === String(b[name]));

/** "5, 7.5, 10" → [300, 450, 600]: one to four numbers of minutes; null for anything else. */
export function limitsOf(minutes) {
  const seconds = minutes.split(/[^\d.]+/).filter(Boolean).map((part) => Math.round(Number(part) * 60));
  const limits = [...new Set(seconds)].sort((a, b) => a - b);
  return limits.length >= 1 && limits.length <= 4 && limits.every((limit) => limit > 0) ? limits : null;
}

/** The parameters of the API for a state; null when its limits cannot be read. */
export function apiQuery(state) {
  const query = new URLSearchParams({ origins: state.origins, profile: state.profile, level: state.level });
  const [kind, value] = state.who.split(":");
  if (value && (kind === "kind" || kind === "agency")) query.set(kind, value);
  if (state.standard !== "free") {
    query.set("standard", state.standard);
    return query.toString();
  }
  const limits = limitsOf(state.minutes);
  if (limits === null) return null;
  query.set("limits", limits.join(","));
  if (state.prep) query.set("prep_s", state.prep);
  return query.toString();
}

/** The intake form's content, from the first letter till the incident exists. Pure but for `keep` and `kept`. */

const KEY = "geo112.draft";

let made = 0;

/** An empty draft; with a call, what is known of the call stands in it. */
export const newDraft = (call = null) => ({
  serial: (made += 1), // tells one draft from the next, so that the form starts afresh
  editId: null,
  type: null,
  priority: null,
  place: null,
  words: call?.words ?? "",
  number: call?.number ?? "",
  callId: call?.id ?? null,
});

/** Whether anything in it would be lost. */
export const hasContent = (draft) =>
  Boolean(draft.type || draft.place || draft.words.trim() || (draft.number.trim() && draft.callId === null));

/** The fields that still lack, in the order in which they are asked. */
export const missing = (draft) => [...(draft.type ? [] : ["type"]), ...(draft.place ? [] : ["place"])];

/** The body of POST incidents/ (or of PATCH). The caller's words go unchanged, beside what was found. */
export function toRequest({ type, place, words, priority, callId }) {
  const body = { type, lon: place.lon, lat: place.lat, words, location_source: place.source };
  if (place.kind) body.place_kind = place.kind;
  if (place.score !== undefined) body.place_score = place.score;
  if (priority !== null) body.priority = priority;
  if (callId !== null) body.call_id = callId;
  return body;
}

/** The body of POST calls/: a call that no exchange announced, answered by whoever types. */
export const toCall = ({ number, words }) => ({ number: number.trim(), words });

const COORDINATES = /^\s*(-?\d{1,2}(?:[.,]\d+)?)\s*[,;\s]\s*(-?\d{1,3}(?:[.,]\d+)?)\s*$/;

/** A place typed as "-3.7956, 102.2592" (latitude first, as phones show it), or null. */
export function typedCoordinates(text) {
  const match = COORDINATES.exec(text);
  if (!match) return null;
  const [lat, lon] = match.slice(1).map((part) => Number(part.replace(",", ".")));
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : null;
}

/** Keep the draft over a reload of this tab; null forgets it. */
export function keep(draft, storage = sessionStorage) {
  if (draft && hasContent(draft)) storage.setItem(KEY, JSON.stringify(draft));
  else storage.removeItem(KEY);
}

/** The draft of before the reload, or null. */
export function kept(storage = sessionStorage) {
  const text = storage.getItem(KEY);
  return text ? { ...newDraft(), ...JSON.parse(text) } : null;
}

/** The draft that changes an incident. */
export const draftOf = (incident) => ({
  ...newDraft(),
  editId: incident.id,
  type: incident.type,
  priority: incident.priority,
  place: { lon: incident.lon, lat: incident.lat, name: incident.place_words, words: "", source: incident.location_source },
  words: incident.words,
});

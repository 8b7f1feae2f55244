/** The order of the list, and how it stays put under a hand. Pure. */

import { incidentClock, severity } from "./clocks.js";

/** Incident ids, most urgent first: priority, then the reddest clock, then the oldest. */
export function urgencyOrder(incidents, nowMs) {
  const keyed = incidents.map((incident) => ({ incident, level: severity(incidentClock(incident, nowMs)) }));
  keyed.sort(
    (a, b) =>
      a.incident.priority - b.incident.priority ||
      b.level - a.level ||
      Date.parse(a.incident.opened_at) - Date.parse(b.incident.opened_at) ||
      a.incident.id - b.incident.id,
  );
  return keyed.map(({ incident }) => incident.id);
}

/** While held, what is shown keeps its place: the gone leave, the new join at the end. */
export function heldOrder(shown, wanted, held) {
  if (!held) return wanted;
  const still = new Set(wanted);
  const kept = shown.filter((id) => still.has(id));
  const known = new Set(kept);
  return [...kept, ...wanted.filter((id) => !known.has(id))];
}

/** The neighbour of `current` in `order`, stopping at the ends; the first (or last) when nothing is selected. */
export function neighbour(order, current, step) {
  if (!order.length) return null;
  const at = order.indexOf(current);
  if (at < 0) return step > 0 ? order[0] : order.at(-1);
  return order[Math.min(order.length - 1, Math.max(0, at + step))];
}

/** Which of the recommended units will be sent. Pure. */

export const MAX_NUMBERED = 9;
export const ALTERNATIVES = 2; // shown beyond what the plan asks for, until somebody wants all

/**
 * The slots as they are shown: [{slot, rows: [{number, candidate}], hidden}].
 *
 * Chosen units always show. A unit that stands in two slots has one number; past nine there is none.
 */
export function shownSlots(recommendation, chosen, { all = false } = {}) {
  const numbers = new Map();
  const numberOf = (id) => {
    if (!numbers.has(id)) numbers.set(id, numbers.size + 1);
    return numbers.get(id) <= MAX_NUMBERED ? numbers.get(id) : null;
  };
  return (recommendation?.slots ?? []).map((slot) => {
    const seen = slot.candidates.filter((candidate, at) => all || at < slot.count + ALTERNATIVES || chosen.has(candidate.unit_id));
    const rows = seen.map((candidate) => ({ number: numberOf(candidate.unit_id), candidate }));
    return { slot, rows, hidden: slot.candidates.length - seen.length };
  });
}

/** The unit behind a number key, or null. */
export function unitNumbered(slots, number) {
  const row = slots.flatMap(({ rows }) => rows).find((entry) => entry.number === number);
  return row ? row.candidate.unit_id : null;
}

const everyCandidate = (recommendation) => (recommendation?.slots ?? []).flatMap((slot) => slot.candidates);

/** The unit ids that the server proposes. */
export const proposed = (recommendation) =>
  new Set(everyCandidate(recommendation).filter((candidate) => candidate.proposed).map((candidate) => candidate.unit_id));

/** Take a unit in or out. */
export function toggled(chosen, unitId) {
  const next = new Set(chosen);
  if (!next.delete(unitId)) next.add(unitId);
  return next;
}

/** Units that are gone leave the choice; the next best of the same slot, if any, takes each one's place. */
export function withoutTaken(recommendation, chosen, taken) {
  const next = new Set([...chosen].filter((id) => !taken.has(id)));
  for (const slot of recommendation?.slots ?? []) {
    const lost = slot.candidates.filter(({ unit_id: id }) => chosen.has(id) && taken.has(id)).length;
    const spare = slot.candidates.filter(({ unit_id: id }) => !taken.has(id) && !next.has(id));
    for (const candidate of spare.slice(0, lost)) next.add(candidate.unit_id);
  }
  return next;
}

/** The choice over a fresh recommendation: what a person changed is kept, the rest follows the server. */
export function rebased(recommendation, before, chosen) {
  const wanted = proposed(recommendation);
  const earlier = proposed(before);
  const offered = new Set(everyCandidate(recommendation).map((candidate) => candidate.unit_id));
  for (const id of chosen) if (!earlier.has(id) && offered.has(id)) wanted.add(id);
  for (const id of earlier) if (!chosen.has(id)) wanted.delete(id);
  return wanted;
}

/** Candidates that stopped being free since the recommendation was made. */
export const noLongerFree = (recommendation, units, isFree) =>
  new Set(
    everyCandidate(recommendation)
      .map((candidate) => candidate.unit_id)
      .filter((id) => units.has(id) && !isFree(units.get(id))),
  );

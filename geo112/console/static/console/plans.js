/** What is recommended for each incident and what a person made of it. Pure: a Map of plans, replaced on change. */

import { noLongerFree, proposed, rebased, toggled, withoutTaken } from "./candidates.js";
import { isFree } from "./store.js";

export const NO_PLAN = { recommendation: null, chosen: new Set(), taken: new Map(), loading: false, failed: false };

export const planOf = (plans, incidentId) => plans.get(incidentId) ?? NO_PLAN;

const changed = (plans, incidentId, patch) => new Map(plans).set(incidentId, { ...planOf(plans, incidentId), ...patch });

export const loading = (plans, incidentId) => changed(plans, incidentId, { loading: true });
export const failed = (plans, incidentId) => changed(plans, incidentId, { loading: false, failed: true });

/** A (new) recommendation arrived. Nobody is chosen beforehand when `propose` is false. */
export function received(plans, incidentId, recommendation, { propose = true } = {}) {
  const before = planOf(plans, incidentId);
  const first = propose ? proposed(recommendation) : new Set();
  const chosen = before.recommendation ? rebased(recommendation, before.recommendation, before.chosen) : first;
  return changed(plans, incidentId, { recommendation, chosen, loading: false, failed: false });
}

export function toggle(plans, incidentId, unitId) {
  const plan = planOf(plans, incidentId);
  return plan.taken.has(unitId) ? plans : changed(plans, incidentId, { chosen: toggled(plan.chosen, unitId) });
}

/** A unit went to somebody else: {unitId → {by, at, callsign}}. The next best takes its place. */
export function lost(plans, incidentId, taken) {
  const plan = planOf(plans, incidentId);
  const all = new Map([...plan.taken, ...taken]);
  return changed(plans, incidentId, { taken: all, chosen: withoutTaken(plan.recommendation, plan.chosen, new Set(all.keys())) });
}

/** The units were sent: nothing is chosen any more, and what is still needed has to be asked again. */
export const sent = (plans, incidentId) => changed(plans, incidentId, { recommendation: null, chosen: new Set(), taken: new Map() });

/** Every plan after units changed: who stopped being free is taken, who is free again is not. */
export function afterChange(plans, units) {
  let next = plans;
  for (const [incidentId, plan] of plans) {
    const gone = noLongerFree(plan.recommendation, units, isFree);
    const back = [...plan.taken.keys()].filter((id) => !gone.has(id) && units.has(id) && isFree(units.get(id)) && plan.taken.get(id).seen);
    const news = [...gone].filter((id) => !plan.taken.has(id));
    if (back.length) next = changed(next, incidentId, { taken: new Map([...plan.taken].filter(([id]) => !back.includes(id))) });
    if (news.length) next = lost(next, incidentId, new Map(news.map((id) => [id, takenBy(units.get(id))])));
  }
  return next;
}

const takenBy = (unit) => ({ callsign: unit.callsign, by: null, at: unit.status_at, seen: true });

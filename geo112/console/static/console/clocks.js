/** The clock of each call and incident: what it waits for, since when, and whether that is too long. Pure. */

import { openAssignments } from "./store.js";

/** Seconds until a stage is due and overdue. Under way, the promised travel time counts instead. */
export const LIMITS = {
  ringing: { due: 10, overdue: 15 },
  talking: { due: 60, overdue: 180 },
  unsent: { due: 60, overdue: 120 },
  assigned: { due: 60, overdue: 120 },
  acknowledged: { due: 90, overdue: 180 },
  unclosed: { due: 300, overdue: 900 },
};
const LATE_FACTOR = 1.5;
const LATE_GRACE_S = 60;
const LEVELS = ["calm", "due", "overdue"];

export const severity = (clock) => LEVELS.indexOf(clock.level);

function reading(stage, sinceIso, nowMs, limit) {
  const elapsed_s = Math.max(0, (nowMs - Date.parse(sinceIso)) / 1000);
  const late = limit !== null && elapsed_s >= limit.overdue;
  const level = late ? "overdue" : limit !== null && elapsed_s >= limit.due ? "due" : "calm";
  return { stage, since: sinceIso, elapsed_s, level, over_s: late ? elapsed_s - limit.overdue : 0 };
}

function assignmentLimit(assignment) {
  if (assignment.status !== "en_route") return LIMITS[assignment.status] ?? null;
  if (assignment.eta_s === null || assignment.eta_s === undefined) return null;
  return { due: assignment.eta_s, overdue: assignment.eta_s * LATE_FACTOR + LATE_GRACE_S };
}

/** The clock of one assignment. */
export const assignmentClock = (assignment, nowMs) =>
  reading(assignment.status, assignment.status_at, nowMs, assignmentLimit(assignment));

/** The clock of a call: how long it rings, and once answered how long nobody has said what it is. */
export const callClock = (call, nowMs) =>
  call.status === "open"
    ? reading("talking", call.answered_at ?? call.received_at, nowMs, LIMITS.talking)
    : reading("ringing", call.received_at, nowMs, LIMITS.ringing);

/** The clock of an incident: the worst of its open assignments, else the time nothing was sent or closed. */
export function incidentClock(incident, nowMs) {
  const open = openAssignments(incident);
  if (open.length) return open.map((assignment) => assignmentClock(assignment, nowMs)).reduce(worse);
  const ended = incident.assignments.filter((assignment) => assignment.ended_at && assignment.status === "cleared");
  if (!ended.length) return reading("unsent", incident.opened_at, nowMs, LIMITS.unsent);
  const last = ended.map((assignment) => assignment.ended_at).sort().at(-1);
  return reading("unclosed", last, nowMs, LIMITS.unclosed);
}

const worse = (a, b) => (severity(b) > severity(a) || (severity(b) === severity(a) && b.elapsed_s > a.elapsed_s) ? b : a);

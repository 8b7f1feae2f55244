/** What a supervisor should know without asking: silent units, refused data, overdue incidents. Pure. */

import { freshnessOf } from "#geo112/freshness.js";
import { incidentClock } from "./clocks.js";
import { openIncidents } from "./store.js";

/** {silent, nofix, faults, overdue}: units and incidents that need a look. Units out of service are left out. */
export function warningsOf(state, nowMs, limits) {
  const units = [...state.units.values()].filter((unit) => unit.status !== "out_of_service");
  const fresh = (unit) => freshnessOf(unit.fix, nowMs, limits);
  return {
    overdue: openIncidents(state).filter((incident) => incidentClock(incident, nowMs).level === "overdue"),
    silent: units.filter((unit) => fresh(unit) === "silent"),
    nofix: units.filter((unit) => fresh(unit) === "none"),
    faults: units.filter((unit) => (unit.faults?.count ?? 0) > 0),
  };
}

/** How many there are; a unit counts once. */
export function countWarnings(state, nowMs, limits) {
  const { overdue, silent, nofix, faults } = warningsOf(state, nowMs, limits);
  return overdue.length + new Set([...silent, ...nofix, ...faults].map((unit) => unit.id)).size;
}

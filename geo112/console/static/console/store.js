/** What this screen knows: units, incidents and calls by id. Pure: each function returns a new state. */

export const KINDS = ["units", "incidents", "calls"];

export const emptyState = () => ({ units: new Map(), incidents: new Map(), calls: new Map(), at: null, ready: false });

const isNewer = (row, known) => known === undefined || row.version > known.version;

/** Take in the whole state. What it does not name is gone; what we know better stays. */
export function applySnapshot(state, snapshot) {
  const next = { ...state, at: snapshot.at ?? state.at, ready: true };
  for (const kind of KINDS) {
    const rows = snapshot[kind] ?? [];
    next[kind] = new Map(rows.map((row) => [row.id, isNewer(row, state[kind].get(row.id)) ? row : state[kind].get(row.id)]));
  }
  return next;
}

/** Take in rows that changed; older versions than ours are dropped, `removed` ids leave. */
export function applyChange(state, change) {
  const next = { ...state, at: change.at ?? state.at };
  for (const kind of KINDS) {
    const rows = (change[kind] ?? []).filter((row) => isNewer(row, state[kind].get(row.id)));
    const gone = (change.removed?.[kind] ?? []).filter((id) => state[kind].has(id));
    if (rows.length || gone.length) next[kind] = merged(state[kind], rows, gone);
  }
  return next;
}

function merged(known, rows, gone) {
  const next = new Map(known);
  for (const row of rows) next.set(row.id, row);
  for (const id of gone) next.delete(id);
  return next;
}

const ENDED_INCIDENT = new Set(["closed", "cancelled"]);

export const isOver = (incident) => ENDED_INCIDENT.has(incident.status);
export const openAssignments = (incident) => incident.assignments.filter((assignment) => !assignment.ended_at);
export const isFree = (unit) => unit.assignment_id === null && (unit.status === "available" || unit.status === "returning");

/** Incidents that need somebody, in no order. */
export const openIncidents = (state) => [...state.incidents.values()].filter((incident) => !isOver(incident));

const callRank = (call) => (call.status === "waiting" ? 0 : 1);

/** Calls that nobody has dealt with: those that ring first, each the longest waiting first. */
export const waitingCalls = (state) =>
  [...state.calls.values()]
    .filter((call) => call.status !== "ended" && call.disposition === null && call.incident_id === null)
    .sort((a, b) => callRank(a) - callRank(b) || Date.parse(a.received_at) - Date.parse(b.received_at) || a.id - b.id);

/** Free and all units by agency kind: [{kind, free, all}] in the order of `order`. */
export function fleetCounts(state, order) {
  const counts = new Map(order.map((kind) => [kind, { kind, free: 0, all: 0 }]));
  for (const unit of state.units.values()) {
    const count = counts.get(unit.agency_kind);
    if (!count || unit.status === "out_of_service") continue;
    count.all += 1;
    if (isFree(unit)) count.free += 1;
  }
  return [...counts.values()].filter((count) => count.all > 0);
}

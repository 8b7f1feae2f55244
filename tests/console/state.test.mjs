import assert from "node:assert/strict";
import { test } from "node:test";
import { eventsBetween } from "../../geo112/console/static/console/events.js";
import { applyChange, applySnapshot, emptyState, fleetCounts, isFree, openIncidents, waitingCalls } from "../../geo112/console/static/console/store.js";

const unit = (id, more = {}) => ({ id, callsign: `DK-0${id}`, agency_kind: "fire", status: "available", assignment_id: null, status_at: "2026-11-23T14:00:00Z", incident_id: null, version: 1, ...more });
const snapshot = (more = {}) => ({ units: [], incidents: [], calls: [], at: "2026-11-23T14:00:00Z", ...more });

test("a snapshot replaces what is known and drops what it does not name", () => {
  const first = applySnapshot(emptyState(), snapshot({ units: [unit(1), unit(2)] }));
  const second = applySnapshot(first, snapshot({ units: [unit(2)] }));
  assert.deepEqual([...second.units.keys()], [2]);
  assert.equal(second.ready, true);
});

test("a snapshot does not bring back an older version of what a change brought", () => {
  const changed = applyChange(applySnapshot(emptyState(), snapshot({ units: [unit(1)] })), { units: [unit(1, { version: 9, status: "assigned" })] });
  const late = applySnapshot(changed, snapshot({ units: [unit(1, { version: 5 })] }));
  assert.equal(late.units.get(1).status, "assigned");
});

test("a change with an old version is dropped and leaves the same Map", () => {
  const state = applySnapshot(emptyState(), snapshot({ units: [unit(1, { version: 7 })] }));
  const next = applyChange(state, { units: [unit(1, { version: 7, status: "assigned" })] });
  assert.equal(next.units, state.units);
});

test("removed rows leave, unknown ones do no harm", () => {
  const state = applySnapshot(emptyState(), snapshot({ units: [unit(1), unit(2)] }));
  assert.deepEqual([...applyChange(state, { removed: { units: [1, 99] } }).units.keys()], [2]);
});

test("the old state is never changed in place", () => {
  const state = applySnapshot(emptyState(), snapshot({ units: [unit(1)] }));
  applyChange(state, { units: [unit(1, { version: 2, status: "assigned" })] });
  assert.equal(state.units.get(1).status, "available");
});

test("a unit is free when nothing holds it and its duty allows", () => {
  assert.equal(isFree(unit(1)), true);
  assert.equal(isFree(unit(1, { status: "returning" })), true);
  assert.equal(isFree(unit(1, { status: "out_of_service" })), false);
  assert.equal(isFree(unit(1, { status: "assigned", assignment_id: 4 })), false);
});

test("the fleet counts free and all in service, by kind, in the given order", () => {
  const units = [unit(1), unit(2, { status: "assigned", assignment_id: 1 }), unit(3, { status: "out_of_service" }), unit(4, { agency_kind: "medical" })];
  const state = applySnapshot(emptyState(), snapshot({ units }));
  assert.deepEqual(fleetCounts(state, ["medical", "fire", "sar"]), [
    { kind: "medical", free: 1, all: 1 },
    { kind: "fire", free: 1, all: 2 },
  ]);
});

test("only open incidents and calls that nobody dealt with are shown, the longest waiting first", () => {
  const call = (id, more = {}) => ({ id, status: "waiting", disposition: null, incident_id: null, received_at: `2026-11-23T14:00:0${id}Z`, version: 1, ...more });
  const state = applySnapshot(emptyState(), snapshot({
    calls: [call(0, { status: "open" }), call(3), call(1), call(2, { status: "ended", disposition: "prank" }), call(4, { incident_id: 8 })],
    incidents: [{ id: 1, status: "open", version: 1 }, { id: 2, status: "closed", version: 1 }],
  }));
  assert.deepEqual(waitingCalls(state).map((row) => row.id), [1, 3, 0]);
  assert.deepEqual(openIncidents(state).map((row) => row.id), [1]);
});

test("news tells of changed statuses, new incidents, closings and calls, but not of the first snapshot", () => {
  const incident = { id: 5, number: "2026-000005", type_name: { id: "Kebakaran" }, status: "open", opened_at: "2026-11-23T14:00:01Z", version: 1 };
  const before = applySnapshot(emptyState(), snapshot({ units: [unit(1)], incidents: [{ ...incident, id: 6, number: "2026-000006" }] }));
  assert.deepEqual(eventsBetween(emptyState(), before), []);
  const after = applyChange(before, {
    units: [unit(1, { version: 2, status: "en_route", incident_id: 5 })],
    incidents: [incident, { ...incident, id: 6, number: "2026-000006", version: 2, status: "closed", closed_at: "2026-11-23T14:00:09Z" }],
    calls: [{ id: 1, number: "0812", status: "waiting", received_at: "2026-11-23T14:00:02Z", version: 1 }],
  });
  assert.deepEqual(eventsBetween(before, after).map(({ key, incidentId }) => [key, incidentId]), [
    ["event.unit", 5],
    ["event.closed", 6],
    ["event.opened", 5],
    ["event.call", null],
  ]);
});

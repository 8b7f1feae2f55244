import assert from "node:assert/strict";
import { test } from "node:test";
import { momentOf } from "../../geo112/console/static/console/assigned.js";
import { proposed, rebased, shownSlots, toggled, unitNumbered, withoutTaken } from "../../geo112/console/static/console/candidates.js";
import { assignmentClock, callClock, incidentClock } from "../../geo112/console/static/console/clocks.js";
import { hasContent, keep, kept, missing, newDraft, toRequest, typedCoordinates } from "../../geo112/console/static/console/draft.js";
import { heldOrder, neighbour, urgencyOrder } from "../../geo112/console/static/console/ordering.js";
import * as plans from "../../geo112/console/static/console/plans.js";
import { matchingTypes, suggestedTypes } from "../../geo112/console/static/console/types.js";

const NOW = Date.parse("2026-11-23T14:00:00Z");
const ago = (seconds) => new Date(NOW - seconds * 1000).toISOString();
const incident = (id, more = {}) => ({ id, priority: 1, status: "open", opened_at: ago(10), assignments: [], ...more });
const assignment = (more = {}) => ({ id: 1, unit_id: 1, status: "assigned", assigned_at: ago(30), status_at: ago(30), eta_s: 200, ended_at: null, ...more });

test("an incident without units is due after a minute, overdue after two", () => {
  assert.deepEqual([59, 60, 120].map((s) => incidentClock(incident(1, { opened_at: ago(s) }), NOW).level), ["calm", "due", "overdue"]);
  assert.equal(incidentClock(incident(1, { opened_at: ago(150) }), NOW).over_s, 30);
});

test("under way the promised time is the limit, with grace; without a promise there is none", () => {
  const driving = (s, eta) => assignmentClock(assignment({ status: "en_route", status_at: ago(s), eta_s: eta }), NOW).level;
  assert.deepEqual([driving(199, 200), driving(200, 200), driving(360, 200), driving(9999, null)], ["calm", "due", "overdue", "calm"]);
});

test("the worst unit gives the incident its clock; on scene is calm", () => {
  const late = incident(1, { assignments: [assignment({ id: 1, status: "on_scene", status_at: ago(4000) }), assignment({ id: 2, status_at: ago(130) })] });
  assert.deepEqual([incidentClock(late, NOW).stage, incidentClock(late, NOW).level], ["assigned", "overdue"]);
});

test("when all units are done the incident waits to be closed; when all were cancelled it waits for units again", () => {
  const ended = (status) => incident(1, { opened_at: ago(900), assignments: [assignment({ status, ended_at: ago(400) })] });
  assert.deepEqual([incidentClock(ended("cleared"), NOW).stage, incidentClock(ended("cleared"), NOW).level], ["unclosed", "due"]);
  assert.deepEqual([incidentClock(ended("cancelled"), NOW).stage, incidentClock(ended("cancelled"), NOW).level], ["unsent", "overdue"]);
});

test("a ringing call is due after ten seconds", () => {
  assert.deepEqual([9, 10, 15].map((s) => callClock({ received_at: ago(s) }, NOW).level), ["calm", "due", "overdue"]);
});

test("an answered call has a minute to be sorted", () => {
  const call = (seconds) => ({ status: "open", received_at: ago(seconds + 90), answered_at: ago(seconds) });
  assert.deepEqual([59, 60, 180].map((s) => callClock(call(s), NOW).level), ["calm", "due", "overdue"]);
  assert.equal(callClock(call(5), NOW).stage, "talking");
});

test("order: priority, then the reddest clock, then the oldest", () => {
  const rows = [incident(1, { priority: 2, opened_at: ago(500) }), incident(2, { opened_at: ago(5) }), incident(3, { opened_at: ago(70) }), incident(4, { opened_at: ago(9) })];
  assert.deepEqual(urgencyOrder(rows, NOW), [3, 4, 2, 1]);
});

test("a held list keeps its places: the gone leave, the new join at the end", () => {
  assert.deepEqual(heldOrder([3, 1, 2], [9, 1, 2, 4], true), [1, 2, 9, 4]);
  assert.deepEqual(heldOrder([3, 1, 2], [9, 1, 2, 4], false), [9, 1, 2, 4]);
});

test("J and K stop at the ends and start somewhere sensible", () => {
  assert.deepEqual([neighbour([5, 6], null, 1), neighbour([5, 6], null, -1), neighbour([5, 6], 6, 1), neighbour([5, 6], 6, -1), neighbour([], 1, 1)], [5, 6, 6, 5, null]);
});

const candidate = (unit_id, proposedNow = false) => ({ unit_id, callsign: `U${unit_id}`, proposed: proposedNow });
const recommendation = {
  slots: [
    { capability: "fire_pump", count: 2, candidates: [candidate(1, true), candidate(2, true), candidate(3), candidate(4), candidate(5)] },
    { capability: "ambulance", count: 1, candidates: [candidate(7, true), candidate(3)] },
  ],
};
const nothing = { slots: [{ capability: "fire_pump", count: 1, candidates: [] }] };

test("what the server proposes is chosen; digits number units once over all slots", () => {
  const chosen = proposed(recommendation);
  assert.deepEqual([...chosen], [1, 2, 7]);
  const slots = shownSlots(recommendation, chosen);
  assert.deepEqual(slots.map(({ rows }) => rows.map(({ number }) => number)), [[1, 2, 3, 4], [5, 3]]);
  assert.equal(slots[0].hidden, 1);
  assert.deepEqual([unitNumbered(slots, 5), unitNumbered(slots, 9)], [7, null]);
});

test("a chosen unit shows even past the alternatives, and past nine there is no number", () => {
  const many = { slots: [{ capability: "x", count: 9, candidates: Array.from({ length: 12 }, (_, at) => candidate(at + 1)) }] };
  const [slot] = shownSlots(many, new Set([12]));
  assert.equal(slot.rows.at(-1).candidate.unit_id, 12);
  assert.equal(slot.rows.at(-1).number, null);
});

test("digits take and drop", () => {
  assert.deepEqual([...toggled(new Set([1]), 1)], []);
  assert.deepEqual([...toggled(new Set([1]), 2)], [1, 2]);
});

test("a taken unit's place goes to the next best of its slot", () => {
  assert.deepEqual([...withoutTaken(recommendation, new Set([1, 2, 7]), new Set([2]))].sort(), [1, 3, 7]);
  assert.deepEqual([...withoutTaken(recommendation, new Set([7]), new Set([7, 3]))], []);
});

test("a fresh recommendation keeps what a person changed", () => {
  const fresh = { slots: [{ capability: "fire_pump", count: 2, candidates: [candidate(8, true), candidate(1, true), candidate(4)] }] };
  assert.deepEqual([...rebased(fresh, recommendation, new Set([1, 4]))].sort(), [1, 4, 8]);
  assert.deepEqual([...rebased(fresh, recommendation, new Set([2, 7]))], [8]);
  assert.deepEqual([...rebased(nothing, recommendation, new Set([1]))], []);
});

test("a plan whose unit stops being free selects the next best and says since when; free again, it is offered again", () => {
  const free = (id) => ({ id, callsign: `U${id}`, status: "available", assignment_id: null, status_at: ago(0) });
  const units = new Map([1, 2, 3, 4, 5, 7].map((id) => [id, free(id)]));
  const first = plans.received(new Map(), 50, recommendation);
  const busy = new Map(units).set(1, { ...free(1), status: "assigned", assignment_id: 9, status_at: ago(4) });
  const after = plans.afterChange(first, busy);
  assert.deepEqual([...plans.planOf(after, 50).chosen].sort(), [2, 3, 7]);
  assert.equal(plans.planOf(after, 50).taken.get(1).at, ago(4));
  assert.equal(plans.planOf(plans.afterChange(after, units), 50).taken.has(1), false);
});

test("a lost unit cannot be taken again by its digit", () => {
  const first = plans.received(new Map(), 50, recommendation);
  const after = plans.lost(first, 50, new Map([[1, { by: "Rina", at: ago(4) }]]));
  assert.equal(plans.toggle(after, 50, 1), after);
});

const TYPES = [
  { code: "house_fire", name: { id: "Kebakaran rumah", en: "House fire" }, words: ["terbakar", "asap"] },
  { code: "land_fire", name: { id: "Kebakaran lahan", en: "Grass or land fire" }, words: ["kebakaran lahan"] },
  { code: "road_accident", name: { id: "Kecelakaan lalu lintas", en: "Road accident" }, words: ["tabrakan", "tabrak lari"] },
  { code: "snake", name: { id: "Ular atau hewan buas", en: "Snake or wild animal" }, words: ["ular"] },
];
const codes = (types) => types.map((type) => type.code);

test("a few letters find a type, in either language, its own first", () => {
  assert.deepEqual(codes(matchingTypes(TYPES, "keb ru", "id")), ["house_fire"]);
  assert.deepEqual(codes(matchingTypes(TYPES, "ke", "id")), ["house_fire", "land_fire", "road_accident"]);
  assert.deepEqual(codes(matchingTypes(TYPES, "fire", "id")), ["house_fire", "land_fire"]);
  assert.deepEqual(codes(matchingTypes(TYPES, "lalu", "id")), ["road_accident"]);
  assert.deepEqual(matchingTypes(TYPES, "zzz", "id"), []);
  assert.equal(matchingTypes(TYPES, " ", "id").length, 4);
});

test("the caller's words suggest types", () => {
  assert.deepEqual(codes(suggestedTypes(TYPES, "Pak, rumah terbakar di belakang masjid!"))[0], "house_fire");
  assert.deepEqual(codes(suggestedTypes(TYPES, "ada ular di dapur")), ["snake"]);
  assert.deepEqual(suggestedTypes(TYPES, ""), []);
});

test("a draft asks for type and place, sends the words unchanged, and survives a reload", () => {
  const box = new Map();
  const storage = { getItem: (key) => box.get(key) ?? null, setItem: (key, value) => box.set(key, value), removeItem: (key) => box.delete(key) };
  const draft = { ...newDraft({ id: 4, number: "0812", words: "  di belakang\nmasjid " }), type: "house_fire" };
  assert.deepEqual(missing(draft), ["place"]);
  const whole = { ...draft, place: { lon: 102.26, lat: -3.79, name: "Masjid", words: "", source: "search" } };
  assert.deepEqual(toRequest(whole), { type: "house_fire", lon: 102.26, lat: -3.79, words: "  di belakang\nmasjid ", location_source: "search", call_id: 4 });
  keep(whole, storage);
  assert.deepEqual(kept(storage), whole);
  keep(null, storage);
  assert.equal(kept(storage), null);
  assert.equal(hasContent(newDraft()), false);
});

test("typed coordinates are a place, latitude first; other text is not", () => {
  assert.deepEqual(typedCoordinates("-3.7956, 102.2592"), { lat: -3.7956, lon: 102.2592 });
  assert.deepEqual(typedCoordinates("-3,7956 102,2592"), { lat: -3.7956, lon: 102.2592 });
  assert.equal(typedCoordinates("Jl. Kapuas 3"), null);
  assert.equal(typedCoordinates("102.2592, -3.7956"), null);
});

test("a time told by radio is the last such minute that has passed, in WIB", () => {
  assert.equal(momentOf("20:55", NOW), "2026-11-23T13:55:00.000Z");
  assert.equal(momentOf("21:00", NOW), null);
  assert.equal(momentOf("23:50", NOW), "2026-11-22T16:50:00.000Z");
  assert.equal(momentOf("9.05", NOW), "2026-11-23T02:05:00.000Z");
  assert.deepEqual([momentOf("", NOW), momentOf("24:00", NOW), momentOf("12:70", NOW)], [null, null, null]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { UNDO_MS } from "../../geo112/crew/static/crew/moves.js";
import { makeQueue } from "../../geo112/crew/static/crew/queue.js";
import { makeTaps } from "../../geo112/crew/static/crew/taps.js";

const MOVES = { acknowledged: ["en_route"], en_route: ["acknowledged", "on_scene"], on_scene: ["en_route", "cleared"], cleared: [] };

function phone() {
  const storage = { kept: {}, getItem: (key) => storage.kept[key] ?? null, setItem: (key, value) => (storage.kept[key] = value) };
  const clock = { ms: 1_000_000 };
  const queue = makeQueue({ storage, key: "taps" });
  return { storage, clock, queue, taps: makeTaps({ queue, moves: MOVES, now: () => clock.ms }) };
}

test("a tap is kept at once, with when it was tapped", () => {
  const { storage, taps } = phone();
  taps.tap(7, "acknowledged", "en_route");
  const [kept] = JSON.parse(storage.kept.taps);
  assert.deepEqual(kept, { assignmentId: 7, new: "en_route", from: "acknowledged", at: 1_000_000, due: 1_000_000 });
});

test("undo is open for ten seconds", () => {
  const { clock, taps } = phone();
  taps.tap(7, "acknowledged", "en_route");
  assert.equal(taps.undoable().leftMs, UNDO_MS);
  clock.ms += UNDO_MS - 1;
  assert.equal(taps.undoable().leftMs, 1);
  clock.ms += 1;
  assert.equal(taps.undoable(), null);
});

test("a step that went out is undone by the step back, with its own time", () => {
  const { clock, queue, taps } = phone();
  queue.remove([taps.tap(7, "acknowledged", "en_route")]);
  clock.ms += 4000;
  taps.undo();
  assert.deepEqual(queue.items, [{ assignmentId: 7, new: "acknowledged", from: "en_route", at: 1_004_000, due: 1_004_000 }]);
  assert.equal(taps.undoable(), null);
});

test("a final step waits ten seconds, and undone it was never sent", () => {
  const { clock, queue, taps } = phone();
  taps.tap(7, "on_scene", "cleared");
  assert.equal(queue.items[0].due, 1_000_000 + UNDO_MS);
  clock.ms += 9000;
  taps.undo();
  assert.equal(queue.size, 0);
});

test("a page that is left sends what it holds", () => {
  const { clock, queue, taps } = phone();
  taps.tap(7, "on_scene", "cleared");
  clock.ms += 2000;
  assert.equal(taps.release(), true);
  assert.equal(queue.items[0].due, clock.ms);
  assert.equal(queue.items[0].at, 1_000_000);
  assert.equal(taps.undoable(), null);
  assert.equal(taps.release(), false);
});

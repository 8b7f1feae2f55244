import assert from "node:assert/strict";
import { test } from "node:test";
import { nextStep, otherSteps, statusWithTaps, stepBack, undoKind } from "../../geo112/crew/static/crew/moves.js";

// The table as the server sends it; tests/browser/test_crew.py drives the page with the real one.
const MOVES = {
  assigned: ["acknowledged", "en_route", "on_scene"],
  acknowledged: ["en_route", "on_scene"],
  en_route: ["acknowledged", "on_scene"],
  on_scene: ["cleared", "en_route", "transporting"],
  transporting: ["at_hospital", "cleared", "on_scene"],
  at_hospital: ["cleared", "transporting"],
  cleared: [],
  cancelled: [],
};
const walk = (carries) => {
  const steps = ["assigned"];
  for (let next = nextStep(MOVES, "assigned", { carries }); next; next = nextStep(MOVES, next, { carries })) steps.push(next);
  return steps;
};

test("the big button leads an engine from the job to its end", () => {
  assert.deepEqual(walk(false), ["assigned", "acknowledged", "en_route", "on_scene", "cleared"]);
});

test("an ambulance takes the patient on the way", () => {
  assert.deepEqual(walk(true), ["assigned", "acknowledged", "en_route", "on_scene", "transporting", "at_hospital", "cleared"]);
});

test("everything else that is allowed is among the others, steps back last", () => {
  assert.deepEqual(otherSteps(MOVES, "assigned", { carries: false }), ["en_route", "on_scene"]);
  assert.deepEqual(otherSteps(MOVES, "on_scene", { carries: false }), ["transporting", "en_route"]);
  assert.deepEqual(otherSteps(MOVES, "on_scene", { carries: true }), ["cleared", "en_route"]);
  for (const [status, allowed] of Object.entries(MOVES)) {
    for (const carries of [true, false]) {
      const next = nextStep(MOVES, status, { carries });
      const shown = [...otherSteps(MOVES, status, { carries }), ...(next ? [next] : [])];
      assert.deepEqual(shown.sort(), [...allowed].sort(), status);
    }
  }
});

test("a step is undone by the rules' own step back, a final one by waiting", () => {
  assert.equal(stepBack(MOVES, "on_scene"), "en_route");
  assert.equal(stepBack(MOVES, "acknowledged"), null);
  assert.equal(undoKind(MOVES, "en_route"), "reverse");
  assert.equal(undoKind(MOVES, "cleared"), "hold");
  assert.equal(undoKind(MOVES, "acknowledged"), "none");
});

test("what the crew tapped last counts, for its own job only", () => {
  const taps = [{ assignmentId: 1, new: "acknowledged" }, { assignmentId: 1, new: "en_route" }, { assignmentId: 2, new: "cleared" }];
  assert.equal(statusWithTaps({ id: 1, status: "assigned" }, taps), "en_route");
  assert.equal(statusWithTaps({ id: 3, status: "assigned" }, taps), "assigned");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { USUAL, addressOf, apiQuery, asksSame, limitsOf, stateOf } from "../../geo112/planning/static/planning/question.js";

test("the usual view has a bare address, every other one comes back from its address", () => {
  assert.equal(addressOf(USUAL), "");
  assert.deepEqual(stateOf(""), USUAL);
  const state = { ...USUAL, origins: "units", who: "agency:PSC119", standard: "free", minutes: "4, 8", prep: 60, view: "share", limit: 240, district: "17.71.02", sort: "name" };
  assert.deepEqual(stateOf(addressOf(state)), state);
});

test("nonsense in an address is the usual", () => {
  assert.deepEqual(stateOf("?limit=abc&prep=&unknown=1"), USUAL);
});

test("what is shown does not ask again, what is asked does", () => {
  assert.ok(asksSame(USUAL, { ...USUAL, view: "share", limit: 300, sort: "name", district: "x" }));
  for (const change of [{ origins: "units" }, { who: "" }, { profile: "car" }, { standard: "free" }, { level: "kelurahan" }]) {
    assert.ok(!asksSame(USUAL, { ...USUAL, ...change }));
  }
});

test("minutes are read as people write them", () => {
  assert.deepEqual(limitsOf("5, 10, 15"), [300, 600, 900]);
  assert.deepEqual(limitsOf("15;5 10 5"), [300, 600, 900]);
  assert.deepEqual(limitsOf("7.5"), [450]);
  for (const bad of ["", "lima", "0", "1 2 3 4 5", "1.2.3"]) assert.equal(limitsOf(bad), null, bad);
});

test("a standard brings its own limits, own limits are sent, unreadable ones ask nothing", () => {
  assert.equal(apiQuery(USUAL), "origins=stations&profile=fire_engine&level=kecamatan&kind=fire&standard=spm_fire");
  const own = { ...USUAL, who: "agency:DAMKAR", standard: "free", minutes: "5, 8", prep: 60 };
  assert.equal(apiQuery(own), "origins=stations&profile=fire_engine&level=kecamatan&agency=DAMKAR&limits=300%2C480&prep_s=60");
  assert.equal(apiQuery({ ...own, minutes: "?" }), null);
  assert.ok(!apiQuery({ ...own, who: "" }).includes("agency"));
});

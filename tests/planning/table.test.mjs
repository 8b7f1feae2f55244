import assert from "node:assert/strict";
import { test } from "node:test";
import { makeFormat } from "#geo112/format.js";
import { WORDS as SHARED, makeWords } from "#geo112/words.js";
import { legendOf } from "../../geo112/planning/static/planning/legend.js";
import { SORTS, limitShown, percent, sorted } from "../../geo112/planning/static/planning/rows.js";
import { bandColours, colourOf, shareSteps, stepColour } from "../../geo112/planning/static/planning/scale.js";
import { WORDS } from "../../geo112/planning/static/planning/words.js";

const PALETTE = ["#00204d", "#707173", "#ffea46"];
const t = makeWords("id", SHARED, WORDS);
const format = makeFormat({ lang: "id" });
const district = (name, road, buildings = road, n = 10) => ({ code: name, name, road_length_m: n * 100, covered: { 300: road }, buildings: n, buildings_covered: { 300: buildings } });

test("both languages have the same words with the same places for values", () => {
  assert.deepEqual(Object.keys(WORDS.id), Object.keys(WORDS.en));
  const places = (text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const key of Object.keys(WORDS.id)) assert.deepEqual(places(WORDS.id[key]), places(WORDS.en[key]), key);
});

test("the least served stand first, those without roads last, equals by name", () => {
  const rows = [district("Selebar", 0.9), district("Pulau", null), district("Ratu Samban", 0.2), district("Gading", 0.2)];
  assert.deepEqual(sorted(rows, "road", 300, "id").map(({ name }) => name), ["Gading", "Ratu Samban", "Selebar", "Pulau"]);
  assert.deepEqual(sorted(rows, "name", 300, "id").map(({ name }) => name), ["Gading", "Pulau", "Ratu Samban", "Selebar"]);
  assert.equal(sorted(rows, "nonsense", 300, "id").length, 4);
  assert.deepEqual(SORTS, ["name", "length", "road", "count", "buildings"]);
});

test("a share never claims all when something is missing, nor nothing when something is there", () => {
  assert.equal(percent(0.831, format), "83,1%");
  assert.equal(percent(1, format), "100,0%");
  assert.equal(percent(0.99996, format), ">99,9%");
  assert.equal(percent(0.00004, format), "<0,1%");
  assert.equal(percent(0, format), "0,0%");
  assert.equal(percent(null, format), "–");
});

test("the limit shown is the one asked for, else the standard's own", () => {
  assert.equal(limitShown([300, 600, 900], 600), 600);
  assert.equal(limitShown([240, 480], 600), 480);
  assert.equal(limitShown([240, 480], null), 480);
});

test("colours come from one palette, and the map shows exactly the legend's", () => {
  assert.equal(colourOf(0, PALETTE), "#00204d");
  assert.equal(colourOf(0.5, PALETTE), "#707173");
  assert.equal(colourOf(1, PALETTE), "#ffea46");
  assert.deepEqual(bandColours(1, PALETTE), ["#ffea46"]);
  const legend = shareSteps(PALETTE);
  assert.deepEqual(legend.map(({ from, to }) => [from, to]), [[0, 20], [20, 40], [40, 60], [60, 80], [80, 100]]);
  assert.equal(stepColour(0.2, PALETTE), legend[1].colour);
  assert.equal(stepColour(1, PALETTE), legend[4].colour);
  assert.equal(stepColour(null, PALETTE), "transparent");
});

test("the legend says units, the preparation, and what stripes mean", () => {
  const answer = { question: { limits_s: [300, 600, 630], prep_s: 140 } };
  const bands = legendOf(answer, { view: "bands", limit: 600 }, PALETTE, t);
  assert.equal(bands.title, "Waktu sejak panggilan, 140 d persiapan termasuk");
  assert.deepEqual(bands.entries.map(({ words }) => words), ["sampai 5 mnt", "5–10 mnt", "10 mnt–630 d", "ada jalan, lebih dari 630 d", "titik asal"]);
  const share = legendOf(answer, { view: "share", limit: 600 }, PALETTE, t);
  assert.equal(share.title, "Bagian panjang jalan yang tercapai dalam 10 mnt");
  assert.equal(share.entries[0].words, "80–100 %");
});

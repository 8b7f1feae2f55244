import assert from "node:assert/strict";
import { test } from "node:test";
import { makeFormat } from "#geo112/format.js";
import { WORDS as SHARED, makeWords } from "#geo112/words.js";
import { repeat, waitMs } from "../../geo112/crew/static/crew/backoff.js";
import { dutiesFrom } from "../../geo112/crew/static/crew/duty.js";
import { distanceWords, landmarkOf, placeOf } from "../../geo112/crew/static/crew/job.js";
import { signalLines } from "../../geo112/crew/static/crew/signals.js";
import { takeToken, tokenIn } from "../../geo112/crew/static/crew/token.js";
import { WORDS } from "../../geo112/crew/static/crew/words.js";

const t = makeWords("id", SHARED, WORDS);
const format = makeFormat({ lang: "id", timeZone: "Asia/Jakarta" });
const NOW = Date.parse("2026-11-23T14:04:37Z");
const GOOD = {
  gps: "on", secure: true, silent: false, stored: true, accuracyM: 8.2, lastSentAt: NOW - 3000, lostSince: null,
  fixes: { size: 0, since: NaN }, taps: { size: 0, since: undefined },
};
const lines = (changes) => signalLines({ ...GOOD, ...changes }, { t, format, nowMs: NOW }).map(({ kind, text }) => `${kind}: ${text}`);

test("when all is well there is one quiet line", () => {
  assert.deepEqual(lines({}), ["good: Posisi terkirim 3 d lalu · ±8 m"]);
});

test("what is unsent and since when stands on top", () => {
  const since = NOW - 240_000;
  assert.deepEqual(lines({ fixes: { size: 14, since } }), ["warn: 14 posisi belum terkirim, sejak 21:00"]);
  assert.deepEqual(lines({ fixes: { size: 2, since: NOW - 5000 } }), ["good: Posisi terkirim 3 d lalu · ±8 m"]);
  assert.deepEqual(lines({ lostSince: since, fixes: { size: 14, since }, taps: { size: 1, since } }), [
    "warn: Tidak terhubung sejak 21:00 · disimpan: 14 posisi, 1 status",
  ]);
});

test("what keeps positions from going is said plainly", () => {
  assert.match(lines({ gps: "denied" })[0], /^warn: Posisi tidak diizinkan/);
  assert.match(lines({ gps: "none", secure: false })[0], /^warn: Posisi butuh alamat https/);
  assert.match(lines({ stored: false })[1], /^warn: Penyimpanan HP penuh/);
  assert.match(lines({ silent: true })[1], /^wait: Ketuk layar sekali/);
});

test("a token is taken from the fragment once, and leaves no trace in the address", () => {
  const kept = {};
  const replaced = [];
  const world = {
    location: { hash: "#token=abc-DEF_0123456789", pathname: "/crew/", search: "" },
    history: { replaceState: (_state, _title, url) => replaced.push(url) },
    storage: { getItem: (key) => kept[key] ?? null, setItem: (key, value) => (kept[key] = value) },
  };
  assert.equal(takeToken(world), "abc-DEF_0123456789");
  assert.deepEqual(replaced, ["/crew/"]);
  assert.equal(takeToken({ ...world, location: { hash: "", pathname: "/crew/", search: "" } }), "abc-DEF_0123456789");
});

test("a pasted link or a bare code both work, anything else does not", () => {
  const code = "7jiAOFLkLxcnkiFqL4tVFwGubAFOn9em";
  assert.equal(tokenIn(` https://112.bengkulu.example/crew/#token=${code} `), code);
  assert.equal(tokenIn(code), code);
  assert.equal(tokenIn("DK-01"), null);
  assert.equal(tokenIn("minta ke pusat ya"), null);
});

test("pauses grow after each failure, up to a minute, and phones do not march in step", () => {
  const middle = () => 0.5;
  assert.deepEqual([0, 1, 2, 3, 4, 9].map((failures) => waitMs(failures, { random: middle })), [5000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  assert.equal(waitMs(0, { random: () => 0 }), 4000);
  assert.equal(waitMs(0, { random: () => 1 }), 6000);
});

test("a task never runs twice at once, and is run again when it was asked for meanwhile", async () => {
  const timers = { setTimeout: (task, ms) => (timers.next = { task, ms }), clearTimeout: () => {} };
  let running = 0;
  let most = 0;
  let finish;
  const task = () => {
    running += 1;
    most = Math.max(most, running);
    return new Promise((resolve) => (finish = resolve)).then(() => (running -= 1));
  };
  const loop = repeat(task, { timers, random: () => 0.5 });
  const first = loop.now();
  loop.now();
  finish();
  await first;
  assert.equal(most, 1);
  assert.equal(timers.next.ms, 0);
});

test("the place is told from its parts, the landmark with distance and direction", () => {
  const incident = { street: "Jl. Kapuas III", kelurahan: "Padang Harapan", kecamatan: "Gading Cempaka", place_words: "x", lon: 102.27, lat: -3.8, landmark: { name: "Masjid Jamik", distance_m: 118, compass: "NE" } };
  assert.equal(placeOf(incident), "Jl. Kapuas III, Padang Harapan, Gading Cempaka");
  assert.equal(placeOf({ place_words: "laut" }), "laut");
  assert.equal(landmarkOf(incident, { t, format }), "120 m di timur laut Masjid Jamik");
  assert.equal(distanceWords({ lon: 102.26, lat: -3.8 }, incident, { t, format }), "1,1 km ke timur, garis lurus");
  assert.equal(distanceWords(null, incident, { t, format }), "Jarak belum diketahui: posisi HP belum ada");
});

test("only duties that the rules lead to are offered", () => {
  const duties = { available: ["out_of_service", "returning"], out_of_service: ["available"] };
  assert.deepEqual(dutiesFrom(duties, "available"), ["available", "returning", "out_of_service"]);
  assert.deepEqual(dutiesFrom(duties, "out_of_service"), ["available", "out_of_service"]);
});

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { COMMANDS, DISPOSITION_KEYS, commandFor } from "../../geo112/console/static/console/commands.js";
import { WORDS } from "../../geo112/console/static/console/words.js";
import { makeClock } from "../../geo112/static/geo112/clock.js";
import { makeFormat } from "../../geo112/static/geo112/format.js";
import { freshnessOf } from "../../geo112/static/geo112/freshness.js";
import { ApiError, cookie, makeClient } from "../../geo112/static/geo112/http.js";
import { actingKey } from "../../geo112/static/geo112/keys.js";
import { openLive, retryDelayMs, streamState } from "../../geo112/static/geo112/live.js";
import { WORDS as SHARED, errorText, makeWords } from "../../geo112/static/geo112/words.js";

const NOW = Date.parse("2026-11-23T14:04:37Z");

test("both languages have the same words, with the same blanks", () => {
  const blanks = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
  for (const words of [WORDS, SHARED]) {
    assert.deepEqual(Object.keys(words.id).sort(), Object.keys(words.en).sort());
    for (const key of Object.keys(words.id)) assert.deepEqual(blanks(words.id[key]), blanks(words.en[key]), key);
  }
});

test("every word of the console is used somewhere", () => {
  const folder = new URL("../../geo112/console/static/console/", import.meta.url);
  const code = readdirSync(folder)
    .filter((name) => name.endsWith(".js") && name !== "words.js")
    .map((name) => readFileSync(new URL(name, folder), "utf8"))
    .join("\n");
  const begun = (key) => [key.indexOf("."), key.lastIndexOf(".")].some((at) => code.includes(`\`${key.slice(0, at)}.\${`));
  const used = (key) => code.includes(`"${key}"`) || begun(key);
  assert.deepEqual(Object.keys(WORDS.en).filter((key) => !used(key)), []);
});

test("every command has a word, and every noise key a disposition", () => {
  const t = makeWords("en", WORDS);
  for (const [, word] of COMMANDS) assert.ok(t(word));
  for (const disposition of DISPOSITION_KEYS.values()) assert.ok(t(`disposition.${disposition}`));
  assert.throws(() => t("no.such.word"));
});

test("numbers and times in the language's own form, in WIB", () => {
  const id = makeFormat({ lang: "id" });
  const en = makeFormat({ lang: "en" });
  assert.equal(id.clock(NOW), "21:04:37");
  assert.deepEqual([id.distance(2140), en.distance(2140), id.distance(347), id.distance(960)], ["2,1 km", "2.1 km", "350 m", "1,0 km"]);
  assert.deepEqual([id.age(8), id.age(540), en.age(7300), id.age(-3)], ["8 d", "9 m", "2 h", "0 d"]);
  assert.deepEqual([id.elapsed(134), id.elapsed(3734), id.eta(220), id.eta(3720)], ["02:14", "1:02:14", "3:40", "1:02:00"]);
  assert.deepEqual([id.moment(NOW - 240_000, NOW), id.moment(NOW - 7_200_000, NOW)], ["4 m lalu", "19.04".replace(".", ":")]);
  assert.deepEqual([id.moment(NOW - 2000, NOW), en.moment(NOW + 500, NOW)], ["baru saja", "just now"]);
  assert.match(id.moment(NOW - 90_000_000, NOW), /22 Nov 2026/);
});

test("freshness follows the fix's own time and the server's limits", () => {
  const limits = { live: 30, ageing: 120, stale: 900 };
  const fix = (seconds) => ({ recorded_at: new Date(NOW - seconds * 1000).toISOString() });
  assert.deepEqual([-5, 30, 31, 121, 901].map((s) => freshnessOf(fix(s), NOW, limits)), ["live", "live", "ageing", "stale", "silent"]);
  assert.equal(freshnessOf(null, NOW, limits), "none");
});

test("a desk whose clock is wrong still shows the server's time", () => {
  const clock = makeClock(() => NOW - 300_000);
  clock.heard(new Date(NOW).toISOString());
  assert.equal(clock.now(), NOW);
});

const press = (key, more = {}) => ({ key, ctrlKey: false, altKey: false, metaKey: false, repeat: false, ...more });
const free = { inText: false, onControl: false };

test("letters act outside text fields only; inside, only Ctrl+Enter and Escape do", () => {
  assert.equal(actingKey(press("n"), free), "n");
  assert.equal(actingKey(press("N", { shiftKey: true }), free), "n");
  const inText = { inText: true, onControl: true };
  assert.deepEqual(["n", "Enter", "1", "Escape"].map((key) => actingKey(press(key), inText)), [null, null, null, "Escape"]);
  assert.equal(actingKey(press("Enter", { ctrlKey: true }), inText), "Ctrl+Enter");
});

test("a button keeps its Enter, Alt and Ctrl with letters stay the browser's, held keys do not repeat", () => {
  assert.equal(actingKey(press("Enter"), { inText: false, onControl: true }), null);
  assert.equal(actingKey(press("1", { altKey: true }), free), null);
  assert.equal(actingKey(press("n", { ctrlKey: true }), free), null);
  assert.equal(actingKey(press("Enter", { repeat: true }), free), null);
  assert.equal(actingKey(press("j", { repeat: true }), free), "j");
});

test("keys find their commands; an open step takes letters and digits first", () => {
  const idle = { menu: null, help: false };
  assert.deepEqual(["n", "/", "?", "Enter", "Escape", "4", "q"].map((key) => commandFor(key, idle)?.name), ["new", "search", "help", "main", "back", "candidate", undefined]);
  assert.deepEqual(commandFor("p", { menu: "end", help: false }), { name: "menu", value: "p" });
  assert.equal(commandFor("n", { menu: null, help: true }), null);
});

test("silence is said after twenty seconds", () => {
  assert.deepEqual([streamState(null, 0, 5_000), streamState(1_000, 0, 20_000), streamState(1_000, 0, 21_001), streamState(null, 0, 20_001)], ["connecting", "live", "silent", "silent"]);
  assert.deepEqual([retryDelayMs(0), retryDelayMs(99)], [500, 8000]);
});

test("a lost stream is opened again, a silent one too, and closing ends it", () => {
  const opened = [];
  const waiting = [];
  let now = 0;
  const timers = { setTimeout: (task) => waiting.push(task), clearTimeout() {}, setInterval: (task) => ((timers.watch = task), 1), clearInterval: () => (timers.watch = null) };
  const connect = () => {
    const source = { listeners: {}, closed: false, addEventListener: (name, listener) => (source.listeners[name] = listener), close: () => (source.closed = true) };
    opened.push(source);
    return source;
  };
  const heard = [];
  const live = openLive({ onEvent: (name, data) => heard.push([name, data]), connect, now: () => now, timers });
  opened[0].listeners.beat({ data: '{"at":"x"}' });
  assert.deepEqual(heard, [["beat", { at: "x" }]]);
  opened[0].listeners.error();
  waiting.shift()();
  assert.equal(opened.length, 2);
  now = 25_000;
  timers.watch();
  assert.equal(opened[1].closed, true);
  waiting.shift()();
  live.close();
  assert.deepEqual([opened.length, opened[2].closed, timers.watch], [3, true, null]);
});

const answering = (status, body) => async () => ({ ok: status < 400, status, headers: { get: () => "application/json" }, json: async () => body });

test("the client sends the token with what writes, and raises one kind of error", async () => {
  let sent;
  const fetch = async (url, request) => ((sent = { url, ...request }), answering(200, { fine: true })());
  const api = makeClient({ fetch, cookies: () => "a=1; csrftoken=T%20" });
  assert.deepEqual(await api.post("calls/", { number: "1" }), { fine: true });
  assert.deepEqual([sent.url, sent.method, sent.headers["X-CSRFToken"], sent.body], ["/api/v1/calls/", "POST", "T ", '{"number":"1"}']);
  const failing = makeClient({ fetch: answering(409, { error: { code: "unit_taken", message: "…", detail: { taken: [] } } }), cookies: () => "" });
  await assert.rejects(failing.post("x/"), (error) => error instanceof ApiError && error.code === "unit_taken" && error.status === 409);
  const cut = makeClient({ fetch: async () => { throw new TypeError("network"); }, cookies: () => "" });
  await assert.rejects(cut.get("x/"), (error) => error.code === "unreachable");
  assert.equal(cookie("b", "a=1"), null);
});

test("errors say what to do", () => {
  const t = makeWords("id");
  assert.equal(errorText(t, new ApiError({ status: 0, code: "unreachable", message: "" })), t("error.unreachable"));
  assert.equal(errorText(t, new ApiError({ status: 422, code: "place_not_found", message: "Tidak ada" })), "Tidak ada");
});

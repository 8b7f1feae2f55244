import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError } from "#geo112/http.js";
import { makeQueue } from "../../geo112/crew/static/crew/queue.js";
import { BATCH, sendFixes, sendTaps } from "../../geo112/crew/static/crew/sender.js";

const memory = () => ({ getItem: () => null, setItem: () => {} });
const queueOf = (items) => {
  const queue = makeQueue({ storage: memory(), key: "q" });
  items.forEach(queue.add);
  return queue;
};
const fails = (facts) => () => Promise.reject(new ApiError({ status: 409, code: "x", message: "no", ...facts }));
const tap = (from, new_, at = 1000, due = at) => ({ assignmentId: 7, from, new: new_, at, due });

test("the newest fixes go first, in batches, each in its own order", async () => {
  const sent = [];
  const queue = queueOf(Array.from({ length: BATCH + 5 }, (_, n) => ({ n })));
  await sendFixes(queue, { post: async (path, body) => sent.push([path, body.fixes.map(({ n }) => n)]) });
  assert.deepEqual(sent.map(([path, fixes]) => [path, fixes.length, fixes[0]]), [["/gps/fixes", BATCH, 5], ["/gps/fixes", 5, 0]]);
  assert.equal(queue.size, 0);
});

test("a fix that did not go stays, one that came meanwhile too", async () => {
  const queue = queueOf([{ n: 1 }]);
  const post = async () => {
    queue.add({ n: 2 });
    throw new ApiError({ status: 0, code: "unreachable", message: "" });
  };
  await assert.rejects(sendFixes(queue, { post }), { status: 0 });
  assert.deepEqual(queue.items, [{ n: 1 }, { n: 2 }]);
});

test("taps go in order, each with its own time and with what the crew saw", async () => {
  const bodies = [];
  const queue = queueOf([tap("assigned", "acknowledged", 1000), tap("acknowledged", "en_route", 61_000)]);
  const answer = await sendTaps(queue, { post: async (path, body) => (bodies.push([path, body]), { n: bodies.length }) }, { now: () => 99_000 });
  assert.deepEqual(bodies, [
    ["crew/assignments/7/move/", { new: "acknowledged", old: "assigned", at: "1970-01-01T00:00:01.000Z" }],
    ["crew/assignments/7/move/", { new: "en_route", old: "acknowledged", at: "1970-01-01T00:01:01.000Z" }],
  ]);
  assert.deepEqual(answer, { n: 2 });
});

test("a held tap waits, and whatever comes behind it", async () => {
  const queue = queueOf([tap("on_scene", "cleared", 1000, 11_000)]);
  const post = () => assert.fail("sent too early");
  assert.equal(await sendTaps(queue, { post }, { now: () => 10_999 }), null);
  assert.equal(queue.size, 1);
});

test("a lost answer is no refusal: what the server knows already is dropped without a word", async () => {
  const queue = queueOf([tap("assigned", "acknowledged")]);
  const post = fails({ code: "stale_state", detail: { expected: "assigned", found: "en_route" } });
  await sendTaps(queue, { post }, { now: () => 2000, refused: () => assert.fail("refused") });
  assert.equal(queue.size, 0);
});

test("a job that was taken away is said once, and its later taps are dropped", async () => {
  const refused = [];
  const queue = queueOf([tap("assigned", "acknowledged"), tap("acknowledged", "en_route"), { ...tap("assigned", "acknowledged"), assignmentId: 8, due: 9e15 }]);
  const post = fails({ code: "stale_state", detail: { expected: "assigned", found: "cancelled" } });
  await sendTaps(queue, { post }, { now: () => 2000, refused: (one) => refused.push(one.new) });
  assert.deepEqual(refused, ["acknowledged"]);
  assert.deepEqual(queue.items.map(({ assignmentId }) => assignmentId), [8]);
});

test("trouble on the way keeps the tap; so does a token that is refused", async () => {
  for (const status of [0, 401, 429, 503]) {
    const queue = queueOf([tap("assigned", "acknowledged")]);
    await assert.rejects(sendTaps(queue, { post: fails({ status }) }, { now: () => 2000, refused: () => assert.fail() }), { status });
    assert.equal(queue.size, 1, String(status));
  }
});

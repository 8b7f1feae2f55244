import assert from "node:assert/strict";
import { test } from "node:test";
import { makeQueue, thin } from "../../geo112/crew/static/crew/queue.js";

const makeStorage = (kept = {}) => ({
  kept,
  getItem: (key) => kept[key] ?? null,
  setItem: (key, value) => (kept[key] = value),
});

test("what is queued survives the page", () => {
  const storage = makeStorage();
  const queue = makeQueue({ storage, key: "q" });
  queue.add({ n: 1 });
  queue.add({ n: 2 });
  queue.save();
  assert.deepEqual(makeQueue({ storage, key: "q" }).items, [{ n: 1 }, { n: 2 }]);
});

test("what was sent is gone, also after the page", () => {
  const storage = makeStorage();
  const queue = makeQueue({ storage, key: "q" });
  const items = [1, 2, 3].map((n) => ({ n }));
  items.forEach(queue.add);
  queue.remove(items.slice(1));
  queue.save();
  assert.deepEqual(makeQueue({ storage, key: "q" }).items, [{ n: 1 }]);
});

test("storage that is full or forbidden is said, and the queue goes on in memory", () => {
  const full = { getItem: () => null, setItem: () => { throw new Error("QuotaExceededError"); } };
  const queue = makeQueue({ storage: full, key: "q" });
  queue.add({ n: 1 });
  queue.save();
  assert.equal(queue.stored, false);
  assert.equal(queue.size, 1);
  assert.deepEqual(makeQueue({ storage: { getItem: () => "not json{" }, key: "q" }).items, []);
});

test("beyond the limit the older half is thinned, the newest stay whole, and it is counted", () => {
  const queue = makeQueue({ storage: makeStorage(), key: "q", limit: 10 });
  for (let n = 1; n <= 11; n += 1) queue.add(n);
  assert.deepEqual(queue.items, [1, 3, 5, 6, 7, 8, 9, 10, 11]);
  assert.equal(queue.thinned, 2);
  assert.deepEqual(thin([1]), [1]);
});

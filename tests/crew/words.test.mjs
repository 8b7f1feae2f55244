import assert from "node:assert/strict";
import { test } from "node:test";
import { WORDS as SHARED } from "#geo112/words.js";
import { WORDS } from "../../geo112/crew/static/crew/words.js";

test("both languages have the same words, none of them empty, with the same places for values", () => {
  assert.deepEqual(Object.keys(WORDS.id), Object.keys(WORDS.en));
  const places = (text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const key of Object.keys(WORDS.id)) {
    assert.ok(WORDS.id[key].trim() && WORDS.en[key].trim(), key);
    assert.deepEqual(places(WORDS.id[key]), places(WORDS.en[key]), key);
    assert.ok(!(key in SHARED.id), `${key} hides a shared word`);
  }
});

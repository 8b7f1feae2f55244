import assert from "node:assert/strict";
import { test } from "node:test";
import { ASK_AFTER_MS, WEAK_AFTER_MS, airDistanceM, toFix, watchPosition, worthKeeping } from "../../geo112/crew/static/crew/position.js";
import { compass, spoken, phoneOf, wayLink } from "../../geo112/crew/static/crew/way.js";

const at = (seconds, metresNorth = 0) => ({ recorded_at: new Date(seconds * 1000).toISOString(), lon: 102.26, lat: -3.8 + metresNorth / 111_195 });
const reading = (ms, coords = {}) => ({ timestamp: ms, coords: { latitude: -3.8, longitude: 102.26, accuracy: 8.04, speed: null, heading: NaN, altitude: null, ...coords } });

test("a fix carries the time of the position, and only what the phone knows", () => {
  assert.deepEqual(toFix(reading(1_700_000_000_000)), { recorded_at: "2023-11-14T22:13:20.000Z", lat: -3.8, lon: 102.26, accuracy_m: 8 });
  assert.deepEqual(toFix(reading(0, { speed: 11.14, heading: 271.4, altitude: 17.6 })).speed_mps, 11.1);
});

test("distances are metres", () => {
  assert.ok(Math.abs(airDistanceM(at(0), at(0, 500)) - 500) < 0.5);
});

test("a moving unit says so every three seconds, a standing one every fifteen", () => {
  assert.ok(worthKeeping(at(0), null));
  assert.ok(!worthKeeping(at(2, 100), at(0)));
  assert.ok(worthKeeping(at(3, 100), at(0)));
  assert.ok(!worthKeeping(at(14, 5), at(0)));
  assert.ok(worthKeeping(at(15, 0), at(0)));
});

test("a phone that falls silent is asked again, and never answers for it", () => {
  let ask;
  const asked = [];
  const seen = { fixes: [], states: [] };
  const geolocation = {
    watchPosition: (heard, failed) => Object.assign(geolocation, { heard, failed }),
    getCurrentPosition: () => asked.push(clock.ms),
    clearWatch: () => seen.states.push("cleared"),
  };
  const clock = { ms: 0 };
  const watch = watchPosition({
    geolocation,
    onFix: (fix) => seen.fixes.push(fix),
    onState: (state) => seen.states.push(state),
    now: () => clock.ms,
    timers: { setInterval: (task) => ((ask = task), 1), clearInterval: () => (ask = null) },
  });
  geolocation.heard(reading(0));
  clock.ms = ASK_AFTER_MS - 1;
  ask();
  assert.deepEqual(asked, []);
  clock.ms = ASK_AFTER_MS;
  ask();
  assert.deepEqual(asked, [ASK_AFTER_MS]);
  geolocation.failed({ code: 1 });
  geolocation.failed({ code: 3 });
  clock.ms = WEAK_AFTER_MS + 1;
  geolocation.failed({ code: 3 });
  watch.stop();
  assert.deepEqual(seen.states, ["asking", "on", "denied", "weak", "cleared"]);
  assert.equal(seen.fixes.length, 1);
});

test("the last reading of a move is kept, also when it came too soon", () => {
  let tick;
  const kept = [];
  const clock = { ms: 0 };
  const geolocation = { watchPosition: (heard) => (geolocation.heard = heard), getCurrentPosition() {}, clearWatch() {} };
  watchPosition({
    geolocation, onFix: (fix) => kept.push(fix.lat), onState() {}, now: () => clock.ms,
    timers: { setInterval: (task) => (tick = task), clearInterval() {} },
  });
  geolocation.heard(reading(0));
  geolocation.heard(reading(1000, { latitude: -3.801 }));
  clock.ms = 2000;
  tick();
  assert.deepEqual(kept, [-3.8]);
  clock.ms = 3000;
  tick();
  tick();
  assert.deepEqual(kept, [-3.8, -3.801]);
});

test("navigation opens in each phone's own app, latitude first", () => {
  const place = { lon: 102.2905, lat: -3.8125 };
  assert.equal(wayLink(place, "Kebakaran rumah", "android"), "geo:-3.812500,102.290500?q=-3.812500,102.290500(Kebakaran%20rumah)");
  assert.equal(wayLink(place, "x", "apple"), "https://maps.apple.com/?daddr=-3.812500,102.290500&q=x");
  assert.equal(phoneOf("Mozilla/5.0 (Linux; Android 8.1.0; Redmi 5A)"), "android");
  assert.equal(phoneOf("Mozilla/5.0 (iPhone; CPU iPhone OS 15_0)"), "apple");
  assert.equal(spoken(place), "-3.81250, 102.29050");
});

test("directions are told by eight points", () => {
  const here = { lon: 102.26, lat: -3.8 };
  assert.equal(compass(here, { lon: 102.26, lat: -3.7 }), "n");
  assert.equal(compass(here, { lon: 102.36, lat: -3.9 }), "se");
  assert.equal(compass(here, { lon: 102.16, lat: -3.8 }), "w");
});

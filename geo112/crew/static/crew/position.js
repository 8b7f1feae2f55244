/** From the phone's own positions to fixes: which to keep, and in which units. */

export const MOVING_EVERY_MS = 3000;
export const STILL_EVERY_MS = 15_000;
export const STILL_WITHIN_M = 10;
export const ASK_AFTER_MS = 20_000;
export const WEAK_AFTER_MS = 60_000; // a phone that lies still reports "no new position" too
const EARTH_RADIUS_M = 6_371_009;
const RAD = Math.PI / 180;

/** Metres in a straight line between {lon, lat} and {lon, lat}. */
export function airDistanceM(a, b) {
  const dLat = (b.lat - a.lat) * RAD;
  const dLon = (b.lon - a.lon) * RAD;
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(a.lat * RAD) * Math.cos(b.lat * RAD) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** One fix in the server's words. `timestamp` is the time of the position itself. */
export function toFix({ coords, timestamp }) {
  const fix = { recorded_at: new Date(timestamp).toISOString(), lat: round(coords.latitude, 6), lon: round(coords.longitude, 6) };
  if (isNumber(coords.accuracy)) fix.accuracy_m = round(coords.accuracy, 1);
  if (isNumber(coords.speed)) fix.speed_mps = round(coords.speed, 1);
  if (isNumber(coords.heading)) fix.heading_deg = round(coords.heading, 0);
  if (isNumber(coords.altitude)) fix.altitude_m = round(coords.altitude, 0);
  return fix;
}

const isNumber = (value) => typeof value === "number" && Number.isFinite(value);
const round = (value, digits) => Number(value.toFixed(digits));

/** Whether a fix says something new after the last one kept: every 3 s when moving, every 15 s when not. */
export function worthKeeping(fix, last) {
  if (!last) return true;
  const gapMs = Date.parse(fix.recorded_at) - Date.parse(last.recorded_at);
  if (gapMs >= STILL_EVERY_MS) return true;
  return gapMs >= MOVING_EVERY_MS && airDistanceM(fix, last) > STILL_WITHIN_M;
}

/**
 * Watch the phone's position.
 *
 * onFix(fix)         each fix worth keeping
 * onState(state)     "asking", "on", "denied", "weak" (no position for now), "none" (this browser has none)
 * A reading that came too soon after the last one kept waits for its turn, so that the last of a move is never lost.
 * A phone that lies still may stop reporting, so it is asked again after 20 s of silence.
 */
export function watchPosition({ geolocation, onFix, onState, now = Date.now, timers = globalThis }) {
  if (!geolocation) {
    onState("none");
    return { stop() {} };
  }
  const options = { enableHighAccuracy: true, maximumAge: 0, timeout: 30_000 };
  let last = null;
  let waiting = null;
  let keptAt = -Infinity;
  let heardAt = now();
  let readAt = -Infinity;
  onState("asking");

  function keep(fix) {
    last = fix;
    waiting = null;
    keptAt = now();
    onFix(fix);
  }

  function heard(position) {
    heardAt = readAt = now();
    onState("on");
    const fix = toFix(position);
    if (worthKeeping(fix, last)) keep(fix);
    else waiting = fix;
  }

  function failed(error) {
    heardAt = now();
    if (error.code === 1) onState("denied");
    else if (now() - readAt > WEAK_AFTER_MS) onState("weak");
  }

  function tick() {
    if (waiting && now() - keptAt >= MOVING_EVERY_MS && airDistanceM(waiting, last) > STILL_WITHIN_M) keep(waiting);
    if (now() - heardAt >= ASK_AFTER_MS) geolocation.getCurrentPosition(heard, failed, options);
  }

  const watch = geolocation.watchPosition(heard, failed, options);
  const ticking = timers.setInterval(tick, 1000);
  return {
    stop() {
      timers.clearInterval(ticking);
      geolocation.clearWatch(watch);
    },
  };
}

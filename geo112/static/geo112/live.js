/** The live stream: opens it, hears it, notices silence, opens it again. */

export const SILENT_AFTER_MS = 20_000;
export const EVENTS = ["hello", "snapshot", "change", "beat"];
const RETRY_MS = [500, 1000, 2000, 4000, 8000];

/** "connecting" before the first word, then "live", or "silent" after 20 s without any. */
export function streamState(heardAt, openedAt, nowMs) {
  if (nowMs - (heardAt ?? openedAt) > SILENT_AFTER_MS) return "silent";
  return heardAt === null ? "connecting" : "live";
}

/** How long to wait before the n-th try. */
export const retryDelayMs = (tries) => RETRY_MS[Math.min(tries, RETRY_MS.length - 1)];

/**
 * Keep a stream open until `close()`.
 *
 * onEvent(name, data)  each event, data parsed
 * onLost(tries)        the connection is gone; the next try is under way
 * A stream that stays silent for 20 s is dropped and opened again: a dead line can look open for hours.
 */
export function openLive({ url = "/live", onEvent, onLost = () => {}, connect, now = Date.now, timers = globalThis }) {
  const open = connect ?? ((address) => new EventSource(address));
  const openedAt = now();
  let source = null;
  let heardAt = null;
  let triedAt = openedAt;
  let tries = 0;
  let retry = null;

  function start() {
    retry = null;
    triedAt = now();
    source = open(url);
    for (const name of EVENTS) source.addEventListener(name, (message) => hear(name, message));
    source.addEventListener("error", lose);
  }

  function hear(name, message) {
    heardAt = now();
    tries = 0;
    onEvent(name, JSON.parse(message.data));
  }

  function lose() {
    source?.close();
    source = null;
    retry ??= timers.setTimeout(start, retryDelayMs(tries));
    tries += 1;
    onLost(tries);
  }

  const watch = timers.setInterval(() => {
    if (source && now() - Math.max(heardAt ?? 0, triedAt) > SILENT_AFTER_MS) lose();
  }, 1000);
  start();

  return {
    get heardAt() {
      return heardAt;
    },
    get connected() {
      return source !== null;
    },
    state: () => streamState(heardAt, openedAt, now()),
    close() {
      timers.clearInterval(watch);
      timers.clearTimeout(retry);
      source?.close();
    },
  };
}

/** The server's time on this screen, and one tick for everything that counts. */

/** A clock that follows the times which the server names, since a desk's own clock may be wrong. */
export function makeClock(localNow = Date.now) {
  let offsetMs = null;
  return {
    now: () => localNow() + (offsetMs ?? 0),
    /** Learn from a message that left the server at `iso`. The smallest delay seen is the best guess. */
    heard(iso) {
      const seen = Date.parse(iso) - localNow();
      if (Number.isFinite(seen)) offsetMs = offsetMs === null ? seen : Math.max(seen, offsetMs - 50);
    },
    get offsetMs() {
      return offsetMs ?? 0;
    },
  };
}

/** Calls every listener once a second, at the turn of the server's second. Returns {add, stop}. */
export function makeTicker(clock, timers = globalThis) {
  const listeners = new Set();
  let timer = null;
  const schedule = () => {
    timer = timers.setTimeout(() => {
      for (const listener of listeners) listener(clock.now());
      schedule();
    }, 1000 - (((clock.now() % 1000) + 1000) % 1000));
  };
  schedule();
  return {
    add(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      timers.clearTimeout(timer);
      listeners.clear();
    },
  };
}

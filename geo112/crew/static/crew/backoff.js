/** How long to wait before trying again: longer after each failure, never in step with other phones. Pure. */

/** Milliseconds before the next try after `failures` in a row: base, then 2×, 4×, … up to the longest, ±20 %. */
export function waitMs(failures, { base = 5000, longest = 60_000, random = Math.random } = {}) {
  const plain = Math.min(longest, base * 2 ** Math.min(failures, 10));
  return Math.round(plain * (0.8 + 0.4 * random()));
}

/**
 * Run an async task again and again: every `base` ms while it succeeds, with growing pauses while it fails.
 *
 * task() resolves when all is well and rejects when not; it never runs twice at once.
 * Returns {now, stop}: `now()` runs it at once (or once more, when it is under way).
 */
export function repeat(task, { base = 5000, longest = 60_000, random = Math.random, timers = globalThis } = {}) {
  let failures = 0;
  let timer = null;
  let running = false;
  let again = false;
  let stopped = false;

  async function run() {
    timers.clearTimeout(timer);
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      await task();
      failures = 0;
    } catch {
      failures += 1;
    }
    running = false;
    if (stopped) return;
    const soon = again && failures === 0;
    again = false;
    timer = timers.setTimeout(run, soon ? 0 : waitMs(failures, { base, longest, random }));
  }

  return {
    now: run,
    stop() {
      stopped = true;
      timers.clearTimeout(timer);
    },
  };
}

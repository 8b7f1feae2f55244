/** Keeps the screen on while the page is in sight, and says whether it can. */

/**
 * onState(state)  "on", "off" (the phone took it away for now), "none" (this browser cannot, or not over http)
 * The lock is lost whenever the page is hidden, so it is asked for again when the page comes back.
 */
export function keepAwake({ wakeLock, document, onState }) {
  if (!wakeLock) {
    onState("none");
    return { stop() {} };
  }
  let lock = null;

  async function ask() {
    if (document.visibilityState !== "visible" || (lock && !lock.released)) return;
    try {
      lock = await wakeLock.request("screen");
      lock.addEventListener("release", () => onState("off"));
      onState("on");
    } catch {
      onState("off");
    }
  }

  document.addEventListener("visibilitychange", ask);
  document.addEventListener("click", ask);
  ask();
  return {
    stop() {
      document.removeEventListener("visibilitychange", ask);
      document.removeEventListener("click", ask);
      lock?.release();
    },
  };
}

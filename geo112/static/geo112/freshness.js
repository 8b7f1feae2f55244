/** How old a position is, said in four words. The limits come from the server, one rule for both. */

export const FRESHNESS = ["live", "ageing", "stale", "silent", "none"];

/** Seconds since the fix was taken; null without a fix. Never negative. */
export const ageS = (fix, nowMs) => (fix ? Math.max(0, (nowMs - Date.parse(fix.recorded_at)) / 1000) : null);

/**
 * "live", "ageing", "stale", "silent", or "none" without a fix.
 *
 * limits  {live, ageing, stale}: the greatest age in seconds of each class
 */
export function freshnessOf(fix, nowMs, limits) {
  const age = ageS(fix, nowMs);
  if (age === null) return "none";
  if (age <= limits.live) return "live";
  if (age <= limits.ageing) return "ageing";
  return age <= limits.stale ? "stale" : "silent";
}

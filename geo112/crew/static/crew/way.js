/** Links that open the way in the phone's own navigation app. Pure. */

/** "android", "apple" or "other" from a user agent. */
export function phoneOf(userAgent) {
  if (/android/i.test(userAgent)) return "android";
  return /iphone|ipad|ipod|macintosh/i.test(userAgent) ? "apple" : "other";
}

/** An address that opens navigation to {lon, lat}; `label` names the place where the app shows one. */
export function wayLink({ lon, lat }, label, phone) {
  const point = `${lat.toFixed(6)},${lon.toFixed(6)}`;
  if (phone === "android") return `geo:${point}?q=${point}(${encodeURIComponent(label)})`;
  if (phone === "apple") return `https://maps.apple.com/?daddr=${point}&q=${encodeURIComponent(label)}`;
  return `https://www.google.com/maps/dir/?api=1&destination=${point}`;
}

/** Coordinates as people read them aloud: latitude first, five digits. */
export const spoken = ({ lon, lat }) => `${lat.toFixed(5)}, ${lon.toFixed(5)}`;

const COMPASS = ["n", "ne", "e", "se", "s", "sw", "w", "nw"];

/** The compass direction from a to b, one of n, ne, e, se, s, sw, w, nw. */
export function compass(a, b) {
  const dx = (b.lon - a.lon) * Math.cos((a.lat * Math.PI) / 180);
  const degrees = (Math.atan2(dx, b.lat - a.lat) * 180) / Math.PI;
  return COMPASS[Math.round(((degrees + 360) % 360) / 45) % 8];
}

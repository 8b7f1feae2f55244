/** The lines on top: what is unsent and since when, and what keeps positions from going out. */

import { el } from "#geo112/dom.js";

const UNSENT_AFTER_MS = 12_000;
const warn = (text) => ({ kind: "warn", text });
const wait = (text) => ({ kind: "wait", text });

/**
 * Which lines to show: [{kind, text}], kind "good", "wait" or "warn".
 *
 * state  gps       what position.js says
 *        fixes     {size, since}: positions not sent, time of the oldest in ms
 *        taps      {size, since}: the same for statuses that should have gone
 *        secure    whether this page came over https
 *        silent    whether the browser keeps sound off because nobody has touched the page yet
 *        lastSentAt, accuracyM, lostSince, stored
 */
export function signalLines(state, { t, format, nowMs }) {
  const lines = state.lostSince ? [lostLine(state, { t, format })] : connectedLines(state, { t, format, nowMs });
  const trouble = troubleOf(state, t);
  if (trouble) lines.push(warn(trouble));
  if (state.silent) lines.push(wait(t("sound.off")));
  if (!state.stored) lines.push(warn(t("gps.not_stored")));
  return lines;
}

function lostLine({ lostSince, fixes, taps }, { t, format }) {
  const values = { time: format.minute(lostSince), fixes: fixes.size, taps: taps.size };
  return warn(t(taps.size ? "net.lost_taps" : "net.lost", values));
}

function connectedLines({ fixes, taps, lastSentAt, accuracyM, gps }, { t, format, nowMs }) {
  const lines = [];
  if (fixes.size && nowMs - fixes.since > UNSENT_AFTER_MS) {
    lines.push(warn(t("gps.unsent", { count: fixes.size, time: format.minute(fixes.since) })));
  } else if (gps === "asking") lines.push(wait(t("gps.asking")));
  else if (gps === "on" && !lastSentAt) lines.push(wait(t("gps.waiting")));
  else if (gps === "on") {
    const values = { age: format.age((nowMs - lastSentAt) / 1000), accuracy: Math.round(accuracyM ?? 0) };
    lines.push({ kind: "good", text: t("gps.sent", values) });
  }
  if (taps.size) lines.push(warn(t("taps.unsent", { count: taps.size, time: format.minute(taps.since) })));
  return lines;
}

/** What keeps this phone from knowing where it is; "" for nothing. */
function troubleOf({ gps, secure }, t) {
  if (!secure) return t("gps.insecure");
  return gps === "denied" || gps === "none" || gps === "weak" ? t(`gps.${gps}`) : "";
}

/** Write the lines into their place, touching only what changed. */
export function showSignals(parent, lines) {
  const wanted = lines.map(({ kind, text }) => `${kind} ${text}`).join("\n");
  if (parent.dataset.shown === wanted) return;
  parent.dataset.shown = wanted;
  parent.replaceChildren(...lines.map(({ kind, text }) => el(`p.signal.${kind}`, {}, el("span", {}, text))));
}

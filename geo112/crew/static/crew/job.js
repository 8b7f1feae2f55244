/** What stands on the page while there is a job. */

import { el } from "#geo112/dom.js";
import { airDistanceM } from "./position.js";
import { compass, phoneOf, spoken, wayLink } from "./way.js";

/** "Jl. Kapuas III, Padang Harapan, Gading Cempaka": from the columns, else the words that were found. */
export function placeOf(incident) {
  const parts = [incident.street, incident.kelurahan, incident.kecamatan].filter(Boolean);
  return parts.length ? parts.join(", ") : incident.place_words;
}

/** "120 m timur laut dari Masjid Jamik"; "" without a landmark. */
export function landmarkOf(incident, { t, format }) {
  const { name, distance_m: distanceM, compass: point } = incident.landmark ?? {};
  if (!name) return "";
  if (distanceM < 25) return name;
  return t("job.landmark", { distance: format.distance(distanceM), compass: t(`compass.${point.toLowerCase()}`), name });
}

/** How far the phone is from the place, in a straight line, and where it lies. */
export function distanceWords(here, incident, { t, format }) {
  if (!here) return t("job.distance_unknown");
  const distance = format.distance(airDistanceM(here, incident));
  return t("job.distance", { distance, compass: t(`compass.${compass(here, incident)}`) });
}

const promised = ({ eta_s: etaS, length_m: lengthM }, { t, format }) =>
  etaS === null ? "" : t("job.promised", { eta: format.eta(etaS), distance: format.distance(lengthM ?? 0) });

const others = (incident, assignment) =>
  incident.assignments.filter((a) => a.id !== assignment.id && !a.ended_at).map((a) => a.callsign).join(", ");

/**
 * The job as elements.
 *
 * job    {incident, assignment} as crew/job/ gives them
 * state  {status, unsent, statusAt, isNew}: what the crew said last, and whether the server knows
 * tools  {t, format, lang, copy(text, button), toggleMap(event)}
 */
export function jobElements({ incident, assignment }, state, here, tools) {
  const { t, lang } = tools;
  const typeName = incident.type_name[lang] ?? incident.type_name.id;
  return [
    state.isNew && el("p.fresh-job", { role: "alert" }, t("job.new")),
    el("div.kind", {}, el(`span.badge.p${incident.priority}`, {}, `P${incident.priority}`), el("h1", {}, typeName)),
    stateLine(state, tools),
    el("p.place", {}, placeOf(incident), ...lineOf(landmarkOf(incident, tools))),
    incident.words && el("blockquote.said", {}, el("span.visually-hidden", {}, `${t("job.said")}: `), incident.words),
    el("p", { id: "distance" }, distanceWords(here, incident, tools)),
    promised(assignment, tools) && el("p.muted", {}, promised(assignment, tools)),
    others(incident, assignment) && el("p.muted", {}, t("job.others", { callsigns: others(incident, assignment) })),
    wayButtons(incident, typeName, tools),
    coordinates(incident, tools),
    el("p.muted", {}, incident.number),
  ].filter(Boolean);
}

const lineOf = (text) => (text ? [el("br"), text] : []);

function stateLine({ status, statusAt, unsent }, { t, format }) {
  const time = el("time", { datetime: new Date(statusAt).toISOString(), title: format.absolute(statusAt) }, format.minute(statusAt));
  const [before, after] = t("job.since", { status: t(`unit.${status}`), time: "\u0000" }).split("\u0000");
  return el("p.state", {}, el("strong", {}, before, time, after), unsent && el("span", {}, `▲ ${t("act.unsent")}`));
}

function wayButtons(incident, label, { t, toggleMap }) {
  const href = wayLink(incident, label, phoneOf(navigator.userAgent));
  return el(
    "div.pair",
    {},
    el("a.big", { id: "navigate", href, target: "_blank", rel: "noopener noreferrer" }, t("job.navigate")),
    el("button.big", { type: "button", id: "map-toggle", "aria-expanded": "false", onclick: toggleMap }, t("job.map")),
  );
}

function coordinates(incident, { t, copy }) {
  const text = spoken(incident);
  return el(
    "div.coordinates",
    {},
    el("span", {}, el("span.label", {}, t("job.coordinates")), el("br"), el("span.value", {}, text)),
    el("button.big.small-button", { type: "button", onclick: (event) => copy(text, event.currentTarget) }, t("job.copy")),
  );
}

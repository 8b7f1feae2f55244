/** The units on an incident, each with its clock; and the step in which a radio message is written down. */

import { el, reconcile, setAttribute, setText, show } from "#geo112/dom.js";
import { assignmentClock } from "./clocks.js";
import { drawClock, drawShape, keyButton, makeShape, positionText } from "./parts.js";
import { openAssignments } from "./store.js";

/** get  () → the incident */
export function makeAssigned(app, get) {
  const { t } = app;
  const list = el("ul");
  const tool = app.maySend ? keyButton(t("status"), "S", () => app.run("status"), { plain: true }) : null;
  const step = makeStatusStep(app, get);
  const node = el("section.assigned", { "aria-label": t("sent") }, el("header.line", {}, el("h3.grow", {}, t("sent")), tool), list, step.node);
  return {
    node,
    update(incident) {
      const rows = incident.assignments.filter((assignment) => !assignment.ended_at || assignment.status === "cleared");
      show(node, rows.length > 0);
      reconcile(list, rows, (row) => row.id, makeRow, (item, row) => drawRow(app, item, row));
      step.update(incident);
    },
  };
}

const makeRow = () =>
  el("li.assignment", {}, makeShape("fire", "assigned"), el("b.callsign"), el("span.grow.clip"), el("span.muted.number"), el("span.clock"), el("span.remark.small.muted"));

function drawRow(app, node, assignment) {
  const { t, format, clock, limits } = app;
  const [shape, callsign, status, eta, time, remark] = node.children;
  const unit = app.store.get().units.get(assignment.unit_id);
  const ended = assignment.ended_at !== null;
  drawShape(shape, unit?.agency_kind ?? "fire", ended ? "out_of_service" : assignment.status);
  setText(callsign, assignment.callsign);
  setText(status, t(`unit.${assignment.status}`));
  const promised = !ended && assignment.eta_s !== null && ["assigned", "acknowledged", "en_route"].includes(assignment.status);
  setText(eta, promised ? t("due", { at: arrival(assignment, format) }) : "");
  setAttribute(eta, "title", promised ? `${t("eta")} ${format.eta(assignment.eta_s)}` : null);
  show(time, !ended);
  if (!ended) drawClock(time, assignmentClock(assignment, clock.now()), app);
  const position = positionText(unit?.fix ?? null, clock.now(), { t, format, limits });
  const doubtful = !ended && position.freshness !== "live" && position.freshness !== "ageing";
  show(remark, doubtful);
  setText(remark, doubtful ? position.text : "");
}

/** "tiba ± 21:08": when it should be there, by what was promised when it was sent. */
const arrival = (assignment, format) => `± ${format.minute(Date.parse(assignment.assigned_at) + assignment.eta_s * 1000)}`;

/** S: first the unit by digit (when there are several), then its new status by digit. */
function makeStatusStep(app, get) {
  const { t, session } = app;
  const title = el("p.small.muted");
  const choices = el("div.choices");
  const told = el("input.input.time", { type: "text", inputmode: "numeric", id: "told-at", maxlength: 5, pattern: "[0-2]?[0-9]:[0-5][0-9]", autocomplete: "off" });
  const row = el("div.line.small", {}, el("label.muted", { for: "told-at" }, t("status.told")), told);
  const node = el("div.step", { role: "group", "aria-label": t("status.title"), hidden: true }, title, choices, row);
  let drawn = "";

  function update(incident) {
    const open = openAssignments(incident);
    const step = session.now.menu === "status";
    show(node, step);
    if (!step) return void (drawn = "");
    const unitId = session.now.statusOf ?? (open.length === 1 ? open[0].id : null);
    const assignment = open.find((candidate) => candidate.id === unitId) ?? null;
    const key = `${assignment?.id}|${assignment?.status}|${open.map((one) => one.id)}`;
    if (key === drawn) return;
    drawn = key;
    told.value = app.format.minute(app.clock.now());
    show(row, assignment !== null);
    setText(title, open.length ? (assignment ? `${assignment.callsign} · ${t("status.title")}` : t("status.unit")) : t("status.none"));
    const options = assignment ? movesOf(app, assignment) : open.map((one) => ({ key: one.id, word: `${one.callsign} · ${t(`unit.${one.status}`)}`, run: () => session.set({ statusOf: one.id }) }));
    choices.replaceChildren(...options.map((option, at) => keyButton(option.word, String(at + 1), option.run)));
  }

  function movesOf(_, assignment) {
    return (app.moves[assignment.status] ?? []).map((status) => ({
      word: status === "cancelled" ? t("status.undo") : t(`unit.${status}`),
      run: () => app.actions.move(assignment, status, momentOf(told.value, app.clock.now())).then(() => session.set({ statusOf: null })),
    }));
  }
  return { node, update: () => update(get()), choices };
}

/** The moment of "HH:MM" in WIB, the last such minute that has passed; null when it is this very minute. Pure. */
export function momentOf(text, nowMs, offsetMin = 7 * 60) {
  const match = /^([01]?\d|2[0-3])[:.]([0-5]\d)$/.exec(text);
  if (!match) return null;
  const dayMs = 86_400_000;
  const local = nowMs + offsetMin * 60_000;
  const wanted = Math.floor(local / dayMs) * dayMs + (Number(match[1]) * 60 + Number(match[2])) * 60_000;
  if (Math.floor(local / 60_000) === wanted / 60_000) return null;
  const past = wanted > local ? wanted - dayMs : wanted;
  return new Date(past - offsetMin * 60_000).toISOString();
}

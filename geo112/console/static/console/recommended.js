/** The ranked units of an incident: number, callsign, time, way, age of the position. Digits take and drop. */

import { el, reconcile, setAttribute, setText, show } from "#geo112/dom.js";
import { shownSlots } from "./candidates.js";
import { drawShape, keyButton, makeShape, named, positionText } from "./parts.js";
import { planOf } from "./plans.js";

export function makeRecommended(app, incidentId) {
  const { t } = app;
  const title = el("h3.grow", {}, t("recommended"));
  const state = el("p.muted.small");
  const again = keyButton(t("recommended.again"), "R", () => app.run("rank"), { plain: true });
  const slots = el("div.slots");
  const passed = el("details.passed", { hidden: true }, el("summary.muted.small"), el("ul.small"));
  const node = el("section.recommended", { "aria-label": t("recommended") }, el("header.line", {}, title, app.maySend ? again : null), state, slots, passed);
  return {
    node,
    update(incident) {
      const plan = planOf(app.session.now.plans, incidentId);
      const text = stateText(plan, t);
      setText(again.firstChild, t(plan.recommendation ? "recommended.again" : "recommended.more"));
      show(state, text !== "");
      setText(state, text);
      setAttribute(node, "aria-busy", plan.loading ? "true" : null);
      const shown = shownSlots(plan.recommendation, plan.chosen, { all: app.session.now.allCandidates });
      reconcile(slots, shown, ({ slot }) => slot.capability, () => makeSlot(app, incidentId), (item, entry) => drawSlot(app, item, entry, plan, incident));
      drawPassed(app, passed, plan.recommendation?.passed_over ?? []);
    },
  };
}

function stateText(plan, t) {
  if (plan.recommendation) return plan.recommendation.slots.length ? "" : t("recommended.nothing");
  if (plan.failed) return t("recommended.failed");
  return plan.loading ? t("recommended.loading") : "";
}

function makeSlot(app, incidentId) {
  const list = el("ul");
  list.addEventListener("click", (event) => {
    const row = event.target.closest("[data-unit]");
    if (row && row.getAttribute("aria-disabled") !== "true") app.actions.toggle(incidentId, Number(row.dataset.unit));
  });
  return el("div.slot", {}, el("h4.line", {}, el("span.grow"), el("span.need")), list, el("p.muted.small.nothing", { hidden: true }, app.t("recommended.none")));
}

function drawSlot(app, node, { slot, rows, hidden }, plan) {
  const [head, list, nothing] = node.children;
  const chosen = slot.candidates.filter((candidate) => plan.chosen.has(candidate.unit_id)).length;
  setText(head.firstChild, named(slot.capability_name, app.lang));
  const lacks = slot.count - chosen;
  setText(head.lastChild, lacks > 0 ? `${chosen}/${slot.count} · ${app.t("shortfall", { n: lacks })}` : `${chosen}/${slot.count}`);
  setAttribute(head.lastChild, "data-short", lacks > 0);
  show(nothing, rows.length === 0);
  reconcile(list, rows, ({ candidate }) => candidate.unit_id, () => makeCandidate(app), (item, row) => drawCandidate(app, item, row, plan));
}

function makeCandidate(app) {
  const button = el(
    "button.candidate",
    { type: "button", role: "checkbox" },
    el("kbd", { "aria-hidden": "true" }),
    el("span.tick", { "aria-hidden": "true" }),
    makeShape("fire", "available"),
    el("b.callsign"),
    el("span.eta.number"),
    el("span.muted.number"),
    el("span.age.number"),
    el("span.remark.small"),
  );
  const id = () => Number(button.dataset.unit);
  button.addEventListener("mouseenter", () => app.session.set({ hovered: { kind: "unit", id: id() } }));
  button.addEventListener("mouseleave", () => app.session.set({ hovered: null }));
  return el("li", {}, button);
}

function drawCandidate(app, node, { number, candidate }, plan) {
  const { t, format, clock } = app;
  const button = node.firstChild;
  const [key, , shape, callsign, eta, way, age, remark] = button.children;
  const taken = plan.taken.get(candidate.unit_id);
  const unit = app.store.get().units.get(candidate.unit_id);
  button.dataset.unit = candidate.unit_id;
  setAttribute(button, "aria-checked", String(plan.chosen.has(candidate.unit_id)));
  setAttribute(button, "aria-disabled", taken ? "true" : null);
  setAttribute(button, "aria-keyshortcuts", number);
  setAttribute(button, "data-pointed", app.session.now.hovered?.kind === "unit" && app.session.now.hovered.id === candidate.unit_id);
  setText(key, number ? String(number) : "");
  drawShape(shape, candidate.agency_kind ?? unit?.agency_kind ?? "fire", unit?.status ?? "available");
  setText(callsign, candidate.callsign);
  setText(eta, format.eta(candidate.eta_s));
  setAttribute(eta, "title", `${format.eta(candidate.turnout_s)} + ${format.eta(candidate.travel_s)}`);
  setText(way, format.distance(candidate.length_m));
  drawAge(app, age, candidate, unit, clock.now());
  const said = taken ? [takenText(app, taken)] : (candidate.notes ?? []).map((note) => noteText(app, note, candidate));
  show(remark, said.length > 0);
  setText(remark, said.join(" · "));
}

function drawAge({ t, format, limits }, node, candidate, unit, nowMs) {
  const { source } = candidate.position;
  if (source === "station") {
    setText(node, t("from.station"));
    node.dataset.freshness = "stale";
    return;
  }
  const { freshness, text } = positionText(unit?.fix ?? null, nowMs, { t, format, limits });
  setText(node, source === "manual" ? `${t("from.manual")} ${text}` : text);
  node.dataset.freshness = freshness;
}

const noteText = ({ t, format }, note, candidate) => t(`note.${note}`, { distance: format.distance(candidate.snap_m) });

/** "diambil oleh Rina 4 d lalu" */
export function takenText({ t, format, clock }, taken) {
  return t("taken", { by: taken.by ?? t("taken.somebody"), ago: format.moment(Date.parse(taken.at), clock.now()) });
}

function drawPassed(app, node, passed) {
  const { t, format } = app;
  show(node, passed.length > 0);
  setText(node.firstChild, `${t("passed")} ${passed.length}`);
  reconcile(
    node.lastChild,
    passed,
    (entry) => entry.unit_id,
    () => el("li.line", {}, el("b"), el("span.muted.grow"), el("span.muted.number")),
    (item, entry) => {
      const [callsign, reason, distance] = item.children;
      setText(callsign, entry.callsign);
      setText(reason, [t(`reason.${entry.reason}`), entry.detail?.incident].filter(Boolean).join(" "));
      setText(distance, t("passed.air", { distance: format.distance(entry.air_m) }));
    },
  );
}

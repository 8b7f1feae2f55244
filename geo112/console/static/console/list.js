/** The left column: calls that wait, then incidents, most urgent first. Nothing moves under a hand. */

import { el, reconcile, setAttribute, setText, show } from "#geo112/dom.js";
import { callClock, incidentClock } from "./clocks.js";
import { heldOrder, urgencyOrder } from "./ordering.js";
import { drawClock, drawShape, makeShape, named } from "./parts.js";
import { placeLine } from "./placewords.js";
import { isSelected } from "./session.js";
import { openAssignments, openIncidents, waitingCalls } from "./store.js";

const SHOWN_UNITS = 3;

/** root holds the two lists: [data-part=calls|incidents], each with [data-part=…-count] and an empty text. */
export function makeList(app, root) {
  const part = (name) => root.querySelector(`[data-part=${name}]`);
  const calls = makeSection(app, part("calls"), callRow(app));
  const incidents = makeSection(app, part("incidents"), incidentRow(app));
  let held = false;
  let shown = { calls: [], incidents: [] };
  const hold = () => (held = true);
  const release = () => {
    held = false;
    app.redraw();
  };
  root.addEventListener("pointerenter", hold);
  root.addEventListener("pointerleave", release);

  return {
    /** What J and K walk through: [{kind, id}] as shown. */
    order: () => [...shown.calls.map((id) => ({ kind: "call", id })), ...shown.incidents.map((id) => ({ kind: "incident", id }))],
    update() {
      const state = app.store.get();
      const nowMs = app.clock.now();
      const keep = held || root.contains(document.activeElement);
      shown = {
        calls: heldOrder(shown.calls, waitingCalls(state).map((call) => call.id), keep),
        incidents: heldOrder(shown.incidents, urgencyOrder(openIncidents(state), nowMs), keep),
      };
      calls.draw(shown.calls.map((id) => state.calls.get(id)), state, nowMs);
      incidents.draw(shown.incidents.map((id) => state.incidents.get(id)), state, nowMs);
    },
    stop() {
      root.removeEventListener("pointerenter", hold);
      root.removeEventListener("pointerleave", release);
    },
  };
}

function makeSection(app, root, { make, fill }) {
  const list = root.querySelector("ul");
  const count = root.querySelector("[data-part=count]");
  const empty = root.querySelector("[data-part=empty]");
  const skeleton = root.querySelector("[data-part=skeleton]");
  return {
    draw(rows, state, nowMs) {
      show(skeleton, !state.ready);
      show(empty, state.ready && rows.length === 0);
      setText(count, state.ready ? String(rows.length) : "");
      reconcile(list, rows, (row) => row.id, make, (node, row) => fill(node, row, state, nowMs));
    },
  };
}

/** A row is a button in a list item. Enter on the selected row is the main action; elsewhere it selects. */
function makeRow(app, kind, ...children) {
  const id = (event) => Number(event.currentTarget.parentElement.dataset.key);
  const choose = (event) => {
    const already = isSelected(app.session.now, kind, id(event));
    if (already && event.detail === 0) app.run("main");
    else app.actions.select(kind, id(event));
  };
  const point = (on) => (event) => app.session.set({ hovered: on ? { kind, id: id(event) } : null });
  return el("li", {}, el("button.row", { type: "button", onclick: choose, onmouseenter: point(true), onmouseleave: point(false), dataset: { row: kind } }, ...children));
}

function markRow(app, node, kind, row) {
  const { session } = app;
  const button = node.firstChild;
  const selected = isSelected(session.now, kind, row.id);
  if (selected && !button.hasAttribute("aria-current")) node.scrollIntoView({ block: "nearest" });
  setAttribute(button, "aria-current", selected ? "true" : null);
  setAttribute(button, "data-pointed", session.now.hovered?.kind === kind && session.now.hovered.id === row.id);
  return button;
}

const callRow = (app) => ({
  make: () => makeRow(app, "call", el("span.line", {}, el("b.clip.grow"), el("span.clock")), el("span.muted.clip")),
  fill(node, call, _, nowMs) {
    const button = markRow(app, node, "call", call);
    const [first, second] = button.children;
    setText(first.firstChild, call.number || app.t("call.unknown"));
    drawClock(first.lastChild, callClock(call, nowMs), app);
    setText(second, call.words || (call.taker ? app.t("call.taker", { name: call.taker }) : app.t(`call.${call.status}`)));
    setAttribute(button, "data-open", call.status === "open");
  },
});

const incidentRow = (app) => ({
  make: () =>
    makeRow(
      app,
      "incident",
      el("span.line", {}, el("span.badge"), el("b.clip.grow"), el("span.clock")),
      el("span.line.muted", {}, el("span.clip.grow"), el("span.units")),
    ),
  fill(node, incident, state, nowMs) {
    const [first, second] = markRow(app, node, "incident", incident).children;
    const [badge, name, clock] = first.children;
    setText(badge, `P${incident.priority}`);
    badge.className = `badge p${incident.priority}`;
    setText(name, named(incident.type_name, app.lang));
    drawClock(clock, incidentClock(incident, nowMs), app);
    setText(second.firstChild, placeLine(incident, app));
    drawUnits(second.lastChild, openAssignments(incident), state);
  },
});

function drawUnits(node, assignments, state) {
  const shown = assignments.slice(0, SHOWN_UNITS);
  const more = assignments.length - shown.length;
  reconcile(
    node,
    [...shown, ...(more > 0 ? [{ id: "more", callsign: `+${more}` }] : [])],
    (assignment) => assignment.id,
    (assignment) => el("span.unit", {}, assignment.id === "more" ? "" : makeShape("fire", "assigned"), el("span")),
    (item, assignment) => {
      const unit = state.units.get(assignment.unit_id);
      if (assignment.id !== "more") drawShape(item.firstChild, unit?.agency_kind ?? "fire", assignment.status);
      setText(item.lastChild, assignment.callsign);
    },
  );
}

/** The open incidents in large type, most urgent first, as many as fit. */

import { el, reconcile, setText, show } from "#geo112/dom.js";
import { incidentClock } from "./clocks.js";
import { urgencyOrder } from "./ordering.js";
import { drawClock, named } from "./parts.js";
import { placeLine } from "./placewords.js";
import { openAssignments, openIncidents } from "./store.js";

const SHOWN = 8;

export function makeWallList(app, root) {
  const list = root.querySelector("ul");
  const empty = root.querySelector("[data-part=empty]");
  return {
    update() {
      const state = app.store.get();
      const nowMs = app.clock.now();
      const rows = urgencyOrder(openIncidents(state), nowMs).slice(0, SHOWN).map((id) => state.incidents.get(id));
      show(empty, state.ready && rows.length === 0);
      reconcile(list, rows, (row) => row.id, makeRow, (node, row) => drawRow(app, node, row, nowMs));
    },
  };
}

const makeRow = () => el("li", {}, el("p.line", {}, el("span.badge"), el("b.grow.clip"), el("span.clock")), el("p.muted.clip"), el("p.clip"));

function drawRow(app, node, incident, nowMs) {
  const [first, place, units] = node.children;
  const [badge, name, clock] = first.children;
  badge.className = `badge p${incident.priority}`;
  setText(badge, `P${incident.priority}`);
  setText(name, named(incident.type_name, app.lang));
  drawClock(clock, incidentClock(incident, nowMs), app);
  setText(place, placeLine(incident, app));
  const open = openAssignments(incident);
  setText(units, open.length ? open.map((assignment) => `${assignment.callsign} ${app.t(`unit.${assignment.status}`)}`).join(" · ") : app.t("stage.unsent"));
}

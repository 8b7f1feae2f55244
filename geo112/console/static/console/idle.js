/** Nothing selected: the fleet at a glance, the legend of the map, and what to press next. */

import { el, reconcile, setAttribute, setText } from "#geo112/dom.js";
import { drawShape, makeShape, positionText } from "./parts.js";

const KINDS = ["fire", "medical", "sar", "disaster", "police"];
const byCallsign = (a, b) => a.callsign.localeCompare(b.callsign, "en", { numeric: true });

export function makeIdle(app) {
  const { t } = app;
  const groups = el("div.fleet");
  const node = el("div.panel-body.stack.tight", {}, el("p.muted", {}, t(app.maySend ? "panel.idle" : "panel.look")), groups, makeLegend(t));
  return {
    node,
    main: () => null,
    update() {
      const units = [...app.store.get().units.values()];
      const shown = KINDS.map((kind) => ({ kind, units: units.filter((unit) => unit.agency_kind === kind).sort(byCallsign) })).filter((group) => group.units.length);
      reconcile(
        groups,
        shown,
        (group) => group.kind,
        (group) => el("section", {}, el("h3.line", {}, makeShape(group.kind), t(`kind.${group.kind}`)), el("ul")),
        (section, group) => reconcile(section.lastChild, group.units, (unit) => unit.id, () => makeUnitRow(app), (item, unit) => drawUnitRow(app, item, unit)),
      );
    },
  };
}

export function makeUnitRow(app) {
  const id = () => Number(item.dataset.key);
  const point = (on) => () => app.session.set({ hovered: on ? { kind: "unit", id: id() } : null });
  const button = el(
    "button.row.unit-row",
    { type: "button", onclick: () => (app.actions.select("unit", id()), app.run("locate")), onmouseenter: point(true), onmouseleave: point(false) },
    makeShape("fire", "available"),
    el("b.callsign"),
    el("span.clip.grow"),
    el("span.age.number.small"),
  );
  const item = el("li", {}, button);
  return item;
}

export function drawUnitRow(app, item, unit) {
  const { t, format, limits, clock, session } = app;
  const button = item.firstChild;
  const [shape, callsign, status, age] = button.children;
  drawShape(shape, unit.agency_kind, unit.status);
  setText(callsign, unit.callsign);
  setText(status, t(`unit.${unit.status}`));
  const { freshness, text } = positionText(unit.fix, clock.now(), { t, format, limits });
  setText(age, text);
  age.dataset.freshness = freshness;
  const { hovered } = session.now;
  setAttribute(button, "data-pointed", hovered?.kind === "unit" && hovered.id === unit.id);
}

function makeLegend(t) {
  const rows = [["available", "available"], ["en_route", "en_route"], ["on_scene", "on_scene"], ["out_of_service", "out_of_service"]];
  return el(
    "details.legend",
    {},
    el("summary.muted.small", {}, t("legend")),
    el("ul.small", {}, ...KINDS.map((kind) => el("li.line", {}, makeShape(kind), t(`kind.${kind}`)))),
    el("ul.small", {}, ...rows.map(([status, key]) => el("li.line", {}, makeShape("fire", status), t(`unit.${key}`)))),
  );
}

/** One unit: status, position and its age, what its devices sent wrong, duty, and placing it by hand. */

import { el, setAttribute, setText, show } from "#geo112/dom.js";
import { faultText } from "./faultwords.js";
import { drawMoment, drawShape, keyButton, makeShape, positionText } from "./parts.js";

const DUTIES = ["available", "returning", "out_of_service"];

export function makeUnit(app, id) {
  const { t, session, actions } = app;
  const get = () => app.store.get().units.get(id);
  const shape = makeShape("fire", "available");
  const callsign = el("h2.grow");
  const status = el("p", {}, el("b"), " ", el("span.muted"));
  const rows = ["unit.station", "unit.position", "unit.capabilities", "unit.faults"].map((key) => ({ key, term: el("dt.muted", {}, t(key)), value: el("dd") }));
  const facts = el("dl.facts", {}, ...rows.flatMap(({ term, value }) => [term, value]));
  const incident = el("button.button.wide", { type: "button", onclick: () => actions.select("incident", get().incident_id) });
  const duty = el("fieldset.step", {}, el("legend", {}, t("unit.duty")), el("div.choices", {}, ...DUTIES.map((value, at) => keyButton(t(`unit.${value}`), String(at + 1), () => actions.duty(get(), value)))));
  const place = el("button.button.wide", { type: "button", onclick: () => session.set({ menu: session.now.menu === "placing" ? null : "placing" }) }, t("unit.place"));
  const hint = el("p.notice", { hidden: true, role: "status" });
  const node = el("div.panel-body.stack.tight", {}, el("header.line", {}, shape, callsign, keyButton(t("locate"), "L", () => app.run("locate"), { plain: true })), status, facts, incident, duty, place, hint);
  return {
    node,
    main: () => null,
    update() {
      const unit = get();
      if (!unit) return;
      const nowMs = app.clock.now();
      drawShape(shape, unit.agency_kind, unit.status);
      setText(callsign, unit.callsign);
      setText(status.firstChild, t(`unit.${unit.status}`));
      drawMoment(status.lastChild, unit.status_at, nowMs, app.format);
      const values = factsOf(app, unit, nowMs);
      for (const { key, term, value } of rows) {
        for (const part of [term, value]) show(part, Boolean(values[key]));
        setText(value, values[key] ?? "");
      }
      show(incident, unit.incident_id !== null);
      const job = app.store.get().incidents.get(unit.incident_id);
      setText(incident, `${t("unit.incident")} ${job?.number ?? ""}`);
      show(duty, app.maySend && unit.assignment_id === null);
      const allowed = app.duties[unit.status] ?? [];
      for (const [at, button] of [...duty.lastChild.children].entries()) {
        setAttribute(button, "disabled", !allowed.includes(DUTIES[at]));
        setAttribute(button, "aria-pressed", String(unit.status === DUTIES[at]));
      }
      show(place, app.maySend);
      const placing = session.now.menu === "placing";
      setAttribute(place, "aria-pressed", String(placing));
      show(hint, placing);
      setText(hint, placing ? t("unit.place.hint", { callsign: unit.callsign }) : "");
    },
  };
}

function factsOf({ t, format, limits, capabilities, lang }, unit, nowMs) {
  const { text } = positionText(unit.fix, nowMs, { t, format, limits });
  const marks = [unit.in_quarters && t("unit.in_quarters"), unit.fix?.source === "manual" && t("unit.manual")].filter(Boolean);
  return {
    "unit.station": `${unit.agency} · ${unit.station}`,
    "unit.position": unit.fix ? [text, ...marks].join(" · ") : t("unit.no_position"),
    "unit.capabilities": unit.capabilities.map((code) => capabilities[code]?.[lang] ?? code).join(", "),
    "unit.faults": faultText(unit.faults, { t, format }),
  };
}

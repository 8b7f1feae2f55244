/** Whom to tell: agencies with and without units of their own, and who has answered. */

import { el, reconcile, setAttribute, setText, show } from "#geo112/dom.js";
import { drawMoment, keyButton, makeShape } from "./parts.js";

export function makeAgencies(app, get) {
  const { t, session } = app;
  const told = el("ul");
  const choices = el("div.choices.step", { hidden: true });
  const tool = app.maySend ? keyButton(t("agency.notify"), "G", () => app.run("agency"), { plain: true }) : null;
  const node = el("section.agencies", { "aria-label": t("agencies") }, el("header.line", {}, el("h3.grow", {}, t("agencies")), tool), told, choices);
  let drawn = "";
  return {
    node,
    update(incident) {
      reconcile(told, incident.notices, (notice) => notice.id, () => makeNotice(app, get), (item, notice) => drawNotice(app, item, notice));
      show(node, app.maySend || incident.notices.length > 0);
      const asked = session.now.menu === "agency";
      show(choices, asked);
      const left = untold(app.agencies, incident);
      const key = `${asked}|${left.map((agency) => agency.id)}`;
      if (!asked || key === drawn) return void (drawn = asked ? drawn : "");
      drawn = key;
      choices.replaceChildren(...left.map((agency, at) => keyButton(agency.code, String(at + 1), () => app.actions.notify(get(), agency))));
    },
  };
}

/** Agencies that were not told yet, the one whose kind the incident is first. Pure. */
export function untold(agencies, incident) {
  const told = new Set(incident.notices.map((notice) => notice.agency));
  const left = agencies.filter((agency) => !told.has(agency.code));
  return left.sort((a, b) => Number(b.kind === incident.agency_kind) - Number(a.kind === incident.agency_kind)).slice(0, 9);
}

function makeNotice(app, get) {
  const button = el("button.button.small", { type: "button", onclick: (event) => acknowledge(app, get, event) }, app.t("key.acknowledge").split(":")[0]);
  return el("li.line", {}, makeShape("fire"), el("b"), el("span.grow.small"), el("span.muted.small"), button);
}

function acknowledge(app, get, event) {
  const id = Number(event.currentTarget.parentElement.dataset.key);
  return app.actions.acknowledgeNotice(get().notices.find((notice) => notice.id === id));
}

function drawNotice(app, node, notice) {
  const { t, format, clock } = app;
  const [, code, text, at, button] = node.children;
  setText(code, notice.agency);
  setText(text, notice.acknowledged_at ? t("agency.acknowledged", { at: "" }) : t("agency.waits"));
  drawMoment(at, notice.acknowledged_at ?? notice.notified_at, clock.now(), format);
  show(button, notice.acknowledged_at === null && app.mayAcknowledge);
  setAttribute(node, "data-waits", notice.acknowledged_at === null);
}

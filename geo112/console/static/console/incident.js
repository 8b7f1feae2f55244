/** The incident panel: what and where, who is on it, who could go, whom to tell, what was written down. */

import { el, setText, show } from "#geo112/dom.js";
import { makeAgencies } from "./agencies.js";
import { makeAssigned } from "./assigned.js";
import { incidentClock } from "./clocks.js";
import { makeEnding } from "./ending.js";
import { makeNotes } from "./notes.js";
import { drawClock, drawMoment, keyButton, named } from "./parts.js";
import { placeText } from "./placewords.js";
import { planOf } from "./plans.js";
import { makeRecommended } from "./recommended.js";
import { openAssignments } from "./store.js";

export function makeIncident(app, id) {
  const get = () => app.store.get().incidents.get(id);
  const head = makeHead(app);
  const readonly = el("p.muted.small", { hidden: app.maySend }, app.t("readonly"));
  const gone = el("p.notice", { hidden: true }, app.t("incident.gone"));
  const assigned = makeAssigned(app, get);
  const recommended = makeRecommended(app, id);
  const agencies = makeAgencies(app, get);
  const notes = makeNotes(app, id);
  const ending = makeEnding(app, get);
  const jobText = el("textarea.input.job", { readonly: true, hidden: true, rows: 6, "aria-label": app.t("copy") });
  const parts = [assigned, recommended, agencies, notes];
  const node = el("div.panel-body.stack.tight", {}, head.node, readonly, gone, jobText, ending.node, ...parts.map((part) => part.node));
  let asked = false;
  const ask = (incident) => {
    if (asked) return;
    asked = true;
    const unanswered = planOf(app.session.now.plans, id).recommendation === null;
    if (app.maySend && !openAssignments(incident).length && unanswered) void app.actions.recommend(id);
  };

  return {
    node,
    jobText,
    focusNote: notes.focus,
    main: () => (app.session.now.menu === "note" ? notes.main() : mainAction(app, get())),
    update() {
      const incident = get();
      show(gone, !incident);
      for (const part of [head, ending, ...parts]) show(part.node, Boolean(incident));
      if (!incident) return;
      ask(incident);
      head.update(incident);
      ending.update(incident);
      for (const part of parts) part.update(incident);
      show(recommended.node, app.maySend);
    },
    stop() {
      for (const part of [...parts, ending]) part.stop?.();
    },
  };
}

function makeHead(app) {
  const { t } = app;
  const badge = el("span.badge");
  const name = el("h2.grow");
  const clock = el("span.clock");
  const place = el("p.place");
  const district = el("p.muted");
  const words = el("blockquote.words");
  const facts = el("p.muted.small.line", {}, el("span"), el("span", { "aria-hidden": "true" }, "·"), el("span"));
  const tools = el(
    "div.tools",
    {},
    keyButton(t("copy"), "C", () => app.run("copy"), { plain: true }),
    keyButton(t("locate"), "L", () => app.run("locate"), { plain: true }),
    ...(app.maySend ? [keyButton(t("edit"), "E", () => app.run("edit"), { plain: true }), keyButton(t("end"), "X", () => app.run("end"), { plain: true })] : []),
  );
  return {
    node: el("header.stack.tight", {}, el("div.line", {}, badge, name, clock), el("div", {}, place, district), words, facts, tools),
    update(incident) {
      badge.className = `badge p${incident.priority}`;
      setText(badge, `P${incident.priority}`);
      setText(name, named(incident.type_name, app.lang));
      drawClock(clock, incidentClock(incident, app.clock.now()), app);
      setText(place, placeText(incident, app));
      setText(district, districtLine(incident, t));
      show(words, incident.words !== "");
      setText(words, incident.words);
      setText(facts.firstChild, incident.number);
      drawMoment(facts.lastChild, incident.opened_at, app.clock.now(), app.format);
    },
  };
}

/** "Padang Harapan, Gading Cempaka, Kota Bengkulu" */
export function districtLine(incident, t) {
  const names = [incident.kelurahan, incident.kecamatan, incident.regency].filter(Boolean);
  return [...names, ...(incident.outside ? [t("incident.outside")] : [])].join(", ");
}

/** What Enter does here, and what the main button says. Pure but for `run`. */
export function mainAction(app, incident) {
  const { t, session, actions } = app;
  if (!incident || !app.maySend) return null;
  const { busy, plans } = session.now;
  if (busy === "send") return { text: t("sending"), busy: true };
  if (busy === "end") return { text: t("closing"), busy: true };
  const plan = planOf(plans, incident.id);
  const chosen = [...plan.chosen];
  if (chosen.length) return { text: sendText(app, chosen), run: () => actions.send(incident) };
  const open = openAssignments(incident);
  if (!open.length && incident.assignments.some((assignment) => assignment.status === "cleared"))
    return { text: t("close"), run: () => app.session.set({ menu: "end" }) };
  if (open.length) return { text: t("waiting.crew"), disabled: true };
  return { text: t("send.none"), disabled: true };
}

function sendText({ t, store }, chosen) {
  if (chosen.length > 1) return t("send", { n: chosen.length });
  return t("send.one", { callsign: store.get().units.get(chosen[0])?.callsign ?? "1 unit" });
}

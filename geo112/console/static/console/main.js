/** The console: puts state, views, keys and sounds together. Nothing else imports this file. */

import { readJson } from "#geo112/dom.js";
import { listenForKeys } from "#geo112/keys.js";
import { onTheme, wireThemeSwitch } from "#geo112/theme.js";
import { makeActions } from "./actions.js";
import { follow, makeApp } from "./app.js";
import { copyText } from "./copy.js";
import { commandFor } from "./commands.js";
import { keep, kept } from "./draft.js";
import { eventsBetween } from "./events.js";
import { makeFoot } from "./foot.js";
import { makeHelp } from "./help.js";
import { makeList } from "./list.js";
import { makeMapView } from "./mapview.js";
import { makePanel } from "./panel.js";
import * as plans from "./plans.js";
import { makeRun } from "./run.js";
import { makeSearch } from "./search.js";
import { keepSelection, keptSelection } from "./session.js";
import { watchSounds } from "./sounding.js";
import { makeTopbar } from "./topbar.js";
import { attachMap } from "./onmap.js";

const part = (name) => document.querySelector(`[data-part=${name}]`);

function start() {
  const app = makeApp(readJson("page"));
  app.actions = makeActions(app);
  app.run = makeRun(app);
  app.onConflict = (error) => onConflict(app, error);
  restore(app);
  const stops = [follow(app)];
  Object.assign(app.views, {
    topbar: makeTopbar(app, part("topbar"), part("banner")),
    list: makeList(app, part("list")),
    panel: makePanel(app, part("panel")),
    foot: makeFoot(app, part("news")),
    help: makeHelp(app, part("help")),
    search: makeSearch(app, part("search")),
  });
  attachMap(app, () => makeMapView(app, part("map")));
  app.focusMain = () => (app.views.panel.update(), app.views.panel.focusMain());
  app.copyJob = (incident) => copyJob(app, incident);
  stops.push(listenForKeys(document, (key) => press(app, key)), watchSounds(app), ...wire(app));
  wireThemeSwitch();
  document.body.dataset.role = app.maySend ? "desk" : "watch";
  app.redraw();
  addEventListener("pagehide", () => stops.forEach((stop) => stop()), { once: true });
}

function restore(app) {
  const draft = kept();
  const selected = keptSelection();
  app.session.set({ draft, selected: selected?.kind === "intake" && !draft ? null : selected });
}

function press(app, key) {
  const command = commandFor(key, app.session.now);
  return command !== null && app.run(command.name, command.value);
}

function wire(app) {
  const { session, store } = app;
  const onSession = (now, before) => {
    if (now.draft !== before.draft) keep(now.draft);
    if (now.selected !== before.selected) selectionChanged(app, now, before);
    else if (planArrived(now, before)) app.views.map?.frameIncident?.(now.selected.id);
    if (now.muted !== before.muted) app.redraw();
    app.redraw();
  };
  const onStore = (after, before) => {
    if (after.units !== before.units) {
      const next = plans.afterChange(session.now.plans, after.units);
      if (next !== session.now.plans) session.set({ plans: next });
    }
    app.views.foot?.tell(eventsBetween(before, after));
    pulseChanged(app, after, before);
    app.redraw();
  };
  store.listen(onStore);
  document.body.dataset.view = session.now.selected ? "panel" : "list";
  for (const button of document.querySelectorAll(".views [data-view]")) button.addEventListener("click", () => (document.body.dataset.view = button.dataset.view));
  part("keys").addEventListener("click", () => app.run("help"));
  return [session.listen(onSession), onTheme(() => app.views.map?.restyle())];
}

/** Whether the selected incident just got its ranked units: then they are worth seeing. */
function planArrived(now, before) {
  if (now.selected?.kind !== "incident" || now.plans === before.plans) return false;
  const [after, earlier] = [now, before].map(({ plans: all }) => plans.planOf(all, now.selected.id).recommendation);
  return after !== null && earlier === null;
}

function selectionChanged(app, now, before) {
  keepSelection(now.selected);
  if (now.selected?.kind === "intake" && before.selected?.kind !== "intake") focusIntake(app);
  if (now.selected?.kind === "incident" && before.selected?.kind === "intake") app.focusMain();
  if (now.selected?.kind === "incident") app.views.map?.frameIncident?.(now.selected.id);
  document.body.dataset.view = now.selected ? "panel" : document.body.dataset.view === "panel" ? "list" : document.body.dataset.view;
}

/** At once, not in the next frame: the first letter after N belongs to the form. */
function focusIntake(app) {
  app.views.panel?.update();
  app.views.panel?.view.focus();
}

function pulseChanged(app, after, before) {
  if (!before.ready || after.units === before.units) return;
  for (const [id, unit] of after.units) {
    const old = before.units.get(id);
    if (unit.fix && old && old.status !== unit.status) app.views.map?.pulse?.(unit.fix);
  }
}

/** 409 on sending: who took it and when, with the next best selected; then the order is asked for anew. */
async function onConflict(app, error) {
  const { selected } = app.session.now;
  if (error.code !== "unit_taken" || selected?.kind !== "incident") return false;
  const taken = new Map(error.detail.taken.map((row) => [row.unit_id, { by: row.by, at: row.at, callsign: row.callsign, seen: false }]));
  const before = plans.planOf(app.session.now.plans, selected.id).chosen.size;
  app.session.set({ plans: plans.lost(app.session.now.plans, selected.id, taken) });
  const after = plans.planOf(app.session.now.plans, selected.id).chosen.size;
  const [first] = taken.values();
  const values = { callsign: [...taken.values()].map((row) => row.callsign).join(", "), by: first.by ?? app.t("taken.somebody"), ago: app.format.moment(Date.parse(first.at), app.clock.now()) };
  app.session.set({ problem: { field: null, text: app.t(after === before ? "conflict" : "conflict.none", values) } });
  return true;
}

async function copyJob(app, incident) {
  const answer = await app.quietly(() => app.api.get(`incidents/${incident.id}/job/`));
  if (answer === null) return app.session.set({ problem: { field: null, text: app.t("error.server") } });
  const text = answer.text[app.lang] ?? answer.text.id;
  const copied = await copyText(text);
  const { jobText } = app.views.panel.view;
  if (jobText) {
    jobText.value = text;
    jobText.hidden = copied;
    if (!copied) jobText.select();
  }
  app.actions.toast(app.t(copied ? "copied" : "copy.failed"));
  return copied;
}

start();

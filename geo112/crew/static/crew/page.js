/** Draws the page from the state. */

import { el, setText, show } from "#geo112/dom.js";
import { theme } from "#geo112/theme.js";
import { makeBar } from "./bar.js";
import { idleElements } from "./duty.js";
import { distanceWords, jobElements } from "./job.js";
import { joinElements } from "./join.js";
import { makeMapBox } from "./map.js";
import { makeMore } from "./more.js";
import { nextStep, otherSteps, statusWithTaps } from "./moves.js";
import { showSignals, signalLines } from "./signals.js";

const OVERDUE_MS = 3000;
const byId = (id) => document.getElementById(id);
const carries = (unit) => unit.capabilities.some((capability) => /^(ambulance|evacuation)/.test(capability));

/** {draw, tick, moved, busy}: everything, what counts seconds, what depends on where the phone is, a second tab. */
export function makePage({ app, taps, config, t, format, lang, act }) {
  const content = byId("content");
  const step = (new_) => act.step(app.answer.assignment.id, status(), new_);
  const bar = makeBar({ root: byId("act"), taps, t, act: { step, undo: act.undo } });
  const more = makeMore({ t, act: { step, leave: act.leave } });
  const settings = () => ({ ...config, theme: theme(), language: lang });
  const map = makeMapBox({ t, settings });
  let drawn = "";

  const assignment = () => (app.token && app.answer?.assignment) || null;
  const status = () => statusWithTaps(assignment(), app.waiting.items);
  const lastTap = () => app.waiting.items.filter((tap) => tap.assignmentId === assignment().id).at(-1);

  function draw() {
    setText(byId("callsign"), app.answer?.unit.callsign ?? "112");
    setText(byId("station"), app.answer?.unit.station ?? "");
    drawContent();
    drawSteps();
    tick();
  }

  function drawSteps() {
    const at = assignment();
    const kind = at && { carries: carries(app.answer.unit) };
    bar.draw(at?.id ?? null, at ? status() : "", at ? nextStep(config.moves, status(), kind) : null);
    more.draw(Boolean(app.token), at ? status() : "", at ? otherSteps(config.moves, status(), kind) : []);
  }

  /** The content is built anew only when what it says has changed, so that nothing jumps under a thumb. */
  function drawContent() {
    const { answer, token, refused, message, fresh, lostSince, waiting } = app;
    const job = [answer?.unit.duty, answer?.assignment, answer?.incident, waiting.items, fresh && !lostSince];
    const key = JSON.stringify([token, refused, message, Boolean(answer), ...(token ? job : [])]);
    if (key === drawn) return;
    drawn = key;
    map.close();
    content.replaceChildren(...messageLine(), ...rememberedLine(), ...elements());
  }

  function elements() {
    if (!app.token) return joinElements({ t, refused: app.refused, onToken: act.join });
    if (!app.answer) return [el("div.skeleton.tall"), el("div.skeleton")];
    if (!app.answer.assignment) return idleElements(app.answer.unit, config.duties, { t, onDuty: act.duty });
    const tap = lastTap();
    const statusAt = tap ? tap.at : Date.parse(app.answer.assignment.status_at);
    const state = { status: status(), statusAt, unsent: Boolean(tap), isNew: status() === "assigned" };
    const toggleMap = (event) => map.toggle(event.currentTarget, app.answer.incident, app.here);
    return jobElements(app.answer, state, app.here, { t, format, lang, copy, toggleMap });
  }

  const messageLine = () => (app.message ? [el("p.notice", { role: "status" }, app.message)] : []);

  function rememberedLine() {
    if (!app.token || !app.answer || (app.fresh && !app.lostSince)) return [];
    return [el("p.muted", {}, t("job.remembered", { time: format.minute(Date.parse(app.answer.at)) }))];
  }

  /** What counts: ages, and the seconds of undo. */
  function tick() {
    show(byId("wake"), Boolean(app.token));
    setText(byId("wake"), t(`wake.${app.wake}`));
    showSignals(byId("signals"), app.token ? signalLines(signals(), { t, format, nowMs: Date.now() }) : []);
    bar.tick();
    more.tick();
  }

  function signals() {
    const late = app.waiting.items.filter((tap) => Date.now() - tap.due > OVERDUE_MS);
    return {
      gps: app.gps,
      secure: window.isSecureContext,
      silent: navigator.userActivation?.hasBeenActive === false,
      fixes: { size: app.fixes.size, since: Date.parse(app.fixes.items[0]?.recorded_at) },
      taps: { size: late.length, since: late[0]?.at },
      accuracyM: app.here?.accuracy_m,
      lastSentAt: app.lastSentAt,
      lostSince: app.lostSince,
      stored: app.fixes.stored && app.waiting.stored,
    };
  }

  function moved() {
    const line = byId("distance");
    if (line && app.answer?.incident) setText(line, distanceWords(app.here, app.answer.incident, { t, format }));
    map.here(app.here);
  }

  async function copy(text, button) {
    await navigator.clipboard.writeText(text);
    setText(button, t("job.copied"));
    setTimeout(() => setText(button, t("job.copy")), 2000);
  }

  const busy = () => content.replaceChildren(el("p.notice", { role: "status" }, t("tab.busy")));

  return { draw, tick, moved, busy };
}

/** The crew's page: joins the parts. State lives in `app`; everything on the page is drawn from it. */

import { readJson } from "#geo112/dom.js";
import { makeFormat } from "#geo112/format.js";
import { wireThemeSwitch } from "#geo112/theme.js";
import { WORDS as SHARED, makeWords } from "#geo112/words.js";
import { makeAlarm } from "./alarm.js";
import { isRefused, makeCrewApi } from "./api.js";
import { repeat } from "./backoff.js";
import { keepPage } from "./offline.js";
import { makePage } from "./page.js";
import { watchPosition } from "./position.js";
import { makeQueue } from "./queue.js";
import { sendFixes, sendTaps } from "./sender.js";
import { makeTaps } from "./taps.js";
import { dropToken, keepToken, takeToken } from "./token.js";
import { keepAwake } from "./wake.js";
import { WORDS } from "./words.js";

const POLL_MS = 5000;
const SEND_MS = 5000;
const JOB_KEY = "geo112.crew.job";

const lang = document.documentElement.lang === "en" ? "en" : "id";
const config = readJson("crew-config");
const t = makeWords(lang, SHARED, WORDS);
const format = makeFormat({ lang, timeZone: config.timeZone });

const app = {
  token: takeToken({ location, history, storage: localStorage }),
  refused: false,
  answer: remembered(),
  fresh: false,
  gps: "asking",
  wake: "off",
  here: null,
  lastSentAt: null,
  lostSince: null,
  message: "",
  fixes: makeQueue({ storage: localStorage, key: "geo112.crew.fixes" }),
  waiting: makeQueue({ storage: localStorage, key: "geo112.crew.taps", limit: 200 }),
};
const taps = makeTaps({ queue: app.waiting, moves: config.moves });
const alarm = makeAlarm();
const page = makePage({ app, taps, config, t, format, lang, act: { step, undo, duty, join, leave } });
let stopWork = () => {};

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(JOB_KEY));
  } catch {
    return null;
  }
}

/** Whether an answer was overtaken on its way by a newer one. */
const isOld = (answer) => app.fresh && Date.parse(answer.at) < Date.parse(app.answer.at);

/** Take in what crew/job/ says. */
function heard(answer) {
  if (!answer || isOld(answer)) return;
  app.answer = answer;
  app.fresh = true;
  app.lostSince = null;
  try {
    localStorage.setItem(JOB_KEY, JSON.stringify(answer));
  } catch {
    // A full storage is shown by the queue of fixes; the job is still on the page.
  }
  if (answer.assignment?.status === "assigned" && !app.waiting.size) alarm.start();
  else alarm.stop();
  page.draw();
}

/** What to do when the server does not answer, or no longer knows this phone. Always throws on. */
function lost(error) {
  if (isRefused(error)) {
    app.refused = true;
    leave();
  } else if (error.status === 0) {
    app.lostSince ??= Date.now();
  }
  page.draw();
  throw error;
}

function start() {
  const api = makeCrewApi({ token: app.token, language: lang });
  const work = { api };
  const poll = repeat(() => api.get("crew/job/").then(heard, lost), { base: POLL_MS });
  const fixes = repeat(() => giveFixes(api), { base: SEND_MS });
  const moves = repeat(() => giveTaps(api), { base: 1000, longest: 20_000 });
  const gps = watchPosition({ geolocation: navigator.geolocation, onFix: keep, onState: (state) => (app.gps = state) });
  const awake = keepAwake({ wakeLock: navigator.wakeLock, document, onState: (state) => (app.wake = state) });
  const tick = setInterval(page.tick, 1000);
  const everything = [poll, fixes, moves];
  const all = () => everything.forEach((loop) => loop.now());
  const seen = () => (document.visibilityState === "visible" ? all() : hide());

  function hide() {
    app.fixes.save();
    if (taps.release()) moves.now();
  }

  addEventListener("online", all);
  addEventListener("pagehide", hide);
  document.addEventListener("visibilitychange", seen);
  Object.assign(work, { moves, poll, fixes });
  all();
  stopWork = () => {
    removeEventListener("online", all);
    removeEventListener("pagehide", hide);
    document.removeEventListener("visibilitychange", seen);
    clearInterval(tick);
    everything.forEach((loop) => loop.stop());
    gps.stop();
    awake.stop();
    alarm.stop();
    app.work = null;
  };
  app.work = work;
}

function keep(fix) {
  app.here = fix;
  app.fixes.add(fix);
  if (!app.lastSentAt) app.work?.fixes.now();
  page.moved();
}

async function giveFixes(api) {
  app.fixes.save();
  if (!app.fixes.size) return;
  await sendFixes(app.fixes, api).catch(lost);
  app.lastSentAt = Date.now();
}

async function giveTaps(api) {
  if (!app.waiting.size) return;
  const refused = (tap) => {
    taps.forget();
    app.message = t("refused.move", { status: t(`unit.${tap.new}`) });
  };
  heard(await sendTaps(app.waiting, api, { now: Date.now, refused }).catch(lost));
  if (app.message) app.work?.poll.now();
}

/** The crew says where its job stands. */
function step(assignmentId, from, new_) {
  alarm.stop();
  app.message = "";
  taps.tap(assignmentId, from, new_);
  app.work.moves.now();
  page.draw();
}

function undo() {
  taps.undo();
  app.message = "";
  app.work.moves.now();
  page.draw();
}

async function duty(new_) {
  app.message = "";
  try {
    heard(await app.work.api.post("crew/duty/", { duty: new_, at: new Date().toISOString() }));
  } catch (error) {
    if (error.status === 0) app.lostSince ??= Date.now();
    app.message = error.status === 0 ? t("error.unreachable") : t("refused.duty", { message: error.message });
  }
  page.draw();
}

function join(token) {
  keepToken(localStorage, token);
  Object.assign(app, { token, refused: false });
  start();
  page.draw();
}

/** Let go of the unit. What is unsent stays on the phone until the next token. */
function leave() {
  stopWork();
  dropToken(localStorage);
  localStorage.removeItem(JOB_KEY);
  Object.assign(app, { token: null, answer: null, fresh: false });
  page.draw();
}

/** One tab works; a second one would send everything twice and ring twice. */
async function alone(run) {
  if (!navigator.locks) return run();
  const waiting = setTimeout(() => page.busy(), 1500);
  await navigator.locks.request("geo112.crew", () => {
    clearTimeout(waiting);
    run();
    return new Promise(() => {});
  });
}

wireThemeSwitch();
alone(() => {
  if (app.token) start();
  page.draw();
});
addEventListener("load", () => {
  const { serviceWorker } = navigator;
  // Without it the page works as before, only not from nothing in a dead spot.
  keepPage({ serviceWorker, address: config.worker, page: location.origin + location.pathname, performance }).catch(() => {});
});

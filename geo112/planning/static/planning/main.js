/** The planning page: one state, in the address; form, map, table and legend are drawn from it. */

import { readJson, setText, show } from "#geo112/dom.js";
import { makeFormat } from "#geo112/format.js";
import { makeClient } from "#geo112/http.js";
import { onTheme, theme, wireThemeSwitch } from "#geo112/theme.js";
import { WORDS as SHARED, errorText, makeWords } from "#geo112/words.js";
import { makeForm } from "./form.js";
import { legendElements, legendOf } from "./legend.js";
import { NO_MAP, makeMap } from "./map.js";
import { drawSheet, save } from "./picture.js";
import { addressOf, apiQuery, asksSame, stateOf } from "./question.js";
import { limitShown, limitWords, percent } from "./rows.js";
import { makeTable } from "./table.js";
import { WORDS } from "./words.js";

const BUSY_AFTER_MS = 200;
const page = readJson("page");
const t = makeWords(page.lang, SHARED, WORDS);
const format = makeFormat({ lang: page.lang, timeZone: page.timeZone });
const api = makeClient();
const part = (name) => document.querySelector(`[data-part="${name}"]`);

let state = stateOf(location.search);
let answer = null;
const outlines = new Map();
let asking = new AbortController();

const styleUrl = () => `${page.urls.style}?theme=${theme()}&lang=${page.lang}`;
const { palette } = page;
const map = openMap();
const table = makeTable({ root: part("table"), palette, t, format, lang: page.lang, on: { point, choose, sort: (sort) => change({ sort }) } });
const form = makeForm({ root: part("form"), facts: page, t, on: { change } });

/** The map, or what stands in for it: the table works without. */
function openMap() {
  const failed = () => show(part("map-failed"), true);
  try {
    return makeMap({ container: part("map"), styleUrl, bounds: page.region.bounds, palette, theme, on: { point, choose, failed } });
  } catch {
    failed();
    return NO_MAP;
  }
}

/** Take in a change, keep it in the address, and ask again if it is another question. */
function change(changes, { push = true } = {}) {
  const before = state;
  state = { ...state, ...changes };
  if (push) history.pushState(null, "", location.pathname + addressOf(state));
  if (!asksSame(before, state)) ask();
  draw();
}

async function ask() {
  asking.abort();
  asking = new AbortController();
  const { signal } = asking;
  const query = apiQuery(state);
  if (query === null) return;
  const busy = setTimeout(() => busyNow(true), BUSY_AFTER_MS);
  try {
    const [found, outline] = await Promise.all([api.get(`planning/reach/?${query}`, { signal }), outlineOf(state.level)]);
    if (signal.aborted) return;
    answer = { ...found, outline };
    problem(null);
    draw();
  } catch (error) {
    if (error.name !== "AbortError") problem(error);
  } finally {
    clearTimeout(busy);
    if (!signal.aborted) busyNow(false);
  }
}

/** The outlines of a level, asked for once. */
async function outlineOf(level) {
  if (!outlines.has(level)) outlines.set(level, await api.get(`districts/?level=${level}`));
  return outlines.get(level);
}

function busyNow(busy) {
  document.body.toggleAttribute("data-busy", busy);
  show(part("busy"), busy);
  if (busy && !answer) table.loading(10);
}

function problem(error) {
  show(part("problem"), error !== null);
  document.body.toggleAttribute("data-failed", error !== null);
  if (error) setText(part("problem-words"), `${t("state.failed")}: ${errorText(t, error)}`);
}

const shown = () => ({ ...state, limit: limitShown(answer.question.limits_s, state.limit) });

function draw() {
  form.draw(state);
  drawLinks();
  for (const button of document.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", String(button.dataset.view === state.view));
  if (!answer) return;
  const view = shown();
  drawLimits(view.limit);
  table.draw(answer, view);
  table.choose(state.district);
  map.show(answer, answer.outline, view);
  map.choose(state.district);
  part("legend").replaceChildren(...legendElements(legendOf(answer, view, palette, t)));
  drawWords();
  point(null);
}

function drawLimits(limit) {
  const buttons = answer.question.limits_s.map((seconds) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: limitWords(seconds, t), onclick: () => change({ limit: seconds }) });
    button.setAttribute("aria-pressed", String(seconds === limit));
    return button;
  });
  const hadFocus = part("limits").contains(document.activeElement);
  part("limits").replaceChildren(...buttons);
  if (hadFocus) buttons.find((button) => button.ariaPressed === "true")?.focus();
}

const summary = () => [...facts(), t("summary.took", { ms: format.number(answer.took_ms) })].join(" · ");

function facts() {
  const { origins, question, computed_at: at, data } = answer;
  return [
    t(`summary.${question.origins}`, { n: origins.length }),
    t("summary.computed", { time: format.clock(Date.parse(at)) }),
    t("summary.data", { date: format.absolute(Date.parse(data.imported_at)).replace(/ \d\d:.*/, "") }),
  ];
}

function drawWords() {
  setText(part("summary"), summary());
  part("method").replaceChildren(...[answer.method, ...answer.caveats].map((text) => Object.assign(document.createElement("li"), { textContent: text })));
}

function drawLinks() {
  const query = apiQuery(state);
  for (const name of ["csv", "report"]) part(name).href = query === null ? "#" : `${page.urls[name]}?${query}`;
}

/** A district under the pointer, in the map or in the table: both show it, and its numbers stand in the corner. */
function point(code) {
  table.point(code);
  map.point(code);
  const district = answer?.districts.find((one) => one.code === (code ?? state.district));
  show(part("corner"), Boolean(district));
  if (!district) return;
  const { limit } = shown();
  const values = {
    name: district.name,
    road: percent(district.covered[limit], format),
    buildings: percent(district.buildings_covered[limit], format),
    n: format.number(district.buildings),
    limit: limitWords(limit, t),
  };
  setText(part("corner"), t("hover.line", values));
}

function choose(code) {
  const district = answer?.districts.find((one) => one.code === code);
  const same = code === state.district;
  change({ district: same || !district ? null : code });
  if (district && !same) map.fit(district.bounds);
  else if (same) map.fit(page.region.bounds);
}

async function picture() {
  const view = shown();
  const image = await map.picture();
  const standard = page.standards.find(({ code }) => code === state.standard);
  const who = part("form").elements.namedItem("who").selectedOptions[0]?.textContent;
  const blob = await drawSheet(image, {
    title: t("picture.title", { region: answer.data.region }),
    lines: [[who, ...facts()].join(" · "), standard ? `${standard.name} (${standard.source})` : ""].filter(Boolean),
    legend: legendOf(answer, view, palette, t),
    foot: [...answer.caveats, `${answer.data.attribution} · ${t("picture.made", { time: format.absolute(Date.parse(answer.computed_at)) })}`],
    theme: theme(),
    scale: image.width / part("map").clientWidth,
  });
  save(blob, `geo112-${answer.computed_at.slice(0, 10)}-${state.view}.png`);
}

async function copyLink({ currentTarget }) {
  await navigator.clipboard.writeText(location.href);
  const words = currentTarget.textContent;
  setText(currentTarget, t("link.copied"));
  setTimeout(() => setText(currentTarget, words), 2000);
}

wireThemeSwitch();
onTheme(() => map.restyle());
addEventListener("popstate", () => change(stateOf(location.search), { push: false }));
for (const button of document.querySelectorAll("[data-view]")) button.addEventListener("click", () => change({ view: button.dataset.view }));
part("again").addEventListener("click", ask);
part("retry").addEventListener("click", ask);
part("picture").disabled = map.picture === null;
part("picture").addEventListener("click", picture);
part("link").addEventListener("click", copyLink);
draw();
ask();

/** Small pieces that several views draw: shapes, clocks, keys, times. */

import { el, setAttribute, setText } from "#geo112/dom.js";
import { ageS, freshnessOf } from "#geo112/freshness.js";
import { lookOf, shapeOf } from "./looks.js";

const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  square: "M3.2 3.2h9.6v9.6H3.2z",
  diamond: "M8 1.8 14.2 8 8 14.2 1.8 8z",
  circle: "M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2z",
  shield: "M3 2.6h10v5.6c0 2.5-2 4.6-5 6-3-1.4-5-3.5-5-6z",
  triangle: "M8 2 14.6 13.4H1.4z",
};
const MARKS = { cross: "M8 5.4v5.2M5.4 8h5.2", dot: "M8 6.4a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2z" };

/** The shape of a kind, alone (kind colour) or with a status (status colour and filling). */
export function makeShape(kind, status = null) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("shape");
  const outline = document.createElementNS(SVG, "path");
  const mark = document.createElementNS(SVG, "path");
  svg.append(outline, mark);
  drawShape(svg, kind, status);
  return svg;
}

const ICONS = {
  place: "M8 2v4M8 10v4M2 8h4M10 8h4M8 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z",
  ringing: "M4 2.5 6 2l1.4 3.2-1.3 1a7 7 0 0 0 3.7 3.7l1-1.3L14 10l-.5 2a1.6 1.6 0 0 1-1.8 1.4A10.5 10.5 0 0 1 2.6 4.3A1.6 1.6 0 0 1 4 2.5z",
  overdue: "M6.5 1.2h3M8 3.6a5.4 5.4 0 1 0 0 10.8A5.4 5.4 0 0 0 8 3.6zM8 6v3.2",
};

/** A line icon: a telephone, a stop watch, a place. */
export function makeIcon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

export function drawShape(svg, kind, status = null) {
  const key = `${kind}|${status}`;
  if (svg.dataset.drawn === key) return;
  svg.dataset.drawn = key;
  const look = status ? lookOf(status) : { colour: `--kind-${kind}`, fill: "solid" };
  svg.style.color = `var(${look.colour})`;
  const [outline, mark] = svg.children;
  outline.setAttribute("d", PATHS[shapeOf(kind)]);
  outline.setAttribute("class", look.fill === "solid" ? "solid" : "open");
  const cross = kind === "medical" && look.fill === "solid";
  mark.setAttribute("d", cross ? MARKS.cross : look.fill === "ring" ? MARKS.dot : "");
  mark.setAttribute("class", cross ? "cut" : "solid");
}

/** Write a clock: its time, its level as a class, what it waits for as its title. */
export function drawClock(node, clock, { t, format }) {
  const over = clock.level === "overdue";
  setText(node, over ? `+${format.elapsed(clock.over_s)}` : format.elapsed(clock.elapsed_s));
  node.className = `clock ${clock.level}`;
  const text = over ? `${t(`stage.${clock.stage}`)}, ${t("clock.over", { time: format.elapsed(clock.over_s) })}` : t(`stage.${clock.stage}`);
  setAttribute(node, "title", `${text} · ${format.absolute(Date.parse(clock.since))}`);
  setAttribute(node, "aria-label", `${node.textContent} ${text}`);
}

/** A relative time with the absolute one on hover. */
export function drawMoment(node, iso, nowMs, format) {
  setText(node, format.moment(Date.parse(iso), nowMs));
  setAttribute(node, "title", format.absolute(Date.parse(iso)));
}

/** A position's age as a word or a number: "8 d", "usang 9 m", "diam sejak 20:41". */
export function positionText(fix, nowMs, { t, format, limits }) {
  const freshness = freshnessOf(fix, nowMs, limits);
  if (freshness === "none") return { freshness, text: t("fresh.none") };
  if (freshness === "silent") return { freshness, text: `${t("fresh.silent")} ${t("unit.since", { at: format.moment(Date.parse(fix.recorded_at), nowMs + 3_600_000) })}` };
  const age = format.age(ageS(fix, nowMs));
  return { freshness, text: freshness === "stale" ? `${t("fresh.stale")} ${age}` : age };
}

/** A button whose key shows beside its word and on hover. */
export function keyButton(word, key, onclick, extra = {}) {
  return el(`button.button.small${extra.plain ? ".plain" : ""}`, { type: "button", onclick, title: `${word} (${key})`, "aria-keyshortcuts": key }, word, el("kbd", { "aria-hidden": "true" }, key));
}

/** A field: label, control, and the place where its problem stands. */
export function makeField(label, control, id) {
  const problem = el("p.problem", { id: `${id}-problem`, role: "alert", hidden: true });
  control.id = id;
  const node = el("div.field", {}, el("label", { for: id }, label), control, problem);
  return {
    node,
    control,
    complain(text) {
      problem.hidden = !text;
      setText(problem, text ?? "");
      setAttribute(control, "aria-invalid", text ? "true" : null);
      setAttribute(control, "aria-describedby", text ? problem.id : null);
    },
  };
}

/** The name of something that carries both languages. */
export const named = (names, lang) => names?.[lang] ?? names?.id ?? "";

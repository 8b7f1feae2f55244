/** The legend: what the colours and stripes mean, with units. The same entries go on the page and into the picture. */

import { el } from "#geo112/dom.js";
import { limitWords } from "./rows.js";
import { bandColours, shareSteps } from "./scale.js";

export const HATCH = "hatch";
export const ORIGIN = "origin";
export const OPACITY = 0.62; // of areas on the map

/** {title, entries: [{colour (or HATCH, ORIGIN), words}]} for a view of an answer. */
export function legendOf({ question }, { view, limit }, palette, t) {
  const { limits_s: limits, prep_s: prep } = question;
  const common = [
    { colour: HATCH, words: t("legend.gap", { limit: limitWords(limits.at(-1), t) }) },
    { colour: ORIGIN, words: t("legend.origins") },
  ];
  if (view === "share") {
    const steps = shareSteps(palette).reverse();
    const entries = steps.map(({ from, to, colour }) => ({ colour, words: t("legend.step", { from, to }) }));
    return { title: t("legend.share", { limit: limitWords(limit, t) }), entries: [...entries, ...common] };
  }
  const colours = bandColours(limits.length, palette);
  const bands = limits.map((to, index) => ({
    colour: colours[index],
    words: index === 0 ? t("legend.first", { to: limitWords(to, t) }) : between(limits[index - 1], to, t),
  }));
  return { title: prep ? t("legend.bands", { prep }) : t("legend.bands_drive"), entries: [...bands, ...common] };
}

/** "5–10 min", or "90 s–5 min" where the units differ. */
function between(from, to, t) {
  const start = from % 60 || to % 60 ? limitWords(from, t) : from / 60;
  return t("legend.band", { from: start, to: limitWords(to, t) });
}

/** The legend as elements. */
export const legendElements = ({ title, entries }) => [
  el("h2", {}, title),
  el("ul", {}, entries.map(({ colour, words }) => el("li", {}, swatch(colour), words))),
];

const swatch = (colour) =>
  colour === HATCH || colour === ORIGIN
    ? el(`span.swatch.${colour}`, { "aria-hidden": "true" })
    : el("span.swatch", { "aria-hidden": "true" }, el("i", { style: `background: ${colour}; opacity: ${OPACITY}` }));

/** The slash: one field that finds units, incidents and places. */

import { makeCombobox } from "#geo112/combobox.js";
import { el } from "#geo112/dom.js";
import { findPlaces } from "./intake.js";
import { makeIcon, makeShape, named } from "./parts.js";
import { plain } from "./types.js";

const SHOWN = 5;

/** Units and incidents whose callsign, number, type, place or words hold the text. Pure. */
export function findKnown(state, text, lang) {
  const wanted = plain(text.trim());
  if (!wanted) return [];
  const holds = (...texts) => texts.some((one) => plain(one ?? "").includes(wanted));
  const units = [...state.units.values()].filter((unit) => holds(unit.callsign, unit.callsign.replaceAll("-", ""), unit.station));
  const incidents = [...state.incidents.values()].filter((row) => holds(row.number, named(row.type_name, lang), row.place_words, row.kelurahan, row.words));
  return [
    ...units.slice(0, SHOWN).map((unit) => ({ is: "unit", id: unit.id, name: unit.callsign, words: unit.station, kind: unit.agency_kind, status: unit.status })),
    ...incidents.slice(0, SHOWN).map((row) => ({ is: "incident", id: row.id, name: named(row.type_name, lang), words: [row.number, row.kelurahan, row.place_words].filter(Boolean).join(" · "), kind: row.agency_kind })),
  ];
}

export function makeSearch(app, input) {
  const box = makeCombobox({
    input,
    async search(text, signal) {
      const known = findKnown(app.store.get(), text, app.lang);
      if (text.trim().length < 2) return known;
      const places = (await app.quietly(() => findPlaces(app, text, signal))) ?? [];
      return [...known, ...places.map((place) => ({ is: "place", ...place }))];
    },
    keyOf: (item) => `${item.is}|${item.id ?? `${item.lon}|${item.lat}|${item.name}`}`,
    render: (node, item) =>
      node.firstChild ??
      node.append(item.is === "place" ? makeIcon("place") : makeShape(item.kind, item.status), el("span.grow", {}, el("b.clip", {}, item.name), el("span.muted.clip", {}, item.words ?? ""))),
    choose(item) {
      input.value = "";
      input.blur();
      if (item.is === "place") return app.showPlace(item);
      app.actions.select(item.is, item.id);
      return app.run("locate");
    },
    empty: () => (input.value.trim().length < 2 ? "" : app.t("search.none")),
    delayMs: 120,
  });
  input.parentElement.append(box.list);
  return { focus: () => (input.focus(), input.select()), stop: box.stop };
}

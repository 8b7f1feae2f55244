/** The layers that lie over the base map: routes, units, incidents, the place, what is pointed at. */

import { cssColour } from "./pictures.js";

export const SOURCES = ["routes", "units", "incidents", "place", "pointed"];
export const EMPTY = { type: "FeatureCollection", features: [] };
export const FONT = ["sans-serif"];

const text = (extra) => ({ "text-font": FONT, "text-size": 12, "text-optional": true, ...extra });
const halo = (extra = {}) => ({ "text-color": cssColour("--text"), "text-halo-color": cssColour("--panel"), "text-halo-width": 1.6, ...extra });

const routeLine = (id, width, colour, extra = {}) => ({
  id,
  type: "line",
  source: "routes",
  layout: { "line-cap": "round", "line-join": "round" },
  paint: { "line-width": width, "line-color": colour, ...extra },
});

/** The layers, bottom first, in the colours of the theme that the page shows now. */
export const overlayLayers = () => [
  routeLine("route-casing", 8, cssColour("--panel"), { "line-opacity": 0.9 }),
  { ...routeLine("route-proposed", 5, cssColour("--text"), { "line-dasharray": [1.2, 1.2] }), filter: ["==", ["get", "use"], "proposed"] },
  { ...routeLine("route-sent", 5, cssColour("--busy")), filter: ["==", ["get", "use"], "sent"] },
  {
    id: "pointed",
    type: "circle",
    source: "pointed",
    paint: { "circle-radius": 19, "circle-color": "transparent", "circle-stroke-width": 2, "circle-stroke-color": cssColour("--text") },
  },
  {
    id: "headings",
    type: "symbol",
    source: "units",
    filter: ["!=", ["get", "heading"], null],
    layout: { "icon-image": "heading", "icon-rotate": ["get", "heading"], "icon-rotation-alignment": "map", "icon-allow-overlap": true, "icon-ignore-placement": true },
    paint: { "icon-opacity": ["get", "opacity"] },
  },
  {
    id: "units",
    type: "symbol",
    source: "units",
    layout: {
      "icon-image": ["get", "picture"],
      "icon-allow-overlap": true,
      "icon-ignore-placement": true,
      "symbol-sort-key": ["get", "order"],
    },
    paint: { "icon-opacity": ["get", "opacity"] },
  },
  {
    // apart from the pictures: names give way to each other, and those that stand out come first
    id: "unit-names",
    type: "symbol",
    source: "units",
    layout: {
      "symbol-sort-key": ["-", ["get", "order"]],
      ...text({
        "text-field": ["case", ["==", ["get", "age"], ""], ["get", "callsign"], ["concat", ["get", "callsign"], "\n", ["get", "age"]]],
        "text-anchor": "top",
        "text-offset": [0, 0.95],
        "text-line-height": 1.1,
        "text-optional": false,
      }),
    },
    paint: { "text-opacity": ["get", "opacity"], ...halo() },
  },
  {
    id: "incidents",
    type: "symbol",
    source: "incidents",
    layout: {
      "icon-image": ["get", "picture"],
      "icon-anchor": "bottom",
      "icon-allow-overlap": true,
      "symbol-sort-key": ["get", "order"],
      ...text({ "text-field": ["get", "clock"], "text-anchor": "bottom", "text-offset": [0, -2.7] }),
    },
    paint: { "icon-opacity": ["get", "opacity"], ...halo() },
  },
  {
    id: "place",
    type: "symbol",
    source: "place",
    layout: {
      "icon-image": "place",
      "icon-allow-overlap": true,
      ...text({ "text-field": ["get", "name"], "text-anchor": "top", "text-offset": [0, 1.2], "text-max-width": 14 }),
    },
    paint: halo(),
  },
];

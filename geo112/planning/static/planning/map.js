/** The map: bands or shares, gaps, districts, origins. Knows MapLibre and shapes, no API. */

import { AttributionControl, Map as MapLibre, NavigationControl, ScaleControl } from "maplibre-gl";
import { OPACITY } from "./legend.js";
import { bandColours, stepColour } from "./scale.js";

const EMPTY = { type: "FeatureCollection", features: [] };
const SOURCES = ["districts", "bands", "gaps", "origins"];
const FONT = ["sans-serif"];
const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/**
 * on  {point(code|null), choose(code|null), failed()}
 * show(answer, districts, view) draws an answer; point(code) and choose(code) mark a district
 */
export function makeMap({ container, styleUrl, bounds, palette, theme, on }) {
  const data = Object.fromEntries(SOURCES.map((name) => [name, EMPTY]));
  let ready = false;
  let view = "bands";
  let marks = { pointed: null, chosen: null };
  const map = new MapLibre({
    container, style: styleUrl(), bounds, fitBoundsOptions: { padding: 24 }, attributionControl: false,
    maxPitch: 0, dragRotate: false, fadeDuration: still() ? 0 : 150,
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new AttributionControl({ compact: false }), "bottom-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-right");
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.on("style.load", () => {
    ready = true;
    dress(map, data, theme());
    apply();
  });
  map.on("error", ({ error }) => !ready && on.failed(error));
  listen(map, on);

  function apply() {
    if (!ready) return;
    for (const name of SOURCES) map.getSource(name).setData(data[name]);
    map.setLayoutProperty("cover-bands", "visibility", view === "bands" ? "visible" : "none");
    map.setLayoutProperty("cover-share", "visibility", view === "share" ? "visible" : "none");
    mark();
  }

  function mark() {
    if (!ready) return;
    map.setFilter("district-pointed", ["==", ["get", "code"], marks.pointed ?? ""]);
    map.setFilter("district-chosen", ["==", ["get", "code"], marks.chosen ?? ""]);
  }

  return {
    map,
    show(answer, districts, shown) {
      view = shown.view;
      data.bands = bandsOf(answer, palette);
      data.gaps = { type: "FeatureCollection", features: [answer.gaps] };
      data.origins = originsOf(answer);
      data.districts = districtsOf(districts, answer, shown.limit, palette);
      apply();
    },
    point(code) {
      marks = { ...marks, pointed: code };
      mark();
    },
    choose(code) {
      marks = { ...marks, chosen: code };
      mark();
    },
    fit: (box) => map.fitBounds(box, { padding: 48, maxZoom: 15, duration: still() ? 0 : 400 }),
    restyle() {
      ready = false;
      map.setStyle(styleUrl(), { diff: false });
    },
    /** The map's picture as it stands, taken in the very frame that draws it. */
    picture: () =>
      new Promise((resolve) => {
        map.once("render", () => createImageBitmap(map.getCanvas()).then(resolve));
        map.triggerRepaint();
      }),
  };
}

/** Stands in where there is no map (no graphics driver): everything else works. */
export const NO_MAP = { show() {}, point() {}, choose() {}, fit() {}, restyle() {}, picture: null };

function bandsOf({ bands }, palette) {
  const colours = bandColours(bands.length, palette);
  const features = bands.map((band, index) => ({ ...band, properties: { ...band.properties, colour: colours[index] } }));
  return { type: "FeatureCollection", features };
}

function districtsOf(districts, answer, limit, palette) {
  const known = new Map(answer.districts.map((district) => [district.code, district]));
  const features = districts.features
    .filter(({ properties }) => known.has(properties.code))
    .map((feature) => {
      const { code, name, covered } = known.get(feature.properties.code);
      return { type: "Feature", geometry: feature.geometry, properties: { code, name, colour: stepColour(covered[limit], palette) } };
    });
  return { type: "FeatureCollection", features };
}

const originsOf = ({ origins }) => ({
  type: "FeatureCollection",
  features: origins.map(({ name, lon, lat }) => ({
    type: "Feature",
    properties: { name },
    geometry: { type: "Point", coordinates: [lon, lat] },
  })),
});

/** Add our sources and layers to a fresh style: areas under the base map's labels, origins over everything. */
function dress(map, data, theme) {
  const dark = theme === "dark";
  const ink = dark ? "#e8ecef" : "#14191c";
  const paper = dark ? "#0d1012" : "#ffffff";
  if (!map.hasImage("hatch")) map.addImage("hatch", hatch(ink), { pixelRatio: 2 });
  for (const name of SOURCES) map.addSource(name, { type: "geojson", data: data[name] });
  const labels = map.getStyle().layers.find(({ id }) => id.startsWith("label"))?.id;
  const under = (layer) => map.addLayer(layer, labels);
  const fill = { "fill-color": ["get", "colour"], "fill-antialias": false };
  under({ id: "cover-bands", type: "fill", source: "bands", paint: { ...fill, "fill-opacity": OPACITY } });
  under({ id: "cover-share", type: "fill", source: "districts", paint: { ...fill, "fill-opacity": OPACITY } });
  under({ id: "cover-gaps", type: "fill", source: "gaps", paint: { "fill-pattern": "hatch", "fill-opacity": 0.75 } });
  under({ id: "gap-edge", type: "line", source: "gaps", paint: { "line-color": ink, "line-width": 1 } });
  under({ id: "district-fill", type: "fill", source: "districts", paint: { "fill-opacity": 0 } });
  const line = (id, width, extra = {}) => under({ id, type: "line", source: "districts", paint: { "line-color": ink, "line-width": width }, ...extra });
  line("district-edge", 0.8);
  line("district-pointed", 2.5, { filter: ["==", ["get", "code"], ""] });
  line("district-chosen", 4, { filter: ["==", ["get", "code"], ""] });
  map.addLayer({
    id: "origins", type: "circle", source: "origins",
    paint: { "circle-radius": 6, "circle-color": paper, "circle-stroke-width": 3, "circle-stroke-color": ink },
  });
  map.addLayer({
    id: "origin-names", type: "symbol", source: "origins", minzoom: 12,
    layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 12, "text-anchor": "top", "text-offset": [0, 0.9], "text-optional": true },
    paint: { "text-color": ink, "text-halo-color": paper, "text-halo-width": 1.6 },
  });
}

/** Diagonal stripes that meet at the edges of their tile. */
function hatch(colour) {
  const size = 16;
  const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
  const pen = canvas.getContext("2d");
  pen.strokeStyle = colour;
  pen.lineWidth = 2.4;
  for (const shift of [-size, 0, size]) {
    pen.beginPath();
    pen.moveTo(shift - 2, size + 2);
    pen.lineTo(shift + size + 2, -2);
    pen.stroke();
  }
  return pen.getImageData(0, 0, size, size);
}

function listen(map, on) {
  const codeAt = (point) => (map.getLayer("district-fill") ? map.queryRenderedFeatures(point, { layers: ["district-fill"] })[0]?.properties.code : null) ?? null;
  let pointed = null;
  const point = (code) => {
    if (code === pointed) return;
    pointed = code;
    on.point(code);
  };
  map.on("mousemove", (event) => point(codeAt(event.point)));
  map.getCanvas().addEventListener("mouseleave", () => point(null));
  map.on("click", (event) => on.choose(codeAt(event.point)));
}

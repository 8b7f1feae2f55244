/** The map: our own tiles below, what is alive above. Knows MapLibre, no store and no API. */

import { AttributionControl, Map as MapLibre, NavigationControl, ScaleControl } from "maplibre-gl";
import { oncePerFrame } from "#geo112/dom.js";
import { EMPTY, SOURCES, overlayLayers } from "./layers.js";
import { PIXEL_RATIO, pictureFor } from "./pictures.js";

const CLICKABLE = ["incidents", "units", "unit-names"];
const HIT_PX = 8;

/**
 * container  element that the map fills
 * styleUrl   () → address of the style in today's theme and language
 * bounds     [west, south, east, north] of the region
 * words      MapLibre's own texts in the page's language
 * padding    pixels that the first view keeps free on each side
 * on         {click(lonLat), pick(kind, id), point(kind|null, id), failed(), ready()}
 */
export function makeMap({ container, styleUrl, bounds, words, on, padding = 24 }) {
  const data = Object.fromEntries(SOURCES.map((name) => [name, EMPTY]));
  const map = new MapLibre({
    container,
    style: styleUrl(),
    bounds,
    fitBoundsOptions: { padding },
    attributionControl: false,
    locale: words,
    maxPitch: 0,
    dragRotate: false,
    fadeDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
    maxBounds: padded(bounds, 0.6),
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new AttributionControl({ compact: false }), "bottom-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");

  map.setMissingStyleImageResolver((id) => {
    const image = pictureFor(id);
    if (image && !map.hasImage(id)) map.addImage(id, image, { pixelRatio: PIXEL_RATIO });
  });
  map.on("style.load", () => {
    for (const name of SOURCES) map.addSource(name, { type: "geojson", data: data[name] });
    for (const layer of overlayLayers()) map.addLayer(layer);
    on.ready?.();
  });
  map.on("error", ({ error }) => !map.style?._loaded && on.failed?.(error));
  listen(map, on);

  const flush = oncePerFrame(() => SOURCES.forEach((name) => map.getSource(name)?.setData(data[name])));
  return {
    map,
    /** Replace what one of the sources shows. */
    show(name, collection) {
      data[name] = collection;
      flush();
    },
    restyle: () => map.setStyle(styleUrl(), { diff: false }),
    fit: (box) => map.fitBounds(box, { padding: free(64), maxZoom: 16, duration: motion(400) }),
    fly: (lonLat, zoom = 15) => map.easeTo({ center: lonLat, zoom: Math.max(map.getZoom(), zoom), offset: [-covered() / 2, 0], duration: motion(400) }),
    cursor: (name) => (map.getCanvas().style.cursor = name),
    stop: () => map.remove(),
  };
}

const PANEL_PX = 380;

/** How much of the map's right side lies under the panel: on narrow screens it slides over. */
const covered = () => (matchMedia("(min-width: 720px) and (max-width: 1099px)").matches ? PANEL_PX : 0);
const free = (px) => ({ top: px, bottom: px, left: px, right: px + covered() });

const motion = (ms) => (matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : ms);

function padded([west, south, east, north], share) {
  const x = (east - west) * share;
  const y = (north - south) * share;
  return [west - x, south - y, east + x, north + y];
}

function listen(map, on) {
  const hit = (point) => {
    const box = [[point.x - HIT_PX, point.y - HIT_PX], [point.x + HIT_PX, point.y + HIT_PX]];
    const layers = CLICKABLE.filter((layer) => map.getLayer(layer));
    const found = layers.length ? map.queryRenderedFeatures(box, { layers }) : [];
    const feature = found.find(({ layer }) => layer.id === "incidents") ?? found[0];
    return feature ? { kind: feature.layer.id === "incidents" ? "incident" : "unit", id: feature.properties.id } : null;
  };
  let pointed = null;
  const point = (next) => {
    if (pointed?.kind === next?.kind && pointed?.id === next?.id) return;
    pointed = next;
    on.point?.(next);
  };
  map.on("mousemove", (event) => point(hit(event.point)));
  map.getCanvas().addEventListener("mouseleave", () => point(null));
  map.on("click", (event) => on.click(event.lngLat, hit(event.point)));
}

/** The box around some [lon, lat] points, or null for none. */
export function boxOf(points) {
  if (!points.length) return null;
  const lons = points.map(([lon]) => lon);
  const lats = points.map(([, lat]) => lat);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

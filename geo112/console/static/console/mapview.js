/** Puts the state on the map: who stands out, whose routes are drawn, what is pointed at. */

import { incidentClock } from "./clocks.js";
import { incidentFeatures, unitFeatures } from "./looks.js";
import { boxOf, makeMap } from "./map.js";
import { planOf } from "./plans.js";
import { makeRoutes } from "./routes.js";
import { openAssignments, openIncidents } from "./store.js";

const PULSE_MS = 900;

/** The ids of the units that belong to what is selected, or null when nothing makes the others recede. */
export function litUnits(session, state) {
  const { selected, plans } = session;
  if (selected?.kind !== "incident") return null;
  const incident = state.incidents.get(selected.id);
  if (!incident) return null;
  const plan = planOf(plans, selected.id);
  const candidates = (plan.recommendation?.slots ?? []).flatMap((slot) => slot.candidates.map((candidate) => candidate.unit_id));
  return new Set([...openAssignments(incident).map((assignment) => assignment.unit_id), ...candidates]);
}

export function makeMapView(app, container, { padding } = {}) {
  const { t, session, store, config } = app;
  const failure = container.parentElement.querySelector("[data-part=map-failed]");
  const corner = container.parentElement.querySelector("[data-part=district]");
  let failed = false;
  const view = makeMap({
    container,
    styleUrl: () => app.styleUrl(),
    bounds: config.region.bounds,
    words: mapWords(t),
    padding,
    on: {
      click: (point, hit) => app.clickMap(point, hit),
      point: (hovered) => session.set({ hovered }),
      ready: () => ((failed = false), (failure.hidden = true), draw()),
      failed: () => ((failed = true), (failure.hidden = false)),
    },
  });
  const routes = makeRoutes(app, (collection) => view.show("routes", collection));

  function draw() {
    const state = store.get();
    const now = session.now;
    const nowMs = app.clock.now();
    const selectedId = now.selected?.kind === "incident" ? now.selected.id : null;
    view.show("units", unitFeatures(state.units.values(), { nowMs, limits: app.limits, lit: litUnits(now, state), format: app.format, t }));
    const incidents = openIncidents(state);
    view.show("incidents", incidentFeatures(incidents, { nowMs, clockOf: incidentClock, selectedId, format: app.format }));
    view.show("place", placeFeature(now));
    view.show("pointed", pointedFeature(now.hovered, now.selected, state));
    routes.update();
    const job = state.incidents.get(selectedId);
    corner.textContent = [job?.kelurahan, job?.kecamatan].filter(Boolean).join(", ");
    corner.hidden = corner.textContent === "";
    view.cursor(now.menu === "placing" || now.selected?.kind === "intake" ? "crosshair" : now.hovered ? "pointer" : "");
  }

  return {
    update: draw,
    near: () => view.map.getCenter().toArray().reduce((lon, lat) => ({ lon, lat })),
    fly: view.fly,
    fit: () => view.map.fitBounds(config.region.bounds, { padding: 24 }),
    retry: () => failed && view.restyle(),
    restyle: view.restyle,
    /** Show an incident with those who go there. */
    frame(points) {
      const box = boxOf(points);
      if (box) view.fit(box);
    },
    /** A ring that fades once where a unit changed its status. */
    pulse({ lon, lat }) {
      if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
      const { x, y } = view.map.project([lon, lat]);
      const ring = document.createElement("div");
      ring.className = "pulse";
      ring.style.left = `${x}px`;
      ring.style.top = `${y}px`;
      container.append(ring);
      setTimeout(() => ring.remove(), PULSE_MS);
    },
    map: view.map,
    stop: view.stop,
  };
}

const feature = ({ lon, lat }, properties = {}) => ({ type: "Feature", properties, geometry: { type: "Point", coordinates: [lon, lat] } });
const collection = (...features) => ({ type: "FeatureCollection", features });

function placeFeature({ selected, draft, shownPlace }) {
  if (selected?.kind === "intake" && draft?.place) return collection(feature(draft.place, { name: draft.place.name }));
  return shownPlace ? collection(feature(shownPlace, { name: shownPlace.name })) : collection();
}

function pointedFeature(hovered, selected, state) {
  const what = hovered ?? (selected?.kind === "unit" ? selected : null);
  const place = what?.kind === "unit" ? state.units.get(what.id)?.fix : what?.kind === "incident" ? state.incidents.get(what.id) : null;
  return place ? collection(feature(place)) : collection();
}

const mapWords = (t) => ({
  "Map.Title": t("map.label"),
  "NavigationControl.ZoomIn": t("map.zoom.in"),
  "NavigationControl.ZoomOut": t("map.zoom.out"),
  "AttributionControl.ToggleAttribution": t("map.attribution"),
});

/** What the console does with its map: clicks, places, locating. Works without a map as well as it can. */

import { selecting } from "./session.js";
import { openAssignments } from "./store.js";
import { planOf } from "./plans.js";

/** make() builds the map view; it may throw where the browser has no WebGL. */
export function attachMap(app, make) {
  const { session, store, actions, t, config } = app;
  const failure = document.querySelector("[data-part=map-failed]");

  app.near = () => app.views.map?.near() ?? { lon: config.region.center[0], lat: config.region.center[1] };
  app.setPlace = (place) => {
    actions.draft({ place: { name: place.name, words: place.words ?? "", lon: place.lon, lat: place.lat, source: place.isPoint ? "map" : "search" } });
    app.views.map?.fly([place.lon, place.lat], 15);
    if (place.isPoint) void nameThePlace(app, place);
  };
  app.showPlace = (place) => {
    if (session.now.selected?.kind === "intake") return app.setPlace(place);
    session.set({ shownPlace: place });
    return app.views.map?.fly([place.lon, place.lat], 16);
  };
  app.clickMap = (point, hit) => {
    const { selected, menu } = session.now;
    if (menu === "placing" && selected?.kind === "unit") return void actions.place(store.get().units.get(selected.id), point);
    if (selected?.kind === "intake") return app.setPlace({ name: coordinates(point), lon: point.lng, lat: point.lat, isPoint: true });
    if (hit) return session.set(selecting(hit));
    return session.now.shownPlace && session.set({ shownPlace: null });
  };
  app.locate = () => locate(app);

  try {
    app.views.map = make();
    app.views.map.frameIncident = (id) => frame(app, id);
  } catch (error) {
    failure.hidden = false;
    console.error(error);
  }
  failure.querySelector("button").addEventListener("click", () => (app.views.map ? app.views.map.retry() : location.reload()));
  document.querySelector("[data-part=map-fit]").addEventListener("click", () => app.views.map?.fit());
  return t;
}

const coordinates = ({ lng, lat }) => `${lat.toFixed(5)}, ${lng.toFixed(5)}`;

/** Words for a point on the map, while the point already stands. */
async function nameThePlace(app, { lon, lat }) {
  const { session, actions, t } = app;
  actions.draft({ place: { ...session.now.draft.place, pending: true } });
  const found = await app.quietly(() => app.api.get(`reverse/?lat=${lat}&lon=${lon}`));
  const { draft } = session.now;
  if (draft?.place?.lon !== lon || draft.place.lat !== lat) return;
  const words = found ? found.words || (found.inside === false ? t("intake.place.outside") : "") : "";
  actions.draft({ place: { ...draft.place, words, pending: false, outside: found?.inside === false } });
}

function locate(app) {
  const { selected } = app.session.now;
  if (selected?.kind === "incident") return frame(app, selected.id, { always: true });
  const unit = selected?.kind === "unit" ? app.store.get().units.get(selected.id) : null;
  if (unit?.fix) app.views.map?.fly([unit.fix.lon, unit.fix.lat], 15);
  return undefined;
}

/** Show an incident with those on it and those proposed for it. */
function frame(app, id, { always = false } = {}) {
  const state = app.store.get();
  const incident = state.incidents.get(id);
  if (!incident) return;
  const plan = planOf(app.session.now.plans, id);
  const ids = new Set([...openAssignments(incident).map((assignment) => assignment.unit_id), ...plan.chosen]);
  const units = [...ids].map((unitId) => state.units.get(unitId)?.fix).filter(Boolean);
  const points = [incident, ...units].map(({ lon, lat }) => [lon, lat]);
  if (!always && allInView(app, points)) return;
  app.views.map?.frame(points);
}

function allInView(app, points) {
  const bounds = app.views.map?.map.getBounds();
  return bounds !== undefined && app.views.map.map.getZoom() > 12.5 && points.every((point) => bounds.contains(point));
}

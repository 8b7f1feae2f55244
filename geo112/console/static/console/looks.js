/** How units and incidents look: shape by kind, colour by status, outline by age. Pure: names and numbers. */

import { ageS, freshnessOf } from "#geo112/freshness.js";

export const SHAPES = { fire: "square", sar: "diamond", medical: "circle", police: "shield", disaster: "triangle" };

/** What a status looks like: its colour variable, and whether it is solid, a ring with a dot, or hollow. */
export const LOOKS = {
  available: { colour: "--available", fill: "solid" },
  returning: { colour: "--available", fill: "solid" },
  assigned: { colour: "--busy", fill: "solid" },
  acknowledged: { colour: "--busy", fill: "solid" },
  en_route: { colour: "--busy", fill: "solid" },
  transporting: { colour: "--busy", fill: "solid" },
  on_scene: { colour: "--on-scene", fill: "ring" },
  at_hospital: { colour: "--on-scene", fill: "ring" },
  out_of_service: { colour: "--out", fill: "hollow" },
};

export const shapeOf = (agencyKind) => SHAPES[agencyKind] ?? "square";
export const lookOf = (status) => LOOKS[status] ?? LOOKS.out_of_service;

/** Opacity of each freshness class on the map. */
export const OPACITY = { live: 1, ageing: 0.7, stale: 1, silent: 1 };
export const RECEDED = 0.35;

/** The name under which a picture is kept: "unit|fire|available|stale". The theme is not in it: pictures are redrawn. */
export const unitPicture = (unit, freshness) => `unit|${unit.agency_kind}|${unit.status}|${freshness}`;
export const incidentPicture = (incident, level) => `incident|${incident.priority}|${level}`;

const MOVING_MPS = 1.5;
const UNDER_WAY = new Set(["assigned", "acknowledged", "en_route", "transporting", "returning"]);

/** The heading to draw a tick for, or null: only under way, or clearly moving with a position that is not stale. */
export function headingOf(unit, freshness) {
  const heading = unit.fix?.heading_deg;
  if (heading === null || heading === undefined || freshness === "stale" || freshness === "silent") return null;
  return UNDER_WAY.has(unit.status) || unit.fix.speed_mps >= MOVING_MPS ? heading : null;
}

/**
 * GeoJSON of the units that have a position.
 *
 * lit  ids that stand out while the others recede; null when nothing is selected
 */
export function unitFeatures(units, { nowMs, limits, lit = null, format, t }) {
  const features = [];
  for (const unit of units) {
    if (!unit.fix) continue;
    const freshness = freshnessOf(unit.fix, nowMs, limits);
    features.push(pointFeature(unit.id, unit.fix, {
      picture: unitPicture(unit, freshness),
      callsign: unit.callsign,
      age: ageLabel(unit.fix, freshness, nowMs, format, t),
      heading: headingOf(unit, freshness),
      opacity: (lit && !lit.has(unit.id) ? RECEDED : 1) * OPACITY[freshness],
      order: lit?.has(unit.id) ? 1 : 0,
    }));
  }
  return { type: "FeatureCollection", features };
}

function ageLabel(fix, freshness, nowMs, format, t) {
  if (freshness === "live") return "";
  if (freshness === "silent") return t("unit.since", { at: format.minute(Date.parse(fix.recorded_at)) });
  return format.age(ageS(fix, nowMs));
}

/** GeoJSON of incidents; `clockOf` gives each one's clock. */
export function incidentFeatures(incidents, { nowMs, clockOf, selectedId = null, format }) {
  const features = incidents.map((incident) => {
    const clock = clockOf(incident, nowMs);
    return pointFeature(incident.id, incident, {
      picture: incidentPicture(incident, clock.level),
      clock: format.elapsed(clock.elapsed_s),
      opacity: selectedId !== null && selectedId !== incident.id ? 0.6 : 1,
      order: (selectedId === incident.id ? 10 : 0) + 4 - incident.priority,
    });
  });
  return { type: "FeatureCollection", features };
}

const pointFeature = (id, { lon, lat }, properties) => ({
  type: "Feature",
  id,
  geometry: { type: "Point", coordinates: [lon, lat] },
  properties: { id, ...properties },
});

/** Where an incident is, in the reader's words: from the parts that were found, not from a finished sentence. Pure. */

const AT_M = 25;

/** "di Masjid Jamik", "120 m timur laut Masjid Jamik", or "" */
export function landmarkText(landmark, { t, format }) {
  if (!landmark) return "";
  const { name, distance_m: metres, compass } = landmark;
  if (metres < AT_M) return t("place.at", { name });
  return t("place.off", { name, distance: format.distance(metres), side: t(`compass.${compass}`) });
}

/** "Jalan Suprapto, di Masjid Jamik"; what the server wrote, or the coordinates, when neither is known. */
export function placeText(incident, app) {
  const parts = [incident.street, landmarkText(incident.landmark, app)].filter(Boolean);
  return parts.join(", ") || incident.place_words || `${incident.lat.toFixed(5)}, ${incident.lon.toFixed(5)}`;
}

/** In one line: the kelurahan first, since that is what is said on the radio. */
export const placeLine = (incident, app) =>
  [incident.kelurahan ?? incident.kecamatan ?? (incident.outside ? app.t("incident.outside") : null), placeText(incident, app)].filter(Boolean).join(" · ");

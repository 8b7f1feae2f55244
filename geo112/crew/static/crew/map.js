/** The small map: nothing of it is loaded before it is asked for. */

import { el, setText } from "#geo112/dom.js";

/**
 * A box under the way buttons that opens and closes.
 *
 * settings()  {style, maplibreStyle, theme, language} at the moment of opening
 */
export function makeMapBox({ t, settings }) {
  let map = null;
  let box = null;

  function close() {
    map?.remove();
    box?.remove();
    map = box = null;
  }

  async function toggle(button, incident, here) {
    const opening = box === null;
    button.setAttribute("aria-expanded", String(opening));
    setText(button, t(opening ? "job.map_close" : "job.map"));
    if (!opening) return close();
    const mine = (box = el("div.map-box", { role: "region", "aria-label": t("job.map") }));
    button.parentElement.after(mine);
    try {
      const opened = await openMap(mine, incident, here, settings());
      if (box === mine) map = opened;
      else opened.remove();
    } catch {
      mine.replaceChildren(el("p.notice", { role: "status" }, t("job.map_failed")));
      mine.className = "";
    }
  }

  return { toggle, close, here: (point) => map?.here(point) };
}

/** A map with the place and the phone on it: {here(point), remove()}. Rejects when it cannot be loaded. */
async function openMap(box, incident, here, { style, maplibreStyle, theme, language }) {
  const [{ Map, Marker, LngLatBounds }] = await Promise.all([import("maplibre-gl"), styleSheet(maplibreStyle)]);
  const place = [incident.lon, incident.lat];
  const map = new Map({
    container: box,
    style: `${style}?theme=${theme}&lang=${language}`,
    center: place,
    zoom: 15,
    attributionControl: { compact: false },
  });
  new Marker({ element: el("div.there") }).setLngLat(place).addTo(map);
  const me = new Marker({ element: el("div.here") });
  const show = (point) => me.setLngLat([point.lon, point.lat]).addTo(map);
  if (here) {
    show(here);
    const bounds = new LngLatBounds(place, place).extend([here.lon, here.lat]);
    map.fitBounds(bounds, { padding: 48, maxZoom: 16, animate: false });
  }
  return { here: show, remove: () => map.remove() };
}

function styleSheet(href) {
  if (document.querySelector(`link[href="${href}"]`)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: resolve, onerror: reject }));
  });
}

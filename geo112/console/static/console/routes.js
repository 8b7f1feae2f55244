/** The ways that are drawn: of units on the selected incident, and of those about to be sent. Asked for once. */

import { planOf } from "./plans.js";
import { openAssignments } from "./store.js";

const SHOWN = 6;
const UNDER_WAY = new Set(["assigned", "acknowledged", "en_route"]);

/** [{unitId, use, key}]: which routes the selection wants, at most six. Pure. */
export function wantedRoutes(session, state) {
  if (session.selected?.kind !== "incident") return [];
  const incident = state.incidents.get(session.selected.id);
  if (!incident) return [];
  const sent = openAssignments(incident).filter((assignment) => UNDER_WAY.has(assignment.status));
  const { chosen } = planOf(session.plans, incident.id);
  const wanted = [
    ...[...chosen].map((unitId) => ({ unitId, use: "proposed" })),
    ...sent.map((assignment) => ({ unitId: assignment.unit_id, use: "sent" })),
  ];
  return wanted.slice(0, SHOWN).map((one) => ({ ...one, incidentId: incident.id, key: `${incident.id}|${one.unitId}|${incident.lon}|${incident.lat}` }));
}

/** show(collection) is called whenever the drawn routes change. */
export function makeRoutes(app, show) {
  const known = new Map(); // key → geometry, or null while it is asked for or when there is none
  let drawn = "";

  async function ask({ key, incidentId, unitId }) {
    known.set(key, null);
    const answer = await app.quietly(() => app.api.get(`incidents/${incidentId}/route/?unit=${unitId}`));
    if (answer?.geometry) known.set(key, answer.geometry);
    draw();
  }

  function draw() {
    const wanted = wantedRoutes(app.session.now, app.store.get());
    for (const one of wanted) if (!known.has(one.key)) void ask(one);
    const ready = wanted.filter(({ key }) => known.get(key));
    const mark = ready.map(({ key, use }) => `${key}${use}`).join();
    if (mark === drawn) return;
    drawn = mark;
    if (!wanted.length) known.clear();
    show({ type: "FeatureCollection", features: ready.map(({ key, use }) => ({ type: "Feature", properties: { use }, geometry: known.get(key) })) });
  }
  return { update: draw };
}

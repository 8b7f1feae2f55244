/** The ways that are drawn: of units on the selected incident, and of those about to be sent. */

import { planOf } from "./plans.js";
import { openAssignments } from "./store.js";

const SHOWN = 6;
const ASK_AGAIN_MS = 15_000;
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
  const known = new Map(); // key → {geometry, askedAt}; the way shrinks as the unit drives, so it is asked for again
  let drawn = "";

  async function ask({ key, incidentId, unitId }, nowMs) {
    known.set(key, { geometry: known.get(key)?.geometry ?? null, askedAt: nowMs });
    const answer = await app.quietly(() => app.api.get(`incidents/${incidentId}/route/?unit=${unitId}`));
    if (answer?.geometry) known.set(key, { geometry: answer.geometry, askedAt: nowMs });
    draw();
  }

  function draw() {
    const nowMs = app.clock.now();
    const wanted = wantedRoutes(app.session.now, app.store.get());
    for (const one of wanted) if (nowMs - (known.get(one.key)?.askedAt ?? 0) > ASK_AGAIN_MS) void ask(one, nowMs);
    const ready = wanted.filter(({ key }) => known.get(key)?.geometry);
    const mark = ready.map(({ key, use }) => `${key}${use}${known.get(key).askedAt}`).join();
    if (mark === drawn) return;
    drawn = mark;
    show({ type: "FeatureCollection", features: ready.map(({ key, use }) => ({ type: "Feature", properties: { use }, geometry: known.get(key).geometry })) });
  }
  return { update: draw };
}

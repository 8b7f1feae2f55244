/** What happened between two states, for the line at the bottom. Pure. */

/** [{at, key, values, incidentId}] in the order of units, incidents, calls. */
export function eventsBetween(before, after) {
  if (!before.ready) return [];
  return [...unitEvents(before, after), ...incidentEvents(before, after), ...callEvents(before, after)];
}

function* unitEvents(before, after) {
  for (const [id, unit] of after.units) {
    const old = before.units.get(id);
    if (!old || old === unit || old.status === unit.status) continue;
    yield { at: unit.status_at, key: "event.unit", values: { callsign: unit.callsign, status: unit.status }, incidentId: unit.incident_id };
  }
}

function* incidentEvents(before, after) {
  for (const [id, incident] of after.incidents) {
    const old = before.incidents.get(id);
    const values = { number: incident.number, type: incident.type_name };
    if (!old) yield { at: incident.opened_at, key: "event.opened", values, incidentId: id };
    else if (old.status !== incident.status && (incident.status === "closed" || incident.status === "cancelled"))
      yield { at: incident.closed_at ?? after.at, key: `event.${incident.status}`, values, incidentId: id };
  }
}

function* callEvents(before, after) {
  for (const [id, call] of after.calls)
    if (!before.calls.has(id) && call.status === "waiting") yield { at: call.received_at, key: "event.call", values: { number: call.number }, incidentId: null };
}

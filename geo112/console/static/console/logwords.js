/** The log's rows in words. The log itself is raw: a table, a row, what changed. Pure. */

const SILENT = new Set(["incidents_assignmentmove", "incidents_incidentmove"]); // their assignments and incidents say it
const DERIVED = new Set(["version", "status_at", "ended_at", "closed_at", "first_dispatched_at", "on_scene_at"]);

const meant = (row) => Object.keys(row.after ?? {}).filter((name) => !DERIVED.has(name));

/** Whether a row says something that no other row says. */
export const toldByLog = (row) => !SILENT.has(row.table_name) && (row.operation !== "UPDATE" || meant(row).length > 0);

const TELLERS = {
  incidents_incident: (row, { t }) => {
    if (row.operation === "INSERT") return t("log.opened");
    return row.after.status ? t("log.status", { status: t(`incident.${row.after.status}`) }) : t("log.changed", { what: meant(row).join(", ") });
  },
  incidents_assignment: (row, app) => app.t("log.unit", { callsign: callsignOf(row, app), status: app.t(`unit.${row.after.status ?? "assigned"}`) }),
  incidents_note: (row, { t }) => t("log.note", { text: row.after.text }),
  incidents_agencynotice: (row, { t }) => t(row.operation === "INSERT" ? "log.notified" : "log.receipt"),
  incidents_call: (row, { t }) => t("log.call"),
};

function callsignOf(row, { store }) {
  const state = store.get();
  const assignment = [...state.incidents.values()].flatMap((incident) => incident.assignments).find((one) => one.id === row.row_id);
  return assignment?.callsign ?? state.units.get(row.after.unit_id)?.callsign ?? "";
}

/** What a row says. */
export const logLine = (row, app) => TELLERS[row.table_name]?.(row, app) ?? `${row.operation} ${row.table_name}`;

/** Who did it: "user:3 rina" → rina; nothing named → the system. */
export const actorName = (actor, t) => (actor ? actor.replace(/^\w+:\d* ?/, "") || actor : t("log.somebody"));

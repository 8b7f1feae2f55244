/** What a dispatcher does: one function a verb. Each asks the server, then tells store and session. */

import { errorText } from "#geo112/words.js";
import * as drafts from "./draft.js";
import * as plans from "./plans.js";
import { selecting } from "./session.js";
import { applyChange, openAssignments } from "./store.js";

const TOAST_MS = 10_000;

/**
 * app  {api, store, session, t, clock, lang}
 */
export function makeActions(app) {
  const { api, store, session, t, clock } = app;
  const patchPlans = (change, ...rest) => session.set({ plans: change(session.now.plans, ...rest) });
  const take = (rows) => store.change((state) => applyChange(state, rows));
  const takeIncident = (answer) => take({ incidents: [answer.incident ?? answer] });
  const toast = (text, undo = null) => session.set({ toast: { text, undo, until: clock.now() + TOAST_MS } });

  /** Run actions one after the other; a key pressed twice acts once. What goes wrong stands where it belongs. */
  let last = Promise.resolve();
  let waiting = new Set();
  function during(name, work, options = {}) {
    if (waiting.has(name)) return Promise.resolve();
    waiting = new Set([...waiting, name]);
    last = last.then(() => attempt(name, work, options));
    return last;
  }

  async function attempt(name, work, { field = null }) {
    session.set({ busy: name, problem: null });
    try {
      return await work();
    } catch (error) {
      if (error.name !== "ApiError") throw error;
      if (!(await app.onConflict?.(error))) session.set({ problem: { field: error.field ?? field, text: errorText(t, error) } });
      return undefined;
    } finally {
      waiting = new Set([...waiting].filter((other) => other !== name));
      session.set({ busy: null });
    }
  }

  /** Every incident is told by a call: one that no exchange announced is recorded with what was typed. */
  async function haveCall() {
    const { draft } = session.now;
    if (draft.callId !== null) return draft.callId;
    const call = await api.post("calls/", drafts.toCall(draft));
    take({ calls: [call] });
    session.set({ draft: { ...session.now.draft, callId: call.id } });
    return call.id;
  }

  const verbs = {
    select: (kind, id = null) => session.set(selecting(kind ? { kind, id } : null)),

    /** Open the intake: the draft that was left there, or a new one; a call brings what is known of it. */
    openIntake(call = null) {
      const left = session.now.draft;
      const keepLeft = left && !left.editId && drafts.hasContent(left) && (call === null || left.callId === call.id);
      session.set({ ...selecting({ kind: "intake", id: null }), draft: keepLeft ? left : drafts.newDraft(call) });
      if (call?.status === "waiting") void verbs.answer(call);
    },

    /** Change an incident with the same form. */
    openEdit(incident) {
      session.set({ ...selecting({ kind: "intake", id: incident.id }), draft: drafts.draftOf(incident) });
    },

    discard() {
      const editId = session.now.draft?.editId;
      session.set({ ...selecting(editId ? { kind: "incident", id: editId } : null), draft: null });
    },

    draft: (patch) => session.set({ draft: { ...session.now.draft, ...patch }, problem: null }),

    /** Somebody answers a waiting call; it is theirs from now on. */
    answer: (call) => during("answer", async () => take({ calls: [await api.post(`calls/${call.id}/take/`)] })),

    submit: () =>
      during("submit", async () => {
        if (!session.now.draft.editId) await haveCall();
        const { draft } = session.now;
        const answer = draft.editId
          ? await api.patch(`incidents/${draft.editId}/`, drafts.toRequest(draft))
          : await api.post("incidents/", drafts.toRequest(draft));
        const incident = answer.incident ?? answer;
        takeIncident(incident);
        if (answer.recommendation) patchPlans(plans.received, incident.id, answer.recommendation);
        else void verbs.recommend(incident.id);
        session.set({ ...selecting({ kind: "incident", id: incident.id }), draft: null });
      }),

    /** Ask who can be there first. Nobody is chosen beforehand where units are on their way already. */
    async recommend(incidentId) {
      if (plans.planOf(session.now.plans, incidentId).loading) return;
      patchPlans(plans.loading, incidentId);
      try {
        const answer = await api.get(`incidents/${incidentId}/recommendation/`);
        const incident = store.get().incidents.get(incidentId);
        const served = incident !== undefined && openAssignments(incident).length > 0;
        patchPlans(plans.received, incidentId, answer, { propose: !served });
      } catch (error) {
        if (error.name !== "ApiError") throw error;
        patchPlans(plans.failed, incidentId);
      }
    },

    toggle: (incidentId, unitId) => patchPlans(plans.toggle, incidentId, unitId),

    send: (incident) =>
      during("send", async () => {
        const chosen = [...plans.planOf(session.now.plans, incident.id).chosen];
        const answer = await api.post(`incidents/${incident.id}/assign/`, { unit_ids: chosen });
        takeIncident(answer);
        patchPlans(plans.sent, incident.id);
        const known = new Set(incident.assignments.map((assignment) => assignment.id));
        const fresh = (answer.incident ?? answer).assignments.filter((assignment) => !known.has(assignment.id));
        toast(t("sent.toast", { n: fresh.length }), () => verbs.unsend(fresh));
      }),

    unsend: (assignments) =>
      during("undo", async () => {
        for (const { id } of assignments) takeIncident(await api.post(`assignments/${id}/move/`, { new: "cancelled", source: "dispatcher" }));
        toast(t("undone"));
      }),

    move: (assignment, status, at) =>
      during("move", async () => {
        takeIncident(await api.post(`assignments/${assignment.id}/move/`, { new: status, source: "radio", old: assignment.status, ...(at && { at }) }));
        session.set({ menu: null });
        toast(t("moved", { callsign: assignment.callsign, status: t(`unit.${status}`) }));
      }),

    /** End a call that is no emergency: a waiting one, or (null) the one that is just being typed. */
    dispose: (call, disposition) =>
      during("dispose", async () => {
        const id = call?.id ?? (await haveCall());
        const ended = await api.post(`calls/${id}/dispose/`, { disposition });
        take({ calls: [ended] });
        session.set({ menu: null, selected: null, ...(call === null && { draft: null }) });
        toast(t("call.ended", { number: ended.number || t("call.unknown"), disposition: t(`disposition.${disposition}`) }), () => verbs.reopen(ended));
      }),

    reopen: (call) =>
      during("reopen", async () => {
        take({ calls: [await api.post(`calls/${call.id}/reopen/`)] });
        session.set(selecting({ kind: "call", id: call.id }));
      }),

    /** Close or cancel: `how` is "close" or "cancel". */
    end: (incident, how, result) =>
      during("end", async () => {
        takeIncident(await api.post(`incidents/${incident.id}/${how}/`, { result }));
        session.set({ menu: null, selected: null });
      }),

    addNote: (incident, text) =>
      during("note", async () => {
        await api.post(`incidents/${incident.id}/notes/`, { text });
        session.set({ menu: null });
        toast(t("noted"));
        return true;
      }),

    notify: (incident, agency) =>
      during("notify", async () => {
        await api.post(`incidents/${incident.id}/notices/`, { agency_id: agency.id });
        session.set({ menu: null });
        toast(t("notified", { agency: agency.code }));
      }),

    acknowledgeNotice: (notice) => during("notice", () => api.post(`notices/${notice.id}/acknowledge/`)),

    duty: (unit, duty) => during("duty", () => api.post(`units/${unit.id}/duty/`, { duty, source: "radio" })),

    place: (unit, { lng, lat }) =>
      during("place", async () => {
        await api.post(`units/${unit.id}/place/`, { lat, lon: lng });
        session.set({ menu: null });
        toast(t("unit.placed", { callsign: unit.callsign }));
      }),

    undo() {
      const undo = session.now.toast?.undo;
      session.set({ toast: null });
      undo?.();
    },

    toast,
  };
  return verbs;
}

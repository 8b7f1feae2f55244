/** What each command does, given what is selected. The keyboard and the buttons both come through here. */

import { takesText } from "#geo112/keys.js";
import { unitNumbered, shownSlots } from "./candidates.js";
import { DISPOSITION_KEYS } from "./commands.js";
import { isSelected, selecting, stepBack } from "./session.js";
import { neighbour } from "./ordering.js";
import { planOf } from "./plans.js";
import { openAssignments } from "./store.js";

/** app.run(name, value) → whether the key was used. */
export function makeRun(app) {
  const { session, store, actions } = app;
  const selected = (kind) => (session.now.selected?.kind === kind ? store.get()[`${kind}s`]?.get(session.now.selected.id) : undefined);
  const isIntake = () => session.now.selected?.kind === "intake" && !session.now.draft?.editId;
  const toggleMenu = (menu) => session.set({ menu: session.now.menu === menu ? null : menu, statusOf: null });
  const onIncident = (work) => {
    const incident = selected("incident");
    if (!incident || !app.maySend) return false;
    work(incident);
    return true;
  };

  const commands = {
    new: () => app.maySend && (actions.openIntake(selected("call") ?? null), true),
    search: () => (app.views.search.focus(), true),
    next: () => walk(1),
    previous: () => walk(-1),
    main() {
      const action = app.views.panel.main();
      if (action?.run && !action.disabled) action.run();
      else if (action?.field) document.getElementById(action.field)?.focus();
      return action !== null;
    },
    candidate: (number) => onIncident((incident) => take(incident.id, number)),
    acknowledge,
    status: () => onIncident((incident) => (openAssignments(incident).length ? toggleMenu("status") : actions.toast(app.t("status.none")))),
    note: () => onIncident(writeNote),
    agency: () => onIncident(() => toggleMenu("agency")),
    rank: () => onIncident((incident) => void actions.recommend(incident.id)),
    edit: () => onIncident((incident) => actions.openEdit(incident)),
    end() {
      if ((selected("call") || isIntake()) && app.maySend) return toggleMenu("end"), true;
      return onIncident(() => toggleMenu("end"));
    },
    locate: () => (app.locate(), true),
    copy: () => selected("incident") !== undefined && (void app.copyJob(selected("incident")), true),
    undo: () => session.now.toast?.undo && (actions.undo(), true),
    help: () => (session.set({ help: true }), true),
    back,
    menu: (key) => pressInMenu(key),
  };

  /** The field has the focus before the next letter comes. */
  function writeNote() {
    toggleMenu("note");
    app.views.panel.update();
    if (session.now.menu === "note") app.views.panel.view.focusNote();
  }

  function walk(step) {
    const order = app.views.list.order();
    const keys = order.map(({ kind, id }) => `${kind}|${id}`);
    const now = session.now.selected;
    const next = neighbour(keys, `${now?.kind}|${now?.id}`, step);
    const found = order[keys.indexOf(next)];
    if (found && !isSelected(session.now, found.kind, found.id)) actions.select(found.kind, found.id);
    return true;
  }

  function take(incidentId, number) {
    const plan = planOf(session.now.plans, incidentId);
    const unitId = unitNumbered(shownSlots(plan.recommendation, plan.chosen, { all: session.now.allCandidates }), number);
    if (unitId !== null) actions.toggle(incidentId, unitId);
  }

  /** A: answer the call; else write down by radio that the first silent crew has the job; else an agency's receipt. */
  function acknowledge() {
    const call = selected("call");
    if (call && app.maySend) return void (call.status === "waiting" && actions.answer(call)), true;
    const incident = selected("incident");
    if (!incident) return false;
    const waiting = openAssignments(incident).find((assignment) => assignment.status === "assigned");
    const notice = incident.notices.find((one) => one.acknowledged_at === null);
    if (waiting && app.maySend) void actions.move(waiting, "acknowledged");
    else if (notice && app.mayAcknowledge) void actions.acknowledgeNotice(notice);
    return true;
  }

  function pressInMenu(key) {
    const call = selected("call") ?? (isIntake() ? (store.get().calls.get(session.now.draft.callId) ?? null) : undefined);
    if (session.now.menu === "end" && call !== undefined) {
      const disposition = DISPOSITION_KEYS.get(key);
      if (disposition) void actions.dispose(call, disposition);
      return true;
    }
    const open = document.querySelector(".step:not([hidden])");
    const button = [...(open?.querySelectorAll("button[aria-keyshortcuts]") ?? [])].find((one) => one.getAttribute("aria-keyshortcuts") === key);
    if (button && !button.disabled) button.click();
    else if (!/^\d$/.test(key)) session.set({ menu: null });
    return true;
  }

  /** One step: out of the field, then out of the open step, then out of the selection. Text stays. */
  function back() {
    const active = document.activeElement;
    if (!session.now.help && takesText(active)) {
      active.blur();
      if (session.now.menu) session.set({ menu: null });
      return true;
    }
    const patch = stepBack(session.now);
    if (!patch) return false;
    const { draft, selected: now } = session.now;
    const edited = patch.selected === null && now.kind === "intake" && draft?.editId;
    session.set(edited ? selecting({ kind: "incident", id: draft.editId }) : patch);
    return true;
  }

  /** A key acts on what the keys before it brought about, though no frame was drawn since. */
  return (name, value) => {
    app.views.panel?.update();
    return Boolean(commands[name]?.(value));
  };
}

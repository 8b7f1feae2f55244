/** X on an incident: close or cancel it, with the result in words. It cannot be undone, so it asks once. */

import { el, setAttribute, setText, show } from "#geo112/dom.js";
import { keyButton, makeField } from "./parts.js";
import { openAssignments } from "./store.js";

export function makeEnding(app, get) {
  const { t, session, actions } = app;
  const text = el("p.small.muted");
  const result = makeField(t("end.result"), el("input.input", { type: "text", maxlength: 500, autocomplete: "off" }), "end-result");
  const end = (how) => () => actions.end(get(), how, result.control.value.trim());
  const close = keyButton(t("close"), "1", end("close"));
  const cancel = keyButton(t("cancel"), "2", end("cancel"));
  const node = el("div.step", { role: "group", "aria-label": t("end.title"), hidden: true }, el("b", {}, t("end.title")), text, result.node, el("div.choices", {}, close, cancel));
  return {
    node,
    update(incident) {
      const asked = session.now.menu === "end";
      show(node, asked);
      if (!asked) return void (result.control.value = "");
      const busy = openAssignments(incident).length > 0;
      setText(text, t(busy ? "end.open" : "end.final"));
      for (const button of [close, cancel]) setAttribute(button, "disabled", busy);
      setAttribute(close, "disabled", busy || incident.status === "dispatched");
      setAttribute(cancel, "disabled", busy || incident.status !== "open");
    },
  };
}

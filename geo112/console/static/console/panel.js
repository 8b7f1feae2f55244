/** The right column: one panel that shows what is selected, and the one main action at its foot. */

import { el, setAttribute, setText, show } from "#geo112/dom.js";
import { makeCall } from "./callpanel.js";
import { makeIdle } from "./idle.js";
import { makeIncident } from "./incident.js";
import { makeIntake } from "./intake.js";
import { makeUnit } from "./unitpanel.js";
import { makeWarnings } from "./warningpanel.js";

const MAKERS = {
  intake: (app) => makeIntake(app),
  incident: (app, id) => makeIncident(app, id),
  call: (app, id) => makeCall(app, id),
  unit: (app, id) => makeUnit(app, id),
  warnings: (app) => makeWarnings(app),
};

/** root holds [data-part=body] and [data-part=foot]. */
export function makePanel(app, root) {
  const body = root.querySelector("[data-part=body]");
  const foot = root.querySelector("[data-part=foot]");
  const problem = el("p.problem", { role: "alert", hidden: true });
  const word = el("span.word");
  const button = el("button.button.primary.wide", { type: "button", "aria-keyshortcuts": "Enter Control+Enter", onclick: () => app.run("main") }, word, el("kbd", { "aria-hidden": "true" }, "⏎"));
  foot.append(problem, button);
  let view = null;
  let shown = "";

  const main = () => view?.main() ?? null;

  function change(selected) {
    view?.stop?.();
    view = (MAKERS[selected?.kind] ?? makeIdle)(app, selected?.id);
    body.replaceChildren(view.node);
    body.scrollTop = 0;
  }

  function drawFoot() {
    const action = main();
    const trouble = app.session.now.problem;
    show(foot, action !== null || trouble !== null);
    show(problem, trouble !== null && !FIELDS.has(trouble.field));
    setText(problem, trouble?.text ?? "");
    show(button, action !== null);
    if (!action) return;
    setText(word, action.text);
    setAttribute(button, "aria-disabled", String(Boolean(action.disabled || action.busy)));
    setAttribute(button, "data-busy", Boolean(action.busy));
  }

  return {
    get view() {
      return view;
    },
    main,
    focusMain: () => button.focus(),
    update() {
      const { selected, draft } = app.session.now;
      const wanted = [selected?.kind, selected?.id, selected?.kind === "intake" ? draft?.serial : ""].join();
      if (view === null || wanted !== shown) change(selected);
      shown = wanted;
      setAttribute(document.body, "data-panel", selected ? "open" : null);
      view.update();
      drawFoot();
    },
  };
}

const FIELDS = new Set(["type", "place", "lon", "lat", "words"]);

/** The warnings behind the sign in the top bar, each one click from what it is about. */

import { el, reconcile, setText, show } from "#geo112/dom.js";
import { faultText } from "./faultwords.js";
import { drawUnitRow, makeUnitRow } from "./idle.js";
import { named } from "./parts.js";
import { warningsOf } from "./warnings.js";

const UNIT_GROUPS = ["silent", "nofix", "faults"];

export function makeWarnings(app) {
  const { t } = app;
  const none = el("p.muted", {}, t("warnings.none"));
  const overdue = el("section", {}, el("h3", {}, t("warnings.overdue")), el("ul"));
  const groups = UNIT_GROUPS.map((name) => ({ name, node: el("section", {}, el("h3", {}, t(`warnings.${name}`)), el("ul")) }));
  const node = el("div.panel-body.stack.tight", {}, el("h2", {}, t("warnings")), none, overdue, ...groups.map((group) => group.node));
  return {
    node,
    main: () => null,
    update() {
      const warnings = warningsOf(app.store.get(), app.clock.now(), app.limits);
      show(none, Object.values(warnings).every((rows) => rows.length === 0));
      show(overdue, warnings.overdue.length > 0);
      reconcile(overdue.lastChild, warnings.overdue, (row) => row.id, (row) => el("li", {}, el("button.row", { type: "button", onclick: () => app.actions.select("incident", row.id) })), (item, row) =>
        setText(item.firstChild, `${row.number} ${named(row.type_name, app.lang)}`),
      );
      for (const { name, node: section } of groups) {
        show(section, warnings[name].length > 0);
        reconcile(section.lastChild, warnings[name], (row) => row.id, () => makeUnitRow(app), (item, row) => {
          drawUnitRow(app, item, row);
          if (name === "faults") setText(item.firstChild.children[2], faultText(row.faults, app));
        });
      }
    },
  };
}

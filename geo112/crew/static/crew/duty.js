/** What stands on the page between jobs: waiting, and the unit's duty. */

import { el } from "#geo112/dom.js";

const ORDER = ["available", "returning", "out_of_service"];

/** The duties to show: the present one, and those the rules lead to. duties: {duty: [duty, …]} from the server. */
export const dutiesFrom = (duties, now) => ORDER.filter((duty) => duty === now || (duties[now] ?? []).includes(duty));

/** Elements for a unit without a job. onDuty(duty) when another one is tapped. */
export function idleElements(unit, duties, { t, onDuty }) {
  return [
    el("h1.idle", {}, t(`idle.${unit.duty}`)),
    unit.duty !== "out_of_service" && el("p.muted", {}, t("idle.hint")),
    el(
      "div.duties",
      { role: "group" },
      dutiesFrom(duties, unit.duty).map((duty) =>
        el("button.big", { type: "button", "aria-pressed": String(duty === unit.duty), dataset: { duty }, onclick: () => onDuty(duty) }, t(`duty.set_${duty}`)),
      ),
    ),
  ].filter(Boolean);
}

/** What is needed rarely: the other steps, language and theme, and letting go of the unit. */

import { el, setText, show } from "#geo112/dom.js";
import { ORDER } from "./moves.js";

const SURE_MS = 5000;
const byId = (id) => document.getElementById(id);

/** draw(shown, status, steps) and tick(). act: {step(new), leave()} */
export function makeMore({ t, act, now = Date.now }) {
  let sureUntil = 0;
  let drawn = null;

  setText(byId("more-title"), t("act.others"));
  byId("leave").addEventListener("click", () => {
    if (sureUntil > now()) {
      sureUntil = 0;
      act.leave();
    } else {
      sureUntil = now() + SURE_MS;
    }
    tick();
  });

  function words(status, step) {
    const isBack = ORDER.indexOf(step) < ORDER.indexOf(status);
    return isBack ? t("act.back", { status: t(`unit.${step}`) }) : t(`act.${step}`);
  }

  function stepButton(status, step) {
    const onclick = () => {
      byId("more").open = false;
      act.step(step);
    };
    return el("button.big", { type: "button", dataset: { step }, onclick }, words(status, step));
  }

  function tick() {
    setText(byId("leave"), t(sureUntil > now() ? "join.leave_sure" : "join.leave"));
  }

  return {
    tick,
    draw(shown, status, steps) {
      show(byId("more"), shown);
      tick();
      const key = `${status} ${steps.join()}`;
      if (key === drawn) return;
      drawn = key;
      byId("others").replaceChildren(...steps.map((step) => stepButton(status, step)));
    },
  };
}

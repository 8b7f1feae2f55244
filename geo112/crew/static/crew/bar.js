/** The bar under the thumb: the next step as one button, and undo while it is open. */

import { el, setText, show } from "#geo112/dom.js";

const SETTLE_MS = 900;

/**
 * root   the bar's element
 * taps   see taps.js
 * act    {step(new), undo()}
 * draw(assignmentId, status, next) whenever any of them may have changed (null next: no step), tick() each second
 */
export function makeBar({ root, taps, t, act }) {
  let drawn = "";
  let settling = null;
  let last = [null, "", null];
  const button = () => root.querySelector("#next");

  function draw(assignmentId, status, next) {
    last = [assignmentId, status, next];
    const undoable = assignmentId === null ? null : taps.undoable();
    show(root, Boolean(next || undoable));
    const key = `${last} ${Boolean(undoable)}`;
    if (key === drawn) return;
    drawn = key;
    root.replaceChildren(...(undoable ? [undoButton(undoable)] : []), ...(next ? [nextButton(next)] : []));
    settle();
  }

  const undoButton = (undoable) => el("button.big.undo", { type: "button", id: "undo", onclick: act.undo }, undoWords(undoable));
  const nextButton = (next) => el("button.next", { type: "button", id: "next", onclick: () => go(next) }, t(`act.${next}`));

  /** A second tap of the same thumb must not be the next step: a new button wakes after a moment. */
  function settle() {
    clearTimeout(settling);
    button()?.setAttribute("aria-disabled", "true");
    settling = setTimeout(() => {
      settling = null;
      button()?.setAttribute("aria-disabled", "false");
    }, SETTLE_MS);
  }

  function go(next) {
    if (settling === null) act.step(next);
  }

  function undoWords({ tap, leftMs }) {
    const seconds = Math.ceil(leftMs / 1000);
    return t(tap.due > tap.at ? "act.undo_held" : "act.undo", { seconds });
  }

  return {
    draw,
    tick() {
      const undoable = taps.undoable();
      const shown = root.querySelector("#undo");
      if (shown && undoable) setText(shown, undoWords(undoable));
      else if (shown) draw(...last);
    },
  };
}

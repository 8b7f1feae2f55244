/** X and a letter: what a call was, when it was no emergency. Ninety-nine of a hundred are not. */

import { el, setAttribute } from "#geo112/dom.js";
import { DISPOSITION_KEYS } from "./commands.js";
import { keyButton } from "./parts.js";

/** getCall  () → the call, or null for one that is only being typed */
export function makeNoise(app, getCall) {
  const { t, session, actions } = app;
  const buttons = [...DISPOSITION_KEYS].map(([key, disposition]) => keyButton(t(`disposition.${disposition}`), key.toUpperCase(), () => actions.dispose(getCall(), disposition)));
  const head = el("p.line.small.muted", {}, el("span.grow", {}, t("call.dispose")), el("kbd", { "aria-hidden": "true" }, "X"));
  const node = el("section.noise", { "aria-label": t("call.dispose") }, head, el("div.choices", {}, ...buttons));
  return { node, update: () => setAttribute(node, "data-asked", session.now.menu === "end" ? "true" : null) };
}

/** The question mark: all keys, over the page. Focus comes back to where it was. */

import { el, show } from "#geo112/dom.js";
import { COMMANDS, DISPOSITION_KEYS } from "./commands.js";

export function makeHelp(app, root) {
  const { t, session } = app;
  const close = el("button.button.small", { type: "button", onclick: () => session.set({ help: false }) }, t("keys.close"), el("kbd", { "aria-hidden": "true" }, "Esc"));
  const row = (key, word) => el("li.line", {}, el("kbd", {}, key), el("span", {}, word));
  root.append(
    el(
      "div.card.stack",
      { role: "dialog", "aria-modal": "true", "aria-labelledby": "keys-title" },
      el("header.line", {}, el("h2.grow", { id: "keys-title" }, t("keys.title")), close),
      el("ul.keys", {}, ...COMMANDS.map(([key, word]) => row(key, t(word)))),
      el("div", {}, el("p.muted.small", {}, t("call.dispose")), el("ul.keys", {}, ...[...DISPOSITION_KEYS].map(([key, name]) => row(`X ${key.toUpperCase()}`, t(`disposition.${name}`))))),
      el("p.muted.small", {}, t("keys.where")),
    ),
  );
  let before = null;
  return {
    update() {
      const open = session.now.help;
      if (open === !root.hidden) return;
      show(root, open);
      if (open) {
        before = document.activeElement;
        close.focus();
      } else before?.focus?.();
    },
  };
}

/** What stands on the page while this phone speaks for no unit. */

import { el } from "#geo112/dom.js";
import { tokenIn } from "./token.js";

/** The form that takes a pasted link or code. onToken(token); refused: the last token was not accepted. */
export function joinElements({ t, refused, onToken }) {
  const problem = el("p.problem", { id: "join-problem", role: "alert", hidden: !refused }, refused ? t("join.refused") : "");
  const input = el("input.input", {
    id: "join-token", name: "token", type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false",
    "aria-describedby": "join-problem",
  });
  const form = el(
    "form.join",
    {
      onsubmit(event) {
        event.preventDefault();
        const token = tokenIn(input.value);
        if (token) return onToken(token);
        problem.hidden = false;
        problem.textContent = t("join.bad");
        input.setAttribute("aria-invalid", "true");
        input.focus();
      },
    },
    el("h1", {}, t("join.title")),
    el("p", {}, t("join.hint")),
    el("label", { for: "join-token" }, t("join.label")),
    input,
    problem,
    el("button.next", { type: "submit" }, t("join.go")),
  );
  return [form];
}

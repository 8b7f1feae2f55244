/** The question's form: what is chosen goes to the state at once; nothing has to be sent. */

import { el, setAttribute, setText, show } from "#geo112/dom.js";
import { limitsOf } from "./question.js";

const KIND_ORDER = ["fire", "medical", "sar", "disaster", "police"];
const PROFILE_OF = { fire: "fire_engine", medical: "ambulance", sar: "rescue_car", disaster: "rescue_car", police: "car" };

/**
 * root   the <form> of the template
 * facts  {agencies, profiles, standards} from the page
 * on     change(part of the state)
 */
export function makeForm({ root, facts, t, on }) {
  const field = (name) => root.elements.namedItem(name);
  fill();
  root.addEventListener("submit", (event) => event.preventDefault());
  root.addEventListener("change", ({ target }) => changed(target));
  field("minutes").addEventListener("input", () => checkMinutes());

  function fill() {
    const kinds = KIND_ORDER.filter((kind) => facts.agencies.some((agency) => agency.kind === kind));
    field("who").append(
      option("", t("form.all")),
      el("optgroup", { label: t("form.by_kind") }, kinds.map((kind) => option(`kind:${kind}`, t(`kind.${kind}_all`)))),
      el("optgroup", { label: t("form.by_agency") }, facts.agencies.map(({ code, name }) => option(`agency:${code}`, name))),
    );
    field("profile").append(...facts.profiles.map(({ code, name }) => option(code, name)));
    field("standard").append(...facts.standards.map(({ code, name }) => option(code, name)), option("free", t("form.free")));
  }

  function changed({ name, value }) {
    if (name === "minutes" && !checkMinutes()) return;
    if (name === "who") return on.change({ who: value, ...vehicleOf(value) });
    on.change({ [name]: name === "prep" ? Number(value) || 0 : value });
  }

  /** Choosing whom brings the vehicle that they drive; it can be changed afterwards. */
  function vehicleOf(who) {
    const [sort, value] = who.split(":");
    const kind = sort === "kind" ? value : facts.agencies.find(({ code }) => code === value)?.kind;
    return kind ? { profile: PROFILE_OF[kind] } : {};
  }

  function checkMinutes() {
    const good = limitsOf(field("minutes").value) !== null;
    setAttribute(field("minutes"), "aria-invalid", good ? null : "true");
    setText(root.querySelector("#minutes-problem"), good ? "" : t("form.minutes_bad"));
    show(root.querySelector("#minutes-problem"), !good);
    return good;
  }

  return {
    /** Show a state in the form. */
    draw(state) {
      for (const name of ["who", "profile", "standard", "minutes", "prep", "level"]) {
        if (document.activeElement !== field(name) || field(name).tagName === "SELECT") field(name).value = state[name];
      }
      for (const radio of root.querySelectorAll("input[type=radio]")) radio.checked = state[radio.name] === radio.value;
      show(root.querySelector("#own-limits"), state.standard === "free");
      const source = facts.standards.find(({ code }) => code === state.standard)?.source ?? "";
      setText(root.querySelector("#standard-source"), source);
    },
  };
}

const option = (value, words) => el("option", { value }, words);

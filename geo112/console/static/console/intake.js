/** The intake form: type, place, words. The same panel becomes the incident once it is recorded. */

import { makeCombobox } from "#geo112/combobox.js";
import { el, reconcile, setAttribute, setText, show } from "#geo112/dom.js";
import { missing, typedCoordinates } from "./draft.js";
import { makeNoise } from "./noise.js";
import { makeField, makeShape, named } from "./parts.js";
import { matchingTypes, suggestedTypes } from "./types.js";

const SEARCH_DELAY_MS = 120;
const PRIORITIES = [1, 2, 3];

export function makeIntake(app) {
  const { t, session } = app;
  const draft = () => session.now.draft;
  const title = el("h2.grow", {}, draft().editId ? t("edit") : t("intake.title"));
  const type = makeTypeField(app);
  const priority = makePriority(app);
  const place = makePlaceField(app);
  const words = makeField(t("intake.words"), el("textarea.input", { placeholder: t("intake.words.placeholder"), rows: 3, maxlength: 4000 }), "intake-words");
  const hints = el("div.chips", { role: "group", "aria-label": t("intake.suggested"), hidden: true });
  const number = makeField(t("intake.number"), el("input.input", { type: "tel", autocomplete: "off", maxlength: 32 }), "intake-number");
  words.control.value = draft().words;
  number.control.value = draft().number;
  words.control.addEventListener("input", () => app.actions.draft({ words: words.control.value }));
  number.control.addEventListener("input", () => app.actions.draft({ number: number.control.value }));
  show(number.node, !draft().editId);
  setAttribute(number.control, "readonly", draft().callId !== null);
  const discard = el("button.button.small.plain", { type: "button", onclick: () => app.actions.discard() }, t(draft().editId ? "panel.back" : "intake.discard"));
  const noise = draft().editId ? null : makeNoise(app, () => app.store.get().calls.get(draft()?.callId) ?? null);
  const node = el("div.panel-body.stack.tight", {}, el("header.line", {}, title, discard), type.node, hints, priority.node, place.node, words.node, number.node, noise?.node);

  return {
    node,
    focus: () => (draft().type ? (draft().place ? words.control : place.control) : type.control).focus(),
    main: () => mainAction(app),
    update() {
      if (!draft()) return;
      type.update();
      priority.update();
      place.update();
      noise?.update();
      drawHints(app, hints);
      const { problem } = session.now;
      words.complain(problem?.field === "words" ? problem.text : null);
    },
    stop() {
      type.stop();
      place.stop();
    },
  };
}

function mainAction({ t, session, actions }) {
  const { draft, busy } = session.now;
  const [lacks] = missing(draft);
  if (busy === "submit") return { text: t("intake.submitting"), busy: true };
  if (lacks) return { text: t(`intake.needs.${lacks}`), disabled: true, field: `intake-${lacks}` };
  return { text: t(draft.editId ? "edit.save" : "intake.submit"), run: () => actions.submit() };
}

function makeTypeField(app) {
  const { t, lang, session } = app;
  const input = el("input.input", { type: "text", placeholder: t("intake.type.placeholder"), spellcheck: "false" });
  const field = makeField(t("intake.type"), input, "intake-type");
  const chosen = () => app.types.find((type) => type.code === session.now.draft?.type);
  const nameOf = (type) => (type ? named(type.name, lang) : "");
  const box = makeCombobox({
    input,
    search: (text) => matchingTypes(app.types, text === nameOf(chosen()) ? "" : text, lang),
    keyOf: (type) => type.code,
    render: (node, type) => node.firstChild ?? node.append(makeShape(type.agency_kind), el("span.grow", {}, nameOf(type)), el(`span.badge.p${type.default_priority}`, {}, `P${type.default_priority}`)),
    choose(type) {
      app.actions.draft({ type: type.code, priority: null });
      input.value = nameOf(type);
      document.getElementById("intake-place")?.focus();
    },
    moved: () => session.now.draft.type && document.getElementById("intake-place")?.focus(),
    empty: () => t("intake.type.none"),
    openEmpty: true,
  });
  input.value = nameOf(chosen());
  input.addEventListener("input", () => session.now.draft.type && input.value !== nameOf(chosen()) && app.actions.draft({ type: null }));
  field.node.insertBefore(box.list, field.node.lastChild);
  return {
    node: field.node,
    control: input,
    update() {
      if (document.activeElement !== input && chosen()) input.value = nameOf(chosen());
      const { problem } = session.now;
      field.complain(problem?.field === "type" ? problem.text : null);
    },
    stop: box.stop,
  };
}

function makePriority(app) {
  const { t, session } = app;
  const buttons = PRIORITIES.map((value) =>
    el("label.choice", {}, el("input", { type: "radio", name: "intake-priority", value, onchange: () => app.actions.draft({ priority: value }) }), el(`span.badge.p${value}`, {}, `P${value}`)),
  );
  const node = el("fieldset.line.plain", {}, el("legend.visually-hidden", {}, t("intake.priority")), el("span.muted.small", { "aria-hidden": "true" }, t("intake.priority")), ...buttons);
  return {
    node,
    update() {
      const { draft } = session.now;
      const value = draft.priority ?? app.types.find((type) => type.code === draft.type)?.default_priority;
      for (const { firstChild: input } of buttons) input.checked = Number(input.value) === value;
    },
  };
}

function makePlaceField(app) {
  const { t, session } = app;
  const input = el("input.input", { type: "text", placeholder: t("intake.place.placeholder"), spellcheck: "false" });
  const field = makeField(t("intake.place"), input, "intake-place");
  const found = el("p.small.muted.found");
  const box = makeCombobox({
    input,
    search: async (text, signal) => (text.trim().length < 2 ? [] : findPlaces(app, text, signal)),
    keyOf: (place) => `${place.kind}|${place.lon}|${place.lat}|${place.name}`,
    render: (node, place) => node.firstChild ?? node.append(el("span.grow", {}, el("b.clip", {}, place.name), el("span.muted.clip", {}, place.words ?? "")), el("span.muted.small", {}, placeKind(app, place))),
    choose(place) {
      app.setPlace(place);
      app.focusMain();
    },
    moved: () => session.now.draft.place && app.focusMain(),
    empty: () => (input.value.trim().length < 2 ? "" : t("intake.place.none")),
    delayMs: SEARCH_DELAY_MS,
  });
  field.node.insertBefore(box.list, field.node.lastChild);
  field.node.append(found);
  input.addEventListener("input", () => session.now.draft.place && app.actions.draft({ place: null }));
  return {
    node: field.node,
    control: input,
    update() {
      const { place } = session.now.draft;
      if (place && document.activeElement !== input) input.value = place.name;
      else if (place && input.value !== place.name && input.dataset.from !== place.name) input.value = place.name;
      setText(found, place ? (place.pending ? t("intake.place.pending") : place.words || (place.outside ? t("intake.place.outside") : "")) : "");
      const { problem } = session.now;
      field.complain(["place", "lon", "lat"].includes(problem?.field) ? problem.text : null);
    },
    stop: box.stop,
  };
}

/** The kind of a place in words; kinds that only a city's own list knows stand as they are. */
const placeKind = ({ t, words }, { kind = "" }) => (words.has(`at.${kind}`) ? t(`at.${kind}`) : kind.replaceAll("_", " "));

/** Places for typed text: coordinates at once, else what the server finds near the map's middle. */
export async function findPlaces({ api, t, near }, text, signal) {
  const point = typedCoordinates(text);
  if (point) return [{ kind: "", name: `${point.lat}, ${point.lon}`, words: t("intake.place.point"), ...point, isPoint: true }];
  const { lat, lon } = near();
  const answer = await api.get(`places/?q=${encodeURIComponent(text)}&limit=8&lat=${lat.toFixed(5)}&lon=${lon.toFixed(5)}`, { signal });
  return answer.results;
}

function drawHints(app, node) {
  const { draft } = app.session.now;
  const hints = draft.type ? [] : suggestedTypes(app.types, draft.words);
  show(node, hints.length > 0);
  reconcile(
    node,
    hints,
    (type) => type.code,
    (type) => el("button.button.small", { type: "button", onclick: () => app.actions.draft({ type: type.code, priority: null }) }, makeShape(type.agency_kind), named(type.name, app.lang)),
    () => {},
  );
}

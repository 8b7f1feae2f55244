/** Notes and the log of an incident. What is half typed stays here over a reload and over leaving the incident. */

import { el, reconcile, setText, show } from "#geo112/dom.js";
import { actorName, logLine, toldByLog } from "./logwords.js";
import { drawMoment, keyButton } from "./parts.js";

const LOG_SHOWN = 40;
const draftKey = (id) => `geo112.note.${id}`;

export function makeNotes(app, id) {
  const { t, session } = app;
  const input = el("textarea.input", { rows: 2, placeholder: t("note.placeholder"), maxlength: 4000, "aria-label": t("note") });
  const form = el("div.step", { hidden: true }, input);
  const list = el("ul.notes");
  const log = el("details.log", {}, el("summary.muted.small", {}, t("log")), el("ul.small"));
  const tool = app.maySend ? keyButton(t("note.write"), "M", () => app.run("note"), { plain: true }) : null;
  const node = el("section", { "aria-label": t("note") }, el("header.line", {}, el("h3.grow", {}, t("note")), tool), form, list, log);
  let known = -1;
  let version = -1;
  input.value = sessionStorage.getItem(draftKey(id)) ?? "";
  input.addEventListener("input", () => sessionStorage.setItem(draftKey(id), input.value));
  log.addEventListener("toggle", () => log.open && void loadLog());

  async function submit() {
    const text = input.value.trim();
    if (!text || !(await app.actions.addNote({ id }, text))) return;
    input.value = "";
    sessionStorage.removeItem(draftKey(id));
  }

  async function loadNotes() {
    const rows = await app.quietly(() => app.api.get(`incidents/${id}/notes/`));
    if (rows) reconcile(list, rows.results ?? rows, (row) => row.id, () => el("li", {}, el("p"), el("p.muted.small.line", {}, el("span"), el("span"))), drawNote);
  }

  function drawNote(item, note) {
    const [text, facts] = item.children;
    setText(text, note.text);
    setText(facts.firstChild, note.by ?? "");
    drawMoment(facts.lastChild, note.at, app.clock.now(), app.format);
  }

  async function loadLog() {
    const rows = await app.quietly(() => app.api.get(`incidents/${id}/log/?limit=${LOG_SHOWN}`));
    const make = () => el("li.line", {}, el("span.muted"), el("span.grow"), el("span.muted.clip"));
    if (rows)
      reconcile(log.lastChild, (rows.results ?? rows).filter(toldByLog), (row) => row.id, make, (item, row) => {
        setText(item.firstChild, app.format.clock(Date.parse(row.at)));
        setText(item.children[1], logLine(row, app));
        setText(item.lastChild, actorName(row.actor, app.t));
      });
  }

  return {
    node,
    focus: () => input.focus(),
    main: () => ({ text: t("note.add"), run: submit, disabled: input.value.trim() === "" }),
    update(incident) {
      const asked = session.now.menu === "note";
      show(form, asked || input.value !== "");
      if (incident.notes_count !== known && (known = incident.notes_count) > 0) void loadNotes();
      if (log.open && incident.version !== version) void loadLog();
      version = incident.version;
    },
  };
}

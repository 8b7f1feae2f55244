/** The line at the bottom: what just happened, and the undo that is still open. */

import { el, setAttribute, setText, show } from "#geo112/dom.js";
import { named } from "./parts.js";

const SHOWN = 4;

/** root holds [data-part=ticker] and [data-part=toast]. */
export function makeFoot(app, root) {
  const { t, format, session } = app;
  const ticker = root.querySelector("[data-part=ticker]");
  const toast = root.querySelector("[data-part=toast]");
  const text = el("span", { role: "status" });
  const undo = el("button.button.small", { type: "button", onclick: () => app.run("undo") }, el("span"), el("kbd", { "aria-hidden": "true" }, "U"));
  toast.append(text, undo);
  let events = [];
  setText(ticker, t("ticker.empty"));
  return {
    /** Add what happened, newest first. */
    tell(news) {
      if (!news.length) return;
      events = [...news.reverse(), ...events].slice(0, SHOWN);
      ticker.replaceChildren(...events.map((event) => makeEvent(app, event)));
    },
    update() {
      const { toast: now } = session.now;
      const left = now ? now.until - app.clock.now() : 0;
      show(toast, left > 0);
      if (now && left <= 0) session.set({ toast: null });
      setText(text, now?.text ?? "");
      show(undo, Boolean(now?.undo));
      setText(undo.firstChild, `${t("undo")} ${format.age(Math.max(0, left / 1000))}`);
    },
  };
}

function makeEvent({ t, format, lang, actions }, event) {
  const values = { ...event.values };
  if (values.status) values.status = t(`unit.${values.status}`);
  if (values.type) values.type = named(values.type, lang);
  if (values.number === "") values.number = t("call.unknown");
  const atMs = Date.parse(event.at);
  const words = `${format.clock(atMs)} ${t(event.key, values)}`;
  const node = event.incidentId
    ? el("button.event", { type: "button", onclick: () => actions.select("incident", event.incidentId) }, words)
    : el("span.event", {}, words);
  setAttribute(node, "title", format.absolute(atMs));
  return node;
}

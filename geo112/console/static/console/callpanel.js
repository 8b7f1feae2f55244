/** A waiting call: who, since when, what was said; one key makes an incident of it or disposes of it. */

import { el, setText, show } from "#geo112/dom.js";
import { callClock } from "./clocks.js";
import { makeNoise } from "./noise.js";
import { drawClock, drawMoment, keyButton } from "./parts.js";

export function makeCall(app, id) {
  const { t, actions } = app;
  const get = () => app.store.get().calls.get(id);
  const number = el("h2.grow");
  const clock = el("span.clock");
  const facts = el("p.muted", {}, el("span"), ` · ${t("call.arrived")} `, el("span"));
  const answer = keyButton(t("call.answer"), "A", () => actions.answer(get()));
  const words = el("blockquote.words");
  const gone = el("p.notice", { hidden: true }, t("incident.gone"));
  const noise = makeNoise(app, get);
  const node = el("div.panel-body.stack.tight", {}, el("header.line", {}, number, clock), facts, answer, words, gone, noise.node);
  return {
    node,
    main: () => (get() && app.maySend ? { text: t("call.take"), run: () => actions.openIntake(get()) } : null),
    update() {
      const call = get();
      const waits = Boolean(call) && call.status !== "ended";
      show(gone, !waits);
      show(noise.node, waits && app.maySend);
      noise.update();
      show(answer, call?.status === "waiting" && app.maySend);
      if (!call) return;
      setText(number, call.number || t("call.unknown"));
      drawClock(clock, callClock(call, app.clock.now()), app);
      setText(facts.firstChild, call.taker ? t("call.taker", { name: call.taker }) : t("call.waiting"));
      drawMoment(facts.lastChild, call.received_at, app.clock.now(), app.format);
      show(words, call.words !== "");
      setText(words, call.words);
    },
  };
}

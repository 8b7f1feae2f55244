/** The bar on top: clock, stream, fleet, warnings, sounds. The template brings region, user and switches. */

import { el, reconcile, setAttribute, setText, show } from "#geo112/dom.js";
import { SILENT_AFTER_MS } from "#geo112/live.js";
import { makeIcon, makeShape } from "./parts.js";
import { isMuted } from "./sound.js";
import { fleetCounts, waitingCalls } from "./store.js";
import { countWarnings } from "./warnings.js";

const TONES = ["ringing", "overdue"];

/** root holds [data-part=clock|stream|fleet|warnings|sounds]; banner is the strip under it. */
export function makeTopbar(app, root, banner) {
  const part = (name) => root.querySelector(`[data-part=${name}]`);
  const [clock, stream, fleet, warnings, sounds] = ["clock", "stream", "fleet", "warnings", "sounds"].map(part);
  warnings?.addEventListener("click", () => app.actions.select("warnings"));
  const toneButtons = sounds ? TONES.map((tone) => makeTone(app, tone)) : [];
  sounds?.append(...toneButtons.map((tone) => tone.node));
  return {
    update() {
      const nowMs = app.clock.now();
      drawClock(app, clock, nowMs);
      drawTitle(app);
      drawStream(app, stream, banner, nowMs);
      drawFleet(app, fleet);
      if (warnings) drawWarnings(app, warnings, nowMs);
      for (const tone of toneButtons) tone.update(nowMs);
    },
  };
}

/** The tab says how many callers wait, for whoever looks at another window. */
function drawTitle({ store, config, maySend }) {
  const waiting = maySend ? waitingCalls(store.get()).filter((call) => call.status === "waiting").length : 0;
  const title = `${waiting ? `(${waiting}) ` : ""}112 ${config.region.name}`;
  if (document.title !== title) document.title = title;
}

function drawClock({ format }, node, nowMs) {
  setText(node, `${format.clock(nowMs)} WIB`);
  setAttribute(node, "title", format.absolute(nowMs));
}

function drawStream({ stream, t, format, store }, node, banner, nowMs) {
  const state = stream.state();
  const age = stream.heardAt === null ? null : (Date.now() - stream.heardAt) / 1000;
  node.dataset.state = state;
  if (!node.firstChild) node.append(el("span.word"), el("span"));
  setText(node.firstChild, t(`stream.${state}`));
  setText(node.lastChild, age === null ? "" : shortAge(age, format));
  setAttribute(node, "title", age === null ? t("stream.missing") : t("stream.heard", { age: format.age(age) }));
  document.documentElement.dataset.stream = state;
  show(banner, state === "silent");
  if (state !== "silent") return;
  const sinceMs = age === null ? null : nowMs - age * 1000;
  const waited = format.elapsed(age ?? SILENT_AFTER_MS / 1000);
  setText(banner, sinceMs === null || !store.get().ready ? t("stream.connecting") : t("stream.banner", { at: format.clock(sinceMs), age: waited }));
}

/** 0,3 d up to ten seconds, then whole numbers. */
const shortAge = (age, format) => (age < 10 ? format.age(0).replace("0", format.decimal(age)) : format.age(age));

function drawFleet({ store, t }, node) {
  const counts = fleetCounts(store.get(), ["fire", "medical", "sar", "disaster", "police"]);
  reconcile(
    node,
    counts,
    (count) => count.kind,
    (count) => el("span.count", { title: t(`kind.${count.kind}`) }, makeShape(count.kind), el("span.name", {}, t(`kind.${count.kind}`)), el("b")),
    (item, count) => {
      setText(item.lastChild, `${count.free}/${count.all}`);
      setAttribute(item, "data-empty", count.free === 0);
    },
  );
}

function drawWarnings({ store, t, limits }, node, nowMs) {
  const count = countWarnings(store.get(), nowMs, limits);
  show(node, true);
  setText(node, `⚠ ${count}`);
  setAttribute(node, "data-some", count > 0);
  setAttribute(node, "aria-label", `${t("warnings")}: ${count}`);
  setAttribute(node, "title", t("warnings"));
}

function makeTone(app, tone) {
  const { t, format, session, clock } = app;
  const node = el("button.quiet.tone", { type: "button", onclick: () => app.mute(tone) }, makeIcon(tone));
  return {
    node,
    update(nowMs = clock.now()) {
      const { muted } = session.now;
      const silent = isMuted(muted, tone, nowMs);
      const what = silent ? t("sound.muted", { at: format.minute(muted[tone]) }) : t("sound.mute");
      setAttribute(node, "aria-pressed", String(silent));
      setAttribute(node, "aria-label", `${t(`sound.${tone}`)}: ${what}`);
      setAttribute(node, "title", `${t(`sound.${tone}`)}: ${what}`);
      setAttribute(node, "data-calling", app.sounding.has(tone));
    },
  };
}

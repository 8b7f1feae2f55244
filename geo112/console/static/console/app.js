/** What every view is given: state, words, clock, API and stream. Shared by the console and the wall map. */

import { makeClock, makeTicker } from "#geo112/clock.js";
import { oncePerFrame } from "#geo112/dom.js";
import { makeFormat } from "#geo112/format.js";
import { makeClient } from "#geo112/http.js";
import { openLive } from "#geo112/live.js";
import { theme } from "#geo112/theme.js";
import { makeWords } from "#geo112/words.js";
import { initialSession, makeSession } from "./session.js";
import { applyChange, applySnapshot, emptyState } from "./store.js";
import { WORDS } from "./words.js";

const SENDERS = new Set(["dispatcher", "supervisor", "administrator"]);

/** Holds the state of the world; `change` replaces it and tells the listeners (after, before). */
export function makeStore(initial = emptyState()) {
  let state = initial;
  const listeners = new Set();
  return {
    get: () => state,
    change(reduce) {
      const before = state;
      state = reduce(before);
      if (state !== before) for (const listener of listeners) listener(state, before);
    },
    listen: (listener) => listeners.add(listener),
  };
}

export function makeApp(config) {
  const t = makeWords(config.lang, WORDS);
  const clock = makeClock();
  const app = {
    config,
    lang: config.lang,
    limits: config.limits,
    moves: config.moves,
    duties: config.duties,
    capabilities: config.capabilities,
    maySend: SENDERS.has(config.role),
    words: new Set(Object.keys(WORDS.en)),
    mayAcknowledge: SENDERS.has(config.role) || config.role === "agency",
    t,
    clock,
    format: makeFormat({ lang: config.lang, timeZone: config.timeZone }),
    api: makeClient(),
    store: makeStore(),
    session: makeSession({ ...initialSession(), plans: new Map(), statusOf: null, shownPlace: null, allCandidates: false }),
    types: config.types,
    agencies: config.agencies,
    views: {},
    sounding: new Set(),
    styleUrl: () => `${config.urls.style}?theme=${theme()}&lang=${config.lang}`,
    /** Ask for something that the page can do without: null when it fails. */
    async quietly(work) {
      try {
        return await work();
      } catch (error) {
        if (error.name !== "ApiError") throw error;
        return null;
      }
    },
  };
  app.redraw = oncePerFrame(() => Object.values(app.views).forEach((view) => view.update?.()));
  return app;
}

/** Open the stream and keep the store in step with it. */
export function follow(app) {
  const reducers = { snapshot: applySnapshot, change: applyChange };
  app.stream = openLive({
    url: app.config.urls.live,
    onEvent(name, data) {
      if (data.at) app.clock.heard(data.at);
      if (reducers[name]) app.store.change((state) => reducers[name](state, data));
      app.redraw();
    },
    onLost(tries) {
      if (tries > 1) void checkSession(app);
      app.redraw();
    },
  });
  app.ticker = makeTicker(app.clock);
  app.ticker.add(app.redraw);
  return () => {
    app.stream.close();
    app.ticker.stop();
  };
}

/** A stream that does not open may mean that the session has ended: then the login page is where to go. */
async function checkSession(app) {
  try {
    await app.api.get("me/");
  } catch (error) {
    if (error.status === 401 || error.status === 403) location.assign(app.config.urls.login);
  }
}

/** When the tones sound: a call begins to wait, an incident becomes overdue. Each also shows in the top bar. */

import { incidentClock } from "./clocks.js";
import { arrivals, isMuted, makeSpeaker, toggledMute } from "./sound.js";
import { openIncidents, waitingCalls } from "./store.js";

const RING_EVERY_MS = 4000;

/** {ringing: ids of unanswered calls, overdue: ids of overdue incidents}. Pure. */
export function causes(state, nowMs) {
  return {
    ringing: new Set(waitingCalls(state).filter((call) => call.status === "waiting").map((call) => call.id)),
    overdue: new Set(openIncidents(state).filter((incident) => incidentClock(incident, nowMs).level === "overdue").map((incident) => incident.id)),
  };
}

export function watchSounds(app) {
  const speaker = makeSpeaker();
  let before = null;
  let rangAt = 0;
  app.mute = (tone) => app.session.set({ muted: toggledMute(app.session.now.muted, tone, app.clock.now()) });

  function listen(nowMs) {
    if (!app.maySend || !app.store.get().ready) return;
    const now = causes(app.store.get(), nowMs);
    const due = { ringing: now.ringing.size > 0 && (before === null || arrivals(before.ringing, now.ringing).length > 0 || nowMs - rangAt > RING_EVERY_MS), overdue: before !== null && arrivals(before.overdue, now.overdue).length > 0 };
    for (const tone of Object.keys(due)) {
      app.sounding[now[tone].size ? "add" : "delete"](tone);
      if (!due[tone] || isMuted(app.session.now.muted, tone, nowMs)) continue;
      if (tone === "ringing") rangAt = nowMs;
      speaker.play(tone);
    }
    before = now;
  }
  const forget = app.ticker.add(listen);
  return () => {
    forget();
    speaker.stop();
  };
}

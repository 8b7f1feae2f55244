/** Sends what waits: fixes in batches, newest first, and taps in their order. */

import { isPassing } from "./api.js";
import { ORDER } from "./moves.js";

export const BATCH = 100;

/**
 * Send waiting fixes until none is left. Resolves with how many went; rejects with the ApiError that stopped it.
 *
 * The newest batch goes first: after a dead spot the marker is right at once, and the past fills in behind it.
 * The server keeps one fix for each moment, so a batch whose answer got lost may be sent again.
 */
export async function sendFixes(queue, api) {
  let sent = 0;
  while (queue.size > 0) {
    const batch = queue.items.slice(-BATCH);
    await api.post("/gps/fixes", { fixes: batch });
    queue.remove(batch);
    queue.save();
    sent += batch.length;
  }
  return sent;
}

/** Whether the job has come as far as the tap says by other ears: the answer got lost, or the radio was quicker. */
export function isKnown(tap, error) {
  return error.code === "stale_state" && ORDER.indexOf(error.detail.found) >= ORDER.indexOf(tap.new);
}

/**
 * Send the taps that are due, in order. Resolves with the last answer (null if none went).
 *
 * refused(tap, error)  the server said no, and why; that tap and later ones for the same job are dropped
 * Rejects with the ApiError when it should be tried again later; the tap stays. Each tap names the status that
 * the crew saw, so that an old one never turns the job back.
 */
export async function sendTaps(queue, api, { now, refused }) {
  let heard = null;
  for (let tap = queue.items[0]; tap && tap.due <= now(); tap = queue.items[0]) {
    try {
      heard = await api.post(`crew/assignments/${tap.assignmentId}/move/`, told(tap), { keepalive: true });
      queue.remove([tap]);
    } catch (error) {
      if (isPassing(error) || error.status === 401) throw error;
      settle(queue, tap, error, refused);
    }
    queue.save();
  }
  return heard;
}

const told = (tap) => ({ new: tap.new, old: tap.from, at: new Date(tap.at).toISOString() });

function settle(queue, tap, error, refused) {
  if (isKnown(tap, error)) {
    queue.remove([tap]);
    return;
  }
  queue.remove(queue.items.filter((other) => other.assignmentId === tap.assignmentId));
  refused(tap, error);
}

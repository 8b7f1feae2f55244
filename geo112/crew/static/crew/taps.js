/** Taps on the big button: queued, undone within ten seconds, sent. */

import { UNDO_MS, stepBack, undoKind } from "./moves.js";

/**
 * The taps of this phone.
 *
 * queue    a makeQueue of {assignmentId, new, from, at, due}
 * moves    the server's table of allowed steps
 * Undo is open for ten seconds after a tap. A step that can be taken back is sent at once and undone by a step
 * back, each with its own time; a final one ("cleared") is held for the ten seconds and undone by not being sent.
 */
export function makeTaps({ queue, moves, now = Date.now }) {
  let undoable = null;

  function add(assignmentId, from, new_) {
    const kind = undoKind(moves, new_);
    const at = now();
    const tap = { assignmentId, new: new_, from, at, due: kind === "hold" ? at + UNDO_MS : at };
    queue.add(tap);
    queue.save();
    undoable = kind === "none" ? null : { tap, until: at + UNDO_MS };
    return tap;
  }

  return {
    tap: add,
    /** The tap that can still be undone: {tap, leftMs}, or null. */
    undoable() {
      const leftMs = undoable ? undoable.until - now() : 0;
      return leftMs > 0 ? { tap: undoable.tap, leftMs } : null;
    },
    /** Take the last tap back. */
    undo() {
      const last = undoable?.tap;
      undoable = null;
      if (!last) return;
      if (queue.items.includes(last) && last.due > now()) {
        queue.remove([last]);
        queue.save();
      } else {
        const back = stepBack(moves, last.new);
        if (back) {
          queue.add({ assignmentId: last.assignmentId, new: back, from: last.new, at: now(), due: now() });
          queue.save();
        }
      }
    },
    /** Forget what could be undone (the job changed under it). */
    forget() {
      undoable = null;
    },
    /** Send held taps now (the page is being left, and may never run again). Returns whether there were any. */
    release() {
      const held = queue.items.filter((tap) => tap.due > now());
      for (const tap of held) tap.due = now();
      if (held.length) undoable = null;
      queue.touch();
      return held.length > 0;
    },
    /** The tap that waits for its ten seconds: {tap, leftMs}, or null. */
    held() {
      const tap = queue.items.find((item) => item.due > now());
      return tap ? { tap, leftMs: tap.due - now() } : null;
    },
  };
}

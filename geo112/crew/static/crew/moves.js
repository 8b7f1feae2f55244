/** Which step comes next, which others are allowed, and what a thumb's slip can take back. Pure. */

export const ORDER = ["assigned", "acknowledged", "en_route", "on_scene", "transporting", "at_hospital", "cleared"];
export const UNDO_MS = 10_000;

const place = (status) => ORDER.indexOf(status);

/** Allowed steps from a status, nearest first. moves: {status: [status, …]} as the server allows them to a crew. */
const allowed = (moves, status) => [...(moves[status] ?? [])].sort((a, b) => place(a) - place(b));

/**
 * The one big button: the nearest step forward. A unit that carries nobody goes from the scene to "cleared".
 *
 * Returns null when there is none.
 */
export function nextStep(moves, status, { carries }) {
  const forward = allowed(moves, status).filter((new_) => place(new_) > place(status));
  const usual = carries ? forward : forward.filter((new_) => new_ !== "transporting");
  return usual[0] ?? null;
}

/** Every other allowed step, forward ones first, then back. */
export function otherSteps(moves, status, { carries }) {
  const next = nextStep(moves, status, { carries });
  const others = allowed(moves, status).filter((new_) => new_ !== next);
  const isBack = (new_) => place(new_) < place(status);
  return [...others.filter((new_) => !isBack(new_)), ...others.filter(isBack)];
}

/** The legal step back from a status: the nearest earlier one, or null. */
export const stepBack = (moves, status) =>
  allowed(moves, status).filter((new_) => place(new_) < place(status)).at(-1) ?? null;

/**
 * How a step can be taken back:
 * "reverse"  it is sent at once, and undo sends the step back
 * "hold"     there is no step back ("cleared" is final), so it waits ten seconds on the phone before it is sent
 * "none"     "we have seen it" stays true and is sent at once
 */
export function undoKind(moves, new_) {
  if (new_ === "acknowledged") return "none";
  return stepBack(moves, new_) === null ? "hold" : "reverse";
}

/** What the crew has said so far: the server's status with the taps on top that it has not heard yet. */
export const statusWithTaps = (assignment, taps) =>
  taps.filter((tap) => tap.assignmentId === assignment.id).at(-1)?.new ?? assignment.status;

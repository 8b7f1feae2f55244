/** The device's token: comes in the address's fragment, which no server ever sees, and stays on this phone. */

const KEY = "geo112.crew.token";

/** The token in a fragment ("#token=…"), or in a whole link or bare token that somebody pasted; null if none. */
export function tokenIn(text) {
  const trimmed = text.trim();
  const named = /[#&?]token=([\w-]+)/.exec(trimmed);
  if (named) return named[1];
  return /^[\w-]{16,}$/.test(trimmed) ? trimmed : null;
}

/** Take the token out of the address (so that a picture of the screen does not carry it) or from storage. */
export function takeToken({ location, history, storage }) {
  const token = location.hash.startsWith("#token=") ? tokenIn(location.hash) : null;
  if (token) {
    storage.setItem(KEY, token);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return token ?? storage.getItem(KEY);
}

export const keepToken = (storage, token) => storage.setItem(KEY, token);
export const dropToken = (storage) => storage.removeItem(KEY);

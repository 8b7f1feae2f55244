/** The crew's talk with the server: JSON with the device's token, never with a cookie. */

import { ApiError, errorFrom } from "#geo112/http.js";

const TIMEOUT_MS = 20_000;

/** A client bound to one token: `get(path)`, `post(path, body, {keepalive})`. Throws ApiError. */
export function makeCrewApi({ token, language, fetch = globalThis.fetch.bind(globalThis) }) {
  const headers = { Accept: "application/json", "Accept-Language": language, Authorization: `Bearer ${token}` };

  async function send(method, path, { body, keepalive = false } = {}) {
    const request = { method, keepalive, credentials: "omit", cache: "no-store", headers: { ...headers } };
    if (body !== undefined) {
      request.headers["Content-Type"] = "application/json";
      request.body = JSON.stringify(body);
    }
    request.signal = AbortSignal.timeout(TIMEOUT_MS);
    let response;
    let answer = null;
    try {
      response = await fetch(path.startsWith("/") ? path : `/api/v1/${path}`, request);
      if ((response.headers.get("content-type") ?? "").includes("json")) answer = await response.json();
    } catch {
      throw new ApiError({ status: 0, code: "unreachable", message: "" });
    }
    if (!response.ok) throw errorFrom(response.status, answer);
    return answer;
  }

  return {
    get: (path) => send("GET", path),
    post: (path, body, options = {}) => send("POST", path, { ...options, body }),
  };
}

/** Whether the server refuses this token for good: trying again will not help. */
export const isRefused = (error) => error.status === 401 || error.status === 403;

/** Whether the same request may succeed later. */
export const isPassing = (error) => error.status === 0 || error.status === 408 || error.status === 429 || error.status >= 500;

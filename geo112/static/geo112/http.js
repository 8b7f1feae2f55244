/** JSON over HTTP to our own API. Every failure is an ApiError, so that callers handle one shape. */

const API = "/api/v1/";
const SAFE = new Set(["GET", "HEAD"]);

/** What the server (or the lack of one) answered: {status, code, message, field, detail}. */
export class ApiError extends Error {
  constructor({ status, code, message, field = null, detail = {} }) {
    super(message);
    Object.assign(this, { name: "ApiError", status, code, field, detail });
  }
}

/** The value of a cookie in a cookie header, or null. */
export function cookie(name, header) {
  const pair = header.split("; ").find((part) => part.startsWith(`${name}=`));
  return pair ? decodeURIComponent(pair.slice(name.length + 1)) : null;
}

/** The ApiError for an answer that is not 2xx. `body` is the parsed JSON or null. */
export function errorFrom(status, body) {
  const error = body?.error ?? {};
  return new ApiError({
    status,
    code: error.code ?? `http_${status}`,
    message: error.message ?? `HTTP ${status}`,
    field: error.field ?? null,
    detail: error.detail ?? {},
  });
}

/** A client: `get(path)`, `post(path, body)`, `patch(path, body)`. Paths are relative to the API. */
export function makeClient({ fetch = globalThis.fetch.bind(globalThis), cookies = () => document.cookie } = {}) {
  async function send(method, path, { body, signal, headers = {} } = {}) {
    const request = { method, signal, credentials: "same-origin", headers: { Accept: "application/json", ...headers } };
    if (body !== undefined) {
      request.headers["Content-Type"] = "application/json";
      request.body = JSON.stringify(body);
    }
    if (!SAFE.has(method)) request.headers["X-CSRFToken"] = cookie("csrftoken", cookies()) ?? "";
    return answer(await reach(fetch, path.startsWith("/") ? path : API + path, request));
  }
  return {
    get: (path, options) => send("GET", path, options),
    post: (path, body = {}, options = {}) => send("POST", path, { ...options, body }),
    patch: (path, body, options = {}) => send("PATCH", path, { ...options, body }),
  };
}

async function reach(fetch, url, request) {
  try {
    return await fetch(url, request);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError({ status: 0, code: "unreachable", message: "" });
  }
}

async function answer(response) {
  const isJson = (response.headers.get("content-type") ?? "").includes("json");
  const body = isJson ? await response.json() : await response.text();
  if (!response.ok) throw errorFrom(response.status, isJson ? body : null);
  return body;
}

/**
 * The service worker: opens the page where there is no network, with what the last visit left.
 *
 * The network comes first; only when it fails is a kept copy given. Nothing of the API is kept: the page keeps its
 * own job, and an old answer must never look like a new one.
 */

const CACHE = "geo112-crew";
const GIVE_UP_MS = 4000;
const isOurs = (url) => url.origin === location.origin && (url.pathname === "/crew/" || url.pathname.startsWith("/static/"));

/** What goes to the API and the GPS door passes by this worker, where the browser can do so: a page that is being
 *  left sends its last words, and must not wait for a worker to wake. */
const passing = (pathname) => ({ condition: { urlPattern: { pathname } }, source: "network" });

self.addEventListener("install", (event) => {
  event.addRoutes?.([passing("/api/*"), passing("/gps/*"), passing("/tiles/*")]);
  self.skipWaiting();
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && isOurs(new URL(request.url))) event.respondWith(fresh(request));
});

/** The page says what it was made of, so that the very first visit can be repeated without a network. */
self.addEventListener("message", (event) => event.waitUntil(keep(event.data.addresses)));

async function keep(addresses) {
  const cache = await caches.open(CACHE);
  const ours = addresses.filter((address) => isOurs(new URL(address)));
  await Promise.allSettled(ours.map((address) => cache.add(new Request(address, { cache: "reload" }))));
}

async function fresh(request) {
  const cache = await caches.open(CACHE);
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(GIVE_UP_MS) });
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(request, { ignoreSearch: request.mode === "navigate" });
    if (kept) return kept;
    throw error;
  }
}

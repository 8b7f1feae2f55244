/** Lets the page open again where there is no network (needs https, as positions do). */

/** Register the service worker and tell it what this page is made of. */
export async function keepPage({ serviceWorker, address, page, performance }) {
  if (!serviceWorker) return;
  await serviceWorker.register(address);
  const { active } = await serviceWorker.ready;
  const parts = performance.getEntriesByType("resource").map(({ name }) => name);
  active.postMessage({ addresses: [page, ...parts] });
}

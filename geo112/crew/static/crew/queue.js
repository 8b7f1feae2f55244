/** What is not sent yet, kept in memory and in the browser's storage, so that closing the page loses nothing. */

/** Drop every second one of the older half: a long gap keeps its shape, and the newest stay whole. */
export function thin(items) {
  const half = Math.floor(items.length / 2);
  return [...items.slice(0, half).filter((_, index) => index % 2 === 0), ...items.slice(half)];
}

/**
 * A queue of plain objects.
 *
 * storage  localStorage or anything like it; a full or forbidden one is lived with (`stored` says so)
 * limit    most items kept; beyond it the older half is thinned and `thinned` counts what went
 */
export function makeQueue({ storage, key, limit = 5000 }) {
  let items = read(storage, key);
  let dirty = false;
  let stored = true;
  let thinned = 0;

  const queue = {
    get items() {
      return items;
    },
    get size() {
      return items.length;
    },
    get stored() {
      return stored;
    },
    get thinned() {
      return thinned;
    },
    add(item) {
      items.push(item);
      if (items.length > limit) {
        const kept = thin(items);
        thinned += items.length - kept.length;
        items = kept;
      }
      dirty = true;
    },
    /** Take out the given objects (by identity). */
    remove(gone) {
      const set = new Set(gone);
      items = items.filter((item) => !set.has(item));
      dirty = true;
    },
    /** An item was changed in place: write it. */
    touch() {
      dirty = true;
      queue.save();
    },
    clear() {
      items = [];
      dirty = true;
      queue.save();
    },
    /** Write to storage if anything changed. */
    save() {
      if (!dirty) return;
      stored = write(storage, key, items);
      dirty = !stored;
    },
  };
  return queue;
}

function read(storage, key) {
  try {
    const items = JSON.parse(storage.getItem(key) ?? "[]");
    return Array.isArray(items) ? items : [];
  } catch {
    return [];
  }
}

function write(storage, key, items) {
  try {
    storage.setItem(key, JSON.stringify(items));
    return true;
  } catch {
    return false;
  }
}

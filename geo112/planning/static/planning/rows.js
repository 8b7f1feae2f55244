/** The table's rows: what each shows, and in which order. Pure. */

const VALUE = {
  name: (district) => district.name,
  length: (district) => district.road_length_m,
  road: (district, limit) => district.covered[limit],
  count: (district) => district.buildings,
  buildings: (district, limit) => district.buildings_covered[limit],
};
export const SORTS = Object.keys(VALUE);

/** Which limit is shown: the one asked for if the answer has it, else the last (the standard's own). */
export const limitShown = (limits, wanted) => (limits.includes(wanted) ? wanted : limits.at(-1));

/** Districts in order: the least first (what is missing matters), names by alphabet, those without a value last. */
export function sorted(districts, sort, limit, locale) {
  const value = VALUE[sort] ?? VALUE.road;
  const byName = new Intl.Collator(locale).compare;
  return [...districts].sort((a, b) => {
    const [x, y] = [value(a, limit), value(b, limit)];
    if (sort === "name") return byName(x, y);
    if ((x === null) !== (y === null)) return x === null ? 1 : -1;
    return x - y || byName(a.name, b.name);
  });
}

/** A share as words: "83,1%", never 100 % when something is missing and never 0 % when something is there. */
export function percent(share, format) {
  if (share === null) return "–";
  const value = share * 100;
  if (value > 99.9 && value < 100) return `>${format.decimal(99.9)}%`;
  if (value > 0 && value < 0.1) return `<${format.decimal(0.1)}%`;
  return `${format.decimal(value)}%`;
}

/** Limits in the reader's words: "5 min", or seconds where it is no whole minute. */
export const limitWords = (seconds, t) =>
  seconds % 60 ? t("limit.seconds", { seconds }) : t("limit.minutes", { minutes: seconds / 60 });

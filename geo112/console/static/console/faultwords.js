/** What is wrong with the positions that a unit's devices send, in words. Pure. */

/** "jam HP +7 m, 3 ×" from {count, last: {reason, detail}}; "" without a fault. */
export function faultText(faults, { t, format }) {
  if (!faults?.count) return "";
  const { reason, detail = {} } = faults.last ?? { reason: "unknown" };
  const values = {
    ahead: detail.skew_s === undefined ? "" : format.age(detail.skew_s),
    old: detail.age_s === undefined ? "" : format.age(detail.age_s),
    distance: detail.distance_m === undefined ? "" : format.distance(detail.distance_m),
    time: detail.within_s === undefined ? "" : format.age(detail.within_s),
  };
  const text = t(KNOWN.has(reason) ? `fault.${reason}` : "fault.unknown", values);
  return faults.count > 1 ? `${text}, ${format.number(faults.count)} ×` : text;
}

const KNOWN = new Set(["future", "too_old", "impossible_speed", "null_island", "not_valid", "out_of_range", "not_a_number", "bad_time"]);

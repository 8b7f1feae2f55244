/** Numbers, times and distances in the reader's own form. Pure: the language and zone are given once. */

const UNITS = {
  id: { s: "d", min: "m", h: "j", day: "hr", ago: "{0} lalu", now: "baru saja" },
  en: { s: "s", min: "m", h: "h", day: "d", ago: "{0} ago", now: "just now" },
};
const HOUR_S = 3600;
const JUST_NOW_S = 3;
const DAY_S = 86_400;
const two = (n) => String(n).padStart(2, "0");

/** Formatters for one language ("id" or "en") and one IANA time zone. */
export function makeFormat({ lang = "id", timeZone = "Asia/Jakarta" } = {}) {
  const locale = lang === "en" ? "en-GB" : "id-ID";
  const units = UNITS[lang] ?? UNITS.id;
  const decimal = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const parts = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone };
  const clockWithSeconds = new Intl.DateTimeFormat("en-GB", { ...parts, second: "2-digit" });
  const clockOfMinute = new Intl.DateTimeFormat("en-GB", parts);
  const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", timeZone });

  const format = {
    number: (value) => whole.format(value),
    decimal: (value) => decimal.format(value),

    /** 21:04:37 */
    clock: (ms) => clockWithSeconds.format(ms),
    /** 21:04 */
    minute: (ms) => clockOfMinute.format(ms),
    /** 23 Nov 2026 21:04:37 */
    absolute: (ms) => `${day.format(ms)} ${clockWithSeconds.format(ms)}`,

    /** An age: 8 d, 9 m, 2 j, 3 hr. */
    age(seconds) {
      const s = Math.max(0, Math.floor(seconds));
      if (s < 60) return `${s} ${units.s}`;
      if (s < HOUR_S) return `${Math.floor(s / 60)} ${units.min}`;
      if (s < DAY_S) return `${Math.floor(s / HOUR_S)} ${units.h}`;
      return `${Math.floor(s / DAY_S)} ${units.day}`;
    },

    /** A running clock: 02:14, from an hour on 1:02:14. */
    elapsed(seconds) {
      const s = Math.max(0, Math.floor(seconds));
      const rest = `${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
      return s < HOUR_S ? rest : `${Math.floor(s / HOUR_S)}:${rest}`;
    },

    /** A travel time: 3:40, from an hour on 1:02:00. */
    eta: (seconds) => format.elapsed(Math.round(seconds)).replace(/^0(\d:)/, "$1"),

    /** 350 m, 2,1 km */
    distance(metres) {
      if (metres < 950) return `${whole.format(Math.round(metres / 10) * 10)} m`;
      return metres < 100_000 ? `${decimal.format(metres / 1000)} km` : `${whole.format(metres / 1000)} km`;
    },

    /** "4 m lalu" up to an hour, then 21:04; another day's times carry the day. */
    moment(ms, nowMs) {
      const s = (nowMs - ms) / 1000;
      if (s < JUST_NOW_S) return units.now;
      if (s < HOUR_S) return units.ago.replace("{0}", format.age(s));
      return s < 18 * HOUR_S ? clockOfMinute.format(ms) : format.absolute(ms).slice(0, -3);
    },
  };
  return format;
}

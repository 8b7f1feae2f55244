/** Words that several pages share, and the way to ask for them. Each page adds its own words.js. */

export const WORDS = {
  id: {
    "unit.available": "siap",
    "unit.returning": "kembali",
    "unit.out_of_service": "tidak bertugas",
    "unit.assigned": "ditugaskan",
    "unit.acknowledged": "diterima",
    "unit.en_route": "menuju lokasi",
    "unit.on_scene": "di lokasi",
    "unit.transporting": "membawa pasien",
    "unit.at_hospital": "di rumah sakit",
    "unit.cleared": "selesai",
    "unit.cancelled": "dibatalkan",
    "incident.open": "belum dikirim",
    "incident.dispatched": "unit dikirim",
    "incident.on_scene": "unit di lokasi",
    "incident.closed": "ditutup",
    "incident.cancelled": "dibatalkan",
    "kind.fire": "Damkar",
    "kind.sar": "SAR",
    "kind.medical": "Ambulans",
    "kind.disaster": "BPBD",
    "kind.police": "Polisi",
    "fresh.live": "terkini",
    "fresh.ageing": "mulai lama",
    "fresh.stale": "usang",
    "fresh.silent": "diam",
    "fresh.none": "tanpa posisi",
    "stream.live": "langsung",
    "stream.connecting": "menyambung",
    "stream.silent": "diam",
    "error.unreachable": "Server tidak terjangkau. Periksa jaringan, lalu ulangi.",
    "error.forbidden": "Akun Anda tidak boleh melakukan ini.",
    "error.signed_out": "Sesi berakhir. Masuk lagi; isian Anda tetap tersimpan.",
    "error.server": "Server bermasalah. Ulangi; isian Anda tetap tersimpan.",
  },
  en: {
    "unit.available": "available",
    "unit.returning": "returning",
    "unit.out_of_service": "out of service",
    "unit.assigned": "assigned",
    "unit.acknowledged": "acknowledged",
    "unit.en_route": "en route",
    "unit.on_scene": "on scene",
    "unit.transporting": "transporting",
    "unit.at_hospital": "at hospital",
    "unit.cleared": "cleared",
    "unit.cancelled": "cancelled",
    "incident.open": "nothing sent yet",
    "incident.dispatched": "units sent",
    "incident.on_scene": "units on scene",
    "incident.closed": "closed",
    "incident.cancelled": "cancelled",
    "kind.fire": "Fire",
    "kind.sar": "SAR",
    "kind.medical": "Ambulance",
    "kind.disaster": "Disaster",
    "kind.police": "Police",
    "fresh.live": "live",
    "fresh.ageing": "ageing",
    "fresh.stale": "stale",
    "fresh.silent": "silent",
    "fresh.none": "no position",
    "stream.live": "live",
    "stream.connecting": "connecting",
    "stream.silent": "silent",
    "error.unreachable": "The server cannot be reached. Check the network, then try again.",
    "error.forbidden": "Your account may not do this.",
    "error.signed_out": "The session has ended. Sign in again; what you typed is kept.",
    "error.server": "The server is in trouble. Try again; what you typed is kept.",
  },
};

/** `t(key, {name: value})` over several dictionaries. A missing key throws: it is a bug, not a text. */
export function makeWords(lang, ...dictionaries) {
  const words = Object.assign({}, ...[WORDS, ...dictionaries].map((dictionary) => dictionary[lang] ?? dictionary.id));
  return (key, values = {}) => {
    if (!(key in words)) throw new Error(`No word for ${key}`);
    return words[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  };
}

/** What to tell a person about an ApiError: our words where the server's say nothing to them. */
export function errorText(t, error) {
  if (error.status === 0) return t("error.unreachable");
  if (error.status === 401 || error.code === "not_authenticated") return t("error.signed_out");
  if (error.status === 403) return t("error.forbidden");
  return error.status >= 500 && !error.detail?.known ? t("error.server") : error.message;
}

/** The table by district, in step with the map. */

import { el, setAttribute, setText } from "#geo112/dom.js";
import { SORTS, limitWords, percent, sorted } from "./rows.js";
import { stepColour } from "./scale.js";

/**
 * root  the <table>
 * on    {point(code|null), choose(code), sort(name)}
 * draw(answer, view) rebuilds it; point(code) and choose(code) mark rows
 */
export function makeTable({ root, palette, t, format, lang, on }) {
  const row = (code) => (code ? root.querySelector(`tr[data-code="${CSS.escape(code)}"]`) : null);
  let marked = { pointed: null, chosen: null };

  function draw(answer, { limit, sort, level }) {
    const words = limitWords(limit, t);
    const titles = {
      name: t(`table.${level}`),
      length: t("table.length"),
      road: t("table.road", { limit: words }),
      count: t("table.count"),
      buildings: t("table.buildings", { limit: words }),
    };
    const focus = root.contains(document.activeElement) ? document.activeElement.closest("[data-code], [data-sort]")?.dataset : null;
    root.replaceChildren(
      el("caption.visually-hidden", {}, t("table.caption", { limit: words })),
      el("thead", {}, el("tr", {}, SORTS.map((name) => head(name, titles[name], sort)))),
      el("tbody", {}, sorted(answer.districts, sort, limit, lang).map((district) => line(district, limit))),
      el("tfoot", {}, el("tr", {}, cells({ name: t("table.total"), ...answer.total }, limit))),
    );
    mark();
    restore(focus);
  }

  function head(name, title, sort) {
    const button = el("button", { type: "button", title: t("table.sort", { column: title }), onclick: () => on.sort(name), dataset: { sort: name } }, title);
    return el("th", { scope: "col", "aria-sort": name === sort ? "ascending" : null }, button);
  }

  function line(district, limit) {
    const listeners = {
      onmouseenter: () => on.point(district.code),
      onmouseleave: () => on.point(null),
      onclick: () => on.choose(district.code),
    };
    return el("tr", { dataset: { code: district.code }, ...listeners }, cells(district, limit, true));
  }

  function cells(district, limit, choosable = false) {
    const name = choosable
      ? el("button.name", { type: "button", dataset: { code: district.code }, onfocus: () => on.point(district.code), onblur: () => on.point(null) }, district.name)
      : district.name;
    return [
      el("th", { scope: "row" }, name),
      el("td", {}, format.decimal(district.road_length_m / 1000)),
      share(district.covered[limit]),
      el("td", {}, format.number(district.buildings)),
      share(district.buildings_covered[limit]),
    ];
  }

  function share(value) {
    const bar = el("i", { "aria-hidden": "true", style: `width: ${(value ?? 0) * 100}%; background: ${stepColour(value, palette)}` });
    return el("td.share", {}, el("span.bar-track", {}, bar), el("span", {}, percent(value, format)));
  }

  function restore(focus) {
    if (focus?.sort) root.querySelector(`[data-sort="${focus.sort}"]`)?.focus();
    else if (focus?.code) row(focus.code)?.querySelector("button")?.focus();
  }

  function mark() {
    for (const line of root.querySelectorAll("tr[data-code]")) {
      line.classList.toggle("pointed", line.dataset.code === marked.pointed);
      setAttribute(line, "aria-selected", line.dataset.code === marked.chosen ? "true" : null);
      setAttribute(line.querySelector("button"), "aria-pressed", String(line.dataset.code === marked.chosen));
    }
  }

  return {
    draw,
    point(code) {
      marked = { ...marked, pointed: code };
      mark();
    },
    choose(code) {
      marked = { ...marked, chosen: code };
      mark();
      row(code)?.scrollIntoView({ block: "nearest" });
    },
    loading(rows) {
      const skeleton = () => el("tr", {}, el("td", { colspan: 5 }, el("div.skeleton", {}, "…")));
      root.replaceChildren(el("tbody", {}, Array.from({ length: rows }, skeleton)));
    },
    say: (text) => setText(root.caption, text),
  };
}

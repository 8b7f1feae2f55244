/** Dark and light: what is chosen, and the switch. */

const KEY = "geo112.theme";

/** The theme that the page shows now. */
export const theme = () => document.documentElement.dataset.theme ?? "dark";

/** Change to the other theme, remember it on this screen, and tell who asked to know. */
export function switchTheme(to = theme() === "dark" ? "light" : "dark") {
  document.documentElement.dataset.theme = to;
  localStorage.setItem(KEY, to);
  document.dispatchEvent(new CustomEvent("geo112:theme", { detail: to }));
}

/** Call back with the new theme whenever it changes. Returns the way to stop. */
export function onTheme(listener) {
  const heard = (event) => listener(event.detail);
  document.addEventListener("geo112:theme", heard);
  return () => document.removeEventListener("geo112:theme", heard);
}

/** Make every `[data-theme-switch]` on the page work. */
export function wireThemeSwitch(root = document) {
  for (const button of root.querySelectorAll("[data-theme-switch]")) button.addEventListener("click", () => switchTheme());
}

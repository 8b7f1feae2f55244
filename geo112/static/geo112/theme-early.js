/* Runs before the first paint, so that a night shift never sees a white flash. Dark unless chosen otherwise. */
document.documentElement.dataset.theme = (function () {
  try {
    return localStorage.getItem("geo112.theme") || "dark";
  } catch (error) {
    return "dark";
  }
})();

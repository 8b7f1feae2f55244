/** The map alone, for a screen on the wall. No keys, no choice: it shows what is going on. */

import { readJson } from "#geo112/dom.js";
import { onTheme, wireThemeSwitch } from "#geo112/theme.js";
import { follow, makeApp } from "./app.js";
import { makeMapView } from "./mapview.js";
import { makeTopbar } from "./topbar.js";
import { makeWallList } from "./walllist.js";

const part = (name) => document.querySelector(`[data-part=${name}]`);

function start() {
  const app = makeApp(readJson("page"));
  app.clickMap = () => {};
  const stop = follow(app);
  app.views.topbar = makeTopbar(app, part("topbar"), part("banner"));
  app.views.incidents = makeWallList(app, part("incidents"));
  app.views.map = makeMapView(app, part("map"), { padding: { top: 24, right: 24, bottom: 40, left: part("incidents").offsetWidth + 24 } });
  app.store.listen(app.redraw);
  onTheme(() => app.views.map.restyle());
  wireThemeSwitch();
  app.redraw();
  addEventListener("pagehide", stop, { once: true });
}

start();

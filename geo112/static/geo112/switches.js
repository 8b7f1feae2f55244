/** The switches that every page has. Load it as a module; it needs nothing else. */

import { wireThemeSwitch } from "./theme.js";

wireThemeSwitch();

"""The base map in Chromium: drawn from our own tiles and the browser's own fonts, with nothing from elsewhere."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

DRAW = """
async ([theme, lang, zoom]) => {
  const { Map } = await import("/static/vendor/maplibre-gl/maplibre-gl.mjs");
  const box = document.createElement("div");
  box.style.cssText = "position:fixed;inset:0;z-index:9";
  document.body.append(box);
  const errors = [];
  const style = `/tiles/style.json?theme=${theme}&lang=${lang}`;
  const canvasContextAttributes = { preserveDrawingBuffer: true };
  const center = [102.262, -3.795];
  const map = new Map({ container: box, style, center, zoom, fadeDuration: 0, canvasContextAttributes });
  map.on("error", ({ error }) => errors.push(String(error)));
  await new Promise((resolve) => map.on("idle", resolve));
  const drawn = map.queryRenderedFeatures();
  const layers = [...new Set(drawn.map(({ layer }) => layer.id))];
  const names = drawn.filter(({ layer }) => layer.id.startsWith("label-")).map(({ properties }) => properties.name);
  const gl = map.getCanvas().getContext("webgl2");
  const pixel = new Uint8Array(4);
  gl.readPixels(2, gl.drawingBufferHeight >> 1, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
  const attribution = box.querySelector(".maplibregl-ctrl-attrib-inner").textContent;
  map.remove();
  box.remove();
  return { errors, layers, names, left: [...pixel], attribution };
}
"""


def draw(page: Page, theme: str, lang: str, zoom: float) -> dict[str, Any]:
    """Draw the middle of the sketch and say what is on it; `left` is the colour at the left edge."""
    return dict(page.evaluate(DRAW, [theme, lang, zoom]))


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_zoom_draws_without_an_error(open_page: Callable[..., Page], theme: str) -> None:
    page = open_page(None, "/login/")
    far, town, street = (draw(page, theme, "id", zoom) for zoom in (11, 13, 16))
    assert [far["errors"], town["errors"], street["errors"]] == [[], [], []]
    assert {"water-sea", "road-primary", "label-kecamatan"} <= set(far["layers"])
    assert "label-main" not in far["layers"]
    assert {"road-street", "border-kelurahan", "label-main", "label-vital"} <= set(town["layers"])
    assert "building" not in town["layers"]
    assert {"building", "label-street", "label-landmark"} <= set(street["layers"])
    assert any(name.startswith("Jalan ") for name in street["names"])


def test_the_sea_lies_in_the_west(open_page: Callable[..., Page]) -> None:
    left = draw(open_page(None, "/login/"), "light", "id", 12)["left"]
    assert left[2] > left[0] + 15, left  # bluer than red


@pytest.mark.parametrize(("lang", "words"), [("id", "bukan untuk navigasi"), ("en", "not for navigation")])
def test_the_sketch_warns_in_the_corner(open_page: Callable[..., Page], lang: str, words: str) -> None:
    assert words in draw(open_page(None, "/login/"), "dark", lang, 12)["attribution"]

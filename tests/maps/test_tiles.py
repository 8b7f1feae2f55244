"""Tiles and style over HTTP, and what is in them."""

import gzip
import math
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from maps.models import Region
from maps.sql import load
from maps.style import MAX_ZOOM
from maps.style_ink import THEMES
from maps.tiles import cut_tile
from tests.maps.mvt import Layer, read_tile

pytestmark = pytest.mark.django_db

CENTRE = (102.262, -3.795)


def address(zoom: int, lon: float = CENTRE[0], lat: float = CENTRE[1]) -> str:
    """The tile that holds a point."""
    x = (lon + 180) / 360
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return f"/tiles/{zoom}/{int(x * 2**zoom)}/{int(y * 2**zoom)}.mvt"


def fetch(client: Client, zoom: int, **place: float) -> dict[str, Layer]:
    return read_tile(client.get(address(zoom, **place)).content)


def kinds(layer: Layer) -> set[str]:
    return {feature["kind"] for feature in layer.features}


def test_a_city_tile_has_every_layer(client: Client, demo_region: Region) -> None:
    response = client.get(address(13))
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"
    layers = read_tile(response.content)
    assert set(layers) == {"land", "water", "roads", "borders", "labels"}
    assert {"street", "primary"} <= kinds(layers["roads"])
    assert "sea" in kinds(layers["water"])
    assert kinds(layers["borders"]) >= {"kecamatan", "kelurahan"}
    assert any(road["name"] == "Jalan Suprapto" for road in layers["roads"].features)


def test_detail_grows_with_the_zoom(client: Client, demo_region: Region) -> None:
    assert "buildings" not in fetch(client, 14)
    assert fetch(client, 15)["buildings"].features
    assert "street" not in kinds(fetch(client, 11)["roads"])
    assert kinds(fetch(client, 9)["labels"]) <= {"regency", "city", "town"}
    assert kinds(fetch(client, 11)["borders"]) == {"kecamatan", "regency"}


def test_tiles_stay_small(client: Client, demo_region: Region) -> None:
    sizes = {zoom: len(gzip.compress(client.get(address(zoom)).content)) for zoom in range(8, MAX_ZOOM + 1)}
    assert max(sizes.values()) < 100_000, sizes


def test_packed_for_those_who_can_unpack(client: Client, demo_region: Region) -> None:
    plain = client.get(address(13))
    packed = client.get(address(13), headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_a_known_build_may_be_kept_for_ever(client: Client, demo_region: Region) -> None:
    build = demo_region.build_id
    assert client.get(f"{address(13)}?build={build}").headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "must-revalidate" in client.get(f"{address(13)}?build=older").headers["Cache-Control"]
    assert "must-revalidate" in client.get(address(13)).headers["Cache-Control"]


def test_an_unchanged_tile_is_not_sent_again(client: Client, demo_region: Region) -> None:
    etag = client.get(address(13)).headers["ETag"]
    again = client.get(address(13), headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert str(demo_region.build_id) in etag


def test_an_empty_tile(client: Client, demo_region: Region) -> None:
    response = client.get(address(14, lon=-30.0, lat=40.0))
    assert (response.status_code, response.content) == (204, b"")


def test_no_tile_before_the_first_import(client: Client) -> None:
    response = client.get(address(13))
    assert response.status_code == 204
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["16/0/0", "3/8/0", "3/0/8", "0/1/0"])
def test_tiles_that_do_not_exist(client: Client, path: str) -> None:
    assert client.get(f"/tiles/{path}.mvt").status_code == 404


def test_tiles_cannot_be_written(client: Client) -> None:
    assert client.post(address(13)).status_code == 405


def test_queries_of_a_tile(client: Client, demo_region: Region) -> None:
    cut_tile.cache_clear()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(address(13))
    assert len(queries) == 2
    with CaptureQueriesContext(connection) as queries:
        client.get(address(13))
    assert len(queries) == 1


def test_a_tile_uses_every_index(demo_region: Region) -> None:
    tables = ("road", "water", "land", "building", "border", "label")
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ANALYZE maps_tile{table}")
        cursor.execute(f"EXPLAIN {load('tile')}", {"region": demo_region.pk, "z": 15, "x": 25692, "y": 16730})
        plan = "\n".join(row[0] for row in cursor.fetchall())
    for table in ("road", "building", "label"):
        assert f"tile{table}_geom" in plan
        assert f"Seq Scan on maps_tile{table}" not in plan


def style(client: Client, query: str = "theme=dark&lang=id") -> dict[str, Any]:
    return dict(client.get(f"/tiles/style.json?{query}").json())


@pytest.mark.parametrize("theme", sorted(THEMES))
def test_the_style_stands_alone(client: Client, demo_region: Region, theme: str) -> None:
    drawn = style(client, f"theme={theme}")
    assert drawn["version"] == 8
    assert not {"glyphs", "sprite"} & set(drawn)
    ids = [layer["id"] for layer in drawn["layers"]]
    assert len(ids) == len(set(ids))
    (tiles,) = drawn["sources"]["geo112"]["tiles"]
    assert tiles == f"http://testserver/tiles/{{z}}/{{x}}/{{y}}.mvt?build={demo_region.build_id}"


def test_the_style_draws_only_what_tiles_hold(client: Client, demo_region: Region) -> None:
    used = {layer["source-layer"] for layer in style(client)["layers"] if "source-layer" in layer}
    assert used == {"land", "water", "roads", "buildings", "borders", "labels"}


def test_both_themes_have_the_same_layers(client: Client, demo_region: Region) -> None:
    """Pages put their own layers between these, by id."""
    names = [[layer["id"] for layer in style(client, f"theme={theme}")["layers"]] for theme in ("dark", "light")]
    assert names[0] == names[1]
    assert {"background", "water-sea", "building", "road-street", "border-kecamatan", "label-main"} <= set(names[0])


def test_labels_begin_at_zoom_12_with_the_main_roads(client: Client, demo_region: Region) -> None:
    layers = {layer["id"]: layer for layer in style(client)["layers"]}
    starts = {name: layers[f"label-{name}"]["minzoom"] for name in ("main", "tertiary", "street")}
    assert starts == {"main": 12, "tertiary": 13, "street": 15}
    assert layers["building"]["minzoom"] == 15
    assert layers["border-kelurahan"]["minzoom"] == 13


@pytest.mark.parametrize(
    ("language", "words"), [("id", "sketsa – bukan untuk navigasi"), ("en", "sketch – not for navigation")]
)
def test_the_sketch_says_so_on_the_map(client: Client, demo_region: Region, language: str, words: str) -> None:
    assert words in style(client, f"theme=light&lang={language}")["sources"]["geo112"]["attribution"]


def test_real_data_names_its_source(client: Client, demo_region: Region) -> None:
    Region.objects.update(is_sketch=False, attribution="© OpenStreetMap contributors")
    assert style(client)["sources"]["geo112"]["attribution"] == "© OpenStreetMap contributors"


def test_a_style_before_the_first_import(client: Client) -> None:
    drawn = style(client)
    assert drawn["sources"] == {}
    assert [layer["id"] for layer in drawn["layers"]] == ["background"]


def test_an_unknown_theme(client: Client) -> None:
    assert client.get("/tiles/style.json?theme=pink").status_code == 400

"""A place by its name: from a server of our own that answers like Nominatim and Overpass, and from recorded answers."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils.translation import override

from maps.extract import BadSource
from maps.models import District, Place, Region
from maps.osm_place import fetch_place
from maps.tags import HIGHWAYS
from tests.conftest import shared_data

WEST, SOUTH, STEP = 102.26, -3.80, 0.002
RECORDED = '["highway"~"primary|secondary|tertiary"]'


def node(number: int, column: float, row: float, **tags: str) -> dict[str, Any]:
    place = {"lat": SOUTH + row * STEP, "lon": WEST + column * STEP}
    return {"type": "node", "id": number, **place, **({"tags": tags} if tags else {})}


def way(number: int, *nodes: int, **tags: str) -> dict[str, Any]:
    return {"type": "way", "id": number, "nodes": list(nodes), "tags": tags}


# 1─2─3
# │   │   a square with a one-way street along its south, and a loop road to the east
# 4─5─6
GRID = [node(number, (number - 1) % 3, 1 - (number - 1) // 3) for number in range(1, 7)]
ROADS = [
    *GRID[1:],
    node(1, 0, 1, highway="traffic_signals"),
    way(10, 1, 2, 3, highway="primary", name="Jalan Utara", surface="asphalt", lanes="2"),
    way(11, 4, 5, 6, highway="residential", name="Jalan Selatan", oneway="-1"),
    way(12, 1, 4, highway="residential"),
    way(13, 3, 6, highway="residential", maxspeed="30"),
]
FEATURES = [
    *GRID,
    node(20, 0.5, 0.5, amenity="fire_station", name="Pos Damkar Uji"),
    way(30, 1, 2, 5, 4, 1, building="yes", name="Gedung Uji"),
    way(31, 2, 5, natural="coastline"),
    way(32, 1, 3, 6, 4, 1),
    {
        "type": "relation",
        "id": 40,
        "members": [{"type": "way", "ref": 32, "role": "outer"}],
        "tags": {"type": "boundary", "boundary": "administrative", "admin_level": "7", "name": "Kelurahan Uji"},
    },
]
CORNERS = [[-1, -1], [4, -1], [4, 3], [-1, 3], [-1, -1]]
PLACE = {
    "place_id": 1,
    "osm_type": "relation",
    "osm_id": 99,
    "lat": str(SOUTH),
    "lon": str(WEST),
    "class": "boundary",
    "type": "administrative",
    "place_rank": 12,
    "importance": 0.5,
    "addresstype": "city",
    "name": "Kota Uji",
    "display_name": "Kota Uji, Indonesia",
    "boundingbox": [str(SOUTH - STEP), str(SOUTH + 3 * STEP), str(WEST - STEP), str(WEST + 4 * STEP)],
    "geojson": {"type": "Polygon", "coordinates": [[[WEST + x * STEP, SOUTH + y * STEP] for x, y in CORNERS]]},
}


@dataclass
class Osm:
    """The servers' answers, and what they were asked."""

    places: list[dict[str, Any]] = field(default_factory=lambda: [PLACE])
    roads: list[dict[str, Any]] = field(default_factory=lambda: ROADS)
    features: list[dict[str, Any]] = field(default_factory=lambda: FEATURES)
    status: int = 200
    asked: list[str] = field(default_factory=list)

    def answer(self, path: str, query: dict[str, list[str]]) -> Any:
        self.asked.append(path)
        if path == "/search":
            return self.places
        wants_features = "node[" in query["data"][0].replace("(node", "node")
        return {"version": 0.6, "elements": self.features if wants_features else self.roads}


@pytest.fixture
def osm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Osm]:
    """A server in place of the public ones, and an empty cache."""
    answers = Osm()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self.reply(answers.answer(parts.path, parse_qs(parts.query)))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.reply(answers.answer(self.path, parse_qs(body)))

        def reply(self, answer: Any) -> None:
            data = json.dumps(answer).encode() if answers.status == 200 else b"<html>Too busy</html>"
            self.send_response(answers.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(settings, "NOMINATIM_URL", f"http://127.0.0.1:{server.server_port}/")
    monkeypatch.setattr(settings, "OVERPASS_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    yield answers
    server.shutdown()
    server.server_close()


def test_roads_are_the_rows_that_a_file_would_give(osm: Osm) -> None:
    roads = fetch_place("Kota Uji", roads_only=True).roads
    facts = {
        int(way): (HIGHWAYS[highway], int(oneway), [int(roads.node_id[node]) for node in nodes])
        for way, highway, oneway, nodes in zip(
            roads.way_id, roads.highway, roads.oneway, np.split(roads.way_node, roads.way_offset[1:-1]), strict=True
        )
    }
    assert facts[10] in [("primary", 0, [1, 2, 3]), ("primary", 0, [3, 2, 1])]
    assert facts[11] == ("residential", 1, [6, 5, 4])
    assert set(facts) == {10, 11, 12, 13}
    assert roads.names[roads.name[roads.way_id.tolist().index(10)]] == "Jalan Utara"
    assert roads.maxspeed_kmh[roads.way_id.tolist().index(13)] == 30
    assert roads.node_flags[roads.node_id.tolist().index(1)] != 0


def test_features_are_sorted_as_those_of_a_file(osm: Osm) -> None:
    extract = fetch_place("Kota Uji")
    assert [(point.osm_id, point.tags["name"]) for point in extract.points] == [("n20", "Pos Damkar Uji")]
    assert [line.tags["natural"] for line in extract.lines] == ["coastline"]
    assert [(border.osm_id, border.tags["name"]) for border in extract.borders] == [("r40", "Kelurahan Uji")]
    assert len(extract.buildings) == 1
    assert [area.tags["name"] for area in extract.areas] == ["Gedung Uji"]


def test_a_second_try_asks_nobody(osm: Osm) -> None:
    fetch_place("Kota Uji")
    osm.asked.clear()
    fetch_place("Kota Uji")
    assert osm.asked == []


def test_a_place_without_features_has_its_roads(osm: Osm) -> None:
    osm.features = []
    extract = fetch_place("Kota Uji")
    assert len(extract.roads.way_id) == 4
    assert extract.notes["no features in this place"] == 1


@pytest.mark.django_db
def test_the_command(osm: Osm) -> None:
    call_command("import_osm", place="Kota Uji, Indonesia", verbosity=0)
    region = Region.objects.get()
    assert (region.name, region.code, region.source) == ("Kota Uji", "kota-uji", "Kota Uji, Indonesia")
    assert set(District.objects.values_list("level", "name", "parent__name")) == {
        ("regency", "Kota Uji", None),
        ("kelurahan", "Kelurahan Uji", "Kota Uji"),
    }
    assert set(Place.objects.values_list("kind", "name")) >= {
        ("fire_station", "Pos Damkar Uji"),
        ("street", "Jalan Utara"),
    }


def refusal() -> str:
    with override("en"), pytest.raises(BadSource) as caught:
        fetch_place("Kota Uji")
    assert caught.value.field == "place"
    return str(caught.value.message)


def test_an_unknown_place(osm: Osm) -> None:
    osm.places = []
    assert "Nothing was found for 'Kota Uji'" in refusal()


def test_a_place_that_is_a_point(osm: Osm) -> None:
    osm.places = [PLACE | {"geojson": {"type": "Point", "coordinates": [WEST, SOUTH]}, "osm_type": "node"}]
    assert "Kota Uji" in refusal()


def test_a_server_in_trouble(osm: Osm) -> None:
    osm.status = 500
    assert "No usable answer from http://127.0.0.1" in refusal()


def test_no_server_at_all(osm: Osm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "NOMINATIM_URL", "http://127.0.0.1:9/")
    assert "No usable answer from http://127.0.0.1:9/" in refusal()


@pytest.mark.django_db
def test_a_failure_is_one_sentence_of_the_command(osm: Osm) -> None:
    osm.places = []
    with override("en"), pytest.raises(CommandError, match="Nothing was found"):
        call_command("import_osm", place="Nowhere", verbosity=0)
    assert not Region.objects.exists()


@pytest.mark.django_db
def test_recorded_answers_of_the_public_servers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With their answers in the cache nobody is asked: the addresses given here do not exist."""
    shutil.copytree(shared_data("bengkulu-roads/osmnx-cache"), tmp_path / "osmnx-cache", copy_function=shutil.copyfile)
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    monkeypatch.setattr("socket.create_connection", _no_network)
    call_command("import_osm", place="Kota Bengkulu, Indonesia", road_filter=RECORDED, roads_only=True, verbosity=0)
    region = Region.objects.get()
    assert region.build is not None
    assert region.build.node_count > 300
    assert District.objects.get().name == "Bengkulu"
    assert Place.objects.filter(kind="street", name="Jalan Ahmad Yani").exists()


def _no_network(*arguments: Any, **options: Any) -> None:
    raise OSError("no network in this test")

"""The maps API: works, who may, wrong method, bad input, query count."""

import json
from typing import Any

import pytest
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from maps.api import STAFF
from maps.models import District, Place, Region
from maps.routing import forget_current_router
from tests.geo112.makers import make_user
from tests.units.makers import make_agency, make_device

pytestmark = pytest.mark.django_db

ADDRESSES = {
    "regions": "/api/v1/regions/",
    "districts": "/api/v1/districts/?level=kecamatan",
    "places": "/api/v1/places/?q=suprapto",
    "reverse": "/api/v1/reverse/?lat=-3.795&lon=102.265",
    "route": "/api/v1/route/?from=102.262,-3.795&to=102.29,-3.82&profile=fire_engine",
}


@pytest.fixture
def dispatcher(client: Client) -> Client:
    client.force_login(make_user())
    return client


def answer(client: Client, path: str) -> dict[str, Any]:
    response = client.get(path)
    assert response.status_code == 200, response.content
    return dict(response.json())


def error(client: Client, path: str, status: int = 400) -> dict[str, Any]:
    response = client.get(path)
    assert response.status_code == status, response.content
    return dict(response.json()["error"])


@pytest.mark.parametrize("path", ADDRESSES.values(), ids=ADDRESSES)
def test_strangers_are_refused(client: Client, path: str) -> None:
    assert client.get(path).status_code == 403


def test_every_role_may_look(client: Client, demo_region: Region) -> None:
    refused = []
    for role in sorted(STAFF):
        client.force_login(make_user(role, agency=make_agency() if role == "agency" else None))
        refused += [(role, path) for path in ADDRESSES.values() if client.get(path).status_code != 200]
    assert refused == []


def test_a_crew_may_search_and_find_its_way(client: Client, demo_region: Region) -> None:
    _device, token = make_device()
    bearer = {"Authorization": f"Bearer {token}"}
    answers = {name: client.get(path, headers=bearer).status_code for name, path in ADDRESSES.items()}
    assert answers == {"regions": 403, "districts": 403, "places": 200, "reverse": 200, "route": 200}


@pytest.mark.parametrize("path", ADDRESSES.values(), ids=ADDRESSES)
def test_nobody_writes(dispatcher: Client, path: str) -> None:
    assert dispatcher.post(path, {}).status_code in {403, 405}


def test_regions(dispatcher: Client, demo_region: Region) -> None:
    (feature,) = answer(dispatcher, ADDRESSES["regions"])["features"]
    assert feature["geometry"]["type"] == "Polygon"
    properties = feature["properties"]
    assert (properties["name"], properties["is_sketch"], properties["is_active"]) == ("Kota Bengkulu", True, True)
    assert properties["center"] == pytest.approx([102.28, -3.82], abs=0.05)


def test_districts_of_a_level(dispatcher: Client, demo_region: Region) -> None:
    features = answer(dispatcher, ADDRESSES["districts"])["features"]
    assert len(features) == 9
    assert {feature["geometry"]["type"] for feature in features} <= {"Polygon", "MultiPolygon"}
    assert {feature["properties"]["region"] for feature in features} == {demo_region.code}
    assert all(feature["properties"]["parent"] for feature in features)


def test_all_districts_come_on_one_page(dispatcher: Client, demo_region: Region) -> None:
    assert len(answer(dispatcher, "/api/v1/districts/")["features"]) == 77


def test_districts_of_another_region(dispatcher: Client, demo_region: Region) -> None:
    assert answer(dispatcher, "/api/v1/districts/?region=elsewhere")["features"] == []
    assert len(answer(dispatcher, f"/api/v1/districts/?region={demo_region.code}&level=regency")["features"]) == 1


def test_outlines_are_lighter_than_the_areas(dispatcher: Client, demo_region: Region) -> None:
    district = District.objects.get(level="regency")
    (feature,) = answer(dispatcher, "/api/v1/districts/?level=regency")["features"]
    outline = GEOSGeometry(json.dumps(feature["geometry"]))
    assert 10 < outline.num_points < district.geom.num_points
    assert outline.area == pytest.approx(district.geom.area, rel=0.01)


def test_an_unknown_level(dispatcher: Client) -> None:
    assert error(dispatcher, "/api/v1/districts/?level=village")["field"] == "level"


def test_search(dispatcher: Client, demo_region: Region) -> None:
    best = answer(dispatcher, ADDRESSES["places"])["results"][0]
    assert (best["kind"], best["name"]) == ("street", "Jalan Suprapto")
    assert set(best) == {"kind", "name", "words", "lon", "lat", "score"}


def test_search_near_a_point(dispatcher: Client, demo_region: Region) -> None:
    mosque = Place.objects.filter(kind="mosque", name="Masjid Al-Falah").order_by("-pk")[0]
    near = f"lat={mosque.point.y}&lon={mosque.point.x}"
    best = answer(dispatcher, f"/api/v1/places/?q=masjid+al+falah&limit=1&{near}")["results"]
    assert [(round(found["lon"], 5), round(found["lat"], 5)) for found in best] == [
        (round(mosque.point.x, 5), round(mosque.point.y, 5))
    ]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "q"),
        ("q=", "q"),
        ("q=a&limit=0", "limit"),
        ("q=a&limit=many", "limit"),
        ("q=a&lat=3", "lon"),
        ("q=a&lon=3", "lat"),
        ("q=a&lat=91&lon=1", "lat"),
        (f"q={'a' * 201}", "q"),
    ],
)
def test_bad_searches_name_the_field(dispatcher: Client, query: str, field: str) -> None:
    assert error(dispatcher, f"/api/v1/places/?{query}")["field"] == field


def test_reverse(dispatcher: Client, demo_region: Region) -> None:
    where = answer(dispatcher, ADDRESSES["reverse"])
    assert set(where) == {"street", "landmark", "kelurahan", "kecamatan", "regency", "inside", "words"}
    assert where["inside"] is True
    assert where["regency"] == "Kota Bengkulu"
    assert where["kelurahan"] in where["words"]


def test_reverse_outside(dispatcher: Client, demo_region: Region) -> None:
    where = answer(dispatcher, "/api/v1/reverse/?lat=-5&lon=100")
    assert (where["inside"], where["words"], where["landmark"]) == (False, "", None)


@pytest.mark.parametrize(
    ("query", "field"), [("lat=1", "lon"), ("lat=x&lon=1", "lat"), ("lat=1&lon=181", "lon"), ("lat=nan&lon=1", "lat")]
)
def test_bad_points_name_the_field(dispatcher: Client, query: str, field: str) -> None:
    assert error(dispatcher, f"/api/v1/reverse/?{query}")["field"] == field


def test_route(dispatcher: Client, demo_region: Region) -> None:
    route = answer(dispatcher, ADDRESSES["route"])
    assert route["type"] == "Feature"
    assert len(route["geometry"]["coordinates"]) > 5
    properties = route["properties"]
    assert properties["length_m"] > 4000
    assert 0 < properties["travel_s"] < 1800
    assert (properties["profile"], properties["build"]) == ("fire_engine", demo_region.build_id)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("to=102.29,-3.82", "from"),
        ("from=102.29,-3.82", "to"),
        ("from=102.29&to=102.29,-3.82", "from"),
        ("from=102.29,-3.82&to=here,there", "to"),
        ("from=102.29,-3.82&to=302.29,-3.82", "to"),
        ("from=102.29,-3.82&to=nan,-3.82", "to"),
        ("from=102.29,-3.82&to=102.29,-3.82&profile=tank", "profile"),
    ],
)
def test_bad_routes_name_the_field(dispatcher: Client, query: str, field: str) -> None:
    assert error(dispatcher, f"/api/v1/route/?{query}")["field"] == field


def test_routes_before_the_first_import(dispatcher: Client) -> None:
    forget_current_router()
    assert error(dispatcher, ADDRESSES["route"], status=503)["code"] == "no_roads"


@pytest.mark.parametrize(
    ("name", "queries"), [("regions", 4), ("districts", 4), ("places", 8), ("reverse", 4), ("route", 3)]
)
def test_queries(dispatcher: Client, demo_region: Region, name: str, queries: int) -> None:
    """Two of them find the user; the rest do not grow with what is found."""
    dispatcher.get(ADDRESSES[name])
    with CaptureQueriesContext(connection) as captured:
        dispatcher.get(ADDRESSES[name])
    assert len(captured) <= queries, [query["sql"][:90] for query in captured]


@pytest.mark.parametrize("model", ["region", "district", "place", "roadbuild"])
def test_the_admin_loads_nothing_from_elsewhere(client: Client, demo_region: Region, model: str) -> None:
    user = make_user("administrator")
    user.is_staff = user.is_superuser = True
    user.save()
    client.force_login(user)
    keys = {
        "region": demo_region.pk,
        "district": District.objects.get(level="regency").pk,
        "place": Place.objects.get(kind="street", name="Jalan Suprapto").pk,
        "roadbuild": demo_region.build_id,
    }
    assert client.get(f"/admin/maps/{model}/").status_code == 200
    page = client.get(f"/admin/maps/{model}/{keys[model]}/change/", follow=True)
    assert page.status_code == 200
    assert "https://" not in page.content.decode().replace("https://www.openstreetmap.org", "")

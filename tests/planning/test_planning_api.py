"""Cover over HTTP: numbers, refusals, CSV and the report."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from geo112.planning.api import question_of
from geo112.planning.study import ask
from maps.models import Region
from maps.routing import forget_current_router
from tests.geo112.makers import make_user
from tests.units.makers import make_agency, make_device, make_station, make_unit

API = "/api/v1/planning/reach/"


@pytest.fixture
def fire(demo_region: Region) -> Iterator[None]:
    forget_current_router()
    station = make_station(make_agency("fire", "DAMKAR"), 102.2905, -3.8125)
    make_unit(station)
    yield
    forget_current_router()


def someone(role: str) -> Client:
    client = Client()
    client.force_login(make_user(role, make_agency() if role == "agency" else None))
    return client


@pytest.mark.parametrize("role", ["planner", "supervisor", "administrator", "dispatcher"])
def test_those_who_plan_get_an_answer(fire: None, role: str) -> None:
    answer = someone(role).get(API, {"kind": "fire", "limits": "300,600"})
    assert answer.status_code == 200
    found = answer.json()
    assert found["question"]["limits_s"] == [300, 600]
    assert len(found["districts"]) == 9
    assert {band["geometry"]["type"] for band in found["bands"]} <= {"Polygon", "MultiPolygon"}
    assert found["origins"][0]["units"] == 1
    assert found["data"]["is_sketch"] is True


@pytest.mark.parametrize("path", [API, "/planning/", "/planning/reach.csv", "/planning/report.html"])
def test_others_get_none(db: None, path: str) -> None:
    assert someone("agency").get(path).status_code == 403
    stranger = Client().get(path)
    assert stranger.status_code in {302, 401, 403}


def test_a_phone_gets_none(db: None) -> None:
    _device, token = make_device()
    assert Client().get(API, headers={"Authorization": f"Bearer {token}"}).status_code == 403


def test_it_only_reads(fire: None) -> None:
    assert someone("planner").post(API).status_code in {403, 405}
    assert someone("planner").post("/planning/reach.csv").status_code == 405


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"origins": "moon"}, "origins"),
        ({"limits": "five"}, "limits"),
        ({"limits": "1,2,3,4,5"}, "limits"),
        ({"limits": "0"}, "limits"),
        ({"limits": "99999"}, "limits"),
        ({"profile": "tank"}, "profile"),
        ({"kind": "army"}, "kind"),
        ({"level": "village"}, "level"),
        ({"prep_s": "300", "limits": "300,600"}, "prep_s"),
        ({"prep_s": "-1"}, "prep_s"),
    ],
)
def test_a_bad_question_names_its_field(fire: None, parameters: dict[str, str], field: str) -> None:
    answer = someone("planner").get(API, parameters)
    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == field
    assert answer.json()["error"]["code"] == "invalid"


def test_nobody_to_start_from_is_422(fire: None) -> None:
    answer = someone("planner").get(API, {"kind": "police"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "no_origins")


def test_without_roads_it_says_so(db: None) -> None:
    forget_current_router()
    answer = someone("planner").get(API)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "no_roads")
    assert someone("planner").get("/planning/").status_code == 200


def test_a_standard_brings_limits_and_preparation(fire: None) -> None:
    found = someone("planner").get(API, {"standard": "spm_fire", "limits": "60"}).json()
    assert (found["question"]["limits_s"], found["question"]["prep_s"]) == ([300, 600, 900], 140)
    assert any("140" in caveat for caveat in found["caveats"])


def test_queries_do_not_grow_with_districts(fire: None, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    question = question_of({"kind": "fire", "level": "kelurahan"})
    ask(question)
    with django_assert_max_num_queries(5):
        ask(question)


def test_csv_holds_the_same_numbers(fire: None) -> None:
    client = someone("planner")
    found = client.get(API, {"limits": "180,300"}).json()
    response = client.get("/planning/reach.csv", {"limits": "180,300"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    text = response.content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text.split("\r\n\r\n")[0])))
    assert [row["code"] for row in rows] == [*(line["code"] for line in found["districts"]), ""]
    for row, line in zip(rows, [*found["districts"], found["total"]], strict=True):
        assert float(row["road_share_within_180_s"]) == line["covered"]["180"]
        assert float(row["building_share_within_300_s"]) == line["buildings_covered"]["300"]
        assert int(row["road_length_m"]) == line["road_length_m"]
    assert "# " + found["method"] in text


def test_refusals_of_files_are_words(fire: None) -> None:
    response = someone("planner").get("/planning/reach.csv", {"limits": "x"})
    assert response.status_code == 400
    assert "300,600,900" in response.content.decode()
    assert someone("planner").get("/planning/report.html", {"kind": "police"}).status_code == 422


@pytest.mark.parametrize(("language", "title"), [("id", "Jangkauan"), ("en", "Reach")])
def test_the_report_speaks_both_languages_and_may_do_nothing(fire: None, language: str, title: str) -> None:
    client = someone("planner")
    client.cookies["django_language"] = language
    response = client.get("/planning/report.html", {"standard": "spm_fire"})
    text = response.content.decode()
    assert f'<html lang="{language}">' in text
    assert f"<h1>{title} · Kota Bengkulu</h1>" in text
    assert "Permendagri 114/2018" in text
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "sandbox" in response["Content-Security-Policy"]
    total = someone("planner").get(API, {"standard": "spm_fire"}).json()["total"]["covered"]["300"]
    with translation.override(language):
        shown = f"{total * 100:.1f}".replace(".", "," if language == "id" else ".")
    assert f"<td>{shown}%</td>" in text


def test_the_report_takes_no_library_from_elsewhere(fire: None) -> None:
    text = someone("planner").get("/planning/report.html").content.decode()
    assert not re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=", text)


def test_the_page_brings_the_choices(fire: None, settings: Any) -> None:
    text = someone("planner").get("/planning/").content.decode()
    for choice in ("DAMKAR", "spm_fire", "fire_engine", "Permendagri 114/2018"):
        assert choice in text

"""The console and the wall map as pages: who gets them, and what they carry."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from geo112.importmap import source_hash
from maps.models import Region
from tests.geo112.makers import make_user

pytestmark = pytest.mark.django_db

PAGES = ("/", "/map")


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(make_user(role=role))
    return client


def facts(html: str) -> dict[str, Any]:
    """What the page hands to its modules."""
    match = re.search(r'<script id="page" type="application/json">(.*?)</script>', html, re.DOTALL)
    assert match
    return dict(json.loads(match[1]))


@pytest.mark.parametrize("path", PAGES)
def test_strangers_go_to_the_login(path: str) -> None:
    response = Client().get(path)
    assert response.status_code == 302
    assert response["Location"] == f"/login/?next={path}"


@pytest.mark.parametrize("path", PAGES)
def test_pages_only_answer_to_get(path: str) -> None:
    assert signed_in("dispatcher").post(path).status_code == 405


def test_planners_have_a_page_of_their_own() -> None:
    assert signed_in("planner").get("/")["Location"] == "/planning/"
    assert signed_in("planner").get("/map").status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_the_page_carries_region_rules_and_types(path: str, demo_region: Region) -> None:
    page = facts(signed_in("dispatcher").get(path).content.decode())
    west, south, east, north = page["region"]["bounds"]
    assert west < demo_region.center.x < east
    assert south < demo_region.center.y < north
    assert page["region"]["is_sketch"] is True
    assert page["role"] == "dispatcher"
    assert page["moves"]["assigned"][0] == "acknowledged"
    assert page["moves"]["cleared"] == []
    assert set(page["limits"]) == {"live", "ageing", "stale"}
    assert "house_fire" in {kind["code"] for kind in page["types"]}


def test_before_the_first_import_the_page_shows_the_country() -> None:
    page = facts(signed_in("dispatcher").get("/").content.decode())
    assert page["region"]["name"] == "Indonesia"


def test_no_inline_script_but_the_import_map_may_run() -> None:
    response = signed_in("dispatcher").get("/")
    (text,) = re.findall(r'<script type="importmap">(.*?)</script>', response.content.decode())
    policy = response["Content-Security-Policy"]
    assert f"script-src 'self' {source_hash(text)};" in policy
    assert "unsafe-eval" not in policy


def test_the_page_speaks_the_language_that_was_chosen() -> None:
    client = signed_in("dispatcher")
    assert 'lang="id"' in client.get("/").content.decode()
    client.post("/i18n/setlang/", {"language": "en", "next": "/"})
    assert 'lang="en"' in client.get("/").content.decode()


def test_the_page_costs_few_queries(demo_region: Region, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    client = signed_in("dispatcher")
    client.get("/")
    with django_assert_max_num_queries(9):
        client.get("/")

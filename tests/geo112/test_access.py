from collections.abc import Sequence
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import get_resolver
from rest_framework.views import APIView

from geo112.access import ROLES, admits
from geo112.models import User
from incidents.models import LogEntry
from tests.geo112.makers import make_user


def test_one_set_for_every_method() -> None:
    assert admits({"planner"}, "POST", "planner")
    assert not admits({"planner"}, "POST", "dispatcher")


def test_methods_of_their_own() -> None:
    roles = {"GET": {"planner"}, "POST": {"dispatcher"}}
    assert admits(roles, "HEAD", "planner")
    assert not admits(roles, "POST", "planner")
    assert not admits(roles, "DELETE", "dispatcher")


def test_nobody_and_undeclared_views_are_refused() -> None:
    assert not admits(ROLES, "GET", None)
    assert not admits((), "GET", "administrator")


def api_views() -> list[type[APIView]]:
    """Every DRF view class behind a URL."""
    found: list[type[APIView]] = []

    def walk(patterns: Sequence[Any]) -> None:
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                walk(pattern.url_patterns)
                continue
            cls = getattr(pattern.callback, "cls", None) or getattr(pattern.callback, "view_class", None)
            if isinstance(cls, type) and issubclass(cls, APIView):
                found.append(cls)

    walk(get_resolver().url_patterns)
    return found


def test_every_api_view_declares_its_roles() -> None:
    views = [view for view in api_views() if not view.__module__.startswith("drf_spectacular")]
    assert len(views) > 10
    assert [view for view in views if not getattr(view, "roles", None)] == []


@pytest.mark.django_db
def test_strangers_get_the_login_page(client: Client) -> None:
    response = client.get("/")
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/login/")


@pytest.mark.django_db
def test_an_agency_user_needs_an_agency() -> None:
    with pytest.raises(IntegrityError):
        make_user("agency")


@pytest.mark.django_db
def test_me(client: Client) -> None:
    client.force_login(make_user("planner"))
    assert client.get("/api/v1/me/").json()["role"] == "planner"


@pytest.mark.django_db
def test_a_stranger_is_refused_in_the_one_error_shape(client: Client) -> None:
    response = client.get("/api/v1/me/")
    assert response.status_code == 403
    assert set(response.json()["error"]) == {"code", "message", "field", "detail"}


@pytest.mark.django_db
def test_the_actor_is_forgotten_after_a_request(client: Client) -> None:
    client.force_login(make_user())
    client.post("/api/v1/me/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('geo112.actor', true)")
        assert cursor.fetchone() == ("",)


@pytest.mark.django_db
def test_pages_may_load_nothing_from_elsewhere(client: Client) -> None:
    assert "default-src 'self'" in client.get("/login/").headers["Content-Security-Policy"]


@pytest.mark.django_db
def test_changes_of_people_are_logged_without_the_password(client: Client) -> None:
    administrator = make_user("administrator")
    User.objects.filter(pk=administrator.pk).update(is_staff=True, is_superuser=True)
    person = make_user("planner")
    client.force_login(administrator)
    client.post(f"/admin/geo112/user/{person.pk}/password/", {"password1": "kata-sandi-7", "password2": "kata-sandi-7"})
    person.role = "supervisor"
    person.save(update_fields=["role"])
    rows = LogEntry.objects.filter(table_name="geo112_user", row_id=person.pk, operation="UPDATE")
    assert [row.after for row in rows] == [{"role": "supervisor"}]


@pytest.mark.django_db
def test_the_log_says_who_and_from_where(client: Client) -> None:
    dispatcher = make_user()
    client.force_login(dispatcher)
    client.post("/api/v1/calls/", {"number": "0812000001"}, content_type="application/json", REMOTE_ADDR="192.0.2.7")
    entry = LogEntry.objects.filter(table_name="incidents_call").latest("at")
    assert (entry.actor, entry.source_ip) == (f"user:{dispatcher.pk} {dispatcher.username}", "192.0.2.7")

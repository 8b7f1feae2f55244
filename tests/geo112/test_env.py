import pytest
from django.core.exceptions import ImproperlyConfigured

from geo112.database import parse_database_url
from geo112.env import env_flag, env_int, env_text


def test_text_without_default_stops_start_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GEO112_X", raising=False)
    with pytest.raises(ImproperlyConfigured, match="GEO112_X"):
        env_text("GEO112_X")


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("Yes", True), ("off", False), ("", False)])
def test_flag(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    monkeypatch.setenv("GEO112_X", value)
    assert env_flag("GEO112_X", default=not expected) is expected


def test_flag_refuses_other_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEO112_X", "maybe")
    with pytest.raises(ImproperlyConfigured, match="maybe"):
        env_flag("GEO112_X", default=False)


def test_int(monkeypatch: pytest.MonkeyPatch) -> None:
    assert env_int("GEO112_X", 5) == 5
    monkeypatch.setenv("GEO112_X", "7")
    assert env_int("GEO112_X", 5) == 7
    monkeypatch.setenv("GEO112_X", "seven")
    with pytest.raises(ImproperlyConfigured, match="whole number"):
        env_int("GEO112_X", 5)


def test_database_url_with_socket_folder_and_escaped_password() -> None:
    entry = parse_database_url("postgresql://app:p%40ss@/geo112?host=/run/geo&sslmode=disable")
    assert (entry["NAME"], entry["USER"], entry["PASSWORD"], entry["HOST"]) == ("geo112", "app", "p@ss", "/run/geo")
    assert entry["OPTIONS"] == {"sslmode": "disable"}


def test_database_url_with_several_hosts_reaches_libpq_whole() -> None:
    entry = parse_database_url("postgresql://app@/geo112?host=a,b&target_session_attrs=read-write")
    assert entry["HOST"] == "a,b"
    assert entry["OPTIONS"] == {"target_session_attrs": "read-write"}


def test_database_url_with_host_and_port() -> None:
    entry = parse_database_url("postgresql://app@db:5433/geo112")
    assert (entry["HOST"], entry["PORT"]) == ("db", "5433")


def test_database_url_of_another_kind() -> None:
    with pytest.raises(ImproperlyConfigured, match="postgresql://"):
        parse_database_url("mysql://x/y")

"""Turns a database address into Django's settings."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def parse_database_url(url: str) -> dict[str, Any]:
    """Django's DATABASES entry for `postgresql://user:password@host:port/name?host=/socket/folder`.

    Query parameters other than `host` are handed to libpq as they are (several hosts in one
    address are separated by commas, as libpq has it). Raises ImproperlyConfigured.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql", "postgis"}:
        raise ImproperlyConfigured(f"DATABASE_URL must begin with postgresql://, not {parts.scheme!r}.")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    netloc = parts.netloc.rpartition("@")[2]
    host, _, port = netloc.rpartition(":") if ":" in netloc else (netloc, "", "")
    return {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", unquote(host)),
        "PORT": query.pop("port", port),
        "OPTIONS": query,
    }

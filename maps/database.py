"""Connections of our own, beside Django's: for LISTEN and for the GPS writer."""

from django.conf import settings
from psycopg.conninfo import make_conninfo


def conninfo() -> str:
    """libpq's connection string for the database that Django uses (the test database under test)."""
    database = settings.DATABASES["default"]
    options = {key: value for key, value in database["OPTIONS"].items() if key != "pool"}
    named = {
        "dbname": database["NAME"],
        "user": database["USER"],
        "password": database["PASSWORD"],
        "host": database["HOST"],
        "port": database["PORT"],
    }
    return make_conninfo(**{key: str(value) for key, value in named.items() if value}, **options)

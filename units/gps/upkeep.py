"""Partitions of the history: made ahead of time, dropped when they are too old."""

import psycopg

from maps.database import conninfo

AHEAD_DAYS = 7
KEEP_DAYS = 365


def keep_partitions(*, ahead_days: int = AHEAD_DAYS, keep_days: int = KEEP_DAYS) -> tuple[int, int]:
    """Make the partitions of the coming days and drop those past retention; returns how many of each.

    Raises psycopg.Error.
    """
    with psycopg.connect(conninfo(), autocommit=True, connect_timeout=5) as connection:
        row = connection.execute(
            "SELECT made, dropped FROM units_position_upkeep(%s, %s)", [ahead_days, keep_days]
        ).fetchone()
    assert row is not None
    return row[0], row[1]

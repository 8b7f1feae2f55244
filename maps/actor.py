"""Who is acting: the name that the log's triggers write beside every change."""

from django.db import connection


def set_actor(actor: str, *, source_ip: str = "") -> None:
    """Name the actor of what this database session changes from now on; "" forgets it.

    actor      stable and readable: "user:7 sari", "device:12 DK-01", "command:import_osm"
    source_ip  the address that the request came from, "" for none
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('geo112.actor', %s, false), set_config('geo112.source_ip', %s, false)",
            [actor, source_ip],
        )

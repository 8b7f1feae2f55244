"""Gives the role that the running system uses what it needs, and no more."""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, transaction
from psycopg import sql

from incidents.models import APPEND_ONLY_TABLES

SCHEMA = sql.Identifier("public")


class Command(BaseCommand):
    help = "Grant the application's database role its rights; on the log only SELECT and INSERT. Run as owner."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role", help="the role in the DATABASE_URL of web and worker, for example geo112_app")

    @transaction.atomic
    def handle(self, *args: Any, role: str, **options: Any) -> None:
        name = sql.Identifier(role)
        statements = [
            sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(SCHEMA, name),
            sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {} TO {}").format(SCHEMA, name),
            sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {} TO {}").format(SCHEMA, name),
            sql.SQL("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {} TO {}").format(SCHEMA, name),
            *(
                sql.SQL("REVOKE ALL ON {table} FROM {role}; GRANT SELECT, INSERT ON {table} TO {role}").format(
                    table=sql.Identifier(table), role=name
                )
                for table in APPEND_ONLY_TABLES
            ),
        ]
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        self.stdout.write(f"{role} may use {len(apps.get_models())} tables; the log it may only read and extend.")

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_calls_incidents_and_log"), ("units", "0002_partitions_and_triggers")]

    operations = [migrations.RunSQL(sql=(SQL / "triggers.sql").read_text(), reverse_sql=(SQL / "triggers_undo.sql").read_text())]

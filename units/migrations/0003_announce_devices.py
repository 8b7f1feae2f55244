"""The GPS door remembers tokens; it must hear when devices change (`units/gps/registry.py`)."""

from django.db import migrations

ANNOUNCE = """
CREATE FUNCTION units_announce_devices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('geo112_devices', '');
    RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER INSERT OR UPDATE OR DELETE ON units_device
    FOR EACH STATEMENT EXECUTE FUNCTION units_announce_devices();
"""


class Migration(migrations.Migration):
    dependencies = [("units", "0002_partitions_and_triggers")]

    operations = [migrations.RunSQL(ANNOUNCE, "DROP FUNCTION units_announce_devices CASCADE")]

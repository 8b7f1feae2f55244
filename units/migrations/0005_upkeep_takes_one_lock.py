"""The upkeep of partitions locks the history once and first, and only when there is something to do.

Taking locks one by one could meet a writer that holds the others. A dump holds the history for long: then the
upkeep gives up after two seconds, writers go on, and it comes again.
"""

from django.db import migrations

UPKEEP = """
CREATE OR REPLACE FUNCTION units_position_upkeep(
    ahead_days integer, keep_days integer, OUT made integer, OUT dropped integer
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s' AS $$
DECLARE
    today date := (now() AT TIME ZONE 'UTC')::date;
    missing date[];
    expired text[];
    day date;
    part text;
BEGIN
    IF ahead_days BETWEEN 0 AND 60 AND keep_days BETWEEN 7 AND 36500 THEN
        PERFORM pg_advisory_xact_lock(hashtext('units_position_upkeep'));
    ELSE
        RAISE EXCEPTION 'ahead_days must be 0 to 60 and keep_days 7 to 36500';
    END IF;
    missing := ARRAY(
        SELECT d::date FROM generate_series(today - 1, today + ahead_days, interval '1 day') AS d
        WHERE to_regclass('units_position_' || to_char(d, 'YYYYMMDD')) IS NULL
    );
    expired := ARRAY(
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'units_position'::regclass AND c.relname ~ '^units_position_[0-9]{8}$'
            AND to_date(right(c.relname, 8), 'YYYYMMDD') < today - keep_days
    );
    made := cardinality(missing);
    dropped := cardinality(expired);
    IF made + dropped > 0 THEN
        LOCK TABLE units_position IN ACCESS EXCLUSIVE MODE;
    END IF;
    FOREACH day IN ARRAY missing LOOP
        part := 'units_position_' || to_char(day, 'YYYYMMDD');
        EXECUTE format('CREATE TABLE %I (LIKE units_position INCLUDING DEFAULTS)', part);
        EXECUTE format('WITH moved AS (DELETE FROM units_position_default WHERE recorded_at >= %L AND recorded_at < %L '
            'RETURNING *) INSERT INTO %I SELECT * FROM moved', day, day + 1, part);
        EXECUTE format('ALTER TABLE units_position ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
            part, day, day + 1);
    END LOOP;
    FOREACH part IN ARRAY expired LOOP
        EXECUTE format('DROP TABLE %I', part);
    END LOOP;
    DELETE FROM units_position_default WHERE recorded_at < today - keep_days;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("units", "0004_units_may_lack_capabilities")]

    operations = [migrations.RunSQL(UPKEEP, migrations.RunSQL.noop)]

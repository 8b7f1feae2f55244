"""What Django cannot say: the partitioned history, its upkeep, and the triggers that announce changes."""

from django.db import migrations

POSITIONS = """
CREATE TABLE units_position (
    device_id bigint NOT NULL,
    unit_id bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    point geography(Point, 4326) NOT NULL,
    speed_mps double precision,
    heading_deg double precision,
    accuracy_m double precision,
    altitude_m double precision,
    battery double precision,
    mock boolean NOT NULL DEFAULT false,
    PRIMARY KEY (device_id, recorded_at)
) PARTITION BY RANGE (recorded_at);
CREATE INDEX units_position_by_time ON units_position USING brin (recorded_at);
CREATE TABLE units_position_default PARTITION OF units_position DEFAULT;
ALTER TABLE units_lastfix SET (fillfactor = 70);
"""

# The role of the running system owns no table, so it may only call this. Fixes that came before their day's
# partition existed lie in the default one and are moved out of it.
UPKEEP = """
CREATE FUNCTION units_position_upkeep(ahead_days integer, keep_days integer, OUT made integer, OUT dropped integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '5s' AS $$
DECLARE
    today date := (now() AT TIME ZONE 'UTC')::date;
    day date;
    part text;
BEGIN
    IF ahead_days NOT BETWEEN 0 AND 60 OR keep_days NOT BETWEEN 7 AND 36500 THEN
        RAISE EXCEPTION 'ahead_days must be 0 to 60 and keep_days 7 to 36500';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('units_position_upkeep'));
    made := 0;
    dropped := 0;
    FOR day IN SELECT d::date FROM generate_series(today - 1, today + ahead_days, interval '1 day') AS d LOOP
        part := 'units_position_' || to_char(day, 'YYYYMMDD');
        CONTINUE WHEN to_regclass(part) IS NOT NULL;
        EXECUTE format('CREATE TABLE %I (LIKE units_position INCLUDING DEFAULTS)', part);
        EXECUTE format('WITH moved AS (DELETE FROM units_position_default WHERE recorded_at >= %L AND recorded_at < %L '
            'RETURNING *) INSERT INTO %I SELECT * FROM moved', day, day + 1, part);
        EXECUTE format('ALTER TABLE units_position ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
            part, day, day + 1);
        made := made + 1;
    END LOOP;
    FOR part IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'units_position'::regclass AND c.relname ~ '^units_position_[0-9]{8}$'
            AND to_date(right(c.relname, 8), 'YYYYMMDD') < today - keep_days
    LOOP
        EXECUTE format('DROP TABLE %I', part);
        dropped := dropped + 1;
    END LOOP;
    DELETE FROM units_position_default WHERE recorded_at < today - keep_days;
END $$;
REVOKE ALL ON FUNCTION units_position_upkeep(integer, integer) FROM PUBLIC;
"""

# At most 300 ids a message: a payload over 8,000 bytes would fail the insert itself.
ANNOUNCE = """
CREATE FUNCTION units_announce(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(ids) > 300 THEN
        PERFORM pg_notify('geo112', 'units:all');
    ELSIF cardinality(ids) > 0 THEN
        PERFORM pg_notify('geo112', 'units:' || array_to_string(ids, ','));
    END IF;
END $$;

CREATE FUNCTION units_announce_unit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM units_announce((SELECT array_agg(DISTINCT id) FROM changed));
    RETURN NULL;
END $$;

CREATE FUNCTION units_announce_unit_id() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM units_announce((SELECT array_agg(DISTINCT unit_id) FROM changed));
    RETURN NULL;
END $$;

CREATE TRIGGER announce_insert AFTER INSERT ON units_unit
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION units_announce_unit();
CREATE TRIGGER announce_update AFTER UPDATE ON units_unit
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION units_announce_unit();
CREATE TRIGGER announce_delete AFTER DELETE ON units_unit
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION units_announce_unit();
CREATE TRIGGER announce_insert AFTER INSERT ON units_lastfix
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION units_announce_unit_id();
CREATE TRIGGER announce_update AFTER UPDATE ON units_lastfix
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION units_announce_unit_id();
CREATE TRIGGER announce_insert AFTER INSERT ON units_unitfault
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION units_announce_unit_id();
CREATE TRIGGER announce_update AFTER UPDATE ON units_unitfault
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION units_announce_unit_id();
"""

# A unit's state shows its station and agency, so a change of those is a change of the unit.
VERSIONS = """
CREATE FUNCTION units_next_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := nextval('geo112_version');
    RETURN NEW;
END $$;
CREATE TRIGGER next_version BEFORE UPDATE ON units_unit FOR EACH ROW EXECUTE FUNCTION units_next_version();

CREATE FUNCTION units_station_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE units_unit SET version = version WHERE station_id IN (SELECT id FROM changed);
    RETURN NULL;
END $$;
CREATE TRIGGER renew_units AFTER UPDATE ON units_station
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION units_station_changed();

CREATE FUNCTION units_agency_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE units_unit SET version = version
    WHERE station_id IN (SELECT id FROM units_station WHERE agency_id IN (SELECT id FROM changed));
    RETURN NULL;
END $$;
CREATE TRIGGER renew_units AFTER UPDATE ON units_agency
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION units_agency_changed();
"""

UNDO = """
DROP TRIGGER renew_units ON units_agency;
DROP TRIGGER renew_units ON units_station;
DROP TRIGGER next_version ON units_unit;
DROP FUNCTION units_agency_changed, units_station_changed, units_next_version;
DROP FUNCTION units_announce_unit, units_announce_unit_id CASCADE;
DROP FUNCTION units_announce, units_position_upkeep;
DROP TABLE units_position;
"""


class Migration(migrations.Migration):
    dependencies = [("units", "0001_agencies_units_and_positions")]

    operations = [
        migrations.RunSQL(POSITIONS + UPKEEP + ANNOUNCE + VERSIONS, UNDO),
        migrations.RunSQL("SELECT units_position_upkeep(7, 36500)", migrations.RunSQL.noop),
    ]

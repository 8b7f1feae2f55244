-- Triggers of calls, incidents and dispatch: versions, announcements, the log, and what keeps the log whole.

-- Versions ---------------------------------------------------------------------------------------------------
-- A row's version grows with each change. The row is locked before a BEFORE ROW trigger runs, so versions of
-- one row grow in the order of commits: a client that keeps the highest keeps the newest.

CREATE FUNCTION incidents_new_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := nextval('geo112_version');
    RETURN NEW;
END $$;

CREATE TRIGGER new_version BEFORE UPDATE ON incidents_call
    FOR EACH ROW EXECUTE FUNCTION incidents_new_version();
CREATE TRIGGER new_version BEFORE UPDATE ON incidents_incident
    FOR EACH ROW EXECUTE FUNCTION incidents_new_version();
CREATE TRIGGER new_version BEFORE UPDATE ON incidents_assignment
    FOR EACH ROW EXECUTE FUNCTION incidents_new_version();

-- What belongs to an incident or a unit raises the version of that row, which announces it.
-- Arguments: the table to touch, the column here that holds its id.
CREATE FUNCTION incidents_touch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
BEGIN
    EXECUTE format('SELECT array_agg(DISTINCT %I) FROM changed', TG_ARGV[1]) INTO ids;
    EXECUTE format('UPDATE %I SET version = nextval(''geo112_version'') WHERE id = ANY ($1)', TG_ARGV[0]) USING ids;
    RETURN NULL;
END $$;

CREATE TRIGGER touch_incident_1 AFTER INSERT ON incidents_assignment REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION incidents_touch('incidents_incident', 'incident_id');
CREATE TRIGGER touch_incident_2 AFTER UPDATE ON incidents_assignment REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION incidents_touch('incidents_incident', 'incident_id');
CREATE TRIGGER touch_unit_1 AFTER INSERT ON incidents_assignment REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION incidents_touch('units_unit', 'unit_id');
CREATE TRIGGER touch_unit_2 AFTER UPDATE ON incidents_assignment REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION incidents_touch('units_unit', 'unit_id');
CREATE TRIGGER touch_incident_1 AFTER INSERT ON incidents_note REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION incidents_touch('incidents_incident', 'incident_id');
CREATE TRIGGER touch_incident_1 AFTER INSERT ON incidents_agencynotice REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION incidents_touch('incidents_incident', 'incident_id');
CREATE TRIGGER touch_incident_2 AFTER UPDATE ON incidents_agencynotice REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION incidents_touch('incidents_incident', 'incident_id');
CREATE TRIGGER touch_incident_1 AFTER INSERT ON incidents_call REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION incidents_touch('incidents_incident', 'incident_id');
CREATE TRIGGER touch_incident_2 AFTER UPDATE ON incidents_call REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION incidents_touch('incidents_incident', 'incident_id');

-- Announcements ----------------------------------------------------------------------------------------------
-- "kind:1,2,3" on the channel geo112, delivered on commit and never after a rollback. More than 300 ids would
-- near the 8,000 bytes at which NOTIFY fails the statement itself: then "kind:all". Argument: the kind.

CREATE FUNCTION incidents_announce() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
BEGIN
    SELECT array_agg(id) INTO ids FROM changed;
    IF cardinality(ids) > 300 THEN
        PERFORM pg_notify('geo112', TG_ARGV[0] || ':all');
    ELSIF cardinality(ids) > 0 THEN
        PERFORM pg_notify('geo112', TG_ARGV[0] || ':' || array_to_string(ids, ','));
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER announce_insert AFTER INSERT ON incidents_call REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION incidents_announce('calls');
CREATE TRIGGER announce_update AFTER UPDATE ON incidents_call REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION incidents_announce('calls');
CREATE TRIGGER announce_insert AFTER INSERT ON incidents_incident REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION incidents_announce('incidents');
CREATE TRIGGER announce_update AFTER UPDATE ON incidents_incident REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION incidents_announce('incidents');

-- A changed type shows in every incident of it that is not ended: they get new versions, which announces them.
CREATE FUNCTION incidents_type_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE incidents_incident SET version = nextval('geo112_version')
    WHERE closed_at IS NULL AND type_id IN (SELECT id FROM changed);
    RETURN NULL;
END $$;

CREATE TRIGGER renew_incidents AFTER UPDATE ON incidents_incidenttype REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION incidents_type_changed();

-- The log ----------------------------------------------------------------------------------------------------

-- A row as the log keeps it: without secrets and versions, points as GeoJSON instead of hexadecimal bytes.
CREATE FUNCTION incidents_loggable(facts jsonb, hidden text[]) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN facts ? 'point' AND jsonb_typeof(facts -> 'point') = 'string'
        THEN jsonb_set(facts, '{point}', ST_AsGeoJSON((facts ->> 'point')::geography, 6)::jsonb)
        ELSE facts
    END - 'version' - hidden
$$;

-- Keys of `facts` that `other` has differently.
CREATE FUNCTION incidents_difference(facts jsonb, other jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(facts)
    WHERE value IS DISTINCT FROM other -> key
$$;

-- Writes one log row for one changed row. Arguments: the column that holds the incident's id ('' for none,
-- 'assignment_id' to ask the assignment), then any columns that the log must not hold. The actor and the
-- address are settings of the session.
CREATE FUNCTION incidents_log_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    hidden text[] := TG_ARGV[1:];
    old_facts jsonb := CASE WHEN TG_OP <> 'INSERT' THEN incidents_loggable(to_jsonb(OLD), hidden) END;
    new_facts jsonb := CASE WHEN TG_OP <> 'DELETE' THEN incidents_loggable(to_jsonb(NEW), hidden) END;
    facts jsonb := coalesce(new_facts, old_facts);
    before_facts jsonb := old_facts;
    after_facts jsonb := new_facts;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        before_facts := incidents_difference(old_facts, new_facts);
        after_facts := incidents_difference(new_facts, old_facts);
        IF after_facts = '{}' AND before_facts = '{}' THEN
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO incidents_logentry
        (at, actor, source_ip, table_name, row_id, incident_id, operation, before, after, txid)
    VALUES (
        clock_timestamp(),
        coalesce(current_setting('geo112.actor', true), ''),
        nullif(current_setting('geo112.source_ip', true), '')::inet,
        TG_TABLE_NAME,
        (facts ->> 'id')::bigint,
        CASE TG_ARGV[0]
            WHEN '' THEN NULL
            WHEN 'assignment_id' THEN
                (SELECT a.incident_id FROM incidents_assignment a WHERE a.id = (facts ->> 'assignment_id')::bigint)
            ELSE (facts ->> TG_ARGV[0])::bigint
        END,
        TG_OP,
        before_facts,
        after_facts,
        pg_current_xact_id()::text::bigint
    );
    RETURN NULL;
END $$;

CREATE TRIGGER log_row AFTER INSERT OR UPDATE OR DELETE ON incidents_incidenttype
    FOR EACH ROW EXECUTE FUNCTION incidents_log_row('');
CREATE TRIGGER log_row AFTER INSERT OR UPDATE OR DELETE ON incidents_responseslot
    FOR EACH ROW EXECUTE FUNCTION incidents_log_row('');
CREATE TRIGGER log_row AFTER INSERT OR UPDATE OR DELETE ON incidents_call
    FOR EACH ROW EXECUTE FUNCTION incidents_log_row('incident_id');
CREATE TRIGGER log_row AFTER INSERT OR UPDATE OR DELETE ON incidents_incident
    FOR EACH ROW EXECUTE FUNCTION incidents_log_row('id');
CREATE TRIGGER log_row AFTER INSERT OR UPDATE OR DELETE ON incidents_assignment
    FOR EACH ROW EXECUTE FUNCTION incidents_log_row('incident_id');
CREATE TRIGGER log_row AFTER INSERT OR UPDATE OR DELETE ON incidents_note
    FOR EACH ROW EXECUTE FUNCTION incidents_log_row('incident_id');
CREATE TRIGGER log_row AFTER INSERT OR UPDATE OR DELETE ON incidents_agencynotice
    FOR EACH ROW EXECUTE FUNCTION incidents_log_row('incident_id');
CREATE TRIGGER log_row AFTER INSERT OR UPDATE OR DELETE ON incidents_assignmentmove
    FOR EACH ROW EXECUTE FUNCTION incidents_log_row('assignment_id');
CREATE TRIGGER log_row AFTER INSERT OR UPDATE OR DELETE ON incidents_incidentmove
    FOR EACH ROW EXECUTE FUNCTION incidents_log_row('incident_id');
CREATE TRIGGER log_row AFTER INSERT OR UPDATE OR DELETE ON units_agency
    FOR EACH ROW EXECUTE FUNCTION incidents_log_row('');
CREATE TRIGGER log_row AFTER INSERT OR UPDATE OR DELETE ON units_station
    FOR EACH ROW EXECUTE FUNCTION incidents_log_row('');
CREATE TRIGGER log_row AFTER INSERT OR UPDATE OR DELETE ON units_unit
    FOR EACH ROW EXECUTE FUNCTION incidents_log_row('');
CREATE TRIGGER log_row AFTER INSERT OR UPDATE OR DELETE ON units_unitmove
    FOR EACH ROW EXECUTE FUNCTION incidents_log_row('');
CREATE TRIGGER log_row AFTER INSERT OR UPDATE OR DELETE ON units_device
    FOR EACH ROW EXECUTE FUNCTION incidents_log_row('', 'token_hash');

-- The log stays as it was written ------------------------------------------------------------------------------
-- The application's role has no right to change it (see `grant_app_role`); these stop everybody else's slips,
-- the owner's and a superuser's included.

CREATE FUNCTION incidents_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only ever added to: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON incidents_logentry
    FOR EACH ROW EXECUTE FUNCTION incidents_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON incidents_logentry
    FOR EACH STATEMENT EXECUTE FUNCTION incidents_refuse_change();
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON incidents_assignmentmove
    FOR EACH ROW EXECUTE FUNCTION incidents_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON incidents_assignmentmove
    FOR EACH STATEMENT EXECUTE FUNCTION incidents_refuse_change();
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON incidents_incidentmove
    FOR EACH ROW EXECUTE FUNCTION incidents_refuse_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON incidents_incidentmove
    FOR EACH STATEMENT EXECUTE FUNCTION incidents_refuse_change();

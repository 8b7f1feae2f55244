-- Stores one batch: the history, and the newest fix of each unit as its marker. Parameters: one array a column,
-- each (device, time) once. Returns the positions in the batch (from 0) of rows that were stored before.
-- Ordered by key, so that several writers take their row locks in the same order.
WITH fix AS MATERIALIZED (
    SELECT
        n - 1 AS n, device_id, unit_id, to_timestamp(recorded_at) AS recorded_at, to_timestamp(received_at) AS received_at,
        ST_Point(lon, lat, 4326)::geography AS point, speed_mps, heading_deg, accuracy_m, altitude_m, battery, mock
    FROM unnest(
        %s::bigint[], %s::bigint[], %s::float8[], %s::float8[], %s::float8[], %s::float8[],
        %s::float8[], %s::float8[], %s::float8[], %s::float8[], %s::float8[], %s::boolean[]
    ) WITH ORDINALITY AS sent (
        device_id, unit_id, recorded_at, received_at, lon, lat,
        speed_mps, heading_deg, accuracy_m, altitude_m, battery, mock, n
    )
), stored AS (
    INSERT INTO units_position (
        device_id, unit_id, recorded_at, received_at, point,
        speed_mps, heading_deg, accuracy_m, altitude_m, battery, mock
    )
    SELECT
        device_id, unit_id, recorded_at, received_at, point,
        speed_mps, heading_deg, accuracy_m, altitude_m, battery, mock
    FROM fix
    ORDER BY device_id, recorded_at
    ON CONFLICT (device_id, recorded_at) DO NOTHING
    RETURNING device_id, recorded_at
), marked AS (
    INSERT INTO units_lastfix AS marker (
        unit_id, device_id, recorded_at, received_at, point,
        speed_mps, heading_deg, accuracy_m, altitude_m, battery, mock, source
    )
    SELECT DISTINCT ON (unit_id)
        unit_id, device_id, recorded_at, received_at, point,
        speed_mps, heading_deg, accuracy_m, altitude_m, battery, mock, 'gps'
    FROM fix
    ORDER BY unit_id, recorded_at DESC
    ON CONFLICT (unit_id) DO UPDATE SET
        device_id = excluded.device_id, recorded_at = excluded.recorded_at, received_at = excluded.received_at,
        point = excluded.point, speed_mps = excluded.speed_mps, heading_deg = excluded.heading_deg,
        accuracy_m = excluded.accuracy_m, altitude_m = excluded.altitude_m, battery = excluded.battery,
        mock = excluded.mock, source = excluded.source, version = nextval('geo112_version')
    WHERE excluded.recorded_at > marker.recorded_at
)
SELECT coalesce(array_agg(fix.n), '{}')
FROM fix
LEFT JOIN stored USING (device_id, recorded_at)
WHERE stored.device_id IS NULL

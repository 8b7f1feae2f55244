-- Sets impossible fixes aside and counts them by device and reason. A spell ends after an hour without one.
-- Parameters: arrays of device, unit, arrival (epoch s), reason, detail (JSON), raw (JSON).
WITH bad AS MATERIALIZED (
    SELECT device_id, unit_id, to_timestamp(received_at) AS received_at, reason, detail::jsonb AS detail, raw::jsonb AS raw
    FROM unnest(%s::bigint[], %s::bigint[], %s::float8[], %s::text[], %s::text[], %s::text[]) AS sent (
        device_id, unit_id, received_at, reason, detail, raw
    )
), kept AS (
    INSERT INTO units_quarantinedfix (device_id, unit_id, received_at, reason, detail, raw)
    SELECT device_id, unit_id, received_at, reason, detail, raw FROM bad WHERE raw IS NOT NULL
)
INSERT INTO units_unitfault AS fault (device_id, unit_id, reason, count, since, last_at, detail)
SELECT
    device_id, max(unit_id), reason, count(*), min(received_at), max(received_at),
    (array_agg(detail ORDER BY received_at DESC))[1]
FROM bad
GROUP BY device_id, reason
ORDER BY device_id, reason
ON CONFLICT (device_id, reason) DO UPDATE SET
    unit_id = excluded.unit_id,
    count = CASE WHEN fault.last_at < excluded.since - interval '1 hour' THEN 0 ELSE fault.count END + excluded.count,
    since = CASE WHEN fault.last_at < excluded.since - interval '1 hour' THEN excluded.since ELSE fault.since END,
    last_at = excluded.last_at,
    detail = excluded.detail,
    version = nextval('geo112_version')

-- Units with their station, agency, last fix, faults of the last hour and open assignment.
-- lon, lat: a point to measure air distances to (on the sphere, half a percent is enough), or null.
-- `incidents/unitrows.py` adds which units and their order.
SELECT
    u.id,
    u.callsign,
    u.kind,
    a.id AS agency_id,
    a.code AS agency,
    a.kind AS agency_kind,
    s.id AS station_id,
    s.name AS station,
    u.capabilities,
    u.profile,
    u.duty,
    u.duty_changed_at,
    ST_X(s.point::geometry) AS station_lon,
    ST_Y(s.point::geometry) AS station_lat,
    f.source AS fix_source,
    f.recorded_at AS fix_recorded_at,
    f.received_at AS fix_received_at,
    ST_X(f.point::geometry) AS fix_lon,
    ST_Y(f.point::geometry) AS fix_lat,
    f.speed_mps,
    f.heading_deg,
    f.accuracy_m,
    ST_Distance(f.point, s.point, false) AS station_distance_m,
    ST_Distance(f.point, p.point, false) AS fix_air_m,
    ST_Distance(s.point, p.point, false) AS station_air_m,
    o.id AS assignment_id,
    o.incident_id,
    i.number AS incident_number,
    o.status AS assignment_status,
    o.status_at AS assignment_status_at,
    coalesce(w.count, 0) AS fault_count,
    w.last AS fault_last,
    u.version + coalesce(f.version, 0) + coalesce(w.version, 0) AS version
FROM units_unit u
JOIN units_station s ON s.id = u.station_id
JOIN units_agency a ON a.id = s.agency_id
LEFT JOIN units_lastfix f ON f.unit_id = u.id
LEFT JOIN incidents_assignment o ON o.unit_id = u.id AND o.ended_at IS NULL
LEFT JOIN incidents_incident i ON i.id = o.incident_id
LEFT JOIN (
    SELECT
        unit_id,
        sum(count) FILTER (WHERE last_at > now() - interval '1 hour')::bigint AS count,
        sum(version)::bigint AS version,
        (array_agg(jsonb_build_object('reason', reason, 'at', last_at, 'detail', detail) ORDER BY last_at DESC)
            FILTER (WHERE last_at > now() - interval '1 hour'))[1] AS last
    FROM units_unitfault
    GROUP BY unit_id
) w ON w.unit_id = u.id
CROSS JOIN (SELECT ST_Point(%(lon)s::float8, %(lat)s::float8, 4326)::geography AS point) p

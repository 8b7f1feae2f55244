-- What lies at a point: the districts that cover it, the nearest named road, the nearest landmark.
WITH spot AS (
    SELECT ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326) AS geom,
           ST_Transform(ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326), 3857) AS mercator
), covering AS (
    SELECT jsonb_object_agg(d.level, jsonb_build_object('id', d.id, 'name', d.name)) AS districts
    FROM maps_district d, spot
    WHERE d.region_id = %(region)s AND ST_Covers(d.geom, spot.geom)
), street AS (
    SELECT near.name
    FROM spot, LATERAL (
        SELECT r.name, r.geom
        FROM maps_tileroad r
        WHERE r.region_id = %(region)s AND r.name <> '' AND r.rank < 9 AND r.zoom_max = 22
          AND ST_DWithin(r.geom, spot.mercator, %(street_m)s / cos(radians(%(lat)s)))
        ORDER BY r.geom <-> spot.mercator
        LIMIT 1
    ) near
), landmark AS (
    SELECT near.name, near.kind, ST_Distance(near.point, spot.geom::geography) AS distance_m,
           degrees(ST_Azimuth(near.point, spot.geom::geography)) AS bearing_deg
    FROM spot, LATERAL (
        SELECT p.name, p.kind, p.point
        FROM maps_place p
        WHERE p.region_id = %(region)s AND p.kind <> ALL (%(no_landmarks)s)
          AND ST_DWithin(p.point, spot.geom::geography, %(landmark_m)s)
        ORDER BY p.point <-> spot.geom::geography
        LIMIT 1
    ) near
)
SELECT covering.districts, street.name, landmark.name, landmark.kind, landmark.distance_m, landmark.bearing_deg
FROM covering LEFT JOIN street ON true LEFT JOIN landmark ON true

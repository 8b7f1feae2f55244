-- One vector tile of a region. Only the envelope is computed; every column is compared as it is stored.
WITH envelope AS (
    SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS exact,
           ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 0.03125) AS wide
), land AS (
    SELECT kind, ST_AsMVTGeom(geom, exact, 4096, 128) AS geom
    FROM maps_tileland, envelope
    WHERE region_id = %(region)s AND geom && wide AND %(z)s BETWEEN zoom_min AND zoom_max
    ORDER BY ST_Area(geom) DESC
), water AS (
    SELECT kind, name, ST_AsMVTGeom(geom, exact, 4096, 128) AS geom
    FROM maps_tilewater, envelope
    WHERE region_id = %(region)s AND geom && wide AND %(z)s BETWEEN zoom_min AND zoom_max
), buildings AS (
    SELECT kind, ST_AsMVTGeom(geom, exact, 4096, 128) AS geom
    FROM maps_tilebuilding, envelope
    WHERE region_id = %(region)s AND geom && wide AND %(z)s BETWEEN zoom_min AND zoom_max
), roads AS (
    SELECT kind, name, rank, structure, oneway, ST_AsMVTGeom(geom, exact, 4096, 128) AS geom
    FROM maps_tileroad, envelope
    WHERE region_id = %(region)s AND geom && wide AND %(z)s BETWEEN zoom_min AND zoom_max
    ORDER BY rank DESC
), borders AS (
    SELECT kind, ST_AsMVTGeom(geom, exact, 4096, 128) AS geom
    FROM maps_tileborder, envelope
    WHERE region_id = %(region)s AND geom && wide AND %(z)s BETWEEN zoom_min AND zoom_max
), labels AS (
    SELECT kind, name, rank, ST_AsMVTGeom(geom, exact, 4096, 128) AS geom
    FROM maps_tilelabel, envelope
    WHERE region_id = %(region)s AND geom && wide AND %(z)s BETWEEN zoom_min AND zoom_max
    ORDER BY rank, name
)
SELECT (SELECT COALESCE(ST_AsMVT(land, 'land', 4096, 'geom'), '') FROM land WHERE geom IS NOT NULL)
    || (SELECT COALESCE(ST_AsMVT(water, 'water', 4096, 'geom'), '') FROM water WHERE geom IS NOT NULL)
    || (SELECT COALESCE(ST_AsMVT(buildings, 'buildings', 4096, 'geom'), '') FROM buildings WHERE geom IS NOT NULL)
    || (SELECT COALESCE(ST_AsMVT(roads, 'roads', 4096, 'geom'), '') FROM roads WHERE geom IS NOT NULL)
    || (SELECT COALESCE(ST_AsMVT(borders, 'borders', 4096, 'geom'), '') FROM borders WHERE geom IS NOT NULL)
    || (SELECT COALESCE(ST_AsMVT(labels, 'labels', 4096, 'geom'), '') FROM labels WHERE geom IS NOT NULL)

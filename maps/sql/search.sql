-- Places and districts of a region by typed words, best first.
-- text      canonical words as typed             head, around  the words split before a district's name, or ""
-- begins    LIKE pattern of text                 wants         "street", a district level, or ""
-- lon, lat  where to look first, or NULL
WITH candidates AS (
    SELECT kind, name, words, point, search
    FROM maps_place
    WHERE region_id = %(region)s AND (search %%> %(text)s OR search LIKE %(begins)s)
    UNION
    SELECT kind, name, words, point, search
    FROM maps_place
    WHERE %(head)s <> '' AND region_id = %(region)s AND search %%> %(head)s
    UNION
    SELECT d.level, d.name, COALESCE(p.name, ''), d.point, d.search
    FROM maps_district d LEFT JOIN maps_district p ON p.id = d.parent_id
    WHERE d.region_id = %(region)s AND (d.search %%> %(text)s OR d.search LIKE %(begins)s)
), measured AS (
    SELECT *,
        GREATEST(
            word_similarity(%(text)s, search) + 0.5 * similarity(%(text)s, search),
            CASE WHEN %(head)s <> '' AND lower(words) LIKE %(around)s
                 THEN word_similarity(%(head)s, search) + 0.5 * similarity(%(head)s, search) + 0.2 END
        ) AS alike,
        ST_Distance(point, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)::geography) AS away_m
    FROM candidates
), scored AS (
    SELECT *,
        alike
        + CASE WHEN %(text)s = ANY (string_to_array(search, ' / ')) THEN 0.4
               WHEN search LIKE %(begins)s OR search LIKE '%% / ' || %(begins)s THEN 0.25 ELSE 0 END
        + CASE WHEN kind = %(wants)s THEN 0.4 WHEN %(wants)s <> '' THEN -0.2 ELSE 0 END
        + CASE WHEN kind IN ('hospital', 'regency', 'kecamatan', 'kelurahan') THEN 0.12
               WHEN kind IN ('fire_station', 'police', 'airport', 'harbour', 'university', 'market') THEN 0.10
               WHEN kind IN ('street', 'clinic', 'school', 'mosque', 'church', 'fuel', 'government') THEN 0.06
               ELSE 0 END
        + COALESCE(0.15 / (1 + away_m / 2000.0), 0) AS score
    FROM measured
)
SELECT kind, name, words, ST_X(point::geometry) AS lon, ST_Y(point::geometry) AS lat, round(score::numeric, 3) AS score
FROM scored
ORDER BY score DESC, away_m NULLS LAST, name, words
LIMIT %(limit)s

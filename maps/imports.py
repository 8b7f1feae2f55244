"""The one writer of regions: from an extract to committed tables and a published road build (design §4).

Everything is worked out before the transaction; arrays are on disk before the row that names them commits.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection, models, transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils import timezone
from shapely import Polygon
from shapely.geometry.base import BaseGeometry as Geometry

from maps import drawing, geojson, places
from maps.arrays import Network, save
from maps.builds import build_folder, publish_folder, remove_unused, store_files, working_folder
from maps.districts import (
    DistrictIndex,
    DistrictRow,
    choose_levels,
    from_osm,
    repair,
    slug,
    unique_codes,
    with_parents,
    within,
)
from maps.extract import Extract
from maps.geojson import BoundaryFile
from maps.models import (
    WEB_MERCATOR,
    WGS84,
    District,
    Place,
    Region,
    RoadBuild,
    TileBorder,
    TileBuilding,
    TileLabel,
    TileLand,
    TileRoad,
    TileWater,
)
from maps.network import Progress, build_network
from maps.places import PlaceRow
from maps.routing import forget_current_router
from maps.warm import compile_kernels
from maps.wording import searchable

OSM_ATTRIBUTION = "© OpenStreetMap contributors"
SKETCH_ATTRIBUTION = "geo112"
IMPORT_LOCK = 11_200_001  # pg_advisory_xact_lock: one import commits at a time
COPY_BATCH = 2_000
STEPS = ("read", "roads", "districts", "places", "save", "tables", "map", "files", "commit", "clean")

_TILE_TABLES: dict[type[models.Model], tuple[str, ...]] = {
    TileRoad: ("kind", "name", "zoom_min", "zoom_max", "rank", "structure", "oneway", "geom"),
    TileWater: ("kind", "name", "zoom_min", "zoom_max", "geom"),
    TileLand: ("kind", "name", "zoom_min", "zoom_max", "geom"),
    TileBuilding: ("kind", "name", "zoom_min", "zoom_max", "geom"),
    TileBorder: ("kind", "name", "zoom_min", "zoom_max", "geom"),
    TileLabel: ("kind", "name", "zoom_min", "zoom_max", "rank", "geom"),
}
_PLACE_COLUMNS = ("kind", "name", "words", "search", "osm_id", "source", "point")


@dataclass(frozen=True)
class Wishes:
    """What the operator asked for beside the source itself.

    levels  OSM admin_level to our level; None: as the borders suggest
    """

    name: str = ""
    code: str = ""
    levels: dict[str, str] | None = None
    boundaries: Sequence[BoundaryFile] = ()
    places: Sequence[Path] = ()
    attribution: str = ""
    is_sketch: bool = False


@dataclass
class Prepared:
    """Everything that an import will write, worked out in memory."""

    extract: Extract
    code: str
    name: str
    levels: dict[str, str]
    bounds: Polygon
    districts: list[DistrictRow]
    places: list[PlaceRow]
    words: list[str]
    network: Network
    notes: Counter[str] = field(default_factory=Counter)


def import_region(*, read: Callable[[Progress], Extract], wishes: Wishes, progress: Progress) -> dict[str, Any]:
    """Import a region and make it the active one. Returns the report.

    Calls progress(step, share) with the steps of STEPS. Raises DispatchError for a source that cannot be used,
    OSError and OperationalError when a disk is full; then nothing has changed.
    """
    prepared = prepare(read=read, wishes=wishes, progress=progress)
    progress("save", 0.0)
    now = timezone.now()
    build_id = f"{prepared.code[:30]}-{now:%Y%m%dT%H%M%S}-{uuid4().hex[:4]}"
    publish_network(prepared.network, build_id)
    try:
        return commit(prepared, wishes=wishes, build_id=build_id, now=now, progress=progress)
    except BaseException:
        shutil.rmtree(build_folder(build_id), ignore_errors=True)
        raise


def publish_network(network: Network, build_id: str) -> None:
    """Write the arrays beside their place and move them there when they are whole."""
    working = working_folder(build_id)
    try:
        save(network, working)
        publish_folder(working, build_id)
    except BaseException:
        shutil.rmtree(working, ignore_errors=True)
        raise


def prepare(*, read: Callable[[Progress], Extract], wishes: Wishes, progress: Progress) -> Prepared:
    """Read the source and work everything out; touches no database and no disk."""
    progress("read", 0.0)
    extract = read(lambda _what, share: progress("read", share))
    progress("roads", 0.0)
    network = build_network(extract.roads, progress=lambda _what, share: progress("roads", share))
    bounds = shapely.box(*_bounds(extract))
    progress("districts", 0.0)
    levels = choose_levels(extract.borders) if wishes.levels is None else wishes.levels
    found = from_osm(extract.borders, levels, extract.notes)
    for spec in wishes.boundaries:
        found = [row for row in found if row.level != spec.level] + geojson.read_boundaries(spec, extract)
    found += place_itself(extract, found)
    districts = unique_codes(with_parents(within(found, bounds, extract.notes)))
    progress("places", 0.0)
    spots, words = described(gather_places(extract, wishes), districts)
    stem = extract.source.split(".")[0]
    name = wishes.name or _largest_regency(districts) or stem.replace("-", " ").replace("_", " ").title()
    return Prepared(
        extract=extract,
        code=slug(wishes.code or wishes.name or stem)[:40] or "region",
        name=name,
        levels=levels,
        bounds=bounds,
        districts=districts,
        places=spots,
        words=words,
        network=network,
        notes=extract.notes,
    )


def place_itself(extract: Extract, found: Sequence[DistrictRow]) -> list[DistrictRow]:
    """The border of a place that was asked for by name, as the regency where no other is known."""
    outline = extract.outline
    area = repair(outline.geom, extract.notes) if outline and all(row.level != "regency" for row in found) else None
    if outline is None or area is None:
        return []
    return [DistrictRow("regency", outline.osm_id, outline.tags["name"], area, f"OpenStreetMap {outline.osm_id}")]


def gather_places(extract: Extract, wishes: Wishes) -> list[PlaceRow]:
    """The city's own places first: where OSM has the same one, the city's stays."""
    rows: list[PlaceRow] = []
    for path in wishes.places:
        rows += places.from_city(geojson.read_places(path, set(Place.Kind.values)), path.name)
    facilities = places.once([*rows, *places.from_osm(extract)])
    return [*facilities, *places.streets(extract)]


def described(rows: Sequence[PlaceRow], districts: Sequence[DistrictRow]) -> tuple[list[PlaceRow], list[str]]:
    """Places with the districts around each; without the name of a district once more as a place in it."""
    words = DistrictIndex(districts).words([row.point for row in rows])
    pairs = zip(rows, words, strict=True)
    kept = [(row, text) for row, text in pairs if row.kind != "neighbourhood" or row.name not in text.split(", ")]
    return [row for row, _text in kept], [text for _row, text in kept]


def _bounds(extract: Extract) -> tuple[float, float, float, float]:
    roads = extract.roads
    return float(roads.lon.min()), float(roads.lat.min()), float(roads.lon.max()), float(roads.lat.max())


def _largest_regency(districts: Sequence[DistrictRow]) -> str:
    regencies = [row for row in districts if row.level == "regency"]
    return max(regencies, key=lambda row: float(row.geom.area)).name if regencies else ""


def commit(prepared: Prepared, *, wishes: Wishes, build_id: str, now: datetime, progress: Progress) -> dict[str, Any]:
    """Write tables and the row that names the build in one transaction; then tidy up. Returns the report."""
    report = summary(prepared, build_id)
    with transaction.atomic():
        progress("tables", 0.0)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORT_LOCK])
        region = store_region(prepared, wishes=wishes, now=now)
        report["districts_kept"] = store_districts(region, prepared.districts)
        store_places(region, prepared)
        progress("map", 0.0)
        report["tiles"] = store_tiles(region, prepared)
        progress("files", 0.0)
        build = RoadBuild.objects.create(
            id=build_id,
            region=region,
            created_at=now,
            node_count=report["nodes"],
            arc_count=report["arcs"],
            report=report,
        )
        report["stored_mib"] = round(store_files(build) / 2**20, 1)
        region.build = build
        region.save(update_fields=["build"])
        transaction.on_commit(lambda: tidy_up(progress))
        progress("commit", 0.0)
    return report


def store_region(prepared: Prepared, *, wishes: Wishes, now: datetime) -> Region:
    """The region's row, made or updated, and active: the only one."""
    is_sketch = wishes.is_sketch or prepared.extract.is_sketch
    roads = prepared.extract.roads
    middle = shapely.Point(float(np.median(roads.lon)), float(np.median(roads.lat)))
    Region.objects.exclude(code=prepared.code).filter(is_active=True).update(is_active=False)
    region, _created = Region.objects.update_or_create(
        code=prepared.code,
        defaults={
            "name": prepared.name,
            "is_active": True,
            "is_sketch": is_sketch,
            "level_map": prepared.levels,
            "center": geos(middle),
            "bounds": geos(prepared.bounds),
            "source": prepared.extract.source,
            "attribution": wishes.attribution or (SKETCH_ATTRIBUTION if is_sketch else OSM_ATTRIBUTION),
            "imported_at": now,
        },
    )
    return region


def geos(geometry: Geometry) -> Any:
    """A Shapely geometry in degrees as Django's of the same kind."""
    return GEOSGeometry(memoryview(shapely.to_wkb(geometry)), srid=WGS84)


def store_districts(region: Region, rows: Sequence[DistrictRow]) -> int:
    """Update districts by level and code, add new ones, remove what is gone.

    A gone district that something still refers to stays. Returns how many stayed for that reason.
    """
    stored: list[District] = []
    for row in rows:
        parent = stored[row.parent] if row.parent >= 0 else None
        stored.append(_store_district(region, row, parent))
    kept = 0
    for gone in District.objects.filter(region=region).exclude(pk__in=[district.pk for district in stored]):
        try:
            with transaction.atomic():
                gone.delete()
        except (ProtectedError, RestrictedError):
            kept += 1
    return kept


def _store_district(region: Region, row: DistrictRow, parent: District | None) -> District:
    district, _created = District.objects.update_or_create(
        region=region,
        level=row.level,
        code=row.code[:40],
        defaults={
            "name": row.name[:120],
            "parent": parent,
            "geom": geos(row.geom),
            "point": geos(drawing.label_point(row.geom)),
            "search": searchable([row.name]),
            "source": row.source,
        },
    )
    return district


def store_places(region: Region, prepared: Prepared) -> None:
    """Replace the region's places."""
    Place.objects.filter(region=region).delete()
    rows = (
        (place.kind, place.name[:200], words, place.search, place.osm_id, place.source, place.point)
        for place, words in zip(prepared.places, prepared.words, strict=True)
    )
    copy_rows(Place, _PLACE_COLUMNS, region, rows, srid=WGS84)


def store_tiles(region: Region, prepared: Prepared) -> dict[str, int]:
    """Replace what the region's map is cut from. Returns rows by table."""
    extract = prepared.extract
    ocean = drawing.sea_around(extract, prepared.bounds)
    drawn: dict[type[models.Model], Iterable[drawing.Row]] = {
        TileRoad: drawing.roads(extract),
        TileWater: drawing.water(extract, ocean),
        TileLand: [drawing.outside(prepared.bounds, ocean), *drawing.land(extract)],
        TileBuilding: drawing.buildings(extract),
        TileBorder: drawing.borders(prepared.districts),
        TileLabel: drawing.labels(extract, prepared.districts, prepared.places),
    }
    counts = {}
    for model, rows in drawn.items():
        model._default_manager.filter(region=region).delete()
        counts[model._meta.db_table] = copy_rows(model, _TILE_TABLES[model], region, rows, srid=WEB_MERCATOR)
    return counts


def copy_rows(
    model: type[models.Model], columns: Sequence[str], region: Region, rows: Iterable[drawing.Row], *, srid: int
) -> int:
    """COPY rows whose last value is a Shapely geometry. Returns how many."""
    count = 0
    statement = f"COPY {model._meta.db_table} (region_id, {', '.join(columns)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for batch in _batches(iter(rows)):
            shapes = shapely.set_srid(np.array([row[-1] for row in batch], dtype=object), srid)
            for row, wkb in zip(batch, shapely.to_wkb(shapes, hex=True, include_srid=True), strict=True):
                copy.write_row((region.pk, *row[:-1], wkb))
            count += len(batch)
    return count


def _batches(rows: Iterator[drawing.Row]) -> Iterator[list[drawing.Row]]:
    while batch := list(islice(rows, COPY_BATCH)):
        yield batch


def tidy_up(progress: Progress) -> None:
    """After the commit: statistics for the planner, old builds out of the way, kernels compiled for those who ask.

    Of each region the current and the previous build stay.
    """
    progress("clean", 0.0)
    forget_current_router()
    with connection.cursor() as cursor:
        for table in (District._meta.db_table, Place._meta.db_table, *(model._meta.db_table for model in _TILE_TABLES)):
            cursor.execute(f"ANALYZE {table}")
    keep: set[str] = set()
    for region in Region.objects.all():
        keep |= set(region.builds.order_by("-created_at").values_list("pk", flat=True)[:2])
    superseded = list(RoadBuild.objects.exclude(pk__in=keep).values_list("pk", flat=True))
    RoadBuild.objects.filter(pk__in=superseded).delete()
    for build_id in superseded:
        shutil.rmtree(build_folder(build_id), ignore_errors=True)
    remove_unused(keep=keep)
    compile_kernels()
    progress("clean", 1.0)


def summary(prepared: Prepared, build_id: str) -> dict[str, Any]:
    """What the import found and what it left out."""
    network, levels = prepared.network, Counter(row.level for row in prepared.districts)
    return {
        "region": prepared.code,
        "name": prepared.name,
        "build": build_id,
        "source": prepared.extract.source,
        "nodes": network.vertex_count,
        "arcs": len(network.adj_arc),
        "districts": len(prepared.districts),
        "districts_by_level": dict(levels),
        "levels": prepared.levels,
        "places": len(prepared.places),
        "places_by_kind": dict(Counter(place.kind for place in prepared.places).most_common()),
        "notes": {text: count for text, count in prepared.notes.items() if count},
        "roads": network.report,
    }

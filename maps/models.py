"""Regions with their districts, places and road builds, and the tables that map tiles are cut from."""

import pgtrigger
from django.contrib.gis.db import models
from django.contrib.gis.db.models.functions import GeoFunc
from django.contrib.gis.geos import Point
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.utils.translation import gettext_lazy as _

WGS84 = 4326
WEB_MERCATOR = 3857
OUTLINE_DEGREES = 1e-4


class RegionQuerySet(models.QuerySet["Region"]):
    def active(self) -> "Region | None":
        """The region that this system serves, with its build; None before the first import."""
        return self.filter(is_active=True).select_related("build").first()


class Region(models.Model):
    """What one import covers. The active one is served; its `build` names the roads in use.

    level_map  OSM admin_level to our level, such as {"5": "regency", "6": "kecamatan", "7": "kelurahan"}
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(_("active"), default=False)
    is_sketch = models.BooleanField(_("sketch, not for navigation"), default=False)
    level_map = models.JSONField(_("districts by OSM admin_level"), default=dict)
    center = models.PointField(_("centre"), srid=WGS84)
    bounds = models.PolygonField(_("bounds"), srid=WGS84)
    source = models.TextField(_("source"))
    attribution = models.TextField(_("attribution"))
    imported_at = models.DateTimeField(_("imported"))
    build = models.ForeignKey(
        "RoadBuild", verbose_name=_("road build"), null=True, on_delete=models.RESTRICT, related_name="+"
    )

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        constraints = [
            models.UniqueConstraint(fields=["is_active"], condition=models.Q(is_active=True), name="one_active_region")
        ]
        triggers = [
            pgtrigger.Trigger(
                name="notify_build",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "NEW.is_active AND NEW.build_id IS NOT NULL"
                    " AND (NEW.build_id IS DISTINCT FROM OLD.build_id OR NOT OLD.is_active)"
                ),
                func="PERFORM pg_notify('geo112', 'build:' || NEW.build_id); RETURN NULL;",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Outline(GeoFunc):
    """An area with fewer points; the tolerance is in the unit of its coordinates."""

    function = "ST_SimplifyPreserveTopology"
    output_field = models.MultiPolygonField(srid=WGS84)


class DistrictQuerySet(models.QuerySet["District"]):
    def with_outline(self) -> "DistrictQuerySet":
        """Adds `outline`, simplified to about ten metres, and leaves the full area in the database."""
        return self.defer("geom").annotate(outline=Outline("geom", models.Value(OUTLINE_DEGREES)))

    def covering(self, lon: float, lat: float) -> "DistrictQuerySet":
        """Districts that contain a point (a point on a border lies in both)."""
        return self.filter(geom__covers=Point(lon, lat, srid=WGS84))


class District(models.Model):
    """An administrative area. Its code is stable: a new import updates the row, so that incidents keep theirs.

    search  the name as `maps.wording.searchable` writes it
    point   a point inside, for labels and search
    """

    class Level(models.TextChoices):
        REGENCY = "regency", _("regency or city")
        KECAMATAN = "kecamatan", _("kecamatan")
        KELURAHAN = "kelurahan", _("kelurahan or village")

    region = models.ForeignKey(Region, verbose_name=_("region"), on_delete=models.CASCADE, related_name="districts")
    level = models.CharField(_("level"), max_length=12, choices=Level)
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey(
        "self", verbose_name=_("inside"), null=True, blank=True, on_delete=models.SET_NULL, related_name="children"
    )
    geom = models.MultiPolygonField(_("area"), srid=WGS84)
    point = models.PointField(_("label point"), geography=True, srid=WGS84, spatial_index=False)
    search = models.TextField(_("search text"), editable=False)
    source = models.TextField(_("source"))

    objects = DistrictQuerySet.as_manager()

    class Meta:
        verbose_name = _("district")
        verbose_name_plural = _("districts")
        constraints = [models.UniqueConstraint(fields=["region", "level", "code"], name="district_code_once_per_level")]
        indexes = [
            GinIndex(fields=["search"], name="district_search_trgm", fastupdate=False, opclasses=["gin_trgm_ops"])
        ]

    def __str__(self) -> str:
        return self.name


class Place(models.Model):
    """Something that people name when they say where they are.

    point   for a street a point on the street
    words   the districts around it, smallest first, as a person would say them
    search  name and other names as `maps.wording.searchable` writes them
    source  where it comes from: "OpenStreetMap", or the file that a city supplied
    """

    class Kind(models.TextChoices):
        STREET = "street", _("street")
        HOSPITAL = "hospital", _("hospital")
        CLINIC = "clinic", _("clinic")
        PHARMACY = "pharmacy", _("pharmacy")
        FIRE_STATION = "fire_station", _("fire station")
        AMBULANCE_STATION = "ambulance_station", _("ambulance station")
        POLICE = "police", _("police")
        SAR_STATION = "sar_station", _("search and rescue post")
        SCHOOL = "school", _("school")
        UNIVERSITY = "university", _("university")
        MOSQUE = "mosque", _("mosque")
        CHURCH = "church", _("church")
        TEMPLE = "temple", _("temple")
        MARKET = "market", _("market")
        SHOP = "shop", _("shop")
        FUEL = "fuel", _("petrol station")
        HARBOUR = "harbour", _("harbour")
        AIRPORT = "airport", _("airport")
        STATION = "station", _("station")
        GOVERNMENT = "government", _("government office")
        HOTEL = "hotel", _("hotel")
        BANK = "bank", _("bank")
        PARK = "park", _("park")
        BEACH = "beach", _("beach")
        BRIDGE = "bridge", _("bridge")
        WATER = "water", _("river or lake")
        LANDMARK = "landmark", _("landmark")
        NEIGHBOURHOOD = "neighbourhood", _("neighbourhood")

    region = models.ForeignKey(Region, verbose_name=_("region"), on_delete=models.CASCADE, related_name="places")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    name = models.CharField(_("name"), max_length=200)
    point = models.PointField(_("point"), geography=True, srid=WGS84)
    words = models.TextField(_("where"), blank=True)
    search = models.TextField(_("search text"), editable=False)
    osm_id = models.CharField(_("OSM object"), max_length=24, blank=True)
    source = models.TextField(_("source"))

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        indexes = [
            GinIndex(fields=["search"], name="place_search_trgm", fastupdate=False, opclasses=["gin_trgm_ops"]),
            models.Index(fields=["region", "kind"], name="place_kind"),
        ]

    def __str__(self) -> str:
        return self.name


class RoadBuild(models.Model):
    """One build of a region's roads: the arrays lie in a folder of this name on each host (design §4)."""

    id = models.CharField(max_length=64, primary_key=True)
    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="builds")
    created_at = models.DateTimeField()
    node_count = models.PositiveIntegerField()
    arc_count = models.PositiveIntegerField()
    report = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("road build")
        verbose_name_plural = _("road builds")

    def __str__(self) -> str:
        return self.id


class RoadBuildFile(models.Model):
    """A piece of one file of a build, so that a web process on another host can fetch it."""

    build = models.ForeignKey(RoadBuild, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=80)
    part = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["build", "name", "part"], name="build_file_part_once")]

    def __str__(self) -> str:
        return f"{self.build_id}/{self.name} {self.part}"


class TileRow(models.Model):
    """A drawn thing in web mercator. `zoom_min`..`zoom_max` are the zooms that this (generalised) row is for."""

    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=24)
    name = models.TextField(blank=True)
    zoom_min = models.SmallIntegerField()
    zoom_max = models.SmallIntegerField()

    class Meta:
        abstract = True
        indexes = [GistIndex(fields=["region", "geom"], name="%(class)s_geom")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class TileRoad(TileRow):
    """Roads and railways. rank: 0 motorway … 7 path; structure: "", "bridge" or "tunnel"."""

    rank = models.SmallIntegerField()
    structure = models.CharField(max_length=8, blank=True)
    oneway = models.BooleanField(default=False)
    geom = models.LineStringField(srid=WEB_MERCATOR, spatial_index=False)


class TileWater(TileRow):
    """Sea, lakes and river beds as polygons, streams and rivers as lines."""

    geom = models.GeometryField(srid=WEB_MERCATOR, spatial_index=False)


class TileLand(TileRow):
    """Land use: green of several kinds, sand, built-up areas, grounds of schools and hospitals, runways."""

    geom = models.GeometryField(srid=WEB_MERCATOR, spatial_index=False)


class TileBuilding(TileRow):
    """Building outlines."""

    geom = models.GeometryField(srid=WEB_MERCATOR, spatial_index=False)


class TileBorder(TileRow):
    """District borders as lines, each shared border once. kind: the highest level that it bounds."""

    geom = models.LineStringField(srid=WEB_MERCATOR, spatial_index=False)


class TileLabel(TileRow):
    """Names of districts, settlements and places at a point. rank: smaller is drawn first."""

    rank = models.SmallIntegerField()
    geom = models.PointField(srid=WEB_MERCATOR, spatial_index=False)

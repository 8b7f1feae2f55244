"""Shapes of the maps API: what comes in by the query, and what goes out."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from maps.models import District, Region
from maps.speeds import PROFILES


class RegionSerializer(GeoFeatureModelSerializer):
    """A region with its bounds, and the build that its roads come from."""

    center = serializers.SerializerMethodField()

    class Meta:
        model = Region
        geo_field = "bounds"
        fields = (
            "code",
            "name",
            "is_active",
            "is_sketch",
            "level_map",
            "center",
            "source",
            "attribution",
            "imported_at",
            "build",
        )

    def get_center(self, region: Region) -> list[float]:
        return [region.center.x, region.center.y]


class DistrictSerializer(GeoFeatureModelSerializer):
    """A district; its outline is simplified to about 10 m."""

    region = serializers.CharField(source="region.code")
    parent = serializers.IntegerField(source="parent_id", allow_null=True)

    class Meta:
        model = District
        geo_field = "geom"
        fields = ("id", "region", "level", "code", "name", "parent", "source")

    def to_representation(self, instance: Any) -> Any:
        instance.geom = instance.outline
        return super().to_representation(instance)


class PointQuery(serializers.Serializer[dict[str, Any]]):
    """A point in degrees."""

    lat = serializers.FloatField(min_value=-90, max_value=90)
    lon = serializers.FloatField(min_value=-180, max_value=180)


class SearchQuery(serializers.Serializer[dict[str, Any]]):
    """Typed words, and where to look first."""

    q = serializers.CharField(max_length=200)
    limit = serializers.IntegerField(min_value=1, max_value=50, default=10)
    lat = serializers.FloatField(min_value=-90, max_value=90, required=False)
    lon = serializers.FloatField(min_value=-180, max_value=180, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for one, other in (("lat", "lon"), ("lon", "lat")):
            if one in attrs and other not in attrs:
                raise serializers.ValidationError({other: _("lat and lon belong together.")})
        return attrs


class LonLatField(serializers.Field[tuple[float, float], str, list[float], Any]):
    """`lon,lat` in degrees."""

    default_error_messages = {"invalid": _("Write longitude,latitude, such as 102.26,-3.79.")}

    def to_internal_value(self, data: str) -> tuple[float, float]:
        try:
            lon, lat = (float(part) for part in str(data).split(","))
        except ValueError:
            self.fail("invalid")
        if not (abs(lon) <= 180 and abs(lat) <= 90):
            self.fail("invalid")
        return lon, lat

    def to_representation(self, value: tuple[float, float]) -> list[float]:
        return list(value)


class RouteQuery(serializers.Serializer[dict[str, Any]]):
    """From where to where, and with what."""

    to = LonLatField()
    profile = serializers.ChoiceField(choices=PROFILES, default="car")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"from": LonLatField(), **super().get_fields()}


class FoundSerializer(serializers.Serializer[Any]):
    """One answer to typed words."""

    kind = serializers.CharField()
    name = serializers.CharField()
    words = serializers.CharField()
    lon = serializers.FloatField()
    lat = serializers.FloatField()
    score = serializers.FloatField()


class SearchAnswer(serializers.Serializer[Any]):
    """Answers, best first."""

    results = FoundSerializer(many=True)


class LandmarkSerializer(serializers.Serializer[Any]):
    """The nearest landmark, and in which direction from it the point lies."""

    name = serializers.CharField()
    kind = serializers.CharField()
    distance_m = serializers.IntegerField()
    compass = serializers.CharField()


class WhereSerializer(serializers.Serializer[Any]):
    """A point in words."""

    street = serializers.CharField()
    landmark = LandmarkSerializer(allow_null=True)
    kelurahan = serializers.CharField()
    kecamatan = serializers.CharField()
    regency = serializers.CharField()
    inside = serializers.BooleanField()
    words = serializers.CharField()


class RouteProperties(serializers.Serializer[Any]):
    """Seconds, metres, and how far both ends lie off the road."""

    travel_s = serializers.FloatField()
    length_m = serializers.FloatField()
    origin_snap_m = serializers.FloatField()
    destination_snap_m = serializers.FloatField()
    profile = serializers.CharField()
    build = serializers.CharField()


class LineSerializer(serializers.Serializer[Any]):
    """A GeoJSON LineString."""

    type = serializers.CharField()
    coordinates = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))


class RouteFeature(serializers.Serializer[Any]):
    """A drive as a GeoJSON Feature."""

    type = serializers.CharField()
    geometry = LineSerializer()
    properties = RouteProperties()

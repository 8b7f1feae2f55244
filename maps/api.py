"""HTTP for regions, districts, search, reverse search and routes."""

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_gis.pagination import GeoJsonPagination

from maps import geocode
from maps.errors import DispatchError
from maps.models import District, Region
from maps.routing import Route, current_router
from maps.serializers import (
    DistrictSerializer,
    PointQuery,
    RegionSerializer,
    RouteFeature,
    RouteQuery,
    SearchAnswer,
    SearchQuery,
    WhereSerializer,
)
from maps.speeds import PROFILES

STAFF = frozenset({"dispatcher", "supervisor", "planner", "agency", "administrator"})
STAFF_AND_CREW = STAFF | {"crew"}


class NoRoute(DispatchError):
    """No road leads from one point to the other for this kind of vehicle."""

    code = "no_route"
    status = HTTPStatus.NOT_FOUND


class WholePage(GeoJsonPagination):
    """A page that holds all districts of a province, so that a map needs one request."""

    page_size = 2000
    page_size_query_param = "page_size"
    max_page_size = 2000


class DistrictFilter(filters.FilterSet):
    """By level and by the region's code; without a region those of the active one."""

    region = filters.CharFilter(field_name="region__code")

    class Meta:
        model = District
        fields = ("level", "region")

    def filter_queryset(self, queryset: QuerySet[District]) -> QuerySet[District]:
        chosen: QuerySet[District] = super().filter_queryset(queryset)
        return chosen if self.form.cleaned_data.get("region") else chosen.filter(region__is_active=True)


class RegionList(ListAPIView[Region]):
    """Regions that were imported; `is_active` marks the one that is served."""

    roles = STAFF
    serializer_class = RegionSerializer
    pagination_class = WholePage
    queryset = Region.objects.order_by("-is_active", "code")


class DistrictList(ListAPIView[District]):
    """Districts as GeoJSON, outlines simplified to about ten metres."""

    roles = STAFF
    serializer_class = DistrictSerializer
    pagination_class = WholePage
    filterset_class = DistrictFilter
    queryset = District.objects.with_outline().select_related("region").order_by("level", "code")


class PlaceSearch(APIView):
    """Places, streets and districts by typed words, fuzzy and offline; best first."""

    roles = STAFF_AND_CREW

    @extend_schema(
        parameters=[SearchQuery],
        responses=SearchAnswer,
        examples=[
            OpenApiExample(
                "Jl. Kapuas III",
                value={
                    "results": [
                        {
                            "kind": "street",
                            "name": "Jalan Kapuas III",
                            "words": "Padang Harapan, Gading Cempaka, Kota Bengkulu",
                            "lon": 102.2791,
                            "lat": -3.8148,
                            "score": 2.41,
                        }
                    ]
                },
                response_only=True,
            )
        ],
    )
    def get(self, request: Request) -> Response:
        query = validated(SearchQuery, request)
        near = (query["lon"], query["lat"]) if "lon" in query else None
        results = geocode.search(query["q"], near=near, limit=query["limit"])
        return Response(SearchAnswer({"results": results}).data)


class Reverse(APIView):
    """A point in words that a crew understands: street, landmark, kelurahan, kecamatan."""

    roles = STAFF_AND_CREW

    @extend_schema(
        parameters=[PointQuery],
        responses=WhereSerializer,
        examples=[
            OpenApiExample(
                "A house near a mosque",
                value={
                    "street": "Jalan Kapuas III",
                    "landmark": {
                        "name": "Masjid Al-Falah",
                        "kind": "mosque",
                        "distance_m": 120,
                        "compass": "utara",
                    },
                    "kelurahan": "Padang Harapan",
                    "kecamatan": "Gading Cempaka",
                    "regency": "Kota Bengkulu",
                    "inside": True,
                    "words": "Jalan Kapuas III, 120 m utara Masjid Al-Falah, Padang Harapan, Gading Cempaka",
                },
                response_only=True,
            )
        ],
    )
    def get(self, request: Request) -> Response:
        point = validated(PointQuery, request)
        return Response(WhereSerializer(geocode.reverse(point["lon"], point["lat"])).data)


class RouteView(APIView):
    """The fastest way by road, as a GeoJSON Feature."""

    roles = STAFF_AND_CREW

    @extend_schema(
        parameters=[
            OpenApiParameter("from", str, required=True, description="lon,lat"),
            OpenApiParameter("to", str, required=True, description="lon,lat"),
            OpenApiParameter("profile", str, enum=PROFILES, default="car"),
        ],
        responses=RouteFeature,
        examples=[
            OpenApiExample(
                "An engine to a fire",
                value={
                    "type": "Feature",
                    "geometry": {"type": "LineString", "coordinates": [[102.265, -3.792], [102.279, -3.815]]},
                    "properties": {
                        "travel_s": 214.6,
                        "length_m": 2904.1,
                        "origin_snap_m": 4.0,
                        "destination_snap_m": 11.2,
                        "profile": "fire_engine",
                        "build": "kota-bengkulu-20261123T210000-1a2b",
                    },
                },
                response_only=True,
            )
        ],
    )
    def get(self, request: Request) -> Response:
        query = validated(RouteQuery, request)
        router = current_router()
        route = router.route(query["from"], query["to"], profile=query["profile"])
        if route is None:
            raise NoRoute(_("No road leads there for this kind of vehicle."))
        return Response(feature_of(route, query["profile"], router.build_id))


def validated(serializer: Any, request: Request) -> dict[str, Any]:
    """The query parameters as values. Raises ValidationError naming the field."""
    query = serializer(data=request.query_params)
    query.is_valid(raise_exception=True)
    return dict(query.validated_data)


def feature_of(route: Route, profile: str, build_id: str) -> dict[str, Any]:
    """A drive as a GeoJSON Feature."""
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": [list(point) for point in route.geometry]},
        "properties": {
            "travel_s": round(route.travel_s, 1),
            "length_m": round(route.length_m, 1),
            "origin_snap_m": round(route.origin_snap_m, 1),
            "destination_snap_m": round(route.destination_snap_m, 1),
            "profile": profile,
            "build": build_id,
        },
    }

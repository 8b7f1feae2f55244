"""The units' API, under /api/v1/. Users of an agency see and change only that agency's units."""

from datetime import timedelta
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from units import actions
from units.models import CAPABILITIES, Agency, Device, Station, Unit, UnitQuerySet
from units.serializers import (
    AgencySerializer,
    DeviceSerializer,
    DutySerializer,
    FaultsSerializer,
    MoveSerializer,
    NewDeviceSerializer,
    PlaceByHandSerializer,
    StationSerializer,
    TrackQuerySerializer,
    UnitSerializer,
)
from units.tracks import track

READERS = frozenset({"dispatcher", "supervisor", "planner", "agency", "administrator"})
DISPATCHERS = frozenset({"dispatcher", "supervisor"})
KEEPERS = frozenset({"supervisor", "administrator"})
LAST_QUARANTINED = 50
DEFAULT_TRACK = timedelta(hours=1)

GEO = OpenApiParameter("format_geo", bool, description="1: a GeoJSON FeatureCollection of all, without pages")


def agency_of(request: Request) -> int | None:
    """The only agency that this user may see; None for all."""
    user: Any = request.user
    return user.agency_id if getattr(user, "role", None) == "agency" else None


def units_for(request: Request) -> UnitQuerySet:
    """The units that this user may see."""
    return Unit.objects.of_agency(agency_of(request))


def feature_collection(rows: list[dict[str, Any]], place: str = "") -> dict[str, Any]:
    """Serialised rows as GeoJSON; `place` names the inner object that has lon and lat, "" the row itself."""
    features = []
    for row in rows:
        point = row[place] if place else row
        coordinates = None if point is None else [point["lon"], point["lat"]]
        geometry = coordinates and {"type": "Point", "coordinates": coordinates}
        features.append({"type": "Feature", "id": row["id"], "geometry": geometry, "properties": row})
    return {"type": "FeatureCollection", "features": features}


class GeoListView(ListAPIView):  # type: ignore[type-arg]  # each view has its own rows
    """A list in pages, or all of it as GeoJSON with ?format_geo=1."""

    roles = READERS
    geo_place = ""

    @extend_schema(parameters=[GEO])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        if request.query_params.get("format_geo") not in {"1", "true"}:
            return self.list(request, *args, **kwargs)
        rows = self.get_serializer(self.filter_queryset(self.get_queryset()), many=True).data
        return Response(feature_collection(rows, self.geo_place))


class AgencyListView(ListAPIView[Agency]):
    """The agencies."""

    roles = READERS
    queryset = Agency.objects.all()
    serializer_class = AgencySerializer
    filterset_fields = ("kind",)


class StationListView(GeoListView):
    """The stations."""

    serializer_class = StationSerializer

    class Filter(filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
        agency = filters.CharFilter(field_name="agency__code")

        class Meta:
            model = Station
            fields: ClassVar[list[str]] = []

    filterset_class = Filter

    def get_queryset(self) -> QuerySet[Station]:
        stations = Station.objects.select_related("agency").order_by("code")
        agency_id = agency_of(self.request)
        return stations if agency_id is None else stations.filter(agency_id=agency_id)


class UnitListView(GeoListView):
    """The units with their last fixes."""

    serializer_class = UnitSerializer
    geo_place = "fix"

    class Filter(filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
        agency = filters.CharFilter(field_name="station__agency__code")
        capability = filters.ChoiceFilter(
            field_name="capabilities", choices=list(CAPABILITIES.items()), method="filter_capability"
        )

        class Meta:
            model = Unit
            fields: ClassVar[list[str]] = ["kind", "duty", "station"]

        def filter_capability(self, units: UnitQuerySet, _name: str, value: str) -> UnitQuerySet:
            return units.able_to(value)

    filterset_class = Filter

    def get_queryset(self) -> UnitQuerySet:
        return units_for(self.request).with_fix()


class UnitView(APIView):
    """One unit."""

    roles = READERS

    @extend_schema(responses=UnitSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(UnitSerializer(get_object_or_404(units_for(request).with_fix(), pk=pk)).data)


class DutyView(APIView):
    """A unit's duty: its changes, and changing it."""

    roles = {"GET": READERS, "POST": DISPATCHERS | {"agency"}}

    @extend_schema(responses=MoveSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        moves = get_object_or_404(units_for(request), pk=pk).moves.all()[:100]
        return Response(MoveSerializer(moves, many=True).data)

    @extend_schema(
        request=DutySerializer,
        responses=UnitSerializer,
        examples=[
            OpenApiExample(
                "Heard by radio",
                value={"duty": "out_of_service", "told_at": "2026-11-23T21:04:00+07:00", "source": "radio"},
                request_only=True,
            )
        ],
    )
    def post(self, request: Request, pk: int) -> Response:
        unit = get_object_or_404(units_for(request), pk=pk)
        data = _valid(DutySerializer(data=request.data))
        unit = actions.set_duty(
            unit_id=unit.pk, new=data["duty"], old=data.get("old"), at=data.get("told_at"), source=data["source"]
        )
        return Response(UnitSerializer(unit).data)


class PlaceView(APIView):
    """Place a unit by hand; shown as such until the next fix."""

    roles = {"POST": DISPATCHERS}

    @extend_schema(request=PlaceByHandSerializer, responses=UnitSerializer)
    def post(self, request: Request, pk: int) -> Response:
        data = _valid(PlaceByHandSerializer(data=request.data))
        actions.place_by_hand(unit_id=pk, lon=data["lon"], lat=data["lat"])
        return Response(UnitSerializer(Unit.objects.with_fix().get(pk=pk)).data)


class DeviceListView(APIView):
    """The devices of a unit, and a new one; its token is in the answer and nowhere else."""

    roles = KEEPERS

    @extend_schema(responses=DeviceSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        unit = get_object_or_404(Unit, pk=pk)
        return Response(DeviceSerializer(unit.devices.all(), many=True).data)

    @extend_schema(request=DeviceSerializer, responses={201: NewDeviceSerializer})
    def post(self, request: Request, pk: int) -> Response:
        data = _valid(DeviceSerializer(data=request.data))
        device, token = actions.issue_device(unit_id=pk, name=data["name"], expires_at=data.get("expires_at"))
        return Response({**DeviceSerializer(device).data, "token": token}, status=201)


class DeviceView(APIView):
    """Revoke a device's token."""

    roles = {"DELETE": KEEPERS}

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int, device_pk: int) -> Response:
        actions.revoke_device(device=get_object_or_404(Device, pk=device_pk, unit_id=pk))
        return Response(status=204)


class FaultsView(APIView):
    """What is wrong with the fixes of a unit's devices."""

    roles = READERS

    @extend_schema(responses=FaultsSerializer)
    def get(self, request: Request, pk: int) -> Response:
        unit = get_object_or_404(units_for(request), pk=pk)
        found = {
            "faults": unit.faults.select_related("device"),
            "quarantined": unit.quarantined_fixes.select_related("device")[:LAST_QUARANTINED],
        }
        return Response(FaultsSerializer(found).data)


class TrackView(APIView):
    """Where a unit was, as a GeoJSON line with times."""

    roles = READERS

    @extend_schema(
        parameters=[OpenApiParameter("from", OpenApiTypes.DATETIME), OpenApiParameter("to", OpenApiTypes.DATETIME)],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request, pk: int) -> Response:
        unit = get_object_or_404(units_for(request), pk=pk)
        asked = _valid(TrackQuerySerializer(data=request.query_params))
        end = asked.get("to") or timezone.now()
        return Response(track(unit=unit, begin=asked.get("from") or end - DEFAULT_TRACK, end=end))


def _valid(serializer: Any) -> dict[str, Any]:
    """The checked input. Raises DRF's ValidationError."""
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)

"""Shapes of the units' API."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from units.models import Agency, Device, MoveSource, QuarantinedFix, Station, Unit, UnitDuty, UnitFault, UnitMove
from units.rules import freshness, in_quarters

Data = dict[str, Any]


class AgencySerializer(serializers.ModelSerializer[Agency]):
    """An organisation that answers calls."""

    class Meta:
        model = Agency
        fields = ("id", "code", "name", "kind", "phone", "is_proposed")


class StationSerializer(serializers.ModelSerializer[Station]):
    """Where units wait; degrees."""

    agency = serializers.CharField(source="agency.code")
    lon = serializers.FloatField(source="point.x")
    lat = serializers.FloatField(source="point.y")

    class Meta:
        model = Station
        fields = ("id", "code", "agency", "name", "lon", "lat", "place_words", "is_proposed")


class FixSerializer(serializers.Serializer[Data]):
    """A unit's last known position. `freshness` goes by the time of the fix."""

    lon = serializers.FloatField(source="point.x")
    lat = serializers.FloatField(source="point.y")
    recorded_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    speed_mps = serializers.FloatField(allow_null=True)
    heading_deg = serializers.FloatField(allow_null=True)
    accuracy_m = serializers.FloatField(allow_null=True)
    battery = serializers.FloatField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]  # DRF has an attribute of this name
    freshness = serializers.SerializerMethodField()

    def get_freshness(self, fix: Any) -> str:
        return freshness(_age_s(fix.recorded_at))


class UnitSerializer(serializers.ModelSerializer[Unit]):
    """A unit with its station, its duty and its last fix (`Unit.objects.with_fix()`).

    What it does for an incident is in the incidents' states (`/api/v1/snapshot/`).
    """

    agency = serializers.CharField(source="station.agency.code")
    agency_kind = serializers.CharField(source="station.agency.kind")
    station_name = serializers.CharField(source="station.name")
    in_quarters = serializers.SerializerMethodField()
    fix = serializers.SerializerMethodField()

    class Meta:
        model = Unit
        fields = (
            "id",
            "callsign",
            "kind",
            "agency",
            "agency_kind",
            "station",
            "station_name",
            "capabilities",
            "profile",
            "crew_count",
            "duty",
            "duty_changed_at",
            "in_quarters",
            "fix",
            "is_proposed",
            "version",
        )

    @extend_schema_field(FixSerializer(allow_null=True))
    def get_fix(self, unit: Unit) -> Data | None:
        fix = getattr(unit, "last_fix", None)
        return None if fix is None else dict(FixSerializer(fix).data)

    def get_in_quarters(self, unit: Unit) -> bool:
        fix = getattr(unit, "last_fix", None)
        distance = getattr(unit, "station_distance_m", None)
        fresh = fix is not None and freshness(_age_s(fix.recorded_at)) in {"live", "ageing"}
        return in_quarters(duty=unit.duty, fresh=fresh, station_distance_m=None if distance is None else distance.m)


def _age_s(moment: datetime) -> float:
    return (timezone.now() - moment).total_seconds()


class DutySerializer(serializers.Serializer[Data]):
    """A change of duty. `told_at` is when it was heard, `old` the duty that the sender saw."""

    duty = serializers.ChoiceField(choices=UnitDuty.choices)
    old = serializers.ChoiceField(choices=UnitDuty.choices, required=False)
    told_at = serializers.DateTimeField(required=False)
    source = serializers.ChoiceField(  # type: ignore[assignment]  # DRF has an attribute of this name
        choices=MoveSource.choices, default=MoveSource.DISPATCHER
    )


class MoveSerializer(serializers.ModelSerializer[UnitMove]):
    """One change of duty."""

    class Meta:
        model = UnitMove
        fields = ("id", "old", "new", "at", "told_at", "source", "actor")


class PlaceByHandSerializer(serializers.Serializer[Data]):
    """Where a dispatcher heard that the unit is, in degrees."""

    lat = serializers.FloatField(min_value=-90, max_value=90)
    lon = serializers.FloatField(min_value=-180, max_value=180)


class DeviceSerializer(serializers.ModelSerializer[Device]):
    """A phone or tracker; its token is shown once, by the request that makes it."""

    name = serializers.CharField(max_length=80)

    class Meta:
        model = Device
        fields = ("id", "name", "created_at", "expires_at", "revoked_at")
        read_only_fields = ("revoked_at",)

    def validate_expires_at(self, moment: datetime | None) -> datetime | None:
        if moment is not None and moment <= timezone.now():
            raise serializers.ValidationError(_("This moment has passed."))
        return moment


class NewDeviceSerializer(DeviceSerializer):
    """A device just made, with the token that nobody can read again."""

    token = serializers.CharField()

    class Meta(DeviceSerializer.Meta):
        fields = (*DeviceSerializer.Meta.fields, "token")  # type: ignore[assignment]  # one longer


class FaultSerializer(serializers.ModelSerializer[UnitFault]):
    """How often a device sent one kind of impossible fix. `detail`: {"skew_s": 420.0} for a clock ahead."""

    device = serializers.CharField(source="device.name")

    class Meta:
        model = UnitFault
        fields = ("device", "reason", "count", "since", "last_at", "detail")


class QuarantinedSerializer(serializers.ModelSerializer[QuarantinedFix]):
    """One fix that was set aside, as it was sent."""

    device = serializers.CharField(source="device.name")

    class Meta:
        model = QuarantinedFix
        fields = ("device", "received_at", "reason", "detail", "raw")


class FaultsSerializer(serializers.Serializer[Data]):
    """The faults of a unit's devices, and the newest fixes behind them."""

    faults = FaultSerializer(many=True)
    quarantined = QuarantinedSerializer(many=True)


class TrackQuerySerializer(serializers.Serializer[Data]):
    """The stretch of time asked for: `from` and `to`, at most a day; the last hour when not given."""

    to = serializers.DateTimeField(required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"from": serializers.DateTimeField(required=False), **super().get_fields()}

"""Agencies, stations, units, the devices they carry, and where they are.

Every position row is keyed by (device, time of the fix), so a fix that is sent twice is stored once. `LastFix`
is the marker: one row per unit, the newest by the time of the fix and never by arrival.
"""

from typing import Any

from django.contrib.gis.db import models
from django.contrib.gis.db.models.functions import Distance
from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maps.models import WGS84
from maps.speeds import PROFILES

CAPABILITIES: dict[str, Any] = {
    "fire_pump": _("fire pump"),
    "fire_ladder": _("turntable ladder"),
    "water_tender": _("water tender"),
    "rescue": _("rescue"),
    "water_rescue": _("water rescue"),
    "ambulance": _("ambulance"),
    "ambulance_als": _("ambulance with advanced life support"),
    "disaster": _("disaster response"),
    "evacuation": _("evacuation transport"),
    "police": _("police"),
    "snake": _("animal rescue"),
}


class NextVersion(models.Func):
    """The next number of the sequence that orders states for clients."""

    template = "nextval('geo112_version')"
    output_field = models.BigIntegerField()

    def deconstruct(self) -> tuple[str, tuple[()], dict[str, Any]]:
        return ("units.models.NextVersion", (), {})


class AgencyKind(models.TextChoices):
    FIRE = "fire", _("fire")
    SAR = "sar", _("search and rescue")
    MEDICAL = "medical", _("medical")
    DISASTER = "disaster", _("disaster")
    POLICE = "police", _("police")


class UnitKind(models.TextChoices):
    FIRE_ENGINE = "fire_engine", _("fire engine")
    WATER_TENDER = "water_tender", _("water tender")
    AMBULANCE = "ambulance", _("ambulance")
    MOTORCYCLE_MEDIC = "motorcycle_medic", _("medic on a motorcycle")
    RESCUE = "rescue", _("rescue car")
    DISASTER_TRUCK = "disaster_truck", _("disaster truck")
    POLICE_CAR = "police_car", _("police car")


class UnitDuty(models.TextChoices):
    AVAILABLE = "available", _("available")
    RETURNING = "returning", _("returning")
    OUT_OF_SERVICE = "out_of_service", _("out of service")


class MoveSource(models.TextChoices):
    CREW = "crew", _("crew")
    RADIO = "radio", _("radio")
    GEOFENCE = "geofence", _("geofence")
    DISPATCHER = "dispatcher", _("dispatcher")


class FixSource(models.TextChoices):
    GPS = "gps", _("GPS")
    MANUAL = "manual", _("placed by hand")


class Agency(models.Model):
    """An organisation that answers calls."""

    Kind = AgencyKind

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    is_proposed = models.BooleanField(_("proposed by the demo"), default=False)

    class Meta:
        ordering = ["code"]
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        constraints = [models.CheckConstraint(condition=Q(kind__in=AgencyKind.values), name="agency_kind_known")]

    def __str__(self) -> str:
        return self.code


class Station(models.Model):
    """Where units wait."""

    code = models.CharField(_("code"), max_length=30, unique=True)
    agency = models.ForeignKey(Agency, verbose_name=_("agency"), on_delete=models.PROTECT, related_name="stations")
    name = models.CharField(_("name"), max_length=120)
    point = models.PointField(_("position"), geography=True, srid=WGS84)
    place_words = models.CharField(_("place in words"), max_length=200, blank=True)
    is_proposed = models.BooleanField(_("proposed by the demo"), default=False)

    class Meta:
        ordering = ["agency", "name"]
        verbose_name = _("unit station")
        verbose_name_plural = _("unit stations")

    def __str__(self) -> str:
        return self.name


class UnitQuerySet(models.QuerySet["Unit"]):
    def on_duty(self) -> "UnitQuerySet":
        """Units in service, whether or not they have a job."""
        return self.exclude(duty=Unit.Duty.OUT_OF_SERVICE)

    def available(self) -> "UnitQuerySet":
        """Units whose duty lets them take a job (whether one is open, the incidents know)."""
        return self.filter(duty__in=[Unit.Duty.AVAILABLE, Unit.Duty.RETURNING])

    def able_to(self, capability: str) -> "UnitQuerySet":
        return self.filter(capabilities__contains=[capability])

    def of_agency(self, agency_id: int | None) -> "UnitQuerySet":
        """Units of one agency; of all for None."""
        return self if agency_id is None else self.filter(station__agency_id=agency_id)

    def with_fix(self) -> "UnitQuerySet":
        """With station, agency and last fix in the same query, and `station_distance_m` (None without a fix)."""
        return self.select_related("station__agency", "last_fix").annotate(
            station_distance_m=Distance("last_fix__point", F("station__point"))
        )


class Unit(models.Model):
    """A vehicle with its crew. While an assignment is open, the assignment says what the unit does."""

    Kind = UnitKind
    Duty = UnitDuty

    callsign = models.CharField(_("callsign"), max_length=20, unique=True)
    station = models.ForeignKey(Station, verbose_name=_("unit station"), on_delete=models.PROTECT, related_name="units")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    capabilities = ArrayField(
        models.CharField(max_length=20, choices=list(CAPABILITIES.items())),
        verbose_name=_("capabilities"),
        blank=True,
    )
    profile = models.CharField(_("travel profile"), max_length=20, choices=[(p, p) for p in PROFILES])
    crew_count = models.PositiveSmallIntegerField(_("crew"), default=2)
    duty = models.CharField(_("duty"), max_length=16, choices=Duty, default=Duty.AVAILABLE)
    duty_changed_at = models.DateTimeField(_("duty since"), default=timezone.now)
    is_proposed = models.BooleanField(_("proposed by the demo"), default=False)
    version = models.BigIntegerField(db_default=NextVersion(), editable=False)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["callsign"]
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=UnitKind.values), name="unit_kind_known"),
            models.CheckConstraint(condition=Q(duty__in=UnitDuty.values), name="unit_duty_known"),
            models.CheckConstraint(condition=Q(profile__in=PROFILES), name="unit_profile_known"),
            models.CheckConstraint(
                condition=Q(capabilities__contained_by=list(CAPABILITIES)), name="unit_capabilities_known"
            ),
        ]

    def __str__(self) -> str:
        return self.callsign


class UnitMove(models.Model):
    """One change of duty: when it happened, when it was told, and by whom."""

    Source = MoveSource

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="moves")
    old = models.CharField(max_length=16, choices=Unit.Duty)
    new = models.CharField(max_length=16, choices=Unit.Duty)
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=12, choices=Source)
    actor = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["unit", "-at"], name="unit_move_by_time")]
        constraints = [
            models.CheckConstraint(condition=~Q(old=F("new")), name="unit_move_changes_duty"),
            models.CheckConstraint(condition=Q(source__in=MoveSource.values), name="unit_move_source_known"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.old} → {self.new}"


class DeviceQuerySet(models.QuerySet["Device"]):
    def usable(self) -> "DeviceQuerySet":
        """Devices whose token still opens the door."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=Now()), revoked_at=None)


class Device(models.Model):
    """A phone or tracker that speaks for one unit. Its token is a secret: only the SHA-256 is kept."""

    unit = models.ForeignKey(Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="devices")
    name = models.CharField(_("name"), max_length=80)
    token_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        ordering = ["unit", "name"]
        verbose_name = _("device")
        verbose_name_plural = _("devices")

    def __str__(self) -> str:
        return f"{self.unit}: {self.name}"


class Fix(models.Model):
    """What a fix holds, in SI units. `battery` is a share from 0 to 1; `mock` says the phone's place was faked."""

    recorded_at = models.DateTimeField()
    received_at = models.DateTimeField()
    point = models.PointField(geography=True, srid=WGS84, spatial_index=False)
    speed_mps = models.FloatField(null=True)
    heading_deg = models.FloatField(null=True)
    accuracy_m = models.FloatField(null=True)
    altitude_m = models.FloatField(null=True)
    battery = models.FloatField(null=True)
    mock = models.BooleanField(default=False)

    class Meta:
        abstract = True


class Position(Fix):
    """The history of fixes: partitioned by day of the fix, partitions made and dropped by a database function.

    No foreign keys in the database: rows come by the thousand a second and outlive what they point at.
    """

    pk = models.CompositePrimaryKey("device_id", "recorded_at")
    device = models.ForeignKey(Device, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.DO_NOTHING, db_constraint=False, related_name="positions")

    class Meta:
        managed = False
        db_table = "units_position"

    def __str__(self) -> str:
        return f"{self.device_id} {self.recorded_at}"


class LastFix(Fix):
    """A unit's marker: the newest fix by its own time, or where a dispatcher placed the unit by hand."""

    Source = FixSource

    unit = models.OneToOneField(Unit, primary_key=True, on_delete=models.CASCADE, related_name="last_fix")
    device = models.ForeignKey(
        Device, null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    source = models.CharField(max_length=8, choices=Source, default=Source.GPS)
    version = models.BigIntegerField(db_default=NextVersion())

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(source__in=FixSource.values), name="last_fix_source_known")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.recorded_at}"


class QuarantinedFix(models.Model):
    """A fix that cannot be true, kept aside with the reason."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="quarantined_fixes")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="quarantined_fixes")
    received_at = models.DateTimeField()
    reason = models.CharField(max_length=24)
    detail = models.JSONField(default=dict)
    raw = models.JSONField(default=dict)

    class Meta:
        ordering = ["-received_at"]
        indexes = [models.Index(fields=["unit", "-received_at"], name="quarantined_by_unit")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.reason}"


class UnitFault(models.Model):
    """How often a unit's devices sent one kind of impossible fix, in a spell without an hour's pause.

    detail  facts about the latest one: {"skew_s": 420.0} for a clock that is ahead
    """

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="faults")
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="faults")
    reason = models.CharField(max_length=24)
    count = models.PositiveIntegerField(default=1)
    since = models.DateTimeField()
    last_at = models.DateTimeField()
    detail = models.JSONField(default=dict)
    version = models.BigIntegerField(db_default=NextVersion())

    class Meta:
        ordering = ["-last_at"]
        constraints = [models.UniqueConstraint(fields=["device", "reason"], name="one_fault_per_device_and_reason")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.reason} × {self.count}"

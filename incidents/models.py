"""Calls, incidents, who was sent, and the log.

Rows of moves and of the log are only ever added (APPEND_ONLY_TABLES). Versions are given by database
triggers (`sql/triggers.sql`): whatever belongs to an incident or a unit raises the version of both.
"""

from typing import Any

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from incidents.rules import ASSIGNMENT_ENDED, INCIDENT_ENDED
from maps.models import WGS84, District
from units.models import Agency, AgencyKind, Device, MoveSource, NextVersion, Unit

APPEND_ONLY_TABLES = ("incidents_logentry", "incidents_assignmentmove", "incidents_incidentmove")


class Disposition(models.TextChoices):
    """What a call turned out to be."""

    INCIDENT = "incident", _("incident")
    PRANK = "prank", _("prank")
    GHOST = "ghost", _("ghost call")
    INFORMATION = "information", _("information")
    TEST = "test", _("test call")
    DROPPED = "dropped", _("dropped")
    WRONG_NUMBER = "wrong_number", _("wrong number")


NOISE = tuple(value for value in Disposition.values if value != Disposition.INCIDENT)


def person(label: Any, **options: Any) -> Any:
    """A foreign key to the user who did something; None when it was not a user."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=label,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        **options,
    )


def version_field() -> Any:
    """Grows with every change of the object; written by the database alone."""
    return models.BigIntegerField(db_default=NextVersion(), editable=False)


class IncidentType(models.Model):
    """A kind of emergency: whose it is, how urgent, and by its slots what it needs.

    words  keywords in callers' words that point to this type; an ending * stands for any ending
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_id = models.CharField(_("name (Indonesian)"), max_length=80)
    name_en = models.CharField(_("name (English)"), max_length=80)
    agency_kind = models.CharField(_("kind of agency"), max_length=16, choices=AgencyKind)
    default_priority = models.PositiveSmallIntegerField(_("priority"), choices=[(1, "P1"), (2, "P2"), (3, "P3")])
    words = ArrayField(models.CharField(max_length=60), verbose_name=_("keywords"), default=list, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("incident type")
        verbose_name_plural = _("incident types")
        ordering = ("order", "code")
        constraints = [models.CheckConstraint(condition=Q(default_priority__range=(1, 3)), name="type_priority_1_to_3")]

    def __str__(self) -> str:
        return self.name_en if (get_language() or "id").startswith("en") else self.name_id


class ResponseSlot(models.Model):
    """Part of a type's response plan: `count` units that can do `capability`."""

    type = models.ForeignKey(
        IncidentType, verbose_name=_("incident type"), on_delete=models.CASCADE, related_name="slots"
    )
    capability = models.CharField(_("capability"), max_length=24)
    count = models.PositiveSmallIntegerField(_("units"), default=1)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("needed capability")
        verbose_name_plural = _("needed capabilities")
        ordering = ("order", "pk")
        constraints = [
            models.UniqueConstraint("type", "capability", name="capability_once_per_type"),
            models.CheckConstraint(condition=Q(count__range=(1, 20)), name="slot_count_1_to_20"),
        ]

    def __str__(self) -> str:
        return f"{self.capability} × {self.count}"


class Call(models.Model):
    """One call as it was received. It is not an incident: 99 of 100 are noise.

    line    which line or channel it came in on
    number  the caller's number as the exchange gives it, empty when withheld
    words   as spoken, never overwritten by what was found
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        OPEN = "open", _("open")
        ENDED = "ended", _("ended")

    line = models.CharField(_("line"), max_length=24, default="112")
    number = models.CharField(_("number"), max_length=32, blank=True)
    words = models.TextField(_("words"), blank=True)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.WAITING)
    taker = person(_("taken by"))
    received_at = models.DateTimeField(_("received"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    disposition = models.CharField(_("disposition"), max_length=16, choices=Disposition, null=True, blank=True)
    incident = models.ForeignKey(
        "Incident",
        verbose_name=_("incident"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="calls",
    )
    version = version_field()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        constraints = [
            models.CheckConstraint(
                condition=Q(status="ended", ended_at__isnull=False, disposition__isnull=False)
                | ~Q(status="ended") & Q(ended_at__isnull=True, disposition__isnull=True),
                name="call_ends_with_disposition",
            ),
            models.CheckConstraint(
                condition=Q(disposition="incident", incident__isnull=False)
                | (~Q(disposition="incident") | Q(disposition__isnull=True)) & Q(incident__isnull=True),
                name="call_incident_only_if_disposed_so",
            ),
            models.CheckConstraint(
                condition=Q(status="waiting", taker__isnull=True, answered_at__isnull=True) | ~Q(status="waiting"),
                name="waiting_call_has_no_taker",
            ),
        ]
        indexes = [
            models.Index(fields=["received_at"], condition=~Q(status="ended"), name="call_not_ended"),
            models.Index(fields=["number", "-received_at"], name="call_number"),
            models.Index(fields=["-received_at"], name="call_received"),
        ]

    def __str__(self) -> str:
        return f"{self.number or '–'} {self.received_at:%H:%M:%S}"


class IncidentCounter(models.Model):
    """The last number given in a year."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class IncidentQuerySet(models.QuerySet["Incident"]):
    """Incidents that …"""

    def not_ended(self) -> "IncidentQuerySet":
        """… somebody still has to do something about."""
        return self.filter(closed_at=None)

    def for_agency(self, agency: Agency) -> "IncidentQuerySet":
        """… concern an agency: by their type, by a unit of it, or because it was told."""
        units = Assignment.objects.filter(unit__station__agency=agency).values("incident")
        notices = AgencyNotice.objects.filter(agency=agency).values("incident")
        return self.filter(Q(type__agency_kind=agency.kind) | Q(pk__in=units) | Q(pk__in=notices))


class Incident(models.Model):
    """One emergency.

    words        as spoken, never overwritten
    place_words  what was found at the point: street, landmark, districts
    landmark     nearest landmark: {"name", "distance_m", "compass"}
    outside      the point lies in no district that is known
    """

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        DISPATCHED = "dispatched", _("dispatched")
        ON_SCENE = "on_scene", _("on scene")
        CLOSED = "closed", _("closed")
        CANCELLED = "cancelled", _("cancelled")

    class LocationSource(models.TextChoices):
        MAP = "map", _("map")
        SEARCH = "search", _("search")
        WORDS = "words", _("words")
        CALL = "call", _("call")

    number = models.CharField(_("number"), max_length=16, unique=True)
    type = models.ForeignKey(IncidentType, verbose_name=_("type"), on_delete=models.PROTECT, related_name="incidents")
    priority = models.PositiveSmallIntegerField(_("priority"), choices=[(1, "P1"), (2, "P2"), (3, "P3")])
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.OPEN)
    point = models.PointField(_("point"), geography=True, srid=WGS84)
    location_source = models.CharField(_("position from"), max_length=8, choices=LocationSource)
    words = models.TextField(_("words"), blank=True)
    place_words = models.TextField(_("place"), blank=True)
    place_kind = models.CharField(_("kind of place found"), max_length=24, blank=True)
    place_score = models.FloatField(_("certainty of place found"), null=True, blank=True)
    street = models.CharField(_("street"), max_length=200, blank=True)
    landmark = models.JSONField(_("landmark"), null=True, blank=True)
    kelurahan = models.ForeignKey(
        District, verbose_name=_("kelurahan"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    kecamatan = models.ForeignKey(
        District, verbose_name=_("kecamatan"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    regency = models.ForeignKey(
        District, verbose_name=_("regency"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    outside = models.BooleanField(_("outside every known district"), default=False)
    opened_at = models.DateTimeField(_("opened"))
    opened_by = person(_("opened by"))
    first_dispatched_at = models.DateTimeField(_("first dispatched"), null=True, blank=True)
    on_scene_at = models.DateTimeField(_("first on scene"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    result = models.TextField(_("result"), blank=True)
    version = version_field()

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ("-opened_at", "-pk")
        constraints = [
            models.CheckConstraint(condition=Q(priority__range=(1, 3)), name="incident_priority_1_to_3"),
            models.CheckConstraint(
                condition=Q(status__in=sorted(INCIDENT_ENDED), closed_at__isnull=False)
                | ~Q(status__in=sorted(INCIDENT_ENDED)) & Q(closed_at__isnull=True),
                name="incident_closed_at_when_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["opened_at"], condition=Q(closed_at__isnull=True), name="incident_not_ended"),
            models.Index(fields=["-opened_at"], name="incident_opened"),
        ]

    def __str__(self) -> str:
        return self.number


class Assignment(models.Model):
    """One unit sent to one incident: the truth about what the unit is doing.

    eta_s, length_m, …  what was promised when it was sent; None when no road time was known
    position_…          where the unit was taken to be then: source and age of the position
    """

    class Status(models.TextChoices):
        ASSIGNED = "assigned", _("assigned")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        EN_ROUTE = "en_route", _("en route")
        ON_SCENE = "on_scene", _("on scene")
        TRANSPORTING = "transporting", _("transporting")
        AT_HOSPITAL = "at_hospital", _("at hospital")
        CLEARED = "cleared", _("cleared")
        CANCELLED = "cancelled", _("cancelled")

    incident = models.ForeignKey(
        Incident, verbose_name=_("incident"), on_delete=models.PROTECT, related_name="assignments"
    )
    unit = models.ForeignKey(Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="assignments")
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.ASSIGNED)
    assigned_at = models.DateTimeField(_("assigned"))
    assigned_by = person(_("assigned by"))
    status_at = models.DateTimeField(_("status since"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    eta_s = models.FloatField(null=True, blank=True)
    turnout_s = models.FloatField(null=True, blank=True)
    travel_s = models.FloatField(null=True, blank=True)
    length_m = models.FloatField(null=True, blank=True)
    snap_m = models.FloatField(null=True, blank=True)
    position_source = models.CharField(max_length=8, blank=True)
    position_age_s = models.FloatField(null=True, blank=True)
    build = models.CharField(_("road build"), max_length=64, blank=True)
    version = version_field()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = [
            models.UniqueConstraint("unit", condition=Q(ended_at__isnull=True), name="one_open_assignment_per_unit"),
            models.CheckConstraint(
                condition=Q(status__in=sorted(ASSIGNMENT_ENDED), ended_at__isnull=False)
                | ~Q(status__in=sorted(ASSIGNMENT_ENDED)) & Q(ended_at__isnull=True),
                name="assignment_ended_at_when_ended",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("assigned_at")),
                name="assignment_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} → {self.incident}"


class Move(models.Model):
    """A change of status.

    at          when it happened, as far as the teller's clock can be believed
    claimed_at  what the teller's clock said, where that was not believed
    told_at     when the centre was told
    recorded_at when this row was written
    """

    old = models.CharField(max_length=12)
    new = models.CharField(max_length=12)
    at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    source = models.CharField(max_length=12, choices=MoveSource)
    by = person(_("by"))

    class Meta:
        abstract = True
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"


class AssignmentMove(Move):
    """A change of an assignment's status; `device` when the crew's phone told it."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="moves")
    device = models.ForeignKey(Device, null=True, blank=True, on_delete=models.PROTECT, related_name="+")


class IncidentMove(Move):
    """A change of an incident's status."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="moves")
    reason = models.TextField(blank=True)


class Note(models.Model):
    """Something that somebody wrote down about an incident. Notes are added, never edited."""

    incident = models.ForeignKey(Incident, verbose_name=_("incident"), on_delete=models.PROTECT, related_name="notes")
    text = models.TextField(_("text"))
    at = models.DateTimeField(_("at"))
    by = person(_("by"))
    device = models.ForeignKey(Device, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.text[:60]


class AgencyNotice(models.Model):
    """An agency that was told of an incident, with or without units of its own."""

    incident = models.ForeignKey(Incident, verbose_name=_("incident"), on_delete=models.PROTECT, related_name="notices")
    agency = models.ForeignKey(Agency, verbose_name=_("agency"), on_delete=models.PROTECT, related_name="notices")
    notified_at = models.DateTimeField(_("notified"))
    notified_by = person(_("notified by"))
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    acknowledged_by = person(_("acknowledged by"))

    class Meta:
        verbose_name = _("notice to an agency")
        verbose_name_plural = _("notices to agencies")
        ordering = ("pk",)
        constraints = [models.UniqueConstraint("incident", "agency", name="agency_told_once_per_incident")]

    def __str__(self) -> str:
        return f"{self.agency} ← {self.incident}"


class LogEntry(models.Model):
    """One change of one row, written by triggers in the transaction that made it. Only ever added.

    before, after  the row's columns; for an update only those that changed
    incident_id    no foreign key, so that the log depends on nothing
    """

    class Operation(models.TextChoices):
        INSERT = "INSERT", _("added")
        UPDATE = "UPDATE", _("changed")
        DELETE = "DELETE", _("deleted")

    at = models.DateTimeField(_("at"))
    actor = models.TextField(_("actor"), blank=True)
    source_ip = models.GenericIPAddressField(_("from address"), null=True, blank=True)
    table_name = models.TextField(_("table"))
    row_id = models.BigIntegerField(_("row"), null=True)
    incident_id = models.BigIntegerField(_("incident"), null=True)
    operation = models.CharField(_("operation"), max_length=6, choices=Operation)
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)
    txid = models.BigIntegerField(_("transaction"))

    class Meta:
        verbose_name = _("log entry")
        verbose_name_plural = _("log entries")
        ordering = ("pk",)
        indexes = [
            models.Index(fields=["incident_id", "id"], condition=Q(incident_id__isnull=False), name="log_incident"),
            models.Index(fields=["table_name", "row_id", "id"], name="log_row"),
            models.Index(fields=["at"], name="log_at"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor} {self.operation} {self.table_name} {self.row_id}"

"""The shapes that the incidents' API gives out, the same in the live stream."""

from typing import Any

from rest_framework import serializers

from incidents.models import Assignment, Call, Incident, IncidentType, LogEntry, Note, ResponseSlot

AnyDict = dict[str, Any]


class SlotSerializer(serializers.ModelSerializer[ResponseSlot]):
    """One line of a response plan."""

    class Meta:
        model = ResponseSlot
        fields = ("capability", "count", "order")


class IncidentTypeSerializer(serializers.ModelSerializer[IncidentType]):
    """An incident type with its response plan and the keywords that point to it."""

    name = serializers.SerializerMethodField()
    slots = SlotSerializer(many=True, read_only=True)

    class Meta:
        model = IncidentType
        fields = ("id", "code", "name", "agency_kind", "default_priority", "words", "slots", "order")

    def get_name(self, row: IncidentType) -> dict[str, str]:
        return {"id": row.name_id, "en": row.name_en}


class SuggestionSerializer(serializers.Serializer[AnyDict]):
    """A type that words point to; score: letters of the keywords found."""

    code = serializers.CharField()
    score = serializers.IntegerField()
    found = serializers.ListField(child=serializers.CharField())


class NoteSerializer(serializers.ModelSerializer[Note]):
    """A note; `by` is a person's name or a unit's callsign."""

    by = serializers.SerializerMethodField()

    class Meta:
        model = Note
        fields = ("id", "text", "at", "by")

    def get_by(self, note: Note) -> str | None:
        if note.by:
            return str(note.by)
        return str(note.device.unit) if note.device else None


class LogEntrySerializer(serializers.ModelSerializer[LogEntry]):
    """One change of one row."""

    class Meta:
        model = LogEntry
        fields = ("id", "at", "actor", "source_ip", "table_name", "row_id", "operation", "before", "after", "txid")


class FixStateSerializer(serializers.Serializer[AnyDict]):
    """A unit's last fix."""

    lon = serializers.FloatField()
    lat = serializers.FloatField()
    recorded_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    speed_mps = serializers.FloatField(allow_null=True)
    heading_deg = serializers.FloatField(allow_null=True)
    accuracy_m = serializers.FloatField(allow_null=True)
    source = serializers.ChoiceField(choices=["gps", "manual"])  # type: ignore[assignment]  # beside Field.source


class UnitStateSerializer(serializers.Serializer[AnyDict]):
    """A unit's whole current state, as in the live stream."""

    id = serializers.IntegerField()
    callsign = serializers.CharField()
    kind = serializers.CharField()
    agency_id = serializers.IntegerField()
    agency = serializers.CharField()
    agency_kind = serializers.CharField()
    station_id = serializers.IntegerField()
    station = serializers.CharField()
    capabilities = serializers.ListField(child=serializers.CharField())
    profile = serializers.CharField()
    duty = serializers.CharField()
    status = serializers.CharField()
    in_quarters = serializers.BooleanField()
    status_at = serializers.DateTimeField()
    assignment_id = serializers.IntegerField(allow_null=True)
    incident_id = serializers.IntegerField(allow_null=True)
    fix = FixStateSerializer(allow_null=True)
    faults = serializers.DictField()
    version = serializers.IntegerField()


class AssignmentStateSerializer(serializers.Serializer[AnyDict]):
    """One assignment of an incident, as in the live stream."""

    id = serializers.IntegerField()
    unit_id = serializers.IntegerField()
    callsign = serializers.CharField()
    status = serializers.ChoiceField(choices=Assignment.Status.choices)
    assigned_at = serializers.DateTimeField()
    status_at = serializers.DateTimeField()
    eta_s = serializers.FloatField(allow_null=True)
    length_m = serializers.FloatField(allow_null=True)
    position_source = serializers.CharField(allow_blank=True)
    position_age_s = serializers.FloatField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class NoticeStateSerializer(serializers.Serializer[AnyDict]):
    """One notice to an agency, as in the live stream."""

    id = serializers.IntegerField()
    agency_id = serializers.IntegerField()
    agency = serializers.CharField()
    notified_at = serializers.DateTimeField()
    acknowledged_at = serializers.DateTimeField(allow_null=True)


class IncidentStateSerializer(serializers.Serializer[AnyDict]):
    """An incident's whole current state, as in the live stream."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    type = serializers.CharField()
    type_name = serializers.DictField(child=serializers.CharField())
    agency_kind = serializers.CharField()
    agency_ids = serializers.ListField(child=serializers.IntegerField())
    priority = serializers.IntegerField()
    status = serializers.ChoiceField(choices=Incident.Status.choices)
    lon = serializers.FloatField()
    lat = serializers.FloatField()
    location_source = serializers.ChoiceField(choices=Incident.LocationSource.choices)
    words = serializers.CharField()
    place_words = serializers.CharField()
    street = serializers.CharField()
    landmark = serializers.DictField(allow_null=True)
    kelurahan = serializers.CharField(allow_null=True)
    kecamatan = serializers.CharField(allow_null=True)
    regency = serializers.CharField(allow_null=True)
    outside = serializers.BooleanField()
    opened_at = serializers.DateTimeField()
    first_dispatched_at = serializers.DateTimeField(allow_null=True)
    on_scene_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    result = serializers.CharField()
    assignments = AssignmentStateSerializer(many=True)
    notices = NoticeStateSerializer(many=True)
    notes_count = serializers.IntegerField()
    call_ids = serializers.ListField(child=serializers.IntegerField())
    version = serializers.IntegerField()


class CallStateSerializer(serializers.Serializer[AnyDict]):
    """A call's whole current state, as in the live stream."""

    id = serializers.IntegerField()
    line = serializers.CharField()
    number = serializers.CharField()
    words = serializers.CharField()
    status = serializers.ChoiceField(choices=Call.Status.choices)
    taker = serializers.CharField(allow_null=True)
    taker_id = serializers.IntegerField(allow_null=True)
    received_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    disposition = serializers.CharField(allow_null=True)
    incident_id = serializers.IntegerField(allow_null=True)
    version = serializers.IntegerField()


class PositionSerializer(serializers.Serializer[AnyDict]):
    """Where a candidate was taken to be. age_s, freshness: of its last fix, None without one."""

    source = serializers.ChoiceField(choices=["gps", "manual", "station"])  # type: ignore[assignment]  # beside Field.source
    age_s = serializers.FloatField(allow_null=True)
    freshness = serializers.ChoiceField(choices=["live", "ageing", "stale", "silent"], allow_null=True)
    lon = serializers.FloatField()
    lat = serializers.FloatField()


class CandidateSerializer(serializers.Serializer[AnyDict]):
    """A unit that could go, by ETA (turnout and travel by road)."""

    unit_id = serializers.IntegerField()
    callsign = serializers.CharField()
    kind = serializers.CharField()
    agency_kind = serializers.CharField()
    rank = serializers.IntegerField()
    proposed = serializers.BooleanField()
    eta_s = serializers.IntegerField()
    turnout_s = serializers.IntegerField()
    travel_s = serializers.IntegerField()
    length_m = serializers.IntegerField()
    snap_m = serializers.IntegerField()
    position = PositionSerializer()
    notes = serializers.ListField(child=serializers.CharField())
    route = serializers.DictField(allow_null=True, help_text="GeoJSON LineString of a proposed candidate's way")


class SlotAnswerSerializer(serializers.Serializer[AnyDict]):
    """One line of the plan with its candidates; shortfall: units that the plan asks for and nobody has."""

    capability = serializers.CharField()
    capability_name = serializers.DictField(child=serializers.CharField())
    count = serializers.IntegerField()
    shortfall = serializers.IntegerField()
    candidates = CandidateSerializer(many=True)


class PassedOverSerializer(serializers.Serializer[AnyDict]):
    """A unit nearer than the last one proposed, and why it is not offered."""

    unit_id = serializers.IntegerField()
    callsign = serializers.CharField()
    reason = serializers.ChoiceField(
        choices=["assigned", "out_of_service", "silent", "unreachable", "off_road", "farther_by_road", "no_capability"]
    )
    air_m = serializers.IntegerField()
    detail = serializers.DictField()


class RecommendationSerializer(serializers.Serializer[AnyDict]):
    """Ranked units for each needed capability."""

    incident_id = serializers.IntegerField()
    build = serializers.CharField()
    computed_at = serializers.DateTimeField()
    slots = SlotAnswerSerializer(many=True)
    passed_over = PassedOverSerializer(many=True)


class OpenedSerializer(serializers.Serializer[AnyDict]):
    """A new incident with its ranked units; without roads `recommendation` is null and `problem` says why."""

    incident = IncidentStateSerializer()
    recommendation = RecommendationSerializer(allow_null=True)
    problem = serializers.DictField(allow_null=True)


class JobTextSerializer(serializers.Serializer[AnyDict]):
    """The job in words to copy, in both languages, with links to maps."""

    text = serializers.DictField(child=serializers.CharField())
    geo_uri = serializers.CharField()
    map_url = serializers.CharField()


class CrewJobSerializer(serializers.Serializer[AnyDict]):
    """What a crew's page shows: its unit, and its job while it has one. next: statuses it may tell now."""

    unit = UnitStateSerializer()
    assignment = AssignmentStateSerializer(allow_null=True)
    incident = IncidentStateSerializer(allow_null=True)
    job = JobTextSerializer(allow_null=True)
    next = serializers.ListField(child=serializers.CharField())
    at = serializers.DateTimeField()

"""What the incidents' API takes in; `shapes` is what it gives out."""

from typing import Any

from rest_framework import serializers

from incidents.models import NOISE, Assignment, Call, Incident, IncidentType
from units.models import MoveSource, UnitDuty

AnyDict = dict[str, Any]


MAX_ID = 2**63 - 1  # of PostgreSQL's bigint


class NewCallSerializer(serializers.Serializer[AnyDict]):
    """A call answered now; `waiting` when it still rings."""

    number = serializers.CharField(max_length=32, allow_blank=True, default="")
    words = serializers.CharField(trim_whitespace=False, allow_blank=True, default="", max_length=4000)
    line = serializers.CharField(max_length=24, default="112")
    waiting = serializers.BooleanField(default=False)


class CallWordsSerializer(serializers.Serializer[AnyDict]):
    """What the caller says."""

    words = serializers.CharField(trim_whitespace=False, allow_blank=True, max_length=4000)


class DispositionSerializer(serializers.Serializer[AnyDict]):
    """What a call turned out to be, other than an incident."""

    disposition = serializers.ChoiceField(choices=NOISE)


class PlaceSerializer(serializers.Serializer[AnyDict]):
    """A point, or words that name a place (`place`)."""

    lon = serializers.FloatField(min_value=-180, max_value=180, required=False)
    lat = serializers.FloatField(min_value=-90, max_value=90, required=False)
    place = serializers.CharField(required=False, max_length=400)
    place_kind = serializers.CharField(required=False, allow_blank=True, max_length=24)
    place_score = serializers.FloatField(required=False, allow_null=True)
    location_source = serializers.ChoiceField(choices=Incident.LocationSource.choices, required=False)

    needs_place = False

    def validate(self, attrs: AnyDict) -> AnyDict:
        if ("lon" in attrs) != ("lat" in attrs):
            raise serializers.ValidationError({"lon" if "lat" in attrs else "lat": [self.missing]})
        if self.needs_place and "lon" not in attrs and not attrs.get("place"):
            raise serializers.ValidationError({"lon": [self.missing]})
        return attrs

    @property
    def missing(self) -> str:
        """DRF's own words for a field that is required."""
        return str(serializers.Field.default_error_messages["required"])


class NewIncidentSerializer(PlaceSerializer):
    """An incident to open, at a point or at a place named in words."""

    type = serializers.SlugRelatedField(slug_field="code", queryset=IncidentType.objects.filter(is_active=True))
    priority = serializers.IntegerField(min_value=1, max_value=3, required=False, allow_null=True)
    words = serializers.CharField(trim_whitespace=False, allow_blank=True, default="", max_length=4000)
    call_id = serializers.PrimaryKeyRelatedField(queryset=Call.objects.all(), required=False, allow_null=True)

    needs_place = True


class IncidentFromCallSerializer(NewIncidentSerializer):
    """What the call tells of: a new incident, or one that is known (`incident_id`, then nothing else)."""

    call_id = None  # type: ignore[assignment]  # DRF's way to leave a parent's field out
    type = serializers.SlugRelatedField(
        slug_field="code", queryset=IncidentType.objects.filter(is_active=True), required=False
    )
    incident_id = serializers.PrimaryKeyRelatedField(queryset=Incident.objects.all(), required=False)

    needs_place = False

    def validate(self, attrs: AnyDict) -> AnyDict:
        if "incident_id" in attrs:
            return attrs
        if "type" not in attrs:
            raise serializers.ValidationError({"type": [self.missing]})
        self.needs_place = True
        return super().validate(attrs)


class ChangeIncidentSerializer(PlaceSerializer):
    """Corrections of an incident. `version`: the version they were made from."""

    type = serializers.SlugRelatedField(slug_field="code", queryset=IncidentType.objects.all(), required=False)
    priority = serializers.IntegerField(min_value=1, max_value=3, required=False)
    words = serializers.CharField(trim_whitespace=False, allow_blank=True, required=False, max_length=4000)
    version = serializers.IntegerField(max_value=MAX_ID, required=False)


class RouteQuery(serializers.Serializer[AnyDict]):
    """Whose way is asked for."""

    unit = serializers.IntegerField(min_value=1, max_value=MAX_ID)


class AssignSerializer(serializers.Serializer[AnyDict]):
    """Units to send, all or none."""

    unit_ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=MAX_ID), min_length=1, max_length=50
    )


class AssignmentMoveSerializer(serializers.Serializer[AnyDict]):
    """A new status. at: when it happened; told_at: when the centre heard it; old: what the teller saw."""

    new = serializers.ChoiceField(choices=Assignment.Status.choices)
    old = serializers.ChoiceField(choices=Assignment.Status.choices, required=False)
    at = serializers.DateTimeField(required=False)
    told_at = serializers.DateTimeField(required=False)
    source = serializers.ChoiceField(choices=[MoveSource.RADIO, MoveSource.DISPATCHER], default="radio")  # type: ignore[assignment]  # beside Field.source


class CrewMoveSerializer(serializers.Serializer[AnyDict]):
    """A crew's new status and when its phone took it down (it may have been offline since)."""

    new = serializers.ChoiceField(choices=Assignment.Status.choices)
    old = serializers.ChoiceField(choices=Assignment.Status.choices, required=False)
    at = serializers.DateTimeField(required=False)


class CrewDutySerializer(serializers.Serializer[AnyDict]):
    """A crew's duty and when its phone took it down."""

    duty = serializers.ChoiceField(choices=UnitDuty.choices)
    at = serializers.DateTimeField(required=False)


class EndSerializer(serializers.Serializer[AnyDict]):
    """How it ended."""

    result = serializers.CharField(allow_blank=True, default="", max_length=4000)


class NewNoteSerializer(serializers.Serializer[AnyDict]):
    """A note to write down."""

    text = serializers.CharField(max_length=4000)


class NewNoticeSerializer(serializers.Serializer[AnyDict]):
    """The agency to tell."""

    agency_id = serializers.IntegerField(min_value=1, max_value=MAX_ID)

"""GET /api/v1/planning/reach/: cover as numbers and shapes."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from geo112.planning import words
from geo112.planning.standards import MAX_LIMIT_S, MAX_LIMITS, STANDARDS
from geo112.planning.study import Answer, Question, ask
from maps.models import District
from maps.speeds import PROFILES
from units.models import AgencyKind

USUAL_LIMITS_S = (300, 600, 900)
ROLES = frozenset({"planner", "supervisor", "administrator", "dispatcher"})


class LimitsField(serializers.CharField):
    """Seconds, ascending, separated by commas."""

    default_error_messages = {
        "limits": _("Name one to {number} different limits in seconds, such as 300,600,900."),
    }

    def to_internal_value(self, data: Any) -> tuple[int, ...]:  # type: ignore[override]  # text in, numbers out
        parts = str(super().to_internal_value(data)).split(",")
        if not all(part.strip().isdigit() for part in parts):
            self.fail("limits", number=MAX_LIMITS)
        limits = tuple(sorted({int(part) for part in parts}))
        if not 1 <= len(limits) <= MAX_LIMITS or limits[0] < 1 or limits[-1] > MAX_LIMIT_S:
            self.fail("limits", number=MAX_LIMITS)
        return limits


class ReachQuery(serializers.Serializer[dict[str, Any]]):
    """The question. A `standard` brings its own limits and preparation."""

    origins = serializers.ChoiceField(choices=["stations", "units"], default="stations")
    agency = serializers.CharField(max_length=20, default="", allow_blank=True)
    kind = serializers.ChoiceField(choices=AgencyKind.values, default="", allow_blank=True)
    profile = serializers.ChoiceField(choices=PROFILES, default="fire_engine")
    standard = serializers.ChoiceField(choices=[*STANDARDS, "free"], default="free")
    limits = LimitsField(required=False)
    prep_s = serializers.IntegerField(min_value=0, max_value=1800, default=0)
    level = serializers.ChoiceField(choices=["regency", "kecamatan", "kelurahan"], default=District.Level.KECAMATAN)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs.setdefault("limits", USUAL_LIMITS_S)
        if standard := STANDARDS.get(attrs["standard"]):
            attrs |= {"limits": standard.limits_s, "prep_s": standard.prep_s}
        if attrs["prep_s"] >= attrs["limits"][0]:
            raise serializers.ValidationError({"prep_s": [_("Preparation must leave time to drive.")]})
        return attrs


class ReachAnswer(serializers.Serializer[dict[str, Any]]):
    """Cover by area and by district. Shares are from 0 to 1, by limit in seconds; null: nothing to reach."""

    question = serializers.DictField()
    origins = serializers.ListField(child=serializers.DictField())
    left_out = serializers.ListField(child=serializers.DictField(), help_text="origins too far from any road")
    bands = serializers.ListField(child=serializers.DictField(), help_text="GeoJSON features, from_s to to_s each")
    gaps = serializers.DictField(help_text="GeoJSON feature: roads that nobody reaches within the last limit")
    districts = serializers.ListField(child=serializers.DictField())
    total = serializers.DictField()
    method = serializers.CharField()
    caveats = serializers.ListField(child=serializers.CharField())
    data = serializers.DictField()  # type: ignore[assignment]  # the name is promised; the base has a property
    computed_at = serializers.DateTimeField()
    took_ms = serializers.IntegerField()


def question_of(parameters: Any) -> Question:
    """The question that query parameters ask. Raises ValidationError."""
    query = ReachQuery(data=parameters)
    query.is_valid(raise_exception=True)
    given = query.validated_data
    return Question(
        origins=given["origins"],
        agency=given["agency"],
        kind=given["kind"],
        profile=given["profile"],
        limits_s=given["limits"],
        prep_s=given["prep_s"],
        level=given["level"],
    )


def answer_to(question: Question) -> Answer:
    """The answer with what is said about it."""
    answer = ask(question)
    return {**answer, "method": words.method(question), "caveats": words.caveats(question, answer)}


class ReachView(APIView):
    """Who is reached how soon from all stations, or from the units that are free now."""

    roles = {"GET": ROLES}

    @extend_schema(parameters=[ReachQuery], responses=ReachAnswer)
    def get(self, request: Request) -> Response:
        return Response(answer_to(question_of(request.query_params)))

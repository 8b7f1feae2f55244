"""API of incidents: open, correct, send units, follow up, end."""

from dataclasses import asdict
from typing import Any, cast

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from incidents import actions, dispatch, examples, serializers, shapes
from incidents.filters import IncidentFilter
from incidents.jobtext import job_text
from incidents.models import (
    AgencyNotice,
    Assignment,
    Incident,
    IncidentType,
    LogEntry,
    Note,
)
from incidents.places import found_from
from incidents.rules import suggest_types
from incidents.states import incident_states, notice_state
from maps.routing import NoRoads
from units.models import CAPABILITIES, Agency, Device, Unit

DESK = frozenset({"dispatcher", "supervisor", "administrator"})
STAFF = DESK | {"planner"}
ALL_STAFF = STAFF | {"agency"}
ERROR = {"description": "Why not, in the one error shape"}


def user_id(request: Request) -> int | None:
    """The signed-in user's id; None for a crew's device."""
    return request.user.pk


def agency_of(request: Request) -> Agency | None:
    """The agency that limits what this request may see; None for everybody but an agency's officer."""
    return getattr(request.user, "agency", None) if getattr(request.user, "role", None) == "agency" else None


def device_of(request: Request) -> Device:
    """The crew's device behind a request that the role "crew" let in."""
    return cast(Device, request.auth)


def visible_incidents(request: Request) -> QuerySet[Incident]:
    """The incidents that this request may see: an agency's officer those that concern it."""
    agency = agency_of(request)
    return Incident.objects.all() if agency is None else Incident.objects.for_agency(agency)


class IncidentView(APIView):
    """Base of what happens to one incident: finds it, or 404 for one that the user may not see."""

    def incident(self, request: Request, pk: int) -> Incident:
        return get_object_or_404(visible_incidents(request).select_related("type"), pk=pk)

    def state(self, pk: int) -> Response:
        (state,) = incident_states([pk])
        return Response(state)


class IncidentTypesView(GenericAPIView[IncidentType]):
    """Incident types in use, with their response plans."""

    roles = ALL_STAFF
    queryset = IncidentType.objects.filter(is_active=True).prefetch_related("slots")
    serializer_class = shapes.IncidentTypeSerializer

    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class TypeSuggestionsView(APIView):
    """Types that a caller's words point to, best first."""

    roles = STAFF

    @extend_schema(
        parameters=[OpenApiParameter("words", str, required=True)],
        responses=shapes.SuggestionSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        keywords = dict(IncidentType.objects.filter(is_active=True).values_list("code", "words"))
        found = suggest_types(request.query_params.get("words", ""), keywords)
        return Response([asdict(suggestion) for suggestion in found])


class IncidentsView(GenericAPIView[Any]):
    """Incidents, newest first; POST opens one and answers with its ranked units."""

    roles = {"GET": ALL_STAFF, "POST": DESK}
    queryset = Incident.objects.none()
    serializer_class = shapes.IncidentStateSerializer
    filterset_class = IncidentFilter

    @extend_schema(responses=shapes.IncidentStateSerializer(many=True), examples=[examples.INCIDENT_EXAMPLE])
    def get(self, request: Request) -> Response:
        return self.get_paginated_response(incident_states(self.page_ids(request)))

    def page_ids(self, request: Request) -> list[int]:
        """Ids on the page asked for."""
        queryset = self.filter_queryset(visible_incidents(request)).order_by("-opened_at", "-pk")
        return list(self.paginate_queryset(queryset.values_list("pk", flat=True)) or [])

    @extend_schema(
        request=serializers.NewIncidentSerializer,
        responses={201: shapes.OpenedSerializer, 409: ERROR, 422: ERROR},
        examples=[examples.NEW_INCIDENT_EXAMPLE, examples.OPENED_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        given = serializers.NewIncidentSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        call = given.validated_data.get("call_id")
        return open_from(given.validated_data, call_id=call.pk if call else None, by_id=user_id(request))


def open_from(data: dict[str, Any], *, call_id: int | None, by_id: int | None) -> Response:
    """Open an incident from validated input and answer with it and its ranked units."""
    found = found_from(data)
    source = data.get("location_source") or ("map" if "lon" in data else "words")
    incident = actions.open_incident(
        type=data["type"],
        found=found,
        location_source=source,
        words=data["words"],
        priority=data.get("priority"),
        call_id=call_id,
        by_id=by_id,
    )
    (state,) = incident_states([incident.pk])
    return Response({"incident": state, **ranked(incident)}, status=status.HTTP_201_CREATED)


def ranked(incident: Incident) -> dict[str, Any]:
    """The recommendation, or None and the problem: an incident is kept even where there are no roads."""
    try:
        return {"recommendation": dispatch.recommend(incident, with_routes=True), "problem": None}
    except NoRoads as error:
        return {"recommendation": None, "problem": {"code": error.code, "message": str(error.message)}}


class IncidentsGeoJSONView(IncidentsView):
    """Incidents as a GeoJSON FeatureCollection, with the same filters and pages."""

    roles = {"GET": ALL_STAFF}
    http_method_names = ["get", "head", "options"]

    @extend_schema(responses={200: {"type": "object", "description": "A GeoJSON FeatureCollection"}})
    def get(self, request: Request) -> Response:
        page = self.get_paginated_response(incident_states(self.page_ids(request))).data
        return Response(
            {
                "type": "FeatureCollection",
                "numberMatched": page["count"],
                "features": [as_feature(state) for state in page["results"]],
            },
            content_type="application/geo+json",
        )


def as_feature(state: dict[str, Any]) -> dict[str, Any]:
    """An incident's state as a GeoJSON feature."""
    properties = {key: value for key, value in state.items() if key not in {"lon", "lat"}}
    geometry = {"type": "Point", "coordinates": [state["lon"], state["lat"]]}
    return {"type": "Feature", "id": state["id"], "geometry": geometry, "properties": properties}


class OneIncidentView(IncidentView):
    """One incident; PATCH corrects it."""

    roles = {"GET": ALL_STAFF, "PATCH": DESK}

    @extend_schema(responses=shapes.IncidentStateSerializer, examples=[examples.INCIDENT_EXAMPLE])
    def get(self, request: Request, pk: int) -> Response:
        return self.state(self.incident(request, pk).pk)

    @extend_schema(
        request=serializers.ChangeIncidentSerializer,
        responses={200: shapes.IncidentStateSerializer, 409: ERROR},
    )
    def patch(self, request: Request, pk: int) -> Response:
        given = serializers.ChangeIncidentSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        moved = found_from(data) if "lon" in data or "place" in data else None
        keys = ("type", "priority", "words", "location_source")
        actions.update_incident(
            incident_id=self.incident(request, pk).pk,
            changes={key: data[key] for key in keys if key in data},
            found=moved,
            version=data.get("version"),
        )
        return self.state(pk)


class RecommendationView(IncidentView):
    """Who can be there first, now."""

    roles = STAFF

    @extend_schema(
        parameters=[OpenApiParameter("capability", str, many=True, description="wanted beside the plan, one each")],
        responses={200: shapes.RecommendationSerializer, 503: ERROR},
        examples=[examples.RECOMMENDATION_EXAMPLE],
    )
    def get(self, request: Request, pk: int) -> Response:
        more = [wish for wish in request.query_params.getlist("capability") if wish in CAPABILITIES]
        return Response(dispatch.recommend(self.incident(request, pk), more=more, with_routes=True))


class RouteView(IncidentView):
    """A unit's way to the incident as a GeoJSON feature; a crew may ask for its own."""

    roles = ALL_STAFF | {"crew"}

    @extend_schema(
        parameters=[OpenApiParameter("unit", int, description="left out by a crew's device")],
        responses={200: {"type": "object", "description": "A GeoJSON Feature, a LineString"}, 404: ERROR},
    )
    def get(self, request: Request, pk: int) -> Response:
        incident = self.incident(request, pk)
        route = dispatch.route_to(incident, self.unit_id(request, incident))
        if route is None:
            raise Http404
        return Response(route)

    def unit_id(self, request: Request, incident: Incident) -> int:
        """The unit that is asked for, or 404 for one whose place this request may not know."""
        if getattr(request.user, "is_crew_device", False):
            own = device_of(request).unit_id
            get_object_or_404(Assignment, incident=incident, unit=own, ended_at=None)
            return own
        query = serializers.RouteQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        unit_id: int = query.validated_data["unit"]
        agency = agency_of(request)
        if agency is not None:
            of_agency = Q(station__agency=agency)
            sent = Q(assignments__incident=incident, assignments__ended_at=None)
            get_object_or_404(Unit.objects.filter(of_agency | sent).distinct(), pk=unit_id)
        return unit_id


class AssignView(IncidentView):
    """Send units, all or none."""

    roles = {"POST": DESK}

    @extend_schema(
        request=serializers.AssignSerializer,
        responses={200: shapes.IncidentStateSerializer, 409: ERROR},
        examples=[examples.ASSIGN_EXAMPLE, examples.INCIDENT_EXAMPLE, examples.TAKEN_EXAMPLE],
    )
    def post(self, request: Request, pk: int) -> Response:
        given = serializers.AssignSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        incident = self.incident(request, pk)
        actions.assign(incident_id=incident.pk, unit_ids=given.validated_data["unit_ids"], by_id=user_id(request))
        return self.state(pk)


class EndView(IncidentView):
    """Close or cancel an incident; refused while units are on it."""

    roles = {"POST": DESK}
    new = Incident.Status.CLOSED

    @extend_schema(
        request=serializers.EndSerializer,
        responses={200: shapes.IncidentStateSerializer, 409: ERROR},
    )
    def post(self, request: Request, pk: int) -> Response:
        given = serializers.EndSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        result = given.validated_data["result"]
        incident = self.incident(request, pk)
        actions.end_incident(incident_id=incident.pk, new=self.new, result=result, by_id=user_id(request))
        return self.state(pk)


class NotesView(IncidentView):
    """Notes of an incident, oldest first."""

    roles = {"GET": ALL_STAFF, "POST": DESK | {"agency"}}

    @extend_schema(responses=shapes.NoteSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        notes = Note.objects.filter(incident=self.incident(request, pk)).select_related("by", "device__unit")
        return Response(shapes.NoteSerializer(notes, many=True).data)

    @extend_schema(request=serializers.NewNoteSerializer, responses={201: shapes.NoteSerializer})
    def post(self, request: Request, pk: int) -> Response:
        given = serializers.NewNoteSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        incident = self.incident(request, pk)
        note = actions.add_note(incident_id=incident.pk, text=given.validated_data["text"], by_id=user_id(request))
        return Response(shapes.NoteSerializer(note).data, status=status.HTTP_201_CREATED)


class NoticesView(IncidentView):
    """Tell an agency of an incident, with or without units of its own."""

    roles = {"POST": DESK}

    @extend_schema(
        request=serializers.NewNoticeSerializer,
        responses={201: shapes.NoticeStateSerializer, 409: ERROR},
    )
    def post(self, request: Request, pk: int) -> Response:
        given = serializers.NewNoticeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        agency = get_object_or_404(Agency, pk=given.validated_data["agency_id"])
        incident = self.incident(request, pk)
        notice = actions.notify_agency(incident=incident, agency=agency, by_id=user_id(request))
        return Response(notice_state(notice), status=status.HTTP_201_CREATED)


class AcknowledgeNoticeView(APIView):
    """An agency's officer has seen the notice; or a dispatcher heard so."""

    roles = {"POST": DESK | {"agency"}}

    @extend_schema(request=None, responses=shapes.NoticeStateSerializer)
    def post(self, request: Request, pk: int) -> Response:
        agency = agency_of(request)
        mine = {} if agency is None else {"agency": agency}
        notice = get_object_or_404(AgencyNotice, pk=pk, **mine)
        return Response(notice_state(actions.acknowledge(notice_id=notice.pk, by_id=user_id(request))))


class LogView(IncidentView, GenericAPIView[LogEntry]):
    """Every change of an incident and of what belongs to it, oldest first."""

    roles = STAFF
    queryset = LogEntry.objects.none()
    serializer_class = shapes.LogEntrySerializer

    def get(self, request: Request, pk: int) -> Response:
        entries = LogEntry.objects.filter(incident_id=self.incident(request, pk).pk).order_by("pk")
        page = self.paginate_queryset(entries)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class JobTextView(IncidentView):
    """The job in words to copy or to read aloud, in both languages."""

    roles = ALL_STAFF

    @extend_schema(responses=shapes.JobTextSerializer)
    def get(self, request: Request, pk: int) -> Response:
        (state,) = incident_states([self.incident(request, pk).pk])
        return Response(job_text(state))


class AssignmentMoveView(APIView):
    """A status that a dispatcher heard (radio) or decides (cancelled)."""

    roles = {"POST": DESK}

    @extend_schema(
        request=serializers.AssignmentMoveSerializer,
        responses={200: shapes.IncidentStateSerializer, 409: ERROR},
        examples=[examples.MOVE_EXAMPLE, examples.INCIDENT_EXAMPLE],
    )
    def post(self, request: Request, pk: int) -> Response:
        given = serializers.AssignmentMoveSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        assignment = get_object_or_404(Assignment, pk=pk)
        actions.move_assignment(assignment_id=assignment.pk, by_id=user_id(request), **given.validated_data)
        (state,) = incident_states([assignment.incident_id])
        return Response(state)

"""API of crews: a device's token speaks for its own unit and for nothing else."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from incidents import actions, serializers, shapes
from incidents.api import ERROR, device_of
from incidents.errors import NotYours
from incidents.jobtext import job_text
from incidents.models import Assignment
from incidents.rules import ASSIGNMENT_MOVES, CREW_MOVES
from incidents.states import incident_states, iso, unit_states
from units.actions import set_duty
from units.models import Device, MoveSource

CREW = frozenset({"crew"})


def crew_job(device: Device) -> dict[str, Any]:
    """What a crew's page shows."""
    (unit,) = unit_states([device.unit_id])
    incidents = incident_states([unit["incident_id"]]) if unit["incident_id"] else []
    incident = incidents[0] if incidents else None
    mine = [a for a in incident["assignments"] if a["id"] == unit["assignment_id"]] if incident else []
    steps = ASSIGNMENT_MOVES[unit["status"]] & CREW_MOVES if mine else frozenset()
    return {
        "unit": unit,
        "assignment": mine[0] if mine else None,
        "incident": {**incident, "call_ids": []} if incident else None,
        "job": job_text(incident) if incident else None,
        "next": [step for step in Assignment.Status.values if step in steps],
        "at": iso(timezone.now()),
    }


class CrewJobView(APIView):
    """The unit, and its job while it has one."""

    roles = CREW

    @extend_schema(responses=shapes.CrewJobSerializer)
    def get(self, request: Request) -> Response:
        return Response(crew_job(device_of(request)))


class CrewMoveView(APIView):
    """A crew tells its status. Told twice, as a phone does after a dead spot, it changes nothing."""

    roles = {"POST": CREW}

    @extend_schema(request=serializers.CrewMoveSerializer, responses={200: shapes.CrewJobSerializer, 409: ERROR})
    def post(self, request: Request, pk: int) -> Response:
        given = serializers.CrewMoveSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        device = device_of(request)
        assignment = get_object_or_404(Assignment, pk=pk, unit=device.unit_id)
        if given.validated_data["new"] not in CREW_MOVES:
            raise NotYours
        actions.move_assignment(
            assignment_id=assignment.pk, source=MoveSource.CREW, device=device, **given.validated_data
        )
        return Response(crew_job(device))


class CrewDutyView(APIView):
    """A crew tells its duty."""

    roles = {"POST": CREW}

    @extend_schema(request=serializers.CrewDutySerializer, responses={200: shapes.CrewJobSerializer, 409: ERROR})
    def post(self, request: Request) -> Response:
        given = serializers.CrewDutySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        device = device_of(request)
        set_duty(
            unit_id=device.unit_id,
            new=given.validated_data["duty"],
            at=given.validated_data.get("at"),
            source=MoveSource.CREW,
        )
        return Response(crew_job(device))


class CrewNotesView(APIView):
    """A crew writes something down about its job."""

    roles = {"POST": CREW}

    @extend_schema(request=serializers.NewNoteSerializer, responses={201: shapes.NoteSerializer, 404: ERROR})
    def post(self, request: Request) -> Response:
        given = serializers.NewNoteSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        device = device_of(request)
        assignment = get_object_or_404(Assignment, unit=device.unit_id, ended_at=None)
        text = given.validated_data["text"]
        note = actions.add_note(incident_id=assignment.incident_id, text=text, device=device)
        return Response(shapes.NoteSerializer(note).data, status=status.HTTP_201_CREATED)

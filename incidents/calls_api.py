"""API of calls: answer, write down, dispose of the noise, open an incident from the rest."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from incidents import calls, examples, serializers, shapes
from incidents.api import DESK, ERROR, STAFF, open_from, ranked, user_id
from incidents.filters import CallFilter
from incidents.models import Call
from incidents.states import call_state, call_states, incident_states


class CallsView(GenericAPIView[Any]):
    """Calls, longest waiting first: those not ended, unless a filter says otherwise. POST takes a new one."""

    roles = {"GET": STAFF, "POST": DESK}
    queryset = Call.objects.order_by("received_at", "pk")
    serializer_class = shapes.CallStateSerializer
    filterset_class = CallFilter

    @extend_schema(responses=shapes.CallStateSerializer(many=True), examples=[examples.CALL_EXAMPLE])
    def get(self, request: Request) -> Response:
        ids = self.paginate_queryset(self.filter_queryset(self.get_queryset()).values_list("pk", flat=True))
        return self.get_paginated_response(call_states(list(ids or [])))

    @extend_schema(
        request=serializers.NewCallSerializer,
        responses={201: shapes.CallStateSerializer},
        examples=[examples.CALL_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        given = serializers.NewCallSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        if data.pop("waiting"):
            call = calls.ring(number=data["number"], line=data["line"])
        else:
            call = calls.answer_new(by_id=user_id(request), **data)
        return Response(call_state(call), status=status.HTTP_201_CREATED)


class OneCallView(APIView):
    """One call; PATCH keeps what the caller says."""

    roles = {"GET": STAFF, "PATCH": DESK}

    @extend_schema(responses=shapes.CallStateSerializer, examples=[examples.CALL_EXAMPLE])
    def get(self, request: Request, pk: int) -> Response:
        return Response(call_state(get_object_or_404(Call.objects.select_related("taker"), pk=pk)))

    @extend_schema(
        request=serializers.CallWordsSerializer,
        responses={200: shapes.CallStateSerializer, 409: ERROR},
    )
    def patch(self, request: Request, pk: int) -> Response:
        given = serializers.CallWordsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        call = get_object_or_404(Call, pk=pk)
        return Response(call_state(calls.write_down(call_id=call.pk, words=given.validated_data["words"])))


class TakeCallView(APIView):
    """Answer a waiting call; of two who do, one gets it."""

    roles = {"POST": DESK}

    @extend_schema(request=None, responses={200: shapes.CallStateSerializer, 409: ERROR})
    def post(self, request: Request, pk: int) -> Response:
        call = get_object_or_404(Call, pk=pk)
        return Response(call_state(calls.take(call_id=call.pk, by_id=user_id(request))))


class DisposeCallView(APIView):
    """End a call that is no emergency."""

    roles = {"POST": DESK}

    @extend_schema(
        request=serializers.DispositionSerializer,
        responses={200: shapes.CallStateSerializer, 409: ERROR},
    )
    def post(self, request: Request, pk: int) -> Response:
        given = serializers.DispositionSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        call = get_object_or_404(Call, pk=pk)
        disposition = given.validated_data["disposition"]
        ended = calls.dispose(call_id=call.pk, disposition=disposition, by_id=user_id(request))
        return Response(call_state(ended))


class ReopenCallView(APIView):
    """Take back the disposal of a call: a slip of the finger."""

    roles = {"POST": DESK}

    @extend_schema(request=None, responses={200: shapes.CallStateSerializer, 409: ERROR})
    def post(self, request: Request, pk: int) -> Response:
        call = get_object_or_404(Call, pk=pk)
        return Response(call_state(calls.reopen(call_id=call.pk, by_id=user_id(request))))


class IncidentFromCallView(APIView):
    """The call tells of an incident: a new one (as POST incidents/), or a known one (`incident_id`)."""

    roles = {"POST": DESK}

    @extend_schema(
        request=serializers.IncidentFromCallSerializer,
        responses={200: shapes.OpenedSerializer, 201: shapes.OpenedSerializer, 409: ERROR},
        examples=[examples.OPENED_EXAMPLE],
    )
    def post(self, request: Request, pk: int) -> Response:
        given = serializers.IncidentFromCallSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        call, by_id = get_object_or_404(Call, pk=pk), user_id(request)
        incident = given.validated_data.get("incident_id")
        if incident is None:
            return open_from(given.validated_data, call_id=call.pk, by_id=by_id)
        calls.attach(call_id=call.pk, incident_id=incident.pk, by_id=by_id, at=timezone.now())
        (state,) = incident_states([incident.pk])
        return Response({"incident": state, **ranked(incident)})

"""API of the composition: who am I, and the whole current state."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from geo112.access import ROLES, user_of
from geo112.audience import audience_for, read_snapshot
from geo112.serializers import MeSerializer, SnapshotSerializer


class MeView(APIView):
    """The signed-in user."""

    roles = ROLES

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        return Response(MeSerializer(user_of(request)).data)


class SnapshotView(APIView):
    """Everything that the live stream keeps up to date, at this moment."""

    roles = ROLES

    @extend_schema(responses=SnapshotSerializer)
    def get(self, request: Request) -> Response:
        state = audience_for(user_of(request)).sees(read_snapshot())
        return Response({**state, "at": timezone.now()})

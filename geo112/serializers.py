"""Shapes of the composition's own API."""

from rest_framework import serializers

from geo112.models import User


class MeSerializer(serializers.ModelSerializer[User]):
    """The signed-in user: name, role, agency and language."""

    name = serializers.CharField(source="__str__", read_only=True)

    class Meta:
        model = User
        fields = ("id", "username", "name", "role", "agency", "language")


class SnapshotSerializer(serializers.Serializer[dict[str, object]]):
    """Units, open incidents and waiting calls, each in the shape of the live stream."""

    units = serializers.ListField(child=serializers.DictField())
    incidents = serializers.ListField(child=serializers.DictField())
    calls = serializers.ListField(child=serializers.DictField())
    at = serializers.DateTimeField()

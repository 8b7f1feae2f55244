"""Regions, districts and places in Django's admin: looked at here, written by imports.

Geometry is shown as text: Django's map widgets load their scripts from other hosts.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from maps.models import District, Place, Region, RoadBuild


class ReadOnly(admin.ModelAdmin[Any]):
    """What an import wrote: a change by hand would be lost at the next one."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Region)
class RegionAdmin(ReadOnly):
    list_display = ("name", "code", "is_active", "is_sketch", "source", "imported_at")
    fields = (
        "name", "code", "is_active", "is_sketch", "level_map", "source", "attribution", "imported_at", "build", "center"
    )  # fmt: skip


@admin.register(District)
class DistrictAdmin(ReadOnly):
    list_display = ("name", "level", "code", "parent", "region")
    list_filter = ("region", "level")
    list_select_related = ("region", "parent")
    search_fields = ("name", "code")
    fields = ("name", "level", "code", "parent", "region", "point", "source")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("geom")


@admin.register(Place)
class PlaceAdmin(ReadOnly):
    list_display = ("name", "kind", "words", "region", "source")
    list_filter = ("region", "kind")
    list_select_related = ("region",)
    search_fields = ("name", "words")
    fields = ("name", "kind", "words", "point", "region", "osm_id", "source")
    show_full_result_count = False


@admin.register(RoadBuild)
class RoadBuildAdmin(ReadOnly):
    list_display = ("id", "region", "created_at", "node_count", "arc_count")
    list_select_related = ("region",)

"""Types and response plans in Django's admin; what happened is there to read, not to edit."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from incidents.models import AgencyNotice, Assignment, Call, Incident, IncidentType, LogEntry, Note, ResponseSlot


class SlotInline(admin.TabularInline[ResponseSlot, IncidentType]):
    """The response plan beside its type."""

    model = ResponseSlot
    extra = 1


@admin.register(IncidentType)
class IncidentTypeAdmin(admin.ModelAdmin[IncidentType]):
    """A city's own types; one that is not wanted is taken out of use rather than deleted."""

    list_display = ("code", "name_id", "name_en", "agency_kind", "default_priority", "is_active", "order")
    list_editable = ("is_active", "order")
    list_filter = ("agency_kind", "is_active")
    search_fields = ("code", "name_id", "name_en")
    inlines = (SlotInline,)


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Rows that only `actions` write: to look at."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyInline(admin.TabularInline[Any, Any]):
    """Rows of an incident: to look at."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class AssignmentInline(ReadOnlyInline):
    model = Assignment
    fields = ("unit", "status", "assigned_at", "assigned_by", "status_at", "ended_at", "eta_s", "length_m")


class NoteInline(ReadOnlyInline):
    model = Note
    fields = ("at", "by", "device", "text")


class NoticeInline(ReadOnlyInline):
    model = AgencyNotice
    fields = ("agency", "notified_at", "notified_by", "acknowledged_at", "acknowledged_by")


@admin.register(Incident)
class IncidentAdmin(ReadOnlyAdmin):
    """Incidents with what belongs to them."""

    list_display = ("number", "type", "priority", "status", "opened_at", "kelurahan", "closed_at")
    list_filter = ("status", "type", "priority")
    list_select_related = ("type", "kelurahan")
    search_fields = ("number", "words", "place_words")
    date_hierarchy = "opened_at"
    exclude = ("point",)
    inlines = (AssignmentInline, NoteInline, NoticeInline)


@admin.register(Call)
class CallAdmin(ReadOnlyAdmin):
    """Calls as they came in."""

    list_display = ("received_at", "number", "status", "disposition", "taker", "incident")
    list_filter = ("status", "disposition")
    list_select_related = ("taker", "incident")
    search_fields = ("number", "words")
    date_hierarchy = "received_at"


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    """Every change of every row, newest first."""

    list_display = ("at", "actor", "operation", "table_name", "row_id", "incident_id")
    list_filter = ("operation", "table_name")
    search_fields = ("actor",)
    ordering = ("-pk",)
    show_full_result_count = False
    fields = ("at", "actor", "source_ip", "operation", "table_name", "row_id", "incident_id", "before", "after", "txid")

"""Agencies, stations, units and devices in Django's admin. Positions are typed as numbers: no map from elsewhere."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.gis.geos import Point
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from maps.models import WGS84
from units.actions import issue_device, revoke_device
from units.models import CAPABILITIES, Agency, Device, Station, Unit


@admin.register(Agency)
class AgencyAdmin(admin.ModelAdmin[Agency]):
    list_display = ("code", "name", "kind", "phone", "is_proposed")
    list_filter = ("kind", "is_proposed")
    search_fields = ("code", "name")


class StationForm(forms.ModelForm[Station]):
    """A station with its position as two numbers."""

    lat = forms.FloatField(label=_("latitude"), min_value=-90, max_value=90)
    lon = forms.FloatField(label=_("longitude"), min_value=-180, max_value=180)

    class Meta:
        model = Station
        fields = ("code", "agency", "name", "lat", "lon", "place_words", "is_proposed")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.update(lon=self.instance.point.x, lat=self.instance.point.y)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "lon" in cleaned and "lat" in cleaned:
            self.instance.point = Point(cleaned["lon"], cleaned["lat"], srid=WGS84)
        return cleaned


@admin.register(Station)
class StationAdmin(admin.ModelAdmin[Station]):
    form = StationForm
    list_display = ("code", "name", "agency", "place_words", "is_proposed")
    list_filter = ("agency", "is_proposed")
    search_fields = ("code", "name")


class UnitForm(forms.ModelForm[Unit]):
    """A unit with its capabilities as boxes to tick."""

    capabilities = forms.MultipleChoiceField(
        label=_("capabilities"),
        choices=list(CAPABILITIES.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = Unit
        fields = ("callsign", "station", "kind", "capabilities", "profile", "crew_count", "is_proposed")


@admin.register(Unit)
class UnitAdmin(admin.ModelAdmin[Unit]):
    """Duty is not changed here: it moves in the console, where every move is kept."""

    form = UnitForm
    list_display = ("callsign", "kind", "station", "profile", "crew_count", "duty", "is_proposed")
    list_filter = ("station__agency", "kind", "duty", "is_proposed")
    list_select_related = ("station",)
    search_fields = ("callsign",)


@admin.register(Device)
class DeviceAdmin(admin.ModelAdmin[Device]):
    """A new device's token is shown once, right after it is made. A device stays with its unit."""

    list_display = ("name", "unit", "created_at", "expires_at", "revoked_at")
    list_filter = ("unit__station__agency",)
    list_select_related = ("unit",)
    search_fields = ("name", "unit__callsign")
    fields = ("unit", "name", "expires_at")
    actions = ("revoke",)

    def get_readonly_fields(self, request: HttpRequest, obj: Device | None = None) -> tuple[str, ...]:
        return () if obj is None else ("unit",)

    def has_delete_permission(self, request: HttpRequest, obj: Device | None = None) -> bool:
        return False  # its positions name it; it is revoked instead

    def save_model(self, request: HttpRequest, obj: Device, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        device, token = issue_device(unit_id=obj.unit_id, name=obj.name, expires_at=obj.expires_at)
        obj.pk, obj.token_hash = device.pk, device.token_hash
        text = _("The token of this device, shown only now:")
        messages.warning(request, format_html("{} <code>{}</code>", text, token))

    @admin.action(description=_("Revoke the selected devices"))
    def revoke(self, request: HttpRequest, devices: QuerySet[Device]) -> None:
        for device in devices:
            revoke_device(device=device)

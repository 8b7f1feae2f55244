"""Filters of lists: django-filter sets."""

import django_filters
from django.db.models import QuerySet

from incidents.models import Call, Disposition, Incident
from units.models import AgencyKind


class IncidentFilter(django_filters.FilterSet):
    """Incidents by status (several allowed), type, priority, agency kind, district code, time, and open or not."""

    status = django_filters.MultipleChoiceFilter(choices=Incident.Status.choices)
    type = django_filters.CharFilter(field_name="type__code")
    priority = django_filters.NumberFilter()
    agency_kind = django_filters.ChoiceFilter(field_name="type__agency_kind", choices=AgencyKind.choices)
    kelurahan = django_filters.CharFilter(field_name="kelurahan__code")
    kecamatan = django_filters.CharFilter(field_name="kecamatan__code")
    outside = django_filters.BooleanFilter()
    opened_after = django_filters.IsoDateTimeFilter(field_name="opened_at", lookup_expr="gte")
    opened_before = django_filters.IsoDateTimeFilter(field_name="opened_at", lookup_expr="lt")
    open = django_filters.BooleanFilter(field_name="closed_at", lookup_expr="isnull")
    number = django_filters.CharFilter(lookup_expr="icontains")

    class Meta:
        model = Incident
        fields: list[str] = []


class CallFilter(django_filters.FilterSet):
    """Calls by status (those not ended when not asked), disposition, number and time."""

    status = django_filters.MultipleChoiceFilter(choices=Call.Status.choices)
    disposition = django_filters.MultipleChoiceFilter(choices=Disposition.choices)
    number = django_filters.CharFilter(lookup_expr="icontains")
    received_after = django_filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="gte")
    received_before = django_filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="lt")

    class Meta:
        model = Call
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Call]) -> QuerySet[Call]:
        unasked = not any(self.form.cleaned_data.values())
        found: QuerySet[Call] = super().filter_queryset(queryset)
        return found.exclude(status=Call.Status.ENDED) if unasked else found

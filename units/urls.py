"""Addresses of the units' API, under /api/v1/."""

from django.urls import path

from units import api

urlpatterns = [
    path("agencies/", api.AgencyListView.as_view()),
    path("stations/", api.StationListView.as_view()),
    path("units/", api.UnitListView.as_view()),
    path("units/<int:pk>/", api.UnitView.as_view()),
    path("units/<int:pk>/duty/", api.DutyView.as_view()),
    path("units/<int:pk>/place/", api.PlaceView.as_view()),
    path("units/<int:pk>/devices/", api.DeviceListView.as_view()),
    path("units/<int:pk>/devices/<int:device_pk>/", api.DeviceView.as_view()),
    path("units/<int:pk>/faults/", api.FaultsView.as_view()),
    path("units/<int:pk>/track/", api.TrackView.as_view()),
]

"""Addresses under /crew/."""

from django.urls import path

from geo112.crew import devices, views

urlpatterns = [
    path("", views.CrewPage.as_view(), name="crew"),
    path("devices/", devices.DevicesPage.as_view(), name="crew-devices"),
    path("devices/<int:unit_id>/", devices.NewDeviceView.as_view(), name="crew-device-new"),
    path("devices/<int:unit_id>/<int:device_id>/revoke", devices.RevokeDeviceView.as_view(), name="crew-device-revoke"),
    path("worker.js", views.worker, name="crew-worker"),
    path("manifest.webmanifest", views.manifest, name="crew-manifest"),
]

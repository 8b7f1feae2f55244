"""Addresses under /crew/."""

from django.urls import path

from geo112.crew import views

urlpatterns = [
    path("", views.CrewPage.as_view(), name="crew"),
    path("manifest.webmanifest", views.manifest, name="crew-manifest"),
]

"""Addresses of the planning API, under /api/v1/."""

from django.urls import path

from geo112.planning.api import ReachView

urlpatterns = [path("planning/reach/", ReachView.as_view(), name="planning-reach")]

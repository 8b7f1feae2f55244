"""Addresses of the console."""

from django.urls import path

from geo112.console.views import ConsolePage, WallPage

urlpatterns = [
    path("", ConsolePage.as_view(), name="home"),
    path("map", WallPage.as_view(), name="wall-map"),
]

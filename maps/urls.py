"""Addresses of the maps API (below /api/v1/) and of the tiles (below /tiles/)."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
tile_urlpatterns: list[URLPattern] = []

"""Addresses of the maps API (below /api/v1/) and of the tiles (below /tiles/)."""

from django.urls import path

from maps import api, tiles

urlpatterns = [
    path("regions/", api.RegionList.as_view()),
    path("districts/", api.DistrictList.as_view()),
    path("places/", api.PlaceSearch.as_view()),
    path("reverse/", api.Reverse.as_view()),
    path("route/", api.RouteView.as_view()),
]
tile_urlpatterns = [
    path("style.json", tiles.style, name="map-style"),
    path("<int:z>/<int:x>/<int:y>.mvt", tiles.tile, name="map-tile"),
]

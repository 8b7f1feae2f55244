"""Every address of the system, in one place."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from geo112 import api, health
from maps.urls import tile_urlpatterns

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("me/", api.MeView.as_view()),
    path("snapshot/", api.SnapshotView.as_view()),
    path("", include("maps.urls")),
    path("", include("units.urls")),
    path("", include("incidents.urls")),
    path("", include("geo112.planning.api_urls")),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
]

urlpatterns = [
    path("", include("geo112.console.urls")),
    path("crew/", include("geo112.crew.urls")),
    path("planning/", include("geo112.planning.urls")),
    path("login/", LoginView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("api/v1/", include(api_urlpatterns)),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="api-docs"),
    path("tiles/", include(tile_urlpatterns)),
    path("health/live", health.alive),
    path("health/ready", health.ready),
]

handler404 = "geo112.errors.not_found"
handler500 = "geo112.errors.failed"

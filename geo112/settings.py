"""Settings of geo112: one file, read from the environment. docs/operating.md explains every variable."""

from pathlib import Path
from typing import Any

import django_stubs_ext
from django.utils.translation import gettext_lazy as _

from geo112.database import parse_database_url
from geo112.env import env_flag, env_int, env_text

django_stubs_ext.monkeypatch()  # lets ModelAdmin[Unit] and its like stand in the code, not only in stubs

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env_flag("GEO112_DEBUG", default=False)
DEMO = env_flag("GEO112_DEMO", default=False)
SECRET_KEY = env_text("SECRET_KEY", "for development and tests only" if DEBUG else None)
ALLOWED_HOSTS = env_text("ALLOWED_HOSTS", "*" if DEBUG or DEMO else "localhost,127.0.0.1").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in env_text("CSRF_TRUSTED_ORIGINS", "").split(",") if origin]
TLS = env_flag("GEO112_TLS", default=False)

DATA_DIR = Path(env_text("GEO112_DATA_DIR", str(BASE_DIR / ".geo112" / "data")))
NODE_MODULES = Path(env_text("GEO112_NODE_MODULES", str(BASE_DIR / "node_modules")))
NOMINATIM_URL = env_text("NOMINATIM_URL", "https://nominatim.openstreetmap.org/")
OVERPASS_URL = env_text("OVERPASS_URL", "https://overpass-api.de/api")

INSTALLED_APPS = [
    "geo112",
    "geo112.console",
    "geo112.crew",
    "geo112.planning",
    "incidents",
    "units",
    "maps",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.postgres",
    "rest_framework",
    "rest_framework_gis",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "pgtrigger",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "geo112.headers.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "geo112.language.LanguageMiddleware",
    "geo112.access.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "geo112.urls"
ASGI_APPLICATION = "geo112.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "geo112.pages.page_context",
            ]
        },
    }
]

DATABASES: dict[str, dict[str, Any]] = {"default": parse_database_url(env_text("DATABASE_URL"))}
DATABASES["default"]["OPTIONS"].setdefault(
    "pool", {"min_size": 1, "max_size": env_int("GEO112_POOL_SIZE", 16), "timeout": 10}
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "geo112.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TLS
SECURE_REFERRER_POLICY = "same-origin"
if TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LANGUAGE_CODE = env_text("GEO112_LANGUAGE", "id")
LANGUAGES = [("id", _("Indonesian")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "geo112" / "locale"]
TIME_ZONE = env_text("GEO112_TIME_ZONE", "Asia/Jakarta")
USE_I18N = USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
VENDORED = {
    "vendor/maplibre-gl": NODE_MODULES / "maplibre-gl" / "dist",
    "vendor/leaflet": NODE_MODULES / "leaflet" / "dist",
}
STATICFILES_DIRS = [(prefix, folder) for prefix, folder in VENDORED.items() if folder.is_dir()]

REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["geo112.access.RolePermission"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.SessionAuthentication",
        "units.authentication.DeviceAuthentication",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "geo112.errors.handle",
    "PAGE_SIZE": 100,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "geo112",
    "DESCRIPTION": "Dispatch and unit tracking for the emergency number 112.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "geo112.schema.with_errors",
    ],
    "ENUM_NAME_OVERRIDES": {
        "AgencyKind": "units.models.AgencyKind",
        "AssignmentStatus": "incidents.models.Assignment.Status",
        "IncidentStatus": "incidents.models.Incident.Status",
        "CallStatus": "incidents.models.Call.Status",
        "UnitDuty": "units.models.UnitDuty",
        "MoveSource": "units.models.MoveSource",
    },
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SERVE_PERMISSIONS": ["geo112.access.SignedIn"],
}

# GDAL before 3.9 can be made to read files by a hostile spatial reference; geo112 takes none from outside.
SILENCED_SYSTEM_CHECKS = ["gis.W001"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {name: {"level": "WARNING"} for name in ("procrastinate.blueprints", "procrastinate.periodic")},
}

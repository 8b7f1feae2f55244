"""Who plays: units with tokens, a colleague with a session, places to call from. Reads and writes the database."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from random import Random
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.utils import timezone

from incidents.models import Incident
from incidents.simulation.calls import CallPattern, Place
from incidents.simulation.client import Client, Pace
from incidents.simulation.desk import Desk, OwnIncident
from incidents.simulation.vehicles import Vehicle
from maps.models import Place as MapPlace
from maps.models import Region
from maps.routing import LonLat, Router
from units.models import Device, Unit
from units.rules import new_token, token_hash

DEVICE = "Simulasi"
COLLEAGUE = "simulasi"
LASTS = timedelta(days=7)
REMEMBERED = timedelta(minutes=10)
CALLED_FROM = ("street", "landmark", "market", "school", "mosque", "hotel", "government", "neighbourhood", "fuel")
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class Wishes:
    """What the command was asked for."""

    url: str
    seed: int
    units: int | None
    noise_per_hour: float
    emergencies_per_hour: float
    max_incidents: int
    tempo: float
    colleague: bool
    patience_s: float


def make_vehicles(wishes: Wishes, region: Region, router: Router, pace: Pace) -> list[Vehicle]:
    """The first units by callsign, each with a device of the simulation and a fresh token."""
    hospitals = [point for point, _ in _places(region, ["hospital"])]
    units = Unit.objects.on_duty().select_related("station", "last_fix").order_by("callsign")[: wishes.units]
    return [
        Vehicle(
            unit={
                "callsign": unit.callsign,
                "kind": unit.kind,
                "profile": unit.profile,
                "station_at": (unit.station.point.x, unit.station.point.y),
            },
            here=_standing_at(unit),
            client=Client(wishes.url, {"Authorization": f"Bearer {_token_of(unit)}"}, pace),
            router=router,
            hospitals=hospitals,
            rng=Random(f"{wishes.seed}:{unit.callsign}"),  # noqa: S311 - for play, not for secrets
            tempo=wishes.tempo,
        )
        for unit in units
    ]


def _standing_at(unit: Unit) -> LonLat:
    """Where an earlier run left it a short while ago, else its station."""
    fix = getattr(unit, "last_fix", None)
    point = fix.point if fix and timezone.now() - fix.recorded_at < REMEMBERED else unit.station.point
    return point.x, point.y


def _token_of(unit: Unit) -> str:
    token = new_token()
    fresh = {"token_hash": token_hash(token), "revoked_at": None, "expires_at": timezone.now() + LASTS}
    Device.objects.update_or_create(unit=unit, name=DEVICE, defaults=fresh)
    return token


def make_desk(wishes: Wishes, region: Region, pace: Pace) -> Desk:
    """Exchange and colleague, who is a user without a password and signed in by a session made here."""
    rng = Random(f"{wishes.seed}:calls")  # noqa: S311 - for play, not for secrets
    places = [Place(*point, name) for point, name in _places(region, CALLED_FROM)]
    pattern = CallPattern(
        rng,
        rng.sample(places, min(len(places), 500)),
        noise_per_hour=wishes.noise_per_hour,
        emergencies_per_hour=wishes.emergencies_per_hour,
    )
    user = _colleague()
    client = Client(wishes.url, signed_in(user, wishes.url), pace)
    left_open = Incident.objects.not_ended().filter(opened_by=user).values_list("pk", flat=True)
    return Desk(
        client=client,
        pattern=pattern,
        rng=rng,
        me=user.pk,
        max_incidents=wishes.max_incidents,
        helps=wishes.colleague,
        patience_s=wishes.patience_s,
        incidents={key: OwnIncident() for key in left_open},
    )


def _places(region: Region, kinds: Sequence[str]) -> list[tuple[LonLat, str]]:
    found = MapPlace.objects.filter(region=region, kind__in=kinds).exclude(name="").order_by("pk")
    return [((place.point.x, place.point.y), place.name) for place in found.only("point", "name")]


def _colleague() -> Any:
    user, made = get_user_model().objects.get_or_create(
        username=COLLEAGUE, defaults={"role": "dispatcher", "first_name": "Rekan", "last_name": "(simulasi)"}
    )
    if made:
        user.set_unusable_password()
    user.is_active = True
    user.save(update_fields=["password", "is_active"])
    return user


def signed_in(user: Any, url: str) -> dict[str, str]:
    """Headers of a session: cookie, and the token that Django's protection asks for."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.set_expiry(LASTS)
    session.save()
    csrf = secrets.token_hex(16)
    cookies = f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={csrf}"
    return {"Cookie": cookies, "X-CSRFToken": csrf, "Referer": url}


def dismiss() -> None:
    """Take the tokens and the session back."""
    Device.objects.filter(name=DEVICE, revoked_at=None).update(revoked_at=timezone.now())
    get_user_model().objects.filter(username=COLLEAGUE).update(is_active=False)

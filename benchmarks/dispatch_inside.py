"""The parts of `benchmarks.dispatch` that run where Django is set up; each prints its result as JSON."""

import io
import json
import time
from collections.abc import Callable
from random import Random
from typing import Any

from django.contrib.gis.geos import Point
from django.core.management import call_command
from django.utils import timezone

from benchmarks.gps_door import ROOT
from geo112.models import User
from incidents.dispatch import recommend
from incidents.models import Incident
from incidents.simulation.cast import COLLEAGUE, signed_in
from incidents.simulation.client import Client, Pace
from maps.models import Region
from maps.routing import LonLat, current_router
from units.models import LastFix, Unit

SKETCH = ROOT / "fixtures" / "osm" / "kota-bengkulu-sketch.osm.pbf"
TYPES = ("house_fire", "road_accident", "cardiac", "building_collapse", "flood")
WARM_UP = 10
RENEW_S = 15.0  # positions stay live: a unit that fell silent would be ranked from its station


def prepare(units: int) -> None:
    """The sketch, and its proposed fleet grown to so many units that stand on roads."""
    call_command("migrate", verbosity=0)
    call_command("import_osm", str(SKETCH), stdout=io.StringIO(), stderr=io.StringIO())
    call_command("propose_fleet", stdout=io.StringIO(), stderr=io.StringIO())
    rng = Random(112)
    patterns = list(Unit.objects.order_by("pk"))
    for number in range(units - len(patterns)):
        unit = rng.choice(patterns)
        unit.pk, unit.callsign = None, f"B-{number:03}"
        unit.save(force_insert=True)
    now, places = timezone.now(), places_on_roads(units, seed=1)
    LastFix.objects.bulk_create(
        LastFix(unit=unit, recorded_at=now, received_at=now, point=Point(*place, srid=4326), speed_mps=0)
        for unit, place in zip(Unit.objects.order_by("pk"), places, strict=True)
    )


def places_on_roads(number: int, *, seed: int) -> list[LonLat]:
    """Points on roads, most of them in the middle of the region."""
    region, router, rng = Region.objects.active(), current_router(), Random(seed)
    assert region is not None
    west, south, east, north = region.bounds.extent
    places = []
    for _ in range(number):
        lon = rng.gauss((west + east) / 2, (east - west) / 10)
        lat = rng.gauss((south + north) / 2, (north - south) / 10)
        snap = router.snap((lon, lat))
        places.append((snap.lon, snap.lat))
    return places


def time_requests(port: int, times: int) -> None:
    """Milliseconds from sending POST incidents/ to having the whole reply."""
    user = User.objects.create_user(COLLEAGUE, role="dispatcher")
    url = f"http://127.0.0.1:{port}/"
    client = Client(url, signed_in(user, url), Pace(1e6))
    places = places_on_roads(times, seed=2)

    def open_one(number: int) -> None:
        lon, lat = places[number % times]
        body = {"type": TYPES[number % len(TYPES)], "lon": lon, "lat": lat, "words": "uji"}
        answer: dict[str, Any] = client.post("/api/v1/incidents/", body)
        assert answer["recommendation"]["slots"][0]["candidates"], answer

    timed(open_one, WARM_UP)
    print(json.dumps(timed(open_one, times)))


def time_recommendations(times: int) -> None:
    """Milliseconds of `dispatch.recommend` for the incidents that the requests opened."""
    incidents = list(Incident.objects.select_related("type").order_by("pk"))
    timed(lambda number: recommend(incidents[number]), WARM_UP)
    print(json.dumps(timed(lambda number: recommend(incidents[number]), times)))


def timed(act: Callable[[int], object], times: int) -> list[float]:
    """Milliseconds of each call, with positions kept fresh between them."""
    renewed_s, took = -RENEW_S, []
    for number in range(times):
        if time.monotonic() - renewed_s > RENEW_S:
            LastFix.objects.update(recorded_at=timezone.now())
            renewed_s = time.monotonic()
        began_s = time.perf_counter()
        act(number)
        took.append((time.perf_counter() - began_s) * 1000)
    return took

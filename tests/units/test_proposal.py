"""A fleet proposed from what the map knows."""

import pytest
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.core.management import CommandError, call_command
from django.utils import timezone, translation

from maps.models import District, Place, Region
from tests.units.makers import make_unit
from units.models import CAPABILITIES, Agency, Station, Unit
from units.proposal import HasFleet, Site, propose_fleet, spread

pytestmark = pytest.mark.django_db


@pytest.fixture
def region() -> Region:
    """A region of which the map knows nothing yet."""
    return Region.objects.create(
        code="r",
        name="Rantau",
        is_active=True,
        center=Point(102.3, -3.8, srid=4326),
        bounds=Polygon.from_bbox((102, -4, 103, -3)),
        source="test",
        attribution="test",
        imported_at=timezone.now(),
    )


def add_places(region: Region, kind: str, number: int) -> None:
    for n in range(number):
        point = Point(102.2 + n / 100, -3.8, srid=4326)
        Place.objects.create(
            region=region, kind=kind, name=f"{kind} {n}", point=point, words="Jl. X", search="", source="t"
        )


def stations_of(code: str) -> list[str]:
    return list(Station.objects.filter(agency__code=code).order_by("code").values_list("name", flat=True))


def test_stations_stand_where_the_map_knows_such_places_and_it_says_so(region: Region) -> None:
    add_places(region, "fire_station", 3)
    add_places(region, "hospital", 2)
    with translation.override("en"):
        said = str(propose_fleet(region))
    assert stations_of("DAMKAR") == ["fire_station 0", "fire_station 1", "fire_station 2"]
    assert stations_of("PSC119") == ["hospital 0", "hospital 1"]
    assert "DAMKAR: at places that the map knows as “fire station” (3)" in said
    assert "BASARNAS: the map knows no such place and no district: at the centre of the map" in said
    assert "not what the city has" in said


def test_the_size_is_that_of_a_city_and_all_can_be_answered(region: Region) -> None:
    propose_fleet(region)
    kinds = list(Unit.objects.values_list("kind", flat=True))
    assert kinds.count("ambulance") == 5
    assert Unit.objects.filter(callsign__startswith="DK-").count() == 6
    able = {capability for unit in Unit.objects.all() for capability in unit.capabilities}
    assert able == set(CAPABILITIES)
    assert not Unit.objects.filter(is_proposed=False).exists()
    assert set(Agency.objects.values_list("kind", flat=True)) == {"fire", "sar", "medical", "disaster", "police"}


def test_without_such_places_they_stand_at_the_centres_of_districts(region: Region) -> None:
    square = MultiPolygon(Polygon.from_bbox((102, -4, 103, -3)), srid=4326)
    for n, name in enumerate(["Selebar", "Ratu Agung"]):
        District.objects.create(
            region=region,
            level="kecamatan",
            code=str(n),
            name=name,
            geom=square,
            point=Point(102.3 + n / 10, -3.8, srid=4326),
            search="",
            source="t",
        )
    propose_fleet(region)
    assert stations_of("BPBD") == ["BPBD Selebar", "BPBD Ratu Agung"]


def test_a_place_that_bears_the_agencys_name_is_its_station(region: Region) -> None:
    Place.objects.create(
        region=region,
        kind="government",
        name="Kantor BPBD",
        point=Point(102.3, -3.8, srid=4326),
        search="",
        source="t",
    )
    propose_fleet(region)
    assert stations_of("BPBD") == ["Kantor BPBD"]


def test_many_stations_get_an_engine_each(region: Region) -> None:
    add_places(region, "fire_station", 9)
    propose_fleet(region)
    assert Unit.objects.filter(callsign__startswith="DK-").values("station").distinct().count() == 9


def test_proposing_again_changes_nothing_and_never_touches_a_real_fleet(region: Region) -> None:
    propose_fleet(region)
    before = Unit.objects.count()
    saved = propose_fleet(region).saved
    assert (saved.made["Unit"], saved.changed["Unit"], saved.same["Unit"]) == (0, 0, before)
    make_unit()
    with pytest.raises(HasFleet):
        propose_fleet(region)


def test_without_a_region_the_command_says_so() -> None:
    with pytest.raises(CommandError):
        call_command("propose_fleet")


def test_sites_are_spread() -> None:
    sites = [Site(str(x), "", Point(x, 0)) for x in (0, 1, 2, 9, 10)]
    assert [site.name for site in spread(sites, 2)] == ["0", "10"]
    assert [site.name for site in spread(sites, 3)] == ["0", "2", "10"]
    assert spread(sites, 9) == sites


def test_the_sketch_gets_a_fleet_at_its_stations(demo_region: Region) -> None:
    propose_fleet(demo_region)
    assert len(stations_of("DAMKAR")) >= 6
    assert all("Damkar" in name for name in stations_of("DAMKAR"))
    assert Unit.objects.count() >= 18

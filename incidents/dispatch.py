"""Who can be there first: units ranked by road for every slot of an incident's response plan.

Times are turnout plus travel by road with the unit's own profile. Without roads there is no ranking
(`maps.routing.NoRoads`); a straight line never poses as a road.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone, translation

from incidents.models import Incident, ResponseSlot
from incidents.rules import OFF_ROAD_LIMIT_M, OFF_ROAD_NOTE_M, Standpoint, able, suits, turnout_s
from incidents.states import iso
from incidents.unitrows import UnitRow, read_units, read_units_for
from maps.routing import LonLat, Origin, Router, Travel, current_router
from units.models import CAPABILITIES, UnitDuty

ALTERNATIVES = 4  # candidates shown beyond those proposed
PASSED_OVER = 12  # units named with the reason why they were not offered
LIMIT_S = 7200.0


@dataclass(frozen=True, slots=True)
class Placed:
    """A unit where it is taken to be."""

    row: UnitRow
    at: LonLat
    belief: Standpoint
    turnout_s: int
    age_s: float | None
    freshness: str | None
    air_m: float

    @property
    def free(self) -> bool:
        """Whether it could be sent now."""
        return self.row.assignment_id is None and self.row.duty != UnitDuty.OUT_OF_SERVICE


@dataclass(frozen=True, slots=True)
class Candidate:
    """A placed unit with its way to the incident."""

    placed: Placed
    travel: Travel

    @property
    def eta_s(self) -> float:
        """Seconds until it is there: turnout and travel."""
        return self.placed.turnout_s + self.travel.travel_s

    @property
    def off_road(self) -> bool:
        """Too far from any road for the road time to mean anything."""
        return self.travel.snap_m > OFF_ROAD_LIMIT_M


@dataclass(frozen=True, slots=True)
class Slot:
    """One line of the plan: candidates by ETA, of whom the first free of other duties are proposed."""

    capability: str
    count: int
    candidates: list[Candidate]
    proposed: frozenset[int]


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is promised when a unit is sent; None where no road time is known."""

    eta_s: float | None = None
    turnout_s: float | None = None
    travel_s: float | None = None
    length_m: float | None = None
    snap_m: float | None = None
    position_source: str = ""
    position_age_s: float | None = None

    def as_fields(self) -> dict[str, Any]:
        """Columns of an assignment."""
        return asdict(self)


def recommend(incident: Incident, *, more: Sequence[str] = (), with_routes: bool = False) -> dict[str, Any]:
    """The recommendation for an incident, in the API's shape. Raises NoRoads.

    Two queries: the plan's slots and the units. `proposed` candidates fill the plan; no unit twice.

    more         capabilities wanted beside the plan, one unit of each
    with_routes  draw the way of each proposed candidate as well (about a millisecond each)
    """
    now = timezone.now()
    router = current_router()
    here = (incident.point.x, incident.point.y)
    extra = [ResponseSlot(capability=capability, count=1) for capability in more]
    plan, lead_kind = [*incident.type.slots.all(), *extra], incident.type.agency_kind
    useful = frozenset[str]().union(*(able(line.capability) for line in plan))
    rows = read_units_for(here, capabilities=useful, agency_kind=lead_kind)
    placed = [place for row in rows if (place := place_unit(row, now))]
    ranking = Ranking(router, here)
    slots = fill_slots(ranking, plan, [p for p in placed if p.free])
    passed = passed_over(ranking, slots, rows, placed, lead_kind=lead_kind, now=now)
    return {
        "incident_id": incident.pk,
        "build": router.build_id,
        "computed_at": iso(now),
        "slots": [_slot_json(slot, ranking if with_routes else None) for slot in slots],
        "passed_over": passed,
    }


def estimate(incident: Incident, rows: Iterable[UnitRow]) -> tuple[str, dict[int, Estimate]]:
    """(build, what is promised by unit id) for units about to be sent. Raises NoRoads."""
    now = timezone.now()
    router = current_router()
    placed = [place for row in rows if (place := place_unit(row, now))]
    ranking = Ranking(router, (incident.point.x, incident.point.y))
    return router.build_id, {c.placed.row.id: _promise(c) for c in ranking.nearest(placed, k=len(placed))}


def route_to(incident: Incident, unit_id: int) -> dict[str, Any] | None:
    """A unit's way to an incident as a GeoJSON feature; None when there is none. Raises NoRoads."""
    now = timezone.now()
    placed = [place for row in read_units([unit_id]) if (place := place_unit(row, now))]
    router = current_router()
    here = (incident.point.x, incident.point.y)
    route = router.route(placed[0].at, here, profile=placed[0].row.profile) if placed else None
    if route is None:
        return None
    return {
        "type": "Feature",
        "id": unit_id,
        "geometry": {"type": "LineString", "coordinates": route.geometry},
        "properties": {
            "callsign": placed[0].row.callsign,
            "travel_s": round(route.travel_s),
            "eta_s": round(route.travel_s) + placed[0].turnout_s,
            "length_m": round(route.length_m),
            "origin_snap_m": round(route.origin_snap_m),
            "destination_snap_m": round(route.destination_snap_m),
            "build": router.build_id,
        },
    }


def place_unit(row: UnitRow, now: datetime) -> Placed | None:
    """Where a unit is taken to be; None when nobody knows."""
    belief = row.standpoint(now)
    if belief is None:
        return None
    turnout = turnout_s(row.agency_kind, in_quarters=row.in_quarters(now))
    at = row.station_at if belief.source == "station" else row.fix_at or row.station_at
    return Placed(row, at, belief, turnout, row.fix_age_s(now), row.freshness(now), row.air_m(belief))


class Ranking:
    """Ways by road to one incident, each asked for once."""

    def __init__(self, router: Router, destination: LonLat) -> None:
        self.router = router
        self.destination = destination

    def nearest(self, units: Sequence[Placed], *, k: int, limit_s: float = LIMIT_S) -> list[Candidate]:
        """The k first to arrive, by ETA, off-road ones beyond the k; unreachable ones are left out.

        Units are asked for in groups of one profile and one turnout: within a group the order by travel is
        the order by ETA, so that k of each group hold the k of all.
        """
        groups: dict[tuple[str, int], dict[int, Placed]] = defaultdict(dict)
        for unit in units:
            groups[unit.row.profile, unit.turnout_s][unit.row.id] = unit
        found = [c for (profile, _), group in groups.items() for c in self._group(group, profile, k, limit_s)]
        return sorted(found, key=lambda c: (c.off_road, c.eta_s, c.placed.row.callsign))

    def line(self, unit: Placed) -> dict[str, Any] | None:
        """The unit's way as a GeoJSON LineString."""
        route = self.router.route(unit.at, self.destination, profile=unit.row.profile)
        return {"type": "LineString", "coordinates": route.geometry} if route else None

    def _group(self, group: dict[int, Placed], profile: str, k: int, limit_s: float) -> list[Candidate]:
        off_road: list[Candidate] = []
        while True:
            origins = [Origin(key=u.row.id, lon=u.at[0], lat=u.at[1]) for u in group.values()]
            travels = self.router.nearest(self.destination, origins, k=k, profile=profile, limit_s=limit_s)
            found = [Candidate(group[travel.key], travel) for travel in travels]
            off_now = [candidate for candidate in found if candidate.off_road]
            if not off_now:
                return found + off_road
            off_road += off_now
            group = {key: u for key, u in group.items() if key not in {c.placed.row.id for c in off_now}}


def fill_slots(ranking: Ranking, plan: Iterable[ResponseSlot], free: Sequence[Placed]) -> list[Slot]:
    """Slots in the plan's order, each with the nearest of those not proposed for an earlier one."""
    taken: set[int] = set()
    slots = []
    for line in plan:
        able = [u for u in free if u.row.id not in taken and suits(line.capability, u.row.capabilities)]
        ranked = [c for c in ranking.nearest(able, k=line.count + ALTERNATIVES) if not c.off_road]
        proposed = frozenset(c.placed.row.id for c in ranked[: line.count])
        slots.append(Slot(line.capability, line.count, ranked[: line.count + ALTERNATIVES], proposed))
        taken |= proposed
    return slots


# --- Passed over ----------------------------------------------------------------------------------------


def passed_over(
    ranking: Ranking,
    slots: Sequence[Slot],
    rows: Sequence[UnitRow],
    placed: Sequence[Placed],
    *,
    lead_kind: str,
    now: datetime,
) -> list[dict[str, Any]]:
    """Units that are nearer, by air or by road, than the last one proposed, and why they are not offered."""
    offered = {c.placed.row.id for slot in slots for c in slot.candidates}
    proposed = [c for slot in slots for c in slot.candidates if c.placed.row.id in slot.proposed]
    short = any(len(slot.proposed) < slot.count for slot in slots)
    reach_air_m = float("inf") if short else max((c.placed.air_m for c in proposed), default=0.0)
    reach_s = LIMIT_S if short else max((c.eta_s for c in proposed), default=0.0)
    others = [u for u in placed if u.row.id not in offered and _is_able(u.row, slots)]
    near = sorted((u for u in others if u.air_m <= reach_air_m), key=lambda u: u.air_m)[: 2 * PASSED_OVER]
    found = ranking.nearest(others, k=PASSED_OVER, limit_s=reach_s) + ranking.nearest(near, k=len(near))
    ways = {c.placed.row.id: c for c in found}
    places = {u.row.id: u for u in placed}
    named = []
    for row in rows:
        place = places.get(row.id)
        air_m = row.air_m(place.belief if place else None)
        if row.id in offered or (air_m > reach_air_m and row.id not in ways):
            continue
        reason = _reason(row, place, ways.get(row.id), able=_is_able(row, slots), lead_kind=lead_kind, now=now)
        if reason:
            named.append({"unit_id": row.id, "callsign": row.callsign, "air_m": round(air_m), **reason})
    return sorted(named, key=lambda entry: entry["air_m"])[:PASSED_OVER]


def _is_able(row: UnitRow, slots: Sequence[Slot]) -> bool:
    return any(suits(slot.capability, row.capabilities) for slot in slots)


def _reason(
    row: UnitRow, place: Placed | None, way: Candidate | None, *, able: bool, lead_kind: str, now: datetime
) -> dict[str, Any] | None:
    """Why a near unit is not offered; None when nobody would wonder (not able, and of another service)."""
    if not able:
        is_lead = row.agency_kind == lead_kind
        return _because("no_capability", capabilities=row.capabilities) if is_lead else None
    eta = {"eta_s": round(way.eta_s)} if way and not way.off_road else {}
    if row.assignment_id is not None:
        job = {"incident_id": row.incident_id, "incident": row.incident_number, "status": row.assignment_status}
        return _because("assigned", **job, **eta)
    if row.duty == UnitDuty.OUT_OF_SERVICE:
        return _because("out_of_service", since=iso(row.duty_changed_at), **eta)
    if place is None:
        return _because("silent", age_s=row.fix_age_s(now))
    return _no_way(place, way)


def _no_way(place: Placed, way: Candidate | None) -> dict[str, Any]:
    if way is None:
        return _because("unreachable", position=place.belief.source)
    if way.off_road:
        return _because("off_road", snap_m=round(way.travel.snap_m))
    return _because("farther_by_road", eta_s=round(way.eta_s), length_m=round(way.travel.length_m))


def _because(reason: str, **detail: Any) -> dict[str, Any]:
    return {"reason": reason, "detail": detail}


# --- Shapes ---------------------------------------------------------------------------------------------


def _slot_json(slot: Slot, ranking: Ranking | None) -> dict[str, Any]:
    return {
        "capability": slot.capability,
        "capability_name": capability_name(slot.capability),
        "count": slot.count,
        "shortfall": slot.count - len(slot.proposed),
        "candidates": [
            {
                **_candidate_json(candidate, rank, proposed=candidate.placed.row.id in slot.proposed),
                "route": ranking.line(candidate.placed)
                if ranking and candidate.placed.row.id in slot.proposed
                else None,
            }
            for rank, candidate in enumerate(slot.candidates, 1)
        ],
    }


def _candidate_json(candidate: Candidate, rank: int, *, proposed: bool) -> dict[str, Any]:
    placed, travel = candidate.placed, candidate.travel
    return {
        "unit_id": placed.row.id,
        "callsign": placed.row.callsign,
        "kind": placed.row.kind,
        "agency_kind": placed.row.agency_kind,
        "rank": rank,
        "proposed": proposed,
        "eta_s": round(candidate.eta_s),
        "turnout_s": placed.turnout_s,
        "travel_s": round(travel.travel_s),
        "length_m": round(travel.length_m),
        "snap_m": round(travel.snap_m),
        "position": _position_json(placed),
        "notes": [*placed.belief.notes, *(["off_road"] if travel.snap_m > OFF_ROAD_NOTE_M else [])],
    }


def _position_json(placed: Placed) -> dict[str, Any]:
    return {
        "source": placed.belief.source,
        "age_s": None if placed.age_s is None else round(placed.age_s),
        "freshness": placed.freshness,
        "lon": placed.at[0],
        "lat": placed.at[1],
    }


def _promise(candidate: Candidate) -> Estimate:
    placed, travel = candidate.placed, candidate.travel
    if candidate.off_road:
        return Estimate(snap_m=travel.snap_m, position_source=placed.belief.source, position_age_s=placed.age_s)
    return Estimate(
        eta_s=candidate.eta_s,
        turnout_s=placed.turnout_s,
        travel_s=travel.travel_s,
        length_m=travel.length_m,
        snap_m=travel.snap_m,
        position_source=placed.belief.source,
        position_age_s=placed.age_s,
    )


def capability_name(capability: str) -> dict[str, str]:
    """A capability's name in both languages."""
    name = CAPABILITIES.get(capability, capability)
    names = {}
    for language in ("id", "en"):
        with translation.override(language):
            names[language] = str(name)
    return names

"""Travel times, nearest units and routes over one road build: the shell around the kernels that knows degrees,
seconds and metres. Needs no database; `maps.routing` chooses the build.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from queue import LifoQueue

import numpy as np
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from maps import kernels
from maps.arrays import DEGREE, Network
from maps.errors import DispatchError
from maps.lines import LonLat, line_of
from maps.snapping import POSITION, Positions, Shapes, snap
from maps.speeds import PROFILES

OFF_ROAD_M = 100.0  # farther from any road than this, a snap says so
LIMIT_S = 7200.0
FOREVER_S = 86_400.0 * 1.5  # longer than any drive; fits the bits that a cost has for it
WORKSPACES = 8  # searches at once in one process; more wait for one to end
CACHED_SNAPS = 65_536


class NoRoads(DispatchError):
    """No region with roads has been imported yet."""

    code = "no_roads"
    status = HTTPStatus.SERVICE_UNAVAILABLE


@dataclass(frozen=True, slots=True)
class Origin:
    """A candidate at a position; key is whatever the caller wants back (a unit's id)."""

    key: int
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Travel:
    """The fastest drive from an origin: seconds, metres by road, metres from the origin to the road."""

    key: int
    travel_s: float
    length_m: float
    snap_m: float


@dataclass(frozen=True, slots=True)
class Route:
    """A drive with its line, from the point of the road nearest to the origin to that of the destination."""

    travel_s: float
    length_m: float
    geometry: list[LonLat]
    origin_snap_m: float
    destination_snap_m: float


@dataclass(frozen=True, slots=True)
class Snap:
    """The nearest point of a road: where, how far off, which street (may have no name)."""

    lon: float
    lat: float
    offset_m: float
    street: str
    edge: int

    @property
    def is_off_road(self) -> bool:
        return self.offset_m > OFF_ROAD_M


@dataclass
class Room:
    """A workspace and the stamp of its last search."""

    work: kernels.Workspace
    stamp: int = 0


class Router:
    """Answers over one build. Safe to share between threads."""

    def __init__(self, network: Network, build_id: str) -> None:
        self.network = network
        self.build_id = build_id
        self._graphs = {profile: network.graph(profile) for profile in PROFILES}
        self._shapes = {profile: network.shapes(profile) for profile in PROFILES}
        self._snaps: dict[str, dict[LonLat, bytes]] = {profile: {} for profile in PROFILES}
        self._rooms: LifoQueue[Room | None] = LifoQueue()
        for _slot in range(WORKSPACES):
            self._rooms.put(None)

    def nearest(
        self,
        destination: LonLat,
        origins: Sequence[Origin],
        *,
        k: int,
        profile: str,
        limit_s: float = LIMIT_S,
    ) -> list[Travel]:
        """The k origins that are at the destination soonest by road, exact, ascending.

        Of equals the shorter drive comes first, then the earlier in the sequence. Those that have no way there,
        or none within limit_s, are left out. Raises ValueError for an unknown profile.
        """
        if not origins or k < 1:
            return []
        places = [destination, *((origin.lon, origin.lat) for origin in origins)]
        positions = self.positions(places, profile)
        limit_ms = round(min(limit_s, FOREVER_S) * 1000)
        with self.room(len(origins)) as room:
            found, cost = kernels.nearest(
                self._graphs[profile], room.work, room.stamp, positions[0], positions[1:], k, limit_ms
            )
        ranked = np.lexsort((found, cost))[:k]
        return [
            Travel(
                key=origins[i].key,
                travel_s=(packed >> kernels.MM_BITS) / 1000,
                length_m=(packed & kernels.MM_MASK) / 1000,
                snap_m=off_m,
            )
            for i, packed, off_m in zip(
                found[ranked].tolist(),
                cost[ranked].tolist(),
                positions["off_m"][1:][found[ranked]].tolist(),
                strict=True,
            )
        ]

    def travel_times(
        self, destination: LonLat, origins: Sequence[Origin], *, profile: str, limit_s: float = LIMIT_S
    ) -> list[Travel]:
        """Every origin that has a way to the destination, ascending."""
        return self.nearest(destination, origins, k=len(origins), profile=profile, limit_s=limit_s)

    def route(self, origin: LonLat, destination: LonLat, *, profile: str) -> Route | None:
        """The fastest drive with its line; None when there is none."""
        positions = self.positions([destination, origin], profile)
        graph = self._graphs[profile]
        target, start = positions[0], positions[1]
        with self.room(1) as room:
            limit_ms = round(FOREVER_S * 1000)
            _found, cost = kernels.nearest(graph, room.work, room.stamp, target, positions[1:], 1, limit_ms)
            if not len(cost):
                return None
            leaves_by, slots = kernels.path(graph, room.work, room.stamp, start, target, cost[0])
        packed = int(cost[0])
        return Route(
            travel_s=(packed >> kernels.MM_BITS) / 1000,
            length_m=(packed & kernels.MM_MASK) / 1000,
            geometry=line_of(self.network, start, target, int(leaves_by), slots),
            origin_snap_m=float(start["off_m"]),
            destination_snap_m=float(target["off_m"]),
        )

    def snap(self, point: LonLat, *, profile: str = "car") -> Snap:
        """The nearest point of a road that the profile may use. Raises NoRoads when it may use none."""
        at = self.positions([point], profile)[0]
        if at["edge"] < 0:
            raise NoRoads(_("This region has no roads for this kind of vehicle."))
        return Snap(
            lon=float(at["lon"]),
            lat=float(at["lat"]),
            offset_m=float(at["off_m"]),
            street=self.network.name(int(self.network.point_way[at["point"]])),
            edge=int(at["edge"]),
        )

    def reach_ms(self, origins: Sequence[LonLat], *, profile: str, limit_s: float = LIMIT_S) -> NDArray[np.int32]:
        """(V,) milliseconds to each vertex from the origin that is there first; -1 past limit_s."""
        ms_to = np.empty(self.network.vertex_count, np.int32)
        limit_ms = round(min(limit_s, FOREVER_S) * 1000)
        kernels.reach(self._graphs[profile], self.positions(origins, profile), limit_ms, ms_to)
        return ms_to

    def reach_s(self, origins: Sequence[LonLat], *, profile: str, limit_s: float = LIMIT_S) -> NDArray[np.float32]:
        """(V,) seconds to each vertex from the origin that is there first; inf past limit_s."""
        ms_to = self.reach_ms(origins, profile=profile, limit_s=limit_s)
        return np.where(ms_to < 0, np.inf, ms_to / 1000).astype(np.float32)

    def warm_up(self) -> None:
        """Compile or load every kernel now rather than under the first caller's hands."""
        x, y = self.network.vertex_x[0] * DEGREE, self.network.vertex_y[0] * DEGREE
        here = (float(x), float(y))
        self.route(here, here, profile=PROFILES[0])
        self.reach_ms([here], profile=PROFILES[0], limit_s=1)

    def shapes(self, profile: str) -> Shapes:
        """What kernels need to walk along edges."""
        return self._shapes[profile]

    def positions(self, places: Sequence[LonLat], profile: str) -> Positions:
        """Where places are on the roads. A snap depends on place, profile and build only, and is remembered."""
        if profile not in self._snaps:
            raise ValueError(f"{profile!r} is not one of {PROFILES}")
        known = self._snaps[profile]
        rows = [known.get(place) for place in places]
        missing = [i for i, row in enumerate(rows) if row is None]
        if missing:
            fresh = self.positions_of(np.array([places[i] for i in missing], np.float64), profile)
            if len(known) + len(missing) > CACHED_SNAPS:
                known.clear()
            for i, row in zip(missing, fresh, strict=True):
                rows[i] = known[places[i]] = row.tobytes()
        return np.frombuffer(bytearray(b"".join(row for row in rows if row)), POSITION)

    def forget_snaps(self) -> None:
        """Snap every place anew from now on."""
        for known in self._snaps.values():
            known.clear()

    def positions_of(self, lonlat: NDArray[np.float64], profile: str) -> Positions:
        """Where (N, 2) places are on the roads; for many that will not be asked for again."""
        fresh = np.zeros(len(lonlat), POSITION)
        snap(self._shapes[profile], lonlat[:, 0].copy(), lonlat[:, 1].copy(), fresh)
        return fresh

    @contextmanager
    def room(self, origins: int) -> Iterator[Room]:
        """A workspace that nobody else uses, with a stamp that it has not seen."""
        room = self._rooms.get()
        try:
            needed = kernels.heap_size(len(self.network.adj_arc), origins)
            if room is None or room.stamp == np.iinfo(np.int32).max or len(room.work.heap_cost) < needed:
                room = Room(make_workspace(self.network.vertex_count, needed))
            room.stamp += 1
            yield room
        finally:
            self._rooms.put(room)


def make_workspace(vertices: int, heap: int) -> kernels.Workspace:
    """An unused workspace. The memory is only reserved: pages that no search touches cost nothing."""
    return kernels.Workspace(
        visit=np.zeros(vertices, kernels.VISIT),
        slot=np.empty(vertices, np.int32),
        heap_cost=np.empty(heap, np.int64),
        heap_item=np.empty(heap, np.int32),
    )

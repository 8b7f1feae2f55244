"""Travel times, nearest units and routes by road: the shell around the kernels that knows ids, degrees and units.

`current_router()` gives the `Router` of the active region's build and follows that row by itself.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from queue import LifoQueue

import numpy as np
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from maps import kernels
from maps.arrays import DEGREE, Network
from maps.builds import ensure_local
from maps.errors import DispatchError
from maps.models import Region
from maps.snapping import POSITION, Positions, Shapes, snap
from maps.speeds import PROFILES

LonLat = tuple[float, float]

OFF_ROAD_M = 100.0  # farther from any road than this, a snap says so
LIMIT_S = 7200.0
FOREVER_S = 86_400.0 * 1.5  # longer than any drive; fits the bits that a cost has for it
RECHECK_S = 1.0
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
class _Room:
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
        self._rooms: LifoQueue[_Room | None] = LifoQueue()
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
        with self._room(len(origins)) as room:
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
        with self._room(1) as room:
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

    def positions_of(self, lonlat: NDArray[np.float64], profile: str) -> Positions:
        """Where (N, 2) places are on the roads; for many that will not be asked for again."""
        fresh = np.zeros(len(lonlat), POSITION)
        snap(self._shapes[profile], lonlat[:, 0].copy(), lonlat[:, 1].copy(), fresh)
        return fresh

    @contextmanager
    def _room(self, origins: int) -> Iterator[_Room]:
        """A workspace that nobody else uses, with a stamp that it has not seen."""
        room = self._rooms.get()
        try:
            needed = kernels.heap_size(len(self.network.adj_arc), origins)
            if room is None or room.stamp == np.iinfo(np.int32).max or len(room.work.heap_cost) < needed:
                room = _Room(make_workspace(self.network.vertex_count, needed))
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


def line_of(
    network: Network, start: np.void, target: np.void, leaves_by: int, slots: NDArray[np.int32]
) -> list[LonLat]:
    """The line of a drive: part of the first edge, whole edges, part of the last (see kernels.path)."""
    first, last = [[float(start["lon"]), float(start["lat"])]], [[float(target["lon"]), float(target["lat"])]]
    if leaves_by == 0:
        return _joined([first, _between(network, start, target), last])
    arcs = network.adj_arc[slots] ^ 1  # a slot is seen from its head: its arc leaves where the drive arrives
    parts = [first, _leaving(network, start, over_end=leaves_by == 1)]
    parts += [_whole(network, int(arc)) for arc in arcs]
    vertex = int(start["end"] if leaves_by == 1 else start["start"])
    if len(arcs):
        edge, against = divmod(int(arcs[-1]), 2)
        vertex = int(network.edge_start[edge] if against else network.edge_end[edge])
    arriving = _leaving(network, target, over_end=not _arrives_over_start(target, vertex))
    return _joined([*parts, arriving[::-1], last])


def _arrives_over_start(target: np.void, vertex: int) -> bool:
    """Which end of its edge a drive to the target comes over, when it has come to this vertex."""
    if target["start"] != target["end"]:
        return bool(vertex == target["start"])
    over_start = kernels.to_start(target, target["along"])
    return bool(over_start <= kernels.to_end(target, target["against"]))


def _points(network: Network, first: int, last: int) -> list[list[float]]:
    """Points first … last-1 in degrees."""
    x, y = network.point_x[first:last] / 1e7, network.point_y[first:last] / 1e7
    return np.column_stack((x, y)).tolist()  # type: ignore[no-any-return]


def _leaving(network: Network, at: np.void, *, over_end: bool) -> list[list[float]]:
    """The points from a position to an end of its edge."""
    edge, point = int(at["edge"]), int(at["point"])
    if over_end:
        return _points(network, point + 1, int(network.shape_offset[edge + 1]))
    return _points(network, int(network.shape_offset[edge]), point + 1)[::-1]


def _between(network: Network, start: np.void, target: np.void) -> list[list[float]]:
    """The points between two positions of one edge."""
    if start["at_mm"] <= target["at_mm"]:
        return _points(network, int(start["point"]) + 1, int(target["point"]) + 1)
    return _points(network, int(target["point"]) + 1, int(start["point"]) + 1)[::-1]


def _whole(network: Network, arc: int) -> list[list[float]]:
    edge, against = divmod(arc, 2)
    points = _points(network, int(network.shape_offset[edge]), int(network.shape_offset[edge + 1]))
    return points[::-1] if against else points


def _joined(parts: list[list[list[float]]]) -> list[LonLat]:
    """One line, without a point that repeats the one before it; a line has two points at least."""
    line: list[LonLat] = []
    for part in parts:
        for lon, lat in part:
            point = (round(lon, 7), round(lat, 7))
            if not line or line[-1] != point:
                line.append(point)
    return line if len(line) > 1 else line * 2


@dataclass
class _Current:
    """This process's router and when the active region was last looked at."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    router: Router | None = None
    checked_s: float = 0.0


_current = _Current()


def current_router() -> Router:
    """The router of the active region's build.

    Looks at the region's row at most once a second; a new build is opened (fetched from the database when this
    host does not have it) by the first caller who needs it. Raises NoRoads before the first import.
    """
    router = _current.router
    if router is not None and time.monotonic() - _current.checked_s < RECHECK_S:
        return router
    with _current.lock:
        if _current.router is None or time.monotonic() - _current.checked_s >= RECHECK_S:
            _current.router = _follow(_current.router)
            _current.checked_s = time.monotonic()
        return _current.router


def _follow(router: Router | None) -> Router:
    """The router for the build that the active region names now."""
    region = Region.objects.filter(is_active=True, build__isnull=False).values_list("build_id", flat=True)
    build_id = region.first()
    if build_id is None:
        raise NoRoads(_("No roads have been imported yet."))
    if router is not None and router.build_id == build_id:
        return router
    return open_router(build_id)


def open_router(build_id: str) -> Router:
    """A router over a build, ready to answer. Raises FileNotFoundError, BadBuild."""
    router = Router(Network.open(ensure_local(build_id)), build_id)
    router.warm_up()
    return router


def forget_current_router() -> None:
    """Look at the active region again at the next call: for a process that has just changed it."""
    with _current.lock:
        _current.router, _current.checked_s = None, 0.0

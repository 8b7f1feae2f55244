"""Compiles every kernel before somebody waits for it.

Numba compiles a kernel at its first call, which takes seconds, and keeps the machine code beside the module; other
processes then load it in milliseconds. The import calls this, so that no dispatcher's first question pays for it.
"""

from functools import lru_cache

import numpy as np
import shapely

from maps import coverage
from maps.lines import LonLat
from maps.network import RoadRows, build_network
from maps.router import Origin, Router

SOMEWHERE: LonLat = (102.26, -3.79)
PROFILE = "ambulance"


@lru_cache(maxsize=1)
def compile_kernels() -> None:
    """Ask one of each question over a network of two streets. Once a process; needs no database."""
    router = Router(build_network(two_streets(), min_part_m=0), "warm")
    units = [Origin(0, *SOMEWHERE)]
    router.nearest(SOMEWHERE, units, k=1, profile=PROFILE)
    router.route(SOMEWHERE, (SOMEWHERE[0] + 0.005, SOMEWHERE[1]), profile=PROFILE)
    cover = coverage.reach([SOMEWHERE], (60,), PROFILE, router=router)
    area = coverage.areas_of_edges(router.network, [shapely.box(102, -4, 103, -3)])
    coverage.road_shares(cover, area, 1)
    coverage.seconds_at(cover, np.array([SOMEWHERE]))
    coverage.gap_polygons(cover, 60)


def two_streets() -> RoadRows:
    """A crossing of two streets, the smallest town there is."""
    lon = SOMEWHERE[0] + np.array([0.0, 0.005, 0.01, 0.005, 0.005])
    lat = SOMEWHERE[1] + np.array([0.0, 0.0, 0.0, 0.005, -0.005])
    return RoadRows(
        node_id=np.arange(5, dtype=np.int64),
        lon=lon,
        lat=lat,
        node_flags=np.zeros(5, np.uint8),
        way_offset=np.array([0, 3, 6], np.int64),
        way_node=np.array([0, 1, 2, 3, 1, 4], np.int32),
        way_id=np.arange(2, dtype=np.int64),
        highway=np.zeros(2, np.uint8),
        surface=np.zeros(2, np.uint8),
        maxspeed_kmh=np.full(2, np.nan, np.float32),
        oneway=np.zeros(2, np.int8),
        flags=np.zeros(2, np.uint32),
        width_m=np.full(2, np.nan, np.float32),
        name=np.full(2, -1, np.int32),
        names=[],
    )

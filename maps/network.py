"""The road network as flat arrays: what a source hands over, and what a build holds.

The hand-over is `RoadRows`: plain arrays, the same from pyosmium and from OSMnx (`maps/osm.py` fills them,
with `maps.tags.read_way` and `read_node` for the codes). `build_network(rows, progress=...)` makes a
Network of it; `save(network, folder)` writes one into a folder and `Network.open(folder)` maps it,
read-only and shared by all processes of the host.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Progress = Callable[[str, float], None]  # (what is being done, share done from 0 to 1)


@dataclass(frozen=True)
class RoadRows:
    """Roads as the source tells them: N nodes that ways use, W ways over M node references.

    node_id       (N,) int64 OSM ids, each once, in any order
    lon, lat      (N,) float64 degrees
    node_flags    (N,) uint8 bits of `maps.tags.NodeFlag`
    way_offset    (W+1,) int64: way w has nodes way_node[way_offset[w]:way_offset[w+1]]
    way_node      (M,) int32 indices into the node arrays (not OSM ids)
    way_id        (W,) int64 OSM ids
    highway       (W,) uint8 index into `maps.tags.HIGHWAYS`
    surface       (W,) uint8 index into `maps.tags.SURFACES`
    maxspeed_kmh  (W,) float32, nan: not said
    oneway        (W,) int8: 1 along the nodes, -1 against, 0 both ways
    flags         (W,) uint32 bits of `maps.tags.RoadFlag`
    width_m       (W,) float32, nan: not said
    name          (W,) int32 index into names, -1: no name
    names         every name once
    """

    node_id: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    node_flags: NDArray[np.uint8]
    way_offset: NDArray[np.int64]
    way_node: NDArray[np.int32]
    way_id: NDArray[np.int64]
    highway: NDArray[np.uint8]
    surface: NDArray[np.uint8]
    maxspeed_kmh: NDArray[np.float32]
    oneway: NDArray[np.int8]
    flags: NDArray[np.uint32]
    width_m: NDArray[np.float32]
    name: NDArray[np.int32]
    names: list[str]

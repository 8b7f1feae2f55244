"""Road rows made by hand or by chance, for the tests of the network."""

from dataclasses import dataclass, field

import numpy as np

from maps.network import RoadRows
from maps.tags import HIGHWAY_CODE, SURFACE_CODE


@dataclass
class Roads:
    """Collects nodes (in metres east and north of a point near Bengkulu) and ways, then makes RoadRows."""

    nodes: dict[int, tuple[float, float]] = field(default_factory=dict)
    node_flags: dict[int, int] = field(default_factory=dict)
    ways: list[dict[str, object]] = field(default_factory=list)
    lon: float = 102.26
    lat: float = -3.79

    def node(self, number: int, east_m: float, north_m: float, flags: int = 0) -> "Roads":
        degree_m = 111_000.0
        self.nodes[number] = (self.lon + east_m / degree_m, self.lat + north_m / degree_m)
        self.node_flags[number] = flags
        return self

    def way(self, *nodes: int, highway: str = "residential", **facts: object) -> "Roads":
        self.ways.append({"nodes": nodes, "highway": highway, **facts})
        return self

    def rows(self) -> RoadRows:
        numbers = sorted(self.nodes)
        row = {number: i for i, number in enumerate(numbers)}
        names = sorted({str(way["name"]) for way in self.ways if way.get("name")})
        places = np.array([self.nodes[number] for number in numbers], np.float64).reshape(-1, 2)
        lists = [[row[n] for n in way["nodes"]] for way in self.ways]  # type: ignore[attr-defined]
        return RoadRows(
            node_id=np.array(numbers, np.int64),
            lon=np.round(places[:, 0], 7),
            lat=np.round(places[:, 1], 7),
            node_flags=np.array([self.node_flags[n] for n in numbers], np.uint8),
            way_offset=np.cumsum([0] + [len(nodes) for nodes in lists]).astype(np.int64),
            way_node=np.array([node for nodes in lists for node in nodes], np.int32),
            way_id=np.arange(1, len(self.ways) + 1, dtype=np.int64) * 100,
            highway=np.array([HIGHWAY_CODE[str(way["highway"])] for way in self.ways], np.uint8),
            surface=np.array([SURFACE_CODE[str(way.get("surface", ""))] for way in self.ways], np.uint8),
            maxspeed_kmh=np.array([way.get("maxspeed_kmh", np.nan) for way in self.ways], np.float32),
            oneway=np.array([way.get("oneway", 0) for way in self.ways], np.int8),
            flags=np.array([way.get("flags", 0) for way in self.ways], np.uint32),
            width_m=np.array([way.get("width_m", np.nan) for way in self.ways], np.float32),
            name=np.array([names.index(str(w["name"])) if w.get("name") else -1 for w in self.ways], np.int32),
            names=names,
        )

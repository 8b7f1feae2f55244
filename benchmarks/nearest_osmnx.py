"""OSMnx's graph searched by NetworkX, and the same graph in pandana. See nearest_peer.py."""

import pickle
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx
import osmnx
import pandana
import pyproj

from benchmarks.nearest_peer import Engine, Point, Times, serve

NEVER_S = 4e6  # what pandana answers, and more, where there is no way


def open_engine(request: dict[str, Any]) -> Engine:
    streets, cache = Path(request["streets"]), Path(request["cache"])
    if request["engine"] == "pandana":
        return _pandana_engine(*_once(cache / "pandana.pickle", lambda: _frames(_graph(streets, cache))))
    return _networkx_engine(_graph(streets, cache))


def _once(kept: Path, make: Callable[[], Any]) -> Any:
    """What make returns, made once and kept in a file."""
    if not kept.exists():
        kept.write_bytes(pickle.dumps(make()))
    return pickle.loads(kept.read_bytes())


def _graph(streets: Path, cache: Path) -> Any:
    """The simplified, projected graph with travel times, as users of OSMnx make it."""

    def make() -> Any:
        graph = osmnx.graph_from_xml(streets, simplify=True, retain_all=False)
        return osmnx.project_graph(osmnx.add_edge_travel_times(osmnx.add_edge_speeds(graph, fallback=30)))

    return _once(cache / "osmnx.pickle", make)


def _frames(graph: Any) -> tuple[Any, Any, Any]:
    """Nodes with small numbers, edges between them, and the projection."""
    nodes, edges = osmnx.graph_to_gdfs(graph)
    row = {node: i for i, node in enumerate(nodes.index)}
    edges = edges.reset_index()[["u", "v", "travel_time"]].assign(
        u=lambda frame: frame["u"].map(row), v=lambda frame: frame["v"].map(row)
    )
    return nodes[["x", "y"]].reset_index(drop=True), edges, graph.graph["crs"]


def _projector(crs: Any) -> Callable[[list[Point]], tuple[Any, Any]]:
    transformer = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    return lambda points: transformer.transform([lon for lon, _ in points], [lat for _, lat in points])


def _networkx_engine(graph: Any) -> Engine:
    backward, project = graph.reverse(), _projector(graph.graph["crs"])

    def answer(units: list[Point], destination: Point) -> tuple[float, Times]:
        started = time.perf_counter()
        target, *nodes = osmnx.distance.nearest_nodes(graph, *project([destination, *units]))
        seconds = networkx.single_source_dijkstra_path_length(backward, target, weight="travel_time")
        found = [seconds.get(node) for node in nodes]
        return (time.perf_counter() - started) * 1000, found

    return answer


def _pandana_engine(nodes: Any, edges: Any, crs: Any) -> Engine:
    network = pandana.Network(nodes["x"], nodes["y"], edges["u"], edges["v"], edges[["travel_time"]], twoway=False)
    project = _projector(crs)

    def answer(units: list[Point], destination: Point) -> tuple[float, Times]:
        started = time.perf_counter()
        target, *sources = network.get_node_ids(*project([destination, *units])).tolist()
        seconds = network.shortest_path_lengths(sources, [target] * len(sources), imp_name="travel_time")
        ms = (time.perf_counter() - started) * 1000
        return ms, [s if s < NEVER_S else None for s in seconds]

    return answer


if __name__ == "__main__":
    serve(open_engine)

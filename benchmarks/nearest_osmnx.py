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
from nearest_peer import Engine, Point, Times, serve

NEVER_S = 4e6  # what pandana answers, and more, where there is no way


def open_engine(request: dict[str, Any]) -> Engine:
    graph = _graph(Path(request["streets"]), Path(request["cache"]))
    return {"osmnx": _networkx_engine, "pandana": _pandana_engine}[request["engine"]](graph)


def _graph(streets: Path, cache: Path) -> Any:
    """The simplified, projected graph with travel times, as users of OSMnx make it."""
    kept = cache / "osmnx.pickle"
    if kept.exists():
        return pickle.loads(kept.read_bytes())
    graph = osmnx.graph_from_xml(streets, simplify=True, retain_all=False)
    graph = osmnx.project_graph(osmnx.add_edge_travel_times(osmnx.add_edge_speeds(graph, fallback=30)))
    kept.write_bytes(pickle.dumps(graph))
    return graph


def _projector(graph: Any) -> Callable[[list[Point]], tuple[Any, Any]]:
    transformer = pyproj.Transformer.from_crs("EPSG:4326", graph.graph["crs"], always_xy=True)
    return lambda points: transformer.transform([lon for lon, _ in points], [lat for _, lat in points])


def _networkx_engine(graph: Any) -> Engine:
    backward, project = graph.reverse(), _projector(graph)

    def answer(units: list[Point], destination: Point) -> tuple[float, Times]:
        started = time.perf_counter()
        target, *nodes = osmnx.distance.nearest_nodes(graph, *project([destination, *units]))
        seconds = networkx.single_source_dijkstra_path_length(backward, target, weight="travel_time")
        found = [seconds.get(node) for node in nodes]
        return (time.perf_counter() - started) * 1000, found

    return answer


def _pandana_engine(graph: Any) -> Engine:
    nodes, edges = osmnx.graph_to_gdfs(graph)
    edges = edges.reset_index()
    row = {node: i for i, node in enumerate(nodes.index)}
    nodes.index = range(len(nodes))
    network = pandana.Network(
        nodes["x"], nodes["y"], edges["u"].map(row), edges["v"].map(row), edges[["travel_time"]], twoway=False
    )
    project = _projector(graph)

    def answer(units: list[Point], destination: Point) -> tuple[float, Times]:
        started = time.perf_counter()
        target, *sources = network.get_node_ids(*project([destination, *units])).tolist()
        seconds = network.shortest_path_lengths(sources, [target] * len(sources), imp_name="travel_time")
        ms = (time.perf_counter() - started) * 1000
        return ms, [s if s < NEVER_S else None for s in seconds]

    return answer


if __name__ == "__main__":
    serve(open_engine)

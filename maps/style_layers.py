"""The bricks of a MapLibre style: layers over our tiles, filters and values that change with the zoom."""

from typing import Any

SOURCE = "geo112"
Layer = dict[str, Any]


def layer(layer_id: str, kind: str, table: str, *, only: Any = None, **rest: Any) -> Layer:
    layer: Layer = {"id": layer_id, "type": kind, "source": SOURCE, "source-layer": table, **rest}
    if only is not None:
        layer["filter"] = only
    return layer


def is_kind(*kinds: str) -> list[Any]:
    return ["in", ["get", "kind"], ["literal", list(kinds)]]


def zooms(*pairs: tuple[float, Any], base: float = 1.0) -> list[Any]:
    return ["interpolate", ["exponential", base], ["zoom"], *[value for pair in pairs for value in pair]]

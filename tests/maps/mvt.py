"""A small reader of Mapbox vector tiles, for tests: layers with the kinds and names of their features."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Layer:
    """A layer's name, and the attributes of each feature."""

    name: str = ""
    extent: int = 4096
    features: list[dict[str, Any]] = field(default_factory=list)


def read_tile(data: bytes) -> dict[str, Layer]:
    """Layers by name."""
    layers = [_layer(value) for number, value in _fields(data) if number == 3]
    return {layer.name: layer for layer in layers}


def _layer(data: bytes) -> Layer:
    layer, keys, values, raw = Layer(), [], [], []
    for number, value in _fields(data):
        if number == 1:
            layer.name = value.decode()
        elif number == 2:
            raw.append(value)
        elif number == 3:
            keys.append(value.decode())
        elif number == 4:
            values.append(_value(value))
        elif number == 5:
            layer.extent = value
    for feature in raw:
        tags = next((list(_varints(value)) for number, value in _fields(feature) if number == 2), [])
        pairs = zip(tags[::2], tags[1::2], strict=True)
        layer.features.append({keys[key]: values[value] for key, value in pairs})
    return layer


def _value(data: bytes) -> Any:
    number, value = next(_fields(data))
    if number == 1:
        return value.decode()
    return bool(value) if number == 7 else value


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """(field number, value) of a protobuf message: bytes or a whole number."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        if tag & 7 == 0:
            value, at = _varint(data, at)
            yield tag >> 3, value
        elif tag & 7 == 2:
            size, at = _varint(data, at)
            yield tag >> 3, data[at : at + size]
            at += size
        else:
            size = 8 if tag & 7 == 1 else 4
            yield tag >> 3, data[at : at + size]
            at += size


def _varints(data: bytes) -> Iterator[int]:
    at = 0
    while at < len(data):
        value, at = _varint(data, at)
        yield value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7

"""OpenStreetMap files drawn by hand, for the tests of the import."""

import gzip
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import quoteattr

import osmium

WEST, SOUTH = 102.26, -3.80
STEP = 0.002  # degrees between neighbouring crossings of a drawn town, about 220 m


@dataclass
class OsmFile:
    """Collects objects and writes them as .osm, .osm.gz or .osm.pbf."""

    nodes: dict[int, str] = field(default_factory=dict)
    ways: dict[int, str] = field(default_factory=dict)
    relations: dict[int, str] = field(default_factory=dict)
    generator: str = "tests"
    in_order: bool = True

    def node(self, number: int, lon: float, lat: float, **tags: str) -> int:
        self.nodes[number] = f'<node id="{number}" version="1" lon="{lon:.7f}" lat="{lat:.7f}">{_tags(tags)}</node>'
        return number

    def way(self, number: int, nodes: list[int], **tags: str) -> int:
        refs = "".join(f'<nd ref="{node}"/>' for node in nodes)
        self.ways[number] = f'<way id="{number}" version="1">{refs}{_tags(tags)}</way>'
        return number

    def relation(self, number: int, members: list[tuple[int, str]], **tags: str) -> int:
        parts = "".join(f'<member type="way" ref="{way}" role="{role}"/>' for way, role in members)
        self.relations[number] = f'<relation id="{number}" version="1">{parts}{_tags(tags)}</relation>'
        return number

    def text(self) -> str:
        groups = (self.nodes, self.ways, self.relations)
        body = "".join(group[number] for group in groups for number in sorted(group, reverse=not self.in_order))
        return f'<?xml version="1.0"?><osm version="0.6" generator={quoteattr(self.generator)}>{body}</osm>'

    def write(self, path: Path) -> Path:
        if path.name.endswith(".gz"):
            path.write_bytes(gzip.compress(self.text().encode()))
        elif path.name.endswith(".pbf"):
            plain = self.write(path.with_name("plain.osm"))
            header = osmium.io.Header()
            header.set("generator", self.generator)
            with osmium.SimpleWriter(str(path), header=header, overwrite=True) as writer:
                for item in osmium.FileProcessor(str(plain)):
                    writer.add(item)
        else:
            path.write_text(self.text())
        return path


def _tags(tags: dict[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(key.replace('__', ':'))} v={quoteattr(value)}/>" for key, value in tags.items())


def town(size: int = 5, *, name: str = "Jalan") -> OsmFile:
    """A grid of size × size crossings with named streets, a hospital, a mosque and two kelurahan in a kecamatan."""
    file = OsmFile()
    for row in range(size):
        for column in range(size):
            file.node(row * size + column + 1, WEST + column * STEP, SOUTH + row * STEP)
    for line in range(size):
        across = [line * size + column + 1 for column in range(size)]
        along = [row * size + line + 1 for row in range(size)]
        file.way(100 + line, across, highway="residential", name=f"{name} Mawar {line + 1}")
        file.way(200 + line, along, highway="tertiary", name=f"{name} Melati {line + 1}")
    file.node(901, WEST + STEP / 2, SOUTH + STEP / 2, amenity="hospital", name="RS Harapan")
    faith = {"amenity": "place_of_worship", "religion": "muslim"}
    file.node(902, WEST + 2.5 * STEP, SOUTH + 2.4 * STEP, name="Masjid Al-Falah", **faith)
    add_districts(file, size)
    return file


def add_districts(file: OsmFile, size: int) -> None:
    """West and east kelurahan share a border; the kecamatan is both together."""
    last, middle = (size - 0.5) * STEP, (size / 2 - 0.5) * STEP
    left, right, south, north = WEST - STEP / 2, WEST + last, SOUTH - STEP / 2, SOUTH + last
    corners = [(left, south), (WEST + middle, south), (right, south), (right, north), (WEST + middle, north)]
    for number, (lon, lat) in enumerate([*corners, (left, north)], 801):
        file.node(number, lon, lat)
    file.way(301, [805, 806, 801, 802])
    file.way(302, [802, 803, 804, 805])
    file.way(303, [802, 805])
    administrative = {"type": "boundary", "boundary": "administrative"}
    file.relation(401, [(301, "outer"), (303, "outer")], admin_level="7", name="Barat", **administrative)
    file.relation(402, [(302, "outer"), (303, "outer")], admin_level="7", name="Timur", **administrative)
    file.relation(403, [(301, "outer"), (302, "outer")], admin_level="6", name="Tengah", **administrative)

"""Where a vehicle is on its way. Pure."""

import math
from dataclasses import dataclass
from random import Random

from shapely import LineString

LonLat = tuple[float, float]
DEGREE_M = 111_320.0
AHEAD = 0.002  # share of the way to look ahead for the heading


@dataclass(frozen=True)
class Spot:
    """A position as a phone's receiver would tell it."""

    lon: float
    lat: float
    speed_mps: float
    heading_deg: float | None


class Drive:
    """A way along a line that takes travel_s seconds, at one speed all along."""

    def __init__(self, line: list[LonLat], *, travel_s: float, length_m: float) -> None:
        self._line = LineString(line)
        self.travel_s = max(travel_s, 1.0)
        self.speed_mps = length_m / self.travel_s

    def is_over(self, elapsed_s: float) -> bool:
        """Whether it has arrived."""
        return elapsed_s >= self.travel_s

    def at(self, elapsed_s: float) -> Spot:
        """Where it is after so many seconds; at the end it stands."""
        share = min(max(elapsed_s / self.travel_s, 0.0), 1.0)
        here = self._line.interpolate(share, normalized=True)
        if share >= 1.0:
            return Spot(here.x, here.y, 0.0, None)
        return Spot(here.x, here.y, self.speed_mps, self._heading_deg(share))

    def _heading_deg(self, share: float) -> float:
        ahead = self._line.interpolate(min(share + AHEAD, 1.0), normalized=True)
        behind = self._line.interpolate(share, normalized=True)
        east = (ahead.x - behind.x) * math.cos(math.radians(behind.y))
        return math.degrees(math.atan2(east, ahead.y - behind.y)) % 360


def blurred(spot: Spot, rng: Random, *, metres: float = 4.0) -> Spot:
    """The spot with a receiver's error."""
    lat = spot.lat + rng.gauss(0, metres) / DEGREE_M
    lon = spot.lon + rng.gauss(0, metres) / (DEGREE_M * math.cos(math.radians(spot.lat)))
    return Spot(lon, lat, spot.speed_mps, spot.heading_deg)

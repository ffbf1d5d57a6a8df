"""Where a phone was: inside a site's fence or how far from it, and how fast somebody would have moved.

Coordinates are WGS 84 in ten-millionths of a degree; distances are whole metres on a sphere, good to
half a percent, which is less than what phones know of themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import asin, cos, hypot, radians, sin, sqrt

EARTH_METRES = 6_371_009
UNIT = 10_000_000  # parts of a degree

Point = tuple[int, int]  # (latitude, longitude)


@dataclass(frozen=True, slots=True)
class Fence:
    """A circle around one corner (`radius_metres` > 0), or the polygon of at least three."""

    corners: tuple[Point, ...]
    radius_metres: int = 0


def distance(a: Point, b: Point) -> int:
    """Metres along the great circle (haversine)."""
    lat_a, lat_b = radians(a[0] / UNIT), radians(b[0] / UNIT)
    half = sin((lat_b - lat_a) / 2) ** 2
    half += cos(lat_a) * cos(lat_b) * sin(radians((b[1] - a[1]) / UNIT) / 2) ** 2
    return round(2 * EARTH_METRES * asin(min(1.0, sqrt(half))))


def outside_by(fence: Fence, point: Point) -> int:
    """Metres from the fence; 0 inside."""
    if fence.radius_metres:
        return max(0, distance(fence.corners[0], point) - fence.radius_metres)
    flat = [_flat(corner, point) for corner in fence.corners]
    if _holds(flat):
        return 0
    return round(min(_to_edge(a, b) for a, b in pairwise([*flat, flat[0]])))


def centre(fence: Fence) -> Point:
    """The middle of the corners."""
    count = len(fence.corners)
    return sum(c[0] for c in fence.corners) // count, sum(c[1] for c in fence.corners) // count


def _flat(corner: Point, origin: Point) -> tuple[float, float]:
    """Metres east and north of the origin: a site is small enough to be flat."""
    turn = (corner[1] - origin[1] + 180 * UNIT) % (360 * UNIT) - 180 * UNIT
    east = radians(turn / UNIT) * cos(radians(origin[0] / UNIT)) * EARTH_METRES
    return east, radians((corner[0] - origin[0]) / UNIT) * EARTH_METRES


def _holds(corners: Sequence[tuple[float, float]]) -> bool:
    """Whether the origin lies within: a ray to the east crosses an odd number of edges."""
    inside = False
    for (x1, y1), (x2, y2) in pairwise([*corners, corners[0]]):
        if (y1 > 0) != (y2 > 0) and x1 + (x2 - x1) * -y1 / (y2 - y1) > 0:
            inside = not inside
    return inside


def _to_edge(a: tuple[float, float], b: tuple[float, float]) -> float:
    along = (b[0] - a[0], b[1] - a[1])
    length = along[0] ** 2 + along[1] ** 2
    part = -(a[0] * along[0] + a[1] * along[1]) / length if length else 0.0
    part = min(1.0, max(0.0, part))
    return hypot(a[0] + part * along[0], a[1] + part * along[1])

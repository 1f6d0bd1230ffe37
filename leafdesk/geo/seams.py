"""Looks along the seams between fields for gaps that should not be and for ground that lies in two fields."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from leafdesk.geo.flat import flat
from leafdesk.geo.measure import area_ha
from leafdesk.geo.shape import Polygon, Shape
from leafdesk.geo.view import unworld

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_EQUATOR_M = 2 * math.pi * 6378137.0
_LEAST_M2 = 5.0
"""Smaller ones are of no use to anybody."""
WIDEST_M = 5.0
"""A gap is no wider than this: what is wider is a track or a ditch."""


@dataclass(frozen=True, slots=True)
class Seam:
    """A gap or an overlap between two fields, by their places in what was asked."""

    kind: Literal["gap", "overlap"]
    first: int
    second: int
    area_ha: float
    shape: Shape


@dataclass(frozen=True, slots=True)
class Seams:
    """All of them, the largest first, and the places of fields that are invalid, which were left out."""

    found: list[Seam]
    invalid: list[int]


def seams(packed: list[bytes], widest_m: float) -> Seams:
    """Gaps up to so many metres wide and overlaps among packed shapes (`geo.shape.pack`), hectares geodesic."""
    import numpy as np
    import shapely

    geometries = flat(packed)
    valid = shapely.is_valid(geometries) & ~shapely.is_empty(geometries)
    places = np.flatnonzero(valid)
    fields = geometries[places]
    if len(fields) < 2:
        return Seams([], np.flatnonzero(~valid).tolist())
    metre = _metres(fields)
    loose = _loose_edges(fields)
    first, second = _near(fields, loose, widest_m * metre)
    wide = widest_m * np.maximum(metre[first], metre[second])
    window = _window(np.where(shapely.is_empty(loose), fields, loose), first, second, wide)
    both, between = _meeting(fields[first], fields[second], window, wide)
    found = [
        *_told("overlap", both, places[first], places[second]),
        *_told("gap", between, places[first], places[second]),
    ]
    return Seams(sorted(found, key=lambda seam: -seam.area_ha), np.flatnonzero(~valid).tolist())


def _metres(fields: NDArray[Any]) -> NDArray[np.float64]:
    """A metre on the ground where each field lies, in world units."""
    import numpy as np
    import shapely

    top, bottom = shapely.bounds(fields)[:, [1, 3]].T
    stretch = np.cosh((0.5 - (top + bottom) / 2) * 2 * math.pi)
    metre: NDArray[np.float64] = stretch / _EQUATOR_M
    return metre


def _loose_edges(fields: NDArray[Any]) -> NDArray[Any]:
    """The edges of each field that no neighbour has the other way round: only along them can anything be amiss."""
    import numpy as np
    import shapely

    lines = shapely.boundary(shapely.orient_polygons(fields))
    points, field = shapely.get_coordinates(lines, return_index=True)
    parts = shapely.get_parts(lines)
    sizes = shapely.get_num_coordinates(parts)
    ends = np.cumsum(sizes)
    starts = np.delete(np.arange(len(points)), ends - 1)  # a ring's last point begins no edge
    here, there = _hash(points[starts]), _hash(points[starts + 1])
    onward, back = here * np.uint64(3) + there, there * np.uint64(3) + here
    known, place, count = np.unique(onward, return_inverse=True, return_counts=True)
    found = np.minimum(np.searchsorted(known, back), len(known) - 1)
    joined = (known[found] == back) & (count[found] == 1) & (count[place] == 1)
    left = starts[~joined]
    edges = shapely.linestrings(np.stack([points[left], points[left + 1]], axis=1))
    out = np.full(len(fields), shapely.MultiLineString(), object)
    if len(left):
        shapely.multilinestrings(edges, indices=field[left], out=out)
    return out


def _hash(points: NDArray[np.float64]) -> NDArray[np.uint64]:
    """A number for each position; two positions with other numbers have other ones."""
    import numpy as np

    bits = np.ascontiguousarray(points).view(np.uint64).reshape(-1, 2)
    mixed = bits[:, 0] * np.uint64(0x9E3779B97F4A7C15) ^ (bits[:, 1] + np.uint64(0x7F4A7C15)) * np.uint64(
        0xC2B2AE3D27D4EB4F
    )
    out: NDArray[np.uint64] = mixed ^ (mixed >> np.uint64(29))
    return out


def _near(
    fields: NDArray[Any], loose: NDArray[Any], reach: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pairs of fields whose loose edges come near each other, or one of which holds the other."""
    import numpy as np
    import shapely

    near = shapely.STRtree(loose).query(loose, predicate="dwithin", distance=reach)
    inside = shapely.STRtree(fields).query(fields, predicate="contains")
    pairs = np.unique(np.sort(np.concatenate([near, inside], axis=1), axis=0), axis=1)
    first, second = pairs[:, pairs[0] < pairs[1]]
    return first, second


def _window(
    seen: NDArray[Any], first: NDArray[np.intp], second: NDArray[np.intp], wide: NDArray[np.float64]
) -> NDArray[Any]:
    """Where to look at each pair: where the boxes of both meet, and a little around."""
    import numpy as np
    import shapely

    box = shapely.bounds(seen)
    low, high = np.maximum(box[first, :2], box[second, :2]), np.minimum(box[first, 2:], box[second, 2:])
    low, high = np.minimum(low, high) - 2 * wide[:, None], np.maximum(low, high) + 2 * wide[:, None]
    window: NDArray[Any] = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
    return window


def _meeting(
    a: NDArray[Any], b: NDArray[Any], window: NDArray[Any], wide: NDArray[np.float64]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """(what lies in both, what lies between) of pairs of fields, looked for only in their window."""
    import shapely

    a, b = shapely.intersection(a, window), shapely.intersection(b, window)
    both = shapely.intersection(a, b)
    whole = shapely.union(a, b)
    style: dict[str, Any] = {"join_style": "mitre", "mitre_limit": 2.0}
    closed = shapely.buffer(shapely.buffer(whole, wide / 2, **style), -wide / 2 * 1.02, **style)
    return both, shapely.intersection(shapely.difference(closed, whole), window)


def _told(
    kind: Literal["gap", "overlap"], found: NDArray[Any], first: NDArray[np.intp], second: NDArray[np.intp]
) -> list[Seam]:
    import numpy as np
    import shapely

    told = []
    rough = shapely.area(found) * _EQUATOR_M**2  # Mercator stretches: never less than the ground
    for n in np.flatnonzero(rough > _LEAST_M2).tolist():
        shape = _shape(found[n])
        area = area_ha(shape)
        if area * 1e4 > _LEAST_M2:
            told.append(Seam(kind, int(first[n]), int(second[n]), area, shape))
    return told


def _shape(found: Any) -> Shape:
    import shapely

    polygons: list[Polygon] = []
    for part in shapely.get_parts(found).tolist():
        if part.geom_type == "Polygon" and not part.is_empty:
            rings = (part.exterior, *part.interiors)
            polygons.append(tuple(tuple(unworld((x, y)) for x, y in ring.coords) for ring in rings))
    return tuple(polygons)

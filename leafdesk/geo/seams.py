"""Looks along the seams between fields for gaps that should not be and for ground that lies in two fields."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from leafdesk.geo.flat import flat
from leafdesk.geo.measure import area_ha
from leafdesk.geo.shape import Shape
from leafdesk.geo.view import unworld_array

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
    one, other = _overlapping(fields)
    both = _both(fields, one, other)
    loose = _loose_edges(fields)
    first, second = _near(loose, widest_m * metre)
    held = shapely.area(both) > (1 - 1e-9) * np.minimum(shapely.area(fields[one]), shapely.area(fields[other]))
    apart = ~np.isin(
        _pair(first, second), _pair(one[held], other[held])
    )  # in a bay of the larger one nothing is missing
    first, second = first[apart], second[apart]
    wide = widest_m * np.maximum(metre[first], metre[second])
    between = _between(fields[first], fields[second], _window(loose, first, second, wide), wide)
    found = [
        *_told("overlap", both, places[one], places[other]),
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
    """The edges of each field that no neighbour has the other way round: only along them can ground be missing."""
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


def _overlapping(fields: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pairs of fields that have ground in common, each once."""
    import shapely

    first, second = shapely.STRtree(fields).query(fields, predicate="intersects")
    first, second = first[first < second], second[first < second]
    shared = shapely.equals_identical(fields[first], fields[second])  # corner by corner GEOS would need seconds for it
    shared[~shared] = shapely.relate_pattern(fields[first[~shared]], fields[second[~shared]], "T********")
    return first[shared], second[shared]


def _both(fields: NDArray[Any], first: NDArray[np.intp], second: NDArray[np.intp]) -> NDArray[Any]:
    """What lies in both of each pair."""
    import numpy as np
    import shapely

    a, b, window = fields[first], fields[second], _window(fields, first, second, np.zeros(len(first)))
    alike = shapely.equals_identical(a, b)
    out = a.copy()
    a, b, window = a[~alike], b[~alike], window[~alike]
    out[~alike] = shapely.intersection(shapely.intersection(a, window), shapely.intersection(b, window))
    return out


def _pair(first: NDArray[np.intp], second: NDArray[np.intp]) -> NDArray[np.int64]:
    """A number for each pair of places."""
    number: NDArray[np.int64] = (first.astype("int64") << 32) | second
    return number


def _near(loose: NDArray[Any], reach: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pairs of fields whose loose edges come near each other, each once."""
    import shapely

    west, south, east, north = shapely.bounds(loose).T
    around = shapely.box(west - reach, south - reach, east + reach, north + reach)
    first, second = shapely.STRtree(loose).query(around)
    first, second = first[first < second], second[first < second]
    shapely.prepare(loose)  # without it each pair looks at all edges of both
    near = shapely.dwithin(loose[first], loose[second], reach[first])
    return first[near], second[near]


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


def _between(a: NDArray[Any], b: NDArray[Any], window: NDArray[Any], wide: NDArray[np.float64]) -> NDArray[Any]:
    """What lies between the two of each pair and in neither, looked for only in their window."""
    import shapely

    whole = shapely.union(shapely.intersection(a, window), shapely.intersection(b, window))
    style: dict[str, Any] = {"join_style": "mitre", "mitre_limit": 2.0}
    closed = shapely.buffer(shapely.buffer(whole, wide / 2, **style), -wide / 2 * 1.02, **style)
    between: NDArray[Any] = shapely.intersection(shapely.difference(closed, whole), window)
    return between


def _told(
    kind: Literal["gap", "overlap"], found: NDArray[Any], first: NDArray[np.intp], second: NDArray[np.intp]
) -> list[Seam]:
    import numpy as np
    import shapely

    told = []
    rough = shapely.area(found) * _EQUATOR_M**2  # Mercator stretches: never less than the ground
    large = np.flatnonzero(rough > _LEAST_M2)
    for n, geometry in zip(large.tolist(), shapely.transform(found[large], unworld_array).tolist(), strict=True):
        shape = _shape(geometry)
        area = area_ha(shape)
        if area * 1e4 > _LEAST_M2:
            told.append(Seam(kind, int(first[n]), int(second[n]), area, shape))
    return told


def _shape(found: Any) -> Shape:
    import shapely

    polygons = [part for part in shapely.get_parts(found).tolist() if part.geom_type == "Polygon" and not part.is_empty]
    return tuple(
        tuple(tuple(map(tuple, shapely.get_coordinates(ring).tolist())) for ring in (part.exterior, *part.interiors))
        for part in polygons
    )

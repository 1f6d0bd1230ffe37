"""Many shapes at once on the flat map: made of packed outlines, found, thinned, taken apart for painting.

Everything is in the units of `geo.view.world`. Arrays of geometries hold shapely (Multi)Polygons; only this room looks
inside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from leafdesk.geo.shape import ring_sizes
from leafdesk.geo.view import world_array

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Geometries = NDArray[Any]
    Offsets = NDArray[np.int64]


_POSITION = 16
"""Bytes of a longitude and a latitude."""


def flat(packed: Sequence[bytes]) -> Geometries:
    """The geometries of packed shapes (`geo.shape.pack`); what is no ring is closed or doubled until it is one."""
    import numpy as np
    import shapely

    parts: list[bytes] = []
    ring_lengths, ring_counts, polygon_counts = [], [], []
    for blob in packed:
        polygons, at = ring_sizes(blob)
        polygon_counts.append(len(polygons))
        for polygon in polygons:
            ring_counts.append(len(polygon))
            for size in polygon:
                ring = _ringed(blob[at : at + size * _POSITION])
                parts.append(ring)
                ring_lengths.append(len(ring) // _POSITION)
                at += size * _POSITION
    counts = (ring_lengths, ring_counts, polygon_counts)
    offsets = tuple(np.concatenate(([0], np.cumsum(n))).astype(np.int64) for n in counts)
    points = world_array(np.frombuffer(b"".join(parts), "<f8").reshape(-1, 2))
    return np.asarray(shapely.from_ragged_array(shapely.GeometryType.MULTIPOLYGON, points, offsets), "O")


def _ringed(ring: bytes) -> bytes:
    """GEOS takes only closed rings of four and more; a provider's broken one is still shown as it is.

    Of bytes, for a start takes in thousands: an array of its own for each ring costs thrice as much.
    """
    if ring[:_POSITION] != ring[-_POSITION:]:
        ring += ring[:_POSITION]
    while 0 < len(ring) < 4 * _POSITION:
        ring += ring[-_POSITION:]
    return ring


def boxes(geometries: Geometries) -> Numbers:
    """Left, top, right, bottom of each, (n, 4)."""
    import shapely

    found: Numbers = shapely.bounds(geometries)
    return found


def thinned(geometries: Geometries, tolerance: float) -> Geometries:
    """The geometries without detail smaller than the tolerance; what would vanish becomes its box."""
    import shapely

    thin: Geometries = shapely.simplify(geometries, tolerance, preserve_topology=False)
    lost = shapely.is_empty(thin)
    if lost.any():
        left, top, right, bottom = boxes(geometries[lost]).T
        thin[lost] = shapely.box(left - tolerance, top - tolerance, right + tolerance, bottom + tolerance)
    return thin


def corners(geometries: Geometries) -> tuple[Numbers, Offsets, Offsets, Offsets]:
    """(every position in order (n, 2), offsets at which rings, polygons, geometries begin).

    Offsets are one longer than what they count: the last is the number of positions.
    """
    import shapely

    kind, points, (rings, *upper) = shapely.to_ragged_array(geometries)
    polygons = rings[upper[0]]
    many = kind == shapely.GeometryType.MULTIPOLYGON
    return points, rings, polygons, polygons[upper[1]] if many else polygons


def thinned_rings(points: Numbers, offsets: Sequence[int], tolerance: float) -> tuple[Numbers, NDArray[np.int64]]:
    """Closed rings, positions (n, 2) and where each begins, without detail smaller than the tolerance."""
    import numpy as np
    import shapely

    lengths = np.diff(offsets)
    if not len(lengths) or lengths.min() < 4:
        return points, np.asarray(offsets, np.int64)
    lines = shapely.linestrings(points, indices=np.repeat(np.arange(len(lengths)), lengths))
    thin, ring = shapely.get_coordinates(shapely.simplify(lines, tolerance), return_index=True)
    return thin, np.searchsorted(ring, np.arange(len(offsets))).astype(np.int64)


def areas(geometries: Geometries) -> Numbers:
    """The area of each on the flat map: good for comparing with pixels, not for hectares."""
    import shapely

    found: Numbers = shapely.area(geometries)
    return found


def name_spots(geometries: Geometries, sizes: Numbers) -> tuple[Numbers, NDArray[np.bool_], NDArray[np.bool_]]:
    """Where names of these sizes (width, height; (n, 2)) may be centred, best first.

    Answers spots (n, 4, 2): the centre of mass, a point certainly inside, a little above and below the centre; which of
    them have the whole name inside (n, 4); which lie inside themselves (n, 4).
    """
    import numpy as np
    import shapely

    box = boxes(geometries)
    middle = shapely.get_coordinates(shapely.centroid(geometries))
    surface = shapely.get_coordinates(shapely.point_on_surface(geometries))
    lift = np.stack([np.zeros(len(box)), (box[:, 3] - box[:, 1]) * 0.22], axis=1)
    spots = np.stack([middle, surface, middle - lift, middle + lift], axis=1)
    low, high = spots - sizes[:, None, :] / 2, spots + sizes[:, None, :] / 2
    names = shapely.box(low[..., 0], low[..., 1], high[..., 0], high[..., 1])
    valid = shapely.is_valid(geometries)
    whole = np.zeros(names.shape, bool)
    whole[valid] = shapely.covers(geometries[valid][:, None], names[valid])
    inside = shapely.intersects_xy(geometries[:, None], spots[..., 0], spots[..., 1])
    return spots, whole, inside


def thinned_line(points: Sequence[tuple[float, float]], tolerance: float) -> list[tuple[float, float]]:
    """An open line without detail smaller than the tolerance; both ends stay."""
    import shapely

    if len(points) < 3:
        return list(points)
    thin = shapely.simplify(shapely.LineString(points), tolerance, preserve_topology=False)
    return [(float(x), float(y)) for x, y in thin.coords]

"""A field's shape as nested tuples: what every other room passes around, compares and never changes in place.

A `Shape` is a MultiPolygon (RFC 7946 §3.1.7): a tuple of polygons; a polygon is a tuple of closed rings, shell first,
then holes; a ring is a tuple of (longitude, latitude) in degrees, WGS 84, whose last position repeats the first.
Coordinates are kept exactly as given: never rounded, never turned round. A third coordinate (height) is dropped here;
the server's own JSON, kept beside, still has it.
"""

import math
import struct
from collections.abc import Iterator
from typing import Any

Position = tuple[float, float]
Ring = tuple[Position, ...]
Polygon = tuple[Ring, ...]
Shape = tuple[Polygon, ...]
Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""


class NotAShapeError(ValueError):
    """Something that should be a (Multi)Polygon is not; the message says what and where."""


def from_geojson(geometry: Any) -> Shape:
    """The shape of a GeoJSON MultiPolygon or Polygon.

    Raises NotAShapeError for another type, for positions that are not finite numbers, and for numbers outside ±180/±90.
    Whether rings are closed or cross themselves is `geo.check`'s question, not asked here.
    """
    if not isinstance(geometry, dict):
        raise NotAShapeError("expected a GeoJSON geometry, an object with type and coordinates")
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon"):
        raise NotAShapeError(f"expected a Polygon or MultiPolygon, not {kind!r}")
    if not isinstance(coordinates, list):
        raise NotAShapeError("coordinates must be a list")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    return tuple(_polygon(polygon, f"polygon {n}") for n, polygon in enumerate(polygons, 1))


def _polygon(rings: Any, where: str) -> Polygon:
    if not isinstance(rings, list) or not rings:
        raise NotAShapeError(f"{where} has no rings")
    return tuple(_ring(ring, f"{where}, ring {n}") for n, ring in enumerate(rings, 1))


def _ring(positions: Any, where: str) -> Ring:
    if not isinstance(positions, list):
        raise NotAShapeError(f"{where} is not a list of positions")
    return tuple(_position(position, where, n) for n, position in enumerate(positions, 1))


def _position(position: Any, where: str, n: int) -> Position:
    if not isinstance(position, list) or not 2 <= len(position) <= 4:
        raise NotAShapeError(f"{where}, position {n} is not [longitude, latitude]")
    x, y = position[0], position[1]
    if type(x) is float and type(y) is float and -180.0 <= x <= 180.0 and -90.0 <= y <= 90.0:
        return (x, y)  # nearly all of them
    for value in (x, y):
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise NotAShapeError(f"{where}, position {n} holds something that is not a number")
    if not (-180 <= x <= 180 and -90 <= y <= 90):
        raise NotAShapeError(f"{where}, position {n} is ({x}, {y}): not longitude and latitude in degrees")
    return (x, y)


def to_geojson(shape: Shape) -> dict[str, Any]:
    """A GeoJSON MultiPolygon (RFC 7946 §3.1.7) with the very numbers of the shape."""
    return {
        "type": "MultiPolygon",
        "coordinates": [[[[x, y] for x, y in ring] for ring in polygon] for polygon in shape],
    }


def rings(shape: Shape) -> Iterator[Ring]:
    """Every ring, shells and holes, in order."""
    for polygon in shape:
        yield from polygon


def box(shape: Shape) -> Box:
    """The smallest west, south, east, north around the shape. Raises ValueError for a shape without positions."""
    xs = [x for ring in rings(shape) for x, _ in ring]
    ys = [y for ring in rings(shape) for _, y in ring]
    return (min(xs), min(ys), max(xs), max(ys))


def pack(shape: Shape) -> bytes:
    """The shape as bytes, fit for `numpy.frombuffer`; `unpack` is its inverse.

    Little-endian uint32 counts (polygons; rings of each polygon; positions of each ring), padded to 8 bytes, then
    every position as two float64 (longitude, latitude).
    """
    counts = [len(shape), *(len(polygon) for polygon in shape), *(len(ring) for ring in rings(shape))]
    if len(counts) % 2:
        counts.append(0)
    numbers = [number for ring in rings(shape) for position in ring for number in position]
    return struct.pack(f"<{len(counts)}I{len(numbers)}d", *counts, *numbers)


def ring_sizes(packed: bytes) -> tuple[list[list[int]], int]:
    """Positions per ring, per polygon, of a packed shape, and the byte offset at which its positions start."""
    (polygons,) = struct.unpack_from("<I", packed)
    ring_counts = struct.unpack_from(f"<{polygons}I", packed, 4)
    total = sum(ring_counts)
    sizes = iter(struct.unpack_from(f"<{total}I", packed, 4 + 4 * polygons))
    words = 1 + polygons + total
    return [[next(sizes) for _ in range(count)] for count in ring_counts], 4 * (words + words % 2)


def unpack(packed: bytes) -> Shape:
    """The shape that `pack` packed."""
    sizes, offset = ring_sizes(packed)
    numbers = iter(struct.unpack_from(f"<{(len(packed) - offset) // 8}d", packed, offset))
    positions = zip(numbers, numbers, strict=True)
    return tuple(tuple(tuple(next(positions) for _ in range(size)) for size in polygon) for polygon in sizes)

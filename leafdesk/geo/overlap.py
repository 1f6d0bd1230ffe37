"""Which fields overlap a shape, and what fields have in common, by the rule that Leaf publishes.

A field counts when overlap / field or overlap / shape, in percent, reaches the threshold (Leaf: get fields by
geometry; its table counts a ratio equal to the threshold). Overlaps are cut in degrees and measured geodesically.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.measure import area_ha
from leafdesk.geo.shape import Box, Shape, box

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


class NotComparableError(NotPossibleError):
    """A shape is not valid, so what it overlaps has no one answer."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """How a field and a shape meet: hectares in common, and percent of the field and of the shape."""

    area_ha: float
    of_field: float
    of_shape: float

    def reaches(self, threshold: float) -> bool:
        """Whether either share reaches the threshold (percent)."""
        # Cut in degrees and measured on geodesics, half a field comes out a billionth short.
        return max(self.of_field, self.of_shape) >= threshold * (1 - 1e-7)


def overlap(field: Shape, shape: Shape) -> Overlap:
    """How a field's boundary and a shape meet. Raises NotComparableError when one of them is not valid."""
    if not _near(field, shape):
        return Overlap(0.0, 0.0, 0.0)
    shared = area_ha(_shape_of(_geometry(field).intersection(_geometry(shape))))
    return Overlap(shared, _percent(shared, area_ha(field)), _percent(shared, area_ha(shape)))


def likeness(one: Shape, other: Shape) -> float:
    """How much two shapes are the same land, from 0 to 1: what they share of what they cover together."""
    try:
        shared = overlap(one, other).area_ha
        whole = area_ha(one) + area_ha(other) - shared
    except (NotComparableError, ValueError):
        return 0.0
    return shared / whole if whole > 0 else 0.0


def common(shapes: Iterable[Shape]) -> Shape:
    """What all shapes have in common; () when that is nothing. Raises NotComparableError, or ValueError for none."""
    geometries = [_geometry(shape) for shape in shapes]
    if not geometries:
        raise ValueError("nothing to intersect")
    shared = geometries[0]
    for geometry in geometries[1:]:
        shared = shared.intersection(geometry)
    return _shape_of(shared)


def beyond(one: Shape, other: Shape) -> Shape:
    """The part of one shape that lies outside the other; () when that is nothing. Raises NotComparableError."""
    return _shape_of(_geometry(one).difference(_geometry(other)))


def _percent(part: float, whole: float) -> float:
    return 100.0 * part / whole if whole > 0 else 0.0


def _near(one: Shape, other: Shape) -> bool:
    try:
        a, b = box(one), box(other)
    except ValueError:
        return False
    return _meet(a, b)


def _meet(a: Box, b: Box) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def _geometry(shape: Shape) -> BaseGeometry:
    import shapely

    try:
        geometry = shapely.MultiPolygon([(polygon[0], list(polygon[1:])) for polygon in shape])
    except (ValueError, shapely.errors.GEOSException) as error:
        raise NotComparableError(f"A boundary is no closed shape ({error}).") from None
    if not geometry.is_valid:  # never repaired here: make_valid can take minutes (sync.md, hostile input)
        raise NotComparableError(f"A boundary is not valid: {shapely.is_valid_reason(geometry)}.")
    return geometry


def _shape_of(geometry: Any) -> Shape:
    """The polygons of a geometry; points and lines that it may hold besides have no area and are left out."""
    if geometry.geom_type == "Polygon":
        return (_polygon(geometry),) if not geometry.is_empty else ()
    parts = getattr(geometry, "geoms", ())
    return tuple(polygon for part in parts for polygon in _shape_of(part))


def _polygon(polygon: Any) -> tuple[tuple[tuple[float, float], ...], ...]:
    rings = (polygon.exterior, *polygon.interiors)
    return tuple(tuple((float(x), float(y)) for x, y, *_ in ring.coords) for ring in rings)

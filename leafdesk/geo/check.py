"""Says what is wrong with a shape before Leaf does: Leaf's validity codes, where, and in a farmer's words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.shape import NotAShapeError, Position, Ring, Shape, from_geojson

if TYPE_CHECKING:
    from shapely import MultiPolygon

Code = Literal[
    "REPEATED_POINT",
    "HOLE_OUTSIDE_SHELL",
    "NESTED_HOLES",
    "DISCONNECTED_INTERIOR",
    "SELF_INTERSECTION",
    "RING_SELF_INTERSECTION",
    "NESTED_SHELLS",
    "DUPLICATE_RINGS",
    "TOO_FEW_POINTS",
    "INVALID_COORDINATE",
    "RING_NOT_CLOSED",
    "NOT_ALLOWED_GEOMETRY_TYPE",
    "ANTIMERIDIAN",
    "POLE",
]
"""Leaf's codes (its troubleshooting page), then two of our own for shapes that this map cannot draw."""

TITLES: dict[Code, str] = {
    "REPEATED_POINT": "Repeated Point",
    "HOLE_OUTSIDE_SHELL": "Hole lies outside shell",
    "NESTED_HOLES": "Holes are nested",
    "DISCONNECTED_INTERIOR": "Interior is disconnected",
    "SELF_INTERSECTION": "Self-intersection",
    "RING_SELF_INTERSECTION": "Ring Self-intersection",
    "NESTED_SHELLS": "Nested shells",
    "DUPLICATE_RINGS": "Duplicate Rings",
    "TOO_FEW_POINTS": "Too few distinct points in geometry component",
    "INVALID_COORDINATE": "Invalid Coordinate",
    "RING_NOT_CLOSED": "Ring is not closed",
    "NOT_ALLOWED_GEOMETRY_TYPE": "Geometry type is not allowed",
    "ANTIMERIDIAN": "Crosses the antimeridian",
    "POLE": "Too near a pole",
}
"""The words of JTS, the library behind Leaf's verdicts, for each code."""

_WORDS: dict[Code, str] = {
    "REPEATED_POINT": "The same corner stands here twice.",
    "HOLE_OUTSIDE_SHELL": "A hole lies outside the field's boundary.",
    "NESTED_HOLES": "A hole lies inside another hole.",
    "DISCONNECTED_INTERIOR": "Holes cut the field into pieces here; draw the pieces as parts instead.",
    "SELF_INTERSECTION": "The boundary crosses itself here.",
    "RING_SELF_INTERSECTION": "The boundary touches itself here.",
    "NESTED_SHELLS": "One part of the field lies inside another part.",
    "DUPLICATE_RINGS": "The same outline is there twice.",
    "TOO_FEW_POINTS": "A boundary needs at least three different corners.",
    "INVALID_COORDINATE": "A corner has no usable position.",
    "RING_NOT_CLOSED": "The boundary does not come back to its first corner.",
    "NOT_ALLOWED_GEOMETRY_TYPE": "Only areas can be boundaries, not points or lines.",
    "ANTIMERIDIAN": "The boundary crosses the 180° meridian; draw one part on each side.",
    "POLE": "The boundary is too near a pole to be shown on this map.",
}

_GEOS: tuple[tuple[str, Code], ...] = (  # GEOS' text begins so; the longer of two that match stands first
    ("Ring Self-intersection", "RING_SELF_INTERSECTION"),
    ("Self-intersection", "SELF_INTERSECTION"),
    ("Hole lies outside shell", "HOLE_OUTSIDE_SHELL"),
    ("Holes are nested", "NESTED_HOLES"),
    ("Nested shells", "NESTED_SHELLS"),
    ("Interior is disconnected", "DISCONNECTED_INTERIOR"),
    ("Duplicate Rings", "DUPLICATE_RINGS"),
    ("Too few points", "TOO_FEW_POINTS"),
    ("Invalid Coordinate", "INVALID_COORDINATE"),
    ("Ring is not closed", "RING_NOT_CLOSED"),
)

_LONG = 200
"""Rings of so many corners are looked at as a whole first."""
MERCATOR_LIMIT = 85.051128779806604
"""The latitude beyond which Web Mercator, and so this map, has no place."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a shape: the code, the spot (None when there is no single one), words for the user."""

    code: Code
    where: Position | None
    message: str

    @property
    def title(self) -> str:
        """What JTS, and so Leaf's answer, calls it."""
        return TITLES[self.code]


def problem(code: Code, where: Position | None = None) -> Problem:
    """The problem of that code in its usual words."""
    return Problem(code, where, _WORDS[code])


def problems(shape: Shape) -> list[Problem]:
    """Why Leaf would refuse this shape; empty when it is valid.

    Rings that are no rings at all are all reported; of what GEOS finds, the first (as JTS does). Corners repeated one
    after the other are valid for JTS and are told by `remarks` only.
    """
    return list(_ring_problems(shape)) or list(_duplicates(shape)) or _asked_of_geos(shape)


def refuse_invalid(*shapes: Shape) -> None:
    """Raises NotPossibleError when one of them is invalid: nobody knows what that covers."""
    for shape in shapes:
        if wrong := problems(shape):
            raise NotPossibleError(f"Repair the boundary first. {wrong[0].message}")


def made_sound(shape: Shape) -> Shape:
    """The shape that an action made, when it is valid. Raises NotPossibleError when it is not."""
    if wrong := problems(shape):
        raise NotPossibleError(f"This would leave an invalid boundary. {wrong[0].message}")
    return shape


def validity(shape: Shape) -> str:
    """Leaf's verdict in its own word: "VALID" or the code of the first problem."""
    found = problems(shape)
    return found[0].code if found else "VALID"


def check_geojson(geometry: Any) -> list[Problem]:
    """`problems` of a GeoJSON geometry, also when it is none: NOT_ALLOWED_GEOMETRY_TYPE, INVALID_COORDINATE."""
    try:
        return problems(from_geojson(geometry))
    except NotAShapeError as error:
        kind = geometry.get("type") if isinstance(geometry, dict) else None
        known = kind in ("Polygon", "MultiPolygon") and isinstance(geometry.get("coordinates"), list)
        return [Problem("INVALID_COORDINATE" if known else "NOT_ALLOWED_GEOMETRY_TYPE", None, str(error))]


def remarks(shape: Shape) -> list[Problem]:
    """What is odd but valid: corners repeated one after the other."""
    return [problem("REPEATED_POINT", a) for polygon in shape for ring in polygon for a, b in pairwise(ring) if a == b]


def _ring_problems(shape: Shape) -> Iterator[Problem]:
    if not shape or not all(shape):
        yield problem("TOO_FEW_POINTS")
    for polygon in shape:
        for ring in polygon:
            yield from _problems_of(ring)


def _looks_sound(ring: Ring) -> bool:
    """Whether a long ring is free of all that `_problems_of` looks for, seen at once instead of corner by corner."""
    import numpy as np

    points = np.array(ring, float)
    steps = np.diff(points, axis=0)
    return bool(
        np.isfinite(points).all()
        and (np.abs(points) <= (180, MERCATOR_LIMIT)).all()
        and ring[0] == ring[-1]
        and (np.abs(steps[:, 0]) <= 180).all()
        and steps.any(axis=1).sum() >= 3
        and len(set(ring[:_LONG])) >= 3
    )


def _problems_of(ring: Ring) -> Iterator[Problem]:
    if len(ring) >= _LONG and _looks_sound(ring):
        return
    if not ring:
        yield problem("TOO_FEW_POINTS")
        return
    for x, y in ring:
        if not (math.isfinite(x) and math.isfinite(y) and -180 <= x <= 180 and -90 <= y <= 90):
            yield problem("INVALID_COORDINATE", (x, y) if math.isfinite(x) and math.isfinite(y) else None)
            return
    if ring[0] != ring[-1]:
        yield problem("RING_NOT_CLOSED", ring[-1])
    elif sum(a != b for a, b in pairwise(ring)) < 3 or len(set(ring)) < 3:
        yield problem("TOO_FEW_POINTS", ring[0])
    if crossing := next((a for a, b in pairwise(ring) if abs(a[0] - b[0]) > 180), None):
        yield problem("ANTIMERIDIAN", crossing)
    if polar := next((p for p in ring if abs(p[1]) > MERCATOR_LIMIT), None):
        yield problem("POLE", polar)


def _duplicates(shape: Shape) -> Iterator[Problem]:
    seen: set[Ring] = set()
    for ring in (ring for polygon in shape for ring in polygon):
        canon = _canonical(ring)
        if canon in seen:
            yield problem("DUPLICATE_RINGS", ring[0])
        seen.add(canon)


def _canonical(ring: Ring) -> Ring:
    """The ring from its smallest corner, in the direction of the smaller neighbour: equal for equal outlines."""
    corners = ring[:-1]
    at = corners.index(min(corners))
    onward = corners[at:] + corners[:at]
    return min(onward, onward[:1] + onward[:0:-1])


def _asked_of_geos(shape: Shape) -> list[Problem]:
    import shapely  # not on the way to the first paint

    reason = str(shapely.is_valid_reason(_multipolygon(shape)))
    if reason == "Valid Geometry":
        return []
    words, _, place = reason.partition("[")
    code: Code = next((code for text, code in _GEOS if words.startswith(text)), "SELF_INTERSECTION")
    spot = tuple(float(number) for number in place.rstrip("]").split()[:2])
    return [problem(code, (spot[0], spot[1]) if len(spot) == 2 else None)]


def _multipolygon(shape: Shape) -> MultiPolygon:
    import numpy as np
    import shapely

    rings = [[shapely.linearrings(np.array(ring, float)) for ring in polygon] for polygon in shape]
    return shapely.multipolygons([shapely.polygons(shell, holes or None) for shell, *holes in rings])

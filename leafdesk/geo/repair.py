"""Mends a shape that Leaf would refuse, so that it covers what was meant.

GEOS' `make_valid` may never return (it did not on one ring of 2,000 corners): call `repair` through `geo.apart`.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.check import Code, problems
from leafdesk.geo.measure import ring_area_ha
from leafdesk.geo.shape import Position, Ring, Shape

_SPECK_HA = 1e-4
"""A square metre: smaller pieces that come out of a repair are crumbs of it, not ground."""
_HOPELESS: dict[Code, str] = {
    "POLE": "There is no map so near a pole; nothing was changed.",
    "INVALID_COORDINATE": "A corner has no usable position; nobody can know where it was meant to be.",
}


def repair(shape: Shape) -> Shape:
    """A valid shape near this one; a valid one comes back as it is.

    Where a boundary crosses itself, what either loop encloses is kept; a part that lies inside another becomes one with
    it; holes outside go. A boundary over the 180° meridian becomes one part on each side. Corners that were there keep
    their numbers. Raises NotPossibleError, in words for the user, when nothing sound comes out.
    """
    wrong = problems(shape)
    if not wrong:
        return shape
    codes = {problem.code for problem in wrong}
    if reason := next((_HOPELESS[code] for code in codes if code in _HOPELESS), None):
        raise NotPossibleError(reason)
    whole = tuple(polygon for polygon in (tuple(map(_ring, polygon)) for polygon in shape) if polygon and polygon[0])
    if "ANTIMERIDIAN" in codes:
        made = _parts(_on_both_sides(whole))
    elif whole and not problems(whole):
        made = whole
    else:
        made = _parts(_sound(whole))
    if not made or problems(made):
        raise NotPossibleError("No valid boundary can be made of this by itself; move its corners apart.")
    return made


def _ring(ring: Ring) -> Ring:
    """Closed, each corner once; () when that is no ring."""
    single = [position for position, _ in groupby(ring)]
    while len(single) > 1 and single[0] == single[-1]:
        single.pop()
    return (*single, single[0]) if len(set(single)) > 2 else ()


def _sound(shape: Shape) -> Any:
    import shapely

    def ground(rings: Iterable[Ring]) -> Any:
        made = [shapely.Polygon(ring) for ring in rings if ring]
        return shapely.union_all([shapely.make_valid(one, method="structure", keep_collapsed=False) for one in made])

    return shapely.union_all([shapely.difference(ground(rings[:1]), ground(rings[1:])) for rings in shape])


def _on_both_sides(shape: Shape) -> Any:
    """Turned so that the meridian is in the middle, cut along it, and turned back."""
    import shapely

    turned = tuple(tuple(tuple((x % 360.0, y) for x, y in ring) for ring in polygon) for polygon in shape)
    were = {(x % 360.0, y): (x, y) for polygon in shape for ring in polygon for x, y in ring if x < 0}
    flat = _sound(turned)
    west = shapely.intersection(flat, shapely.box(0, -90, 180, 90))
    east = shapely.intersection(flat, shapely.box(180, -90, 360, 90))
    back = shapely.transform(east, lambda points: [were.get((x, y), (x - 360.0, y)) for x, y in points.tolist()])
    return shapely.union_all([west, back])


def _parts(flat: Any) -> Shape:
    import shapely

    found = []
    for part in shapely.get_parts(flat):
        if part.geom_type != "Polygon" or part.is_empty:
            continue
        shell, *holes = (_positions(ring) for ring in (part.exterior, *part.interiors))
        if ring_area_ha(shell) > _SPECK_HA:
            found.append((shell, *(hole for hole in holes if ring_area_ha(hole) > _SPECK_HA)))
    return tuple(found)


def _positions(ring: Any) -> Ring:
    spots: list[Position] = [(float(x), float(y)) for x, y in ring.coords]
    return tuple(spots)

"""Outlines in the map's coordinates: found exactly, thinned without losing any, turned into paths."""

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF

from leafdesk.geo.flat import flat
from leafdesk.geo.shape import Shape, pack
from leafdesk.geo.view import world
from leafdesk.ui.map.outlines import Outlines, paths_of
from tests.ui.map.conftest import square


def taken_in(fields: list[Any]) -> Outlines:
    outlines = Outlines()
    outlines.replace([row for row, _, _ in fields], [(row.id, packed) for row, packed, _ in fields])
    while outlines.waiting:
        outlines.take_in(50)
    return outlines


@given(st.lists(st.tuples(st.floats(-93.6, -93.4), st.floats(41.6, 41.8)), min_size=1, max_size=30))
def test_a_point_finds_the_field_that_shapely_says_it_is_in(places: list[tuple[float, float]]) -> None:
    shapes = [((square(-93.55 + n * 0.02, 41.65, 0.015), square(-93.547 + n * 0.02, 41.653, 0.004)),) for n in range(8)]
    outlines = Outlines()
    outlines.change([], [], ())
    for n, shape in enumerate(shapes):
        outlines._put(f"f{n}", pack(shape))
    outlines.take_in(100)
    geometries = flat([pack(shape) for shape in shapes])
    for place in places:
        inside = np.flatnonzero(shapely.contains_xy(geometries, *world(place)))
        assert outlines.at(world(place)) == (f"f{inside[0]}" if len(inside) else None)


def test_paths_hold_every_corner_of_every_ring() -> None:
    shape: Shape = ((square(10, 50), square(10.001, 50.001, 0.001)), (square(11, 50),))
    (path,) = paths_of(flat([pack(shape)]), 1000.0)
    corners = [position for polygon in shape for ring in polygon for position in ring]
    assert path.elementCount() == len(corners)
    for n, corner in enumerate(corners):
        element = path.elementAt(n)
        assert (element.x, element.y) == pytest.approx(tuple(1000 * value for value in world(corner)))
    assert [path.elementAt(n).isMoveTo() for n in range(15)] == [n % 5 == 0 for n in range(15)]
    x, y = world((10.0015, 50.0015))
    assert not path.contains(QPointF(x * 1000, y * 1000)), "the hole is none of the field"


def test_slots_are_used_again_and_paths_follow_changes(field: Any) -> None:
    a, b = field("a", ((square(10, 50),),)), field("b", ((square(10.1, 50),),))
    outlines = taken_in([a, b])
    slot = outlines.slots["a"]
    before = outlines.path(slot, 10).boundingRect()
    moved = field("a", ((square(10.2, 50),),))
    outlines.change([moved[0]], [("a", moved[1])], ())
    touched = outlines.take_in(10)
    assert len(touched) == 2, "where it was and where it is"
    assert outlines.slots["a"] == slot
    assert outlines.path(slot, 10).boundingRect() != before
    outlines.change([], [], {"a"})
    outlines.take_in(10)
    assert outlines.at(world((10.202, 50.002))) is None
    c = field("c", ((square(10.3, 50),),))
    outlines.change([c[0]], [("c", c[1])], ())
    outlines.take_in(10)
    assert outlines.slots["c"] == slot
    assert outlines.at(world((10.302, 50.002))) == "c"


def test_large_fields_lie_below_small_ones(field: Any) -> None:
    sizes = {"small": 0.001, "large": 0.01, "mid": 0.005}
    outlines = taken_in([field(name, ((square(10, 50, side),),)) for name, side in sizes.items()])
    found = outlines.within((0.0, 0.0, 1.0, 1.0))
    assert found is not None
    assert [outlines.ids[slot] for slot in found.tolist()] == ["large", "mid", "small"]

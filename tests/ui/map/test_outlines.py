"""Outlines in the map's coordinates: found exactly, thinned without losing any, turned into paths."""

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF

from leafdesk.geo.flat import flat
from leafdesk.geo.shape import Shape, pack
from leafdesk.geo.view import world
from leafdesk.ui.map import outlines as of_outlines
from leafdesk.ui.map.outlines import Outlines
from tests.ui.map.conftest import square


def taken_in(fields: list[Any]) -> Outlines:
    outlines = Outlines()
    outlines.replace([row for row, _, _ in fields], [(row.id, packed) for row, packed, _ in fields])
    while outlines.waiting:
        outlines.take_in(50)
    return outlines


@given(st.lists(st.tuples(st.floats(-93.6, -93.4), st.floats(41.6, 41.8)), min_size=1, max_size=30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_point_finds_the_field_that_shapely_says_it_is_in(field: Any, places: list[tuple[float, float]]) -> None:
    shapes = [((square(-93.55 + n * 0.02, 41.65, 0.015), square(-93.547 + n * 0.02, 41.653, 0.004)),) for n in range(8)]
    outlines = taken_in([field(f"f{n}", shape) for n, shape in enumerate(shapes)])
    geometries = flat([pack(shape) for shape in shapes])
    for place in places:
        inside = np.flatnonzero(shapely.contains_xy(geometries, *world(place)))
        assert outlines.at(world(place)) == (f"f{inside[0]}" if len(inside) else None)


def test_the_nearest_field_within_reach_is_found_where_there_is_none(field: Any) -> None:
    outlines = taken_in([field("west", ((square(10, 50, 0.001),),)), field("east", ((square(10.002, 50, 0.001),),))])
    x, y = world((10.0018, 50.0005))
    gap = world((10.002, 50))[0] - x
    assert outlines.all_at((x, y), 19, slack=gap * 1.01) == ["east"]
    assert outlines.all_at((x, y), 19, slack=gap * 0.99) == []
    assert outlines.all_at(world((10.0005, 50.0005)), 19, slack=1.0) == ["west"], "inside goes before near"


def test_a_path_holds_every_corner_of_every_ring(field: Any) -> None:
    shape: Shape = ((square(10, 50), square(10.001, 50.001, 0.001)), (square(11, 50),))
    outlines = taken_in([field("rich", shape)])
    path = outlines.path(outlines.slots["rich"], 19)
    scale = 256.0 * 2**19
    corners = [position for polygon in shape for ring in polygon for position in ring]
    assert path.elementCount() == len(corners)
    for n, corner in enumerate(corners):
        element = path.elementAt(n)
        assert (element.x, element.y) == pytest.approx(tuple(scale * value for value in world(corner)))
    assert [path.elementAt(n).isMoveTo() for n in range(15)] == [n % 5 == 0 for n in range(15)]
    x, y = world((10.0015, 50.0015))
    assert not path.contains(QPointF(x * scale, y * scale)), "the hole is none of the field"


def test_shapes_come_back_with_their_parts_and_holes(field: Any) -> None:
    rich: Shape = ((square(10, 50), square(10.001, 50.001, 0.001)), (square(11, 50),))
    plain: Shape = ((square(12, 50),),)
    outlines = taken_in([field("rich", rich), field("plain", plain)])
    slots = np.array([outlines.slots["plain"], outlines.slots["rich"]])
    made = outlines.shapes(slots, 19)
    assert [shapely.to_wkt(one, 9) for one in made] == [
        shapely.to_wkt(flat([pack(one)])[0], 9) for one in (plain, rich)
    ]


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


def test_the_box_around_all_is_the_same_before_and_after_they_are_taken_in(field: Any) -> None:
    fields = [field("a", ((square(10, 50),),)), field("b", ((square(-10.3, 44.2),),)), field("c", ((square(8, 61),),))]
    outlines = Outlines()
    outlines.replace([row for row, _, _ in fields], [(row.id, packed) for row, packed, _ in fields])
    assert outlines.around_all() == (-10.3, 44.2, 10.004, 61.004)
    outlines.take_in(10)
    assert outlines.around_all() == pytest.approx((-10.3, 44.2, 10.004, 61.004), abs=1e-9)
    outlines.change([], [], {"b"})
    outlines.take_in(10)
    assert outlines.around_all() == pytest.approx((8, 50, 10.004, 61.004), abs=1e-9)
    outlines.change([], [], {"a", "c"})
    outlines.take_in(10)
    assert outlines.around_all() is None


def test_few_and_many_are_found_in_the_same_order(field: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sides = [0.001 + (n * 37 % 10) * 1e-4 for n in range(60)]
    outlines = taken_in([field(f"f{n}", ((square(10 + n % 8 * 2e-3, 50, side),),)) for n, side in enumerate(sides)])
    few = outlines.within((0.0, 0.0, 1.0, 1.0))
    monkeypatch.setattr(of_outlines, "_FEW", 1)
    many = outlines.within((0.0, 0.0, 1.0, 1.0))
    assert few is not None and many is not None
    assert few.tolist() == many.tolist()
    assert sorted(few.tolist()) == list(range(60))

"""Many shapes in one array: gathered by choice, found by place, forgotten when they change."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from leafdesk.geo.detail import Detail
from leafdesk.geo.flat import flat
from leafdesk.geo.shape import Ring, Shape, pack
from leafdesk.geo.view import world


def square(west: float, south: float = 50.0, side: float = 0.004) -> Ring:
    return ((west, south), (west + side, south), (west + side, south + side), (west, south + side), (west, south))


def detail_of(*shapes: Shape) -> Detail:
    """Shapes in slots 0, 1, 2 …"""
    detail = Detail(0.0)
    detail.put(np.arange(len(shapes)), [pack(shape) for shape in shapes])
    return detail


def test_the_edges_of_a_choice_of_shapes_come_in_its_order() -> None:
    detail = Detail(0.0)
    slots = np.array([4, 1, 9])
    assert detail.lacking(slots).tolist() == [4, 1, 9]
    detail.put(slots, [pack(((square(west),),)) for west in (40, 10, 90)])
    assert detail.lacking(np.array([1, 2, 4])).tolist() == [2]
    edges, owner = detail.edges(np.array([9, 1]))
    assert owner.tolist() == [0] * 4 + [1] * 4
    assert edges[owner == 1, 0].min() == world((10, 50))[0]
    assert edges[owner == 0, 0].min() == world((90, 50))[0]
    assert (edges[3, 2:] == edges[0, :2]).all(), "a ring is closed"
    corners, begins, ends = detail.outlined(np.array([4, 9]))
    assert begins.tolist() == ([True] + [False] * 4) * 2
    assert ends.tolist() == [5, 10]
    assert corners[5, 0] == world((90, 50))[0]


def test_a_changed_shape_is_lacking_again_and_much_waste_is_told() -> None:
    packed, slots, detail = pack(((square(10),),)), np.arange(15_000), Detail(0.0)
    for changes in range(4):
        assert not detail.overfull or changes > 1, "it is not thrown away at every change"
        detail.put(slots, [packed] * len(slots))
        assert len(detail.lacking(slots)) == 0
        for slot in slots.tolist():
            detail.forget(slot)
    assert detail.lacking(slots).tolist() == slots.tolist()
    assert detail.overfull


def test_batches_keep_the_order_and_leave_nothing_out() -> None:
    slots, detail = np.arange(100)[::-1].copy(), Detail(0.0)
    detail.put(slots, [pack(((square(n),),)) for n in range(100)])
    batches = detail.batches(slots, 50)
    assert np.concatenate(batches).tolist() == slots.tolist()
    assert max(len(batch) for batch in batches) <= 11, "a batch ends with the slot that fills it"


def test_shapes_come_back_with_their_parts_and_holes() -> None:
    rich: Shape = ((square(10), square(10.001, 50.001, 0.001)), (square(11),))
    plain: Shape = ((square(12),),)
    made = detail_of(rich, plain).shapes(np.array([1, 0]))
    assert [shapely.to_wkt(one, 12) for one in made] == [
        shapely.to_wkt(flat([pack(one)])[0], 12) for one in (plain, rich)
    ]


def test_a_point_is_inside_by_even_and_odd() -> None:
    """A ring that crosses itself is shown, and caught, as QPainter fills it."""
    bow = (((10.0, 50.0), (10.2, 50.2), (10.2, 50.0), (10.0, 50.2), (10.0, 50.0)),)
    pond = (square(10.0, 50.0, 0.4), square(10.15, 50.05, 0.1))
    detail, both = detail_of((bow,), (pond,)), np.array([0, 1])
    assert detail.holding(both, *world((10.01, 50.1))).tolist() == [True, True]
    assert detail.holding(both, *world((10.1, 50.01))).tolist() == [False, True]
    assert detail.holding(both, *world((10.2, 50.1))).tolist() == [False, False]
    assert detail.holding(both, *world((11.0, 50.1))).tolist() == [False, False]


numbers = st.floats(0, 1, allow_subnormal=False)
places = st.tuples(numbers, numbers)


@given(st.lists(places, min_size=3, max_size=8), places)
@settings(deadline=None)
def test_gaps_and_insides_are_those_of_shapely(ring: list[tuple[float, float]], place: tuple[float, float]) -> None:
    shape: Shape = (((*ring, ring[0]),),)
    detail, slots = detail_of(shape), np.array([0])
    (made,), (x, y) = flat([pack(shape)]), world(place)
    gap = shapely.get_parts(made)[0].exterior.distance(shapely.Point(x, y))
    assert abs(detail.gaps(slots, x, y)[0] - gap) < 1e-12
    if shapely.is_valid(made) and gap > 1e-9:
        assert detail.holding(slots, x, y)[0] == shapely.contains_xy(made, x, y)

"""Laws of snapping: corners exactly, edges nearest, nothing from afar."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leafdesk.geo.shape import Position, Shape, pack
from leafdesk.geo.snap import Rails, Snap, snap
from leafdesk.geo.view import world

positions = st.tuples(st.floats(-93.6, -93.4), st.floats(41.6, 41.8))
rings = st.lists(positions, min_size=3, max_size=8, unique=True).map(lambda ps: (*ps, ps[0]))
shapes = st.lists(st.lists(rings, min_size=1, max_size=2).map(tuple), min_size=1, max_size=3).map(tuple)
NEAR = 2e-5

SQUARE: Shape = (((((-93.5, 41.7), (-93.49, 41.7), (-93.49, 41.71), (-93.5, 41.71), (-93.5, 41.7))),),)


def corners(shape: Shape) -> list[Position]:
    return [position for polygon in shape for ring in polygon for position in ring]


@given(st.lists(shapes, min_size=1, max_size=3), positions)
def test_a_corner_is_taken_exactly_and_none_is_nearer(around: list[Shape], hand: Position) -> None:
    found = snap([Rails.of(pack(shape)) for shape in around], world(hand), NEAR)
    every = [position for shape in around for position in corners(shape)]
    nearest = min(math.dist(world(position), world(hand)) for position in every)
    assert (found is not None and found.to == "corner") == (nearest <= NEAR)
    if found is not None and found.to == "corner":
        assert found.at in every
        assert math.dist(world(found.at), world(hand)) == nearest


@given(shapes, positions)
def test_a_snap_is_never_out_of_reach_and_a_second_one_stays(shape: Shape, hand: Position) -> None:
    rails = [Rails.of(pack(shape))]
    found = snap(rails, world(hand), NEAR)
    if found is not None:
        assert math.dist(world(found.at), world(hand)) <= NEAR * (1 + 1e-9)
        again = snap(rails, world(found.at), NEAR)
        assert again is not None
        if again.to == "edge":
            assert again.at == pytest.approx(found.at, abs=1e-11)


def test_between_corners_the_foot_on_the_edge_is_found() -> None:
    rails = [Rails.of(pack(SQUARE))]
    found = snap(rails, world((-93.4951, 41.70002)), 3e-7)
    assert found is not None
    assert found.to == "edge"
    assert found.at == pytest.approx((-93.4951, 41.7), abs=1e-9)
    assert snap(rails, world((-93.4951, 41.7005)), 3e-7) is None


def test_the_last_edge_of_an_unclosed_ring_counts() -> None:
    rails = [Rails.of(pack(((SQUARE[0][0][:-1],),)))]
    found = snap(rails, world((-93.50002, 41.705)), 3e-7)
    assert found == Snap(pytest.approx((-93.5, 41.705), abs=1e-9), "edge")  # type: ignore[arg-type]


def test_where_nothing_is_nothing_snaps() -> None:
    assert snap([], (0.5, 0.5), 1.0) is None
    assert snap([Rails.of(pack(()))], (0.5, 0.5), 1.0) is None

"""Laws of many corners at once, of shared corners, of reshaping and of following a neighbour."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leafdesk.geo import shared
from leafdesk.geo.actions import Corner, NotPossibleError, delete_vertices, move_vertices, position_of
from leafdesk.geo.check import problems
from leafdesk.geo.follow import follow
from leafdesk.geo.measure import area_ha
from leafdesk.geo.reshape import reshaped
from leafdesk.geo.shape import Position, Ring, Shape
from tests.geo.test_cut import BESIDE, CENTER, SQUARE, corners, shapes, stars


def all_corners(shape: Shape) -> list[Corner]:
    return [
        Corner(p, r, at)
        for p, polygon in enumerate(shape)
        for r, ring in enumerate(polygon)
        for at in range(len(ring) - 1)
    ]


@given(shapes, st.data())
def test_many_corners_move_and_come_back_byte_for_byte(shape: Shape, data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(all_corners(shape)), min_size=1, unique=True))
    there = {corner: (position_of(shape, corner)[0] + 0.001, position_of(shape, corner)[1]) for corner in chosen}
    after = move_vertices(shape, there)
    for corner in all_corners(shape):
        assert position_of(after, corner) == there.get(corner, position_of(shape, corner))
    assert all(ring[0] == ring[-1] for polygon in after for ring in polygon)
    assert move_vertices(after, {corner: position_of(shape, corner) for corner in chosen}) == shape


@given(shapes, st.data())
def test_many_corners_go_or_are_refused(shape: Shape, data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(all_corners(shape)), unique=True))
    gone = [position_of(shape, corner) for corner in chosen]
    try:
        after = delete_vertices(shape, chosen)
    except NotPossibleError as error:
        assert "at least three corners" in str(error)
    else:
        assert corners(after) == corners(shape) - set(gone)


# ---------------------------------------------------------------------- shared
A, B = SQUARE[0][0][1], SQUARE[0][0][2]
"""The edge that SQUARE and BESIDE share."""
NEW: Position = (-93.4895, 41.7003)


def test_a_shared_corner_moves_in_every_neighbour_that_has_it() -> None:
    apart: Shape = ((tuple((x + 0.1, y) for x, y in BESIDE[0][0]),),)
    beside = {"beside": BESIDE, "apart": apart}
    assert shared.sharing(beside, [A]) == {"beside": BESIDE}
    after = shared.moved(beside, {A: NEW})
    assert corners(after["beside"]) == corners(BESIDE) - {A} | {NEW}
    assert after["apart"] is apart
    assert shared.moved(after, {NEW: A}) == beside


def test_a_corner_on_a_shared_edge_comes_and_goes_in_both() -> None:
    after = shared.inserted({"beside": BESIDE}, A, B, NEW)
    assert corners(after["beside"]) == corners(BESIDE) | {NEW}
    assert shared.deleted(after, [NEW]) == {"beside": BESIDE}
    assert shared.inserted({"beside": BESIDE}, A, (0.0, 0.0), NEW) == {"beside": BESIDE}
    triangle: Shape = ((BESIDE[0][0][:3] + BESIDE[0][0][:1],),)
    assert shared.deleted({"beside": triangle}, [A]) == {"beside": triangle}


# ---------------------------------------------------------------------- reshaping
def test_a_bulge_is_added_and_a_corner_is_cut_away() -> None:
    out = reshaped(SQUARE, ((-93.498, 41.70999), (-93.497, 41.712), (-93.495, 41.70999)))
    assert area_ha(out) > area_ha(SQUARE) and corners(SQUARE) <= corners(out)
    assert (-93.497, 41.712) in corners(out)
    less = reshaped(SQUARE, ((-93.501, 41.708), (-93.497, 41.711)))
    assert area_ha(less) < area_ha(SQUARE)
    assert corners(SQUARE) - corners(less) == {(-93.5, 41.71)}
    for shape in (out, less):
        assert problems(shape) == []


def test_an_end_on_a_corner_uses_that_corner() -> None:
    after = reshaped(SQUARE, ((-93.5, 41.7), (-93.495, 41.6985), (-93.49, 41.7)))
    assert corners(after) == corners(SQUARE) | {(-93.495, 41.6985)}


@given(stars, st.floats(0, 2 * math.pi), st.floats(0.3, 2.5), st.floats(0.003, 0.02))
def test_whatever_line_is_drawn_the_result_is_valid_or_refused(
    ring: Ring, turn: float, wide: float, far: float
) -> None:
    shape: Shape = ((ring,),)
    ends = [(CENTER[0] + 0.001 * math.cos(t), CENTER[1] + 0.001 * math.sin(t)) for t in (turn, turn + wide)]
    outer = [(CENTER[0] + far * math.cos(t), CENTER[1] + far * math.sin(t)) for t in (turn, turn + wide)]
    try:
        after = reshaped(shape, (ends[0], *outer, ends[1]))
    except NotPossibleError as error:
        assert str(error).endswith(".")
    else:
        assert problems(after) == [] and after != shape
        assert len(corners(after) - corners(shape)) <= 4


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (((-93.496, 41.704), (-93.494, 41.706)), "begin and end on the boundary"),
        (((-93.496, 41.704), (-93.494, 41.72)), "begin and end on the boundary"),
        (((-93.496, 41.704), (-93.496, 41.704)), "two ends"),
    ],
)
def test_a_line_that_does_not_reach_is_refused(line: Ring, why: str) -> None:
    with pytest.raises(NotPossibleError, match=why):
        reshaped(SQUARE, line)


# ---------------------------------------------------------------------- following
@given(stars, st.data())
def test_both_ways_around_a_neighbour_are_all_its_corners(ring: Ring, data: st.DataObject) -> None:
    count = len(ring) - 1
    n, m = data.draw(
        st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(lambda two: two[0] != two[1])
    )
    shape: Shape = ((ring,),)
    short, long = follow(shape, ring[n], ring[m]), follow(shape, ring[n], ring[m], longer=True)
    assert short is not None and long is not None
    assert {*short, *long, ring[n], ring[m]} == set(ring)
    back = follow(shape, ring[m], ring[n])
    assert back is not None and set(back) in (set(short), set(long))


def test_an_edge_may_be_joined_half_way_and_another_field_is_not_followed() -> None:
    a, b, c, d, _ = SQUARE[0][0]
    middle = ((a[0] + b[0]) / 2, a[1])
    assert follow(SQUARE, middle, c) == (b,)
    assert follow(SQUARE, middle, c, longer=True) == (a, d)
    assert follow(SQUARE, middle, (0.0, 0.0)) is None

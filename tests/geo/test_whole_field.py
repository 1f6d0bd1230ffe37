"""Laws of what is done to a field as a whole: moved, turned, squared up, thinned, moved inward and outward."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.check import problems
from leafdesk.geo.circle import circle
from leafdesk.geo.margin import headland, inset, outset
from leafdesk.geo.measure import area_ha, bearing_deg, length_m, perimeter_m
from leafdesk.geo.motion import moved
from leafdesk.geo.parts import holds, piece_at, spot_inside
from leafdesk.geo.plane import Plane
from leafdesk.geo.rectangle import rectangle
from leafdesk.geo.shape import Ring, Shape, rings
from leafdesk.geo.square import farthest_move, squared
from leafdesk.geo.thin import corners_of, thinned
from tests.geo.test_cut import CENTER, SQUARE, corners, shapes
from tests.geo.test_repair import BOW

turns = st.floats(-360, 360)
OBLONG = rectangle(CENTER, 400.0, 200.0, 30.0)


@given(shapes, st.floats(0, 20_000), turns, turns)
def test_a_moved_field_keeps_its_sides_and_hectares(shape: Shape, metres: float, bearing: float, turn: float) -> None:
    after = moved(shape, metres, bearing, turn)
    assert problems(after) == []
    assert area_ha(after) == pytest.approx(area_ha(shape), rel=1e-6)
    assert perimeter_m(after) == pytest.approx(perimeter_m(shape), rel=1e-6)


@given(shapes, turns, turns)
def test_what_is_turned_back_is_where_it_was(shape: Shape, bearing: float, turn: float) -> None:
    there = moved(shape, 0.0, 0.0, turn)
    back = moved(there, 0.0, 0.0, -turn)
    plane = Plane.of(shape)
    for ring, again in zip(rings(shape), rings(back), strict=True):
        assert plane.flat(again) == pytest.approx(plane.flat(ring), abs=1e-4)
    assert moved(shape, 0.0, bearing, 0.0) is shape


def test_a_field_moves_so_many_metres_along_the_bearing() -> None:
    after = moved(OBLONG, 250.0, 90.0)
    a, b = OBLONG[0][0][0], after[0][0][0]
    assert length_m(a, b) == pytest.approx(250.0, abs=0.01)
    assert bearing_deg(a, b) == pytest.approx(90.0, abs=0.01)


def crooked(shape: Shape, by: float) -> Shape:
    """Every corner pushed a little, to and fro."""
    plane = Plane.of(shape)
    (ring,) = shape[0]
    points = [(x + by * math.sin(7 * n), y + by * math.cos(11 * n)) for n, (x, y) in enumerate(plane.flat(ring[:-1]))]
    made = plane.back(points)
    return (((*made, made[0]),),)


@given(st.floats(0.5, 8), st.floats(0, 90), st.floats(100, 900), st.floats(100, 900))
def test_a_crooked_rectangle_gets_right_angles(by: float, bearing: float, length: float, width: float) -> None:
    after = squared(crooked(rectangle(CENTER, length, width, bearing), by), 15.0)
    assert problems(after) == []
    plane = Plane.of(after)
    points = plane.flat(after[0][0])
    sides = points[1:] - points[:-1]
    for a, b in zip(sides, [*sides[1:], sides[0]], strict=True):
        cosine = float(a @ b) / (math.hypot(*a) * math.hypot(*b))
        assert abs(cosine) < 1e-4
    assert farthest_move(crooked(rectangle(CENTER, length, width, bearing), by), after) < 3 * by


def test_a_side_that_is_far_from_square_keeps_its_slant_and_a_round_part_its_numbers() -> None:
    (a, b, c, d, _) = crooked(OBLONG, 1.0)[0][0]
    slant = ((b[0] * 2 + c[0]) / 3, (b[1] * 2 + c[1]) / 3), ((c[0] + d[0]) / 2, (c[1] + d[1]) / 2)
    round_part = circle(moved(OBLONG, 2000.0, 0.0)[0][0][0], 200.0)[0]
    shape: Shape = (((a, b, *slant, d, a),), round_part)
    after = squared(shape, 10.0)
    assert after[1] is round_part
    before, now = (bearing_deg(part[0][2], part[0][3]) for part in (shape[0], after[0]))
    assert abs(before - now) < 2.0
    assert problems(after) == [] and farthest_move(shape, after) < 4.0


def test_what_is_square_or_round_is_refused() -> None:
    with pytest.raises(NotPossibleError, match="too far from it"):
        squared(circle(CENTER, 300.0), 15.0)
    with pytest.raises(NotPossibleError, match="square already"):
        squared(OBLONG, 15.0)


@given(shapes, st.floats(0.1, 200))
def test_thinning_keeps_corners_as_they_are_and_moves_no_boundary_farther(shape: Shape, metres: float) -> None:
    after = thinned(shape, metres)
    assert problems(after) == []
    assert corners(after) <= corners(shape)
    assert [len(polygon) for polygon in after] == [len(polygon) for polygon in shape]
    assert corners_of(after) <= corners_of(shape)
    assert abs(area_ha(after) - area_ha(shape)) * 1e4 <= perimeter_m(shape) * metres


def test_a_circle_of_360_corners_is_thinned_to_a_few() -> None:
    whole = circle(CENTER, 400.0)
    after = thinned(whole, 2.0)
    assert 12 < corners_of(after) < corners_of(whole) / 2
    assert area_ha(after) == pytest.approx(area_ha(whole), rel=0.02)


@given(shapes, st.floats(0.5, 60))
def test_a_headland_and_what_lies_inside_are_the_field(shape: Shape, metres: float) -> None:
    try:
        inner, strip = headland(shape, metres)
    except NotPossibleError as error:
        assert "is left" in str(error)
        return
    assert problems(inner) == [] and problems(strip) == []
    assert area_ha(inner) + area_ha(strip) == pytest.approx(area_ha(shape), rel=1e-6)
    assert corners(shape) <= corners(strip)


def test_the_inset_of_a_rectangle_is_one() -> None:
    assert area_ha(inset(OBLONG, 20.0)) == pytest.approx(360 * 160 / 1e4, rel=1e-6)
    assert area_ha(outset(OBLONG, 20.0)) == pytest.approx(440 * 240 / 1e4, rel=1e-6)
    with pytest.raises(NotPossibleError, match="Nothing is left 101 metres inside"):
        inset(OBLONG, 101.0)


@given(shapes, st.floats(0.5, 60))
def test_a_field_with_a_margin_holds_the_field(shape: Shape, metres: float) -> None:
    after = outset(shape, metres)
    assert problems(after) == [] and area_ha(after) > area_ha(shape)


@pytest.mark.parametrize("action", [lambda s: squared(s, 15), lambda s: thinned(s, 1), lambda s: inset(s, 1)])
def test_an_invalid_boundary_is_repaired_first(action: object) -> None:
    with pytest.raises(NotPossibleError, match="Repair the boundary first"):
        action(BOW)  # type: ignore[operator]


def test_what_is_no_field_is_refused() -> None:
    ring: Ring = ((-179.0, 1.0), (179.0, 1.0), (179.0, 2.0), (-179.0, 1.0))
    with pytest.raises(NotPossibleError, match="too wide for a field"):
        moved(((ring,),), 10.0, 0.0)
    assert moved(SQUARE, 0.0, 0.0, 360.0) is SQUARE


@given(shapes, st.floats(0.5, 40))
def test_the_place_for_a_word_about_a_shape_lies_in_it(shape: Shape, metres: float) -> None:
    assert any(holds(polygon[0], spot_inside(shape)) for polygon in shape)
    try:
        _, strip = headland(shape, metres)
    except NotPossibleError:
        return
    piece = piece_at(strip, spot_inside(strip))
    assert piece is not None and piece.ring == 0

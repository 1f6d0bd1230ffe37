"""Laws of cutting by numbers: the hectares asked for, to 1e-9 of them; nothing lost; every part valid."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.check import problems
from leafdesk.geo.measure import area_ha, bearing_deg
from leafdesk.geo.portions import cut_off, equal_parts, longest_side_bearing
from leafdesk.geo.shape import Shape, box
from tests.geo.test_cut import BESIDE, SQUARE, corners, shapes
from tests.geo.test_repair import BOW

bearings = st.floats(0, 360, exclude_max=True)


@given(shapes, st.floats(0.01, 0.99), bearings)
def test_what_is_cut_off_has_the_hectares_asked_for(shape: Shape, share: float, towards: float) -> None:
    asked = area_ha(shape) * share
    left, off = cut_off(shape, asked, towards)
    assert area_ha(off) == pytest.approx(asked, rel=1e-9, abs=5e-9)
    assert area_ha(left) + area_ha(off) == pytest.approx(area_ha(shape), rel=1e-9)
    assert problems(left) == [] and problems(off) == []
    assert corners(shape) <= corners(left) | corners(off)


@given(shapes, st.integers(2, 7), bearings)
def test_equal_parts_are_equal(shape: Shape, count: int, bearing: float) -> None:
    parts = equal_parts(shape, count, bearing)
    assert [area_ha(part) for part in parts] == pytest.approx([area_ha(shape) / count] * count, rel=1e-8)
    assert all(problems(part) == [] for part in parts)


@pytest.mark.parametrize(("towards", "edge"), [(0, 3), (90, 2), (180, 1), (270, 0)])
def test_it_is_taken_from_the_side_that_was_named(towards: float, edge: int) -> None:
    left, off = cut_off(SQUARE, 10.0, towards)
    assert box(off)[edge] == box(SQUARE)[edge] != box(left)[edge]


def test_the_cuts_run_along_the_bearing() -> None:
    first, *_ = equal_parts(SQUARE, 3, 30.0)
    made = sorted(corners(first) - corners(SQUARE))
    assert bearing_deg(*made) % 180 == pytest.approx(30.0, abs=0.005)


def test_parts_that_the_line_does_not_touch_go_to_the_side_they_lie_on() -> None:
    apart: Shape = ((tuple((x + 0.1, y) for x, y in BESIDE[0][0]),),)
    both: Shape = (*SQUARE, *apart)
    left, off = cut_off(both, area_ha(apart) + 5.0, 90.0)
    assert apart[0] in off and apart[0] not in left
    assert area_ha(off) == pytest.approx(area_ha(apart) + 5.0, rel=1e-9)


def test_many_corners_are_cut_to_the_same_accuracy() -> None:
    from tests.geo.test_apart import spot

    ring = tuple(spot(n * 6.283185 / 8_000, 0.008 + 0.000004 * (n % 3)) for n in range(8_000))
    shape: Shape = (((*ring, ring[0]),),)
    _, off = cut_off(shape, 20.0, 17.0)
    assert area_ha(off) == pytest.approx(20.0, rel=1e-9)


@pytest.mark.parametrize(
    ("shape", "hectares", "why"),
    [
        (SQUARE, 0.0, "a part of that can be cut off"),
        (SQUARE, 1000.0, "The field has 92.44 ha"),
        (BOW, 1.0, "Repair the boundary first"),
        (((((-179.0, 1.0), (179.0, 1.0), (179.0, 2.0), (-179.0, 1.0)),),), 1.0, "Repair the boundary first"),
        (((((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 0.0)),),), 1.0, "too wide for a field"),
    ],
)
def test_what_cannot_be_cut_off_is_refused_with_the_reason(shape: Shape, hectares: float, why: str) -> None:
    with pytest.raises(NotPossibleError, match=why):
        cut_off(shape, hectares, 0.0)


def test_too_many_parts_are_refused_and_the_longest_side_gives_the_direction() -> None:
    with pytest.raises(NotPossibleError, match="2 to 50 parts"):
        equal_parts(SQUARE, 51, 0.0)
    assert longest_side_bearing(SQUARE) == pytest.approx(0.0, abs=1e-9)

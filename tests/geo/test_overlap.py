"""Which fields overlap a shape, and what they have in common: Leaf's rule, measured on the ellipsoid."""

import math

import pytest

from leafdesk.geo.measure import area_ha
from leafdesk.geo.overlap import NotComparableError, common, overlap
from leafdesk.geo.shape import Shape


def square(x: float, y: float, side: float) -> Shape:
    return ((((x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)),),)


HOLED: Shape = (
    (
        ((0.0, 50.0), (1.0, 50.0), (1.0, 51.0), (0.0, 51.0), (0.0, 50.0)),
        ((0.2, 50.2), (0.8, 50.2), (0.8, 50.8), (0.2, 50.8), (0.2, 50.2)),
    ),
)
BOW: Shape = ((((0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)),),)


def test_both_shares_are_told() -> None:
    small, big = square(10.0, 0.0, 0.01), square(10.0, 0.0, 0.02)
    one = overlap(small, big)
    assert one.area_ha == pytest.approx(area_ha(small), rel=1e-12)
    assert (round(one.of_field, 6), round(one.of_shape)) == (100.0, 25)
    assert one.reaches(100) and overlap(big, small).reaches(100)  # either ratio will do
    assert not overlap(square(10.0, 0.0, 0.02), square(10.01, 0.01, 0.02)).reaches(26)


def test_a_share_equal_to_the_threshold_counts() -> None:
    field, half = square(10.0, 0.0, 0.01), square(10.005, 0.0, 0.01)
    assert overlap(field, half).of_field == pytest.approx(50, abs=1e-6)
    assert overlap(field, half).reaches(50)
    assert not overlap(field, half).reaches(50.001)


def test_touching_and_far_away_is_nothing() -> None:
    for other in (square(10.01, 0.0, 0.01), square(20.0, 0.0, 0.01), ()):
        assert overlap(square(10.0, 0.0, 0.01), other).area_ha == 0
        assert not overlap(square(10.0, 0.0, 0.01), other).reaches(0.01)


def test_a_hole_is_not_the_field() -> None:
    assert overlap(HOLED, square(0.4, 50.4, 0.1)).area_ha == 0
    assert overlap(HOLED, square(0.1, 50.4, 0.2)).of_shape == pytest.approx(50, abs=0.01)


def test_what_is_common_is_measured_and_empty_where_there_is_nothing() -> None:
    three = [square(10.0, 0.0, 0.02), square(10.01, 0.0, 0.02), square(10.0, 0.01, 0.03)]
    shared = common(three)
    assert area_ha(shared) == pytest.approx(area_ha(square(10.01, 0.01, 0.01)), rel=1e-9)
    assert common([three[0], square(11.0, 0.0, 0.01)]) == ()
    assert common([three[0], square(10.02, 0.0, 0.01)]) == ()  # a shared edge has no area
    assert len(common([HOLED, square(0.1, 50.4, 0.9)])[0]) == 1


@pytest.mark.parametrize("bad", [BOW, ((((0.0, 0.0), (1.0, 1.0)),),), ((((math.nan, 0.0),) * 4,),)])
def test_an_invalid_boundary_has_no_answer_and_is_not_repaired(bad: Shape) -> None:
    with pytest.raises(NotComparableError):
        common([bad])
    with pytest.raises(ValueError, match="nothing"):
        common([])

"""Laws of repairing: what comes out is valid, what was valid stays, corners keep their numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.check import problems
from leafdesk.geo.measure import area_ha
from leafdesk.geo.repair import repair
from leafdesk.geo.shape import Ring, Shape
from tests.geo.test_cut import SQUARE, corners, shapes

BOW: Shape = ((((-93.5, 41.7), (-93.49, 41.71), (-93.49, 41.7), (-93.5, 41.71), (-93.5, 41.7)),),)
spots = st.tuples(st.floats(-93.5, -93.49), st.floats(41.7, 41.71))
tangles = st.lists(spots, min_size=3, max_size=12, unique=True).map(lambda ring: ((((*ring, ring[0])),),))


@given(shapes)
def test_a_valid_shape_stays_the_very_same(shape: Shape) -> None:
    assert repair(shape) is shape


@given(tangles)
def test_a_tangle_becomes_valid_or_is_refused_with_a_reason(shape: Shape) -> None:
    try:
        mended = repair(shape)
    except NotPossibleError as error:
        assert str(error).endswith(".")
    else:
        assert problems(mended) == []
        assert area_ha(mended) > 0
        assert repair(mended) is mended


def test_both_loops_of_a_boundary_that_crosses_itself_are_kept() -> None:
    mended = repair(BOW)
    assert len(mended) == 2
    assert corners(BOW) <= corners(mended)
    assert area_ha(mended) == pytest.approx(area_ha(SQUARE) / 2, rel=1e-4)


def test_repeated_corners_and_an_open_ring_are_put_right_without_touching_a_number() -> None:
    ring = SQUARE[0][0]
    broken: Shape = ((((ring[0], ring[1], ring[1], ring[2], ring[3])),),)
    assert repair(broken) == SQUARE


def test_a_hole_outside_goes_and_a_part_inside_another_becomes_one_with_it() -> None:
    away: Ring = tuple((x + 0.1, y) for x, y in SQUARE[0][0])
    inner: Ring = ((-93.498, 41.702), (-93.494, 41.702), (-93.494, 41.706), (-93.498, 41.702))
    assert area_ha(repair(((SQUARE[0][0], away),))) == pytest.approx(area_ha(SQUARE), rel=1e-12)
    assert area_ha(repair((SQUARE[0], (inner,)))) == pytest.approx(area_ha(SQUARE), rel=1e-12)


def test_over_the_antimeridian_there_is_a_part_on_each_side() -> None:
    ring: Ring = ((179.99, 10.0), (-179.99, 10.0), (-179.99, 10.01), (179.99, 10.01), (179.99, 10.0))
    mended = repair(((ring,),))
    assert problems(mended) == [] and len(mended) == 2
    assert set(ring) <= corners(mended)
    turned: Shape = ((tuple((x % 360 - 180, y) for x, y in ring),),)
    assert area_ha(mended) == pytest.approx(area_ha(turned), rel=1e-6)


@pytest.mark.parametrize(
    ("shape", "why"),
    [
        (((((0.0, 89.0), (1.0, 89.0), (1.0, 89.5), (0.0, 89.0)),),), "no map so near a pole"),
        (((((0.0, 1.0), (1.0, 1.0), (0.0, 1.0)),),), "No valid boundary"),
        ((), "No valid boundary"),
    ],
)
def test_what_cannot_be_mended_is_refused_with_the_reason(shape: Shape, why: str) -> None:
    with pytest.raises(NotPossibleError, match=why):
        repair(shape)

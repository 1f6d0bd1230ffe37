"""Laws of cutting and joining: hectares are kept, both sides are valid, untouched corners are the very same."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.check import problems
from leafdesk.geo.cut import cut
from leafdesk.geo.join import join
from leafdesk.geo.measure import area_ha
from leafdesk.geo.shape import Position, Ring, Shape

CENTER = (-93.5, 41.7)


def star(radii: list[float], center: Position = CENTER) -> Ring:
    """A ring around a centre whose corners are so many degrees away: never crosses itself."""
    turn = 2 * math.pi / len(radii)
    spots = [
        (center[0] + r * math.cos(n * turn + 0.1), center[1] + r * math.sin(n * turn + 0.1))
        for n, r in enumerate(radii)
    ]
    return (*spots, spots[0])


stars = st.lists(st.floats(0.003, 0.01), min_size=5, max_size=30).map(star)
holes = st.lists(st.floats(0.0003, 0.001), min_size=3, max_size=8).map(star)
shapes = st.one_of(stars.map(lambda ring: ((ring,),)), st.tuples(stars, holes).map(lambda both: (both,)))


@st.composite
def lines(draw: st.DrawFn) -> Ring:
    """Through the neighbourhood of the centre, from far outside to far outside, with a bend or without."""
    turn = draw(st.floats(0, math.pi))
    x, y = draw(st.floats(-0.002, 0.002)), draw(st.floats(-0.002, 0.002))
    dx, dy = 0.03 * math.cos(turn), 0.03 * math.sin(turn)
    middle = (CENTER[0] + x, CENTER[1] + y)
    ends = ((middle[0] - dx, middle[1] - dy), (middle[0] + dx, middle[1] + dy))
    return (ends[0], middle, ends[1]) if draw(st.booleans()) else ends


def corners(shape: Shape) -> set[Position]:
    return {position for polygon in shape for ring in polygon for position in ring}


@given(shapes, lines())
def test_a_cut_keeps_the_hectares_and_every_corner(shape: Shape, line: Ring) -> None:
    larger, smaller = cut(shape, line)
    assert problems(larger) == [] and problems(smaller) == []
    assert area_ha(larger) >= area_ha(smaller) * (1 - 1e-12) > 0
    assert area_ha(larger) + area_ha(smaller) == pytest.approx(area_ha(shape), rel=1e-9)
    assert corners(shape) <= corners(larger) | corners(smaller)


@given(shapes, lines())
def test_what_was_cut_can_be_joined_again(shape: Shape, line: Ring) -> None:
    larger, smaller = cut(shape, line)
    whole = join(larger, smaller)
    assert problems(whole) == []
    assert area_ha(whole) == pytest.approx(area_ha(shape), rel=1e-9)


@given(stars, st.floats(0.025, 0.1))
def test_joining_what_lies_apart_keeps_both_byte_for_byte(ring: Ring, away: float) -> None:
    other = tuple((x + away, y) for x, y in ring)
    whole = join(((ring,),), ((other,),))
    assert len(whole) == 2
    assert corners(whole) == set(ring) | set(other)
    assert area_ha(whole) == pytest.approx(area_ha(((ring,),)) + area_ha(((other,),)), rel=1e-9)


SQUARE: Shape = ((((-93.5, 41.7), (-93.49, 41.7), (-93.49, 41.71), (-93.5, 41.71), (-93.5, 41.7)),),)
BESIDE: Shape = ((((-93.49, 41.7), (-93.48, 41.7), (-93.48, 41.71), (-93.49, 41.71), (-93.49, 41.7)),),)


def test_a_line_that_ends_on_the_boundary_cuts_it() -> None:
    larger, smaller = cut(SQUARE, ((-93.495, 41.7), (-93.496, 41.71)))
    assert area_ha(larger) + area_ha(smaller) == pytest.approx(area_ha(SQUARE), rel=1e-9)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (((-93.6, 41.0), (-93.4, 41.0)), "has to cross"),
        (((-93.505, 41.705), (-93.495, 41.705)), "has to cross"),
        (((-93.505, 41.705), (-93.505, 41.705)), "two ends"),
        (((-93.51, 41.705), (-93.48, 41.705), (-93.485, 41.72), (-93.495, 41.69)), "crosses itself"),
    ],
)
def test_a_line_that_does_not_cut_is_refused_with_the_reason(line: Ring, why: str) -> None:
    with pytest.raises(NotPossibleError, match=why):
        cut(SQUARE, line)


def test_parts_that_the_line_misses_stay_with_the_larger_side() -> None:
    apart: Shape = ((tuple((x + 0.1, y) for x, y in BESIDE[0][0]),),)
    larger, smaller = cut((*SQUARE, *apart), ((-93.493, 41.69), (-93.493, 41.72)))
    assert larger[-1] is apart[0]
    assert len(larger) == 2 and len(smaller) == 1


def test_a_line_through_a_bay_gives_each_side_its_pieces() -> None:
    bay: Shape = (
        (
            (
                (-93.5, 41.7),
                (-93.49, 41.7),
                (-93.49, 41.71),
                (-93.493, 41.71),
                (-93.495, 41.702),
                (-93.497, 41.71),
                (-93.5, 41.71),
                (-93.5, 41.7),
            ),
        ),
    )
    larger, smaller = cut(bay, ((-93.51, 41.706), (-93.48, 41.706)))
    assert sorted((len(larger), len(smaller))) == [1, 2]
    assert area_ha(larger) + area_ha(smaller) == pytest.approx(area_ha(bay), rel=1e-9)


def test_neighbours_become_one_part_and_an_invalid_one_is_refused() -> None:
    whole = join(SQUARE, BESIDE)
    assert len(whole) == 1
    assert area_ha(whole) == pytest.approx(area_ha(SQUARE) + area_ha(BESIDE), rel=1e-9)
    bow: Shape = ((((0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)),),)
    with pytest.raises(NotPossibleError, match="Repair the boundary first"):
        join(SQUARE, bow)

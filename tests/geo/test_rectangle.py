"""Laws of rectangles: sides, angles and hectares as typed; and of circles through three spots of their rim."""

import itertools
import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.check import problems
from leafdesk.geo.circle import circle_through
from leafdesk.geo.measure import area_ha, bearing_deg, length_m, reached
from leafdesk.geo.rectangle import rectangle, width_towards

corners = st.tuples(st.floats(-179, 179), st.floats(-70, 70))
sides = st.floats(5, 3000)


@given(corners, sides, sides, st.floats(0, 360), st.booleans())
def test_sides_and_hectares_are_those_that_were_typed(
    corner: tuple[float, float], length: float, width: float, bearing: float, left: bool
) -> None:
    shape = rectangle(corner, length, -width if left else width, bearing)
    ring = shape[0][0]
    assert ring[0] is corner and problems(shape) == []
    found = [length_m(a, b) for a, b in itertools.pairwise(ring)]
    assert found == pytest.approx([length, width, length, width], rel=1e-6)
    assert area_ha(shape) == pytest.approx(length * width / 1e4, rel=1e-6, abs=2e-8)
    turn = (bearing_deg(ring[0], ring[1]) - bearing) % 360
    assert min(turn, 360 - turn) == pytest.approx(0, abs=1e-6)
    assert width_towards(ring[0], ring[1], ring[3]) == pytest.approx(-width if left else width, rel=1e-6)


@pytest.mark.parametrize(("length", "width"), [(0, 10), (10, 0), (1e6, 10), (math.nan, 10)])
def test_sides_that_no_field_has_are_refused(length: float, width: float) -> None:
    with pytest.raises(NotPossibleError, match="A side is between"):
        rectangle((0.0, 0.0), length, width, 0.0)


@given(corners, st.floats(20, 1500), st.lists(st.floats(0, 360), min_size=3, max_size=3))
def test_three_spots_of_a_rim_give_its_circle(center: tuple[float, float], radius: float, turns: list[float]) -> None:
    first, second, third = sorted(turns)
    assume(min(second - first, third - second, 360 - third + first) > 15)
    found, far = circle_through(*(reached(center, turn, radius) for turn in turns))
    assert far == pytest.approx(radius, rel=1e-6)
    assert length_m(found, center) == pytest.approx(0, abs=radius * 1e-6)


def test_spots_on_a_line_are_no_rim() -> None:
    with pytest.raises(NotPossibleError, match="on a line"):
        circle_through((0.0, 50.0), (0.0, 50.001), (0.0, 50.002))
    with pytest.raises(NotPossibleError, match="no pivot is so long"):
        circle_through((0.0, 50.0), (0.00001, 50.01), (0.0, 50.02))

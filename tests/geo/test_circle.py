"""Laws of circles and sectors: every corner as far away as was asked, the hectares of a circle, always valid."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.check import problems
from leafdesk.geo.circle import circle, sector
from leafdesk.geo.measure import area_ha, length_m

centers = st.tuples(st.floats(-179, 179), st.floats(-70, 70))
radii = st.floats(5, 1500)


@given(centers, radii)
def test_a_circle_has_its_radius_and_its_hectares(center: tuple[float, float], radius: float) -> None:
    shape = circle(center, radius)
    assert problems(shape) == []
    ((ring,),) = shape
    assert [length_m(center, corner) for corner in ring] == [pytest.approx(radius, abs=1e-6)] * len(ring)
    assert area_ha(shape) == pytest.approx(math.pi * radius**2 / 10_000, rel=0.006)


@given(centers, radii, st.floats(0, 360), st.floats(1, 359))
def test_a_sector_and_the_rest_make_the_circle(
    center: tuple[float, float], radius: float, start: float, swept: float
) -> None:
    part, rest = sector(center, radius, start, start + swept), sector(center, radius, start + swept, start)
    assert problems(part) == [] and problems(rest) == []
    assert area_ha(part) == pytest.approx(math.pi * radius**2 / 10_000 * swept / 360, rel=0.03)
    assert area_ha(part) + area_ha(rest) == pytest.approx(math.pi * radius**2 / 10_000, rel=0.01)


@pytest.mark.parametrize("radius", [0.0, -3.0, 0.5, 6000.0, math.inf, math.nan])
def test_a_radius_that_no_pivot_has_is_refused(radius: float) -> None:
    with pytest.raises(NotPossibleError, match="between 1 and 5,000 metres"):
        circle((0.0, 0.0), radius)


def test_an_arm_that_does_not_move_is_refused() -> None:
    for end in (30.0, 390.0, 30.05):
        with pytest.raises(NotPossibleError, match="two directions"):
            sector((0.0, 0.0), 100.0, 30.0, end)

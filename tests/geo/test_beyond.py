"""What one shape has beyond another."""

import pytest

from leafdesk.geo.measure import area_ha
from leafdesk.geo.overlap import NotComparableError, beyond
from leafdesk.geo.shape import Shape


def square(west: float, south: float = 52.0, size: float = 0.01) -> Shape:
    east, north = west + size, south + size
    return ((((west, south), (east, south), (east, north), (west, north), (west, south)),),)


def test_gained_and_lost_add_up() -> None:
    one, other = square(5.0), square(5.004)
    gained, lost = beyond(other, one), beyond(one, other)
    assert area_ha(gained) == pytest.approx(area_ha(lost), rel=1e-6)
    assert area_ha(one) - area_ha(lost) + area_ha(gained) == pytest.approx(area_ha(other), rel=1e-6)
    assert area_ha(lost) == pytest.approx(area_ha(one) * 0.4, rel=1e-6)


def test_nothing_beyond_is_no_shape() -> None:
    assert beyond(square(5.0), square(5.0)) == ()
    assert beyond(square(5.002, 52.002, 0.002), square(5.0)) == ()


def test_an_invalid_shape_has_no_answer() -> None:
    bow: Shape = ((((0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)),),)
    with pytest.raises(NotComparableError):
        beyond(bow, square(5.0))

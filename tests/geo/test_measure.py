"""Areas and lengths against Leaf's published figures and against geometry that can be worked out by hand."""

import math

import pytest

from leafdesk.geo.measure import area_ha, bearing_deg, length_m, perimeter_m, ring_area_ha
from leafdesk.geo.shape import Ring

# The full-precision samples of Leaf's page on field boundaries, with the areas it gives for them.
LEAF_QUADRANGLE: Ring = (
    (-89.84392762184143, 39.72439389620628),
    (-89.84388470649719, 39.71943436012731),
    (-89.83928203582764, 39.71951688444436),
    (-89.83936786651611, 39.725392361998416),
    (-89.84392762184143, 39.72439389620628),
)
LEAF_TRIANGLE: Ring = (
    (-93.48821327980518, 41.77137549568163),
    (-93.48817333680519, 41.77143534378164),
    (-93.48821327390516, 41.76068857977987),
    (-93.48821327980518, 41.77137549568163),
)


@pytest.mark.parametrize(
    ("ring", "published"),
    [(LEAF_QUADRANGLE, 23.659422807502747), (LEAF_TRIANGLE, 0.19710594050867244)],
)
def test_leafs_own_areas_come_out(ring: Ring, published: float) -> None:
    assert area_ha(((ring,),)) == pytest.approx(published, rel=1e-9)


def test_direction_does_not_matter_and_holes_are_taken_off() -> None:
    shell: Ring = ((10.0, 50.0), (10.01, 50.0), (10.01, 50.01), (10.0, 50.01), (10.0, 50.0))
    hole: Ring = ((10.004, 50.004), (10.006, 50.004), (10.006, 50.006), (10.004, 50.006), (10.004, 50.004))
    whole = area_ha(((shell,),))
    assert area_ha(((shell[::-1],),)) == pytest.approx(whole, rel=1e-12)
    for turned in (hole, hole[::-1]):
        assert area_ha(((shell, turned),)) == pytest.approx(whole - area_ha(((hole,),)), rel=1e-12)
    assert area_ha(((shell,), (hole,))) == pytest.approx(whole + area_ha(((hole,),)), rel=1e-12)


def test_nothing_has_no_area() -> None:
    assert area_ha(()) == 0.0
    assert ring_area_ha(((1.0, 2.0), (2.0, 2.0))) == 0.0


def test_one_degree_of_the_equator_and_of_a_meridian() -> None:
    assert length_m((0.0, 0.0), (1.0, 0.0)) == pytest.approx(6378137.0 * math.pi / 180, rel=1e-12)
    assert length_m((7.0, 0.0), (7.0, 1.0)) == pytest.approx(110574.3886, abs=1e-3)
    ring: Ring = ((0.0, 0.0), (1.0, 0.0), (0.0, 0.0))
    assert perimeter_m(((ring,),)) == pytest.approx(2 * 6378137.0 * math.pi / 180, rel=1e-12)


@pytest.mark.parametrize(("to", "bearing"), [((0.0, 1.0), 0), ((1.0, 0.0), 90), ((0.0, -1.0), 180), ((-1.0, 0.0), 270)])
def test_bearings_turn_clockwise_from_north(to: tuple[float, float], bearing: float) -> None:
    assert bearing_deg((0.0, 0.0), to) == pytest.approx(bearing, abs=1e-9)

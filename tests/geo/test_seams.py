"""Gaps and overlaps along the seams of fields: each is found once, with its hectares; sound seams are silent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leafdesk.geo.measure import area_ha, length_m
from leafdesk.geo.motion import moved
from leafdesk.geo.portions import equal_parts
from leafdesk.geo.rectangle import rectangle
from leafdesk.geo.seams import seams
from leafdesk.geo.shape import Shape, pack
from tests.geo.test_cut import CENTER, SQUARE, shapes
from tests.geo.test_repair import BOW


def look(*fields: Shape, widest: float = 5.0) -> list[tuple[str, int, int, float]]:
    return [(s.kind, s.first, s.second, s.area_ha) for s in seams([pack(f) for f in fields], widest).found]


def pushed(shape: Shape, metres: float) -> Shape:
    return moved(shape, abs(metres), 90.0 if metres > 0 else 270.0)


FIRST = rectangle(CENTER, 300.0, 200.0, 0.0)
BESIDE = rectangle(FIRST[0][0][3], 300.0, 200.0, 0.0)
"""FIRST's eastern edge is BESIDE's western one, but for the last digit of a corner."""


@given(st.floats(0.5, 4.5))
def test_a_gap_has_the_hectares_between_the_fields(wide: float) -> None:
    ((kind, first, second, area),) = look(FIRST, pushed(BESIDE, wide))
    assert (kind, first, second) == ("gap", 0, 1)
    assert area == pytest.approx(300 * wide / 1e4, rel=0.05)


@given(st.floats(0.1, 150))
def test_an_overlap_has_the_hectares_in_both(wide: float) -> None:
    ((kind, first, second, area),) = look(FIRST, pushed(BESIDE, -wide))
    assert (kind, first, second) == ("overlap", 0, 1)
    assert area == pytest.approx(300 * wide / 1e4, rel=0.01, abs=2e-4)


@given(shapes, st.integers(2, 5), st.floats(0, 360))
def test_parts_that_share_their_corners_have_neither(shape: Shape, count: int, bearing: float) -> None:
    overlaps = [found for found in look(*equal_parts(shape, count, bearing)) if found[0] == "overlap"]
    assert overlaps == []


def test_a_track_between_two_fields_is_no_gap_and_far_fields_are_no_neighbours() -> None:
    assert look(FIRST, pushed(BESIDE, 8.0)) == []
    assert look(FIRST, pushed(BESIDE, 8.0), widest=10.0)[0][0] == "gap"
    assert look(FIRST, pushed(BESIDE, 800.0)) == []
    assert look(FIRST) == []


def test_a_field_drawn_twice_and_one_within_another_overlap() -> None:
    assert look(FIRST, FIRST) == [("overlap", 0, 1, pytest.approx(area_ha(FIRST), rel=1e-6))]
    inner = rectangle((CENTER[0] + 0.001, CENTER[1] + 0.001), 50.0, 50.0, 20.0)
    assert look(FIRST, inner) == [("overlap", 0, 1, pytest.approx(area_ha(inner), rel=1e-6))]


def test_an_invalid_boundary_is_left_out_and_told() -> None:
    found = seams([pack(SQUARE), pack(BOW), pack(FIRST)], 5.0)
    assert found.invalid == [1]
    assert all(1 not in (seam.first, seam.second) for seam in found.found)


def test_the_shape_of_a_gap_lies_where_it_is() -> None:
    (gap,) = seams([pack(FIRST), pack(pushed(BESIDE, 2.0))], 5.0).found
    spot = gap.shape[0][0][0]
    assert min(length_m(spot, corner) for corner in FIRST[0][0]) < 310
    assert seams([], 5.0).found == []


def test_a_bay_of_a_field_drawn_twice_is_no_gap() -> None:
    west, south = CENTER
    bay = (
        (west, south),
        (west + 0.004, south),
        (west + 0.004, south + 0.002),
        (west + 0.00201, south + 0.002),
        (west + 0.00201, south + 0.001),
        (west + 0.00199, south + 0.001),  # 1.6 m wide
        (west + 0.00199, south + 0.002),
        (west, south + 0.002),
        (west, south),
    )
    assert [kind for kind, *_ in look(((bay,),), ((bay,),))] == ["overlap"]


def test_two_sound_lots_over_each_other_overlap_though_no_edge_stands_out() -> None:
    """Last year's fields and this year's: every edge inside has its neighbour within its own lot."""

    def tile(west: int, south: int, wide: int, high: int) -> Shape:
        lon, lat = CENTER[0] + west * 1e-3, CENTER[1] + south * 1e-3
        east, north = CENTER[0] + (west + wide) * 1e-3, CENTER[1] + (south + high) * 1e-3
        return ((((lon, lat), (east, lat), (east, north), (lon, north), (lon, lat)),),)

    crosswise = [tile(0, 0, 3, 1), tile(0, 1, 3, 1), tile(0, 2, 3, 1)], [tile(n, 0, 1, 3) for n in range(3)]
    found = {(kind, first, second) for kind, first, second, _ in look(*crosswise[0], *crosswise[1])}
    assert found == {("overlap", row, column) for row in range(3) for column in range(3, 6)}

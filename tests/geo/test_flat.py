"""Shapes on the flat map: nothing lost by packing, thinning or taking apart; names placed inside."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from leafdesk.geo.flat import boxes, corners, flat, name_spots, thinned, thinned_rings
from leafdesk.geo.shape import Ring, Shape, pack, rings
from leafdesk.geo.view import world


def square(west: float, south: float, side: float = 0.004) -> Ring:
    return ((west, south), (west + side, south), (west + side, south + side), (west, south + side), (west, south))


positions = st.tuples(st.floats(-170, 170), st.floats(-80, 80))
closed = st.lists(positions, min_size=3, max_size=8).map(lambda ps: (*ps, ps[0]))
shapes = st.lists(st.lists(closed, min_size=1, max_size=3).map(tuple), min_size=1, max_size=3).map(tuple)


@given(st.lists(shapes, min_size=1, max_size=5))
def test_every_corner_of_every_shape_comes_out_in_order(some: list[Shape]) -> None:
    points, ring_starts, polygon_starts, starts = corners(flat([pack(shape) for shape in some]))
    wanted = [world(position) for shape in some for ring in rings(shape) for position in ring]
    assert points == pytest.approx(np.array(wanted), abs=1e-15)
    assert np.diff(ring_starts).tolist() == [len(ring) for shape in some for ring in rings(shape)]
    assert np.diff(polygon_starts).tolist() == [sum(map(len, polygon)) for shape in some for polygon in shape]
    assert np.diff(starts).tolist() == [sum(map(len, rings(shape))) for shape in some]


def test_what_is_no_ring_is_made_one_and_stays_where_it_is() -> None:
    line: Shape = ((((10.0, 50.0), (11.0, 50.0)),),)
    unclosed: Shape = ((square(10, 50)[:-1],),)
    found = flat([pack(line), pack(unclosed)])
    assert boxes(found)[0] == pytest.approx((*world((10, 50)), *world((11, 50))))
    assert shapely.area(found[1]) == pytest.approx(shapely.area(flat([pack(((square(10, 50),),))])[0]))


def test_thinning_stays_within_the_tolerance_and_loses_no_field() -> None:
    angles = np.linspace(0, 2 * np.pi, 200)
    circle = tuple((10 + 0.01 * float(np.cos(a)), 50 + 0.006 * float(np.sin(a))) for a in angles)
    found = flat([pack((((*circle[:-1], circle[0]),),)), pack(((square(10.5, 50, 1e-7),),))])
    tolerance = 1e-6
    thin = thinned(found, tolerance)
    assert shapely.get_num_coordinates(thin[0]) < 60
    assert shapely.hausdorff_distance(thin[0], found[0]) <= tolerance * 1.01
    assert shapely.area(thin[1]) > 0


def test_thinned_rings_stay_closed_and_apart() -> None:
    angles = np.linspace(0, 2 * np.pi, 500)
    ring = np.stack([100 * np.cos(angles), 100 * np.sin(angles)], axis=1)
    ring[-1] = ring[0]
    points, offsets = thinned_rings(np.concatenate([ring, ring + 300]), [0, 500, 1000], 0.3)
    assert len(points) < 200
    assert len(offsets) == 3
    for a, b in pairwise(offsets.tolist()):
        assert points[a].tolist() == points[b - 1].tolist()
    assert points[offsets[1]] == pytest.approx(ring[0] + 300)


def test_a_name_has_a_spot_inside_where_there_is_room() -> None:
    """A square with a pond in its middle: above or below the pond there is room, on it there is none."""
    shape = flat([pack(((square(10, 50, 0.01), square(10.004, 50.004, 0.002)),))])
    left, top, right, bottom = boxes(shape)[0].tolist()
    size = np.array([[(right - left) * 0.5, (bottom - top) * 0.1]])
    spots, whole, inside = name_spots(shape, size)
    assert spots.shape == (1, 4, 2)
    assert not whole[0, 0]
    assert not inside[0, 0]
    assert whole[0, 2]
    assert whole[0, 3]

"""Laws of the view: there and back, the held pixel stays, a fitted box is seen whole."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leafdesk.geo.view import View, stepped, world, world_array

lons = st.floats(-179, 179)
lats = st.floats(-80, 80)
views = st.builds(
    View,
    st.tuples(lons, lats),
    st.floats(2, 22).map(stepped),
    st.integers(200, 3000),
    st.integers(200, 2000),
)


@given(views, st.floats(0, 1), st.floats(0, 1))
def test_pixels_come_back(view: View, right: float, down: float) -> None:
    left, top = view.origin
    pixel = (right * view.width, down * view.height)
    x, y = (left + pixel[0]) / view.world_px, (top + pixel[1]) / view.world_px
    if 0 <= x <= 1 and 0 <= y <= 1:
        assert view.to_screen(view.to_lonlat(pixel)) == pytest.approx(pixel, abs=1e-3)


@given(views, st.floats(0.2, 0.8), st.floats(0.2, 0.8), st.floats(6, 22))
def test_the_place_under_the_cursor_stays_there_while_zooming(
    view: View, right: float, down: float, zoom: float
) -> None:
    pixel = (right * view.width, down * view.height)
    held = view.to_lonlat(pixel)
    zoomed = view.zoomed_at(pixel, zoom)
    x, y = world(zoomed.center)
    if 0 < x < 1 and 0 < y < 1 and abs(held[1]) < 85:
        assert zoomed.to_screen(held) == pytest.approx(pixel, abs=1e-2)
    assert zoomed.zoom == stepped(zoom)


@given(views, st.floats(-500, 500), st.floats(-500, 500))
def test_panning_moves_every_place_by_the_push(view: View, dx: float, dy: float) -> None:
    before = view.to_screen(view.center)
    moved = view.panned(dx, dy)
    x, y = world(moved.center)
    if 0 < x < 1 and 0 < y < 1:
        after = moved.to_screen(view.center)
        assert (after[0] - before[0], after[1] - before[1]) == pytest.approx((dx, dy), abs=1e-3)


@given(views, lons, lats, st.floats(0.0005, 0.5), st.floats(0.0005, 0.5))
def test_a_fitted_box_is_seen_whole(view: View, west: float, south: float, wide: float, high: float) -> None:
    box = (west, south, min(west + wide, 180), south + high)
    fitted = view.fit(box, margin=20)
    x0, y0 = fitted.to_screen((box[0], box[3]))
    x1, y1 = fitted.to_screen((box[2], box[1]))
    assert -1e-3 <= x0 <= x1 <= fitted.width + 1e-3
    assert -1e-3 <= y0 <= y1 <= fitted.height + 1e-3


@given(views, st.sampled_from([1.0, 1.25, 1.5, 2.0]))
def test_an_aligned_view_starts_on_a_device_pixel(view: View, ratio: float) -> None:
    left, top = view.aligned(ratio).origin
    assert left * ratio == pytest.approx(round(left * ratio), abs=1e-3)
    assert top * ratio == pytest.approx(round(top * ratio), abs=1e-3)


def test_the_vectorised_projection_is_the_same() -> None:
    places = [(0.0, 0.0), (-93.5, 41.77), (151.2, -33.8), (10.0, 85.0), (-180.0, -85.0)]
    for place, row in zip(places, world_array(np.array(places)), strict=True):
        assert tuple(row) == pytest.approx(world(place), rel=1e-14)


def test_scale_at_the_equator_and_at_sixty_degrees() -> None:
    assert View((0, 0), 0, 256, 256).metres_per_pixel == pytest.approx(2 * math.pi * 6378137 / 256)
    assert View((0, 60), 0, 256, 256).metres_per_pixel == pytest.approx(math.pi * 6378137 / 256)
    assert View((0, 0), 14, 256, 256).scale_denominator == pytest.approx(9.554628535647032 * 96 / 0.0254, rel=1e-9)

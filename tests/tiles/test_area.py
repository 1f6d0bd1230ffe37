"""Which tiles an area takes, against counting them one by one."""

import random

import pytest

from leafdesk.geo.shape import Box
from leafdesk.tiles.area import HUGE, Area, widened
from leafdesk.tiles.tile import WHOLE_WORLD, Tile, spanned


def boxes(seed: int, many: int) -> tuple[Box, ...]:
    rng = random.Random(seed)
    corners = [(rng.uniform(-93.7, -93.5), rng.uniform(41.9, 42.1)) for _ in range(many)]
    return tuple((west, south, west + rng.uniform(0, 0.05), south + rng.uniform(0, 0.05)) for west, south in corners)


@pytest.mark.parametrize("seed", range(8))
def test_the_count_is_exact_and_no_tile_comes_twice(seed: int) -> None:
    area = Area(boxes(seed, 1 + seed * 3), 3, 15)
    tiles = list(area.tiles())
    wanted = {
        Tile(zoom, x, y)
        for zoom in range(3, 16)
        for left, right, top, bottom in (spanned(box, zoom) for box in area.boxes)
        for x in range(left, right + 1)
        for y in range(top, bottom + 1)
    }
    assert len(tiles) == len(set(tiles)) == area.count() and set(tiles) == wanted
    assert [tile.zoom for tile in tiles] == sorted(tile.zoom for tile in tiles)
    assert area.holding([*tiles[::3], Tile(15, 0, 0), Tile(2, 1, 1)]) == len(tiles[::3])


def test_known_numbers() -> None:
    assert Area((WHOLE_WORLD,), 0, 4).count() == 1 + 4 + 16 + 64 + 256
    assert Area(((-0.001, -0.001, 0.001, 0.001),), 1, 1).count() == 4
    assert Area(((10.0, 10.0, 10.0, 10.0),), 0, 20).count() == 21
    assert Area(((0.0, 0.0, 180.0, WHOLE_WORLD[3]),), 1, 1).count() == 1


def test_the_whole_world_at_its_nearest_is_counted_at_once() -> None:
    assert Area((WHOLE_WORLD, (0.0, 0.0, 1.0, 1.0)), 0, 22).count() > HUGE


def test_a_margin_is_as_wide_as_it_says() -> None:
    west, south, east, north = widened((10.0, 60.0, 10.1, 60.1), 1000)
    assert south == pytest.approx(60 - 1 / 111.32) and north == pytest.approx(60.1 + 1 / 111.32)
    assert 10 - west == pytest.approx(2.0 * (60 - south), rel=0.01) and east - 10.1 == pytest.approx(10 - west)
    assert widened((-180, -85, 180, 85), 1e6) == (-180, -85, 180, 85)

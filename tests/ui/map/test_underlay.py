"""Maps under the fields: in the right place, read beside the window, and seen through what lies on them."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from leafdesk.geo.view import View, unworld
from leafdesk.tiles.opening import open_map
from leafdesk.tiles.tile import About, Answer, Tile, UnreadableError
from leafdesk.ui.map import underlay as room
from leafdesk.ui.map.canvas import MapCanvas
from leafdesk.ui.map.underlay import Layer, decoded
from tests.tiles.made import GREEN, RED, Colour, mbtiles, png
from tests.ui.map.conftest import square

BLUE: Colour = (20, 60, 200)
Lay = Callable[..., None]


@pytest.fixture
def lay(canvas: MapCanvas, qtbot: QtBot) -> Iterator[Lay]:
    """Puts a map file under the fields at a view, and waits until all of it is painted."""

    def put(path: Path, view: View, opacity: float = 1.0) -> None:
        map_ = open_map(path)
        map_.close()
        canvas.view = view
        canvas.picture.underlay.show([Layer("a", map_.about, opacity, lambda _: open_map(path))])
        canvas.settle()
        painted(canvas, qtbot)

    yield put
    canvas.picture.underlay.close()


def painted(canvas: MapCanvas, qtbot: QtBot) -> None:
    """Wait until no tile is on its way: painting with what came may have wanted others."""

    def over() -> bool:
        canvas.settle()
        return canvas.picture.underlay.idle

    qtbot.waitUntil(over)
    canvas.settle()


def colour_at(canvas: MapCanvas, x: float, y: float, image: QImage | None = None) -> tuple[int, int, int]:
    shot = image or canvas.grab().toImage()
    pixel = QColor(shot.pixel(int(x), int(y)))
    return (pixel.red(), pixel.green(), pixel.blue())


def near(one: tuple[int, int, int], other: tuple[int, int, int], by: int = 40) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= by


TILE = Tile(14, 3937, 6102)
"""Near Ames, Iowa: the made-up farms lie there."""


def spot_in(tile: Tile, across: float, down: float) -> tuple[float, float]:
    """The longitude and latitude of a place in a tile, in parts of its side."""
    left, top, right, bottom = tile.box
    return unworld((left + (right - left) * across, top + (bottom - top) * down))


@pytest.mark.parametrize("side", [256, 512])
def test_a_place_in_a_tile_falls_on_the_same_pixel_as_a_fields_corner(
    canvas: MapCanvas, lay: Lay, field: Any, tmp_path: Path, side: int
) -> None:
    """The dot is one pixel of the tile; the field's north-west corner is given by the dot's longitude and latitude."""
    across, down = 100 * side // 256, 37 * side // 256
    path = mbtiles(tmp_path / "a.mbtiles", {TILE: png(side=side, dots={(across, down): RED})})
    dot = spot_in(TILE, (across + 0.5) / side, (down + 0.5) / side)
    zoom = TILE.zoom + (side == 512)  # one pixel of the tile on one of the screen
    lay(path, View(dot, zoom, 800, 600))
    x, y = canvas.view.to_screen(dot)
    shot = canvas.grab().toImage()
    reds = [
        (i, j)
        for i in range(int(x) - 4, int(x) + 5)
        for j in range(int(y) - 4, int(y) + 5)
        if near(colour_at(canvas, i, j, shot), RED, by=90)
    ]
    assert reds and all(abs(i + 0.5 - x) <= 1 and abs(j + 0.5 - y) <= 1 for i, j in reds)
    lon, lat = dot
    row, packed, _ = field(
        "f", ((((lon, lat), (lon + 0.01, lat), (lon + 0.01, lat - 0.01), (lon, lat - 0.01), (lon, lat)),),)
    )
    canvas.show_fields([row], [("f", packed)])
    canvas.settle()
    shot = canvas.grab().toImage()
    plain = colour_at(canvas, x - 8, y - 8, shot)
    assert near(plain, GREEN, by=3)
    assert near(colour_at(canvas, x + 8, y - 8, shot), plain, by=3)
    assert near(colour_at(canvas, x - 8, y + 8, shot), plain, by=3)
    assert not near(colour_at(canvas, x + 8, y + 8, shot), plain, by=20)


@pytest.mark.parametrize("zoom", [13.6, 14.0, 14.484375, 17.25, 21.0])
def test_the_seam_of_two_tiles_lies_where_its_meridian_does(
    canvas: MapCanvas, lay: Lay, tmp_path: Path, zoom: float
) -> None:
    """Fractional zooms, and zooms far beyond the map's last one: within one pixel, and without a gap."""
    beside = Tile(14, TILE.column + 1, TILE.row)
    path = mbtiles(tmp_path / "a.mbtiles", {TILE: png(RED), beside: png(BLUE)})
    seam = spot_in(beside, 0.0, 0.4)
    lay(path, View(seam, zoom, 800, 600))
    x, y = canvas.view.to_screen(seam)
    shot = canvas.grab().toImage()
    assert near(colour_at(canvas, x - 2, y, shot), RED, by=4)
    assert near(colour_at(canvas, x + 2, y, shot), BLUE, by=4)
    for i in (-1, 0, 1):
        red, green, blue = colour_at(canvas, x + i, y, shot)
        assert green <= 62 and 218 <= red + blue <= 232  # one, the other, or a mixture of both; nothing of the ground


def test_a_farther_tile_stands_in_where_there_is_none(
    canvas: MapCanvas, lay: Lay, qtbot: QtBot, tmp_path: Path
) -> None:
    """The map has detail in one place only; beside it the tile two zooms farther away is stretched."""
    path = mbtiles(tmp_path / "a.mbtiles", {TILE.above(2): png(BLUE), TILE: png(RED)})
    middle = spot_in(TILE, 0.5, 0.5)
    lay(path, View(middle, 14.0, 800, 600))
    x, y = canvas.view.to_screen(middle)
    assert near(colour_at(canvas, x, y), RED, by=4)
    west = spot_in(TILE, -0.2, 0.5)
    assert near(colour_at(canvas, *canvas.view.to_screen(west)), BLUE, by=4)


def test_tiles_are_read_and_decoded_on_a_thread_of_their_own(
    canvas: MapCanvas, lay: Lay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = set[str]()

    def noted(picture: bytes) -> QImage | None:
        where.add(threading.current_thread().name)
        return decoded(picture)

    monkeypatch.setattr(room, "decoded", noted)
    lay(mbtiles(tmp_path / "a.mbtiles", {TILE: png(RED)}), View(spot_in(TILE, 0.5, 0.5), 14.0, 800, 600))
    assert where == {"leafdesk-tiles_0"}


def test_fields_let_the_map_through_and_an_overlap_is_no_darker(
    canvas: MapCanvas, lay: Lay, field: Any, tmp_path: Path
) -> None:
    path = mbtiles(tmp_path / "a.mbtiles", {TILE: png((0, 0, 0))})
    west, south = spot_in(TILE, 0.2, 0.8)
    side = 360 / 2**14 * 0.4
    fields = [field("a", ((square(west, south, side),),)), field("b", ((square(west + side / 2, south, side * 0.9),),))]
    canvas.show_fields([f[0] for f in fields], [(f[0].id, f[1]) for f in fields])
    lay(path, View(spot_in(TILE, 0.5, 0.5), 15.0, 800, 600))
    shot = canvas.grab().toImage()
    spots = [canvas.view.to_screen((west + part * side, south + side * 0.05)) for part in (0.1, 0.75, 1.3)]
    one, both, other = (colour_at(canvas, *spot, shot) for spot in spots)
    assert near(one, both, by=3) and near(both, other, by=3)
    fill = canvas.colours.field_fill.getRgb()
    assert isinstance(fill, tuple) and one[1] == pytest.approx(fill[1] * 90 / 255, abs=3)


def test_a_map_is_as_opaque_as_is_wished(canvas: MapCanvas, lay: Lay, tmp_path: Path) -> None:
    path, view = mbtiles(tmp_path / "a.mbtiles", {TILE: png((0, 0, 0))}), View(spot_in(TILE, 0.5, 0.5), 15.0, 800, 600)
    lay(path, view, opacity=0.25)
    assert colour_at(canvas, 403, 303)[0] == pytest.approx(canvas.colours.ground.red() * 0.75, abs=3)


def test_without_a_map_nothing_is_read_and_the_map_is_as_before(canvas: MapCanvas, lay: Lay, tmp_path: Path) -> None:
    view = View(spot_in(TILE, 0.5, 0.5), 14.0, 800, 600)
    canvas.view = view
    canvas.settle()
    before = canvas.grab().toImage()
    lay(mbtiles(tmp_path / "a.mbtiles", {TILE: png(RED)}), view)
    assert canvas.grab().toImage() != before
    canvas.picture.underlay.show([])
    canvas.settle()
    assert canvas.grab().toImage() == before


class Slow:
    """A map of the network: it has nothing at first and tells when a tile has come."""

    about = About("Slow", "Web", "png", 256, 0, 14)

    def __init__(self, tell: Callable[[Tile], None]) -> None:
        self.tell, self.here, self.reads = tell, dict[Tile, bytes](), list[Tile]()

    def read(self, tile: Tile) -> Answer:
        self.reads.append(tile)
        return Answer(self.here.get(tile))

    def close(self) -> None: ...


def test_a_tile_that_comes_later_is_painted_then(canvas: MapCanvas, qtbot: QtBot) -> None:
    opened = list[Slow]()

    def open_slow(tell: Callable[[Tile], None]) -> Slow:
        opened.append(Slow(tell))
        return opened[-1]

    underlay = canvas.picture.underlay
    canvas.view = View(spot_in(TILE, 0.5, 0.5), 14.0, 800, 600)
    underlay.show([Layer("slow", Slow.about, 1.0, open_slow)])
    canvas.settle()
    painted(canvas, qtbot)
    (slow,) = opened
    before = colour_at(canvas, 400, 300)
    for tile, colour in ((TILE.above(3), BLUE), (TILE, RED)):
        assert tile in slow.reads
        slow.here[tile] = png(colour)
        slow.tell(tile)
        qtbot.waitUntil(lambda colour=colour: canvas.settle() or near(colour_at(canvas, 410, 310), colour, by=4))  # type: ignore[misc]
    assert not near(before, BLUE) and not near(before, RED)
    underlay.close()


def test_a_map_that_breaks_says_so_once(canvas: MapCanvas, qtbot: QtBot) -> None:
    def broken(_: object) -> Any:
        raise UnreadableError("It is gone.")

    told = list[tuple[str, str]]()
    underlay = canvas.picture.underlay
    underlay.broke.connect(lambda id_, why: told.append((id_, why)))
    canvas.view = View((-93.6, 42.0), 14.0, 800, 600)
    underlay.show([Layer("x", Slow.about, 1.0, broken)])
    canvas.settle()
    painted(canvas, qtbot)
    assert told == [("x", "It is gone.")]
    underlay.close()


def test_pictures_that_are_none_are_no_tiles() -> None:
    assert decoded(b"hello") is None
    assert decoded(png(side=16)) is None
    assert decoded(png()[:300]) is None
    image = decoded(png(RED))
    assert image is not None and image.format() == QImage.Format.Format_RGB32

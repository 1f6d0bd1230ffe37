"""Tiles against the picture painted in one go, and the cache's promises."""

import math
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter

from leafdesk.geo.flat import corners, flat
from leafdesk.geo.shape import Shape
from leafdesk.geo.view import View
from leafdesk.ui.map.blocks import SIDE, Patch
from leafdesk.ui.map.canvas import MapCanvas
from leafdesk.ui.map.colours import DARK, LIGHT
from leafdesk.ui.map.graticule import paint_graticule
from leafdesk.ui.map.looks import KINDS, looks_for
from leafdesk.ui.map.outlines import streamed_rings
from leafdesk.ui.map.tiles import Tiles
from tests.ui.map.conftest import square


def ragged(rng: random.Random, west: float, south: float) -> Shape:
    """A field with a wavy edge of sixty corners and a pond."""
    turns = [n * math.tau / 60 for n in range(60)]
    shell = [
        (west + (0.004 + rng.uniform(0, 0.0006)) * math.cos(t), south + (0.003 + rng.uniform(0, 0.0004)) * math.sin(t))
        for t in turns
    ]
    return (((*shell, shell[0]), square(west - 0.0005, south - 0.0005, 0.001)),)


@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
def test_tiles_show_what_one_painter_paints_in_one_go(field: Any, ratio: float) -> None:
    """Overlapping fields of every kind, with detail kept whole: only the thinning may move an edge, by half a pixel."""
    rng = random.Random(5)
    shapes = [ragged(rng, -93.5 + rng.uniform(0, 0.02), 41.7 + rng.uniform(0, 0.014)) for _ in range(14)]
    kinds = ["manual", "provider", "preview", "manual"]
    fields = [
        field(f"f{n}", shape, mark="preview" if kinds[n % 4] == "preview" else "", provider="A" if n % 4 == 1 else None)
        for n, shape in enumerate(shapes)
    ]
    view = View((-93.49, 41.707), 14.375, 700, 500).aligned(ratio)
    tiles = filled(fields, ratio)
    while block := tiles.wanted(view):
        slots = tiles.slots(block)
        assert slots is not None
        tiles.outlines.thin(slots, 14)
        list(tiles.render(block))
    seen, wanted = blank(view, ratio), blank(view, ratio)
    painter = QPainter(seen)
    tiles.paint(painter, view)
    painter.end()
    paint_in_one_go(wanted, view, ratio, tiles, [shape for *_, shape in fields], kinds)
    assert share_of_differing(seen, wanted, by=48) < 0.004
    assert share_of_differing(seen, wanted, by=8) < 0.03


def filled(fields: list[Any], ratio: float) -> Tiles:
    from leafdesk.ui.map.outlines import Outlines

    outlines = Outlines()
    outlines.replace([row for row, *_ in fields], [(row.id, packed) for row, packed, _ in fields])
    outlines.take_in(1000)
    tiles = Tiles(outlines)
    tiles.dress(LIGHT, ratio)
    return tiles


def blank(view: View, ratio: float) -> QImage:
    image = QImage(round(view.width * ratio), round(view.height * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(LIGHT.ground)
    return image


def paint_in_one_go(
    image: QImage, view: View, ratio: float, tiles: Tiles, shapes: list[Shape], kinds: list[str]
) -> None:
    from leafdesk.geo.shape import pack

    image.setDevicePixelRatio(1.0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    left, top = view.origin
    painter.translate(-round(left * ratio), -round(top * ratio))
    px = view.world_px * ratio
    box = (left * ratio / px, top * ratio / px, (left + view.width) * ratio / px, (top + view.height) * ratio / px)
    paint_graticule(painter, LIGHT, px, box)
    looks = dict(zip(KINDS, looks_for(LIGHT, ratio, view.zoom), strict=True))
    order = tiles.outlines.within((0.0, 0.0, 1.0, 1.0))
    assert order is not None
    paths = []
    for shape in shapes:
        points, rings, *_ = corners(flat([pack(shape)]))
        paths.append(streamed_rings(points * px, rings))
    fields = [int((tiles.outlines.ids[slot] or "")[1:]) for slot in order.tolist()]
    for n in fields:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(looks[kinds[n % 4]].ground)
        painter.drawPath(paths[n])
    for n in fields:
        looks[kinds[n % 4]].paint(painter, paths[n])
    painter.end()


def share_of_differing(a: QImage, b: QImage, by: int) -> float:
    import numpy as np

    pictures = [
        np.frombuffer(i.constBits(), np.uint8).reshape(i.height(), i.width(), 4)[..., :3].astype(int) for i in (a, b)
    ]
    return float((np.abs(pictures[0] - pictures[1]).max(axis=2) > by).mean())


def test_only_tiles_that_show_a_changed_field_are_painted_again(show: Callable[..., MapCanvas], field: Any) -> None:
    west, east = field("west", ((square(-93.5, 41.7),),)), field("east", ((square(-93.46, 41.7),),))
    canvas = show(west, east)
    canvas.update_fields([west[0]], [("west", west[1])], set())
    while canvas.picture.outlines.waiting:
        canvas.picture._do_some()
    tiles = {key: tile for key, tile in canvas.picture.tiles.done.items() if key.zoom == canvas.view.zoom}
    stale = [key for key, tile in tiles.items() if tile.stale]
    fresh = [key for key, tile in tiles.items() if not tile.stale]
    x, _ = canvas.view.to_screen((-93.498, 41.702))
    column = (x + canvas.view.origin[0]) * canvas.picture.tiles.ratio // SIDE
    assert stale
    assert fresh
    assert all(abs(key.column - column) <= 1 for key in stale)


def test_the_nearest_to_the_centre_come_first_and_old_ones_go(show: Callable[..., MapCanvas], field: Any) -> None:
    canvas = show(field("west", ((square(-93.5, 41.7),),)))
    keys = canvas.picture.tiles.keys(canvas.view)
    left, top = (value * canvas.picture.tiles.ratio / SIDE for value in canvas.view.origin)
    middle = (left + 400 / SIDE, top + 300 / SIDE)
    gaps = [math.hypot(key.column + 0.5 - middle[0], key.row + 0.5 - middle[1]) for key in keys]
    assert gaps == sorted(gaps)
    for n in range(40):
        canvas.pan(400 if n % 2 else 0, 400)
        canvas.settle()
        assert canvas.picture.tiles.size <= 32 << 20
    assert all(key in canvas.picture.tiles.done for key in canvas.picture.tiles.keys(canvas.view))


MARKS = ["", "conflict", "pending", "preview", "parked", "invalid", ""]


def test_a_field_that_stands_otherwise_is_painted_where_it_lies_and_nowhere_else(
    show: Callable[..., MapCanvas], field: Any
) -> None:
    """The picture mended in that spot is the picture painted anew, patterns and neighbours that overlap included."""
    rng = random.Random(3)
    places = [(-93.5 + n % 6 * 0.006, 41.7 + n // 6 * 0.0045) for n in range(36)]
    land = [field(f"f{n}", ragged(rng, *place), mark=MARKS[n % 7]) for n, place in enumerate(places)]
    canvas = show(*land)
    tiles, asked = canvas.picture.tiles, []
    for n, mark in ((8, "conflict"), (14, ""), (21, "pending")):
        row = replace(land[n][0], mark=mark)
        canvas.update_fields([row], [(row.id, land[n][1])], set())
        canvas.picture._take_in()
        wanted = tiles.wanted(canvas.view)
        assert isinstance(wanted, Patch)
        asked.append(wanted.place.width() * wanted.place.height())
        canvas.picture.sharpen()
        assert tiles.sharp(canvas.view)
        mended = canvas.grab().toImage()
        tiles.forget()
        canvas.picture.sharpen()
        fresh = canvas.grab().toImage()
        assert share_of_differing(mended, fresh, by=16) == 0
        assert share_of_differing(mended, fresh, by=0) < 1e-4, (
            "a line that is cut at the spot's edge may bend by a hair"
        )
    assert max(asked) < 800 * 600 / 12, "a field of this land takes a thirtieth of the screen"


def test_tiles_of_a_zoom_one_comes_back_to_are_mended_too(show: Callable[..., MapCanvas], field: Any) -> None:
    west, east = field("west", ((square(-93.5, 41.7),),)), field("east", ((square(-93.497, 41.7),),))
    canvas = show(west, east)
    canvas.zoom_in()
    canvas.settle()
    canvas.update_fields([replace(west[0], mark="pending")], [("west", west[1])], set())
    canvas.zoom_out()
    canvas.settle()
    mended = canvas.grab().toImage()
    canvas.picture.tiles.forget()
    canvas.settle()
    assert share_of_differing(mended, canvas.grab().toImage(), by=8) == 0


def test_other_colours_come_while_the_old_picture_is_still_seen(show: Callable[..., MapCanvas], field: Any) -> None:
    ring = square(-93.5, 41.7)
    canvas = show(field("west", ((ring,),)))
    x, y = (round(value) for value in canvas.view.to_screen((-93.4995, 41.7005)))
    canvas.set_theme(DARK)
    assert canvas.grab().toImage().pixelColor(x, y) == LIGHT.field_fill, "no bare ground in between"
    canvas.settle()
    assert canvas.grab().toImage().pixelColor(x, y) == DARK.field_fill

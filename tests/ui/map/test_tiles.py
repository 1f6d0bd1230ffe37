"""Tiles against the picture painted in one go, and the cache's promises."""

import math
import random
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter

from leafdesk.geo.flat import corners, flat
from leafdesk.geo.shape import Shape
from leafdesk.geo.view import View
from leafdesk.ui.map.canvas import MapCanvas
from leafdesk.ui.map.colours import LIGHT
from leafdesk.ui.map.graticule import paint_graticule
from leafdesk.ui.map.looks import KINDS, looks_for
from leafdesk.ui.map.outlines import streamed_rings
from leafdesk.ui.map.tiles import SIDE, Tiles
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
    tiles.forget(LIGHT, ratio)
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
    looks = dict(zip(KINDS, looks_for(LIGHT, ratio, fine=False), strict=True))
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
    assert len(canvas.picture.tiles.done) <= 60
    assert all(key in canvas.picture.tiles.done for key in canvas.picture.tiles.keys(canvas.view))

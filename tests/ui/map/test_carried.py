"""A map that is pushed: each frame is the picture that was there, carried along, and never an old one."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtGui import QImage, QPainter

from leafdesk.ui.map.canvas import MapCanvas
from leafdesk.ui.map.carried import MARGIN, paint_land
from leafdesk.ui.map.tiles import Tiles
from tests.ui.map.conftest import square
from tests.ui.map.test_tiles import share_of_differing

LAND = [square(-93.5 + n % 5 * 0.005, 41.7 + n // 5 * 0.005) for n in range(20)]


@pytest.fixture
def land(show: Callable[..., MapCanvas], field: Any) -> MapCanvas:
    """Twenty fields with names, one selected, one pointed at."""
    canvas = show(*(field(f"f{n}", ((ring,),), f"Field {n}") for n, ring in enumerate(LAND)))
    canvas.zoom_in()
    canvas.settle()
    canvas.select("f7")
    canvas.point_at("f12")
    canvas.settle()
    return canvas


def shown(canvas: MapCanvas) -> QImage:
    """What a frame shows, but for the scale bar's corner."""
    return canvas.grab().toImage().copy(0, 0, 640, 500)


def anew(canvas: MapCanvas) -> QImage:
    """The same painted without anything carried."""
    image = QImage(canvas.size(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    paint_land(painter, canvas, canvas.view)
    painter.end()
    return image.copy(0, 0, 640, 500)


def same(one: QImage, other: QImage) -> bool:
    """But for single pixels of lines that leave the one picture sooner than the other."""
    return share_of_differing(one, other, by=4) < 5e-5


def push(canvas: MapCanvas, dx: float, dy: float) -> QImage:
    canvas.pan(dx, dy)
    return shown(canvas)


def test_a_pushed_map_is_copied_and_nothing_is_painted(land: MapCanvas, monkeypatch: pytest.MonkeyPatch) -> None:
    push(land, 3, 2)
    push(land, 3, 2)

    def never(*_: object) -> None:
        raise AssertionError("painted from tiles")

    with monkeypatch.context() as patched:
        patched.setattr(Tiles, "paint", never)
        frames = [push(land, 7, -5) for _ in range(10)]
    assert same(frames[-1], anew(land)), "marks and names come along"
    assert share_of_differing(frames[0], frames[-1], by=2) > 0.01


def test_farther_than_what_was_painted_ahead_it_is_painted_again(land: MapCanvas) -> None:
    for _ in range(12):
        frame = push(land, -MARGIN / 4, MARGIN / 5)
        assert same(frame, anew(land))


@pytest.mark.parametrize("change", ["select", "point at", "restyle", "hide", "zoom"])
def test_what_looks_different_is_never_carried(land: MapCanvas, field: Any, change: str) -> None:
    for _ in range(4):
        before = push(land, 3, 2)
    match change:
        case "select":
            land.select("f8")
        case "point at":
            land.point_at("f6")
        case "restyle":
            row, packed, _ = field("f11", ((LAND[11],),), "Field 11", mark="pending")
            land.update_fields([row], [("f11", packed)], set())
            land.settle()
        case "hide":
            land.start_edit("f7", ((LAND[7],),))
        case "zoom":
            land.zoom_in()
            land.settle()
    for _ in range(3):
        land.pan(2, 1)
        frame, fresh = shown(land), anew(land)
        if change == "hide":  # the tool paints the field itself, over both
            painter = QPainter(fresh)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            land.hand_tool.paint(painter)
            painter.end()
        assert same(frame, fresh)
    assert share_of_differing(before, frame, by=16) > 0.001

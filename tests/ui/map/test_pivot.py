"""A pivot's circle and sector with a simulated hand and a typed radius."""

import math

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from leafdesk.geo.circle import circle, sector
from leafdesk.geo.measure import area_ha, bearing_deg, length_m
from leafdesk.geo.shape import Position
from leafdesk.geo.view import View
from leafdesk.ui.map.canvas import MapCanvas
from leafdesk.ui.map.pivot import PivotTool
from tests.ui.map.test_tools import LEFT, Heard, by_enter

CENTER, RIM = QPoint(400, 300), QPoint(400, 180)


@pytest.fixture
def pivot(canvas: MapCanvas) -> tuple[MapCanvas, PivotTool, Heard]:
    canvas.view = View((-93.5, 41.7), 15.0, 800, 600)
    heard = Heard(canvas)
    tool = PivotTool(canvas)
    canvas.take(tool)
    return canvas, tool, heard


def spot(canvas: MapCanvas, pixel: QPoint) -> Position:
    return canvas.view.to_lonlat((pixel.x(), pixel.y()))


def test_centre_and_rim_make_a_circle(pivot: tuple[MapCanvas, PivotTool, Heard]) -> None:
    canvas, tool, heard = pivot
    QTest.mouseClick(canvas, LEFT, pos=CENTER)
    QTest.mouseMove(canvas, RIM)
    center, rim = spot(canvas, CENTER), spot(canvas, RIM)
    radius = length_m(center, rim)
    assert canvas.edit_state is not None
    assert canvas.edit_state.area_ha == pytest.approx(math.pi * radius**2 / 1e4, rel=0.006)
    assert tool._lines()[1].startswith("radius ")
    QTest.mouseClick(canvas, LEFT, pos=RIM)
    by_enter(canvas)
    assert heard.drawn == [circle(center, radius)]
    assert heard.tools == ["pivot", "browse"]


def test_a_typed_radius_is_taken_to_the_centimetre(pivot: tuple[MapCanvas, PivotTool, Heard]) -> None:
    canvas, _, heard = pivot
    QTest.mouseClick(canvas, LEFT, pos=CENTER)
    QTest.keyClicks(canvas, "4012,5")
    for _ in range(3):
        QTest.keyClick(canvas, Qt.Key.Key_Backspace)
    QTest.keyClicks(canvas, ".25")
    by_enter(canvas)
    assert heard.drawn == [circle(spot(canvas, CENTER), 401.25)]


def test_an_impossible_radius_is_refused_with_the_reason(pivot: tuple[MapCanvas, PivotTool, Heard]) -> None:
    canvas, _, heard = pivot
    by_enter(canvas)
    assert canvas.edit_state is not None
    assert canvas.edit_state.hint.startswith("A centre and a radius are needed.")
    QTest.mouseClick(canvas, LEFT, pos=CENTER)
    for typed in ("9000", ".", "0"):
        QTest.keyClicks(canvas, typed)
        by_enter(canvas)
        assert canvas.edit_state is not None
        assert canvas.edit_state.hint.startswith("A radius is between 1 and 5,000 metres.")
        for _ in typed:
            QTest.keyClick(canvas, Qt.Key.Key_Backspace)
    assert (heard.drawn, canvas.tool) == ([], "pivot")


def test_two_directions_make_a_sector(pivot: tuple[MapCanvas, PivotTool, Heard]) -> None:
    canvas, tool, heard = pivot
    start, end = QPoint(500, 300), QPoint(400, 420)
    for pixel in (CENTER, RIM, start, end):
        QTest.mouseMove(canvas, pixel)
        QTest.mouseClick(canvas, LEFT, pos=pixel)
    assert tool._lines()[-1] == "arm from 90° to 180°"
    QTest.mouseClick(canvas, LEFT, pos=QPoint(100, 100))
    assert canvas.edit_state is not None
    assert canvas.edit_state.hint.startswith("The arm has its two directions.")
    by_enter(canvas)
    center = spot(canvas, CENTER)
    arms = [bearing_deg(center, spot(canvas, pixel)) for pixel in (start, end)]
    radius = length_m(center, spot(canvas, RIM))
    assert heard.drawn == [sector(center, radius, *arms)]
    assert area_ha(heard.drawn[0]) == pytest.approx(math.pi * radius**2 / 4e4, rel=0.01)


def test_backspace_and_undo_go_back_point_by_point(pivot: tuple[MapCanvas, PivotTool, Heard]) -> None:
    canvas, tool, heard = pivot
    for pixel in (CENTER, RIM, QPoint(500, 300)):
        QTest.mouseClick(canvas, LEFT, pos=pixel)
    QTest.keyClick(canvas, Qt.Key.Key_Backspace)
    assert len(tool.history.now) == 2
    assert canvas.undo() and len(tool.history.now) == 3
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert (heard.drawn, canvas.tool) == ([], "browse")


def test_a_pivot_is_drawn_without_a_mouse(pivot: tuple[MapCanvas, PivotTool, Heard]) -> None:
    canvas, _, heard = pivot
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    QTest.keyClicks(canvas, "250")
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    by_enter(canvas)
    ((made,),) = heard.drawn[0]
    assert length_m(spot(canvas, QPoint(400, 300)), made[0]) == pytest.approx(250, abs=1e-3)

"""Measuring with a simulated hand: what the card says is what a tape would say."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from leafdesk.geo.measure import area_ha, bearing_deg, length_m
from leafdesk.geo.shape import Position
from leafdesk.ui.map.canvas import MapCanvas
from leafdesk.ui.map.measuring import MeasureTool
from leafdesk.ui.map.sketch import metres
from tests.ui.map.test_tools import LEFT, Heard, by_enter

A, B, C = QPoint(200, 200), QPoint(500, 200), QPoint(500, 400)


@pytest.fixture
def measuring(canvas: MapCanvas) -> tuple[MapCanvas, MeasureTool, Heard]:
    heard = Heard(canvas)
    tool = MeasureTool(canvas)
    canvas.take(tool)
    return canvas, tool, heard


def spot(canvas: MapCanvas, pixel: QPoint) -> Position:
    return canvas.view.to_lonlat((pixel.x(), pixel.y()))


def test_length_side_bearing_and_area_are_told(measuring: tuple[MapCanvas, MeasureTool, Heard]) -> None:
    canvas, tool, heard = measuring
    a, b, c = (spot(canvas, pixel) for pixel in (A, B, C))
    QTest.mouseClick(canvas, LEFT, pos=A)
    QTest.mouseMove(canvas, B)
    assert tool._lines() == [metres(length_m(a, b)), f"bearing {bearing_deg(a, b):.1f}°"]
    QTest.mouseClick(canvas, LEFT, pos=B)
    QTest.mouseMove(canvas, C)
    whole, side, closed = tool._lines()
    assert whole == metres(length_m(a, b) + length_m(b, c))
    assert side == f"side {metres(length_m(b, c))} · bearing {bearing_deg(b, c):.1f}°"
    hectares = area_ha((((a, b, c, a),),))
    assert closed == f"closed {hectares:,.2f} ha ({hectares * 2.4710538146716534:,.2f} ac)"
    assert heard.drawn == []


def test_enter_lets_the_figures_stand_and_the_next_click_begins_anew(
    measuring: tuple[MapCanvas, MeasureTool, Heard],
) -> None:
    canvas, tool, heard = measuring
    by_enter(canvas)
    assert canvas.edit_state is not None and canvas.edit_state.hint.startswith("Two points are needed.")
    for pixel in (A, B):
        QTest.mouseClick(canvas, LEFT, pos=pixel)
    by_enter(canvas)
    stands = tool._lines()
    QTest.mouseMove(canvas, C)
    assert tool._lines() == stands
    QTest.mouseClick(canvas, LEFT, pos=C)
    assert tool.history.now == (spot(canvas, C),)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert (canvas.tool, heard.drawn, heard.edited) == ("browse", [], [])


def test_backspace_goes_on_measuring(measuring: tuple[MapCanvas, MeasureTool, Heard]) -> None:
    canvas, tool, _ = measuring
    for pixel in (A, B, C):
        QTest.mouseClick(canvas, LEFT, pos=pixel)
    by_enter(canvas)
    assert canvas.undo()
    QTest.mouseClick(canvas, LEFT, pos=QPoint(300, 500))
    assert tool.history.now == (spot(canvas, A), spot(canvas, B), spot(canvas, QPoint(300, 500)))


def test_a_line_that_crosses_itself_has_no_area(measuring: tuple[MapCanvas, MeasureTool, Heard]) -> None:
    canvas, tool, _ = measuring
    for pixel in (A, C, B, QPoint(200, 400)):
        QTest.mouseClick(canvas, LEFT, pos=pixel)
    assert canvas.edit_state is not None and canvas.edit_state.area_ha is None
    assert len(tool._lines()) == 2

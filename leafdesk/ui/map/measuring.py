"""The measuring tool: lengths and bearings along a line of clicks, and the area it goes around."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from leafdesk.geo import actions
from leafdesk.geo.check import problems
from leafdesk.geo.history import History
from leafdesk.geo.measure import area_ha, bearing_deg, length_m
from leafdesk.geo.shape import Position, Ring
from leafdesk.ui.map.draw import FREE, DrawTool
from leafdesk.ui.map.sketch import EditState, hectares, metres
from leafdesk.ui.map.tool import Pointer

MEASURE = f"Click where to begin measuring, or arrow keys and Space · {FREE} · Esc leaves"


class MeasureTool(DrawTool):
    """Nothing is kept: Enter or a double click lets the figures stand, the next click begins anew."""

    name = "measure"
    mends = strokes = False
    closes = False
    _over = False

    # ------------------------------------------------------------------ the hand
    def hover(self, pointer: Pointer) -> None:
        if not self._over:
            super().hover(pointer)

    def _add(self, at: Position) -> None:
        if self._over:
            self._over = False
            self.history = History.of(())
        super()._add(at)

    def _go(self, history: History[Ring]) -> bool:
        self._over = False
        return super()._go(history)

    def finish(self) -> None:
        """Let the figures stand."""
        if len(self.history.now) < 2:
            self._refresh("Two points are needed.")
            return
        self._over, self.hand, self.by_keys = True, None, False
        self._refresh()

    @property
    def kept_history(self) -> None:
        """Measuring makes nothing."""

    # ------------------------------------------------------------------ how it stands
    def _measured(self, drawn: Ring) -> EditState:
        """The area within, when three corners or more make an outline that does not cross itself."""
        length = sum(length_m(a, b) for a, b in pairwise(drawn))
        area = None
        if not actions.why_not_close(drawn):
            shape = actions.close(drawn)
            area = None if problems(shape) else area_ha(shape)
        return EditState(area_ha=area, perimeter_m=length)

    def _lines(self) -> list[str]:
        drawn = self._preview()
        if len(drawn) < 2:
            return []
        a, b = drawn[-2], drawn[-1]
        bearing = f"bearing {bearing_deg(a, b):.1f}°"
        side = bearing if len(drawn) == 2 else f"side {metres(length_m(a, b))} · {bearing}"
        area = self._state.area_ha
        return [
            metres(self._state.perimeter_m),
            side,
            *([f"closed {hectares(area)}"] if area is not None else []),
        ]

    def _hint(self, corners: int) -> str:
        if self._over:
            return "Click to measure something else · Backspace takes the last point back · Esc leaves"
        if corners == 0:
            return MEASURE
        return f"Click or Space sets the next point · Enter ends · Backspace takes one back · {FREE} · Esc leaves"

    # ------------------------------------------------------------------ painting
    def paint(self, painter: QPainter) -> None:
        if self._state.area_ha is not None:
            view = self.canvas.view
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.canvas.colours.accent_fill)
            painter.drawPolygon(QPolygonF([QPointF(*view.to_screen(spot)) for spot in self._preview()]))
        super().paint(painter)

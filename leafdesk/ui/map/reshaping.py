"""The tool that redraws a stretch: the drawn line takes the place of the boundary between its two ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QPainter

from leafdesk.geo.reshape import reshaped
from leafdesk.geo.shape import Ring, Shape
from leafdesk.ui import words
from leafdesk.ui.map.across import AcrossTool
from leafdesk.ui.map.draw import FREE
from leafdesk.ui.map.sketch import hectares, paint_former, paint_outline
from leafdesk.ui.map.trace import Trace

if TYPE_CHECKING:
    from leafdesk.ui.map.canvas import MapCanvas


class ReshapeTool(AcrossTool):
    """A line that begins and ends on the boundary or beyond it; what comes out while it is drawn."""

    name = "reshape"

    def __init__(self, canvas: MapCanvas, field_id: str, shape: Shape) -> None:
        self._former = Trace(shape)
        super().__init__(canvas, field_id, shape)

    def make(self, line: Ring) -> tuple[Shape, ...]:
        return (self.reckon(reshaped, self.shape, line),)

    def finish(self) -> None:
        """Put the line in place; one that does not reach is not taken, and the hint says why."""
        line = self.history.now

        def done(pieces: tuple[Shape, ...]) -> None:
            self.canvas.leave_tool()
            self.canvas.edited.emit(self.field_id, pieces[0])

        self.elsewhere(lambda: self.make(line), done, self._refresh)

    def _lines(self) -> list[str]:
        if not self.pieces:
            return super()._lines()
        (area,) = self.areas
        return [
            f"{self._before_ha:,.2f} → {hectares(area)}",
            f"{words.signed(area - self._before_ha)} · {self._side()}",
        ]

    def paint(self, painter: QPainter) -> None:
        if self.traces:
            view, colours = self.canvas.view, self.canvas.colours
            paint_former(painter, self._former.path(view), colours)
            paint_outline(painter, self.traces[0].path(view), colours)
        super().paint(painter)

    def _hint(self, corners: int) -> str:
        if corners == 0:
            return f"Click on the boundary where the stretch begins, or arrow keys and Space · {FREE} · Esc leaves"
        return (
            "Click where the new boundary bends, the last time on the old one · Shift and drag draws freehand · "
            f"Enter redraws · Backspace takes one back · {FREE} · Esc leaves"
        )

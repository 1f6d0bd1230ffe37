"""The cutting tool: draw a line across the field, and it becomes two."""

from __future__ import annotations

from PySide6.QtGui import QPainter

from leafdesk.geo import actions
from leafdesk.geo.check import problems
from leafdesk.geo.cut import cut
from leafdesk.geo.shape import Ring, Shape
from leafdesk.ui.map.across import AcrossTool
from leafdesk.ui.map.draw import FREE
from leafdesk.ui.map.sketch import hectares, paint_outline


class CutTool(AcrossTool):
    """A line whose ends lie outside the field, or on its boundary; the hectares of both sides while it is drawn."""

    name = "split"

    def make(self, line: Ring) -> tuple[Shape, ...]:
        return self.reckon(cut, self.shape, line)

    def finish(self) -> None:
        """Cut; a line that does not cut through is not taken, and the hint says why."""
        line = self.history.now

        def done(sides: tuple[Shape, ...]) -> None:
            self.canvas.leave_tool()
            self.canvas.split.emit(self.field_id, sides[0], [sides[1]])

        self.elsewhere(lambda: _valid(self.make(line)), done, self._refresh)

    def _lines(self) -> list[str]:
        if not self.pieces:
            return super()._lines()
        stays, goes = self.areas
        return [f"{hectares(stays)} stay", f"{hectares(goes)} become a new field", self._side()]

    def paint(self, painter: QPainter) -> None:
        if self.traces:
            paint_outline(painter, self.traces[1].path(self.canvas.view), self.canvas.colours)
        super().paint(painter)

    def _hint(self, corners: int) -> str:
        if corners == 0:
            return f"Click beside the field where the cut begins, or arrow keys and Space · {FREE} · Esc leaves"
        return (
            f"Click where the cut bends or ends beyond the field · Enter cuts · Backspace takes one back · {FREE} · "
            "Esc leaves"
        )


def _valid(sides: tuple[Shape, ...]) -> tuple[Shape, ...]:
    for side in sides:
        if wrong := problems(side):
            raise actions.NotPossibleError(f"This cut would leave an invalid boundary. {wrong[0].message}")
    return sides

"""The cutting tool: draw a line across the field, and it becomes two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QPainter

from leafdesk.geo import actions
from leafdesk.geo.check import problems
from leafdesk.geo.cut import cut
from leafdesk.geo.measure import area_ha, perimeter_m
from leafdesk.geo.shape import Ring, Shape, rings
from leafdesk.ui.map.draw import FREE, DrawTool
from leafdesk.ui.map.sketch import EditState, paint_outline
from leafdesk.ui.map.trace import Trace

if TYPE_CHECKING:
    from leafdesk.ui.map.canvas import MapCanvas

Sides = tuple[Shape, Shape]
_LIVE = 500
"""Fields with more corners are cut when the line is finished, not at every move of the hand (8 ms at this size)."""


class CutTool(DrawTool):
    """A line whose ends lie outside the field, or on its boundary; the hectares of both sides while it is drawn."""

    name = "split"
    mends = False
    closes = False

    def __init__(self, canvas: MapCanvas, field_id: str, shape: Shape) -> None:
        self.field_id, self.shape = field_id, shape
        self._small = sum(len(ring) for ring in rings(shape)) <= _LIVE
        self._before_ha, self._before_m = area_ha(shape), perimeter_m(shape)
        self._sides: tuple[float, float] | None = None
        self._smaller: Trace | None = None
        super().__init__(canvas)

    def finish(self) -> None:
        """Cut; a line that does not cut through is not taken, and the hint says why."""
        line = self.history.now

        def done(sides: Sides) -> None:
            self.canvas.leave_tool()
            self.canvas.split.emit(self.field_id, sides[0], [sides[1]])

        self.elsewhere(lambda: _valid(self.reckon(cut, self.shape, line)), done, self._refresh)

    def _measured(self, drawn: Ring) -> EditState:
        """The hectares that stay, once the line cuts; small fields are cut at every move of the hand."""
        self._sides = self._smaller = None
        if not self._small or len(drawn) < 2:
            return EditState(before_ha=self._before_ha, area_ha=self._before_ha if len(drawn) > 1 else None)
        try:
            larger, smaller = cut(self.shape, drawn)
        except actions.NotPossibleError:
            return EditState(before_ha=self._before_ha)
        self._sides, self._smaller = (area_ha(larger), area_ha(smaller)), Trace(smaller)
        return EditState(area_ha=self._sides[0], before_ha=self._before_ha, perimeter_m=perimeter_m(larger))

    def _lines(self) -> list[str]:
        if self._sides is None:
            return super()._lines()
        stays, goes = self._sides
        return [f"{stays:,.2f} ha + {goes:,.2f} ha", "the smaller side becomes a new field"]

    def paint(self, painter: QPainter) -> None:
        if self._smaller is not None:
            paint_outline(painter, self._smaller.path(self.canvas.view), self.canvas.colours)
        super().paint(painter)

    def _hint(self, corners: int) -> str:
        if corners == 0:
            return f"Click beside the field where the cut begins, or arrow keys and Space · {FREE} · Esc leaves"
        return (
            f"Click where the cut bends or ends beyond the field · Enter cuts · Backspace takes one back · {FREE} · "
            "Esc leaves"
        )


def _valid(sides: Sides) -> Sides:
    for side in sides:
        if wrong := problems(side):
            raise actions.NotPossibleError(f"This cut would leave an invalid boundary. {wrong[0].message}")
    return sides

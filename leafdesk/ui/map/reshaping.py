"""The tool that redraws a stretch: the drawn line takes the place of the boundary between its two ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QPainter

from leafdesk.geo import actions
from leafdesk.geo.measure import area_ha, perimeter_m
from leafdesk.geo.reshape import reshaped
from leafdesk.geo.shape import Ring, Shape, rings
from leafdesk.ui.map.draw import FREE, DrawTool
from leafdesk.ui.map.sketch import EditState, hectares, paint_former, paint_outline, signed
from leafdesk.ui.map.trace import Trace

if TYPE_CHECKING:
    from leafdesk.ui.map.canvas import MapCanvas

_LIVE = 500
"""Fields with more corners are reshaped when the line is finished, not at every move of the hand."""


class ReshapeTool(DrawTool):
    """A line that begins and ends on the boundary or beyond it; what comes out while it is drawn."""

    name = "reshape"
    closes = False
    mends = False

    def __init__(self, canvas: MapCanvas, field_id: str, shape: Shape) -> None:
        self.field_id, self.shape = field_id, shape
        self._small = sum(len(ring) for ring in rings(shape)) <= _LIVE
        self._before_ha = area_ha(shape)
        self._after: Trace | None = None
        self._former = Trace(shape)
        super().__init__(canvas)

    def finish(self) -> None:
        """Put the line in place; one that does not reach is not taken, and the hint says why."""
        line = self.history.now

        def done(after: Shape) -> None:
            self.canvas.leave_tool()
            self.canvas.edited.emit(self.field_id, after)

        self.elsewhere(lambda: self.reckon(reshaped, self.shape, line), done, self._refresh)

    def _measured(self, drawn: Ring) -> EditState:
        self._after = None
        if not self._small or len(drawn) < 2:
            return EditState(before_ha=self._before_ha, area_ha=self._before_ha if len(drawn) > 1 else None)
        try:
            after = reshaped(self.shape, drawn)
        except actions.NotPossibleError:
            return EditState(before_ha=self._before_ha)
        self._after = Trace(after)
        return EditState(area_ha=area_ha(after), before_ha=self._before_ha, perimeter_m=perimeter_m(after))

    def _lines(self) -> list[str]:
        area = self._state.area_ha
        if self._after is None or area is None:
            return super()._lines()
        return [f"{self._before_ha:,.2f} → {hectares(area)}", signed(area - self._before_ha)]

    def paint(self, painter: QPainter) -> None:
        if self._after is not None:
            view, colours = self.canvas.view, self.canvas.colours
            paint_former(painter, self._former.path(view), colours)
            paint_outline(painter, self._after.path(view), colours)
        super().paint(painter)

    def _hint(self, corners: int) -> str:
        if corners == 0:
            return f"Click on the boundary where the stretch begins, or arrow keys and Space · {FREE} · Esc leaves"
        return (
            "Click where the new boundary bends, the last time on the old one · Shift and drag draws freehand · "
            f"Enter redraws · Backspace takes one back · {FREE} · Esc leaves"
        )

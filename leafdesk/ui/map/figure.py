"""What tools have in common that make a whole figure of two or three points."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPen

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.check import problems
from leafdesk.geo.measure import area_ha, perimeter_m
from leafdesk.geo.shape import Position, Ring, Shape
from leafdesk.ui.map.draw import DrawTool
from leafdesk.ui.map.sketch import EditState, paint_card, paint_corner, paint_cross, paint_outline
from leafdesk.ui.map.trace import Trace


class FigureTool(DrawTool):
    """`points` are clicked at most; `_figure` says what they amount to."""

    closes = False
    mends = strokes = False
    points = 2
    full = "All points are set."
    """Said to a click too many."""
    shape: Shape | None = None
    """The figure as it is shown."""
    _trace: Trace | None = None

    def _figure(self, points: Ring) -> Shape:
        """The figure. Raises NotPossibleError while the points make none."""
        raise NotImplementedError

    def _add(self, at: Position) -> None:
        if len(self.history.now) < self.points:
            super()._add(at)
        else:
            self._refresh(self.full)

    def finish(self) -> None:
        """Keep the figure."""
        try:
            shape = self._figure(self.history.now)
        except NotPossibleError as error:
            self._refresh(str(error))
            return
        if wrong := problems(shape):
            self._refresh(wrong[0].message)
            return
        self._keep(shape)

    def _preview(self) -> Ring:
        points = self.history.now
        if self.hand is None or not points or len(points) >= self.points or self.hand.at == points[-1]:
            return points
        return (*points, self.hand.at)

    def _measured(self, drawn: Ring) -> EditState:
        try:
            self.shape = self._figure(drawn)
        except NotPossibleError:
            self.shape = self._trace = None
            return EditState()
        self._trace = Trace(self.shape)
        return EditState(
            area_ha=area_ha(self.shape), perimeter_m=perimeter_m(self.shape), problems=tuple(problems(self.shape))
        )

    def paint(self, painter: QPainter) -> None:
        view, colours, drawn = self.canvas.view, self.canvas.colours, self._preview()
        if self._trace is not None:
            paint_outline(painter, self._trace.path(view), colours, wrong=bool(self._state.problems))
        self._paint_guides(painter, drawn)
        for n, spot in enumerate(self.history.now):
            paint_corner(painter, view.to_screen(spot), colours, first=n == 0)
        if self.by_keys and self.hand is not None:
            paint_cross(painter, view.to_screen(self.hand.at), colours)
        if (lines := self._lines()) and drawn:
            near = self.hand.pixel if self.hand else view.to_screen(drawn[-1])
            room = QRectF(self.canvas.rect()).adjusted(8, 8, -8, -8)
            paint_card(painter, near, lines, room, colours, self.canvas.font())

    def _paint_guides(self, painter: QPainter, drawn: Ring) -> None:
        """The first side, while there is no figure yet."""
        if self._trace is None and len(drawn) > 1:
            painter.setPen(QPen(self.canvas.colours.accent, 2.2))
            painter.drawLine(*(int(n) for at in drawn[:2] for n in self.canvas.view.to_screen(at)))

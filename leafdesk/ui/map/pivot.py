"""The pivot tool: a centre and a radius make a circle; two directions of the arm make a sector of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QKeyEvent, QPainter, QPen

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.check import problems
from leafdesk.geo.circle import circle, sector
from leafdesk.geo.history import History
from leafdesk.geo.measure import area_ha, bearing_deg, length_m, perimeter_m, reached
from leafdesk.geo.shape import Position, Ring, Shape
from leafdesk.ui.map.draw import FREE, DrawTool
from leafdesk.ui.map.sketch import EditState, metres, paint_card, paint_corner, paint_cross, paint_outline
from leafdesk.ui.map.trace import Trace

if TYPE_CHECKING:
    from leafdesk.ui.map.canvas import MapCanvas

_ROOM = 7
"""So many figures of a radius can be typed."""


class PivotTool(DrawTool):
    """The points clicked: centre, rim, where the arm begins and ends; a radius can be typed instead of the rim."""

    name = "pivot"
    mends = strokes = False
    closes = False

    def __init__(self, canvas: MapCanvas) -> None:
        self._typed = ""
        self._trace: Trace | None = None
        super().__init__(canvas)

    # ------------------------------------------------------------------ the hand
    def key(self, event: QKeyEvent) -> bool:
        figure = event.text().replace(",", ".")
        if len(self.history.now) == 1 and figure and figure in "0123456789.":
            if len(self._typed) < _ROOM and not (figure == "." and "." in self._typed):
                self._typed += figure
            self._refresh()
            return True
        return super().key(event)

    def _take_back(self) -> None:
        if self._typed:
            self._typed = self._typed[:-1]
            self._refresh()
        else:
            super()._take_back()

    def _add(self, at: Position) -> None:
        if len(self.history.now) >= 4:
            self._refresh("The arm has its two directions.")
            return
        if self._typed:
            at = self._at_typed()
        self._typed = ""
        super()._add(at)

    def _at_typed(self) -> Position:
        """The spot on the rim that the typed radius means: towards the hand, else north."""
        center = self.history.now[0]
        towards = bearing_deg(center, self.hand.at) if self.hand and self.hand.at != center else 0.0
        return reached(center, towards, _number(self._typed))

    def _go(self, history: History[Ring]) -> bool:
        self._typed = ""
        return super()._go(history)

    def finish(self) -> None:
        """Keep the circle, or the sector when the arm has its directions."""
        points = self.history.now
        if self._typed:
            points = (points[0], self._at_typed())
        try:
            shape = _shape(points, _number(self._typed) if self._typed else None)
        except NotPossibleError as error:
            self._refresh(str(error))
            return
        if wrong := problems(shape):
            self._refresh(wrong[0].message)
            return
        self._keep(shape)

    # ------------------------------------------------------------------ how it stands
    def _preview(self) -> Ring:
        """The points clicked and the one under the hand; a typed radius goes before the hand."""
        points = self.history.now
        if self._typed:
            return (points[0], self._at_typed())
        if self.hand is None or not points or len(points) >= 4 or self.hand.at == points[-1]:
            return points
        return (*points, self.hand.at)

    def _measured(self, drawn: Ring) -> EditState:
        try:
            shape = _shape(drawn, _number(self._typed) if self._typed else None)
        except NotPossibleError:
            self._trace = None
            return EditState()
        self._trace = Trace(shape)
        return EditState(area_ha=area_ha(shape), perimeter_m=perimeter_m(shape), problems=tuple(problems(shape)))

    def _lines(self) -> list[str]:
        drawn = self._preview()
        if len(drawn) < 2:
            return []
        radius = f"{self._typed} m" if self._typed else metres(length_m(drawn[0], drawn[1]))
        lines = [f"radius {radius}"]
        if self._state.area_ha is not None:
            lines.insert(0, f"{self._state.area_ha:,.2f} ha")
        arm = [f"{bearing_deg(drawn[0], spot):.0f}°" for spot in drawn[2:]]
        return [*lines, *([f"arm from {' to '.join(arm)}"] if arm else [])]

    def _hint(self, corners: int) -> str:
        leaves = f"{FREE} · Esc leaves"
        if corners == 0:
            return f"Click the pivot's centre, or go there with the arrow keys and Space · {leaves}"
        if corners == 1:
            return f"Click the rim, or type the radius in metres and Enter · Backspace takes back · {leaves}"
        if corners < 4:
            end = "ends, clockwise" if corners == 3 else "begins, for a part of the circle"
            return f"Enter keeps the circle · click where the arm {end} · Backspace takes back · {leaves}"
        return f"Enter keeps the part of the circle · Backspace takes back · {leaves}"

    # ------------------------------------------------------------------ painting
    def paint(self, painter: QPainter) -> None:
        view, colours, drawn = self.canvas.view, self.canvas.colours, self._preview()
        if self._trace is not None:
            paint_outline(painter, self._trace.path(view), colours, wrong=bool(self._state.problems))
        for spot in drawn[1:]:
            painter.setPen(QPen(colours.accent, 1.2))
            painter.drawLine(*(int(n) for at in (drawn[0], spot) for n in view.to_screen(at)))
        for n, spot in enumerate(self.history.now):
            paint_corner(painter, view.to_screen(spot), colours, first=n == 0)
        if self._by_keys and self.hand is not None:
            paint_cross(painter, view.to_screen(self.hand.at), colours)
        if lines := self._lines():
            near = self.hand.pixel if self.hand else view.to_screen(drawn[-1])
            room = QRectF(self.canvas.rect()).adjusted(8, 8, -8, -8)
            paint_card(painter, near, lines, room, colours, self.canvas.font())


def _shape(points: Ring, radius_m: float | None = None) -> Shape:
    """What the points amount to. Raises NotPossibleError while there is no radius."""
    if len(points) < 2:
        raise NotPossibleError("A centre and a radius are needed.")
    center, rim, *arm = points
    radius = length_m(center, rim) if radius_m is None else radius_m
    if len(arm) < 2:
        return circle(center, radius)
    return sector(center, radius, *(bearing_deg(center, spot) for spot in arm[:2]))


def _number(typed: str) -> float:
    return float(typed) if typed.strip(".") else 0.0

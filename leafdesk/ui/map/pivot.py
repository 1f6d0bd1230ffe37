"""The pivot tool: a centre and a radius make a circle; two directions of the arm make a sector of it."""

from __future__ import annotations

from PySide6.QtGui import QKeyEvent, QPainter, QPen

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.circle import circle, sector
from leafdesk.geo.history import History
from leafdesk.geo.measure import bearing_deg, length_m, reached
from leafdesk.geo.shape import Position, Ring, Shape
from leafdesk.ui.map.draw import FREE
from leafdesk.ui.map.figure import FigureTool
from leafdesk.ui.map.sketch import hectares, metres

_ROOM = 7
"""So many figures of a radius can be typed."""


class PivotTool(FigureTool):
    """The points clicked: centre, rim, where the arm begins and ends; a radius can be typed instead of the rim."""

    name = "pivot"
    points = 4
    full = "The arm has its two directions."
    _typed = ""

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

    # ------------------------------------------------------------------ how it stands
    def _figure(self, points: Ring) -> Shape:
        """The circle, or the sector when the arm has its directions; a typed radius goes before the rim."""
        if self._typed:
            return circle(points[0], _number(self._typed))
        if len(points) < 2:
            raise NotPossibleError("A centre and a radius are needed.")
        center, rim, *arm = points
        if len(arm) < 2:
            return circle(center, length_m(center, rim))
        return sector(center, length_m(center, rim), *(bearing_deg(center, spot) for spot in arm))

    def _preview(self) -> Ring:
        return (self.history.now[0], self._at_typed()) if self._typed else super()._preview()

    def _lines(self) -> list[str]:
        drawn = self._preview()
        if len(drawn) < 2:
            return []
        radius = f"{self._typed} m" if self._typed else metres(length_m(drawn[0], drawn[1]))
        lines = [f"radius {radius}"]
        if self._state.area_ha is not None:
            lines.insert(0, hectares(self._state.area_ha))
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

    def _paint_guides(self, painter: QPainter, drawn: Ring) -> None:
        """The arm from the centre to each other point."""
        painter.setPen(QPen(self.canvas.colours.accent, 1.2))
        for spot in drawn[1:]:
            painter.drawLine(*(int(n) for at in (drawn[0], spot) for n in self.canvas.view.to_screen(at)))


def _number(typed: str) -> float:
    return float(typed) if typed.strip(".") else 0.0

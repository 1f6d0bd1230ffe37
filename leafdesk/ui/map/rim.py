"""The tool for a pivot whose centre nobody can reach: three points of its rim."""

from __future__ import annotations

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.circle import circle, circle_through
from leafdesk.geo.shape import Ring, Shape
from leafdesk.ui.map.draw import FREE
from leafdesk.ui.map.figure import FigureTool
from leafdesk.ui.map.sketch import hectares, metres


class RimTool(FigureTool):
    """Three clicks on the rim make the circle."""

    name = "rim"
    points = 3

    def _figure(self, points: Ring) -> Shape:
        if len(points) < 3:
            raise NotPossibleError(f"{3 - len(points)} more on the rim.")
        center, radius = circle_through(points[0], points[1], points[2])
        self._radius = radius
        return circle(center, radius)

    def _lines(self) -> list[str]:
        if self.shape is None:
            return []
        return [hectares(self._state.area_ha or 0.0), f"radius {metres(self._radius)}"]

    def _hint(self, corners: int) -> str:
        if corners < 3:
            which = ("first", "second", "third")[corners]
            back = "" if corners == 0 else "Backspace takes one back · "
            return f"Click the {which} point of the rim, or arrow keys and Space · {back}{FREE} · Esc leaves"
        return "Enter keeps the circle · Backspace takes one back · Esc leaves"

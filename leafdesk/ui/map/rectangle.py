"""The rectangle tool: a corner, a side and a width, clicked or typed in metres with a bearing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.measure import bearing_deg, length_m
from leafdesk.geo.rectangle import LONGEST_M, rectangle, width_towards
from leafdesk.geo.shape import Ring, Shape
from leafdesk.ui.map.draw import FREE
from leafdesk.ui.map.figure import FigureTool
from leafdesk.ui.map.sketch import hectares, metres
from leafdesk.ui.map.tool import Ask, number

if TYPE_CHECKING:
    from leafdesk.ui.map.canvas import MapCanvas


class RectangleTool(FigureTool):
    """Three clicks: a corner, the other end of a side, how wide. What is typed goes before what is clicked."""

    name = "rectangle"
    points = 3
    asks = (
        Ask("length", "Length", unit="m"),
        Ask("width", "Width", unit="m"),
        Ask("bearing", "Bearing", unit="°"),
    )

    def __init__(self, canvas: MapCanvas) -> None:
        self.typed: dict[str, str] = {}
        super().__init__(canvas)

    def answer(self, key: str, text: str) -> None:
        self.typed[key] = text.strip()
        self._refresh()

    def _figure(self, points: Ring) -> Shape:
        if not points:
            raise NotPossibleError("Click the first corner.")
        length, width, bearing = (self._number(key) for key in ("length", "width", "bearing"))
        if len(points) > 1:
            length = length_m(points[0], points[1]) if length is None else length
            bearing = bearing_deg(points[0], points[1]) if bearing is None else bearing
        if len(points) > 2:
            towards = width_towards(points[0], points[1], points[2])
            width = towards if width is None else width if towards >= 0 else -width
        if length is None or width is None:
            raise NotPossibleError("A length and a width are needed, clicked or typed.")
        return rectangle(points[0], length, width, bearing or 0.0)

    def _number(self, key: str) -> float | None:
        text, title = self.typed.get(key, ""), key.capitalize()
        least = -360.0 if key == "bearing" else 0.1
        return number(text, title, least, 360.0 if key == "bearing" else LONGEST_M) if text else None

    def _lines(self) -> list[str]:
        drawn = self._preview()
        if self.shape is None:
            return [metres(length_m(drawn[0], drawn[1]))] if len(drawn) > 1 else []
        a, b, c, *_ = self.shape[0][0]
        sides = f"{metres(length_m(a, b))} × {metres(length_m(b, c))}"
        return [hectares(self._state.area_ha or 0.0), f"{sides} · bearing {bearing_deg(a, b):.1f}°"]

    def _hint(self, corners: int) -> str:
        if corners == 0:
            return f"Click the first corner, or arrow keys and Space · {FREE} · Esc leaves"
        step = "where the first side ends" if corners == 1 else "how wide it is" if corners == 2 else ""
        click = f"Click {step}, or type metres · " if step else ""
        return f"{click}Enter closes · Backspace takes one back · {FREE} · Esc leaves"

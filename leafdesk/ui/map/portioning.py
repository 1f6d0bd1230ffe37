"""The tools that cut by numbers: so many equal parts, or so many hectares off one side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.portions import MOST, cut_off, equal_parts, longest_side_bearing
from leafdesk.geo.shape import Shape
from leafdesk.ui.map.proposing import TYPED, Proposal, ProposingTool
from leafdesk.ui.map.sketch import hectares
from leafdesk.ui.map.tool import Ask, number

if TYPE_CHECKING:
    from leafdesk.ui.map.canvas import MapCanvas

SIDES = {
    "north": 0.0,
    "north-east": 45.0,
    "east": 90.0,
    "south-east": 135.0,
    "south": 180.0,
    "south-west": 225.0,
    "west": 270.0,
    "north-west": 315.0,
}


class PortionsTool(ProposingTool):
    """The field keeps the first part; the cuts run along its longest side unless another bearing is typed."""

    name = "portions"
    hint = (
        "Type how many parts, and along which bearing the cuts run · Enter splits · "
        f"{TYPED} · Esc leaves the field whole"
    )

    def __init__(self, canvas: MapCanvas, field_id: str, shape: Shape) -> None:
        self.asks = (
            Ask("parts", "Parts", "2"),
            Ask("bearing", "Cuts run along", f"{longest_side_bearing(shape):.1f}", "°"),
        )
        super().__init__(canvas, field_id, shape)

    def make(self, answers: Mapping[str, str]) -> Proposal:
        count = int(number(answers["parts"], "Parts", 2, MOST))
        bearing = number(answers["bearing"], "Bearing", -360, 360)
        first, *others = self.reckon(equal_parts, self.shape, count, bearing)
        return Proposal(first, tuple(others), (f"{count} parts", f"of {hectares(self._before_ha / count)} each"))


class CutOffTool(ProposingTool):
    """What is cut off becomes a new field."""

    name = "cut-off"
    hint = f"Type how many hectares and choose the side · Enter cuts them off · {TYPED} · Esc leaves the field whole"

    def __init__(self, canvas: MapCanvas, field_id: str, shape: Shape) -> None:
        self.asks = (
            Ask("hectares", "Cut off", "", "ha", example="10"),
            Ask("side", "from the", "north", choices=tuple(SIDES)),
        )
        super().__init__(canvas, field_id, shape)

    def make(self, answers: Mapping[str, str]) -> Proposal:
        if not answers["hectares"].strip():
            raise NotPossibleError("")  # the hint says what to type
        goes = number(answers["hectares"], "Hectares", 0.0001, 1e6)
        left, off = self.reckon(cut_off, self.shape, goes, SIDES[answers["side"]])
        return Proposal(left, (off,), (f"{hectares(goes)} become a field", f"{hectares(self._before_ha - goes)} stay"))

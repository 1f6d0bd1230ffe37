"""The repairing tool: shows what is wrong with a boundary and one way to mend it, with the hectares of both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.check import Problem, problems
from leafdesk.geo.repair import repair
from leafdesk.geo.shape import Shape
from leafdesk.ui.map.proposing import PUSH, Proposal, ProposingTool

if TYPE_CHECKING:
    from leafdesk.ui.map.canvas import MapCanvas


class RepairTool(ProposingTool):
    """Enter keeps the mended boundary; a valid one needs no mending and says so."""

    name = "repair"
    hint = f"Enter keeps the mended boundary · Backspace changes nothing · {PUSH} · Esc leaves the field as it was"

    def __init__(self, canvas: MapCanvas, field_id: str, shape: Shape) -> None:
        super().__init__(canvas, field_id, shape)
        self._wrong = tuple(problems(shape))

    def make(self, answers: Mapping[str, str]) -> Proposal:
        if not self._wrong:
            raise NotPossibleError("This boundary is valid; there is nothing to repair.")
        mended = self.reckon(repair, self.shape, risky=True)
        pieces = f"in {len(mended)} parts" if len(mended) > 1 else "in one part"
        return Proposal(mended, says=(self._wrong[0].message, pieces))

    @property
    def wrong(self) -> tuple[Problem, ...]:
        return self._wrong

"""What tools have in common that draw a line over a field: what comes out, live, whatever the field's size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from leafdesk.geo import actions
from leafdesk.geo.measure import area_ha, perimeter_m
from leafdesk.geo.shape import Ring, Shape, rings
from leafdesk.ui.map.draw import DrawTool
from leafdesk.ui.map.sketch import EditState, side
from leafdesk.ui.map.trace import Trace

if TYPE_CHECKING:
    from leafdesk.ui.map.canvas import MapCanvas

LIVE = 500
"""Fields with more corners are worked out when the hand rests, beside the window (8 ms at this size)."""
_REST_MS = 90


class AcrossTool(DrawTool):
    """`pieces` are what the line makes of the field, the one that stays first; () while it makes nothing."""

    closes = False
    mends = False

    def __init__(self, canvas: MapCanvas, field_id: str, shape: Shape) -> None:
        self.field_id, self.shape = field_id, shape
        self._small = sum(len(ring) for ring in rings(shape)) <= LIVE
        self._before_ha, self._before_m = area_ha(shape), perimeter_m(shape)
        self.pieces: tuple[Shape, ...] = ()
        self.areas: tuple[float, ...] = ()
        self.traces: tuple[Trace, ...] = ()
        self._made_by: Ring = ()
        self._resting = QTimer(canvas, singleShot=True, interval=_REST_MS)
        self._resting.timeout.connect(self._rested)
        super().__init__(canvas)

    def make(self, line: Ring) -> tuple[Shape, ...]:
        """What the line makes of the field. Raises NotPossibleError with the reason when that is nothing."""
        raise NotImplementedError

    # ------------------------------------------------------------------ how it stands
    def _measured(self, drawn: Ring) -> EditState:
        """The hectares that stay, once the line makes something; of a large field when the hand has rested."""
        if drawn != self._made_by:
            self._take((), drawn)
            if self._small and len(drawn) > 1:
                self._try(drawn)
            elif len(drawn) > 1:
                self._resting.start()
        if self.pieces:
            around = perimeter_m(self.pieces[0])
            return EditState(area_ha=self.areas[0], before_ha=self._before_ha, perimeter_m=around)
        if self._small or len(drawn) < 2:
            return EditState(before_ha=self._before_ha)
        return EditState(area_ha=self._before_ha, before_ha=self._before_ha, perimeter_m=self._before_m)

    def _try(self, drawn: Ring) -> None:
        try:
            self._take(self.make(drawn), drawn)
        except actions.NotPossibleError:
            self._take((), drawn)

    def _take(self, pieces: tuple[Shape, ...], line: Ring) -> None:
        self.pieces, self._made_by = pieces, line
        self.areas, self.traces = tuple(map(area_ha, pieces)), tuple(map(Trace, pieces))

    def _rested(self) -> None:
        """The hand rests: work out what the line makes, unless it moves on meanwhile."""
        line = self._preview()

        def done(pieces: tuple[Shape, ...]) -> None:
            if line == self._preview():
                self._take(pieces, line)
                self._refresh()

        if self.canvas.hand_tool is self and len(line) > 1:
            self.elsewhere(lambda: self.make(line), done, lambda _: None)

    def _side(self) -> str:
        """The side under the hand: its length and its bearing."""
        drawn = self._preview()
        return side(drawn[-2], drawn[-1]) if len(drawn) > 1 else ""

"""The tool that moves and turns a whole field: by dragging, by arrow keys, by typed metres and degrees."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPen, QTransform

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.history import History
from leafdesk.geo.measure import perimeter_m, reached
from leafdesk.geo.motion import FARTHEST_M, middle_of, moved
from leafdesk.geo.plane import Plane
from leafdesk.geo.shape import Position, Shape, pack, unpack
from leafdesk.geo.view import Pixel
from leafdesk.ui.map.crosshair import ARROWS
from leafdesk.ui.map.proposing import Proposal, ProposingTool
from leafdesk.ui.map.sketch import EditState, hectares, metres, paint_corner, paint_outline
from leafdesk.ui.map.tool import Ask, Pointer, Shapes, number

if TYPE_CHECKING:
    from leafdesk.ui.map.canvas import MapCanvas

_LEVER_PX = 30.0
"""The handle that turns the field stands so far above it."""
_REACH = 12.0


@dataclass(frozen=True, slots=True)
class Shift:
    """Metres east and north, and degrees clockwise."""

    east: float = 0.0
    north: float = 0.0
    turn: float = 0.0

    @property
    def metres(self) -> float:
        """How far."""
        return math.hypot(self.east, self.north)

    @property
    def bearing(self) -> float:
        """In which direction."""
        return math.degrees(math.atan2(self.east, self.north)) % 360.0

    @property
    def said(self) -> str:
        """All of it in words."""
        return f"{metres(self.metres)} along {self.bearing:.0f}°, turned {self.turn:.1f}°"


class ShiftTool(ProposingTool):
    """A drag is a step; while it lasts the outline alone moves, and the true shape follows when the hand lets go."""

    name = "shift"
    hint = (
        "Drag the field to move it, the round handle to turn it · arrow keys nudge, Shift ten times as far · "
        "Backspace takes a step back · Enter keeps · Esc leaves the field as it was"
    )
    asks = (Ask("metres", "Move", "0", "m"), Ask("bearing", "along", "0", "°"), Ask("turn", "Turn", "0", "°"))

    def __init__(self, canvas: MapCanvas, field_id: str, shape: Shape) -> None:
        self.history: History[Shift] = History.of(Shift())
        self._middle = middle_of(shape)
        self._from: Pointer | None = None
        self._turning = False
        self._to: Pointer | None = None
        super().__init__(canvas, field_id, shape)

    def make(self, answers: Mapping[str, str]) -> Proposal:
        shift = self.history.now
        if shift.metres > FARTHEST_M:
            raise NotPossibleError(f"A field is moved by {FARTHEST_M:,.0f} metres at most.")
        after = self.reckon(moved, self.shape, shift.metres, shift.bearing, shift.turn)
        return Proposal(after, says=(f"around {metres(perimeter_m(after))}", shift.said))

    def answer(self, key: str, text: str) -> None:
        self.answers[key] = text
        try:
            far = number(self.answers["metres"], "Metres", -FARTHEST_M, FARTHEST_M)
            bearing = math.radians(number(self.answers["bearing"], "Bearing", -360, 360))
            turn = number(self.answers["turn"], "Degrees", -360, 360)
        except NotPossibleError as error:
            self._say_no(str(error))
            return
        self._step("Move field", Shift(far * math.sin(bearing), far * math.cos(bearing), turn))

    def _step(self, name: str, shift: Shift) -> None:
        self.history = self.history.done(name, shift)
        self._tell(self._state)  # now: a gesture is written down before what comes of it is worked out
        self.propose()

    def _tell(self, state: EditState, reason: str = "") -> None:
        undo, redo = self.history.undo_name, self.history.redo_name
        named = replace(state, undo_name=undo, redo_name=redo)
        super()._tell(replace(named, can_undo=undo is not None, can_redo=redo is not None), reason)

    @property
    def touched(self) -> bool:
        return self.history.undo_name is not None

    def undo(self) -> bool:
        return self._go(self.history.undone())

    def redo(self) -> bool:
        return self._go(self.history.redone())

    def _go(self, history: History[Shift]) -> bool:
        went = history is not self.history
        self.history = history
        self._tell(self._state)
        self.propose()
        return went

    # ------------------------------------------------------------------ kept safe
    @property
    def kept_history(self) -> History[Shift]:
        return self.history

    def as_shapes(self, value: Shift) -> Shapes:
        """Its three numbers as two positions."""
        return (("", pack(((((value.east, value.north), (value.turn, 0.0)),),))),)

    def from_shapes(self, shapes: Shapes) -> Shift:
        (east, north), (turn, _) = unpack(shapes[0][1])[0][0]
        return Shift(east, north, turn)

    def resume(self, history: History[Shift]) -> None:
        self._go(history)

    # ------------------------------------------------------------------ the hand
    def _now(self) -> Position:
        """Where the middle of the field is now."""
        shift = self.history.now
        return reached(self._middle, shift.bearing, shift.metres) if shift.metres else self._middle

    def _lever(self) -> Pixel:
        """The handle above the field."""
        trace = self.shown.traces[0] if self.shown else self._former
        points = trace.pixels(self.canvas.view)
        x, _ = self.canvas.view.to_screen(self._now())
        return (x, max(float(points[:, 1].min()) - _LEVER_PX, 12.0))

    def grab(self, pointer: Pointer) -> bool:
        trace = self.shown.traces[0] if self.shown else self._former
        self._turning = math.dist(pointer.pixel, self._lever()) <= _REACH
        if not self._turning and not trace.path(self.canvas.view).contains(QPointF(*pointer.pixel)):
            return False
        self._from = self._to = pointer
        return True

    def drag(self, pointer: Pointer) -> None:
        if self._from is not None:
            self._to = pointer
            self.canvas.update()

    def drop(self, pointer: Pointer) -> None:
        if self._from is None:
            return
        shift, step = self._carried(pointer), "Turn field" if self._turning else "Move field"
        self._from = self._to = None
        self._step(step, shift)

    def _carried(self, pointer: Pointer) -> Shift:
        """Where the field is when the hand that grabbed it is here."""
        assert self._from is not None
        shift = self.history.now
        if self._turning:
            return replace(shift, turn=(shift.turn + self._swung(pointer) + 180) % 360 - 180)
        (a, b) = Plane(self._now()).flat([self._from.at, pointer.at])
        east, north = (b - a).tolist()
        return replace(shift, east=shift.east + east, north=shift.north + north)

    def _swung(self, pointer: Pointer) -> float:
        """Degrees clockwise that the hand has gone around the field's middle."""
        assert self._from is not None
        x, y = self.canvas.view.to_screen(self._now())
        angles = [math.atan2(at.pixel[1] - y, at.pixel[0] - x) for at in (self._from, pointer)]
        return math.degrees(angles[1] - angles[0])

    def key(self, event: QKeyEvent) -> bool:
        if (arrow := ARROWS.get(Qt.Key(event.key()))) is None:
            return super().key(event)
        step = self.canvas.view.metres_per_pixel
        step *= 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        shift = self.history.now
        self._step(
            "Nudge field", replace(shift, east=shift.east + arrow[0] * step, north=shift.north - arrow[1] * step)
        )
        return True

    def lines(self) -> list[str]:
        """While the hand moves the field: the same hectares, and how far it has gone; the card lies at the hand."""
        if self._to is None:
            return super().lines()
        area, around = (self.shown.areas[0], self.shown.perimeter_m) if self.shown else (self._before_ha, 0.0)
        said = [hectares(area), *([f"around {metres(around)}"] if around else [])]
        return [*said, self._carried(self._to).said]

    # ------------------------------------------------------------------ painting
    def paint(self, painter: QPainter) -> None:
        view, colours = self.canvas.view, self.canvas.colours
        self._paint_shapes(painter)
        if self._from is not None and self._to is not None:
            x, y = view.to_screen(self._now())
            (x1, y1), (x0, y0) = self._to.pixel, self._from.pixel
            dx, dy, turn = (0.0, 0.0, self._swung(self._to)) if self._turning else (x1 - x0, y1 - y0, 0.0)
            there = QTransform().translate(x + dx, y + dy).rotate(turn).translate(-x, -y)
            trace = self.shown.traces[0] if self.shown else self._former
            paint_outline(painter, there.map(trace.path(view)), colours)
        else:
            self._paint_lever(painter)
        self._paint_card(painter)

    def _card_spot(self) -> Pixel:
        return self._to.pixel if self._to is not None else super()._card_spot()

    def _paint_lever(self, painter: QPainter) -> None:
        view, colours = self.canvas.view, self.canvas.colours
        lever, (x, y) = self._lever(), view.to_screen(self._now())
        painter.setPen(QPen(colours.accent, 1.4))
        painter.drawLine(QPointF(*lever), QPointF(x, y))
        painter.setBrush(colours.handle)
        painter.setPen(QPen(colours.accent, 2))
        painter.drawEllipse(QPointF(*lever), 7, 7)
        paint_corner(painter, (x, y), colours)

"""The editing tool: drag corners, add them on edges, remove them; one drag is one step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPainter

from leafdesk.geo import actions
from leafdesk.geo.actions import Corner
from leafdesk.geo.check import Problem, problems
from leafdesk.geo.history import History
from leafdesk.geo.measure import area_ha, length_m, perimeter_m
from leafdesk.geo.repair import repair
from leafdesk.geo.shape import Shape
from leafdesk.geo.view import Pixel
from leafdesk.ui.map.draw import ARROWS, MEND
from leafdesk.ui.map.sketch import (
    EditState,
    metres,
    paint_card,
    paint_corner,
    paint_former,
    paint_middle,
    paint_outline,
    paint_problem,
    signed,
)
from leafdesk.ui.map.tool import Pointer, Tool
from leafdesk.ui.map.trace import Trace

if TYPE_CHECKING:
    from leafdesk.ui.map.canvas import MapCanvas

_REACH = 9.0
_EDGE_REACH = 6.0
_SHORTEST = 26.0
"""Edges shorter than this many pixels show no midpoint."""
_CROWD = 80
"""With more corners on the screen than this, only those near the hand are shown."""
_NEAR = 130.0
_LARGE = 1500
"""Shapes with more corners are measured and checked when the hand rests."""
_REST_MS = 90
HINT = (
    "Drag a corner to move it · N chooses one · click an edge to add one · Del removes · Alt does not snap · "
    "Enter keeps · Esc takes back"
)
NUDGE = (
    "Arrow keys nudge the corner, with Shift ten times as far · N goes to the next · Del removes it · Enter keeps · "
    "Esc takes back"
)


class EditTool(Tool):
    """The shape in a history; `live` is what it looks like in the middle of a drag."""

    name = "edit"

    def __init__(self, canvas: MapCanvas, field_id: str, shape: Shape, drawn: Shape | None = None) -> None:
        super().__init__(canvas)
        self.field_id = self.hides = field_id
        self.history: History[Shape] = History.of(shape)
        if drawn is not None:
            self.history = self.history.done("Edit boundary", drawn)
        self.live: Shape | None = None
        self._former = Trace(shape)
        self.trace = Trace(self.history.now)
        self.hand: Pointer | None = None
        self.chosen: Corner | None = None
        self._held: Corner | None = None
        self._step_name = ""
        self._before_ha = area_ha(shape)
        self._refusal = ""
        self._measures: tuple[float, float, tuple[Problem, ...]] = (self._before_ha, perimeter_m(shape), ())
        self._resting = QTimer(canvas, singleShot=True, interval=_REST_MS)
        self._resting.timeout.connect(self._measure)
        self._measure()

    @property
    def shape(self) -> Shape:
        """The shape as it is shown."""
        return self.history.now if self.live is None else self.live

    # ------------------------------------------------------------------ the hand
    @property
    def snaps(self) -> bool:
        return self._held is not None

    def hover(self, pointer: Pointer) -> None:
        self.hand = pointer
        near = self._corner_at(pointer.pixel) or self._middle_at(pointer.pixel)
        self.canvas.setCursor(Qt.CursorShape.PointingHandCursor if near else self.cursor)
        self.canvas.update()

    def leave(self) -> None:
        self.hand = None
        self.canvas.update()

    def grab(self, pointer: Pointer) -> bool:
        """A corner is picked up; a midpoint or edge becomes a corner and is picked up."""
        self.hand, self._refusal = pointer, ""
        if (corner := self._corner_at(pointer.pixel)) is not None:
            self._held, self._step_name = corner, "Move corner"
        elif (found := self._edge_at(pointer.pixel)) is not None:
            corner, spot = found
            self.live = actions.insert_vertex(self.shape, corner, self.canvas.view.to_lonlat(spot))
            self._held, self._step_name = corner._replace(at=corner.at + 1), "Add corner"
            self._reshaped()
        else:
            return False
        self.chosen = self._held
        self.canvas.update()
        return True

    def drag(self, pointer: Pointer) -> None:
        if self._held is not None:
            self.hand = pointer
            self.live = actions.move_vertex(self.shape, self._held, pointer.at)
            self.trace = self.trace.moved(self._held, pointer.at)
            self._resize()

    def drop(self, pointer: Pointer) -> None:
        if self.live is not None:
            self.history = self.history.done(self._step_name, self.live)
        self._held = self.live = None
        self._reshaped()

    def click(self, pointer: Pointer) -> None:
        """Beside the shape: keep it. Inside: let go of the chosen corner."""
        if self.trace.path(self.canvas.view).contains(QPointF(*pointer.pixel)):
            self.chosen = None
            self.canvas.update()
        else:
            self.finish()

    def key(self, event: QKeyEvent) -> bool:
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.finish()
            case Qt.Key.Key_Escape:
                self._let_go_or_leave()
            case Qt.Key.Key_Backspace | Qt.Key.Key_Delete:
                self._delete()
            case Qt.Key.Key_N:
                self._choose_next(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
            case Qt.Key.Key_Left | Qt.Key.Key_Right | Qt.Key.Key_Up | Qt.Key.Key_Down if self.chosen and not self._held:
                step = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
                self._nudge(self.chosen, *(step * n for n in ARROWS[Qt.Key(event.key())]))
            case _:
                return False
        return True

    def _let_go_or_leave(self) -> None:
        """In the middle of a drag only the drag is taken back."""
        if self._held is None:
            self.canvas.cancel()
            return
        self._held = self.live = None
        self._reshaped()

    def _choose_next(self, step: int) -> None:
        """Choose the next corner along the rings, the first one at first, and bring it into sight."""
        corners = self.trace.corners
        if self._held is not None or not corners:
            return
        at = corners.index(self.chosen) + step if self.chosen in corners else 0
        self.chosen = corners[at % len(corners)]
        view = self.canvas.view
        x, y = view.to_screen(actions.position_of(self.shape, self.chosen))
        if not (0 <= x < view.width and 0 <= y < view.height):
            self.canvas.pan(view.width / 2 - x, view.height / 2 - y)
        self.hand = None
        self._refuse("")

    def _nudge(self, corner: Corner, right: int, down: int) -> None:
        """Move the chosen corner by so many pixels; a stroke is a step."""
        x, y = self.canvas.view.to_screen(actions.position_of(self.shape, corner))
        to = self.canvas.view.to_lonlat((x + right, y + down))
        self.history = self.history.done("Nudge corner", actions.move_vertex(self.shape, corner, to))
        self._reshaped()

    def _delete(self) -> None:
        """Remove the corner under the hand, else the chosen one."""
        corner = (self._corner_at(self.hand.pixel) if self.hand else None) or self.chosen
        if self._held is not None or corner is None:
            self._refuse("Point at the corner to remove.")
            return
        try:
            self.history = self.history.done("Remove corner", actions.delete_vertex(self.history.now, corner))
        except actions.NotPossibleError as error:
            self._refuse(str(error))
            return
        self.chosen = None
        self._reshaped()

    def undo(self) -> bool:
        return self._go(self.history.undone())

    def redo(self) -> bool:
        return self._go(self.history.redone())

    def _go(self, history: History[Shape]) -> bool:
        moved = history is not self.history
        self.history, self.live, self._held, self.chosen = history, None, None, None
        self._reshaped()
        return moved

    def does(self, action: str) -> bool:
        """Repairing is a step of the drawing."""
        if action != "repair":
            return False
        before = self.history.now

        def done(mended: Shape) -> None:
            if self.history.now is before:
                self._go(self.history.done("Repair", mended))
                self._refuse("" if mended is before else f"Mended: {area_ha(before):,.2f} → {area_ha(mended):,.2f} ha.")

        self.elsewhere(lambda: self.reckon(repair, before, risky=True), done, self._refuse)
        return True

    def finish(self) -> None:
        """Keep the new shape; an invalid one is not taken, and the hint says why."""
        if not self.history.changed:
            self.canvas.leave_tool()
            return
        if wrong := problems(self.history.now):
            self._measure()
            self._refuse(wrong[0].message)
            return
        self.canvas.leave_tool()
        self.canvas.edited.emit(self.field_id, self.history.now)

    # ------------------------------------------------------------------ what is under the hand
    def _corner_at(self, pixel: Pixel) -> Corner | None:
        found = self.trace.corner_at(pixel, self.canvas.view, _REACH)
        return None if found is None else self.trace.corners[found]

    def _middle_at(self, pixel: Pixel) -> Corner | None:
        found = self.trace.middle_at(pixel, self.canvas.view, _REACH, _SHORTEST)
        return None if found is None else self.trace.corners[found]

    def _edge_at(self, pixel: Pixel) -> tuple[Corner, Pixel] | None:
        """The edge under a pixel and where a new corner on it goes: to its middle when that is near."""
        view = self.canvas.view
        if (found := self.trace.middle_at(pixel, view, _REACH, _SHORTEST)) is not None:
            points = self.trace.pixels(view)
            x, y = ((points[found] + points[self.trace.following[found]]) / 2).tolist()
            return self.trace.corners[found], (x, y)
        if (near := self.trace.edge_at(pixel, view, _EDGE_REACH)) is not None:
            return self.trace.corners[near[0]], near[1]
        return None

    # ------------------------------------------------------------------ how it stands
    @property
    def state(self) -> EditState:
        area, around, wrong = self._measures
        return EditState(
            area_ha=area,
            before_ha=self._before_ha,
            perimeter_m=around,
            side_m=self._side_m(),
            problems=wrong,
            can_undo=self.history.undo_name is not None,
            can_redo=self.history.redo_name is not None,
            undo_name=self.history.undo_name,
            redo_name=self.history.redo_name,
            hint=f"{self._refusal} {self._hint()}" if self._refusal else self._hint(),
        )

    def _hint(self) -> str:
        if self._measures[2] and self._held is None:
            return f"{MEND} · {HINT}"
        return NUDGE if self.chosen is not None and self._held is None else HINT

    def _refuse(self, reason: str) -> None:
        self._refusal = reason
        self.canvas.edit_changed.emit(self.state)
        self.canvas.update()

    def _reshaped(self) -> None:
        self.trace, self._refusal = Trace(self.shape), ""
        self._resize()

    def _resize(self) -> None:
        """Measure now, or when the hand rests."""
        if len(self.trace.corners) > _LARGE and self._held is not None:
            self._resting.start()
        else:
            self._measure()
        self.canvas.update()

    def _measure(self) -> None:
        self._resting.stop()
        shape = self.shape
        self._measures = (area_ha(shape), perimeter_m(shape), tuple(problems(shape)))
        self.canvas.edit_changed.emit(self.state)
        self.canvas.update()

    def _side_m(self) -> float | None:
        """The length of the side that arrives at the corner under the hand."""
        corner = self._held or self.chosen
        if corner is None:
            return None
        ring = actions.ring_of(self.shape, corner)
        at = corner.at % (len(ring) - 1)
        return length_m(ring[at - 1] if at else ring[-2], ring[at])

    # ------------------------------------------------------------------ painting
    def paint(self, painter: QPainter) -> None:
        view, colours = self.canvas.view, self.canvas.colours
        paint_former(painter, self._former.path(view), colours)
        wrong = self._measures[2]
        paint_outline(painter, self.trace.path(view), colours, wrong=bool(wrong))
        self._paint_handles(painter)
        for problem in wrong:
            if problem.where:
                paint_problem(painter, view.to_screen(problem.where), colours)
        lines = self._lines()
        if lines and (self.hand or self.chosen):
            near = self.hand.pixel if self._held and self.hand else self._card_spot()
            room = QRectF(self.canvas.rect()).adjusted(8, 8, -8, -8)
            paint_card(painter, near, lines, room, colours, self.canvas.font())

    def _paint_handles(self, painter: QPainter) -> None:
        import numpy as np

        view, colours = self.canvas.view, self.canvas.colours
        points = self.trace.pixels(view)
        seen = (points > -12).all(axis=1) & (points[:, 0] < view.width + 12) & (points[:, 1] < view.height + 12)
        if seen.sum() > _CROWD:
            pixel = self.hand.pixel if self.hand else (view.width / 2, view.height / 2)
            gaps = np.where(seen, np.hypot(points[:, 0] - pixel[0], points[:, 1] - pixel[1]), np.inf)
            seen = gaps < min(_NEAR, float(np.partition(gaps, _CROWD)[_CROWD]))
        following = points[self.trace.following]
        long = seen & (np.hypot(*(following - points).T) >= _SHORTEST)
        hovered = self._corner_at(self.hand.pixel) if self.hand else None
        middle = self._middle_at(self.hand.pixel) if self.hand and hovered is None and self._held is None else None
        for n in np.flatnonzero(long).tolist():
            x, y = ((points[n] + following[n]) / 2).tolist()
            paint_middle(painter, (x, y), colours, held=self.trace.corners[n] == middle)
        for n in np.flatnonzero(seen).tolist():
            corner = self.trace.corners[n]
            held = corner in (self._held, self.chosen) or (self._held is None and corner == hovered)
            paint_corner(painter, (float(points[n, 0]), float(points[n, 1])), colours, held=held)

    def _card_spot(self) -> Pixel:
        """Beside the chosen corner, else beside the shape."""
        view = self.canvas.view
        if self.chosen is not None:
            return view.to_screen(actions.position_of(self.shape, self.chosen))
        points = self.trace.pixels(view)
        return (float(points[:, 0].max()), float(points[:, 1].mean()))

    def _lines(self) -> list[str]:
        area, around, wrong = self._measures
        if wrong:
            return [wrong[0].message, f"{area:,.2f} ha"]
        side = self._side_m()
        length = f"side {metres(side)}" if side else f"around {metres(around)}"
        if not self.history.changed and self.live is None:
            return [f"{area:,.2f} ha", length]
        return [f"{self._before_ha:,.2f} → {area:,.2f} ha", f"{signed(area - self._before_ha)} · {length}"]

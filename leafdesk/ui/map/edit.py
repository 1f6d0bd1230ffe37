"""The editing tool: drag corners, add them on edges, remove them, one or many; one drag is one step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPen, QPixmap

from leafdesk.geo import actions, shared
from leafdesk.geo.actions import Corner
from leafdesk.geo.measure import bearing_deg, length_m
from leafdesk.geo.shape import Position, Shape
from leafdesk.geo.view import Pixel, View
from leafdesk.ui import words
from leafdesk.ui.map.crosshair import ARROWS
from leafdesk.ui.map.draw import MEND
from leafdesk.ui.map.ground import Ground
from leafdesk.ui.map.grounding import LARGE, GroundTool
from leafdesk.ui.map.handles import corner_at, corners_within, edge_at, middle_at, paint_box, paint_handles
from leafdesk.ui.map.sketch import (
    course,
    hectares,
    metres,
    paint_card,
    paint_corner,
    paint_former,
    paint_outline,
    paint_problem,
    side,
)
from leafdesk.ui.map.tool import Pointer
from leafdesk.ui.map.trace import Trace

if TYPE_CHECKING:
    from leafdesk.ui.map.canvas import MapCanvas

HINT = (
    "Drag a corner to move it · click an edge to add one · a click beside it keeps it · N chooses one · Shift and drag "
    "chooses many · Del or Backspace removes · Alt does not snap · Enter keeps · Esc takes back"
)
NUDGE = (
    "Arrow keys nudge the corner, with Shift ten times as far · drag moves it · N goes to the next · "
    "Del or Backspace removes it · Enter keeps · Esc takes back"
)
MANY = (
    "Drag one to move all that are chosen · arrow keys nudge them · Del or Backspace removes them · Ctrl and click "
    "adds or drops one · Enter keeps · Esc chooses none"
)


class EditTool(GroundTool):
    """Corners are picked up, chosen, put, removed; the keys can do all that, too."""

    name = "edit"

    def __init__(self, canvas: MapCanvas, field_id: str, shape: Shape, drawn: Shape | None = None) -> None:
        self.hand: Pointer | None = None
        self.chosen: frozenset[Corner] = frozenset()
        self._moving: dict[Corner, Position] = {}
        self._dragged: dict[str, Shape] = {}
        self._box: tuple[Pixel, Pixel] | None = None
        self._step_name = ""
        self._still: tuple[View, QPixmap] | None = None
        super().__init__(canvas, field_id, shape, drawn)

    # ------------------------------------------------------------------ the hand
    @property
    def snaps(self) -> bool:
        return self._held is not None

    def hover(self, pointer: Pointer) -> None:
        self.hand = pointer
        near = corner_at(self.trace, pointer.pixel, self.canvas.view) or middle_at(
            self.trace, pointer.pixel, self.canvas.view
        )
        self.canvas.setCursor(Qt.CursorShape.PointingHandCursor if near else self.cursor)
        self.canvas.update()

    def leave(self) -> None:
        self.hand = None
        self.canvas.update()

    def grab(self, pointer: Pointer) -> bool:
        """A corner is picked up; a midpoint or edge becomes a corner and is picked up; with Shift a box begins."""
        self.hand, self._refusal = pointer, ""
        view = self.canvas.view
        corner = corner_at(self.trace, pointer.pixel, view)
        if corner is not None and pointer.ctrl:
            self.chosen ^= {corner}
            self._refuse("")
        elif corner is not None:
            self._pick_up(corner, "Move corner")
        elif pointer.shift:
            self._box = (pointer.pixel, pointer.pixel)
        elif (found := edge_at(self.trace, pointer.pixel, view)) is not None:
            corner, spot = found
            self.live = self._with_corner(corner, view.to_lonlat(spot))
            self._reshaped()
            self._pick_up(corner._replace(at=corner.at + 1), "Add corner")
        else:
            return False
        self.canvas.update()
        return True

    def _pick_up(self, corner: Corner, step: str) -> None:
        if corner not in self.chosen:
            self.chosen = frozenset({corner})
        self._held, self._step_name = corner, step if len(self.chosen) == 1 else f"Move {len(self.chosen)} corners"
        self._moving = {one: actions.position_of(self.shape, one) for one in self.chosen}
        self._dragged = self._neighbours.sharing(self.ground, self._moving.values())
        self._before_drag = self.ground

    def drag(self, pointer: Pointer) -> None:
        self.hand = pointer
        if self._box is not None:
            self._box = (self._box[0], pointer.pixel)
            self.canvas.update()
        elif self._held is not None:
            places = self._carried(self._held, pointer)
            self.live = self._moved(self._before_drag, places, self._dragged)
            self.trace = self.trace.moved(places)
            self._resize()

    def _carried(self, held: Corner, pointer: Pointer) -> dict[Corner, Position]:
        """Where all chosen corners go when the held one goes to the hand."""
        view = self.canvas.view
        (x0, y0), (x1, y1) = view.to_screen(self._moving[held]), view.to_screen(pointer.at)
        places = {}
        for corner, start in self._moving.items():
            x, y = view.to_screen(start)
            places[corner] = pointer.at if corner == held else view.to_lonlat((x + x1 - x0, y + y1 - y0))
        return places

    def _moved(self, ground: Ground, places: Mapping[Corner, Position], beside: Mapping[str, Shape]) -> Ground:
        """The ground with corners elsewhere, and with those of the neighbours that share them."""
        there = {actions.position_of(ground.shape, corner): place for corner, place in places.items()}
        shape = actions.move_vertices(ground.shape, places)
        return ground.with_beside(shape, shared.moved(beside, there)) if beside else Ground(shape, ground.beside)

    def _with_corner(self, corner: Corner, spot: Position) -> Ground:
        """The ground with one corner more on an edge, also on that edge of a neighbour."""
        ground = self.ground
        ring = actions.ring_of(ground.shape, corner)
        ends = ring[corner.at], ring[corner.at + 1]
        beside = shared.inserted(self._neighbours.sharing(ground, ends), *ends, spot)
        return ground.with_beside(actions.insert_vertex(ground.shape, corner, spot), beside)

    def drop(self, pointer: Pointer) -> None:
        if self._box is not None:
            found = corners_within(self.trace, *self._box, self.canvas.view)
            self._box, self.chosen = None, frozenset(found)
            self._refuse("" if found else "There is no corner in that box.")
            return
        if self.live is not None:
            self.history = self.history.done(self._step_name, self.live)
        self._held = self.live = None
        self._reshaped()
        self._tell_fixed()

    def click(self, pointer: Pointer) -> None:
        """Beside the shape: keep it. Inside: let go of the chosen corners."""
        if self.trace.path(self.canvas.view).contains(QPointF(*pointer.pixel)):
            self.chosen = frozenset()
            self._refuse("")
        else:
            self.finish()

    def key(self, event: QKeyEvent) -> bool:
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self.chosen = frozenset(map(self.trace.corner, range(len(self.trace))))
            self._refuse("")
            return True
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
                self._nudge(*(step * n for n in ARROWS[Qt.Key(event.key())]))
            case _:
                return False
        return True

    def _let_go_or_leave(self) -> None:
        """In the middle of a drag only the drag is taken back; with many corners chosen only the choice."""
        if self._box is not None or len(self.chosen) > 1:
            self._box, self.chosen = None, frozenset()
            self._refuse("")
        elif self._held is None:
            self.canvas.cancel()
            return
        self._held = self.live = None
        self._reshaped()

    def _let_go(self) -> None:
        super()._let_go()
        self.chosen, self._box = frozenset(), None

    # ------------------------------------------------------------------ steps
    def _choose_next(self, step: int) -> None:
        """Choose the next corner along the rings, the first one at first, and bring it into sight."""
        if self._held is not None or not len(self.trace):
            return
        at = self.trace.index(self.one) + step if self.one else 0
        corner = self.trace.corner(at % len(self.trace))
        self.chosen = frozenset({corner})
        view = self.canvas.view
        x, y = view.to_screen(actions.position_of(self.shape, corner))
        if not (0 <= x < view.width and 0 <= y < view.height):
            self.canvas.pan(view.width / 2 - x, view.height / 2 - y)
        self.hand = None
        self._refuse("")

    @property
    def one(self) -> Corner | None:
        """The corner that is chosen, when it is one."""
        return next(iter(self.chosen)) if len(self.chosen) == 1 else None

    def _nudge(self, right: int, down: int) -> None:
        """Move the chosen corners by so many pixels; a stroke is a step."""
        view, places = self.canvas.view, {}
        for corner in self.chosen:
            x, y = view.to_screen(actions.position_of(self.shape, corner))
            places[corner] = view.to_lonlat((x + right, y + down))
        self._place("Nudge corner" if self.one else f"Nudge {len(places)} corners", places)

    def _place(self, step: str, places: Mapping[Corner, Position]) -> None:
        ground = self.history.now
        beside = self._neighbours.sharing(ground, (actions.position_of(ground.shape, corner) for corner in places))
        self._done(step, self._moved(ground, places, beside))

    def _delete(self) -> None:
        """Remove the chosen corners when they are many, else the one under the hand or the chosen one."""
        under = corner_at(self.trace, self.hand.pixel, self.canvas.view) if self.hand else None
        gone: Iterable[Corner] = self.chosen if len(self.chosen) > 1 or under is None else {under}
        if self._held is not None or not gone:
            self._refuse("Point at the corner to remove.")
            return
        ground = self.history.now
        spots = [actions.position_of(ground.shape, corner) for corner in gone]
        try:
            shape = actions.delete_vertices(ground.shape, gone)
        except actions.NotPossibleError as error:
            self._refuse(str(error))
            return
        self.chosen = frozenset()
        beside = shared.deleted(self._neighbours.sharing(ground, spots), spots)
        self._done(
            "Remove corner" if len(spots) == 1 else f"Remove {len(spots)} corners", ground.with_beside(shape, beside)
        )

    def put(self, at: Position) -> None:
        """The chosen corner goes there; when none is, the nearest edge gets one more."""
        self.hand, self._held, self.live = None, None, None
        if self.one is not None:
            self._place("Type corner", {self.one: at})
        else:
            corner = actions.nearest_edge(self.shape, at)
            self._done("Type corner", self._with_corner(corner, at))
            self.chosen = frozenset({corner._replace(at=corner.at + 1)})

    def does(self, action: str) -> bool:
        """Repairing is a step of the drawing; corners moving together or alone is a way of working on it."""
        if action == "together":
            self.canvas.together = not self.canvas.together
            self._refuse("Shared corners move together." if self.canvas.together else "Corners move alone.")
        elif action == "repair":
            self._repair(self.history.now)
        else:
            return False
        return True

    # ------------------------------------------------------------------ how it stands
    def _hint(self) -> str:
        if self._measures[2] and self._held is None:
            return f"{MEND} · {HINT}"
        return MANY if len(self.chosen) > 1 else NUDGE if self.chosen and self._held is None else HINT

    def _side_m(self) -> float | None:
        """The length of the side that arrives at the corner in the hand."""
        sides = self._sides()
        return length_m(*sides[0]) if sides else None

    def _sides(self) -> tuple[tuple[Position, Position], ...]:
        """The two sides that meet at the corner in the hand; none when there are many, or none."""
        corner = self._held if len(self.chosen) < 2 else None
        corner = corner or self.one
        if corner is None:
            return ()
        ring = actions.ring_of(self.shape, corner)
        at = corner.at % (len(ring) - 1)
        return ((ring[at - 1] if at else ring[-2], ring[at]), (ring[at], ring[at + 1]))

    # ------------------------------------------------------------------ painting
    def paint(self, painter: QPainter) -> None:
        view, colours = self.canvas.view, self.canvas.colours
        wrong = self._measures[2]
        if self._held is not None and len(self.trace) > LARGE:
            self._paint_quickly(painter)
        else:
            self._still = None
            self._paint_shapes(painter)
            self.paint_under_handles(painter)
            paint_handles(painter, self.canvas, self.trace, hand=self.hand, held=self._held, chosen=self.chosen)
        for problem in wrong:
            if problem.where:
                paint_problem(painter, view.to_screen(problem.where), colours)
        if self._box is not None:
            paint_box(painter, self.canvas, *self._box)
        lines = self._lines()
        if lines and (self.hand or self.chosen):
            near = self.hand.pixel if self._held and self.hand else self._card_spot()
            room = QRectF(self.canvas.rect()).adjusted(8, 8, -8, -8)
            paint_card(painter, near, lines, room, colours, self.canvas.font())

    def paint_under_handles(self, painter: QPainter) -> None:
        """What else is to be seen beside the boundary in the hand."""

    def _paint_quickly(self, painter: QPainter) -> None:
        """While a corner of many thousand is dragged: shape and handles as they were, and over them what moves."""
        view = self.canvas.view
        if self._still is None or self._still[0] != view:
            picture = QPixmap(self.canvas.size() * self.canvas.devicePixelRatioF())
            picture.setDevicePixelRatio(self.canvas.devicePixelRatioF())
            picture.fill(Qt.GlobalColor.transparent)
            within = QPainter(picture)
            within.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_shapes(within)
            self.paint_under_handles(within)
            paint_handles(within, self.canvas, self.trace, hand=self.hand, without=self._moving.keys())
            within.end()
            self._still = (view, picture)
        painter.drawPixmap(0, 0, self._still[1])
        painter.setPen(QPen(self.canvas.colours.accent, 2.2))
        for corner in self._moving:
            ring = actions.ring_of(self.shape, corner)
            at = corner.at % (len(ring) - 1)
            spots = (ring[at - 1] if at else ring[-2], ring[at], ring[at + 1])
            painter.drawPolyline([QPointF(*view.to_screen(spot)) for spot in spots])
        for corner in self._moving:
            there = view.to_screen(actions.position_of(self.shape, corner))
            paint_corner(painter, there, self.canvas.colours, held=True)

    def _paint_shapes(self, painter: QPainter) -> None:
        """The boundary as it was, the neighbours that change, the boundary as it is."""
        view, colours, wrong = self.canvas.view, self.canvas.colours, self._measures[2]
        paint_former(painter, self._former.path(view), colours)
        for _, shape in self.ground.beside:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colours.accent, 1.6, Qt.PenStyle.DashLine))
            painter.drawPath(Trace(shape).path(view))
        paint_outline(painter, self.trace.path(view), colours, wrong=bool(wrong))

    def _card_spot(self) -> Pixel:
        """Beside the chosen corner, else beside the shape."""
        view = self.canvas.view
        if self.one is not None:
            return view.to_screen(actions.position_of(self.shape, self.one))
        points = self.trace.pixels(view)
        return (float(points[:, 0].max()), float(points[:, 1].mean()))

    def _lines(self) -> list[str]:
        area, around, wrong = self._measures
        before = self._before_ha
        if area is None or before is None:
            return []
        if wrong:
            return [wrong[0].message, hectares(area)]
        more = [f"around {metres(around)}"]
        if len(self.chosen) > 1:
            more.append(f"{len(self.chosen)} corners chosen")
        if self.ground.beside:
            count = len(self.ground.beside)
            more.append(f"{count} {'neighbour changes' if count == 1 else 'neighbours change'}, too")
        moved = [f"moved {self._gone()}"] if self._held is not None and self._moving else []
        below = [*moved, *(side(a, b) for a, b in self._sides())]
        if not self.history.changed and self.live is None:
            return [hectares(area), " · ".join(more), *below]
        return [f"{before:,.2f} → {hectares(area)}", " · ".join([words.signed(area - before), *more]), *below]

    def _gone(self) -> str:
        """How far and in which direction the corner in the hand has gone."""
        assert self._held is not None
        start, now = self._moving[self._held], actions.position_of(self.shape, self._held)
        return course(length_m(start, now), bearing_deg(start, now)) if start != now else metres(0.0)

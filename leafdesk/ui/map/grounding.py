"""What is done to a field's boundary and kept only at the end: its history, its measures, what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from leafdesk.geo.actions import Corner
from leafdesk.geo.check import Problem, problems
from leafdesk.geo.history import History
from leafdesk.geo.measure import area_and_perimeter, area_ha
from leafdesk.geo.repair import repair
from leafdesk.geo.shape import Shape, pack, unpack
from leafdesk.ui.map.ground import Ground, Neighbours
from leafdesk.ui.map.sketch import EditState
from leafdesk.ui.map.tool import Shapes, Tool
from leafdesk.ui.map.trace import Trace

if TYPE_CHECKING:
    from leafdesk.ui.map.canvas import MapCanvas

LARGE = 1500
"""Shapes with more corners are measured and checked when the hand rests, beside the window."""
_REST_MS = 90
Measures = tuple[float | None, float, tuple[Problem, ...]]
"""Hectares (None until they are measured), metres around, what is wrong."""


class GroundTool(Tool):
    """The ground in a history; `live` is what it looks like in the middle of a drag, while `held` is in the hand."""

    def __init__(self, canvas: MapCanvas, field_id: str, shape: Shape, drawn: Shape | None = None) -> None:
        super().__init__(canvas)
        self.field_id = self.hides = field_id
        self.history: History[Ground] = History.of(Ground(shape))
        if drawn is not None:
            self.history = self.history.done("Edit boundary", Ground(drawn))
        self.live: Ground | None = None
        self._held: Corner | None = None
        self._former = Trace(shape)
        self.trace = Trace(self.shape) if drawn is not None else self._former
        self._neighbours = Neighbours(canvas, field_id)
        self._before_ha: float | None = None
        self._refusal = ""
        self._measures: Measures = (None, 0.0, ())
        self._resting = QTimer(canvas, singleShot=True, interval=_REST_MS)
        self._resting.timeout.connect(self._measure)
        if len(self.trace) <= LARGE:
            self._measured(shape, measured(shape))
            self._measure()

    @property
    def ground(self) -> Ground:
        """The ground as it is shown."""
        return self.history.now if self.live is None else self.live

    @property
    def shape(self) -> Shape:
        """The shape as it is shown."""
        return self.ground.shape

    def begin(self) -> None:
        self._neighbours.fetch(self.shape)
        if self._before_ha is None:
            first = self.history.first.shape
            self.elsewhere(lambda: measured(first), lambda found: self._measured(first, found), self._refuse)
            if self.shape is not first:
                self._measure()

    # ------------------------------------------------------------------ steps
    def _done(self, step: str, ground: Ground) -> None:
        self.history = self.history.done(step, ground)
        self._reshaped()
        self._tell_fixed()

    def _tell_fixed(self) -> None:
        """Say of a neighbour that could not follow why it stays."""
        if self._neighbours.fixed:
            name, why = next(iter(self._neighbours.fixed.items()))
            self._refuse(f"{name} stays as it is. {why}")

    def _let_go(self) -> None:
        """Hold nothing, choose nothing."""
        self.live = self._held = None

    def undo(self) -> bool:
        return self._go(self.history.undone())

    def redo(self) -> bool:
        return self._go(self.history.redone())

    def _go(self, history: History[Ground]) -> bool:
        moved = history is not self.history
        self.history = history
        self._let_go()
        self._reshaped()
        return moved

    def _repair(self, before: Ground) -> None:
        def done(mended: Shape) -> None:
            if self.history.now is before:
                self._go(self.history.done("Repair", Ground(mended, before.beside)))
                areas = f"{area_ha(before.shape):,.2f} → {area_ha(mended):,.2f} ha"
                self._refuse("Nothing is wrong with it." if mended is before.shape else f"Repaired: {areas}.")

        self.elsewhere(lambda: self.reckon(repair, before.shape, risky=True), done, self._refuse)

    def finish(self) -> None:
        """Keep the new shape; an invalid one is not taken, and the hint says why."""
        if not self.history.changed:
            self.canvas.leave_tool()
            return
        ground = self.history.now
        if len(self.trace) <= LARGE:
            self._kept(ground, _first_problem(self.field_id, ground))
        else:
            self.elsewhere(
                lambda: _first_problem(self.field_id, ground), lambda wrong: self._kept(ground, wrong), self._refuse
            )

    def _kept(self, ground: Ground, wrong: tuple[str, Problem] | None) -> None:
        if ground is not self.history.now:
            return
        if wrong is not None:
            id_, problem = wrong
            self._measure()
            name = "" if id_ == self.field_id else f"{self.canvas.picture.outlines.rows[id_].name}: "
            self._refuse(f"{name}{problem.message}")
            return
        self.canvas.leave_tool()
        self.hand_over(ground)

    def hand_over(self, ground: Ground) -> None:
        """What was made of the boundary is kept: tell the window."""
        if ground.beside:
            self.canvas.edited_together.emit({self.field_id: ground.shape, **dict(ground.beside)})
        else:
            self.canvas.edited.emit(self.field_id, ground.shape)

    # ------------------------------------------------------------------ kept safe
    @property
    def kept_history(self) -> History[Ground]:
        return self.history

    def as_shapes(self, value: Ground) -> Shapes:
        return (("", pack(value.shape)), *((id_, pack(shape)) for id_, shape in value.beside))

    def from_shapes(self, shapes: Shapes) -> Ground:
        (_, own), *beside = shapes
        return Ground(unpack(own), tuple((id_, unpack(packed)) for id_, packed in beside))

    def resume(self, history: History[Ground]) -> None:
        self._go(history)

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
        """What the next click and keys do."""
        raise NotImplementedError

    def _side_m(self) -> float | None:
        """The length of the side in the hand."""
        return None

    def _refuse(self, reason: str) -> None:
        self._refusal = reason
        self.canvas.edit_changed.emit(self.state)
        self.canvas.update()

    def _reshaped(self) -> None:
        self.trace, self._refusal = Trace(self.shape), ""
        self._resize()

    def _resize(self) -> None:
        """Measure now, or when the hand rests."""
        if len(self.trace) > LARGE and self._held is not None:
            self._resting.start()
        else:
            self._measure()
        self.canvas.update()

    def _measure(self) -> None:
        """Measure and check the shape as it is; one of many corners beside the window."""
        self._resting.stop()
        shape = self.shape
        if len(self.trace) <= LARGE:
            self._measured(shape, measured(shape))
        else:
            self.elsewhere(lambda: measured(shape), lambda found: self._measured(shape, found), self._refuse)

    def _measured(self, shape: Shape, found: Measures) -> None:
        """The measures of a shape are there, unless it has changed meanwhile."""
        if shape is self.history.first.shape:
            self._before_ha = found[0]
        if shape is self.shape:
            self._measures = found
            self.canvas.edit_changed.emit(self.state)
            self.canvas.update()


def measured(shape: Shape) -> Measures:
    """Hectares, metres around, and what is wrong."""
    hectares, around = area_and_perimeter(shape)
    return hectares, around, tuple(problems(shape))


def _first_problem(field_id: str, ground: Ground) -> tuple[str, Problem] | None:
    """What is wrong with the boundary or with a neighbour's that changes with it, and with whose."""
    for id_, shape in ((field_id, ground.shape), *ground.beside):
        if wrong := problems(shape):
            return id_, wrong[0]
    return None

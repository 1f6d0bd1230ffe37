"""What tools have in common that ask for a few numbers, show what would come out, and keep it with Enter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QPainter

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.check import Problem, problems
from leafdesk.geo.measure import area_ha, perimeter_m
from leafdesk.geo.parts import spot_inside
from leafdesk.geo.shape import Position, Shape
from leafdesk.geo.view import Pixel
from leafdesk.ui import words
from leafdesk.ui.map.sketch import EditState, hectares, paint_card, paint_former, paint_outline, paint_problem
from leafdesk.ui.map.tool import Tool, keep_by_keys
from leafdesk.ui.map.trace import Trace
from leafdesk.ui.map.wording import paint_text

if TYPE_CHECKING:
    from leafdesk.ui.map.canvas import MapCanvas

PUSH = "dragging moves the map, a click changes nothing"
TYPED = f"Backspace takes back what was typed · {PUSH}"
"""What the hand and Backspace do where only numbers are asked for."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the field would become, what would become fields of their own, and words about it for the card."""

    stays: Shape
    goes: tuple[Shape, ...] = ()
    says: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A proposal with its measures and pictures; `areas` of what stays and of all that goes, `spots` inside of them."""

    proposal: Proposal
    areas: tuple[float, ...]
    perimeter_m: float
    traces: tuple[Trace, ...]
    spots: tuple[Position, ...]


class ProposingTool(Tool):
    """`make` works a proposal out of the answers, beside the window; only the last answers count."""

    hint = f"Enter keeps it · {PUSH} · Esc leaves the field as it was"

    def __init__(self, canvas: MapCanvas, field_id: str, shape: Shape) -> None:
        super().__init__(canvas)
        self.field_id = self.hides = field_id
        self.shape = shape
        self.answers = {ask.key: ask.start for ask in self.asks}
        self.shown: Shown | None = None
        self._former = Trace(shape)
        self._before_ha = area_ha(shape)
        self._working = self._outdated = self._keeping = self._begun = False
        self._state = EditState(before_ha=self._before_ha, hint=self.hint)

    def make(self, answers: Mapping[str, str]) -> Proposal:
        """The proposal for these answers, made on another thread. Raises NotPossibleError with the reason for none."""
        raise NotImplementedError

    # ------------------------------------------------------------------ asking
    def begin(self) -> None:
        """Make the first proposal: the tool is in the hand now."""
        if not self._begun:
            self._begun = True
            self.propose()

    def answer(self, key: str, text: str) -> None:
        self.answers[key] = text
        self.propose()

    def propose(self) -> None:
        """Make a proposal for the answers as they are; while one is being made, another follows it."""
        if self._working:
            self._outdated = True
            return
        self._working, self._outdated = True, False
        answers = dict(self.answers)
        self.elsewhere(lambda: self._made(answers), self._show, self._say_no)

    def _made(self, answers: Mapping[str, str]) -> Shown:
        proposal = self.make(answers)
        shapes = (proposal.stays, *proposal.goes)
        for shape in shapes:
            if wrong := self.reckon(problems, shape):
                raise NotPossibleError(f"This would leave an invalid boundary. {wrong[0].message}")
        around = perimeter_m(proposal.stays)
        areas, traces = tuple(map(area_ha, shapes)), tuple(map(Trace, shapes))
        return Shown(proposal, areas, around, traces, tuple(map(spot_inside, shapes)))

    def _show(self, shown: Shown) -> None:
        self._working = False
        if self._outdated:
            self.propose()
            return
        self.shown = shown
        state = EditState(area_ha=shown.areas[0], before_ha=self._before_ha, perimeter_m=shown.perimeter_m)
        self._tell(replace(state, can_undo=self.touched, undo_name="Answer" if self.touched else None))
        if self._keeping:
            self.finish()

    def _say_no(self, reason: str) -> None:
        self._working = self._keeping = False
        if self._outdated:
            self.propose()
            return
        self.shown = None
        self._tell(EditState(before_ha=self._before_ha, can_undo=self.touched), reason)

    def _tell(self, state: EditState, reason: str = "") -> None:
        self._state = replace(state, hint=f"{reason} {self.hint}" if reason else self.hint)
        self.canvas.edit_changed.emit(self._state)
        self.canvas.update()

    @property
    def touched(self) -> bool:
        """Whether the hand has given anything that would be lost; numbers alone are soon typed again."""
        return False

    # ------------------------------------------------------------------ the hand
    def key(self, event: QKeyEvent) -> bool:
        return keep_by_keys(self, event)

    def finish(self) -> None:
        """Keep what is shown; what is still being worked out is kept as soon as it is there."""
        self._keeping = self._working
        if self._working or self.shown is None:
            return
        proposal = self.shown.proposal
        self.canvas.leave_tool()
        if proposal.goes:
            self.canvas.split.emit(self.field_id, proposal.stays, list(proposal.goes))
        elif proposal.stays != self.shape:
            self.canvas.edited.emit(self.field_id, proposal.stays)

    # ------------------------------------------------------------------ how it stands
    @property
    def state(self) -> EditState:
        return self._state

    @property
    def wrong(self) -> tuple[Problem, ...]:
        """What is wrong with the boundary as it was, to be marked."""
        return ()

    def lines(self) -> list[str]:
        """What the card says."""
        if self.shown is None:
            return []
        if self.shown.proposal.goes:
            return list(self.shown.proposal.says)
        after = self.shown.areas[0]
        change = f"{self._before_ha:,.2f} → {hectares(after)}"
        return [change, words.signed(after - self._before_ha), *self.shown.proposal.says]

    # ------------------------------------------------------------------ painting
    def paint(self, painter: QPainter) -> None:
        self._paint_shapes(painter)
        self._paint_card(painter)

    def _paint_shapes(self, painter: QPainter) -> None:
        view, colours = self.canvas.view, self.canvas.colours
        paint_former(painter, self._former.path(view), colours)
        if self.shown is None:
            paint_outline(painter, self._former.path(view), colours, wrong=bool(self.wrong))
        else:
            for trace in self.shown.traces:
                paint_outline(painter, trace.path(view), colours)
            if self.shown.proposal.goes:
                self._paint_hectares(painter, self.shown)
        for problem in self.wrong:
            if problem.where:
                paint_problem(painter, view.to_screen(problem.where), colours)

    def _paint_card(self, painter: QPainter) -> None:
        if lines := self.lines():
            room = QRectF(self.canvas.rect()).adjusted(8, 8, -8, -8)
            paint_card(painter, self._card_spot(), lines, room, self.canvas.colours, self.canvas.font())

    def _card_spot(self) -> Pixel:
        """Beside the field as it was."""
        points = self._former.pixels(self.canvas.view)
        return (float(points[:, 0].max()), float(points[:, 1].mean()))

    def _paint_hectares(self, painter: QPainter, shown: Shown) -> None:
        """The hectares of each piece, on it."""
        face = QFont(self.canvas.font())
        face.setPixelSize(13)
        face.setWeight(QFont.Weight.DemiBold)
        painter.setFont(face)
        colours = self.canvas.colours
        for spot, area in zip(shown.spots, shown.areas, strict=True):
            text, (x, y) = f"{area:,.2f} ha", self.canvas.view.to_screen(spot)
            start = QPointF(x - QFontMetricsF(face).horizontalAdvance(text) / 2, y + 5)
            paint_text(painter, start, text, colours.label, colours.halo)

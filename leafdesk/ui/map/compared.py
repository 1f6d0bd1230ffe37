"""Boundaries of one field laid over each other: before, mine and Leaf's, each with its own line, pattern and word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QKeyEvent, QPainter, QPen

from leafdesk.geo.shape import Shape, pack
from leafdesk.geo.snap import Rails
from leafdesk.ui.map.browse import BrowseTool
from leafdesk.ui.map.colours import MapColours
from leafdesk.ui.map.edit import EditTool
from leafdesk.ui.map.ground import Ground
from leafdesk.ui.map.sketch import paint_panel
from leafdesk.ui.map.trace import Trace

if TYPE_CHECKING:
    from leafdesk.ui.map.canvas import MapCanvas

Whose = Literal["before", "mine", "theirs"]
Hatch = Literal["mine", "theirs", "mine lost", "theirs lost"]
WORDS: dict[Whose, str] = {"before": "Before", "mine": "Mine", "theirs": "Leaf's"}
_DASHES: dict[Whose, list[float]] = {"before": [2.0, 2.0], "theirs": [7.0, 2.0, 1.5, 2.0]}
_PATTERNS: dict[Hatch, Qt.BrushStyle] = {
    "mine": Qt.BrushStyle.BDiagPattern,
    "theirs": Qt.BrushStyle.FDiagPattern,
    "mine lost": Qt.BrushStyle.HorPattern,
    "theirs lost": Qt.BrushStyle.VerPattern,
}
_EDGES: dict[Whose, tuple[float, float]] = {"mine": (0.7, 0.7), "theirs": (-0.7, -0.7), "before": (-0.7, 0.7)}
"""In which direction the corner lies that carries the word, so that three words rarely meet."""


def colour_of(whose: str, colours: MapColours) -> QColor:
    """Grey, blue or orange; the line and the pattern say the same without colour."""
    word = whose.partition(" ")[0]
    return {"mine": colours.accent, "theirs": colours.theirs}.get(word, colours.label_quiet)


def line_of(whose: Whose, colours: MapColours) -> QPen:
    """The line of an outline: dotted, whole, or dash and dot."""
    pen = QPen(colour_of(whose, colours), 1.8 if whose == "before" else 2.6)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if whose in _DASHES:
        pen.setDashPattern(_DASHES[whose])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def hatch_of(hatch: Hatch, colours: MapColours) -> QBrush:
    """The pattern of ground that one has and the other has not."""
    return QBrush(colour_of(hatch, colours), _PATTERNS[hatch])


class Outlined:
    """Outlines with their words, to be painted over any map."""

    def __init__(self, shapes: Iterable[tuple[Whose, Shape]], called: Mapping[Whose, str] = WORDS) -> None:
        self.called = called
        self.traces = [(whose, Trace(shape)) for whose, shape in shapes if shape]

    def paint(self, painter: QPainter, canvas: MapCanvas) -> None:
        """Paint the lines, each over a light edge, and then the words."""
        colours, taken = canvas.colours, list[QRectF]()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for whose, trace in self.traces:
            path, pen = trace.path(canvas.view), line_of(whose, colours)
            painter.setPen(QPen(colours.halo, pen.widthF() + 3))
            painter.drawPath(path)
            painter.setPen(pen)
            painter.drawPath(path)
        for whose, trace in self.traces:
            taken.append(_paint_word(painter, canvas, whose, trace, taken, self.called[whose]))


class ComparedTool(BrowseTool):
    """Browsing with outlines over the map and a hatch where two of them differ."""

    can_leave = False

    def __init__(
        self, canvas: MapCanvas, outlines: Iterable[tuple[Whose, Shape]], called: Mapping[Whose, str] = WORDS
    ) -> None:
        super().__init__(canvas)
        self.outlined = Outlined(outlines, called)
        self.hatched: list[tuple[Hatch, Trace]] = []

    def hatch(self, shapes: Sequence[tuple[Hatch, Shape]]) -> None:
        """Hatch this ground instead of what was hatched."""
        self.hatched = [(hatch, Trace(shape)) for hatch, shape in shapes if shape]
        self.canvas.update()

    def key(self, event: QKeyEvent) -> bool:
        """Esc takes it off a map that has other things to show."""
        if event.key() == Qt.Key.Key_Escape and self.can_leave:
            self.canvas.take(BrowseTool(self.canvas))
            return True
        return super().key(event)

    def paint(self, painter: QPainter) -> None:
        view, colours = self.canvas.view, self.canvas.colours
        for hatch, trace in self.hatched:
            path = trace.path(view)
            tint = QColor(colour_of(hatch, colours))
            tint.setAlpha(40)
            painter.setPen(Qt.PenStyle.NoPen)
            for brush in (QBrush(tint), hatch_of(hatch, colours)):
                painter.setBrush(brush)
                painter.drawPath(path)
        self.outlined.paint(painter, self.canvas)


class ThirdTool(EditTool):
    """Edits a boundary with other outlines in sight that draw the hand; what comes of it goes to `keep`."""

    def __init__(
        self,
        canvas: MapCanvas,
        field_id: str,
        shape: Shape,
        others: Sequence[tuple[Whose, Shape]],
        keep: Callable[[dict[str, Shape]], None],
        drawn: Shape | None = None,
    ) -> None:
        self.outlined = Outlined(others)
        super().__init__(canvas, field_id, shape, drawn)
        self.rails = [Rails.of(pack(other)) for _, other in others if other]
        self._keep = keep

    def _hint(self) -> str:
        return f"What you keep answers the conflict · {super()._hint()}"

    def hand_over(self, ground: Ground) -> None:
        self._keep({self.field_id: ground.shape, **dict(ground.beside)})

    def paint_under_handles(self, painter: QPainter) -> None:
        self.outlined.paint(painter, self.canvas)


def _paint_word(
    painter: QPainter, canvas: MapCanvas, whose: Whose, trace: Trace, taken: list[QRectF], text: str
) -> QRectF:
    """The word beside a corner that is in sight, clear of the words painted before; answers where it lies."""
    face = QFont(canvas.font())
    face.setPixelSize(12)
    face.setWeight(QFont.Weight.Bold)
    metrics = QFontMetricsF(face)
    size = QRectF(0, 0, round(metrics.horizontalAdvance(text)) + 12, round(metrics.height()) + 4)
    points, room, (dx, dy) = trace.pixels(canvas.view), QRectF(canvas.rect()).adjusted(6, 6, -6, -6), _EDGES[whose]
    order = (points @ (dx, dy)).argsort()[::-1]
    place = QRectF(size)
    for n in order[:40].tolist():
        x, y = points[n].tolist()
        place = size.translated(round(x - size.width() / 2 + dx * size.width()), round(y + (dy - 0.5) * size.height()))
        if room.contains(place) and not any(place.intersects(other) for other in taken):
            paint_panel(painter, place, canvas.colours)
            painter.setFont(face)
            painter.setPen(colour_of(whose, canvas.colours))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
            return place
    return QRectF()


def paint_sample(painter: QPainter, place: QRectF, what: Whose | Hatch, colours: MapColours, *, hatched: bool) -> None:
    """A sample of a line or a hatch, for the words that explain it."""
    if hatched:
        painter.setPen(QPen(colour_of(what, colours), 1))
        painter.setBrush(hatch_of(what, colours))  # type: ignore[arg-type]
        painter.drawRect(place.adjusted(1, 1, -1, -1))
    else:
        painter.setPen(line_of(what, colours))  # type: ignore[arg-type]
        middle = place.center().y()
        painter.drawLine(QPointF(place.left(), middle), QPointF(place.right(), middle))

"""What a drawing shows while it is made: corners, midpoints, marks where it is wrong, the card with its size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap, QPixmapCache

from leafdesk.geo.check import Problem
from leafdesk.geo.measure import bearing_deg, length_m
from leafdesk.geo.shape import Position
from leafdesk.geo.view import Pixel
from leafdesk.ui.map.colours import MapColours

CORNER_PX, MIDDLE_PX = 5.5, 3.5
"""Half the side of a corner's square; the radius of a midpoint's dot. Logical pixels."""


ACRES = 2.4710538146716534
"""International acres in a hectare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditState:
    """A drawing as it stands: its measures, what is wrong with it, and what the next click or key does."""

    area_ha: float | None = None
    """None until there are three corners."""
    before_ha: float | None = None
    """The area before this edit; None while drawing a new field."""
    perimeter_m: float = 0.0
    side_m: float | None = None
    """Length of the side under the hand."""
    problems: tuple[Problem, ...] = ()
    can_undo: bool = False
    can_redo: bool = False
    undo_name: str | None = None
    redo_name: str | None = None
    hint: str = ""


def paint_corner(painter: QPainter, at: Pixel, colours: MapColours, *, held: bool = False, first: bool = False) -> None:
    """A square: a corner that can be dragged; filled when it is held, a little larger when a click on it closes."""
    half = CORNER_PX + (1.5 if first else 0.0)
    painter.setPen(QPen(colours.accent, 2))
    painter.setBrush(colours.accent if held else colours.handle)
    painter.drawRoundedRect(QRectF(at[0] - half, at[1] - half, 2 * half, 2 * half), 1.5, 1.5)


def paint_middle(painter: QPainter, at: Pixel, colours: MapColours, *, held: bool = False) -> None:
    """A round dot half way along an edge: a click makes it a corner."""
    radius = MIDDLE_PX + (1.5 if held else 0.0)
    painter.setPen(QPen(colours.accent, 1.5 if held else 1.0))
    painter.setBrush(colours.accent if held else colours.handle)
    painter.drawEllipse(QPointF(*at), radius, radius)


def paint_problem(painter: QPainter, at: Pixel, colours: MapColours) -> None:
    """A ringed exclamation mark on the spot that is wrong."""
    painter.setPen(QPen(colours.warning, 2))
    painter.setBrush(colours.card)
    painter.drawEllipse(QPointF(*at), 9, 9)
    painter.setPen(QPen(colours.warning, 2.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(QPointF(at[0], at[1] - 4.5), QPointF(at[0], at[1] + 0.8))
    painter.drawPoint(QPointF(at[0], at[1] + 4.4))


def paint_cross(painter: QPainter, at: Pixel, colours: MapColours) -> None:
    """The cross-hair that the arrow keys move."""
    for pen in (QPen(colours.handle, 4), QPen(colours.accent, 1.6)):
        painter.setPen(pen)
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            painter.drawLine(QPointF(at[0] + 5 * dx, at[1] + 5 * dy), QPointF(at[0] + 16 * dx, at[1] + 16 * dy))


def paint_outline(painter: QPainter, path: QPainterPath, colours: MapColours, *, wrong: bool = False) -> None:
    """The shape being drawn: a clear blue (red when wrong) outline around a tint."""
    painter.setBrush(QBrush(colours.accent_fill))
    painter.setPen(_pen(colours.warning if wrong else colours.accent, 2.2))
    painter.drawPath(path)


def paint_former(painter: QPainter, path: QPainterPath, colours: MapColours) -> None:
    """Where the field was before: bare ground with a dashed edge."""
    painter.setBrush(colours.ground)
    pen = _pen(colours.preview_edge, 1.3)
    pen.setDashPattern([2.5, 2.5])
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.drawPath(path)


def paint_card(
    painter: QPainter, near: Pixel, lines: Sequence[str], room: QRectF, colours: MapColours, font: QFont
) -> QRectF:
    """A card beside a spot, kept inside `room`: the first line strong, the rest quiet. Answers where it lies."""
    fitted = _fitting(lines, font, room.width() - 24)
    metrics = [QFontMetricsF(face) for _, face in fitted]
    width = max(m.horizontalAdvance(line) for m, (line, _) in zip(metrics, fitted, strict=True)) + 24
    height = sum(m.height() for m in metrics) + 14
    left, top = near[0] + 18, near[1] - height - 8
    if left + width > room.right():
        left = near[0] - 18 - width
    if top < room.top():
        top = near[1] + 18
    left = min(max(left, room.left()), max(room.left(), room.right() - width))
    top = min(max(top, room.top()), max(room.top(), room.bottom() - height))
    place = QRectF(round(left), round(top), round(width), round(height))
    paint_panel(painter, place, colours)
    y = place.top() + 7
    for (line, face), m in zip(fitted, metrics, strict=True):
        painter.setFont(face)
        painter.setPen(colours.label if face.bold() else colours.label_quiet)
        painter.drawText(QPointF(place.left() + 12, y + m.ascent()), line)
        y += m.height()
    return place


def _fitting(lines: Sequence[str], font: QFont, room: float) -> list[tuple[str, QFont]]:
    """The lines, broken between words where one is wider than the room, each with its font: the first one's is bold."""
    fitted: list[tuple[str, QFont]] = []
    for n, line in enumerate(lines):
        face = QFont(font)
        face.setPixelSize(13 if n else 14)
        face.setWeight(QFont.Weight.Normal if n else QFont.Weight.Bold)
        metrics, words = QFontMetricsF(face), line.split(" ")
        while words:
            many = len(words)
            while many > 1 and metrics.horizontalAdvance(" ".join(words[:many])) > room:
                many -= 1
            fitted.append((" ".join(words[:many]), face))
            words = words[many:]
    return fitted


def paint_panel(painter: QPainter, place: QRectF, colours: MapColours) -> None:
    """A rounded card with a soft shadow, kept as a picture: round corners take longer than all else on a card."""
    ratio = painter.device().devicePixelRatio()
    tones = [colour.rgba() for colour in (colours.shadow, colours.card_edge, colours.card)]
    key = f"panel {place.width()} {place.height()} {ratio} {tones}"
    picture = QPixmap()
    if not QPixmapCache.find(key, picture):
        picture = _panel(place.width(), place.height(), ratio, colours)
        QPixmapCache.insert(key, picture)
    painter.drawPixmap(place.topLeft() - QPointF(_SHADOW, _SHADOW), picture)


_SHADOW = 4.0
"""Pixels beyond a card that its shadow takes."""


def _panel(width: float, height: float, ratio: float, colours: MapColours) -> QPixmap:
    picture = QPixmap(QSizeF((width + 2 * _SHADOW) * ratio, (height + 2 * _SHADOW) * ratio).toSize())
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    place, shadow = QRectF(_SHADOW, _SHADOW, width, height), QColor(colours.shadow)
    shadow.setAlpha(shadow.alpha() // 3)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(shadow)
    for grow in (3.0, 2.0, 1.0):
        painter.drawRoundedRect(place.adjusted(-grow, 1 - grow, grow, 1 + grow), 6 + grow, 6 + grow)
    painter.setPen(QPen(colours.card_edge, 1))
    painter.setBrush(colours.card)
    painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
    painter.end()
    return picture


def metres(length: float) -> str:
    """A length for people: "212.4 m", "1.98 km"."""
    return f"{length / 1000:,.2f} km" if length >= 1000 else f"{length:.1f} m"


def side(a: Position, b: Position) -> str:
    """A side for people: "side 212.4 m, 87°"."""
    return f"side {course(length_m(a, b), bearing_deg(a, b))}"


def course(length: float, bearing: float) -> str:
    """How far and in which direction: "212.4 m, 87°"."""
    return f"{metres(length)}, {bearing % 360:.0f}°"


def hectares(area: float) -> str:
    """An area for people, in both units: "13.49 ha (33.33 ac)"."""
    return f"{area:,.2f} ha ({area * ACRES:,.2f} ac)"


def _pen(colour: QColor, width: float) -> QPen:
    pen = QPen(colour, width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCosmetic(True)
    return pen

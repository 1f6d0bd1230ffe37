"""What a field's label says in the room it has, and its picture."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPixmap

from leafdesk.ui.map.colours import MapColours

_NAME_PX, _AREA_PX = 13, 12
_SHORTEST = 9
"""Letters that must be left of a name that is cut; "Gre…" tells nobody anything."""
_HALO = [(1.5 * math.cos(turn * math.pi / 4), 1.5 * math.sin(turn * math.pi / 4)) for turn in range(8)]
"""Where the text is painted in the halo's colour: all around, a pixel and a half away."""
MARGIN = 3
"""Pixels around the text that the halo needs."""
_KEPT = 1500


@dataclass(frozen=True, slots=True)
class Words:
    """A label's lines: the name on one or two, the area ("" when there is no room); width and height in pixels."""

    name: tuple[str, ...]
    area: str
    width: float
    height: float


class Wording:
    """Words and pictures for one font, one set of colours and one screen."""

    def __init__(self, colours: MapColours, ratio: float, font: QFont) -> None:
        self.colours, self.ratio = colours, ratio
        self._name_font, self._area_font = QFont(font), QFont(font)
        self._name_font.setPixelSize(_NAME_PX)
        self._name_font.setWeight(QFont.Weight.DemiBold)
        self._area_font.setPixelSize(_AREA_PX)
        self._name, self._area = QFontMetricsF(self._name_font), QFontMetricsF(self._area_font)
        self._pictures: OrderedDict[tuple[tuple[str, ...], str], QPixmap] = OrderedDict()

    def fit(self, name: str, area_ha: float | None, room_x: float, room_y: float) -> Words | None:
        """As much as fits: name and area, the name on two lines, the name alone, the name cut; else None."""
        area = hectares(area_ha)
        whole = [(name,), *([broken] if (broken := in_two(name)) else [])]
        cut = self._name.elidedText(name, Qt.TextElideMode.ElideRight, max(room_x, 0.0))
        short = [(cut,)] if len(cut) >= _SHORTEST else []
        for lines, size in [
            *((n, area) for n in whole),
            *((n, "") for n in whole),
            *((n, a) for n in short for a in (area, "")),
        ]:
            width = max(*(self._name.horizontalAdvance(line) for line in lines), self._area.horizontalAdvance(size))
            height = len(lines) * self._name.height() + (self._area.height() if size else 0.0)
            if name and width <= room_x and height <= room_y:
                return Words(lines, size, width, height)
        return None

    def picture(self, words: Words) -> QPixmap:
        """The label, painted once and kept."""
        key = (words.name, words.area)
        if key not in self._pictures:
            self._pictures[key] = self._draw(words)
        self._pictures.move_to_end(key)
        while len(self._pictures) > _KEPT:
            self._pictures.popitem(last=False)
        return self._pictures[key]

    def _lines(self, words: Words) -> Iterator[tuple[str, QFont, QFontMetricsF, QColor]]:
        for line in words.name:
            yield line, self._name_font, self._name, self.colours.label
        if words.area:
            yield words.area, self._area_font, self._area, self.colours.label_quiet

    def _draw(self, words: Words) -> QPixmap:
        width, height = words.width + 2 * MARGIN, words.height + 2 * MARGIN
        picture = QPixmap(math.ceil(width * self.ratio), math.ceil(height * self.ratio))
        picture.setDevicePixelRatio(self.ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        y = float(MARGIN)
        for text, font, metrics, colour in self._lines(words):
            start = QPointF((width - metrics.horizontalAdvance(text)) / 2, y + metrics.ascent())
            painter.setFont(font)
            paint_text(painter, start, text, colour, self.colours.halo)
            y += metrics.height()
        painter.end()
        return picture


def paint_text(painter: QPainter, start: QPointF, text: str, colour: QColor, halo: QColor) -> None:
    """Text that can be read on any ground; a stroked path as halo would take five times as long."""
    painter.setPen(halo)
    for dx, dy in _HALO:
        painter.drawText(start + QPointF(dx, dy), text)
    painter.setPen(colour)
    painter.drawText(start, text)


def in_two(name: str) -> tuple[str, str] | None:
    """The name broken at the space nearest its middle; None for one word."""
    spaces = [n for n, letter in enumerate(name) if letter == " " and 0 < n < len(name) - 1]
    if not spaces:
        return None
    at = min(spaces, key=lambda n: abs(n - len(name) / 2))
    return name[:at], name[at + 1 :]


def hectares(area: float | None) -> str:
    """An area for a label: "21.2 ha", small ones with two digits, "" when unknown."""
    if area is None:
        return ""
    return f"{area:,.0f} ha" if area >= 1000 else f"{area:.1f} ha" if area >= 1 else f"{area:.2f} ha"

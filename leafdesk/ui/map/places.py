"""Names of the world's larger towns on the bare ground, so that a map without a basemap says where one is.

They come from the table of time zones in the package tzdata: 430 places with longitude and latitude, public domain.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from leafdesk.geo.view import world
from leafdesk.ui.map.colours import MapColours
from leafdesk.ui.map.fieldwork import Frame

FARTHEST, NEAREST = 2, 11
"""Zooms at which names are shown; nearer than that a single one would only be in the way."""
_ROOM = (120.0, 36.0)
"""Pixels that a name keeps free across and down."""
_LINE = re.compile(r"^\w\w\t([+-]\d{4,7})([+-]\d{5,7})\t[\w/+-]*?([\w+-]+)(?:\t|$)")


@dataclass(frozen=True, slots=True)
class Place:
    """A town; `x` and `y` in world units, `zoom` the farthest at which there is room for its name."""

    name: str
    x: float
    y: float
    zoom: int


@cache
def places() -> tuple[Place, ...]:
    """Every place of the table; none where the package is not installed whole."""
    found = find_spec("tzdata")
    folder = next(iter(found.submodule_search_locations or ()), "") if found else ""
    try:
        lines = (Path(folder) / "zoneinfo" / "zone.tab").read_text("utf-8").splitlines()
    except OSError:
        return ()
    known = [line for line in map(_LINE.match, lines) if line]
    known.sort(key=lambda line: line[0].count("/"))  # a zone of a part of a region is named after a small place
    read = [(line[3].replace("_", " "), *world((_degrees(line[2]), _degrees(line[1])))) for line in known]
    return tuple(Place(name, x, y, zoom) for (name, x, y), zoom in zip(read, _zooms(read), strict=True))


def _degrees(text: str) -> float:
    """Degrees out of ±DDMM, ±DDMMSS, ±DDDMM, ±DDDMMSS."""
    sign, digits = (-1 if text[0] == "-" else 1), text[1:]
    whole = 2 if len(digits) in (4, 6) else 3
    minutes, seconds = digits[whole : whole + 2], digits[whole + 2 :] or "0"
    return sign * (int(digits[:whole]) + int(minutes) / 60 + int(seconds) / 3600)


def _zooms(read: list[tuple[str, float, float]]) -> list[int]:
    """The farthest zoom at which each has room beside those before it."""
    zooms = [NEAREST] * len(read)
    for zoom in range(NEAREST - 1, FARTHEST - 1, -1):
        scale, taken = 256.0 * 2**zoom, dict[tuple[int, int], list[tuple[float, float]]]()
        for n, (_, x, y) in enumerate(read):
            across, down = x * scale / _ROOM[0], y * scale / _ROOM[1]
            cell = (int(across), int(down))
            near = [spot for i in (-1, 0, 1) for j in (-1, 0, 1) for spot in taken.get((cell[0] + i, cell[1] + j), ())]
            if zooms[n] == zoom + 1 and all(abs(across - i) >= 1 or abs(down - j) >= 1 for i, j in near):
                zooms[n] = zoom
                taken.setdefault(cell, []).append((across, down))
    return zooms


def paint_places(painter: QPainter, colours: MapColours, frame: Frame, ratio: float) -> None:
    """Names and dots in a frame of device pixels; one on its edge is painted in each of the frames that it touches."""
    if not FARTHEST <= frame.zoom < NEAREST + 1:
        return
    face = QFont(painter.font())
    face.setPixelSize(round(11 * ratio))
    ink = QColor(colours.label_quiet)
    ink.setAlpha(190)
    painter.setFont(face)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    reach = _ROOM[0] * ratio * 2
    for place in places():
        x, y = place.x * frame.world_px - frame.left, place.y * frame.world_px - frame.top
        if place.zoom > frame.zoom or not (-reach < x < frame.wide + reach and -reach < y < frame.high + reach):
            continue
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(QPointF(x, y), 1.8 * ratio, 1.8 * ratio)
        painter.setPen(QPen(ink))
        painter.drawText(QPointF(x + 5 * ratio, y + 4 * ratio), place.name)
    painter.setBrush(Qt.BrushStyle.NoBrush)

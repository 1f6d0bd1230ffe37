"""The land with its marks and names in one picture, so that a frame of a map that is pushed is one copy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage, QPainter

from leafdesk.geo.view import View
from leafdesk.ui.map.marks import paint_marked
from leafdesk.ui.map.sketch import paint_outline

if TYPE_CHECKING:
    from leafdesk.ui.map.canvas import MapCanvas

MARGIN = 128
"""Logical pixels painted around what is seen: so far a hand pushes before there is anything new to paint."""


class Carried:
    """Painted when the land looks as it did a frame ago, pushed or not; of no use once anything looks different."""

    def __init__(self) -> None:
        self._image: QImage | None = None
        self._corner = (0, 0)
        self._looks: object = None
        self._before: object = None

    def paint(self, painter: QPainter, canvas: MapCanvas) -> None:
        """Paint the land under a canvas's tool."""
        looks, view, ratio = _looks(canvas), canvas.view, canvas.picture.tiles.ratio
        if not self._fits(looks, view, ratio):
            again, self._before = looks == self._before, looks
            wider = replace(view, width=view.width + 2 * MARGIN, height=view.height + 2 * MARGIN)
            if not again or not canvas.picture.tiles.complete(wider):
                paint_land(painter, canvas, view)
                return
            self._take_up(canvas, wider, looks)
        left, top = view.corner(ratio)
        seen = QRect(
            left - self._corner[0], top - self._corner[1], round(view.width * ratio), round(view.height * ratio)
        )
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        assert self._image is not None
        painter.drawImage(QPoint(0, 0), self._image, seen)
        painter.restore()

    def _fits(self, looks: object, view: View, ratio: float) -> bool:
        if self._image is None or looks != self._looks:
            return False
        left, top = view.corner(ratio)
        x, y = left - self._corner[0], top - self._corner[1]
        wide, high = round(view.width * ratio), round(view.height * ratio)
        return 0 <= x <= self._image.width() - wide and 0 <= y <= self._image.height() - high

    def _take_up(self, canvas: MapCanvas, wider: View, looks: object) -> None:
        ratio = canvas.picture.tiles.ratio
        wide, high = round(wider.width * ratio), round(wider.height * ratio)
        if self._image is None or (self._image.width(), self._image.height()) != (wide, high):
            self._image = QImage(wide, high, QImage.Format.Format_RGB32)
        self._image.setDevicePixelRatio(ratio)
        painter = QPainter(self._image)
        paint_land(painter, canvas, wider)
        painter.end()
        self._image.setDevicePixelRatio(1.0)
        self._corner, self._looks = wider.corner(ratio), looks


def paint_land(painter: QPainter, canvas: MapCanvas, view: View) -> None:
    """Everything that moves with the map but what is in the hand."""
    painter.fillRect(QRect(0, 0, view.width, view.height), canvas.colours.ground)
    canvas.picture.paint(painter, view)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    hidden = canvas.hand_tool.hides
    paint_marked(painter, canvas, view, hidden)
    canvas.picture.paint_labels(painter, view, hidden)
    if canvas.unnamed is not None:
        paint_outline(painter, canvas.unnamed.path(view), canvas.colours, wrong=canvas.unnamed_wrong)


def _looks(canvas: MapCanvas) -> object:
    """Equal for two moments at which the land of a zoom looks the same."""
    picture = canvas.picture
    versions = (picture.tiles.version, picture.labels.version, picture.outlines.version)
    marks = (canvas.hovered, canvas.selection, canvas.tool, canvas.hand_tool.hides)
    return (canvas.view.zoom, picture.tiles.ratio, *versions, *marks, canvas.unnamed, canvas.unnamed_wrong)

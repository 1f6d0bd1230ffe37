"""Boxes with a tick in them: a style sheet can fill a box, but for the tick it would need a picture in a file."""

from __future__ import annotations

from functools import cache
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPalette, QPen
from PySide6.QtWidgets import QApplication, QCheckBox, QProxyStyle, QStyle, QStyleOption, QWidget

from leafdesk.ui.theme import STEP

W = TypeVar("W", bound=QWidget)

SIZE = 16
"""Pixels of a side."""
_BOXES = (QStyle.PrimitiveElement.PE_IndicatorCheckBox, QStyle.PrimitiveElement.PE_IndicatorItemViewItemCheck)
_SIDES = (QStyle.PixelMetric.PM_IndicatorWidth, QStyle.PixelMetric.PM_IndicatorHeight)
_GAP = QStyle.PixelMetric.PM_CheckBoxLabelSpacing
_State, _Role = QStyle.StateFlag, QPalette.ColorRole
_TICK = ((0.25, 0.53), (0.43, 0.71), (0.75, 0.31))
"""The corners of the tick in a box of side 1."""


def tick_box(text: str = "") -> QCheckBox:
    """A box to tick, with words beside it."""
    return with_ticks(QCheckBox(text))


def with_ticks(widget: W) -> W:
    """A list or box whose boxes have ticks."""
    widget.setStyle(_style())
    return widget


@cache
def _style() -> Ticks:
    style = Ticks("fusion")
    style.setParent(QCoreApplication.instance())
    return style


class Ticks(QProxyStyle):
    """Fusion, but for the boxes."""

    def pixelMetric(
        self, metric: QStyle.PixelMetric, option: QStyleOption | None = None, widget: QWidget | None = None
    ) -> int:
        """The size of a box and its distance to the words."""
        if metric in _SIDES:
            return SIZE
        return STEP * 2 if metric == _GAP else super().pixelMetric(metric, option, widget)

    def drawPrimitive(
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        """A box: filled and ticked when it is chosen, its edge in the colour of the text when the keys go to it."""
        if element in _BOXES:
            _draw(painter, option)
        else:
            super().drawPrimitive(element, option, painter, widget)


def _draw(painter: QPainter, option: QStyleOption) -> None:
    state, rect = option.state, QRectF(option.rect)
    able, on, focused = (bool(state & one) for one in (_State.State_Enabled, _State.State_On, _State.State_HasFocus))
    colours = QApplication.palette()  # a style sheet puts colours of its own into the option's
    edge = _Role.Text if focused else _Role.Dark if not able else _Role.Accent if on else _Role.PlaceholderText
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colours.color(edge), 2 if focused else 1))
    painter.setBrush(colours.color(_Role.Accent if on and able else _Role.Base))
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    if on:
        tick = QPen(colours.color(_Role.HighlightedText if able else _Role.Dark), 2)
        tick.setCapStyle(Qt.PenCapStyle.RoundCap)
        tick.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(tick)
        painter.drawPolyline([QPointF(rect.x() + rect.width() * x, rect.y() + rect.height() * y) for x, y in _TICK])
    painter.restore()

"""How one line of the navigator looks: fold arrow, name, mark, area; and the signs of the marks."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeView

from leafdesk.ui import words
from leafdesk.ui.field_tree import AREA_ROLE, LEVEL_ROLE, MARK_ROLE
from leafdesk.ui.theme import STEP, Colours, Theme, font


class Line(QStyledItemDelegate):
    """Paints one line: fold arrow, name, mark (by shape as well as colour) and area, figures under figures."""

    HEIGHT = STEP * 7

    def __init__(self, theme: Theme, tree: QTreeView) -> None:
        super().__init__(tree)
        self.theme, self.tree = theme, tree

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(160, self.HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        c = self.theme.colours
        level, mark, area = index.data(LEVEL_ROLE), index.data(MARK_ROLE), index.data(AREA_ROLE)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected) and level == "field"
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QRect(0, rect.top(), self.tree.viewport().width(), rect.height())
        if chosen:
            painter.fillRect(whole, QColor(c.accent_soft))
            painter.fillRect(QRect(0, rect.top(), 3, rect.height()), QColor(c.accent))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(whole, QColor(c.hover))
        left = rect.left() + STEP * 3
        if level != "field":
            self._arrow(
                painter,
                QPointF(left + 3, rect.center().y() + 1),
                c,
                self.tree.isExpanded(self.tree.model().index(index.row(), 0, index.parent())),
            )
        left += STEP * 4 if level != "field" else STEP * 3
        right = self._area(painter, rect, c, level, mark, area, bold=chosen)
        self._name(painter, QRect(left, rect.top(), right - left - STEP * 2, rect.height()), c, index, chosen)
        painter.restore()

    def _area(
        self, painter: QPainter, rect: QRect, c: Colours, level: str, mark: str, area: float | None, *, bold: bool
    ) -> int:
        text = words.area_short(area)
        if level != "field":
            text = f"{area:,.0f} ha" if area and level == "farm" else ""
        elif mark == "preview":
            text = "preview"
        face = font(12, bold=bold, italic=mark == "preview")
        painter.setFont(face)
        painter.setPen(QColor(c.text if bold else c.muted))
        box = QRect(rect.left(), rect.top(), self.tree.viewport().width() - STEP * 3 - rect.left(), rect.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        return box.right() - painter.fontMetrics().horizontalAdvance(text)

    def _name(
        self, painter: QPainter, box: QRect, c: Colours, index: QModelIndex | QPersistentModelIndex, chosen: bool
    ) -> None:
        level, mark = index.data(LEVEL_ROLE), index.data(MARK_ROLE)
        painter.setFont(font(13, bold=chosen or level == "grower", italic=mark == "preview"))
        painter.setPen(QColor(c.muted if mark == "preview" and not chosen else c.text))
        metrics = painter.fontMetrics()
        room = box.width() - (STEP * 4 if mark not in ("", "preview") else 0)
        text = metrics.elidedText(index.data(), Qt.TextElideMode.ElideRight, room)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        paint_mark(
            painter, QPointF(box.left() + metrics.horizontalAdvance(text) + STEP * 2.5, box.center().y() + 1), mark, c
        )

    def _arrow(self, painter: QPainter, at: QPointF, c: Colours, open_: bool) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.muted))
        x, y = at.x(), at.y()
        points = [(x - 4, y - 2), (x + 4, y - 2), (x, y + 3)] if open_ else [(x - 2, y - 4), (x - 2, y + 4), (x + 3, y)]
        painter.drawPolygon(QPolygonF([QPointF(*point) for point in points]))


def paint_mark(painter: QPainter, at: QPointF, mark: str, c: Colours) -> None:
    """The sign of a mark around a point: a dot waits, a diamond is in conflict, a triangle needs a look."""
    colour = {"pending": c.warn, "parked": c.error, "conflict": c.error, "invalid": c.error}.get(mark)
    if colour is None:
        return
    x, y = at.x(), at.y()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    if mark == "pending":
        painter.drawEllipse(QRectF(x - 3.5, y - 3.5, 7, 7))
    elif mark == "conflict":
        painter.drawPolygon(QPolygonF([QPointF(x, y - 5), QPointF(x + 5, y), QPointF(x, y + 5), QPointF(x - 5, y)]))
    elif mark == "parked":
        painter.drawRect(QRectF(x - 3.5, y - 3.5, 7, 7))
    else:
        painter.drawPolygon(QPolygonF([QPointF(x, y - 5), QPointF(x + 5, y + 4), QPointF(x - 5, y + 4)]))

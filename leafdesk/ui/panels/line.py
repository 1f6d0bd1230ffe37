"""How one line of the navigator looks: fold arrow, name, mark, area; and the signs of the marks."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTreeView

from leafdesk.ui import words
from leafdesk.ui.field_tree import FieldTree, Node
from leafdesk.ui.theme import STEP, Colours, Theme, font

CHOSEN, UNDER_MOUSE = QStyle.StateFlag.State_Selected, QStyle.StateFlag.State_MouseOver

PREVIEWS = ("preview", "enabling")


class Line(QStyledItemDelegate):
    """Paints one line: fold arrow, name, mark (by shape as well as colour) and area, figures under figures.

    Thirty of them are in sight, so whatever is the same for all of them is made once.
    """

    HEIGHT = STEP * 7

    def __init__(self, theme: Theme, tree: QTreeView) -> None:
        super().__init__(tree)
        self.theme, self.tree = theme, tree
        model = tree.model()
        assert isinstance(model, FieldTree)
        self._model = model
        theme.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        c = self.theme.colours
        self._chosen, self._hover, self._accent = QColor(c.accent_soft), QColor(c.hover), QColor(c.accent)
        self._text, self._muted = QColor(c.text), QColor(c.muted)
        self._faces: dict[tuple[int, bool, bool], tuple[QFont, QFontMetrics, int]] = {}

    def _face(self, size: int, bold: bool, italic: bool) -> tuple[QFont, QFontMetrics, int]:
        """A face, its metrics, and how far below a line's upper edge its letters stand."""
        known = self._faces.get((size, bold, italic))
        if known is None:
            face = font(size, bold=bold, italic=italic)
            metrics = QFontMetrics(face)
            known = face, metrics, (self.HEIGHT - metrics.height()) // 2 + metrics.ascent()
            self._faces[size, bold, italic] = known
        return known

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(160, self.HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        tree, state, rect = self.tree, option.state, option.rect
        node = self._model.node(index)
        field = node.level == "field"
        chosen = field and bool(state & CHOSEN)
        left, top, tall, wide = rect.left(), rect.top(), rect.height(), tree.viewport().width()
        if chosen:
            painter.fillRect(0, top, wide, tall, self._chosen)
            painter.fillRect(0, top, 3, tall, self._accent)
        elif state & UNDER_MOUSE:
            painter.fillRect(0, top, wide, tall, self._hover)
        left += STEP * 3
        if not field:
            self._arrow(painter, QPointF(left + 3, top + (tall - 1) // 2 + 1), tree.isExpanded(index))
        left += STEP * 3 if field else STEP * 4
        right = self._area(painter, node, top, wide - STEP * 3, bold=chosen)
        self._name(painter, node, left, top, right - left - STEP * 2, chosen)

    def _area(self, painter: QPainter, node: Node, top: int, right: int, *, bold: bool) -> int:
        """Write the area to the left of `right`; where it begins."""
        preview = node.mark in PREVIEWS
        if node.level != "field":
            text = f"{node.area:,.0f} ha" if node.area and node.level == "farm" else ""
        else:
            text = node.mark if preview else words.area_short(node.area)
        if not text:
            return right
        face, metrics, down = self._face(12, bold, preview)
        painter.setFont(face)
        painter.setPen(self._text if bold else self._muted)
        left = right - metrics.horizontalAdvance(text)
        painter.drawText(left, top + down, text)
        return left

    def _name(self, painter: QPainter, node: Node, left: int, top: int, room: int, chosen: bool) -> None:
        mark = node.mark
        preview = mark in PREVIEWS
        face, metrics, down = self._face(13, chosen or node.level == "grower", preview)
        room -= STEP * 4 if mark not in ("", "preview") else 0
        text, long = node.name, metrics.horizontalAdvance(node.name)
        if long > room:
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
            long = metrics.horizontalAdvance(text)
        painter.setFont(face)
        painter.setPen(self._muted if preview and not chosen else self._text)
        painter.drawText(left, top + down, text)
        if mark:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_mark(painter, QPointF(left + long + STEP * 2.5, top + self.HEIGHT / 2), mark, self.theme.colours)
            painter.restore()

    def _arrow(self, painter: QPainter, at: QPointF, open_: bool) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._muted)
        x, y = at.x(), at.y()
        points = [(x - 4, y - 2), (x + 4, y - 2), (x, y + 3)] if open_ else [(x - 2, y - 4), (x - 2, y + 4), (x + 3, y)]
        painter.drawPolygon(QPolygonF([QPointF(*point) for point in points]))
        painter.restore()


def paint_mark(painter: QPainter, at: QPointF, mark: str, c: Colours) -> None:
    """The sign of a mark around a point: a dot waits, a diamond is in conflict, a triangle needs a look."""
    colour = {"pending": c.warn, "enabling": c.warn, "parked": c.error, "conflict": c.error, "invalid": c.error}.get(
        mark
    )
    if colour is None:
        return
    x, y = at.x(), at.y()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    if mark in ("pending", "enabling"):
        painter.drawEllipse(QRectF(x - 3.5, y - 3.5, 7, 7))
    elif mark == "conflict":
        painter.drawPolygon(QPolygonF([QPointF(x, y - 5), QPointF(x + 5, y), QPointF(x, y + 5), QPointF(x - 5, y)]))
    elif mark == "parked":
        painter.drawRect(QRectF(x - 3.5, y - 3.5, 7, 7))
    else:
        painter.drawPolygon(QPolygonF([QPointF(x, y - 5), QPointF(x + 5, y + 4), QPointF(x - 5, y + 4)]))

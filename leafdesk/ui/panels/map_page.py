"""The map with what floats over it: tools, zoom, the next keystroke, and what to do when there is nothing to see."""

import re
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QActionGroup, QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from leafdesk.ui.actions import Actions
from leafdesk.ui.map.canvas import MapCanvas
from leafdesk.ui.map.colours import colours_of
from leafdesk.ui.map.tool import Ask
from leafdesk.ui.panels.form import Form
from leafdesk.ui.panels.more_tools import MoreTools
from leafdesk.ui.parts import Card, button, label, row
from leafdesk.ui.theme import STEP, Theme, font
from leafdesk.ui.toolbox import MORE, tool_named

SCALE_BAR = STEP * 34
"""So much of the lower edge belongs to the map's scale bar."""
SCALE_LINE = STEP * 10
"""And so much of its height."""
ASIDE = ("Alt ", "Ctrl ", "Shift ", "dragging ")
"""Clauses of a hint that begin so are for later."""
SHORT = 14
"""So many letters of a tool's name fit under its icon."""
CORNER = "corner"
EXAMPLE = "41.7001, -93.5 or 41°42'N 93°30'W"
NARROW = STEP * 70
"""With less room than this for the hint, its buttons go underneath."""
EXTRA: tuple[tuple[str, str], ...] = (
    ("Boundary", "type"),
    ("Boundary", "together"),
    ("Look", "seams"),
    ("Drafts", "keep-draft"),
    ("Drafts", "drafts"),
)
"""What else stands in the menu of the rarer tools: (heading, action)."""
KEYS = re.compile(r"\b(Enter|Esc|Del|Delete|Backspace|Space|Shift|Alt|Ctrl\+\w|Ctrl|N|I)\b")


class MapPage(QWidget):
    """Parts for tests: `canvas`, `tools`, `menu`, `form`, `hint`, `empty`.

    `kept` and `taken_back` are the hint bar's two buttons, and Enter and Esc in its form.
    """

    kept = Signal()
    taken_back = Signal()
    typed = Signal(str)
    """A corner's latitude and longitude, as text."""

    def __init__(self, actions: Actions, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("mapPage")
        self.canvas = MapCanvas(self)
        self.canvas.setObjectName("map")
        self.canvas.setAccessibleName("Map of the fields")
        theme.changed.connect(lambda: self.canvas.set_theme(colours_of(theme.colours)))
        self.canvas.set_theme(colours_of(theme.colours))
        self.form = Form()
        self.tools = Card("float")
        self.tools.setObjectName("tools")
        self.tools_line = QHBoxLayout()
        self._fill(self.tools, self.tools_line, actions, ("select", "draw", "edit"), words=True)
        self.group = QActionGroup(self)
        for key in ("select", *actions.hand_tools):
            self.group.addAction(actions[key])
        actions["select"].setChecked(True)
        self.zoom = Card("float")
        self.zoom.setObjectName("zoom")
        self._fill(self.zoom, QVBoxLayout(), actions, ("zoom-in", "zoom-out", "fit-all"), words=False)
        self.hint = Hint(theme)
        self.keep = button("", "primary")
        self.back = button("")
        self.name_buttons("edit")
        self.keep.clicked.connect(self.kept)
        self.back.clicked.connect(self.taken_back)
        self.bar = Card("float")
        self.bar.setObjectName("hintBar")
        self.line = row(self.hint)
        self.line.addLayout(row(None, self.back, self.keep))
        self.form.answered.connect(lambda key, text: self.canvas.hand_tool.answer(key, text))
        self.form.kept.connect(self._form_kept)
        self.form.left.connect(self._form_left)
        self.bar.column.addWidget(self.form)
        self.bar.column.addLayout(self.line)
        self.empty = Empty()
        self.credit = label("", "credit")
        self.credit.setObjectName("credit")
        self.credited = ""
        for part in (self.credit, self.tools, self.zoom, self.bar, self.empty):
            part.setParent(self)
        self.drawing = False
        self._add_more(actions)
        self.ask(())
        self.say("")
        self.say_credit("")
        self.empty.hide()
        self.canvas.tool_changed.connect(lambda _tool: self.ask(self.canvas.hand_tool.asks))

    def _fill(
        self, card: Card, line: QHBoxLayout | QVBoxLayout, actions: Actions, keys: tuple[str, ...], *, words: bool
    ) -> None:
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(STEP // 2)
        for key in keys:
            tool = actions.tool(key)
            tool.setToolButtonStyle(
                Qt.ToolButtonStyle.ToolButtonTextUnderIcon if words else Qt.ToolButtonStyle.ToolButtonIconOnly
            )
            tool.setIconSize(QSize(STEP * 5, STEP * 5))
            line.addWidget(tool)
        card.column.setContentsMargins(STEP, STEP, STEP, STEP)
        card.column.addLayout(line)

    def _add_more(self, actions: Actions) -> None:
        """The rarer tools, behind one button that shows the one that is in the hand."""
        self.menu = MoreTools(actions, EXTRA, self)
        self.more = QToolButton()
        self.more.setObjectName("tool-more")
        self.more.setCheckable(True)
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.more.setIconSize(QSize(STEP * 5, STEP * 5))
        self.more.clicked.connect(lambda _=False: actions["more"].trigger())
        self.tools_line.addWidget(self.more)
        rarer = [actions[tool.key] for tool in MORE]
        worn: list[object] = []

        def follow() -> None:
            held = next((action for action in rarer if action.isChecked()), actions["more"])
            looks = [held, held.icon().cacheKey(), held.text(), actions["more"].toolTip()]
            if looks == worn:
                return
            worn[:] = looks
            self.more.setIcon(held.icon())
            self.more.setText(_short(held.text()))
            self.more.setAccessibleName("More tools")
            self.more.setToolTip(actions["more"].toolTip())
            self.more.setChecked(held is not actions["more"])
            self._place()

        for action in (*rarer, actions["more"]):
            action.changed.connect(follow)
        follow()

    def open_more(self) -> None:
        """Open the menu of the rarer tools."""
        self.menu.open_under(self.more)

    def ask(self, asks: Sequence[Ask]) -> None:
        """Ask for these numbers over the hint."""
        held = self.form.fields and any(field.hasFocus() for field in self.form.fields.values())
        self.form.put(asks)
        if held and not asks:
            self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        self._place()

    def ask_corner(self) -> None:
        """Ask for a corner's place; Enter there emits `typed`, Esc asks no more."""
        self.ask((Ask(CORNER, "Corner at", example=EXAMPLE, wide=True),))
        self.form.take_focus()

    def _form_kept(self) -> None:
        if CORNER in self.form.fields:
            self.typed.emit(self.form.text(CORNER))
        else:
            self.kept.emit()

    def _form_left(self) -> None:
        if CORNER in self.form.fields:
            self.ask(self.canvas.hand_tool.asks)
            self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.taken_back.emit()

    def focus(self) -> None:
        """Give the keys to the numbers that are asked for, or to the map."""
        if not self.form.take_focus():
            self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def name_buttons(self, tool: str) -> None:
        """Say what the two buttons of the hint bar do with this tool."""
        known = tool_named(tool)
        for made, (name, tip), key in ((self.keep, known.keep, "Enter"), (self.back, known.back, "Esc")):
            made.setText(name)
            made.setAccessibleName(name)
            made.setToolTip(f"{tip} ({key})")

    def say(self, hint: str, *, drawing: bool = False, closed: bool = False) -> None:
        """What the next click, Enter and Esc do; while drawing with buttons for the latter two, Enter's when closed."""
        self.drawing = drawing
        self.keep.setEnabled(closed)
        self.hint.say(hint)
        self.keep.setVisible(drawing)
        self.back.setVisible(drawing)
        self.bar.setVisible(bool(hint))
        self._place()

    def say_credit(self, text: str) -> None:
        """Say whose the maps under the fields are; "" when nobody asks for it."""
        self.credited = text
        self.credit.setVisible(bool(text))
        self.credit.setToolTip(text)
        self.credit.setAccessibleName(f"Map: {text}")
        self._place()

    def taken(self) -> int:
        """How many pixels of the lower edge the hint takes."""
        return self.bar.height() + STEP * 2 if self.bar.isVisible() else 0

    def offer(self, title: str, text: str, *, action: str = "") -> None:
        """Cover the map's middle with a next step; an empty title takes it away. `action` is the button's text."""
        self.empty.setVisible(bool(title))
        self.empty.title.setText(title)
        self.empty.text.setText(text)
        self.empty.action.setText(action)
        self.empty.action.setVisible(bool(action))
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.canvas.setGeometry(self.rect())
        self._place()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return super().event(event)

    def _place(self) -> None:
        """Keep the floating parts at their edges."""
        edge = STEP * 3
        self.tools.adjustSize()
        self.tools.move(edge, edge)
        self.zoom.adjustSize()
        beside_tools = self.tools.geometry().right() + STEP * 2 <= self.width() - self.zoom.width() - edge
        top = edge if beside_tools else edge + self.tools.height() + STEP * 2
        self.zoom.move(self.width() - self.zoom.width() - edge, top)
        room = self.width() - 2 * edge
        buttons = self.keep.sizeHint().width() + self.back.sizeHint().width() + STEP * 6 if self.drawing else 0
        beside = room - SCALE_BAR - STEP * 8
        narrow = beside - buttons < NARROW
        self.line.setDirection(QHBoxLayout.Direction.TopToBottom if narrow else QHBoxLayout.Direction.LeftToRight)
        self.hint.fit(room - STEP * 8 if narrow else beside - buttons, brief=narrow)
        self.form.fit(room - STEP * 8 if narrow else beside)
        self.bar.adjustSize()
        self.bar.move(edge, self.height() - self.bar.height() - edge)
        self.canvas.lift(self.taken() if narrow else 0)
        if self.credited:
            metrics, room = self.credit.fontMetrics(), min(self.width() - 2 * edge, STEP * 120)
            self.credit.setText(metrics.elidedText(self.credited, Qt.TextElideMode.ElideRight, room - STEP * 3))
            self.credit.adjustSize()
            left, low = self.width() - self.credit.width() - edge, SCALE_LINE
            if self.bar.isVisible() and self.bar.geometry().right() + STEP * 2 > left:
                low = max(low, self.bar.height() + edge + STEP)
            self.credit.move(left, self.height() - low - self.credit.height())
        self.empty.setFixedWidth(min(STEP * 100, room))
        self.empty.adjustSize()
        self.empty.move(QPoint((self.width() - self.empty.width()) // 2, (self.height() - self.empty.height()) // 2))


def _short(text: str) -> str:
    """A tool's name for its button: whole words of it, as many as fit."""
    words = text.split()
    while len(words) > 1 and (len(" ".join(words)) > SHORT or words[-1] in ("a", "or", "from", "into", "its", "hole")):
        words.pop()
    return " ".join(words)


class Empty(Card):
    """A next step where there would be nothing to see."""

    def __init__(self) -> None:
        super().__init__("float")
        self.title = label("", "title", wrap=True)
        self.text = label("", "muted", wrap=True)
        self.action = button("", "primary")
        self.column.setContentsMargins(STEP * 6, STEP * 5, STEP * 6, STEP * 5)
        self.column.setSpacing(STEP * 2)
        self.column.addWidget(self.title)
        self.column.addWidget(self.text)
        self.column.addSpacing(STEP * 2)
        self.column.addLayout(row(self.action, None))


class Hint(QWidget):
    """A sentence in which the names of keys look like keys; where there is little room it takes more lines."""

    LINE = STEP * 6

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self.text, self._room, self._brief = theme, "", 0, False
        self._lines: list[list[tuple[str, bool]]] = []
        theme.changed.connect(self.update)

    def say(self, text: str) -> None:
        """Show another hint."""
        self.text = text
        self.setAccessibleName(text)
        self._break()

    def fit(self, room: int, *, brief: bool = False) -> None:
        """Take no more than so many pixels across; `brief` leaves out what a held key does beside that."""
        if (room, brief) != (self._room, self._brief):
            self._room, self._brief = room, brief
            self._break()

    def _break(self) -> None:
        """Break between clauses, which ` · ` divides; inside of one only where it is wider than the room."""
        self._lines = [[]]
        wide, wide_of = 0.0, _ruler()
        clauses = [clause for clause in self.text.split(" · ") if not (self._brief and clause.startswith(ASIDE))]
        self.setToolTip(self.text if self._brief else "")
        for place, clause in enumerate(clauses):
            pieces = [(piece, bool(KEYS.fullmatch(piece))) for piece in KEYS.split(clause) if piece]
            if place and wide + wide_of([(" · ", False), *pieces]) > self._room:
                self._lines.append([])
                wide = 0.0
            elif place:
                pieces.insert(0, (" · ", False))
            if wide_of(pieces) > self._room:
                pieces = [(word, key) for piece, key in pieces for word in ([piece] if key else _words(piece))]
            for piece in pieces:
                if self._lines[-1] and wide + wide_of([piece]) > self._room:
                    self._lines.append([])
                    wide = 0.0
                self._lines[-1].append(piece)
                wide += wide_of([piece])
        self.setFixedSize(int(max(map(wide_of, self._lines))) + STEP * 2, self.LINE * len(self._lines))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        c = self._theme.colours
        painter, wide_of = QPainter(self), _ruler()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plain, bold = font(13), font(12, bold=True)
        for place, line in enumerate(self._lines):
            x, y = float(STEP), place * self.LINE
            for piece, key in line:
                wide = wide_of([(piece, key)])
                painter.setPen(QColor(c.text))
                painter.setFont(bold if key else plain)
                box = QRectF(x, y, wide, self.LINE)
                if key:
                    painter.setPen(QPen(QColor(c.line), 1))
                    painter.setBrush(QColor(c.hover))
                    painter.drawRoundedRect(box.adjusted(2, 2, -2, -2), 4, 4)
                    painter.setPen(QColor(c.text))
                    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, piece)
                else:
                    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, piece)
                x += wide
        painter.end()


def _words(text: str) -> list[str]:
    """Each word with the space after it."""
    return re.findall(r"\S+\s*|\s+", text)


def _ruler() -> Callable[[list[tuple[str, bool]]], float]:
    """Tells how wide words and keys are, side by side, in the faces of just now; to look those up takes longest."""
    plain, bold = QFontMetricsF(font(13)), QFontMetricsF(font(12, bold=True))

    def wide(pieces: list[tuple[str, bool]]) -> float:
        return sum(
            bold.horizontalAdvance(word) + STEP * 4 if key else plain.horizontalAdvance(word) for word, key in pieces
        )

    return wide

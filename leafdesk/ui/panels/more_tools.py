"""The menu of the rarer tools: in groups, found by typing a few letters, each with its key."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from leafdesk.ui.actions import GAP, Actions
from leafdesk.ui.parts import label, row
from leafdesk.ui.theme import STEP
from leafdesk.ui.toolbox import MORE

COLUMNS = 2


class MoreTools(QFrame):
    """Floats under its button; a click, or Enter after some letters, takes a tool. Parts: `search`, `lines` by key."""

    def __init__(self, actions: Actions, extra: Sequence[tuple[str, str]], parent: QWidget) -> None:
        """`extra` are further actions: (heading, key)."""
        super().__init__(parent)
        self.setObjectName("moreTools")
        self.setAccessibleName("More tools")
        self.search = QLineEdit(placeholderText="Find a tool", clearButtonEnabled=True)
        self.search.setAccessibleName("Find a tool")
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.nothing = label("No tool is called so.", "muted")
        self.nothing.hide()
        self.lines: dict[str, Line] = {}
        self._before: QWidget | None = None
        self._groups: list[tuple[QWidget, list[Line]]] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(STEP * 3, STEP * 3, STEP * 3, STEP * 3)
        column.setSpacing(STEP * 2)
        column.addWidget(self.search)
        column.addWidget(self.nothing)
        self._columns = [QVBoxLayout() for _ in range(COLUMNS)]
        for one in self._columns:
            one.setSpacing(STEP * 2)
        side_by_side = QHBoxLayout()
        side_by_side.setSpacing(STEP * 4)
        for one in self._columns:
            side_by_side.addLayout(one)
        column.addLayout(side_by_side)
        column.addStretch(1)
        listed = [*((tool.group, tool.key) for tool in MORE), *extra]
        for heading in dict.fromkeys(heading for heading, _ in listed):
            self._add_group(heading, [key for under, key in listed if under == heading], actions)
        self._lay_out()
        self.hide()

    def _add_group(self, heading: str, keys: Sequence[str], actions: Actions) -> None:
        group = QWidget()
        column = QVBoxLayout(group)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(label(heading, "small"))
        made = []
        for key in keys:
            line = self.lines[key] = Line(actions[key])
            line.clicked.connect(lambda _=False, key=key: self._take(actions[key]))
            line.installEventFilter(self)
            column.addWidget(line)
            made.append(line)
        self._groups.append((group, made))

    def _lay_out(self) -> None:
        """Groups in two columns, each new one under the shorter of them."""
        heights = [0] * COLUMNS
        for group, lines in self._groups:
            shorter = heights.index(min(heights))
            self._columns[shorter].addWidget(group)
            heights[shorter] += len(lines) + 1
        for one in self._columns:
            one.addStretch(1)

    def open_under(self, button: QWidget) -> None:
        """Show all tools, ready for typing."""
        window = button.window()
        self._before = window.focusWidget()
        self.setParent(window)
        self.search.clear()
        self.adjustSize()
        at = button.mapTo(window, button.rect().bottomLeft() + QPoint(0, STEP * 2))
        self.move(min(at.x(), window.width() - self.width() - STEP * 2), at.y())
        self.show()
        self.raise_()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def leave(self) -> None:
        """Close, and give the keys back to where they were."""
        self.hide()
        if self._before is not None:
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)

    def shown(self) -> list[str]:
        """The keys of the tools that fit what was typed."""
        return [key for key, line in self.lines.items() if not line.isHidden()]

    def _filter(self, text: str) -> None:
        letters = text.casefold().split()
        for group, lines in self._groups:
            for line in lines:
                line.setVisible(all(part in line.words for part in letters))
            group.setVisible(any(not line.isHidden() for line in lines))
        self.nothing.setVisible(not self.shown())
        self.adjustSize()

    def _take(self, action: QAction) -> None:
        self.leave()
        action.trigger()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            match event.key():
                case Qt.Key.Key_Escape:
                    self.leave()
                case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                    self._choose(watched)
                case Qt.Key.Key_Down:
                    self._step(watched, 1)
                case Qt.Key.Key_Up:
                    self._step(watched, -1)
                case _:
                    return super().eventFilter(watched, event)
            return True
        if event.type() == QEvent.Type.FocusOut:
            QTimer.singleShot(0, self, self._close_when_left)  # now nobody has the focus
        return super().eventFilter(watched, event)

    def _close_when_left(self) -> None:
        held = self.window().focusWidget()
        if held is None or not self.isAncestorOf(held):
            self.hide()

    def _choose(self, watched: QObject) -> None:
        """The tool in focus, or from the search line the first that is allowed."""
        allowed = [line for line in self.lines.values() if not line.isHidden() and line.isEnabled()]
        if isinstance(watched, Line):
            watched.click()
        elif allowed:
            allowed[0].click()

    def _step(self, watched: QObject, step: int) -> None:
        ring: list[QWidget] = [
            self.search,
            *(one for one in self.lines.values() if one.isVisible() and one.isEnabled()),
        ]
        at = next((n for n, one in enumerate(ring) if one is watched), 0)
        ring[(at + step) % len(ring)].setFocus(Qt.FocusReason.TabFocusReason)


class Line(QPushButton):
    """A tool's icon, name and key."""

    def __init__(self, action: QAction) -> None:
        super().__init__()
        self._action = action
        self.setProperty("role", "line")
        self.setAutoDefault(False)
        self.setMinimumWidth(STEP * 60)
        key = label(action.shortcut().toString(), "small")
        key.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        inside = row(None, key)
        inside.setContentsMargins(0, 0, STEP * 2, 0)
        self.setLayout(inside)
        action.changed.connect(self._follow)
        self._follow()
        self.words = f"{action.text()} {action.toolTip()}".casefold()

    def _follow(self) -> None:
        self.setIcon(self._action.icon())
        self.setText(f"{GAP}{self._action.text()}")
        self.setAccessibleName(self._action.text())
        self.setAccessibleDescription(self._action.toolTip())
        self.setToolTip(self._action.toolTip())
        self.setEnabled(self._action.isEnabled())

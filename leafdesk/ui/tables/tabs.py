"""A page of several tables: one tab for each, made when somebody first looks at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from leafdesk.ui.parts import label, row
from leafdesk.ui.theme import STEP

if TYPE_CHECKING:
    from leafdesk.ui.main_window import MainWindow

Maker = tuple[Callable[[], Any], Callable[[Any, QWidget], QWidget]]
"""Makes a tab's panel in two turns of the event loop: the detail at its right; then, from that, the panel in its place
(with its parent from the start its style is worked out once)."""


class Tabs(QFrame):
    """Heading, tabs, and the panel of the tab in sight. `show_tab(name)` turns to one; `panel(name)` is its widget.

    Ctrl+Tab turns to the next. Part for tests: `bar` (QTabBar).
    """

    def __init__(self, window: MainWindow, heading: str, makers: Mapping[str, Maker]) -> None:
        super().__init__(window.pages)
        self.setObjectName("page")
        self._makers, self._made = dict(makers), dict[str, QWidget]()
        self._details = dict[str, Any]()
        self.bar = QTabBar(drawBase=False, expanding=False)
        self.bar.setObjectName("tabs")
        self.bar.setAccessibleName(heading)
        self.bar.setUsesScrollButtons(False)
        self.bar.currentChanged.connect(lambda _: self.bar.updateGeometry())  # the one in sight is bold, so wider
        for name in makers:
            self.bar.addTab(name)
        self._panels = QStackedWidget()
        self._panels.addWidget(QWidget())  # in sight while the first panel is made
        head = QFrame()
        head.setObjectName("tabsHead")
        top = row(label(heading, "heading"), STEP * 2, self.bar, None)
        top.setContentsMargins(STEP * 4, STEP * 3, STEP * 4, STEP * 3)
        head.setLayout(top)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self._panels, 1)
        self._arriving = QTimer(self, singleShot=True, interval=0)
        self._arriving.timeout.connect(self._arrive)
        self._arriving.start()
        self.bar.currentChanged.connect(lambda _: self._arriving.start())
        window.commands["next-tab"].triggered.connect(lambda _=False: self._next() if self.isVisible() else None)

    def panel(self, name: str) -> QWidget:
        """The panel of a tab, made now if nobody looked at it before."""
        made = self._make(name)
        if name == self.name:
            self._panels.setCurrentWidget(made)
        return made

    @property
    def name(self) -> str:
        """The tab in sight."""
        return self.bar.tabText(self.bar.currentIndex())

    def _make(self, name: str) -> QWidget:
        if name not in self._made:
            self._made[name] = self._makers[name][1](self._detail(name), self._panels)
            self._panels.addWidget(self._made[name])
        return self._made[name]

    def _detail(self, name: str) -> Any:
        if name not in self._details:
            self._details[name] = self._makers[name][0]()
        return self._details[name]

    def _arrive(self) -> None:
        """As `Pages` does it: two turns of the event loop for making, another for showing."""
        if self.name in self._made:
            self.show_tab(self.name)
        else:
            (self._make if self.name in self._details else self._detail)(self.name)
            self._arriving.start()

    def show_tab(self, name: str) -> None:
        """Turn to a tab."""
        self.bar.setCurrentIndex(list(self._makers).index(name))
        self._panels.setCurrentWidget(self.panel(name))

    def _next(self) -> None:
        self.bar.setCurrentIndex((self.bar.currentIndex() + 1) % self.bar.count())

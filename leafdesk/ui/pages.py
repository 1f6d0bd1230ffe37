"""The pages of the window in the rail's order: what each is called, and how it is made on the first visit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QLineEdit, QPushButton, QStackedWidget, QWidget

if TYPE_CHECKING:
    from leafdesk.ui.main_window import MainWindow


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `key` names its action and its button; `make` is called once, on the first visit.

    A page with rooms of its own imports them inside `make`; first_sight.LATER names what is loaded for them when the
    window has nothing else to do.
    """

    key: str
    text: str
    icon: str
    keys: tuple[str, ...]
    """Shortcuts. Each page keeps its number: 1 map, 2 fields, 3 machines, 4 inputs, 5 queue, 6 providers,
    7 offline maps, 8 settings."""
    tip: str
    make: Callable[[MainWindow], QWidget]
    at_foot: bool = False
    """Stands at the lower end of the rail."""


FILTER_LINE = "tableFilter"
"""The object name of the line that Ctrl+F goes to on a page with a table."""
MORE_FILTERS = "moreFiltersButton"
"""The object name of the button that opens a list's rarer filters."""


def _fields(window: MainWindow) -> QWidget:
    from leafdesk.ui.panels.fields import FieldsPage

    return FieldsPage(window)


def _machines(window: MainWindow) -> QWidget:
    from leafdesk.ui.panels.machines import make

    return make(window)


def _settings(window: MainWindow) -> QWidget:
    from leafdesk.ui.panels.settings import Settings

    page = Settings(window.workspace, str(window.folder), window.commands, window.theme, window.newness, window.costs)
    page.look_chosen.connect(window.choose_look)
    return page


def _inputs(window: MainWindow) -> QWidget:
    from leafdesk.ui.panels.inputs import InputsPage

    return InputsPage(window)


def _maps(window: MainWindow) -> QWidget:
    from leafdesk.ui.panels.maps import Maps

    return Maps(window)


def show_work(window: MainWindow, field_id: str | None) -> None:
    """Turn to the work on a field, and to the products that were used there."""
    from leafdesk.ui.panels.inputs import InputsPage

    window.show_page("inputs")
    page = window.pages.page("inputs")
    assert isinstance(page, InputsPage)
    page.show_work(field_id)


def get_ready(window: MainWindow) -> None:
    """Bring everything home for a day without a signal, and list what is missing."""
    from leafdesk.ui.dialogs.ready import make_ready

    make_ready(window)


def new_machine(window: MainWindow) -> None:
    """Turn to the machines and ask what a new one is like."""
    from leafdesk.ui.panels.machines import new_machine

    new_machine(window)


def show_machine(window: MainWindow, machine_id: str) -> None:
    """Turn to the machines and put the cursor on one."""
    from leafdesk.ui.panels.machines import point_at

    point_at(window, machine_id)


def _providers(window: MainWindow) -> QWidget:
    from leafdesk.ui.panels.providers import Providers

    return Providers(window)


PAGES = (
    Page("map", "Map", "map-trifold", ("Ctrl+1",), "Fields on the map", lambda window: window.workbench),
    Page("fields", "Fields", "rows", ("Ctrl+2",), "All fields in a table", _fields),
    Page("machines", "Machines", "truck", ("Ctrl+3",), "Machines, implements and operators", _machines),
    Page("inputs", "Inputs", "flask", ("Ctrl+4",), "Products, varieties and tank mixes", _inputs),
    Page("queue", "Queue", "tray", ("Ctrl+5",), "Changes that Leaf does not have yet", lambda window: window.queue),
    Page(
        "providers", "Providers", "share-network", ("Ctrl+6",), "What came from where, and what is missing", _providers
    ),
    Page("maps", "Offline maps", "stack", ("Ctrl+7",), "The maps under the fields, for offline use, too", _maps),
    Page(
        "settings",
        "Settings",
        "gear-six",
        ("Ctrl+8", "Ctrl+,"),
        "Look, account and files",
        _settings,
        at_foot=True,
    ),
)


class Pages(QStackedWidget):
    """All pages visited so far, one of them in sight, and what is shown instead while nobody is signed in."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self._made: dict[str, QWidget] = {}
        self._blank = QFrame(self)
        self._blank.setObjectName("page")
        self.addWidget(self._blank)
        self._arriving = QTimer(self, singleShot=True, interval=0)
        self._arriving.timeout.connect(self._arrive)
        self.key: str = ""
        """The page in sight; "" while something else is shown."""

    def page(self, key: str) -> QWidget:
        """The page, made now if this is the first visit."""
        made = self._make(key)
        if key == self.key:
            self.setCurrentWidget(made)
        return made

    def _make(self, key: str) -> QWidget:
        if key not in self._made:
            (page,) = (page for page in PAGES if page.key == key)
            self._made[key] = page.make(self._window)
            self.addWidget(self._made[key])
        return self._made[key]

    def _arrive(self) -> None:
        """Make the page in one turn of the event loop, show it in another: each takes half a frame."""
        if self.key in self._made:
            self.page(self.key)
        elif self.key:
            self._make(self.key)
            self._arriving.start()

    def turn_to(self, key: str) -> None:
        """Show a page; one that is to be made first comes in the next turns of the event loop."""
        self.key = key
        if key in self._made:
            self.setCurrentWidget(self._made[key])
        else:
            self.setCurrentWidget(self._blank)
            self._arriving.start()

    @property
    def filter_line(self) -> QLineEdit | None:
        """Where the filter of the page in sight is typed; None when it has none of its own."""
        page = self.currentWidget()
        lines = page.findChildren(QLineEdit, FILTER_LINE) if page is not None else []
        return next((line for line in lines if line.isVisible()), None)

    def open_more_filters(self, sorry: Callable[[str], object]) -> None:
        """Show the rarer filters of the list in sight."""
        page = self.currentWidget()
        ways = page.findChildren(QPushButton, MORE_FILTERS) if page is not None else []
        for way in ways:
            if way.isVisible():
                way.click()
                return
        sorry("The list in sight has no more filters; those of fields and machines have.")

    def show_instead(self, widget: QWidget) -> None:
        """Show what is no page; it was added before."""
        self.setCurrentWidget(widget)
        self.key = ""

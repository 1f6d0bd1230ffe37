"""Makes the main window's parts and sets them side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from leafdesk.ui import brand
from leafdesk.ui.actions import Actions
from leafdesk.ui.bridge import Bridge
from leafdesk.ui.deciding import Deciding
from leafdesk.ui.doing import Doing
from leafdesk.ui.drawing import Drawing
from leafdesk.ui.exporting import Exporting
from leafdesk.ui.field_desk import FieldDesk
from leafdesk.ui.handing import Handing
from leafdesk.ui.icons import Icons
from leafdesk.ui.importing import Importing
from leafdesk.ui.keeping import Keeping
from leafdesk.ui.land_desk import LandDesk
from leafdesk.ui.leaf_side import LeafSide
from leafdesk.ui.lists import Lists
from leafdesk.ui.map_desk import MapDesk
from leafdesk.ui.newness import Newness
from leafdesk.ui.pages import Pages
from leafdesk.ui.panels.inspector import Inspector
from leafdesk.ui.panels.map_page import MapPage
from leafdesk.ui.panels.navigator import Navigator
from leafdesk.ui.panels.notice import Notice
from leafdesk.ui.panels.queue import Queue
from leafdesk.ui.panels.rail import Rail
from leafdesk.ui.panels.start import StartPage
from leafdesk.ui.panels.status_bar import StatusBar
from leafdesk.ui.panels.top_bar import TopBar
from leafdesk.ui.parts import button, row
from leafdesk.ui.theme import STEP, Theme

if TYPE_CHECKING:
    from leafdesk.ui.main_window import MainWindow


def make(window: MainWindow, try_demo: Callable[[], None] | None) -> Iterator[None]:
    """Give the window its parts, one or a few in each step; the last one is `whole`, which holds them all."""
    window.theme = Theme(window.memory.look, window)
    window.icons = Icons(window.theme)
    window.setWindowIcon(brand.window_icon())
    window.bridge = Bridge(window.workspace, window)
    window.lists = Lists(window.bridge, window)
    window.commands = Actions(window, window.icons)
    yield
    window.top = TopBar(window.lists, window.commands, window.theme)
    window.rail = Rail(window.commands, window.theme)
    window.status = StatusBar(window.theme)
    yield
    window.navigator = Navigator(window.lists, window.theme)
    window.navigator.foot.addWidget(window.commands.bind(button(""), "ready"))
    yield
    window.map_page = MapPage(window.commands, window.theme)
    window.canvas = window.map_page.canvas
    yield
    window.inspector = Inspector(window.lists, window.commands, window.theme)
    yield
    window.queue = Queue(window.bridge, window.commands, window.theme)
    yield
    window.start = StartPage(window.theme, demo=try_demo is not None)
    if try_demo is not None:
        window.start.try_demo.connect(try_demo)
    yield
    window.notice = Notice(window)
    window.newness = Newness(window.bridge, window)
    window.newness.told.connect(window.notice.say)
    window.opened.connect(window.newness.begin)
    window.doing = Doing(window, window.lists)
    window.drawing = Drawing(window.map_page, window.commands, window.doing, window.inspector, window.lists)
    window.field_desk, window.keeping = FieldDesk(window), Keeping(window)
    window.leaf = LeafSide(window, window.lists, window.commands, window.status, window.map_page, window.notice)
    window.importing, window.exporting = Importing(window), Exporting(window)
    window.land, window.maps, window.handing = LandDesk(window), MapDesk(window), Handing(window)
    yield
    _set_side_by_side(window)
    window.deciding = Deciding(window)
    for glass in (window.top.finder.glass, window.navigator.glass):
        window.icons.put(glass, "magnifying-glass")


def _set_side_by_side(window: MainWindow) -> None:
    window.workbench = QSplitter(Qt.Orientation.Horizontal, handleWidth=1, childrenCollapsible=False)
    for part, wide in ((window.navigator, 262), (window.map_page, 854), (window.inspector, 302)):
        window.workbench.addWidget(part)
        part.setMinimumWidth(min(wide, STEP * 60))
    window.workbench.setSizes([262, 854, 302])
    window.workbench.setStretchFactor(1, 1)
    window.pages = Pages(window)
    for key in ("map", "queue"):  # made already: a widget without a parent might outlive its window
        window.pages.page(key)
    window.pages.addWidget(window.start)
    middle = QWidget()
    across = row(window.rail, window.pages, gap=0)
    across.setStretch(1, 1)
    middle.setLayout(across)
    window.whole = QWidget(window)
    window.whole.hide()  # until all is there
    column = QVBoxLayout(window.whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for widget in (window.top, middle, window.status):
        column.addWidget(widget)
    column.setStretch(1, 1)
    window.notice.float_over(window.whole)
    window.notice.lift = window.map_page.taken

"""Tables over the cache: order, filter, detail, keys, empty states, many rows."""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from leafdesk.edits import change
from leafdesk.records import Machine
from leafdesk.store.catalog import Catalog
from leafdesk.store.tables import Row
from leafdesk.ui.main_window import MainWindow
from leafdesk.ui.pages import PAGES
from leafdesk.ui.tables.panel import TablePanel
from leafdesk.ui.tables.tabs import Tabs
from leafdesk.workspace import Workspace

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


def machines(window: MainWindow, qtbot: QtBot) -> TablePanel:
    """The table of machines, in sight and read."""
    window.show_page("machines")
    page = window.pages.page("machines")
    assert isinstance(page, Tabs)
    panel = page.panel("Machines")
    assert isinstance(panel, TablePanel)
    qtbot.waitUntil(lambda: panel.rows.standing is not None, timeout=15000)
    return panel


def shown(panel: TablePanel) -> list[Row]:
    """All rows in their order; every one has to be read."""
    rows = [panel.rows.row(place) for place in range(panel.rows.rowCount())]
    assert None not in rows
    return [row for row in rows if row is not None]


def asked(panel: TablePanel, qtbot: QtBot, ask: Callable[[], object]) -> list[Row]:
    """The rows after the table was asked for others."""
    with qtbot.waitSignal(panel.rows.stood):
        ask()
    return shown(panel)


def test_a_page_is_made_on_its_first_visit(window: MainWindow, qtbot: QtBot) -> None:
    assert window.pages.findChild(Tabs) is None
    qtbot.keyClick(window, Qt.Key.Key_3, CTRL)
    qtbot.waitUntil(lambda: isinstance(window.pages.currentWidget(), Tabs))
    assert window.pages.currentWidget() is window.pages.page("machines")
    assert window.commands["machines"].isChecked()
    assert list(window.rail.buttons) == [one.key for one in PAGES]


def test_the_table_shows_what_is_here_and_how_old_it_is(window: MainWindow, qtbot: QtBot) -> None:
    panel = machines(window, qtbot)
    every = window.workspace.tables.rows("machines")
    assert shown(panel) == every
    assert panel.count.text() == f"{len(every)} machines"
    assert panel.age.text() == "fetched just now"
    assert panel.rows.index(0, 0).data() == every[0].name


def test_a_click_on_the_header_sorts_and_the_next_turns_it_round(window: MainWindow, qtbot: QtBot) -> None:
    panel = machines(window, qtbot)
    header = panel.grid.horizontalHeader()
    place = [column.key for column in panel.table.columns].index("make")
    spot = QPoint(header.sectionViewportPosition(place) + 20, 10)

    def click() -> None:
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=spot)

    makes = [str(row.values.get("make", "")) for row in asked(panel, qtbot, click)]
    assert makes == sorted(makes, key=str.casefold) and len(set(makes)) > 2
    assert (header.sortIndicatorSection(), header.sortIndicatorOrder()) == (place, Qt.SortOrder.AscendingOrder)
    back = [str(row.values.get("make", "")) for row in asked(panel, qtbot, click)]
    assert back == sorted(makes, key=str.casefold, reverse=True)
    assert header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder


def test_the_keyboard_alone_walks_sorts_and_opens(window: MainWindow, qtbot: QtBot) -> None:
    panel = machines(window, qtbot)
    qtbot.keyClick(window, Qt.Key.Key_F, CTRL)
    assert panel.filters.line.hasFocus()
    qtbot.keyClick(panel.filters.line, Qt.Key.Key_Down)
    assert panel.grid.hasFocus()
    first = shown(panel)[0]
    assert panel.row == first and panel.detail is not None and panel.detail.title.text() == first.name
    qtbot.keyClick(panel.grid, Qt.Key.Key_Down)
    assert panel.row == shown(panel)[1]
    qtbot.keyClick(panel.grid, Qt.Key.Key_Right)
    here = panel.row
    with qtbot.waitSignal(panel.rows.stood):
        qtbot.keyClick(panel.grid, Qt.Key.Key_Down, ALT)
    makes = [str(row.values.get("make", "")).casefold() for row in shown(panel)]
    assert makes == sorted(makes, reverse=True)
    assert panel.row == here and panel.grid.currentIndex().row() == shown(panel).index(here)


def test_typing_narrows_at_once_and_says_when_nothing_fits(window: MainWindow, qtbot: QtBot) -> None:
    panel = machines(window, qtbot)
    every = shown(panel)
    panel.enter()
    qtbot.keyClick(panel.grid, Qt.Key.Key_N)  # letters typed at the table go to the filter
    assert panel.filters.line.text() == "n" and panel.filters.line.hasFocus()
    found = asked(panel, qtbot, lambda: qtbot.keyClicks(panel.filters.line, "ight"))
    assert found == [row for row in every if row.name.startswith("Night")] != []
    assert panel.count.text() == f"{len(found)} of {len(every)} machines"
    asked(panel, qtbot, lambda: panel.filters.line.setText("Qqqq"))
    assert panel.message.isVisible() and panel.message.text() == "No machine fits “Qqqq”."
    assert asked(panel, qtbot, panel.next_step.click) == every
    assert panel.grid.isVisible() and not panel.filters.clear.isVisible()


def test_a_misspelt_word_finds_what_looks_alike(window: MainWindow, qtbot: QtBot) -> None:
    panel = machines(window, qtbot)
    found = asked(panel, qtbot, lambda: panel.filters.line.setText("Spreeder"))
    assert found and all(row.name.startswith("Spreader") for row in found)
    assert "look alike" in panel.count.text()


def test_chips_and_lists_leave_what_has_the_value(window: MainWindow, qtbot: QtBot) -> None:
    panel = machines(window, qtbot)
    every = shown(panel)
    mine = asked(panel, qtbot, panel.filters.chips["mine"].click)
    assert mine == [row for row in every if row.values["origin_type"] == "USER_CREATED"] != []
    make = panel.filters.picks["make"]
    qtbot.waitUntil(lambda: make.count() > 2)
    place = next(n for n in range(1, make.count()) if make.itemData(n) == mine[0].values["make"])
    both = asked(panel, qtbot, lambda: make.setCurrentIndex(place))
    assert both == [row for row in mine if row.values["make"] == mine[0].values["make"]]
    count = len([row for row in every if row.values.get("make") == mine[0].values["make"]])
    assert make.itemText(place) == f"{mine[0].values['make']}  ·  {count}"
    assert asked(panel, qtbot, panel.filters.clear.click) == every


def test_rows_are_copied_as_a_spreadsheet_takes_them(window: MainWindow, qtbot: QtBot) -> None:
    panel = machines(window, qtbot)
    assert window.commands.why_not("copy-rows") == "Select rows of a table first."
    panel.enter()
    qtbot.keyClick(panel.grid, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert panel.selected.text() == "2 selected"
    QApplication.clipboard().clear()
    qtbot.keyClick(panel.grid, Qt.Key.Key_C, CTRL)
    qtbot.waitUntil(lambda: QApplication.clipboard().text() != "")
    lines = [line.split("\t") for line in QApplication.clipboard().text().split("\n")]
    assert lines[0] == [column.title for column in panel.table.columns]
    assert lines[1:] == [[column.text(row) for column in panel.table.columns] for row in shown(panel)[:2]]


def test_only_the_table_in_sight_says_what_can_be_copied(window: MainWindow, qtbot: QtBot) -> None:
    hidden = machines(window, qtbot)
    page = window.pages.page("machines")
    assert isinstance(page, Tabs)
    page.show_tab("Implements")
    panel = page.panel("Implements")
    assert isinstance(panel, TablePanel)
    qtbot.waitUntil(lambda: panel.rows.rowCount() > 0)
    panel.enter()
    assert window.commands["copy-rows"].isEnabled()
    with qtbot.waitSignal(hidden.rows.stood):
        hidden.rows.refresh()
    assert window.commands["copy-rows"].isEnabled() and window.commands["sort-up"].isEnabled()
    page.show_tab("Machines")
    assert window.commands.why_not("copy-rows") == "Select rows of a table first."
    window.show_page("queue")
    assert window.commands.why_not("sort-up") == "No table is in sight."


def test_a_change_shows_where_it_stands_and_stays_selected(window: MainWindow, qtbot: QtBot) -> None:
    panel = machines(window, qtbot)
    mine = asked(panel, qtbot, panel.filters.chips["mine"].click)
    panel.look_up(mine[-1].id)
    qtbot.waitUntil(lambda: panel.row is not None and panel.row.id == mine[-1].id)
    assert not panel.filters.chips["mine"].isChecked()
    window.doing.do(change("machines", mine[-1].id, name="Aaron"))
    assert panel.detail is not None
    qtbot.waitUntil(lambda: panel.detail is not None and panel.detail.title.text() == "Aaron")
    assert panel.detail.banner.isVisible()
    qtbot.waitUntil(lambda: panel.grid.currentIndex().row() == 0)
    assert panel.rows.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "Aaron, not sent yet"
    unsent = asked(panel, qtbot, panel.filters.chips["unsent"].click)
    assert [row.name for row in unsent] == ["Aaron"]


def test_a_row_selected_while_others_are_read_stays_selected(window: MainWindow, qtbot: QtBot) -> None:
    panel = machines(window, qtbot)
    panel.grid.sorted_by.emit((("name", True),))  # asked for, not answered yet
    panel.grid.select_place(0)
    first = panel.row
    with qtbot.waitSignal(panel.rows.stood):
        pass
    assert panel.row == first and panel.grid.chosen() == [range(panel.rows.rowCount() - 1, panel.rows.rowCount())]


def test_what_was_not_fetched_does_not_look_empty(
    workspace: Workspace, open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    panel = machines(open_window(workspace), qtbot)
    assert panel.message.text() == "Machines were not fetched yet."
    with qtbot.waitSignal(panel.window_.bridge.sync_ended, timeout=60000):
        panel.next_step.click()
    qtbot.waitUntil(lambda: panel.rows.rowCount() > 0, timeout=15000)


def test_columns_keep_their_widths(workspace: Workspace, open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    workspace.sync().result(60)
    first = open_window(workspace)
    machines(first, qtbot).grid.setColumnWidth(1, 171)
    first.close()
    assert machines(open_window(workspace), qtbot).grid.columnWidth(1) == 171


def test_thousands_of_rows_are_read_as_they_come_in_sight(window: MainWindow, qtbot: QtBot) -> None:
    user = next(iter(window.lists.users))
    many = [Machine(id=f"m{n}", leaf_user_id=user, name=f"Machine {n}", raw="{}") for n in range(9000)]
    window.workspace._database.write(lambda connection: Catalog(connection).put(many)).result()
    panel = machines(window, qtbot)
    assert panel.rows.rowCount() > 9000
    place = panel.rows.rowCount() - 400
    assert panel.rows.index(place, 0).data() == "…"
    panel.grid.scrollTo(panel.rows.index(place, 0))
    qtbot.waitUntil(lambda: panel.rows.index(place, 0).data() != "…")
    assert panel.rows.row(place) == window.workspace.tables.rows("machines", offset=place, limit=1)[0]
    panel.grid.selectAll()
    assert panel.grid.chosen() == [range(panel.rows.rowCount())]
    assert len(panel.rows._rows) < 600
    assert not panel.rows.data(panel.rows.index(0, 0), Qt.ItemDataRole.DecorationRole)
    assert panel.rows.rowCount(QModelIndex()) == panel.rows.rowCount()


def test_no_widget_outlives_the_window(window: MainWindow) -> None:
    """One without a parent is taken away whenever Python tidies up: in the middle of Qt's work on the next window."""
    for page in PAGES:
        window.show_page(page.key)
    alone = [widget for widget in QApplication.topLevelWidgets() if widget.parent() is None]
    assert [widget for widget in alone if not isinstance(widget, MainWindow)] == []


def test_tabs_turn_by_key(window: MainWindow, qtbot: QtBot) -> None:
    machines(window, qtbot)
    page = window.pages.page("machines")
    assert isinstance(page, Tabs)
    qtbot.keyClick(window, Qt.Key.Key_Tab, CTRL)
    panel = page.panel("Implements")
    assert panel.isVisible() and page.bar.tabText(page.bar.currentIndex()) == "Implements"

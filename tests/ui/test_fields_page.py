"""The fields page: all fields with both areas, the map's inspector beside them."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from leafdesk.edits import change
from leafdesk.geo.measure import area_ha
from leafdesk.ui.main_window import MainWindow
from leafdesk.ui.panels.fields import FieldsPage
from tests.journeys import hands
from tests.ui.test_tables import asked, shown

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> FieldsPage:
    """The fields page, in sight and read."""
    window.show_page("fields")
    page = window.pages.page("fields")
    assert isinstance(page, FieldsPage)
    qtbot.waitUntil(lambda: page.rows.standing is not None, timeout=15000)
    return page


def cells(page: FieldsPage, place: int) -> dict[str, str]:
    """A line's texts by title."""
    row = shown(page)[place]
    return {column.title: column.text(row) for column in page.table.columns}


def test_a_line_says_what_is_known_of_a_field(page: FieldsPage, window: MainWindow) -> None:
    rows = shown(page)
    assert {row.id for row in rows} == set(window.lists.rows)
    place = next(n for n, row in enumerate(rows) if row.values.get("boundary") and row.mark == "" and row.parent)
    field = window.workspace.catalog.field(rows[place].id)
    assert field is not None and field.shape is not None and field.farm_id is not None
    farm = window.lists.farms[field.farm_id]
    said = cells(page, place)
    assert (said["Field"], said["Farm"], said["Status"]) == (field.name, farm.name, "Processed")
    assert said["Measured, ha"] == f"{area_ha(field.shape):,.2f}"
    assert said["Leaf, ha"] == f"{field.area_ha:,.2f}"
    assert said["Changed at Leaf"] != ""


def test_every_column_sorts(page: FieldsPage, qtbot: QtBot) -> None:
    lowest = {}
    for column in page.table.columns:
        asked(page, qtbot, lambda column=column: page.grid.sorted_by.emit(((column.sort, True),)))  # type: ignore[misc]
        lowest[column.key] = cells(page, 0)[column.title]
    areas = [row.values["area"] for row in shown(page) if "area" in row.values]
    assert lowest["measured"] == f"{max(areas):,.2f}"
    assert lowest["farm"] == max((cells(page, n)["Farm"] for n in range(len(shown(page)))), key=str.casefold)


def test_chips_and_lists_leave_what_fits(page: FieldsPage, window: MainWindow, qtbot: QtBot) -> None:
    rows = shown(page)
    bare = asked(page, qtbot, page.filters.chips["no-boundary"].click)
    assert bare == [row for row in rows if window.lists.rows[row.id].box is None] != []
    asked(page, qtbot, page.filters.reset)
    provider = page.filters.picks["provider"]
    qtbot.waitUntil(provider.isVisible)
    assert not page.filters.picks["type"].isVisible()  # all are of one type: nothing to choose
    place = provider.findData("Leaf")
    assert provider.itemText(place).startswith("By hand")
    mine = asked(page, qtbot, lambda: provider.setCurrentIndex(place))
    assert mine == [row for row in rows if row.provider_name in (None, "Leaf")] != rows
    farm = next(row.parent for row in mine if row.parent)
    parents = page.filters.picks["parent"]
    both = asked(page, qtbot, lambda: parents.setCurrentIndex(parents.findData(farm)))
    assert both == [row for row in mine if row.parent == farm]


def test_the_filter_finds_fields_by_their_farm(page: FieldsPage, window: MainWindow, qtbot: QtBot) -> None:
    farm = next(iter(window.lists.farms.values()))
    found = asked(page, qtbot, lambda: page.filters.line.setText(farm.name))
    assert {row.id for row in found} >= {row.id for row in window.lists.rows.values() if row.farm_id == farm.id}
    assert len(found) < len(window.lists.rows)


def test_the_inspector_comes_along_and_goes_back(page: FieldsPage, window: MainWindow, qtbot: QtBot) -> None:
    field = hands.field_to_edit(window)
    page.look_up(field.id)
    qtbot.waitUntil(lambda: window.inspector.field_id == field.id)
    assert window.inspector.isVisible() and window.inspector.parent() is page.split
    qtbot.waitUntil(window.commands["rename"].isEnabled)
    window.doing.do(change("fields", field.id, name="Aaa"))
    qtbot.waitUntil(lambda: page.row is not None and page.row.name == "Aaa")
    qtbot.waitUntil(lambda: window.inspector.title.text() == "Aaa")
    unsent = asked(page, qtbot, page.filters.chips["unsent"].click)
    assert [row.id for row in unsent] == [field.id] and cells(page, 0)["Standing"] == "Unsent"
    window.show_page("map")
    assert window.workbench.widget(2) is window.inspector and window.inspector.isVisible()
    window.workbench.setSizes([300, 400, 350])
    sizes = window.workbench.sizes()
    for key in ("fields", "queue", "fields", "map"):
        window.show_page(key)
    assert window.workbench.sizes() == sizes


def test_what_is_selected_on_the_map_is_selected_here(window: MainWindow, page: FieldsPage, qtbot: QtBot) -> None:
    window.show_page("map")
    field = hands.field_to_edit(window)
    window.select(field.id)
    window.show_page("fields")
    qtbot.waitUntil(lambda: page.row is not None and page.row.id == field.id)


def test_enter_shows_a_field_on_the_map_and_several_together(
    page: FieldsPage, window: MainWindow, qtbot: QtBot
) -> None:
    asked(page, qtbot, lambda: page.grid.sorted_by.emit((("area", True),)))
    assert not page.on_map.isEnabled() and page.on_map.toolTip() == "Select fields first."
    page.enter()
    assert page.on_map.isEnabled()
    first, second = shown(page)[:2]
    qtbot.keyClick(page.grid, Qt.Key.Key_Return)
    assert window.pages.key == "map" and window.canvas.selection == first.id
    window.show_page("fields")
    page.enter()
    qtbot.keyClick(page.grid, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    page.on_map.click()
    qtbot.waitUntil(lambda: window.pages.key == "map")
    window.canvas.settle()
    for row in (first, second):
        box = window.lists.rows[row.id].box
        assert box is not None
        west, south, east, north = box
        left, bottom = window.canvas.view.to_screen((west, south))
        right, top = window.canvas.view.to_screen((east, north))
        assert left >= 0 and right <= window.canvas.width() and top >= 0 and bottom <= window.canvas.height()


def test_a_letter_is_typed_not_a_tool_taken(page: FieldsPage, window: MainWindow, qtbot: QtBot) -> None:
    page.enter()
    qtbot.keyClick(page.grid, Qt.Key.Key_D)  # on the map: draw
    assert page.filters.line.text() == "d" and window.pages.key == "fields"
    assert window.drawing.mode == "select"


@pytest.mark.qt_log_ignore("This plugin does not support")  # raising windows, grabbing keys: there is no screen
def test_the_context_menu_offers_what_can_be_done(page: FieldsPage, window: MainWindow, qtbot: QtBot) -> None:
    page.enter()
    page.grid.customContextMenuRequested.emit(page.grid.visualRect(page.grid.currentIndex()).center())
    menu = next(menu for menu in page.grid.findChildren(QMenu) if menu.isVisible())
    offered = [action.text() for action in menu.actions() if not action.isSeparator()]
    assert offered[:2] == ["Rename", "Move to farm"] and "Copy rows" in offered
    menu.close()


def test_closing_on_this_page_keeps_the_map_as_it_was(page: FieldsPage, window: MainWindow) -> None:
    window.close()
    split = window.memory.get("split")
    window.workbench.restoreState(split)
    assert window.workbench.count() == 3 and min(window.workbench.sizes()) > 100

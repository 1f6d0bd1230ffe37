"""The window as a whole: selection both ways, undo, pages, looks, what it remembers."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QIcon, QImage
from pytestqt.qtbot import QtBot

from leafdesk.edits import change
from leafdesk.records import provider_in_words
from leafdesk.ui.main_window import MainWindow
from leafdesk.workspace import FieldRow, Workspace
from tests.ui.conftest import FIELDS


def plain_field(window: MainWindow) -> FieldRow:
    """A field made by hand that has a boundary."""
    return next(row for row in window.lists.rows.values() if row.box and not row.provider_name and not row.mark)


def click_on_map(window: MainWindow, row: FieldRow, qtbot: QtBot) -> None:
    shape = window.workspace.catalog.field(row.id).shape  # type: ignore[union-attr]
    assert shape
    ring = shape[0][0][:-1]
    middle = (sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring))
    x, y = window.canvas.view.to_screen(middle)
    qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))


def test_shows_what_was_pulled(window: MainWindow) -> None:
    assert len(window.lists.rows) == FIELDS
    assert window.navigator.shown() == set(window.lists.rows)
    assert window.navigator.chips["all"].text() == f"All {FIELDS}"
    assert window.inspector.totals.value("fields") == str(FIELDS)


def test_a_click_on_the_map_selects_in_list_and_inspector(window: MainWindow, qtbot: QtBot) -> None:
    row = plain_field(window)
    window.canvas.fit_field(row.id)
    window.canvas.settle()
    click_on_map(window, row, qtbot)
    assert window.canvas.selection == row.id
    assert window.navigator.tree.currentIndex().data() == row.name
    assert window.inspector.title.text() == row.name
    qtbot.waitUntil(lambda: "✓" in window.inspector.figures.value("shape"), timeout=15000)
    assert window.inspector.figures.value("leaf") == window.inspector.figures.value("measured")
    assert window.inspector.figures.value("difference") == "none"


def test_a_line_of_the_list_selects_on_the_map(window: MainWindow) -> None:
    row = plain_field(window)
    window.navigator.tree.setCurrentIndex(window.navigator.model.find(row.id))
    assert window.canvas.selection == row.id
    assert window.inspector.field_id == row.id


def test_a_rename_is_seen_everywhere_and_undo_names_it(window: MainWindow, qtbot: QtBot) -> None:
    row = plain_field(window)
    window.select(row.id)
    window.doing.do(change("fields", row.id, name="Zebra Piece"))
    qtbot.waitUntil(lambda: window.inspector.title.text() == "Zebra Piece")
    qtbot.waitUntil(lambda: window.rail.buttons["queue"].accessibleName() == "Queue, 1 change")
    assert window.navigator.tree.currentIndex().data() == "Zebra Piece"
    assert window.commands["sync"].text() == "Sync 1 change"
    assert window.status.waiting.text() == "1 change waiting"
    assert "Not sent yet" in window.inspector.banner_title.text()
    undo = window.commands["undo"]
    assert undo.isEnabled() and "name" in undo.text().lower(), undo.text()
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.inspector.title.text() == row.name)
    qtbot.waitUntil(lambda: window.status.waiting.text() == "Everything sent")
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: window.inspector.title.text() == "Zebra Piece")


def test_cursor_and_scale_are_told_only_where_the_map_is(window: MainWindow, qtbot: QtBot) -> None:
    status = window.status
    assert status.scale.isVisible() and status.scale.text().startswith("1 : ")
    for page in ("fields", "queue"):
        window.show_page(page)
        qtbot.waitUntil(lambda: not status.scale.isVisible() and not status.cursor_label.isVisible())
    window.show_page("map")
    assert status.scale.isVisible() and status.cursor_label.isVisible()


def test_a_disabled_action_says_why(window: MainWindow, qtbot: QtBot) -> None:
    assert window.commands.why_not("edit") == "Select a field first."
    provider = next(row for row in window.lists.rows.values() if row.provider_name)
    window.select(provider.id)
    qtbot.waitUntil(lambda: not window.inspector.reason.isHidden())
    why = window.commands["rename"].toolTip()
    assert not window.commands["rename"].isEnabled()
    assert provider.provider_name and provider_in_words(provider.provider_name) in why
    assert why in window.inspector.reason.text()


def test_find_picks_a_field_by_keyboard(window: MainWindow, qtbot: QtBot) -> None:
    row = plain_field(window)
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    finder = window.top.finder
    qtbot.waitUntil(finder.hasFocus)
    qtbot.keyClicks(finder, row.name)
    qtbot.waitUntil(lambda: finder.answers.count() > 0 and row.name in finder.answers.item(0).text())
    qtbot.keyClick(finder, Qt.Key.Key_Return)
    assert window.inspector.field_id == row.id
    assert finder.text() == ""


def test_find_runs_a_command(window: MainWindow, qtbot: QtBot) -> None:
    finder = window.top.finder
    finder.setText("settings")
    qtbot.waitUntil(lambda: finder.answers.count() > 0)
    qtbot.keyClick(finder, Qt.Key.Key_Return)
    page = window.pages.page("settings")  # made on the first visit
    assert window.pages.currentWidget() is page


def test_pages_turn_by_key(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_5, Qt.KeyboardModifier.ControlModifier)
    assert window.pages.currentWidget() is window.queue
    assert "Everything you did here is at Leaf" in window.queue.note.text()
    qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert window.pages.currentWidget() is window.workbench


def test_looks_change_map_and_panels(window: MainWindow, qtbot: QtBot) -> None:
    window.choose_look("light")
    qtbot.waitUntil(lambda: window.theme.settled)
    light = window.grab().toImage().pixelColor(1390, 500).lightness()
    window.choose_look("dark")
    qtbot.waitUntil(lambda: window.theme.settled)
    dark = window.grab().toImage().pixelColor(1390, 500).lightness()
    assert (light > 240, dark < 60) == (True, True)
    assert window.canvas.colours.ground.lightness() < 60
    assert window.memory.look == "dark"
    window.choose_look("system")


def test_the_next_start_paints_the_last_view_first(
    workspace: Workspace, open_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    workspace.sync().result(60)
    first = open_window(workspace)
    row = plain_field(first)
    first.canvas.fit_field(row.id)
    first.canvas.settle()
    first.canvas.view = replace(first.canvas.view, zoom=15.25)
    seen = first.canvas.view
    first.close()
    assert not QImage(str(tmp_path / "window" / "last-view.png")).isNull()
    second = open_window(workspace)
    assert second.canvas.view.zoom == seen.zoom == 15.25
    assert abs(second.canvas.view.center[0] - seen.center[0]) < 1e-4
    assert abs(second.canvas.view.center[1] - seen.center[1]) < 1e-4


def test_every_action_has_name_icon_and_tooltip(window: MainWindow) -> None:
    for entry, action in window.commands:
        assert action.text() and action.toolTip(), entry.key
        assert not action.icon().isNull(), entry.key
    keys = [key for entry, _ in window.commands for key in entry.keys]
    assert len(keys) == len(set(keys))


def test_icons_wear_the_colours_of_rest_checked_and_disabled(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window._dressed)
    icon, colours = window.commands["map"].icon(), window.theme.colours
    for mode, state, colour in (
        (QIcon.Mode.Normal, QIcon.State.Off, colours.muted),
        (QIcon.Mode.Active, QIcon.State.On, colours.accent),
        (QIcon.Mode.Disabled, QIcon.State.Off, colours.disabled),
    ):
        image = icon.pixmap(QSize(64, 64), mode, state).toImage()
        pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
        assert {pixel.name() for pixel in pixels if pixel.alpha() == 255} == {colour}


def test_a_new_field_stays_in_sight_while_a_sync_brings_others(window: MainWindow, qtbot: QtBot) -> None:
    row = plain_field(window)
    window.commands["draw"].trigger()
    qtbot.waitUntil(lambda: window.canvas.tool == "draw")
    assert window.inspector.new.isVisible()
    with qtbot.waitSignal(window.bridge.changed):
        window.doing.do(change("fields", row.id, name="Zebra Piece"))
    qtbot.waitUntil(lambda: window.lists.rows[row.id].name == "Zebra Piece")
    assert window.inspector.new.isVisible()
    qtbot.keyClick(window.canvas, Qt.Key.Key_Escape)
    assert not window.inspector.new.isVisible() and window.inspector.totals.isVisible()


def test_the_first_fetch_does_not_move_a_map_that_was_touched(
    workspace: Workspace, open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = open_window(workspace)
    window.sync()
    qtbot.waitUntil(lambda: window.canvas.aimed, timeout=15000)
    window.canvas.pan(37, 11)
    touched = window.canvas.view
    qtbot.waitUntil(lambda: window.status.cancel.isHidden() and len(window.lists.rows) == FIELDS, timeout=60000)
    assert window.canvas.view == touched

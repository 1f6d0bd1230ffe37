"""Ready for the field, in the real window: what is missing is told with the button that mends it, then all is here."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from leafdesk.edits import change
from leafdesk.sandbox import Sandbox
from leafdesk.ui.dialogs.map_area import MapArea
from leafdesk.ui.dialogs.ready import Ready
from leafdesk.ui.main_window import MainWindow
from leafdesk.workspace import Workspace
from tests.journeys import hands
from tests.tiles.server import TileServer, tile_server
from tests.ui.test_maps_page import sheet_of


@pytest.fixture
def server() -> Iterator[TileServer]:
    with tile_server() as running:
        yield running


def ready(window: MainWindow, qtbot: QtBot) -> Ready:
    """Press the one button and wait until everything was fetched and looked at."""
    hands.press(window, "ready")
    (sheet,) = window.findChildren(Ready)
    qtbot.waitUntil(lambda: bool(sheet.lines) and not sheet.fetching, timeout=30000)
    return sheet


def missing(sheet: Ready) -> set[str]:
    return {key for key, need in sheet.needs.items() if not need.met}


def test_one_button_fetches_and_each_red_line_has_what_mends_it(
    workspace: Workspace, open_window: Callable[..., MainWindow], server: TileServer, qtbot: QtBot
) -> None:
    window = open_window(workspace)
    assert not window.lists.rows, "nothing was fetched yet"
    sheet = ready(window, qtbot)
    qtbot.waitUntil(lambda: missing(sheet) == {"map"}, timeout=15000)
    assert sheet.lines["map"].mend.text() == "Offline maps" and sheet.said.text() == "1 thing is missing."
    assert sheet.lines["map"].mark.text() == "▲" and sheet.lines["fetched"].mark.text() == "✓"
    assert "60 fields" in sheet.needs["boundaries"].says and not sheet.lines["fetched"].mend.isVisible()
    sheet.lines["map"].mend.click()
    assert window.pages.key == "maps"
    window.maps.add(server.source(bulk="ask", highest=14), lambda _: None, pytest.fail)
    qtbot.waitUntil(lambda: sheet.lines["map"].mend.text() == "Download…", timeout=15000)
    sheet.lines["map"].mend.click()
    area = sheet_of(window, MapArea)
    assert isinstance(area, MapArea) and area.what.currentText() == "All fields"
    qtbot.waitUntil(lambda: area.figure is not None, timeout=15000)
    assert not area.yes.isEnabled(), "the terms come first"
    area.agreed.setChecked(True)
    area.yes.click()
    qtbot.waitUntil(lambda: missing(sheet) == set(), timeout=60000)
    assert sheet.said.text() == "✓ Ready for a day without a signal."
    sheet.close()


def test_without_a_signal_it_says_what_is_missing_and_what_is_here(
    window: MainWindow, sandbox: Sandbox, qtbot: QtBot, tmp_path: Path
) -> None:
    sandbox.go_dark()
    row = hands.field_to_edit(window)
    window.workspace.do(change("fields", row.id, name="The Far Acre")).result(30)
    window.select(row.id)
    sheet = ready(window, qtbot)
    farm = window.lists.farms[row.farm_id or ""].name
    assert sheet.which.currentText().endswith(farm), "the farm of the selected field comes first"
    qtbot.waitUntil(lambda: missing(sheet) == {"sent", "map"}, timeout=15000)
    assert sheet.needs["sent"].says.startswith("1 change of yours Leaf does not have yet.")
    assert sheet.needs["fetched"].says == "Leaf was read just now. It cannot be reached at the moment."
    sandbox.come_back()
    sheet.lines["sent"].mend.click()
    qtbot.waitUntil(lambda: missing(sheet) == {"map"}, timeout=30000)
    sheet.close()


def test_a_missing_copy_is_written_by_its_button_and_a_damaged_one_is_told(window: MainWindow, qtbot: QtBot) -> None:
    sheet = ready(window, qtbot)
    qtbot.waitUntil(lambda: bool(sheet.needs), timeout=15000)
    (copy,) = window.workspace.folder.rglob("backups/*.db")
    copy.write_bytes(copy.read_bytes()[:5000])
    sheet.look()
    qtbot.waitUntil(lambda: "damaged" in sheet.needs["backup"].says, timeout=15000)
    assert sheet.lines["backup"].mend.text() == "Copy now"
    sheet.lines["backup"].mend.click()
    qtbot.waitUntil(lambda: sheet.needs["backup"].met, timeout=15000)
    assert len(list(window.workspace.folder.rglob("backups/*.db"))) == 2
    sheet.close()


def test_closed_while_it_fetches_it_tells_nothing_more(window: MainWindow, qtbot: QtBot) -> None:
    hands.press(window, "ready")
    (sheet,) = window.findChildren(Ready)
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.status.cancel.isHidden(), timeout=30000)
    hands.settle(window, qtbot)
    assert not window.findChildren(Ready)


def test_nobody_signed_in_is_one_red_line(tmp_path: Path, open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    nobody = Workspace(tmp_path / "nobody")
    window = open_window(nobody)
    sheet = ready(window, qtbot)
    assert set(sheet.lines) == {"sign-in"} and sheet.lines["sign-in"].mend.text() == "Sign in…"
    sheet.close()
    window.close()
    nobody.close()

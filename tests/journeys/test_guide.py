"""The guide: its pictures are taken here, from the real window, and every name it uses is one that the window shows.

LEAFDESK_GUIDE=resources/guide uv run pytest tests/journeys/test_guide.py     # takes the pictures anew
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from leafdesk.edits import Create, change
from leafdesk.records import Farm
from leafdesk.sandbox import Sandbox
from leafdesk.shipped import shipped
from leafdesk.ui.dialogs.reader import GUIDE, Reader
from leafdesk.ui.main_window import MainWindow
from leafdesk.workspace import Workspace
from tests.journeys import hands

TEXT = shipped(GUIDE).read_text("utf-8")
WHERE = os.environ.get("LEAFDESK_GUIDE")  # read now: every test's own environment has no LEAFDESK_…


def _queue_changes(window: MainWindow, sandbox: Sandbox, qtbot: QtBot) -> None:
    sandbox.go_dark()
    hands.sync(window, qtbot)
    row = hands.field_to_edit(window)
    hands.move_a_corner(window, row, QPoint(9, 7), qtbot)
    window.canvas.fit_all()
    window.canvas.settle()
    middle = QPoint(window.canvas.width() // 2, window.canvas.height() - 120)
    hands.draw(window, [middle + QPoint(x, y) for x, y in ((-30, -20), (30, -20), (34, 18), (-28, 22))], qtbot)
    hands.name_it(window, "Night Piece", qtbot)
    qtbot.waitUntil(lambda: window.inspector.title.text() == "Night Piece", timeout=15000)
    qtbot.waitUntil(lambda: window.status.waiting.text() == "3 changes waiting", timeout=15000)


def _take_a_colleagues(
    window: MainWindow, sandbox: Sandbox, qtbot: QtBot, folder: Path, request: pytest.FixtureRequest
) -> QImage:
    """Open a colleague's hand-over, of which one field is gone at Leaf; the picture of what it holds."""
    sandbox.come_back()
    colleague = Workspace(folder / "colleague", api_url=sandbox.url)
    request.addfinalizer(colleague.close)
    colleague.login(sandbox.username, sandbox.password).result(30)
    colleague.sync().result(60)
    rows = [row for row in colleague.catalog.fields() if row.mark == "" and row.provider_name in (None, "Leaf")]
    farm = Farm(id="riverside", leaf_user_id=rows[1].leaf_user_id, name="Riverside")
    colleague.do(Create(farm), change("fields", rows[1].id, farm_id="riverside", name="The Long Acre")).result(30)
    colleague.do(change("fields", rows[2].id, name="Sold Ground")).result(30)
    file = folder / "friday.leafdesk-handover"
    colleague.handing.give(file)
    sandbox.leaf.remove(rows[2].id)
    window.workspace.sync(push=False).result(60)
    window.notice.say("")
    window.importing.open([file])
    qtbot.waitUntil(lambda: window.handing.page is not None and window.handing.page.go.isEnabled(), timeout=15000)
    assert window.handing.page is not None
    window.handing.page.list.selectRow(2)
    return window.grab().toImage()


def test_the_pictures_of_the_guide_show_this_window(
    window: MainWindow, sandbox: Sandbox, qtbot: QtBot, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = Path(WHERE) if WHERE else tmp_path
    _queue_changes(window, sandbox, qtbot)
    qtbot.waitUntil(lambda: window.canvas.selection == window.inspector.field_id, timeout=15000)
    hands.press(window, "fit-field")
    for _ in range(2):
        hands.press(window, "zoom-out")
    window.canvas.settle()
    figures = [one for one in window.inspector.findChildren(QLabel) if one.isVisible()]
    qtbot.waitUntil(lambda: not any(one.text() in ("…", "...") for one in figures), timeout=15000)
    taken = {"map.png": window.grab().toImage()}
    hands.press(window, "queue")
    qtbot.waitUntil(lambda: len(window.queue.lines) == 3, timeout=15000)
    taken["queue.png"] = window.grab().toImage()
    taken["hand-over.png"] = _take_a_colleagues(window, sandbox, qtbot, tmp_path, request)
    for name, picture in taken.items():
        small = picture.scaledToWidth(900, Qt.TransformationMode.SmoothTransformation)
        assert small.convertToFormat(QImage.Format.Format_RGB32).save(str(folder / name), quality=0)
        shown = QImage(str(shipped(f"guide/{name}")))
        assert shown.size() == small.size()
        assert len({shown.pixel(x, y) for x in range(0, 900, 9) for y in range(0, shown.height(), 9)}) > 12
    assert set(re.findall(r"!\[[^\]]+\]\(([^)]+)\)", TEXT)) == taken.keys()


def test_every_name_in_the_guide_is_one_that_the_window_shows(
    window: MainWindow,
    sandbox: Sandbox,
    open_window: Callable[..., MainWindow],
    qtbot: QtBot,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    names = {action.text() for action in window.actions()}  # now, for "Sync" will count what waits
    _queue_changes(window, sandbox, qtbot)
    hands.press(window, "queue")
    qtbot.waitUntil(lambda: len(window.queue.lines) == 3, timeout=15000)
    nobody = Workspace(tmp_path / "nobody")
    request.addfinalizer(nobody.close)
    first = open_window(nobody, try_demo=lambda: None)
    window.pages.page("settings")  # made on the first visit
    names |= {action.text() for one in (window, first) for action in one.actions()}
    names |= {button.text().strip() for one in (window, first) for button in one.findChildren(QAbstractButton)}
    said = set(re.findall(r"\*\*([^*]+)\*\*", TEXT))
    assert {"Draw", "Sync", "Retry"} <= said
    assert said - names == set()


def test_help_opens_the_guide_with_its_pictures(window: MainWindow, qtbot: QtBot) -> None:
    hands.press(window, "help")
    reader = window.findChild(Reader)
    assert reader is not None and reader.isVisible()
    assert reader.text.toPlainText().startswith("How Leafdesk works")
    picture = reader.text.loadResource(2, "map.png")  # QTextDocument.ImageResource
    assert picture is not None
    reader.accept()


def test_the_licences_open_from_the_settings(window: MainWindow, qtbot: QtBot) -> None:
    hands.press(window, "settings")
    licences = next(b for b in window.pages.page("settings").findChildren(QAbstractButton) if b.text() == "Licences")
    licences.click()
    reader = next(one for one in window.findChildren(Reader) if one.windowTitle() == "Licences")
    assert "LESSER GENERAL PUBLIC LICENSE" in reader.text.toPlainText()
    reader.accept()


def test_a_text_that_is_missing_is_named(window: MainWindow, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Reader(window, "None", tmp_path / "none.txt")

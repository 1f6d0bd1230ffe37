"""Handing over in the real window: asked first, written, shown to a colleague, taken once, taken back."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from leafdesk.edits import change
from leafdesk.sandbox import Sandbox
from leafdesk.ui.dialogs.hand_over import AskHandOver, AskTakeBack
from leafdesk.ui.main_window import MainWindow
from leafdesk.ui.panels.hand_over import HandOverPage
from leafdesk.workspace import Workspace
from tests.journeys import hands
from tests.ui.test_importing import drop


def rename_two(window: MainWindow, qtbot: QtBot) -> list[str]:
    """Two fields renamed; the ids of the edits in the queue."""
    rows = [row for row in window.lists.rows.values() if row.mark == "" and row.provider_name in (None, "Leaf")]
    for n, row in enumerate(rows[:2]):
        window.doing.do(change("fields", row.id, name=f"Renamed {n}"))
    window.show_page("queue")
    qtbot.waitUntil(lambda: len(window.queue.lines) == 2)
    return list(window.queue.lines)


def looked(window: MainWindow, qtbot: QtBot) -> HandOverPage:
    page = window.handing.page
    assert page is not None
    qtbot.waitUntil(lambda: page.about.text() != "Reading…")
    return page


@pytest.fixture
def colleague(tmp_path: Path, sandbox: Sandbox) -> Iterator[Workspace]:
    """Another laptop with the same account, synced."""
    other = Workspace(tmp_path / "colleague", api_url=sandbox.url)
    other.login(sandbox.username, sandbox.password).result(30)
    other.sync().result(60)
    yield other
    other.close()


@pytest.fixture
def colleagues_window(colleague: Workspace, open_window: Callable[..., MainWindow], tmp_path: Path) -> MainWindow:
    return open_window(colleague)


def test_the_queue_is_handed_over_after_a_question(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    why_not = window.commands.why_not("hand-over")
    assert why_not == "Nothing waits that could be handed over."
    assert window.commands.why_not("take-back") == "Nothing is in anybody else's hands."
    rename_two(window, qtbot)
    assert window.commands["hand-over"].isEnabled()
    QTest.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: window.handing.sheet is not None)
    sheet = window.handing.sheet
    assert isinstance(sheet, AskHandOver) and sheet.many == 2 and "Hand over 2 changes" in sheet.windowTitle()
    sheet.yes.click()
    dialog = window.handing.dialog
    assert dialog is not None and dialog.defaultSuffix() == "leafdesk-handover"
    dialog.reject()
    assert all(item.handed is None for item in window.queue.items), "a look at where it could go hands nothing over"

    file = tmp_path / "today.leafdesk-handover"
    window.handing.write(file)
    qtbot.waitUntil(lambda: all(item.handed for item in window.queue.items))
    assert file.exists()
    qtbot.waitUntil(lambda: "handed over in today.leafdesk-handover" in window.notice.text.text())
    first, *_ = window.queue.lines.values()
    assert first.state.text() == "Handed over" and "Whoever took that over sends it" in first.reason.text()
    assert first.buttons["discard"].isHidden() and not first.buttons["back"].isHidden()
    assert window.commands.why_not("hand-over") == "Nothing waits that could be handed over."

    first.buttons["back"].click()
    back = window.handing.sheet
    assert isinstance(back, AskTakeBack) and back.no.isDefault()
    back.yes.click()
    qtbot.waitUntil(lambda: [item.handed is None for item in window.queue.items] == [True, False])


def test_only_what_is_ticked_is_handed_over(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    _, second = rename_two(window, qtbot)
    window.queue.lines[second].chosen.setChecked(True)
    window.queue.together["hand"].click()
    qtbot.waitUntil(lambda: window.handing.sheet is not None)
    assert isinstance(window.handing.sheet, AskHandOver) and window.handing.sheet.many == 1
    window.handing.sheet.reject()
    window.handing.write(tmp_path / "one.leafdesk-handover", [second])
    qtbot.waitUntil(lambda: [item.handed is None for item in window.queue.items] == [True, False])


def test_what_cannot_be_written_is_said_and_nothing_goes(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    rename_two(window, qtbot)
    window.handing.write(tmp_path / "nowhere" / "x.leafdesk-handover")
    qtbot.waitUntil(lambda: "could not be written" in window.notice.text.text())
    assert all(item.handed is None for item in window.queue.items)


def test_a_colleagues_file_is_shown_and_taken_once(
    workspace: Workspace, colleagues_window: MainWindow, qtbot: QtBot, tmp_path: Path, sandbox: Sandbox
) -> None:
    workspace.sync().result(60)
    window, file = colleagues_window, tmp_path / "anna.leafdesk-handover"
    rows = [row for row in workspace.catalog.fields() if row.mark == "" and row.provider_name in (None, "Leaf")]
    kept, gone = rows[:2]
    workspace.do(change("fields", kept.id, name="By Anna"), change("fields", gone.id, name="Lost")).result(30)
    workspace.handing.give(file)
    sandbox.leaf.remove(gone.id)
    hands.sync(window, qtbot)
    qtbot.waitUntil(lambda: gone.id not in window.lists.rows)

    drop(window, file)
    page = looked(window, qtbot)
    assert page.title.text() == "Hand-over of 2 changes" and sandbox.username in page.about.text()
    here = {page.model.index(n, 0).data(): page.model.index(n, 2).data() for n in range(2)}
    assert here[f"Rename {kept.name} to By Anna"] == "Comes to you"
    assert next(text for name, text in here.items() if "Lost" in name).startswith("This field is not here")
    assert page.go.text() == "Take over 1 of 2" and not page.banner_card.isHidden()
    assert window.queue.items == []
    page.go.click()
    qtbot.waitUntil(lambda: window.pages.key == "queue" and len(window.queue.items) == 1)
    qtbot.waitUntil(lambda: "1 change taken over" in window.notice.text.text())
    (line,) = window.queue.lines.values()
    assert line.state.text() == "Waiting" and "Taken over from" in line.reason.text()
    hands.sync(window, qtbot)
    qtbot.waitUntil(lambda: window.queue.items == [])
    assert sandbox.leaf.field(kept.id)["name"] == "By Anna"

    window.handing.open(file)
    qtbot.waitUntil(lambda: "taken here already" in page.banner.text())
    assert not page.go.isEnabled() and page.go.toolTip() == page.banner.text()
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert window.pages.key == "queue"


def test_a_file_that_is_none_says_so(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "x.leafdesk-handover"
    file.write_text("nothing of the kind")
    window.importing.open([file])
    page = looked(window, qtbot)
    qtbot.waitUntil(lambda: "no hand-over of Leafdesk" in page.banner.text())
    assert "Nothing was changed." in page.banner.text() and not page.go.isEnabled()

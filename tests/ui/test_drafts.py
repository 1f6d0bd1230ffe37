"""Drawings that were open when Leafdesk ended: offered again with every step, put away, thrown away."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from leafdesk.ui.dialogs.drafts import DraftsList
from leafdesk.ui.main_window import MainWindow
from leafdesk.workspace import Workspace
from tests.journeys import hands
from tests.ui.test_boundary_tools import select, shape_of, take

PATIENCE = 30000


def drafts(window: MainWindow) -> list[tuple[str, int, int]]:
    return [(draft.tool, len(draft.names), draft.at) for draft in window.workspace.drafts.all()]


def offered(window: MainWindow, qtbot: QtBot) -> DraftsList:
    qtbot.waitUntil(lambda: any(one.isVisible() for one in window.findChildren(DraftsList)), timeout=PATIENCE)
    return next(one for one in window.findChildren(DraftsList) if one.isVisible())


def test_every_gesture_is_written_down_and_forgotten_when_it_is_in_the_queue(window: MainWindow, qtbot: QtBot) -> None:
    row = hands.field_to_edit(window)
    before = shape_of(window, row.id)
    select(window, row, qtbot)
    take(window, "edit", qtbot)
    assert drafts(window) == []
    start = hands.pixel(window, before[0][0][0])
    hands.drag(window, start, start + QPoint(9, 7), qtbot)
    qtbot.waitUntil(lambda: drafts(window) == [("edit", 1, 1)], timeout=PATIENCE)
    hands.drag(window, start + QPoint(9, 7), start + QPoint(14, 9), qtbot)
    window.undo()
    qtbot.waitUntil(lambda: drafts(window) == [("edit", 2, 1)], timeout=PATIENCE)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(window.queue.items) == 1 and drafts(window) == [], timeout=PATIENCE)


def test_a_drawing_waits_for_its_name_as_a_draft(window: MainWindow, qtbot: QtBot) -> None:
    middle = QPoint(window.canvas.width() // 2, window.canvas.height() // 2)
    hands.draw(window, [middle + QPoint(x, y) for x, y in ((-30, -20), (30, -20), (34, 18))], qtbot)
    qtbot.waitUntil(lambda: window.drawing.sheet is not None, timeout=PATIENCE)
    qtbot.wait(1)
    assert drafts(window) == [("draw", 3, 3)]
    hands.name_it(window, "Night Piece", qtbot)
    qtbot.waitUntil(lambda: drafts(window) == [], timeout=PATIENCE)
    qtbot.waitUntil(lambda: len(window.queue.items) > 0, timeout=PATIENCE)


def test_what_was_open_is_offered_at_the_next_start_with_all_its_steps(
    window: MainWindow, open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    row = hands.field_to_edit(window)
    before = shape_of(window, row.id)
    select(window, row, qtbot)
    take(window, "edit", qtbot)
    start = hands.pixel(window, before[0][0][0])
    hands.drag(window, start, start + QPoint(9, 7), qtbot)
    hands.drag(window, start + QPoint(9, 7), start + QPoint(14, 9), qtbot)
    drawn = window.canvas.hand_tool.shape  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: drafts(window) == [("edit", 2, 2)], timeout=PATIENCE)
    window.close()
    assert window.isVisible() and "leaves it as a draft" in window.notice.text.text()
    window.close()
    again = open_window(window.workspace)
    listed = offered(again, qtbot)
    (go_on,) = listed.go_on.values()
    go_on.click()
    qtbot.waitUntil(lambda: again.canvas.tool == "edit", timeout=PATIENCE)
    assert again.canvas.hand_tool.shape == drawn  # type: ignore[attr-defined]
    assert again.inspector.field_id == row.id or again.canvas.selection == row.id
    assert again.top.undo.text().strip() == "Undo move corner"
    again.undo()
    assert again.canvas.edit_state is not None
    assert (again.canvas.edit_state.undo_name, again.canvas.edit_state.can_redo) == ("Move corner", True)
    again.redo()
    qtbot.waitUntil(lambda: drafts(again) == [("edit", 2, 2)], timeout=PATIENCE)
    qtbot.keyClick(again.canvas, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shape_of(again, row.id) == drawn, timeout=PATIENCE)
    qtbot.waitUntil(lambda: drafts(again) == [], timeout=PATIENCE)


def test_an_invalid_boundary_is_kept_as_a_draft_and_never_queued(window: MainWindow, qtbot: QtBot) -> None:
    hands.press(window, "draw")
    middle = QPoint(window.canvas.width() // 2, window.canvas.height() // 2)
    for dx, dy in ((-40, -40), (40, 40), (40, -40), (-40, 40)):
        qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=middle + QPoint(dx, dy))
    qtbot.keyClick(window.canvas, Qt.Key.Key_Return)
    assert window.canvas.tool == "draw"
    hands.press(window, "keep-draft")
    assert window.notice.text.text().startswith("Kept as a draft.")
    assert (window.canvas.tool, window.queue.items) == ("browse", [])
    qtbot.waitUntil(lambda: drafts(window) == [("draw", 4, 4)], timeout=PATIENCE)
    hands.press(window, "drafts")
    listed = offered(window, qtbot)
    (go_on,) = listed.go_on.values()
    go_on.click()
    qtbot.waitUntil(lambda: window.canvas.tool == "draw", timeout=PATIENCE)
    assert window.canvas.edit_state is not None and window.canvas.edit_state.problems
    window.drawing.leave()
    qtbot.waitUntil(lambda: drafts(window) == [], timeout=PATIENCE)
    hands.press(window, "keep-draft")
    assert window.notice.text.text().startswith("There is nothing drawn")


def test_a_draft_is_thrown_away(window: MainWindow, qtbot: QtBot) -> None:
    hands.press(window, "draw")
    for x in (60, 120):
        qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=QPoint(300 + x, 300))
    hands.press(window, "keep-draft")
    qtbot.waitUntil(lambda: drafts(window) == [("draw", 2, 2)], timeout=PATIENCE)
    hands.press(window, "drafts")
    listed = offered(window, qtbot)
    (throw_away,) = listed.throw_away.values()
    throw_away.click()
    qtbot.waitUntil(lambda: drafts(window) == [], timeout=PATIENCE)


_GESTURES = """
import pathlib, sys
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from leafdesk.app import make_application
from leafdesk.ui.main_window import MainWindow
from leafdesk.workspace import Workspace

make_application()
workspace = Workspace(pathlib.Path(sys.argv[1]))
window = MainWindow(workspace, pathlib.Path(sys.argv[2]))
tool, field_id = sys.argv[3:]
left, canvas = Qt.MouseButton.LeftButton, window.canvas
window.resize(1200, 800)
window.show()
while not window.lists.ready:
    QTest.qWait(10)
if field_id:
    window.look_at(field_id)
    while not window.commands[tool].isEnabled():
        QTest.qWait(10)
window.commands[tool].trigger()
while canvas.tool != tool:
    QTest.qWait(10)
canvas.settle()
corner = workspace.catalog.field(field_id).shape[0][0][0] if field_id else (0, 0)
x, y = canvas.view.to_screen(corner) if tool == "edit" else (canvas.width() / 2, canvas.height() / 2)

def gesture(n):
    if tool == "draw":
        QTest.mouseClick(canvas, left, pos=QPoint(200 + 40 * (n % 12), 300 + 30 * (n % 2) + n // 12 * 7))
        return
    start, end = (QPoint(round(x) + 6 * (m % 2), round(y) + 5 * (m % 2)) for m in (n, n + 1))
    QTest.mousePress(canvas, left, pos=start)
    QTest.mouseMove(canvas, (start + end) / 2, delay=1)
    QTest.mouseMove(canvas, end, delay=1)
    QTest.mouseRelease(canvas, left, pos=end)

for n in range(200):
    gesture(n)
    print(n + 1, flush=True)
    while not workspace.drafts.all() or len(workspace.drafts.all()[0].names) < n + 1:
        QTest.qWait(1)
"""


def killed_after(gestures: int, *given: str) -> int:
    """Start a window that makes one gesture after the other and kill it; how many it said it had made."""
    with subprocess.Popen([sys.executable, "-c", _GESTURES, *given], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = 0
        while told < gestures:
            line = process.stdout.readline()
            assert line, "it ended by itself"
            told = int(line)
        os.kill(process.pid, signal.SIGKILL)
        told = max([told, *map(int, process.stdout.read().split())])
    assert process.returncode == -signal.SIGKILL
    return told


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is Unix's")
@pytest.mark.parametrize(("tool", "gestures"), [("draw", 6), ("edit", 9)])
def test_a_window_that_was_killed_loses_one_gesture_at_most(
    workspace: Workspace,
    tool: str,
    gestures: int,
    tmp_path: Path,
    open_window: Callable[..., MainWindow],
    qtbot: QtBot,
) -> None:
    workspace.sync().result(60)
    folder = workspace.folder
    rows = [row for row in workspace.catalog.fields() if row.box and not row.provider_name and not row.mark]
    field = workspace.catalog.field(rows[0].id)
    workspace.close()
    told = killed_after(gestures, str(folder), str(tmp_path / "killed"), tool, "" if tool == "draw" else rows[0].id)
    again = Workspace(folder)
    try:
        window = open_window(again)
        listed = offered(window, qtbot)
        (draft,) = again.drafts.all()
        assert told - 1 <= len(draft.names) <= told, "the last gesture may be lost, no other"
        listed.go_on[draft.id].click()
        qtbot.waitUntil(lambda: window.canvas.tool == tool, timeout=PATIENCE)
        for _ in draft.names:
            assert window.canvas.undo()
        assert not window.canvas.undo()
        if tool == "edit":
            assert field is not None
            assert window.canvas.hand_tool.shape == field.shape  # type: ignore[attr-defined]
        while window.canvas.redo():
            pass
        state = window.canvas.edit_state
        assert state is not None and state.undo_name == draft.names[-1]
        window.drawing.leave()
        qtbot.waitUntil(lambda: drafts(window) == [], timeout=PATIENCE)
        window.close()
    finally:
        again.close()


def test_moves_of_a_field_are_written_down_and_taken_up_again(
    window: MainWindow, open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    row = next(one for one in window.lists.rows.values() if one.box and not one.provider_name and not one.mark)
    select(window, row, qtbot)
    take(window, "shift", qtbot)
    for _ in range(3):
        qtbot.keyClick(window.canvas, Qt.Key.Key_Right)
    gone = window.canvas.hand_tool.history.now  # type: ignore[attr-defined]
    assert window.top.undo.text().strip() == "Undo nudge field" and window.commands["undo"].isEnabled()
    qtbot.keyClick(window.canvas, Qt.Key.Key_Backspace)
    assert window.commands["redo"].isEnabled()
    qtbot.waitUntil(lambda: drafts(window) == [("shift", 3, 2)], timeout=PATIENCE)
    window.close()
    window.close()
    again = open_window(window.workspace)
    next(iter(offered(again, qtbot).go_on.values())).click()
    qtbot.waitUntil(lambda: again.canvas.tool == "shift", timeout=PATIENCE)
    assert again.canvas.redo()
    assert again.canvas.hand_tool.history.now == gone  # type: ignore[attr-defined]
    again.drawing.leave()
    qtbot.waitUntil(lambda: drafts(again) == [], timeout=PATIENCE)

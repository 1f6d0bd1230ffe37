"""Starting: missing libraries, a folder that cannot be opened, mistakes of ours, the demo farm."""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from leafdesk import app
from leafdesk.ui.doorbell import ring
from leafdesk.workspace import DamagedError, DiskFullError, FromTheFutureError, InUseError, Workspace
from tests.files.made import kml, placemark
from tests.watch import GuiGuard


def test_missing_system_libraries_are_one_sentence_with_the_line_to_type() -> None:
    error = ImportError("libEGL.so.1: cannot open shared object file: No such file or directory")
    said = app.missing_libraries(error)
    assert "\n" not in said
    assert "libEGL.so.1" in said
    assert "apt-get install -y libglib2.0-0" in said and "libegl1" in said
    assert app.missing_libraries() == ""


def test_without_them_the_exit_code_is_1_and_there_is_no_traceback(tmp_path: Path) -> None:
    package = tmp_path / "lame" / "PySide6"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text('raise ImportError("libEGL.so.1: cannot open shared object file")')
    program = (
        f"import sys; from pathlib import Path; from leafdesk import app; sys.exit(app.main(Path({str(tmp_path)!r})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": str(tmp_path / "lame")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "apt-get install" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("error", "heading", "code"),
    [
        (InUseError("Another Leafdesk has it."), "Another Leafdesk is open on this folder", 6),
        (FromTheFutureError("Newer."), "These data were written by a newer Leafdesk", 2),
        (DamagedError("Damaged."), "The database is damaged", 2),
        (DiskFullError("Full."), "The disk is full", 2),
        (PermissionError(13, "Permission denied"), "The folder cannot be used", 2),
    ],
)
def test_the_worlds_errors_at_the_start_are_told_in_plain_words(error: Exception, heading: str, code: int) -> None:
    said, text, answer = app.explain(error)
    assert (said, answer) == (heading, code)
    assert text


def test_a_second_leafdesk_on_the_folder_is_told_so(tmp_path: Path, qtbot: QtBot) -> None:
    app.make_application()
    first = Workspace(tmp_path)
    seen: list[str] = []

    def answer() -> None:
        box = next((top for top in QApplication.topLevelWidgets() if isinstance(top, QMessageBox)), None)
        if box is not None:
            looking.stop()
            seen.append(box.text())
            box.accept()

    looking = QTimer(interval=50)  # until it is there, however busy the machine is
    looking.timeout.connect(answer)
    looking.start()
    try:
        assert app.run(tmp_path) == 6
    finally:
        first.close()
    assert seen == ["Another Leafdesk is open on this folder"]


@pytest.fixture
def hook(tmp_path: Path, qtbot: QtBot) -> Iterator[app.ErrorHook]:
    app.make_application()
    made = app.ErrorHook(tmp_path)
    yield made
    root = logging.getLogger("leafdesk")
    for handler in [one for one in root.handlers if isinstance(one, logging.FileHandler)]:
        root.removeHandler(handler)
        handler.close()


@pytest.mark.logs("a bug")
def test_a_mistake_of_ours_is_logged_and_told_once(hook: app.ErrorHook, tmp_path: Path, qtbot: QtBot) -> None:
    try:
        raise RuntimeError("something of ours broke, Bearer canary-token in its hand")
    except RuntimeError as error:
        hook.take(type(error), error, error.__traceback__)
        hook.take(type(error), error, error.__traceback__)
    boxes = [top for top in QApplication.topLevelWidgets() if isinstance(top, QMessageBox) and top.isVisible()]
    (box,) = boxes
    assert "safe" in box.informativeText()
    log = (tmp_path / "logs" / "leafdesk.log").read_text()
    assert "something of ours broke" in log
    assert "canary-token" not in log
    box.accept()
    box.deleteLater()
    qtbot.wait(1)


def test_the_demo_farm_opens_from_the_first_start(tmp_path: Path, qtbot: QtBot, gui_guard: GuiGuard) -> None:
    app.make_application()
    workspace = Workspace(tmp_path)
    desk = app.Desk(workspace, tmp_path, autosync=False, title="Leafdesk")
    desk.show()
    first = desk.window
    qtbot.waitUntil(lambda: first.lists.ready, timeout=15000)
    first.start.demo.click()
    qtbot.waitUntil(lambda: desk.window is not first, timeout=30000)
    second = desk.window
    qtbot.waitUntil(lambda: len(second.lists.rows) == 200, timeout=60000)
    qtbot.waitUntil(lambda: second.status.cancel.isHidden(), timeout=60000)
    assert second.status.connection.text() == "Online"
    second.close()
    assert not gui_guard.offences
    desk.close()  # the last window is gone: now it may wait
    gui_guard.offences.clear()
    for window in (first, second):
        window.deleteLater()
    qtbot.wait(1)


def test_a_file_at_the_start_and_one_from_a_second_start_are_looked_at(
    tmp_path: Path, qtbot: QtBot, gui_guard: GuiGuard
) -> None:
    app.make_application()
    first, second = (tmp_path / name for name in ("first.kml", "second.kml"))
    for file in (first, second):
        file.write_text(kml(placemark(file.stem)))
    folder = tmp_path / "data"
    desk = app.Desk(None, folder, autosync=False, title="Leafdesk", files=[first])
    desk.show()
    window = desk.window

    def names() -> list[str]:
        page = window.importing.page if window.furnished else None
        return [entry.name for entry in page.entries] if page is not None else []

    qtbot.waitUntil(lambda: names() == ["first"], timeout=30000)
    ringing = threading.Thread(target=lambda: ring(folder, [second]))
    ringing.start()
    qtbot.waitUntil(lambda: names() == ["second"], timeout=30000)
    ringing.join()
    window.close()
    assert not gui_guard.offences
    desk.close()
    gui_guard.offences.clear()
    assert not (folder / "leafdesk.door").exists()
    window.deleteLater()
    qtbot.wait(1)

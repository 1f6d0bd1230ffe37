"""The way to the first paint stays short, and what is painted first is what the window was."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from leafdesk.app import make_application
from leafdesk.ui.main_window import MainWindow
from leafdesk.workspace import InUseError, Workspace

ALLOWED = {
    "leafdesk", "leafdesk.__main__", "leafdesk.app", "leafdesk.folder", "leafdesk.ui", "leafdesk.ui.first_sight",
    "leafdesk.ui.garbage", "leafdesk.ui.main_window", "leafdesk.ui.memory",
}  # fmt: skip
"""All of Leafdesk that may be loaded before the first paint."""
HEAVY = {
    "numpy", "shapely", "pyproj", "httpx", "httpcore", "msgspec", "sqlite_utils", "keyring", "uvicorn", "starlette",
    "qtawesome", "qtpy", "click", "asyncio", "sqlite3", "platformdirs", "logging.handlers",
    "made Qt", "made QStyle",
}  # fmt: skip
"""Modules, and two classes of Qt whose many enums are made when they are first named, for 15 ms each."""

LATER = {
    "pyproj", "httpx", "httpcore", "msgspec", "keyring", "cryptography", "uvicorn", "starlette", "qtawesome", "qtpy",
    "click", "asyncio", "leafdesk.sync.engine", "leafdesk.api.client", "leafdesk.ui.dialogs.sign_in",
    "leafdesk.ui.dialogs.passphrase", "leafdesk.ui.dialogs.reader",
}  # fmt: skip
"""What the window does without until somebody syncs, signs in or reads the guide, or the map has settled."""

LIVE = """
import json, sys
from pathlib import Path
from leafdesk import app

application = app.make_application()
desk = app.Desk(None, Path(sys.argv[1]), autosync=False, title="Leafdesk")

def tell():
    print(json.dumps(sorted(sys.modules)), flush=True)
    desk.window.close()

desk.window.opened.connect(tell)
desk.show()
application.exec()
desk.close()
"""

AS_A_DOUBLE_CLICK = """
import json, sys
from leafdesk.__main__ import main
from leafdesk.ui import first_sight

def tell(window):
    from PySide6 import QtCore, QtWidgets
    made = [f"made {name}" for name in ("Qt", "QStyle") if name in {**vars(QtCore), **vars(QtWidgets)}]
    print(json.dumps([*sorted(sys.modules), *made]), flush=True)
    window.close()

first_sight.FirstSight._go = tell
sys.argv = ["leafdesk"]
main()
"""


def test_next_to_nothing_lies_on_the_way_that_a_double_click_takes(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The packaged program and the menu entry start like this: through `leafdesk.__main__`, without arguments."""
    workspace.sync().result(60)
    workspace.close()
    monkeypatch.setenv("LEAFDESK_DATA", str(workspace.folder))
    done = subprocess.run(
        [sys.executable, "-c", AS_A_DOUBLE_CLICK], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    loaded = set(json.loads(done.stdout.splitlines()[0]))
    assert "PySide6.QtWidgets" in loaded
    assert {name for name in loaded if name.partition(".")[0] == "leafdesk"} == ALLOWED
    assert loaded & HEAVY == set()


def test_no_source_is_read_for_modules_that_are_loaded_later() -> None:
    """PySide would read each of them, to find out whether it wants other names for Qt's functions."""
    code = """
import inspect, linecache
from leafdesk import app
application = app.make_application()
linecache.clearcache()
inspect.getsource = lambda module: print("read", module.__name__)
import leafdesk.workspace, leafdesk.ui.furniture
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "")


def test_the_window_comes_alive_without_what_it_needs_later(workspace: Workspace) -> None:
    workspace.sync().result(60)
    workspace.close()
    done = subprocess.run(
        [sys.executable, "-c", LIVE, str(workspace.folder)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    loaded = set(json.loads(done.stdout.splitlines()[0]))
    assert "leafdesk.ui.furniture" in loaded
    assert loaded & LATER == set()


def test_the_window_is_first_the_picture_of_the_last_one_then_itself(
    workspace: Workspace, open_window: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    workspace.sync().result(60)
    first = open_window(workspace)
    qtbot.waitUntil(lambda: first.canvas.fields_at((400, 400)) is not None and not first.canvas.picture.busy)
    first.close()
    kept = QImage(str(tmp_path / "window" / "last-window.bmp"))
    assert (kept.width(), kept.height()) == (1400, 860)
    opening: list[bool] = []

    def opened() -> Workspace:
        opening.append(second.furnished)
        return workspace

    second = MainWindow(opened, tmp_path / "window")
    try:
        second.resize(first.size())  # the offscreen screen is smaller than that
        seen = second.grab().toImage().convertToFormat(kept.format())
        assert (seen == kept, second.furnished, opening) == (True, False, [])
        with qtbot.waitSignal(second.opened, timeout=15000):
            second.show()
        assert (second.furnished, opening) == (True, [False])
        qtbot.waitUntil(lambda: second.lists.ready, timeout=15000)
        assert set(second.lists.rows) == set(first.lists.rows)
    finally:
        second.close()
        second.deleteLater()
        qtbot.wait(1)


def test_another_look_or_account_is_not_painted_first(
    workspace: Workspace, open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    first = open_window(workspace)
    first.choose_look("light")
    qtbot.waitUntil(lambda: first.lists.ready)
    first.close()
    assert first.memory.last_window() is not None
    first.memory.look = "dark"
    assert first.memory.last_window() is None
    first.memory.look = "light"
    first.memory.forget_view()
    assert first.memory.last_window() is None


def test_a_window_closed_before_its_parts_are_there_opens_nothing(tmp_path: Path, qtbot: QtBot) -> None:
    make_application()

    def never() -> Workspace:
        raise AssertionError("the window is closed")

    window = MainWindow(never, tmp_path)
    window.show()
    window.close()
    qtbot.wait(50)
    assert not window.furnished
    window.deleteLater()
    qtbot.wait(1)


def test_a_workspace_that_does_not_open_is_told(tmp_path: Path, qtbot: QtBot) -> None:
    make_application()

    def refuse() -> Workspace:
        raise InUseError("Another Leafdesk has it.")

    window = MainWindow(refuse, tmp_path)
    with qtbot.waitSignal(window.unopened, timeout=15000) as told:
        window.show()
    assert told.args is not None and str(told.args[0]) == "Another Leafdesk has it."
    window.close()
    window.deleteLater()
    qtbot.wait(1)

"""The way to the first paint stays short: nothing heavy is imported before it."""

import json
import subprocess
import sys

import pytest

from leafdesk.workspace import Workspace

HEAVY = {
    "numpy", "shapely", "pyproj", "httpx", "httpcore", "msgspec", "sqlite_utils", "keyring", "uvicorn", "starlette",
    "qtawesome", "qtpy", "click", "asyncio",
}  # fmt: skip

PROGRAM = """
import json, sys
from pathlib import Path
from leafdesk import app
from leafdesk.workspace import Workspace

folder = Path(sys.argv[1])
application = app.make_application()
workspace = app.open_workspace(folder)
from leafdesk.ui.main_window import MainWindow

class Window(MainWindow):
    def _painted(self):
        print(json.dumps(sorted(name for name in sys.modules if "." not in name)))
        sys.stdout.flush()
        application.quit()

window = Window(workspace, folder, autosync=True)
window.show()
application.exec()
window.close()
workspace.close()
"""


def test_nothing_heavy_is_imported_before_the_first_paint(workspace: Workspace) -> None:
    workspace.sync().result(60)
    workspace.close()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(workspace.folder)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout.splitlines()[0]))
    assert "PySide6" in loaded
    assert loaded & HEAVY == set()


AS_A_DOUBLE_CLICK = """
import json, sys
import leafdesk.ui.main_window as of_the_window
from PySide6.QtWidgets import QApplication

def painted(self):
    print(json.dumps(sorted(name for name in sys.modules if "." not in name)))
    sys.stdout.flush()
    QApplication.quit()

of_the_window.MainWindow._painted = painted
sys.argv = ["leafdesk"]
from leafdesk.__main__ import main
main()
"""


def test_nothing_heavy_lies_on_the_way_that_a_double_click_takes(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The packaged program and the menu entry start like this: through `leafdesk.__main__`, without arguments."""
    workspace.sync().result(60)
    workspace.close()
    monkeypatch.setenv("LEAFDESK_DATA", str(workspace.folder))
    done = subprocess.run(
        [sys.executable, "-c", AS_A_DOUBLE_CLICK], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout.splitlines()[0]))
    assert "PySide6" in loaded
    assert loaded & HEAVY == set()

"""The demo: it says 0 when the main job held and 1 when it did not, and leaves nothing behind."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from leafdesk.demo import Wishes, has_display
from leafdesk.demo.at_the_window import run_at_the_window
from leafdesk.demo.main_job import run_headless
from leafdesk.sandbox import Sandbox
from leafdesk.ui.main_window import MainWindow
from tests.shell import Shell, environment
from tests.watch import GuiGuard


def test_the_main_job_through_the_real_window(shell: Shell, tmp_path: Path) -> None:
    picture = tmp_path / "pictures" / "window.png"
    done = subprocess.run(
        [sys.executable, "-m", "leafdesk", "demo", "--headless", "--fields", "60", "--screenshot", str(picture)],
        capture_output=True,
        text=True,
        timeout=110,
        env={**environment(), "TMPDIR": str(tmp_path), "LEAFDESK_DATA": str(shell.folder)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    steps = [line.split(":")[0] for line in done.stdout.splitlines() if line[:1].isdigit()]
    assert [step.partition(". ")[2] for step in steps] == [
        *("Pull", "Server away", "Draw a field", "Move a corner", "Queue"),
        *("Server back, push", "Compare", "Pull again", "Picture"),
    ]
    assert "60 fields" in done.stdout and "'Demo Field'" in done.stdout and "3 edits wait" in done.stdout
    assert picture.read_bytes().startswith(b"\x89PNG") and picture.stat().st_size > 20_000
    assert not shell.folder.exists(), "a person's own folder is not touched"
    assert not list(tmp_path.glob("leafdesk-*")), "the temporary folder is gone"


def test_a_step_that_does_not_hold_is_told(
    qapp: object, sandbox: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.faults.set("429@createField=1")
    wishes = Wishes(screenshot=tmp_path / "window.png")
    assert run_headless(wishes, tmp_path / "kept", sandbox) == 1
    out = capsys.readouterr().out
    assert "5. Queue" in out and "6. Server back" not in out
    assert "FAILED  the sync ends 'done'" in out
    assert not (tmp_path / "window.png").exists()


def test_without_a_display_it_runs_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform != "linux":
        assert has_display()
        return
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert not has_display()
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert has_display()


@pytest.mark.skipif(os.name == "nt", reason="on Windows Qt brings its libraries along")
def test_without_qts_libraries_it_says_what_to_install(shell: Shell, tmp_path: Path) -> None:
    """A PySide6 that cannot be loaded stands in for a system without its libraries."""
    broken = tmp_path / "broken" / "PySide6"
    broken.mkdir(parents=True)
    said = "libxcb-cursor.so.0: cannot open shared object file: No such file or directory"
    (broken / "__init__.py").write_text(f"raise ImportError({said!r})")
    paths = os.pathsep.join((str(broken.parent), environment()["PYTHONPATH"]))
    done = subprocess.run(
        [sys.executable, "-m", "leafdesk", "demo", "--headless"],
        capture_output=True,
        text=True,
        timeout=60,
        env={**environment(), "PYTHONPATH": paths, "TMPDIR": tempfile.gettempdir()},
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr and len(done.stderr.strip().splitlines()) == 1
    assert "libxcb-cursor.so.0" in done.stderr
    if sys.platform == "linux":
        assert "apt-get install -y libglib2.0-0" in done.stderr


def test_at_the_window_it_shows_the_farm_and_takes_its_picture(qapp: object, sandbox: Sandbox, tmp_path: Path) -> None:
    for dark in (False, True):
        picture = tmp_path / f"window-{dark}.png"
        wishes = Wishes(screenshot=picture, dark=dark)
        assert run_at_the_window(wishes, tmp_path / f"kept-{dark}", sandbox) == 0
        image = QImage(str(picture))
        assert image.width() >= 1400
        assert (image.pixelColor(image.width() - 20, 5).lightness() < 60) is dark


def test_at_the_window_it_stays_until_the_window_is_closed(
    qapp: object, sandbox: Sandbox, tmp_path: Path, gui_guard: GuiGuard
) -> None:
    seen: list[tuple[str, int]] = []

    def look() -> None:
        windows = [top for top in QApplication.topLevelWidgets() if isinstance(top, MainWindow) and top.isVisible()]
        for window in windows:
            if window.workspace.last_sync and not window.workspace.syncing and len(window.lists.rows) == 36:
                seen.append((window.windowTitle(), len(window.lists.rows)))
                window.close()
                return
        QTimer.singleShot(50, look)

    QTimer.singleShot(50, look)
    assert run_at_the_window(Wishes(), tmp_path / "kept", sandbox) == 0
    assert seen == [("Leafdesk – demo farm", 36)]
    gui_guard.offences.clear()  # the last window is gone: now it may wait

"""The real window, offscreen, on a real workspace against the sandbox."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from leafdesk.app import make_application
from leafdesk.sandbox import Sandbox
from leafdesk.ui.main_window import MainWindow
from leafdesk.workspace import Workspace

FIELDS = 60


@pytest.fixture
def sandbox(environment: None) -> Iterator[Sandbox]:
    """A Leaf on this machine with fields of every kind: by hand, from providers, previews."""
    leaf = Sandbox(fields=FIELDS, seed=1)
    leaf.start()
    yield leaf
    leaf.stop()


def _is_before_us(window: MainWindow) -> bool:
    """Whether the window, or a question that it asks, has the keyboard."""
    active = QApplication.activeWindow()
    return active is not None and (active is window or active.parent() is window)


@pytest.fixture
def open_window(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[..., MainWindow]]:
    """Open a window on a workspace and wait until it has painted and read its lists."""
    make_application()
    opened: list[MainWindow] = []

    def open_(workspace: Workspace, **options: object) -> MainWindow:
        window = MainWindow(workspace, tmp_path / "window", **options)  # type: ignore[arg-type]
        opened.append(window)
        window.resize(1400, 860)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(lambda: window.lists.ready and _is_before_us(window), timeout=15000)
        return window

    yield open_
    for window in opened:
        window.close()
        window.deleteLater()
    qtbot.wait(1)


@pytest.fixture
def window(workspace: Workspace, open_window: Callable[..., MainWindow]) -> MainWindow:
    """A window on an account that has been pulled: FIELDS fields."""
    workspace.sync().result(60)
    return open_window(workspace)

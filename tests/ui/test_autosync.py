"""Syncs by itself, unless a person does not want that at the moment."""

from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from leafdesk.ui.autosync import Autosync
from leafdesk.ui.main_window import MainWindow
from leafdesk.workspace import ConnectionChanged


def test_on_a_costly_connection_nothing_is_asked_unasked(window: MainWindow, qtbot: QtBot) -> None:
    asked: list[int] = []
    window.show_page("settings")
    qtbot.waitUntil(lambda: bool(window.findChildren(QCheckBox, "sync-by-itself")))
    (box,) = window.findChildren(QCheckBox, "sync-by-itself")
    assert box.isChecked()
    allowed = lambda: window.memory.get("by_itself") != "no"  # noqa: E731
    by_itself = Autosync(window.bridge, lambda: asked.append(1), window, allowed)
    try:
        by_itself.start()
        qtbot.waitUntil(lambda: asked == [1])
        box.click()
        assert window.memory.get("by_itself") == "no"
        by_itself.start()
        qtbot.wait(50)
        assert asked == [1]
        box.click()
        window.bridge.connection_changed.emit(ConnectionChanged("unknown", "The computer slept."))
        qtbot.waitUntil(lambda: asked == [1, 1])
    finally:
        by_itself.stop()

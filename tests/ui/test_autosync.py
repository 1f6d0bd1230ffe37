"""Syncs by itself, unless a person does not want that at the moment."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from leafdesk.ui.autosync import Autosync
from leafdesk.ui.costs import AGREED, FREE, METERED
from leafdesk.ui.main_window import MainWindow
from leafdesk.ui.panels.settings import Settings
from leafdesk.workspace import ConnectionChanged


@pytest.fixture
def asked() -> list[int]:
    return []


@pytest.fixture
def by_itself(window: MainWindow, asked: list[int]) -> Iterator[Autosync]:
    """One that only counts."""
    made = Autosync(window.bridge, lambda: asked.append(1), window, window.costs)
    yield made
    made.stop()


def switch(window: MainWindow, qtbot: QtBot) -> QCheckBox:
    """The settings' switch."""
    window.show_page("settings")
    qtbot.waitUntil(lambda: bool(window.findChildren(QCheckBox, "sync-by-itself")))
    (box,) = window.findChildren(QCheckBox, "sync-by-itself")
    return box


def test_who_switches_it_off_is_not_asked_for(
    window: MainWindow, qtbot: QtBot, by_itself: Autosync, asked: list[int]
) -> None:
    box = switch(window, qtbot)
    assert box.isChecked()
    by_itself.start()
    qtbot.waitUntil(lambda: asked == [1])
    box.click()
    assert window.memory.get("by_itself") == "no"
    by_itself.start()
    qtbot.wait(50)
    assert asked == [1]
    box.click()
    qtbot.waitUntil(lambda: asked == [1, 1])
    window.bridge.connection_changed.emit(ConnectionChanged("unknown", "The computer slept."))
    qtbot.waitUntil(lambda: asked == [1, 1, 1])


def test_on_a_connection_that_costs_it_is_off_and_moves_for_now_only(
    window: MainWindow, qtbot: QtBot, by_itself: Autosync, asked: list[int]
) -> None:
    box, page = switch(window, qtbot), window.pages.page("settings")
    assert isinstance(page, Settings) and page.costs.text() == FREE
    window.costs.hear(True)
    assert not box.isChecked() and page.costs.text() == METERED
    by_itself.start()
    qtbot.wait(50)
    assert asked == []
    box.click()  # it may cost, for once
    qtbot.waitUntil(lambda: asked == [1])
    assert page.costs.text() == AGREED
    box.click()
    assert page.costs.text() == METERED
    assert window.memory.get("by_itself") == "yes"
    window.costs.hear(False)  # at home again
    assert box.isChecked() and page.costs.text() == FREE
    qtbot.waitUntil(lambda: asked == [1, 1])


def test_what_a_person_switched_off_stays_off_on_any_connection(window: MainWindow) -> None:
    window.costs.switch(False)
    window.costs.hear(True)
    window.costs.hear(False)
    assert not window.costs.allowed


def test_a_connection_that_is_back_is_looked_at_and_not_believed(
    window: MainWindow, qtbot: QtBot, by_itself: Autosync, asked: list[int]
) -> None:
    window.costs.reached(True)
    qtbot.wait(50)
    assert asked == []  # nothing was known to be lost
    window.workspace._engines().heard("offline", "no way")
    window.costs.reached(True)
    qtbot.waitUntil(lambda: asked == [1])
    assert window.workspace.connection.state == "offline"

"""How things stand with Leaf, told in words and by shape, never by colour alone."""

from typing import get_args

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from leafdesk.ui.panels.status_bar import CONNECTIONS, StatusBar
from leafdesk.ui.theme import Theme
from leafdesk.workspace import Connection, ConnectionChanged


def shape(bar: StatusBar) -> bytes:
    """The light without its colour: which of its points differ from the corner's."""
    image = bar.light.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    ground = image.pixel(0, 0)
    return bytes(image.pixel(x, y) != ground for y in range(image.height()) for x in range(image.width()))


def test_every_state_has_words_and_a_shape_of_its_own(qtbot: QtBot) -> None:
    bar = StatusBar(Theme())
    qtbot.addWidget(bar)
    shapes = set[bytes]()
    for state in get_args(Connection):
        bar.show_connection(ConnectionChanged(state, "why"))
        assert bar.connection.text() == bar.light.accessibleName() == CONNECTIONS[state][0]
        assert bar.connection.toolTip() == "why"
        shapes.add(shape(bar))
    assert len(shapes) == len(get_args(Connection)) == len({name for name, _ in CONNECTIONS.values()})


@pytest.mark.parametrize(("state", "shown"), [("unsteady", False), ("signed-out", True)])
def test_only_who_is_signed_out_is_offered_the_sign_in(qtbot: QtBot, state: Connection, shown: bool) -> None:
    bar = StatusBar(Theme())
    qtbot.addWidget(bar)
    bar.show_connection(ConnectionChanged(state))
    assert bar.enter.isVisibleTo(bar) == shown

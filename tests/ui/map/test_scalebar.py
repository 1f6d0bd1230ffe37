"""The corner of the map: a bar of a round length, and an arrow that points north."""

import pytest
from PySide6.QtGui import QFont, QImage, QPainter
from pytestqt.qtbot import QtBot

from leafdesk.geo.view import View
from leafdesk.ui.map.colours import LIGHT
from leafdesk.ui.map.scalebar import ScaleBar, round_length


@pytest.mark.parametrize(("metres", "length"), [(1.0, 1), (4.99, 2), (612, 500), (99_999, 50_000)])
def test_the_bar_is_of_a_round_length(metres: float, length: float) -> None:
    assert round_length(metres) == length


def test_the_arrow_points_up_to_the_n(qtbot: QtBot) -> None:
    image = QImage(300, 200, QImage.Format.Format_RGB32)
    image.fill(LIGHT.ground)
    painter = QPainter(image)
    ScaleBar().paint(painter, View((-93.5, 41.7), 13.0, 300, 200), LIGHT, QFont())
    painter.end()
    inked = [
        [image.pixelColor(x, y) == LIGHT.label_quiet for x in range(260, 300)].count(True) for y in range(120, 180)
    ]
    rows = [120 + n for n, ink in enumerate(inked) if ink]
    shaft = [y for y in rows if image.pixelColor(282, y) == LIGHT.label_quiet]
    assert len(shaft) >= 14 and min(shaft) > min(rows), "a shaft, and the letter over its tip"
    head = next(y for y in shaft if inked[y - 120] > 2)
    assert head - min(shaft) <= 5, "its head is at the top"

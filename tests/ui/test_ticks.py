"""A ticked box has a tick: whoever cannot tell the colours apart sees it too."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyleOptionButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from leafdesk.ui.theme import STEP, Choice, Theme
from leafdesk.ui.ticks import SIZE, tick_box, with_ticks

ELBOW = (0.43, 0.71)
"""Where the tick turns, in a box of side 1."""
_Role = QPalette.ColorRole


@pytest.fixture(params=["light", "dark", "outdoor"])
def theme(request: pytest.FixtureRequest, qtbot: QtBot) -> Theme:
    choice: Choice = request.param
    made = Theme(choice)
    made.wear()
    return made


def shown(widget: QWidget, qtbot: QtBot) -> QImage:
    qtbot.addWidget(widget)
    widget.show()
    qtbot.waitExposed(widget)
    return widget.grab().toImage()


def alike(one: QColor, other: QColor) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(one.getRgb()[:3], other.getRgb()[:3], strict=True))  # type: ignore[index]


def colour(role: QPalette.ColorRole) -> QColor:
    return QApplication.palette().color(role)


def in_box(picture: QImage, box: QPoint, x: float, y: float) -> QColor:
    return picture.pixelColor(box + QPoint(int(SIZE * x), int(SIZE * y)))


def box_of(box: QCheckBox) -> QPoint:
    return QPoint(0, (box.height() - SIZE) // 2)


def test_a_chosen_box_is_filled_and_ticked(theme: Theme, qtbot: QtBot) -> None:
    box = tick_box("Sync by itself")
    before = shown(box, qtbot)
    assert alike(in_box(before, box_of(box), *ELBOW), colour(_Role.Base))
    box.setChecked(True)
    after = box.grab().toImage()
    assert after.size() == before.size()
    assert alike(in_box(after, box_of(box), *ELBOW), colour(_Role.HighlightedText))
    assert alike(in_box(after, box_of(box), 0.8, 0.8), colour(_Role.Accent))


def test_the_words_stand_two_steps_beside_the_box(theme: Theme, qtbot: QtBot) -> None:
    box = tick_box("Sync by itself")
    shown(box, qtbot)
    option = QStyleOptionButton()
    box.initStyleOption(option)
    square = box.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, box)
    words = box.style().subElementRect(QStyle.SubElement.SE_CheckBoxContents, option, box)
    assert square.width() == SIZE and words.left() - square.right() == 2 * STEP


def test_a_box_that_cannot_be_changed_is_not_filled(theme: Theme, qtbot: QtBot) -> None:
    box = tick_box("Sync by itself")
    box.setChecked(True)
    box.setEnabled(False)
    picture = shown(box, qtbot)
    assert alike(in_box(picture, box_of(box), 0.8, 0.8), colour(_Role.Base))
    assert alike(in_box(picture, box_of(box), *ELBOW), colour(_Role.Dark))


def test_a_box_to_which_the_keys_go_has_another_edge(theme: Theme, qtbot: QtBot) -> None:
    box = tick_box()
    plain = shown(box, qtbot)
    box.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(box.hasFocus)
    assert box.grab().toImage() != plain


@pytest.mark.parametrize("state", [Qt.CheckState.Checked, Qt.CheckState.Unchecked])
def test_the_lines_of_a_list_have_the_same_boxes(theme: Theme, qtbot: QtBot, state: Qt.CheckState) -> None:
    lines = with_ticks(QListWidget())
    line = QListWidgetItem("A map")
    line.setCheckState(state)
    lines.addItem(line)
    lines.setCurrentItem(line)  # the colours of a chosen line are others
    picture = shown(lines, qtbot)
    seen = {picture.pixelColor(x, y).name() for x in range(SIZE * 2) for y in range(SIZE * 2)}
    ticked = colour(_Role.Accent).name() in seen and colour(_Role.HighlightedText).name() in seen
    assert ticked is (state == Qt.CheckState.Checked)

"""What a person's hands do in the window."""

from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from leafdesk.geo.shape import Position
from leafdesk.ui.main_window import MainWindow
from leafdesk.workspace import FieldRow

LEFT = Qt.MouseButton.LeftButton


def pixel(window: MainWindow, position: Position) -> QPoint:
    """Where a longitude and latitude lie on the map."""
    x, y = window.canvas.view.to_screen(position)
    return QPoint(round(x), round(y))


def press(window: MainWindow, command: str) -> None:
    """Do what the button or key of a command does."""
    action = window.commands[command]
    assert action.isEnabled(), window.commands.why_not(command)
    action.trigger()


def draw(window: MainWindow, corners: list[QPoint], qtbot: QtBot) -> None:
    """Draw a field through these points of the map and close it with Enter."""
    press(window, "draw")
    assert window.canvas.tool == "draw"
    for corner in corners:
        qtbot.mouseMove(window.canvas, corner)
        qtbot.mouseClick(window.canvas, LEFT, pos=corner)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Return)


def name_it(window: MainWindow, name: str, qtbot: QtBot) -> None:
    """Answer the question about a new field."""
    qtbot.waitUntil(lambda: window.drawing.sheet is not None, timeout=15000)
    sheet = window.drawing.sheet
    assert sheet is not None
    qtbot.keyClicks(sheet.name, name)
    sheet.yes.click()


def drag(window: MainWindow, start: QPoint, end: QPoint, qtbot: QtBot) -> None:
    """Drag something on the map."""
    qtbot.mouseMove(window.canvas, start)
    qtbot.mousePress(window.canvas, LEFT, pos=start)
    middle = QPoint((start.x() + end.x()) // 2, (start.y() + end.y()) // 2)
    for at in (middle, end):
        qtbot.mouseMove(window.canvas, at)
    qtbot.mouseRelease(window.canvas, LEFT, pos=end)


def field_to_edit(window: MainWindow) -> FieldRow:
    """A field made by hand, as at Leaf, with a boundary."""
    rows = sorted(window.lists.rows.values(), key=lambda row: row.name)
    return next(row for row in rows if row.box and not row.provider_name and not row.mark and row.farm_id)


def move_a_corner(window: MainWindow, row: FieldRow, by: QPoint, qtbot: QtBot) -> None:
    """Edit a field's boundary: drag its first corner and keep it with Enter."""
    window.select(row.id)
    window.canvas.fit_field(row.id)
    window.canvas.settle()
    qtbot.waitUntil(window.commands["edit"].isEnabled, timeout=15000)
    press(window, "edit")
    qtbot.waitUntil(lambda: window.canvas.tool == "edit", timeout=15000)
    field = window.workspace.catalog.field(row.id)
    assert field is not None and field.shape is not None
    corner = pixel(window, field.shape[0][0][0])
    drag(window, corner, corner + by, qtbot)
    assert window.canvas.edit_state is not None and window.canvas.edit_state.can_undo
    qtbot.keyClick(window.canvas, Qt.Key.Key_Return)
    assert window.canvas.tool == "browse"


def sync(window: MainWindow, qtbot: QtBot) -> None:
    """Press Sync and wait until it is over, as told by the window itself."""
    press(window, "sync")
    assert not window.status.cancel.isHidden()
    qtbot.waitUntil(lambda: window.status.cancel.isHidden(), timeout=60000)


def settle(window: MainWindow, qtbot: QtBot) -> None:
    """Let everything that is being read come in: what is asked for now is answered last."""
    answered: list[None] = []
    window.bridge.read(lambda workspace: None, answered.append)
    qtbot.waitUntil(lambda: bool(answered), timeout=15000)

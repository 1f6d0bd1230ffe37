"""The rarer tools in the real window: from the menu to the queue, and back with one undo."""

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from leafdesk.geo.cut import cut
from leafdesk.geo.margin import outset
from leafdesk.geo.measure import area_ha
from leafdesk.geo.shape import Shape, pack
from leafdesk.ui.dialogs.seams import SeamsList
from leafdesk.ui.main_window import MainWindow
from leafdesk.ui.panels.map_page import EXTRA
from leafdesk.ui.toolbox import MORE
from leafdesk.ui.words import next_name
from leafdesk.workspace import FieldRow
from tests.journeys import hands
from tests.ui.conftest import FIELDS

PATIENCE = 30000


def shape_of(window: MainWindow, field_id: str) -> Shape:
    field = window.workspace.catalog.field(field_id)
    assert field is not None and field.shape is not None
    return field.shape


def select(window: MainWindow, row: FieldRow, qtbot: QtBot) -> None:
    """Select a field, look at it, wait until its tools may be used."""
    window.select(row.id)
    window.canvas.fit_field(row.id)
    window.canvas.settle()
    qtbot.waitUntil(window.commands["hole"].isEnabled, timeout=PATIENCE)


def take(window: MainWindow, tool: str, qtbot: QtBot) -> None:
    hands.press(window, tool)
    qtbot.waitUntil(lambda: window.canvas.tool == tool, timeout=PATIENCE)


def middle_of(window: MainWindow, shape: Shape) -> QPoint:
    ring = shape[0][0][:-1]
    return hands.pixel(window, (sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)))


def click_around(window: MainWindow, middle: QPoint, half: int, qtbot: QtBot) -> None:
    for dx, dy in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=middle + QPoint(dx * half, dy * half))


def test_a_hole_goes_into_the_queue_and_comes_out_again(window: MainWindow, qtbot: QtBot) -> None:
    row = hands.field_to_edit(window)
    before = shape_of(window, row.id)
    select(window, row, qtbot)
    if len(before) == len(before[0]) == 1:
        assert window.commands.why_not("remove") == "This field is one part without holes."
    take(window, "hole", qtbot)
    assert window.commands["hole"].isChecked()
    click_around(window, middle_of(window, before), 12, qtbot)
    assert "Enter or the first corner closes" in window.map_page.hint.text
    assert window.inspector.draft.value("change").startswith("−")
    qtbot.keyClick(window.canvas, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(window.queue.items) == 1, timeout=PATIENCE)
    after = shape_of(window, row.id)
    assert after[0][0] == before[0][0] and len(after[0]) == len(before[0]) + 1
    assert area_ha(after) < area_ha(before)
    qtbot.waitUntil(window.commands["remove"].isEnabled, timeout=PATIENCE)
    take(window, "remove", qtbot)
    qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=middle_of(window, before))
    qtbot.keyClick(window.canvas, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not window.queue.items, timeout=PATIENCE)
    assert shape_of(window, row.id) == before


@pytest.mark.parametrize("key", [Qt.Key.Key_H, Qt.Key.Key_P])
def test_a_tool_is_taken_by_its_key_and_left_by_esc(window: MainWindow, qtbot: QtBot, key: Qt.Key) -> None:
    select(window, hands.field_to_edit(window), qtbot)
    qtbot.keyClick(window.canvas, key)
    name = {Qt.Key.Key_H: "hole", Qt.Key.Key_P: "part"}[key]
    qtbot.waitUntil(lambda: window.canvas.tool == name, timeout=PATIENCE)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Escape)
    assert (window.canvas.tool, window.drawing.mode) == ("browse", "select")
    assert window.commands["select"].isChecked()


def test_the_menu_holds_the_tools_and_says_why_one_cannot_be_used(window: MainWindow) -> None:
    window.commands["more"].trigger()
    menu = window.map_page.menu
    assert menu.isVisible() and set(menu.shown()) == {tool.key for tool in MORE} | {key for _, key in EXTRA}
    hole = menu.lines["hole"]
    assert not hole.isEnabled() and hole.toolTip() == "Select a field first."
    menu.hide()


def test_a_tool_is_found_by_a_few_letters_and_taken_with_enter(window: MainWindow, qtbot: QtBot) -> None:
    window.commands["more"].trigger()
    menu = window.map_page.menu
    qtbot.keyClicks(menu.search, "bearings")
    assert menu.shown() == ["measure"]
    qtbot.keyClick(menu.search, Qt.Key.Key_Return)
    assert (menu.isVisible(), window.canvas.tool) == (False, "measure")
    assert window.map_page.more.text() == "Measure" and window.map_page.more.isChecked()
    window.commands["more"].trigger()
    assert menu.search.text() == ""
    qtbot.keyClicks(menu.search, "plough")
    assert menu.shown() == [] and menu.nothing.isVisible()
    qtbot.keyClick(menu.search, Qt.Key.Key_Escape)
    assert not menu.isVisible()


def ends_across(window: MainWindow, shape: Shape) -> tuple[QPoint, QPoint]:
    """Two points of the map left and right of a field, at half its height."""
    pixels = [hands.pixel(window, spot) for spot in shape[0][0]]
    y = (min(p.y() for p in pixels) + max(p.y() for p in pixels)) // 2
    return QPoint(min(p.x() for p in pixels) - 25, y), QPoint(max(p.x() for p in pixels) + 25, y + 5)


def test_a_split_is_one_step_and_the_new_field_lies_in_the_same_farm(window: MainWindow, qtbot: QtBot) -> None:
    row = hands.field_to_edit(window)
    before = shape_of(window, row.id)
    select(window, row, qtbot)
    take(window, "split", qtbot)
    assert (window.map_page.keep.text(), window.map_page.back.text()) == ("Split", "Cancel")
    for end in ends_across(window, before):
        qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=end)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Return)
    name = next_name(row.name, {known.name for known in window.lists.rows.values()})
    qtbot.waitUntil(lambda: any(known.name == name for known in window.lists.rows.values()), timeout=PATIENCE)
    new = next(known for known in window.lists.rows.values() if known.name == name)
    assert (new.farm_id, new.leaf_user_id) == (row.farm_id, row.leaf_user_id)
    halves = area_ha(shape_of(window, row.id)), area_ha(shape_of(window, new.id))
    assert sum(halves) == pytest.approx(area_ha(before), rel=1e-9)
    assert halves[0] >= halves[1]
    assert window.inspector.field_id == row.id
    qtbot.waitUntil(lambda: len(window.queue.items) > 1, timeout=PATIENCE)
    window.undo()
    qtbot.waitUntil(lambda: not window.queue.items, timeout=PATIENCE)
    assert shape_of(window, row.id) == before
    qtbot.waitUntil(lambda: new.id not in window.lists.rows, timeout=PATIENCE)


def test_joining_two_halves_gives_the_field_back_and_undo_parts_them(window: MainWindow, qtbot: QtBot) -> None:
    row = hands.field_to_edit(window)
    before = shape_of(window, row.id)
    select(window, row, qtbot)
    larger, smaller = cut(
        before, tuple(window.canvas.view.to_lonlat((p.x(), p.y())) for p in ends_across(window, before))
    )
    window.drawing._split(row.id, larger, [smaller])
    qtbot.waitUntil(lambda: len(window.lists.rows) > len(window.navigator.shown()) - 1, timeout=PATIENCE)
    name = next_name(row.name, {row.name})
    qtbot.waitUntil(lambda: any(known.name == name for known in window.lists.rows.values()), timeout=PATIENCE)
    new = next(known for known in window.lists.rows.values() if known.name == name)
    select(window, row, qtbot)
    take(window, "join", qtbot)
    qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=middle_of(window, smaller))
    qtbot.waitUntil(lambda: "Enter joins them" in window.map_page.hint.text, timeout=PATIENCE)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: new.id not in window.lists.rows, timeout=PATIENCE)
    whole = shape_of(window, row.id)
    assert area_ha(whole) == pytest.approx(area_ha(before), rel=1e-9)
    window.undo()
    qtbot.waitUntil(lambda: any(known.name == name for known in window.lists.rows.values()), timeout=PATIENCE)
    assert shape_of(window, row.id) == larger


def test_a_providers_field_is_not_joined_and_the_card_says_why(window: MainWindow, qtbot: QtBot) -> None:
    row = hands.field_to_edit(window)
    other = next(known for known in window.lists.rows.values() if known.provider_name and known.box)
    why = window.drawing._keeps(row.id, other.id)
    assert why
    select(window, row, qtbot)
    take(window, "join", qtbot)
    window.canvas.fit_field(other.id)
    window.canvas.settle()
    qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=middle_of(window, shape_of(window, other.id)))
    assert window.map_page.hint.text.startswith(why)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Return)
    assert window.canvas.tool == "join" and not window.queue.items


def test_measuring_changes_nothing_and_is_left_without_a_question(window: MainWindow, qtbot: QtBot) -> None:
    row = hands.field_to_edit(window)
    select(window, row, qtbot)
    take(window, "measure", qtbot)
    for pixel in (QPoint(200, 300), QPoint(500, 320), QPoint(450, 500)):
        qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=pixel)
    assert window.map_page.keep.isHidden() and not window.drawing.at_stake
    assert window.inspector.title.text() == row.name and window.inspector.draft.isHidden()
    window.commands["select"].trigger()
    assert (window.canvas.tool, window.drawing.mode) == ("browse", "select")
    assert not window.queue.items


def test_a_pivot_becomes_a_new_field(window: MainWindow, qtbot: QtBot) -> None:
    before = set(window.lists.rows)
    hands.press(window, "pivot")
    assert window.map_page.keep.text() == "Close boundary" and not window.map_page.keep.isEnabled()
    middle = QPoint(window.canvas.width() // 2, window.canvas.height() // 2)
    qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.keyClicks(window.canvas, "400")
    assert window.map_page.keep.isEnabled() and "ha" in window.inspector.new.value("now")
    qtbot.keyClick(window.canvas, Qt.Key.Key_Return)
    hands.name_it(window, "Pivot One", qtbot)
    qtbot.waitUntil(lambda: len(window.lists.rows) == len(before) + 1, timeout=PATIENCE)
    (made,) = set(window.lists.rows) - before
    assert area_ha(shape_of(window, made)) == pytest.approx(50.27, rel=0.006)


def test_a_drawing_that_crosses_itself_is_repaired_by_its_key_and_asks_for_its_name(
    window: MainWindow, qtbot: QtBot
) -> None:
    hands.press(window, "draw")
    middle = QPoint(window.canvas.width() // 2, window.canvas.height() // 2)
    for dx, dy in ((-40, -40), (40, 40), (40, -40), (-40, 40)):
        qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=middle + QPoint(dx, dy))
    qtbot.keyClick(window.canvas, Qt.Key.Key_Return)
    assert "I repairs it" in window.map_page.hint.text
    qtbot.keyClick(window.canvas, Qt.Key.Key_I)
    hands.name_it(window, "Hourglass", qtbot)
    qtbot.waitUntil(lambda: window.inspector.title.text() == "Hourglass", timeout=PATIENCE)
    assert window.inspector.field_id is not None
    assert len(shape_of(window, window.inspector.field_id)) == 2


def test_numbers_are_typed_over_the_hint_and_make_new_fields(window: MainWindow, qtbot: QtBot) -> None:
    row = hands.field_to_edit(window)
    before = shape_of(window, row.id)
    select(window, row, qtbot)
    take(window, "portions", qtbot)
    form = window.map_page.form
    parts = form.fields["parts"]
    qtbot.waitUntil(parts.hasFocus, timeout=PATIENCE)
    qtbot.keyClicks(parts, "3")
    qtbot.keyClick(parts, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(window.lists.rows) == FIELDS + 2, timeout=PATIENCE)
    assert window.canvas.tool == "browse" and form.isHidden() and window.canvas.hasFocus()
    assert area_ha(shape_of(window, row.id)) == pytest.approx(area_ha(before) / 3, rel=1e-8)
    qtbot.waitUntil(lambda: bool(window.queue.items), timeout=PATIENCE)
    window.undo()
    qtbot.waitUntil(lambda: not window.queue.items, timeout=PATIENCE)
    assert shape_of(window, row.id) == before
    take(window, "cut-off", qtbot)
    hectares = window.map_page.form.fields["hectares"]
    qtbot.waitUntil(hectares.hasFocus, timeout=PATIENCE)
    qtbot.keyClicks(hectares, "d")  # a letter is typed, it does not take the drawing tool
    assert window.canvas.tool == "cut-off"
    qtbot.keyClick(hectares, Qt.Key.Key_Escape)
    assert (window.canvas.tool, window.drawing.mode) == ("browse", "select")


def test_a_corner_is_typed_as_latitude_and_longitude(window: MainWindow, qtbot: QtBot) -> None:
    row = hands.field_to_edit(window)
    before = shape_of(window, row.id)
    select(window, row, qtbot)
    take(window, "edit", qtbot)
    qtbot.keyClick(window.canvas, Qt.Key.Key_N)
    qtbot.keyClick(window.canvas, Qt.Key.Key_L)
    corner = window.map_page.form.fields["corner"]
    qtbot.waitUntil(corner.hasFocus, timeout=PATIENCE)
    qtbot.keyClicks(corner, "somewhere")
    qtbot.keyClick(corner, Qt.Key.Key_Return)
    assert window.notice.text.text().startswith("Type latitude and longitude")
    qtbot.keyClick(corner, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    lon, lat = before[0][0][0][0] + 0.0001, before[0][0][0][1] - 0.0001
    qtbot.keyClicks(corner, f"{lat:.7f} {lon:.7f}")
    qtbot.keyClick(corner, Qt.Key.Key_Return)
    assert window.map_page.form.isHidden() and window.canvas.hasFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(window.queue.items) == 1, timeout=PATIENCE)
    assert shape_of(window, row.id)[0][0][0] == (round(lon, 7), round(lat, 7))


def test_neighbours_that_share_a_corner_change_in_one_step(window: MainWindow, qtbot: QtBot) -> None:
    row = hands.field_to_edit(window)
    before = shape_of(window, row.id)
    select(window, row, qtbot)
    left, right = cut(before, tuple(window.canvas.view.to_lonlat((p.x(), p.y())) for p in ends_across(window, before)))
    window.drawing._split(row.id, left, [right])
    name = next_name(row.name, {row.name})
    qtbot.waitUntil(lambda: any(known.name == name for known in window.lists.rows.values()), timeout=PATIENCE)
    other = next(known for known in window.lists.rows.values() if known.name == name)
    qtbot.waitUntil(lambda: other.id in window.canvas.picture.outlines.packed, timeout=PATIENCE)
    window.canvas.settle()
    common = next(spot for spot in left[0][0] if spot in right[0][0])
    hands.press(window, "together")
    assert window.notice.text.text().startswith("Corners that neighbours share move together")
    select(window, window.lists.rows[row.id], qtbot)
    take(window, "edit", qtbot)
    start = hands.pixel(window, common)
    hands.drag(window, start, start + QPoint(0, 9), qtbot)
    queued = len(window.queue.items)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shape_of(window, row.id) != left, timeout=PATIENCE)
    assert shape_of(window, other.id) != right
    moved = next(spot for spot in shape_of(window, row.id)[0][0] if spot not in left[0][0])
    assert moved in shape_of(window, other.id)[0][0]
    window.undo()
    qtbot.waitUntil(lambda: shape_of(window, row.id) == left, timeout=PATIENCE)
    assert shape_of(window, other.id) == right
    assert len(window.queue.items) <= queued


def test_gaps_and_overlaps_are_listed_and_shown_on_the_map(window: MainWindow, qtbot: QtBot) -> None:
    row = hands.field_to_edit(window)
    select(window, row, qtbot)
    before = shape_of(window, row.id)
    window.canvas.edited.emit(row.id, outset(before, 12.0))
    qtbot.waitUntil(lambda: shape_of(window, row.id) != before, timeout=PATIENCE)
    qtbot.waitUntil(lambda: window.canvas.picture.outlines.packed[row.id] == pack(shape_of(window, row.id)))
    hands.press(window, "seams")
    (listed,) = window.findChildren(SeamsList)
    assert listed.said.text().startswith("Looking along the seams of ")
    qtbot.waitUntil(lambda: bool(listed.found), timeout=PATIENCE * 2)
    kinds = [seam.kind for seam, *ids in listed.found if row.id in ids]
    assert "overlap" in kinds
    place = next(n for n, (_, *ids) in enumerate(listed.found) if row.id in ids)
    listed.lines.setCurrentRow(place)
    assert window.canvas.unnamed is not None
    seam = listed.found[place][0]
    west, south, east, north = window.canvas.view.box
    assert all(west < x < east and south < y < north for x, y in seam.shape[0][0])
    listed.width_m.setText("wide")
    listed.look()
    assert listed.said.text().startswith("Width: a number from 0.1 to 50")
    listed.close()
    assert window.canvas.unnamed is None


def test_no_key_belongs_to_two_actions(window: MainWindow) -> None:
    keys = [key for entry, _ in window.commands for key in entry.keys]
    assert sorted({key for key in keys if keys.count(key) > 1}) == []


def test_on_a_narrow_map_the_hint_says_the_next_step_and_leaves_the_scale_bar_free(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = window.map_page
    window.resize(1024, 700)
    window.commands["draw"].trigger()
    qtbot.waitUntil(lambda: page.bar.isVisible(), timeout=PATIENCE)
    qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 200))
    qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    shown = "".join(piece for line in page.hint._lines for piece, _ in line)
    assert "Backspace" in shown and "Esc" in shown and "Alt" not in shown
    assert "Alt does not snap" in page.hint.toolTip() == page.hint.accessibleName()
    assert page.bar.height() < page.height() / 3 and page.canvas._lifted >= page.bar.height()
    window.resize(1600, 900)
    qtbot.waitUntil(lambda: page.canvas._lifted == 0, timeout=PATIENCE)
    assert "Alt" in "".join(piece for line in page.hint._lines for piece, _ in line)
    window.canvas.cancel()

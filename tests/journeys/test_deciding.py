"""Both sides of a conflict on the map and side by side, and every answer, in the real window over the real sandbox."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from leafdesk.geo.shape import Shape, from_geojson, to_geojson
from leafdesk.records import Machine
from leafdesk.sandbox import Sandbox
from leafdesk.ui.main_window import MainWindow
from leafdesk.ui.map import colours
from leafdesk.ui.panels.conflict import ConflictPage
from leafdesk.workspace import Create, Delete, Edit, FieldRow, Redraw, change
from tests.journeys import hands

WAIT = 15000


def fields(window: MainWindow) -> list[FieldRow]:
    rows = sorted(window.lists.rows.values(), key=lambda row: row.name)
    return [row for row in rows if row.box and not row.provider_name and row.farm_id]


def shape_of(window: MainWindow, row: FieldRow) -> Shape:
    field = window.workspace.catalog.field(row.id)
    assert field is not None and field.shape is not None
    return field.shape


def stretched(shape: Shape, row: FieldRow, x: float, y: float) -> Shape:
    """The shape with its eastern corners pushed by x degrees and its northern ones by y."""
    west, south, east, north = row.box or (0, 0, 0, 0)
    east_of, north_of = (west + east) / 2, (south + north) / 2
    return tuple(
        tuple(tuple((a + x * (a > east_of), b + y * (b > north_of)) for a, b in ring) for ring in polygon)
        for polygon in shape
    )


def clash(window: MainWindow, qtbot: QtBot, mine: Edit, theirs: Callable[[], object]) -> None:
    """Change something here, then there, then sync."""
    before = len([item for item in window.queue.items if item.state == "conflict"])
    window.workspace.do(mine).result(20)
    theirs()
    hands.sync(window, qtbot)
    qtbot.waitUntil(
        lambda: len([item for item in window.queue.items if item.state == "conflict"]) == before + 1, timeout=WAIT
    )


def two_boundaries(window: MainWindow, sandbox: Sandbox, qtbot: QtBot, n: int = 0) -> tuple[FieldRow, Shape, Shape]:
    row = fields(window)[n]
    was = shape_of(window, row)
    mine, theirs = stretched(was, row, 4e-4, 0), stretched(was, row, 0, 4e-4)
    clash(window, qtbot, Redraw(row.id, mine), lambda: sandbox.leaf.redraw(row.id, to_geojson(theirs)))
    return row, mine, theirs


def opened(window: MainWindow, qtbot: QtBot) -> ConflictPage:
    """The conflict view as soon as everything is measured."""
    qtbot.waitUntil(lambda: window.deciding.in_sight, timeout=WAIT)
    page = window.deciding.page
    assert page is not None
    qtbot.waitUntil(lambda: page.clash is not None, timeout=WAIT)
    if page.clash and (page.clash.before or page.clash.mine):
        qtbot.waitUntil(lambda: page.compared is not None, timeout=WAIT)
    return page


def decide(window: MainWindow, qtbot: QtBot, command: str) -> None:
    """Take an answer and wait until the queue knows it."""
    opened(window, qtbot)
    hands.press(window, command)
    qtbot.waitUntil(lambda: not any(item.state == "conflict" for item in window.queue.items), timeout=WAIT)


def at_leaf(sandbox: Sandbox, id_: str) -> Shape:
    return from_geojson(sandbox.leaf.active_boundary(id_)["geometry"])


def test_three_outlines_with_their_hectares_and_hatches(window: MainWindow, sandbox: Sandbox, qtbot: QtBot) -> None:
    row, *_ = two_boundaries(window, sandbox, qtbot)
    assert window.status.conflicts.text() == "◆ 1 conflict" and not window.status.conflicts.isHidden()
    window.status.conflicts.click()
    page = opened(window, qtbot)
    assert (page.title.text(), page.name.text()) == ("Two boundaries of one field", row.name)
    assert page.why.text() == "Somebody changed this at Leaf after you saw it."
    found = page.compared
    assert found is not None and found.before_ha and found.mine_ha and found.theirs_ha
    assert page.areas["mine"].text() == f"{found.mine_ha:,.2f} ha"
    assert page.times["theirs"].text() == "drawn by somebody else, at Leaf just now"
    assert page.hatches[0].text() == f"{found.between.lost_ha:,.2f} ha only in mine"
    assert page.hatches[1].text() == f"{found.between.gained_ha:,.2f} ha only in Leaf's"
    assert found.mine_ha - found.theirs_ha == pytest.approx(found.between.lost_ha - found.between.gained_ha, abs=1e-4)
    qtbot.keyClick(page, Qt.Key.Key_2)
    assert page.pairs["mine"].isChecked() and page.hatches[0].text() == f"{found.mine.gained_ha:,.2f} ha mine adds"
    page.canvas.settle()
    image = page.canvas.grab().toImage()
    inks = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(0, image.height(), 3)}
    assert {QColor(colours.LIGHT.accent).name(), QColor(colours.LIGHT.theirs).name()} <= inks
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert window.pages.currentWidget() is window.queue and len(window.queue.items) == 1  # no answer is an answer


def test_enter_in_the_queue_opens_it_and_nothing_is_chosen_by_itself(
    window: MainWindow, sandbox: Sandbox, qtbot: QtBot
) -> None:
    two_boundaries(window, sandbox, qtbot)
    hands.press(window, "queue")
    qtbot.waitUntil(lambda: len(window.queue.lines) == 1, timeout=WAIT)
    window.queue.point_at("")
    (line,) = window.queue.lines.values()
    qtbot.waitUntil(line.hasFocus)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    page = opened(window, qtbot)
    assert page.canvas.hasFocus() and not any(made.isDefault() for made in page.choices.values())
    qtbot.keyClick(page.canvas, Qt.Key.Key_Return)
    hands.settle(window, qtbot)
    assert [item.state for item in window.queue.items] == ["conflict"]


@pytest.mark.parametrize("command", ["keep-mine", "take-theirs"])
def test_one_of_the_two_stays_and_undo_asks_again(
    window: MainWindow, sandbox: Sandbox, qtbot: QtBot, command: str
) -> None:
    row, mine, theirs = two_boundaries(window, sandbox, qtbot)
    window.look_at(row.id)
    qtbot.waitUntil(lambda: window.inspector.banner_decide.isVisible(), timeout=WAIT)
    window.inspector.banner_decide.click()
    decide(window, qtbot, command)
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.queue, timeout=WAIT)
    assert window.commands.why_not("keep-mine") == "Open a conflict first."
    qtbot.waitUntil(lambda: window.workspace.undo_name == f"Answer on {row.name}", timeout=WAIT)
    hands.press(window, "undo")
    qtbot.waitUntil(lambda: [item.state for item in window.queue.items] == ["conflict"], timeout=WAIT)
    hands.press(window, "redo")
    qtbot.waitUntil(lambda: not any(item.state == "conflict" for item in window.queue.items), timeout=WAIT)
    hands.sync(window, qtbot)
    assert at_leaf(sandbox, row.id) == (mine if command == "keep-mine" else theirs)
    qtbot.waitUntil(lambda: window.status.conflicts.isHidden(), timeout=WAIT)


def test_mine_becomes_a_field_beside_it(window: MainWindow, sandbox: Sandbox, qtbot: QtBot) -> None:
    row, mine, theirs = two_boundaries(window, sandbox, qtbot)
    hands.press(window, "decide")
    page = opened(window, qtbot)
    assert page.choices["keep-both"].text().strip() == "Keep mine as a new field"
    page.choices["keep-both"].click()
    qtbot.waitUntil(lambda: any(one.name == f"{row.name} 2" for one in window.lists.rows.values()), timeout=WAIT)
    hands.sync(window, qtbot)
    qtbot.waitUntil(lambda: not window.queue.items, timeout=WAIT)
    (new,) = [one for one in window.lists.rows.values() if one.name == f"{row.name} 2"]
    assert (at_leaf(sandbox, new.id), at_leaf(sandbox, row.id)) == (mine, theirs) and new.farm_id == row.farm_id


def test_mine_is_edited_with_theirs_to_snap_to_and_that_answers(
    window: MainWindow, sandbox: Sandbox, qtbot: QtBot
) -> None:
    row, mine, theirs = two_boundaries(window, sandbox, qtbot)
    hands.press(window, "decide")
    opened(window, qtbot)
    hands.press(window, "edit-both")
    qtbot.waitUntil(lambda: window.canvas.tool == "edit", timeout=WAIT)
    window.canvas.settle()
    assert "answers the conflict" in (window.canvas.edit_state.hint if window.canvas.edit_state else "")
    north_east = max(range(len(mine[0][0]) - 1), key=lambda n: sum(mine[0][0][n]))
    target = theirs[0][0][north_east]
    start, end = hands.pixel(window, mine[0][0][north_east]), hands.pixel(window, target)
    hands.drag(window, start, end + QPoint(3, 2), qtbot)  # near enough: their corner draws the hand
    qtbot.keyClick(window.canvas, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [item.state for item in window.queue.items] == ["waiting"], timeout=WAIT)
    hands.sync(window, qtbot)
    qtbot.waitUntil(lambda: not window.queue.items, timeout=WAIT)
    sent = at_leaf(sandbox, row.id)
    assert sent[0][0][north_east] == target and sent != mine and sent != theirs


def test_an_edit_with_both_that_is_taken_back_leaves_the_question(
    window: MainWindow, sandbox: Sandbox, qtbot: QtBot
) -> None:
    two_boundaries(window, sandbox, qtbot)
    hands.press(window, "decide")
    opened(window, qtbot)
    hands.press(window, "edit-both")
    qtbot.waitUntil(lambda: window.canvas.tool == "edit", timeout=WAIT)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Escape)
    assert window.canvas.tool == "browse"
    hands.settle(window, qtbot)
    assert [item.state for item in window.queue.items] == ["conflict"]


def test_what_changes_at_leaf_while_somebody_edits_with_both_is_shown_before_it_counts(
    window: MainWindow, sandbox: Sandbox, qtbot: QtBot
) -> None:
    row, mine, theirs = two_boundaries(window, sandbox, qtbot)
    hands.press(window, "decide")
    opened(window, qtbot)
    hands.press(window, "edit-both")
    qtbot.waitUntil(lambda: window.canvas.tool == "edit", timeout=WAIT)
    window.canvas.settle()
    later = stretched(theirs, row, -2e-4, 0)
    sandbox.leaf.redraw(row.id, to_geojson(later))
    window.workspace.sync().result(60)
    corner = hands.pixel(window, mine[0][0][0])
    hands.drag(window, corner, corner + QPoint(40, 30), qtbot)
    drawn = getattr(window.canvas.hand_tool, "shape", None)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "changed once more" in window.notice.text.text(), timeout=WAIT)
    qtbot.waitUntil(lambda: window.canvas.tool == "edit", timeout=WAIT)
    assert getattr(window.canvas.hand_tool, "shape", None) == drawn  # nothing of the drawing is lost
    qtbot.keyClick(window.canvas, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [item.state for item in window.queue.items] == ["waiting"], timeout=WAIT)


def test_several_conflicts_follow_one_another(window: MainWindow, sandbox: Sandbox, qtbot: QtBot) -> None:
    first, mine, _ = two_boundaries(window, sandbox, qtbot)
    second = fields(window)[1]
    clash(
        window,
        qtbot,
        change("fields", second.id, name="Mine"),
        lambda: sandbox.leaf.change("fields", second.id, name="Theirs"),
    )
    hands.press(window, "queue")
    qtbot.waitUntil(lambda: len(window.queue.lines) == 2, timeout=WAIT)
    next(iter(window.queue.lines.values())).buttons["decide"].click()
    page = opened(window, qtbot)
    assert page.place.text() == "1 of 2"
    qtbot.keyClick(page, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: page.place.text() == "2 of 2", timeout=WAIT)
    assert page.attributes[0] == ("name", second.name, "Mine", "Theirs")
    assert page.choices["edit-both"].isHidden() or not page.choices["edit-both"].isEnabled()
    assert window.commands.why_not("keep-both") == "Only a boundary can be kept as a new field."
    hands.press(window, "keep-mine")
    qtbot.waitUntil(lambda: page.clash is not None and page.clash.item.record_id == first.id, timeout=WAIT)
    hands.press(window, "keep-mine")
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.queue, timeout=WAIT)
    hands.sync(window, qtbot)
    assert sandbox.leaf.field(second.id)["name"] == "Mine" and at_leaf(sandbox, first.id) == mine


def test_deleted_here_and_deleted_there_are_asked_in_their_own_words(
    window: MainWindow, sandbox: Sandbox, qtbot: QtBot
) -> None:
    here, there = fields(window)[2:4]
    changed = stretched(shape_of(window, here), here, 4e-4, 0)
    mine = stretched(shape_of(window, there), there, 4e-4, 0)
    clash(window, qtbot, Delete("fields", here.id), lambda: sandbox.leaf.redraw(here.id, to_geojson(changed)))
    clash(window, qtbot, Redraw(there.id, mine), lambda: sandbox.leaf.remove(there.id))
    hands.press(window, "decide")
    page = opened(window, qtbot)
    assert page.title.text() == "Deleted here, changed at Leaf"
    assert page.choices["keep-mine"].text().strip() == "Delete it all the same"
    assert page.hatches[0].text().endswith("Leaf's adds")
    hands.press(window, "take-theirs")
    qtbot.waitUntil(lambda: page.title.text() == "Changed here, deleted at Leaf", timeout=WAIT)
    qtbot.waitUntil(lambda: page.choices["keep-mine"].text().strip() == "Make it anew", timeout=WAIT)
    known = {str(one["id"]) for one in sandbox.leaf.all("fields")}
    decide(window, qtbot, "keep-mine")
    hands.sync(window, qtbot)
    qtbot.waitUntil(lambda: not window.queue.items, timeout=WAIT)
    assert at_leaf(sandbox, here.id) == changed
    (new,) = {str(one["id"]) for one in sandbox.leaf.all("fields")} - known
    assert at_leaf(sandbox, new) == mine


def test_a_machine_is_decided_with_the_keys_alone(window: MainWindow, sandbox: Sandbox, qtbot: QtBot) -> None:
    workspace = window.workspace
    user = workspace.catalog.users()[0].id
    new = Machine(id="m-1", leaf_user_id=user, name="Sprayer", make="Acme", origin_type="USER_CREATED")
    workspace.do(Create(new)).result(20)
    workspace.sync().result(60)
    there = str(workspace.catalog.leaf_id("machines", "m-1"))
    clash(
        window,
        qtbot,
        change("machines", "m-1", name="Big sprayer", model="S 400"),
        lambda: sandbox.leaf.change("machines", there, name="Red sprayer"),
    )
    qtbot.keyClick(window, Qt.Key.Key_X, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    page = opened(window, qtbot)
    assert page.canvas.isHidden() and page.back.hasFocus()
    assert page.attributes[0] == ("name", "Sprayer", "Big sprayer", "Red sprayer")
    assert ("model", "none", "S 400", "none") in page.attributes
    qtbot.keyClick(page, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: [item.state for item in window.queue.items] == ["waiting"], timeout=WAIT)
    hands.sync(window, qtbot)
    made = next(one for one in sandbox.leaf.all("machines") if str(one["id"]) == there)
    assert (made["name"], made["model"]) == ("Big sprayer", "S 400")

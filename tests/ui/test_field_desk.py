"""What else there is to do with a field: enabling, uploading, fetching, its history, its files, what overlaps it."""

import json
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QScrollArea
from pytestqt.qtbot import QtBot

from leafdesk.edits import Create, Enable, SyncProvider, Upload
from leafdesk.geo.measure import area_ha
from leafdesk.geo.shape import Shape, to_geojson
from leafdesk.records import Field
from leafdesk.sandbox import Sandbox
from leafdesk.ui.dialogs.at_leaf import EnableField, UploadField
from leafdesk.ui.main_window import MainWindow
from leafdesk.ui.map.overlay import OverlayTool
from leafdesk.ui.panels.bars import Bars
from leafdesk.ui.panels.files import Files
from leafdesk.ui.panels.history import History
from leafdesk.ui.panels.overlaps import Overlaps
from leafdesk.ui.theme import Theme
from leafdesk.workspace import FieldRow
from tests.journeys import hands

PATIENCE = 15000
S = TypeVar("S")


def choose(window: MainWindow, row: FieldRow, qtbot: QtBot) -> None:
    """Select a field and wait until the inspector knows it."""
    window.select(row.id)
    qtbot.waitUntil(lambda: window.inspector.look is not None, timeout=PATIENCE)


def look(window: MainWindow, command: str, kind: type[S]) -> S:
    """Open a side of the selected field."""
    hands.press(window, command)
    side = window.inspector.side
    assert isinstance(side, kind)
    return side


def queued(window: MainWindow, qtbot: QtBot, many: int = 1) -> list[object]:
    qtbot.waitUntil(lambda: len(window.queue.items) == many, timeout=PATIENCE)
    return [item.edit for item in window.queue.items]


def by_hand(window: MainWindow, boundaries: int = 1) -> FieldRow:
    """A field made by hand that has had so many boundaries at least."""

    def many(row: FieldRow) -> int:
        field = window.workspace.catalog.field(row.id)
        return len(json.loads(field.raw)["boundaries"]) if field else 0

    rows = sorted(window.lists.rows.values(), key=lambda row: row.name)
    return next(row for row in rows if row.box and not row.provider_name and not row.mark and many(row) >= boundaries)


def of(window: MainWindow, provider: str, status: str = "PROCESSED") -> FieldRow:
    rows = window.lists.rows.values()
    return next(row for row in rows if row.provider_name == provider and row.status == status)


# ---------------------------------------------------------------------- set going at Leaf
def test_enabling_says_that_it_is_billed_and_asks(window: MainWindow, sandbox: Sandbox, qtbot: QtBot) -> None:
    choose(window, hands.field_to_edit(window), qtbot)
    assert "Only preview fields are enabled" in window.commands.why_not("enable")
    preview = of(window, "JohnDeere", "PREVIEW")
    choose(window, preview, qtbot)
    hands.press(window, "enable")
    sheet = window.field_desk.sheet
    assert isinstance(sheet, EnableField)
    assert "bills" in sheet.wrong.text() and "undo" in sheet.wrong.text()
    assert sheet.no.isDefault() and not sheet.yes.isDefault()
    qtbot.keyClick(sheet, Qt.Key.Key_Return)  # Enter says no
    qtbot.waitUntil(lambda: window.field_desk.sheet is None, timeout=PATIENCE)
    assert not window.queue.items
    hands.press(window, "enable")
    assert window.field_desk.sheet is not None
    window.field_desk.sheet.yes.click()
    assert queued(window, qtbot) == [Enable(preview.id)]
    hands.sync(window, qtbot)
    assert next(one for one in sandbox.leaf.all("fields") if one["id"] == preview.id)["status"] != "PREVIEW"


def test_an_upload_goes_to_an_organization_of_leafs_list_and_never_back(
    window: MainWindow, sandbox: Sandbox, qtbot: QtBot
) -> None:
    row = by_hand(window)
    choose(window, row, qtbot)
    hands.press(window, "upload")
    sheet = window.field_desk.sheet
    assert isinstance(sheet, UploadField)
    assert "does not repeat it by itself" in sheet.findChildren(type(sheet.note))[1].text()
    assert sheet.provider.currentIndex() == -1 and not sheet.yes.isEnabled()
    sheet.provider.setCurrentIndex(sheet.provider.findData("JohnDeere"))
    qtbot.waitUntil(lambda: sheet.organization.count() > 1, timeout=PATIENCE)  # Leaf is asked when nobody ever was
    assert not sheet.yes.isEnabled() and sheet.organization.currentIndex() == -1
    model = sheet.organization.model()
    assert isinstance(model, QStandardItemModel)
    closed = [n for n in range(sheet.organization.count()) if "not connected" in sheet.organization.itemText(n)]
    assert closed and not any(model.item(n).isEnabled() for n in closed)
    sheet.organization.setCurrentIndex(0)
    organization = sheet.organization.currentData()
    assert sheet.yes.isEnabled() and "read just now" in sheet.note.text()
    sheet.yes.click()
    assert queued(window, qtbot) == [Upload(row.id, "JohnDeere", organization)]
    hands.sync(window, qtbot)
    qtbot.waitUntil(lambda: not window.queue.items, timeout=PATIENCE)
    hands.press(window, "upload")
    again = window.field_desk.sheet
    assert isinstance(again, UploadField)
    qtbot.waitUntil(lambda: bool(again.known.earlier), timeout=PATIENCE)
    again.provider.setCurrentIndex(again.provider.findData("JohnDeere"))
    assert "It was sent to John Deere before" in again.wrong.text()
    again.reject()
    choose(window, of(window, "JohnDeere"), qtbot)
    hands.press(window, "upload")
    theirs = window.field_desk.sheet
    assert isinstance(theirs, UploadField)
    assert theirs.provider.findData("JohnDeere") == -1 and theirs.provider.count() == 1
    assert "does not send it back there" in " ".join(one.text() for one in theirs.findChildren(type(theirs.note)))
    theirs.reject()


def test_providers_are_asked_through_the_queue(window: MainWindow, qtbot: QtBot) -> None:
    row = of(window, "JohnDeere")
    choose(window, row, qtbot)
    assert window.commands.why_not("delete") == "Fields from John Deere are deleted in John Deere."
    hands.press(window, "provider-sync")
    assert queued(window, qtbot) == [SyncProvider(row.leaf_user_id)]
    qtbot.waitUntil(lambda: "next sync" in window.notice.text.text(), timeout=PATIENCE)


def test_nothing_in_the_inspector_is_wider_than_it_is(window: MainWindow, qtbot: QtBot) -> None:
    window.workbench.setSizes([262, 900, 0])  # as narrow as it goes
    choose(window, by_hand(window, boundaries=2), qtbot)
    assert "not fetched" in window.inspector.versions.text()
    (scroll,) = [one for one in window.inspector.findChildren(QScrollArea) if one.isVisible()]
    content = scroll.widget()
    assert content is not None and content.minimumSizeHint().width() <= scroll.viewport().width()


def test_without_a_field_every_action_says_why_not(window: MainWindow) -> None:
    window.select(None)
    for key in ("history", "files", "overlaps", "enable", "upload", "provider-sync", "field-more"):
        assert window.commands.why_not(key) == "Select a field first."


# ---------------------------------------------------------------------- history
def test_the_history_on_a_slider_restores_an_older_boundary(window: MainWindow, sandbox: Sandbox, qtbot: QtBot) -> None:
    row = by_hand(window, boundaries=3)
    choose(window, row, qtbot)
    assert "not fetched" in window.inspector.versions.text()
    side = look(window, "history", History)
    qtbot.waitUntil(lambda: "not fetched yet" in side.note.text(), timeout=PATIENCE)
    assert not side.restore.isEnabled() and side.reason.text() == "The field has this boundary."
    side.fetch.click()
    qtbot.waitUntil(lambda: side.history is not None and side.history.read is not None, timeout=PATIENCE)
    assert (
        side.history is not None
        and len(side.history.versions) >= 3
        and side.note.text().startswith("All of Leaf's boundaries")
    )
    assert side.slider.value() == side.slider.maximum()
    sandbox.go_dark()
    side.slider.setValue(0)
    oldest, now = side.history.versions[0], side.history.versions[-1]
    qtbot.waitUntil(lambda: side.figures.value("gained") != "", timeout=PATIENCE)
    assert side.figures.value("area") == f"{oldest.area_ha:,.2f} ha"
    change = oldest.area_ha - now.area_ha
    assert side.figures.value("change") == f"{'+' if change >= 0 else '−'}{abs(change):,.2f} ha"
    tool = window.canvas.hand_tool
    assert isinstance(tool, OverlayTool) and [sort for sort, _ in tool.shapes][:2] == ["former", "outline"]
    assert tool.hides == row.id
    side.restore.click()
    queued(window, qtbot)
    qtbot.waitUntil(lambda: bool(side.history and side.history.versions[-1].waits), timeout=PATIENCE)
    field = window.workspace.catalog.field(row.id)
    assert field is not None and field.shape == oldest.shape
    assert "not sent yet" in side.when.text()
    qtbot.keyClick(side, Qt.Key.Key_Escape)
    assert window.inspector.side is None and not isinstance(window.canvas.hand_tool, OverlayTool)


def test_a_providers_field_is_restored_at_its_provider(window: MainWindow, sandbox: Sandbox, qtbot: QtBot) -> None:
    row = of(window, "JohnDeere")
    field = window.workspace.catalog.field(row.id)
    assert field is not None and field.shape is not None
    former: Shape = tuple(tuple(tuple((x + 1e-4, y) for x, y in ring) for ring in polygon) for polygon in field.shape)
    sandbox.leaf.redraw(row.id, to_geojson(former))
    hands.sync(window, qtbot)
    choose(window, row, qtbot)
    side = look(window, "history", History)
    qtbot.waitUntil(lambda: side.slider.maximum() == 1, timeout=PATIENCE)
    side.slider.setValue(0)
    assert not side.restore.isEnabled()
    assert side.reason.text() == "Fields from John Deere are changed in John Deere."


def test_bars_of_any_number_of_versions_fit(qtbot: QtBot) -> None:
    bars = Bars(Theme("light"))
    qtbot.addWidget(bars)
    bars.resize(270, 32)
    for many in (2, 8, 60, 200):
        bars.show_areas([10.0 + n % 3 for n in range(many)], chosen=0)
        picture = bars.grab().toImage()
        accent = [x for x in range(270) if picture.pixelColor(x, 30).name() == bars._theme.colours.accent]
        assert accent and max(accent) <= 270 / max(5, many) + 2, many


def test_another_field_or_a_drawing_closes_the_side(window: MainWindow, qtbot: QtBot) -> None:
    choose(window, by_hand(window), qtbot)
    look(window, "history", History)
    choose(window, of(window, "JohnDeere"), qtbot)
    assert window.inspector.side is None
    look(window, "files", Files)
    hands.press(window, "draw")
    assert window.inspector.side is None and window.inspector.new.isVisible()
    window.drawing.leave()


# ---------------------------------------------------------------------- files
def test_operation_files_are_fetched_when_asked_and_narrowed(
    window: MainWindow, sandbox: Sandbox, qtbot: QtBot
) -> None:
    row = max(
        (one for one in window.lists.rows.values() if one.box),
        key=lambda one: sum(one.id in json.dumps(file) for file in sandbox.leaf.all("operations")),
    )
    choose(window, row, qtbot)
    assert window.inspector.work.text() == "not fetched yet"
    side = look(window, "files", Files)
    qtbot.waitUntil(lambda: side.age.text().startswith("Not fetched yet"), timeout=PATIENCE)
    side.fetch.click()
    qtbot.waitUntil(lambda: side.known.read is not None, timeout=PATIENCE)
    every = side.known.files
    assert len(every) > 1 and side.found.count() == len(every) and "Read just now" in side.age.text()
    sandbox.go_dark()
    side.unfold.click()
    wanted = every[0].operation_type
    side.pickers["work"].setCurrentIndex(side.pickers["work"].findData(wanted))
    left = [file for file in every if file.operation_type == wanted]
    assert side.found.count() == len(left) < len(every)
    assert side.age.text().startswith(f"{len(left)} of {len(every)} files")
    side.pickers["work"].setCurrentIndex(0)
    side.begin.setText("soon")
    assert "2026-01-31" in side.wrong.text() and not side.wrong.isHidden()
    side.begin.setText(every[0].start_time[:10])
    assert side.found.count() == sum(file.start_time[:10] >= every[0].start_time[:10] for file in every)
    side.found.setCurrentRow(0)
    assert side.card.lines["id"] == side.card.file_id
    assert side.card.lines["operationType"]
    side.card.again.click()
    qtbot.waitUntil(lambda: "cannot be reached" in side.trouble.text(), timeout=PATIENCE)
    hands.settle(window, qtbot)
    assert "cannot be reached" in side.trouble.text() and side.found.count()  # both what went wrong and what is here
    sandbox.come_back()
    side.card.again.click()
    qtbot.waitUntil(lambda: sandbox.requests.count("getFieldOperationFile") == 1, timeout=PATIENCE)
    qtbot.waitUntil(lambda: not side.trouble.isVisible(), timeout=PATIENCE)
    qtbot.waitUntil(lambda: window.inspector.work.text() == str(len(every)), timeout=PATIENCE)


# ---------------------------------------------------------------------- overlaps
@pytest.fixture
def trial_plot(window: MainWindow, qtbot: QtBot) -> FieldRow:
    """A field drawn over the corner of another one, at Leaf already."""
    under = by_hand(window)
    assert under.box is not None
    west, south, east, north = under.box
    x, y = (west + east) / 2, (south + north) / 2
    ring = ((x, y), (east + 0.001, y), (east + 0.001, north + 0.001), (x, north + 0.001), (x, y))
    plot = Field(
        id="7b1b7a3e-6d1c-4b0a-9a53-2f4d5e6a7b8c", leaf_user_id=under.leaf_user_id, name="Plot", shape=((ring,),)
    )
    window.doing.do(Create(plot))
    queued(window, qtbot)
    hands.sync(window, qtbot)
    qtbot.waitUntil(lambda: plot.id in window.lists.rows and not window.queue.items, timeout=PATIENCE)
    return window.lists.rows[plot.id]


def test_overlaps_here_and_at_leaf(window: MainWindow, trial_plot: FieldRow, sandbox: Sandbox, qtbot: QtBot) -> None:
    choose(window, trial_plot, qtbot)
    side = look(window, "overlaps", Overlaps)
    qtbot.waitUntil(lambda: side.found.count() > 0, timeout=PATIENCE)
    assert {one.field_id for one in side.meetings} == {side.found.item(n).data(256) for n in range(side.found.count())}
    assert trial_plot.id not in {one.field_id for one in side.meetings}
    first = side.meetings[0]
    assert f"{first.of_field:,.2f} % of it" in side.found.item(0).text()
    assert f"{first.of_shape:,.2f} % of this" in side.found.item(0).text()
    side.found.item(0).setCheckState(Qt.CheckState.Checked)
    qtbot.waitUntil(lambda: "In common" in side.common.text(), timeout=PATIENCE)
    assert f"{first.area_ha:,.2f}" in side.common.text()
    assert isinstance(window.canvas.hand_tool, OverlayTool)
    side.ask.click()
    qtbot.waitUntil(lambda: "By Leaf they share" in side.verdict.text(), timeout=PATIENCE)
    assert f"Leaf names the same {side.found.count()} field" in side.verdict.text()
    shared = window.workspace.common([trial_plot.id, first.field_id])
    assert f"{area_ha(shared):,.2f} ha" in side.verdict.text()
    side.threshold.setText(f"{max(first.of_field, first.of_shape) + 0.5:.2f}")
    side.threshold.editingFinished.emit()
    qtbot.waitUntil(lambda: side.found.count() < len(side.meetings) + 1 and not side.meetings, timeout=PATIENCE)
    assert side.count.text() == "No field overlaps."
    side.threshold.setText("a lot")
    side.threshold.editingFinished.emit()
    assert "0.01 to 100" in side.trouble.text() and not side.ask.isEnabled()
    side.threshold.setText("0.01")
    side.threshold.editingFinished.emit()
    qtbot.waitUntil(lambda: side.found.count() > 0, timeout=PATIENCE)
    sandbox.go_dark()
    side.ask.click()
    qtbot.waitUntil(lambda: "cannot be reached" in side.trouble.text(), timeout=PATIENCE)
    assert side.ask.isEnabled() and side.found.count()

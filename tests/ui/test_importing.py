"""The import inspector in the real window: files dropped, looked at, chosen from, imported, undone."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from leafdesk.geo.shape import to_geojson
from leafdesk.records import Field
from leafdesk.sandbox import Sandbox
from leafdesk.ui.importing import chosen
from leafdesk.ui.main_window import MainWindow
from leafdesk.ui.panels.import_page import ImportPage
from leafdesk.workspace import Workspace
from tests.files.made import BOW, kml, placemark


def square(x: float, y: float, size: float = 0.004) -> dict[str, Any]:
    ring = [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def write(path: Path, *shapes: tuple[str, dict[str, Any]]) -> Path:
    features = [{"type": "Feature", "properties": {"NAME": n, "LOT": n[::-1]}, "geometry": g} for n, g in shapes]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def drop(window: MainWindow, *files: Path) -> None:
    """Let files fall on the window, as a file manager does."""
    carried = QMimeData()
    carried.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    held = (Qt.DropAction.CopyAction, carried, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPoint(300, 300), *held)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(300, 300), *held))


def looked(window: MainWindow, qtbot: QtBot) -> ImportPage:
    """The inspector, when it has read and compared."""
    page = window.importing.page
    assert page is not None
    qtbot.waitUntil(lambda: page.progress.isHidden(), timeout=30000)
    return page


def becomes(page: ImportPage) -> list[tuple[str, str]]:
    return [(entry.name, entry.becomes) for entry in page.entries]


def by_hand(window: MainWindow, user: str) -> Field:
    """A field of this user that may be changed, with a boundary."""
    catalog = window.workspace.catalog
    rows = [row for row in window.lists.rows.values() if row.leaf_user_id == user and row.box]
    return next(f for row in rows if (f := catalog.field(row.id)) and f.manual and f.shape and row.mark == "")


def moved(field: Field) -> dict[str, Any]:
    """The field's boundary a little further east."""
    assert field.shape
    xs = [x for x, _ in field.shape[0][0]]
    east = (max(xs) - min(xs)) / 25
    shape = tuple(tuple(tuple((x + east, y) for x, y in ring) for ring in polygon) for polygon in field.shape)
    return to_geojson(shape)


@pytest.fixture
def user(window: MainWindow) -> str:
    """The Leaf user that the inspector begins with."""
    return min(window.lists.users.values(), key=lambda user: user.name.casefold()).id


def test_a_dropped_file_is_looked_at_first_then_imported_as_one_step(
    window: MainWindow, user: str, tmp_path: Path, qtbot: QtBot
) -> None:
    field = by_hand(window, user)
    assert field.shape
    bow = {"type": "Polygon", "coordinates": [[list(spot) for spot in BOW]]}
    drop(
        window,
        write(
            tmp_path / "farm.geojson",
            *(("New", square(30, 40)), ("Moved", moved(field)), ("Same", to_geojson(field.shape)), ("Bow", bow)),
        ),
    )
    page = looked(window, qtbot)
    assert window.pages.currentWidget() is page
    assert becomes(page) == [("New", "new"), ("Moved", "update"), ("Same", "skip"), ("feature 4", "refused")]
    assert page.go.text() == "Import 2 areas"
    assert [chip.text() for key, chip in page.chips.items() if key] == [
        *("New 1", "Boundaries 1", "Left out 1", "Refused 1")
    ]
    assert window.workspace.outbox.items() == []
    assert {"plot 0", "plot 1", "plot 2", "refused 0", field.id} <= page.canvas.picture.outlines.rows.keys()

    page.form.farm.setCurrentIndex(1)
    farm = page.form.farm.currentData()
    page.go.click()
    qtbot.waitUntil(lambda: page.over, timeout=15000)
    qtbot.waitUntil(lambda: any(row.name == "New" for row in window.lists.rows.values()), timeout=15000)
    new = next(row for row in window.lists.rows.values() if row.name == "New")
    assert (new.farm_id, new.leaf_user_id) == (farm, user)
    seen = window.workspace.catalog.field(field.id)
    assert seen is not None and seen.shape is not None
    assert to_geojson(seen.shape) == moved(field)
    assert seen.name == field.name
    assert "1 new field, 1 new boundary, 2 left out or refused" in page.about.text()

    page.report.click()
    copied = QGuiApplication.clipboard().text()
    assert "New boundary\tMoved\tfarm.geojson, feature 2" in copied
    assert "Refused\tfeature 4\tfarm.geojson\tThe boundary crosses itself here." in copied

    page.go.click()  # show on the map
    assert window.pages.currentWidget() is window.workbench
    window.undo()
    qtbot.waitUntil(lambda: window.workspace.outbox.items() == [], timeout=15000)


def test_each_area_can_become_something_else_by_button_and_by_key(
    window: MainWindow, user: str, tmp_path: Path, qtbot: QtBot
) -> None:
    field = by_hand(window, user)
    assert field.shape
    file = write(
        tmp_path / "f.json", ("New", square(30, 40)), ("Moved", moved(field)), ("Same", to_geojson(field.shape))
    )
    window.importing.open([file])
    page = looked(window, qtbot)
    page.plots.go_to("plot 0")
    assert not page.choices["update"].isEnabled()
    assert page.choices["update"].toolTip() == "No field here lies on this ground."
    qtbot.keyClick(page.plots, Qt.Key.Key_L)
    assert becomes(page)[0] == ("New", "skip")
    assert page.go.text() == "Import 1 area"

    page.plots.go_to("plot 2")
    page.choices["update"].click()
    assert becomes(page)[1:] == [("Moved", "skip"), ("Same", "update")], "a field gets one boundary"
    page.plots.selectAll()
    qtbot.keyClick(page.plots, Qt.Key.Key_N)
    assert [what for _, what in becomes(page)] == ["new", "new", "new"]
    qtbot.keyClick(page.plots, Qt.Key.Key_U)
    assert [what for _, what in becomes(page)] == ["new", "update", "skip"]
    assert page.canvas.picture.outlines.rows["plot 2"].mark == "preview"

    page.chips["skip"].click()
    assert [entry.name for entry in page.plots.plots.entries] == ["Same"]


def test_metres_ask_for_the_reference_system_and_latitude_first_is_seen(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    metres = {"type": "Polygon", "coordinates": [[[5e5, 5.5e6], [5.01e5, 5.5e6], [5.01e5, 5.501e6], [5e5, 5.5e6]]]}
    window.importing.open([write(tmp_path / "utm.json", ("Field", metres))])
    page = looked(window, qtbot)
    assert "no degrees" in page.banner.text()
    assert not page.banner_card.isHidden()
    assert not page.go.isEnabled()
    assert page.form.crs.hasFocus()
    qtbot.keyClicks(page.form.crs, "EPSG:32632")
    qtbot.keyClick(page.form.crs, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: becomes(page) == [("Field", "new")], timeout=30000)
    assert page.banner_card.isHidden()
    assert "EPSG:32632" in page.about.text()

    south_first = {"type": "Polygon", "coordinates": [[[41, -93], [41, -93.1], [41.1, -93], [41, -93]]]}
    window.importing.open([write(tmp_path / "swapped.json", ("Field", south_first))])
    looked(window, qtbot)
    assert page.form.swap.isChecked()
    assert "Latitude stands before longitude" in page.about.text()
    page.form.swap.click()
    qtbot.waitUntil(lambda: [what for _, what in becomes(page)] == ["refused"], timeout=30000)


def test_a_file_that_cannot_be_read_says_why_and_the_others_are_shown(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    bad = tmp_path / "bad.kml"
    bad.write_text("<kml><Document>")
    good = tmp_path / "good.kml"
    good.write_text(kml(placemark("A")))
    drop(window, bad, good)
    page = looked(window, qtbot)
    assert page.banner.text().startswith("bad.kml: It is no XML")
    assert becomes(page) == [("A", "new")]
    window.importing.open([tmp_path / "gone.kml"])
    page = looked(window, qtbot)
    assert "cannot be read" in page.banner.text()
    assert page.entries == []
    page.back.click()
    assert window.pages.currentWidget() is window.workbench


def test_ctrl_o_asks_for_files_reading_can_be_cancelled_and_another_attribute_gives_the_names(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    file = write(tmp_path / "hof.json", ("One", square(30, 40)), ("Two", square(31, 40)))
    window.commands["import"].trigger()
    dialog = window.importing.dialog
    assert dialog is not None
    assert "*.kmz" in dialog.nameFilters()[0]
    dialog.filesSelected.emit([str(file)])
    dialog.reject()
    page = window.importing.page
    assert page is not None and not page.progress.isHidden()
    page.stop.click()
    assert page.progress.isHidden()
    qtbot.wait(50)
    assert (page.readings, page.entries) == ([], [])

    window.importing.open([file])
    looked(window, qtbot)
    assert page.form.names.currentText() == "NAME"
    for text, names in (("LOT", ["enO", "owT"]), ("File and number", ["hof 1", "hof 2"])):
        page.form.names.setCurrentIndex(page.form.names.findText(text))
        page.form.names.activated.emit(page.form.names.currentIndex())
        qtbot.waitUntil(lambda names=names: [entry.name for entry in page.entries] == names, timeout=15000)


def test_the_selected_field_is_exported_and_known_again(
    window: MainWindow, user: str, tmp_path: Path, qtbot: QtBot
) -> None:
    field = by_hand(window, user)
    window.select(field.id)
    window.commands["export"].trigger()
    dialog = window.exporting.dialog
    assert dialog is not None
    assert field.name in dialog.windowTitle()
    dialog.fileSelected.emit(str(tmp_path / "out.zip"))
    dialog.reject()
    qtbot.waitUntil(lambda: window.notice.text.text() == "1 field written to out.zip.", timeout=15000)
    window.importing.open([tmp_path / "out.zip"])
    assert becomes(looked(window, qtbot)) == [(field.name, "skip")]


def test_nobody_signed_in_looks_at_a_file_and_is_told_what_is_missing(
    open_window: Callable[..., MainWindow], nobody: Workspace, sandbox: Sandbox, tmp_path: Path, qtbot: QtBot
) -> None:
    window = open_window(nobody)
    assert window.start.files.isVisible()
    window.start.files.click()
    assert window.importing.dialog is not None
    window.importing.dialog.reject()
    drop(window, write(tmp_path / "f.json", ("New", square(30, 40))))
    page = looked(window, qtbot)
    assert page.go.text() == "Sign in to import"
    assert "Leaf user" in page.go.toolTip()
    page.go.click()
    sheet = window.leaf.sheet
    assert sheet is not None
    sheet.username.setText(sandbox.username)
    sheet.password.setText(sandbox.password)
    sheet.advanced.click()
    sheet.url.setText(sandbox.url)
    qtbot.keyClick(sheet.password, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.go.text() == "Import 1 area" and page.go.isEnabled(), timeout=60000)
    assert window.pages.currentWidget() is page
    qtbot.waitUntil(lambda: not window.workspace.syncing, timeout=60000)


@pytest.fixture
def nobody(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace where nobody ever signed in."""
    opened = Workspace(tmp_path / "workspace")
    yield opened
    opened.close()


def test_parts_of_a_shapefile_are_one_and_folders_are_opened(tmp_path: Path) -> None:
    for name in ("a.shp", "a.dbf", "a.prj", "b.kml", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    parts = [tmp_path / name for name in ("a.dbf", "a.shp", "a.prj", "b.kml")]
    assert [path.name for path in chosen(parts)] == ["a.shp", "b.kml"]
    assert [path.name for path in chosen([tmp_path])] == ["a.shp", "b.kml"]
    assert [path.name for path in chosen([tmp_path / "a.dbf"])] == ["a.dbf"]

"""Maps under the fields in the real window: opened, listed, ordered, shown, added from a server, downloaded."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QModelIndex, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from leafdesk.geo.shape import Box
from leafdesk.tiles.tile import box_of, spanned
from leafdesk.ui.dialogs.map_area import MapArea
from leafdesk.ui.dialogs.map_source import MapSource
from leafdesk.ui.main_window import MainWindow
from leafdesk.ui.panels.maps import Maps
from leafdesk.workspace import Workspace
from tests.tiles.made import GREEN, RED, mbtiles, png
from tests.tiles.server import TileServer, tile_server


@pytest.fixture
def server() -> Iterator[TileServer]:
    with tile_server() as running:
        yield running


def farm_map(path: Path, window: MainWindow, colour: tuple[int, int, int] = RED, **metadata: str) -> Path:
    """A map of where the window looks, one tile wide zooms 8 to 12."""
    box = window.canvas.view.box
    tiles = {}
    for zoom in (8, 12):
        left, right, top, bottom = spanned(box, zoom)
        tiles |= {(zoom, x, y): png(colour) for x in range(left, right + 1) for y in range(top, bottom + 1)}
    return mbtiles(path, tiles, **{"name": path.stem, "attribution": f"© {path.stem}", **metadata})


def drop(window: MainWindow, *paths: Path) -> None:
    """Let go of files over the window."""
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    held = (Qt.DropAction.CopyAction, files, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(300, 300), *held))
    QApplication.sendEvent(window, QDropEvent(QPointF(300, 300), *held))


def page_of(window: MainWindow, qtbot: QtBot) -> Maps:
    window.commands["maps"].trigger()
    qtbot.waitUntil(lambda: isinstance(window.pages.currentWidget(), Maps))
    page = window.pages.page("maps")
    assert isinstance(page, Maps)
    return page


def names(page: Maps) -> list[str]:
    return [page.list.item(n).text().split("\n")[0] for n in range(page.list.count())]


def sheet_of(window: MainWindow, kind: type[QDialog]) -> QDialog:
    (sheet,) = [one for one in window.findChildren(kind) if one.isVisible()]
    return sheet


def opened(window: MainWindow, qtbot: QtBot, many: int) -> None:
    qtbot.waitUntil(lambda: len(window.maps.maps) == many and window.canvas.picture.underlay.idle, timeout=15000)


def in_the_middle(window: MainWindow) -> tuple[int, int, int]:
    window.canvas.settle()
    shot = window.canvas.snapshot()
    pixel = shot.pixelColor(4, round(shot.height() * 0.9))
    return (pixel.red(), pixel.green(), pixel.blue())


def test_a_dropped_map_lies_under_the_fields_and_says_whose_it_is(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = farm_map(tmp_path / "Aerial.mbtiles", window)
    assert not window.map_page.credit.isVisible()
    drop(window, path)
    opened(window, qtbot, 1)
    qtbot.waitUntil(lambda: in_the_middle(window) == RED)
    assert window.pages.key == "map" and "Aerial lies under the fields" in window.notice.text.text()
    credit = window.map_page.credit
    assert credit.isVisible() and credit.text() == "© Aerial"
    assert window.map_page.rect().contains(credit.geometry())
    page = page_of(window, qtbot)
    assert names(page) == ["Aerial"] and page.detail.figures.value("attribution") == "© Aerial"
    assert page.detail.figures.value("where") == str(path) and page.detail.figures.value("zooms") == "8 to 12"


def test_a_broken_map_says_what_is_wrong_and_a_file_of_fields_is_still_imported(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    broken = tmp_path / "Old.pmtiles"
    broken.write_bytes(b"PMTiles\x02" + b" " * 200)
    drop(window, broken)
    qtbot.waitUntil(lambda: window.notice.text.text().startswith("Old.pmtiles: It is a PMTiles file of version 2"))
    assert window.maps.maps == () and window.pages.key == "map"
    fields = tmp_path / "farm.geojson"
    fields.write_text('{"type": "FeatureCollection", "features": []}')
    drop(window, farm_map(tmp_path / "A.mbtiles", window), fields)
    opened(window, qtbot, 1)
    qtbot.waitUntil(lambda: window.importing.page is not None)


def test_order_ticks_and_opacity_and_what_stays_after_a_restart(
    workspace: Workspace, open_window: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path
) -> None:
    workspace.sync().result(60)
    window = open_window(workspace)
    for name, colour in (("Low", GREEN), ("High", RED)):
        window.importing.open([farm_map(tmp_path / f"{name}.mbtiles", window, colour)])
    opened(window, qtbot, 2)
    page = page_of(window, qtbot)
    assert names(page) == ["High", "Low"]
    qtbot.waitUntil(lambda: in_the_middle(window) == RED)
    page.list.setCurrentRow(1)
    assert window.commands.why_not("map-down") == "It lies lowest."
    window.commands["map-up"].trigger()
    qtbot.waitUntil(lambda: names(page) == ["Low", "High"])
    for order in (["High", "Low"], ["Low", "High"]):
        page.list.model().moveRow(QModelIndex(), 1, QModelIndex(), 0)  # as a drag does
        qtbot.waitUntil(lambda order=order: [one.about.name for one in window.maps.maps] == order[::-1])  # type: ignore[misc]
        assert names(page) == order
    opened(window, qtbot, 2)
    qtbot.waitUntil(lambda: in_the_middle(window) == GREEN)
    page.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    qtbot.waitUntil(lambda: in_the_middle(window) == RED)
    assert window.map_page.credit.text() == "© High"
    page.list.setCurrentRow(1)
    page.detail.opacity.setValue(40)
    qtbot.waitUntil(lambda: window.maps.maps[0].opacity == 0.4)
    window.close()

    again = open_window(workspace)
    opened(again, qtbot, 2)
    assert [(one.about.name, one.shown, one.opacity) for one in again.maps.maps] == [
        ("High", True, 0.4),
        ("Low", False, 1.0),
    ]
    page = page_of(again, qtbot)
    page.list.setCurrentRow(1)
    again.commands["remove-map"].trigger()
    qtbot.waitUntil(lambda: names(page) == ["Low"])
    assert (tmp_path / "High.mbtiles").exists()


def test_a_file_that_is_gone_says_so(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path = farm_map(tmp_path / "Stick.mbtiles", window)
    window.importing.open([path])
    opened(window, qtbot, 1)
    path.rename(tmp_path / "elsewhere")
    window.maps.begin()
    page = page_of(window, qtbot)
    qtbot.waitUntil(lambda: "not where it was" in page.detail.wrong.text())
    assert not window.map_page.credit.isVisible()


def test_an_empty_page_tells_the_next_step_and_openstreetmap_is_never_downloaded(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = page_of(window, qtbot)
    assert page.empty.isVisible() and not page.whole.isVisible()
    assert window.commands["open-map"].isEnabled() and window.commands["add-map"].isEnabled()
    assert window.commands.why_not("download-area").startswith("Choose one of the offline maps first")
    window.commands["add-map"].trigger()
    sheet = sheet_of(window, MapSource)
    assert isinstance(sheet, MapSource)
    assert sheet.answer().name == "OpenStreetMap" and "policy forbids" in sheet.terms.text()
    sheet.reject()
    assert not window.maps.maps


def add_server(window: MainWindow, server: TileServer, qtbot: QtBot) -> None:
    window.commands["add-map"].trigger()
    sheet = sheet_of(window, MapSource)
    assert isinstance(sheet, MapSource)
    sheet.which.setCurrentIndex(sheet.which.count() - 1)
    assert not sheet.yes.isEnabled()
    for line, text in (
        (sheet.name, "Aerial"),
        (sheet.credit, "© Survey"),
        (sheet.address, "http://example.com/{z}/{x}/{y}"),
    ):
        qtbot.keyClicks(line, text)
    assert "https://" in sheet.wrong.text() and not sheet.yes.isEnabled()
    sheet.address.setText(server.source().template)
    assert sheet.yes.isEnabled() and not server.asked
    sheet.yes.click()
    qtbot.waitUntil(lambda: len(window.maps.maps) == 1)


def test_a_servers_map_is_asked_for_what_is_looked_at_and_only_then(
    server: TileServer, window: MainWindow, qtbot: QtBot
) -> None:
    assert not server.asked
    add_server(window, server, qtbot)
    window.canvas.settle()
    qtbot.waitUntil(lambda: in_the_middle(window) == GREEN, timeout=15000)
    assert window.map_page.credit.text() == "© Survey"
    seen = window.canvas.view.box
    finest = max(tile.zoom for tile in server.tiles)

    def there() -> Box:
        return box_of(tile for tile in server.tiles if tile.zoom == finest)

    qtbot.waitUntil(lambda: there()[0] <= seen[0] and there()[2] >= seen[2], timeout=15000)  # all that is seen
    window.canvas.settle()
    west, south, east, north = there()
    wide, high = 2 * (seen[2] - seen[0]), 2 * (seen[3] - seen[1])
    assert west >= seen[0] - wide and east <= seen[2] + wide, "and little beside it"
    assert south >= seen[1] - high and north <= seen[3] + high
    assert len(set(server.tiles)) == len(server.tiles), "each once"
    assert server.most_at_once <= 2 and len([tile for tile in server.tiles if tile.zoom != finest]) < 10


def test_an_area_is_told_first_then_downloaded(server: TileServer, window: MainWindow, qtbot: QtBot) -> None:
    add_server(window, server, qtbot)
    page = page_of(window, qtbot)
    window.commands["download-area"].trigger()
    sheet = sheet_of(window, MapArea)
    assert isinstance(sheet, MapArea)
    sheet.what.setCurrentText("All fields")
    sheet.lowest.setCurrentIndex(11)
    sheet.highest.setCurrentIndex(13)
    area = sheet.area
    assert area is not None
    many = area.count()
    qtbot.waitUntil(lambda: sheet.figures.value("tiles") == f"{many:,}")
    assert "MB" in sheet.figures.value("size") or "kB" in sheet.figures.value("size")
    assert "Read the terms" in sheet.yes.toolTip() and not sheet.yes.isEnabled()
    sheet.agreed.setChecked(True)
    sheet.yes.click()
    qtbot.waitUntil(lambda: "for offline use" in window.notice.text.text(), timeout=20000)
    assert set(area.tiles()) <= set(server.tiles)
    qtbot.waitUntil(lambda: not page.detail.lines)
    window.commands["download-area"].trigger()
    sheet = sheet_of(window, MapArea)
    assert isinstance(sheet, MapArea)
    sheet.highest.setCurrentIndex(19 - 1)
    sheet.what.setCurrentText("What the map shows")
    sheet.lowest.setCurrentIndex(18)
    sheet.highest.setCurrentIndex(2)
    assert "farthest zoom comes first" in sheet.wrong.text()
    sheet.reject()


def test_a_download_is_paused_and_goes_on(server: TileServer, window: MainWindow, qtbot: QtBot) -> None:
    add_server(window, server, qtbot)
    page = page_of(window, qtbot)
    window.canvas.hide()
    window.commands["download-area"].trigger()
    sheet = sheet_of(window, MapArea)
    assert isinstance(sheet, MapArea)
    sheet.what.setCurrentText("All fields")
    sheet.highest.setCurrentIndex(16)
    sheet.agreed.setChecked(True)
    qtbot.waitUntil(sheet.yes.isEnabled)
    sheet.yes.click()
    qtbot.waitUntil(lambda: bool(page.detail.lines), timeout=15000)
    (line,) = page.detail.lines.values()
    qtbot.waitUntil(lambda: line.bar.value() > 0, timeout=15000)
    line.stop.click()
    qtbot.waitUntil(lambda: line.stop.text() == "Resume", timeout=15000)
    assert "paused" in line.text.text() and 0 < line.bar.value() < line.bar.maximum()
    before = len(server.asked)
    line.stop.click()
    qtbot.waitUntil(lambda: len(server.asked) > before and line.stop.text() == "Pause", timeout=15000)
    line.forget.click()
    qtbot.waitUntil(lambda: not page.detail.lines, timeout=15000)

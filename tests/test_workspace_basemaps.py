"""The maps of a folder: what is kept of them, what a file by others can do to it, and what is thrown away."""

import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from leafdesk.tiles.cache import FILE as TILES
from leafdesk.tiles.tile import Tile
from leafdesk.workspace.basemaps import FILE, MOST, SUGGESTED, Area, Basemaps, UnreadableError
from tests.tiles.made import mbtiles, png
from tests.tiles.server import TileServer, tile_server

Shelf = Callable[[], Basemaps]
AREA = Area(((10.0, 50.0, 10.4, 50.2),), 3, 12)


@pytest.fixture
def server() -> Iterator[TileServer]:
    with tile_server() as running:
        yield running


@pytest.fixture
def shelf(server: TileServer, tmp_path: Path) -> Iterator[Shelf]:
    """Opens the maps of one folder, as each start does; all are closed at the end."""
    opened = list[Basemaps]()

    def open_() -> Basemaps:
        opened.append(Basemaps(tmp_path / "folder"))
        return opened[-1]

    yield open_
    for one in opened:
        one.close()


def a_map(path: Path) -> Path:
    return mbtiles(path, {(0, 0, 0): png()}, attribution="© A")


def test_what_is_kept_comes_back(shelf: Shelf, tmp_path: Path) -> None:
    maps = shelf()
    low, high = (maps.add_file(a_map(tmp_path / f"{name}.mbtiles")) for name in ("low", "high"))
    web = maps.add_source(SUGGESTED[0])
    maps.change(low.id, shown=False, opacity=0.3)
    maps.move(web.id, -9)
    assert maps.add_file(tmp_path / "high.mbtiles").id == high.id  # again: the same one, on top
    again = shelf().all()
    assert [one.about.name for one in again] == ["OpenStreetMap", "low", "high"]
    assert (again[1].shown, again[1].opacity, again[0].source) == (False, 0.3, SUGGESTED[0])
    assert again == maps.all()


def test_only_the_user_may_read_the_addresses_and_files_alone_need_no_cache(shelf: Shelf, tmp_path: Path) -> None:
    maps = shelf()
    maps.add_file(a_map(tmp_path / "a.mbtiles"))
    maps.all()
    assert maps.downloads() == []
    assert [file.name for file in (tmp_path / "folder").iterdir()] == [FILE]
    assert stat.S_IMODE((tmp_path / "folder" / FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "text",
    ["", "[", "[]", '{"maps": 7}', '{"maps": [1, null, {}, {"about": 3}]}', '{"maps": [' * 5000, "\0\1"],
)
def test_a_file_that_makes_no_sense_is_no_map(shelf: Shelf, tmp_path: Path, text: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / FILE).write_text(text)
    maps = shelf()
    assert maps.all() == ()
    maps.add_file(a_map(tmp_path / "a.mbtiles"))
    assert len(shelf().all()) == 1


@pytest.mark.parametrize(
    ("which", "value"),
    [("template", "http://example.com/{z}/{x}/{y}"), ("lowest", 99), ("side", 3), ("name", "")],
)
def test_an_address_that_must_not_be_asked_is_left_out_wherever_it_comes_from(
    shelf: Shelf, tmp_path: Path, which: str, value: object
) -> None:
    shelf().add_source(SUGGESTED[1])
    file = tmp_path / "folder" / FILE
    said = json.loads(file.read_text())
    said["maps"][0]["source"][which] = value
    file.write_text(json.dumps(said))
    assert shelf().all() == ()


def test_there_is_an_end_to_it(shelf: Shelf, tmp_path: Path) -> None:
    maps = shelf()
    for n in range(MOST):
        maps.add_file(a_map(tmp_path / f"{n}.mbtiles"))
    with pytest.raises(UnreadableError, match="50 maps already"):
        maps.add_file(a_map(tmp_path / "more.mbtiles"))
    assert len(maps.all()) == MOST


def test_a_removed_server_leaves_nothing_behind(shelf: Shelf, server: TileServer, tmp_path: Path) -> None:
    maps = shelf()
    one = maps.add_source(server.source())
    maps.begin(one.id, "Farm", AREA, agreed=True)
    assert [download.name for download in maps.downloads()] == ["Farm"]
    maps.remove(one.id)
    assert maps.all() == () and maps.downloads() == [] and maps.cache.holds(one.id) == (0, 0)
    assert (tmp_path / "folder" / TILES).exists()


def test_a_file_is_no_download_and_terms_count(shelf: Shelf, tmp_path: Path) -> None:
    maps = shelf()
    for one in (maps.add_file(a_map(tmp_path / "a.mbtiles")), maps.add_source(SUGGESTED[0])):
        with pytest.raises(UnreadableError, match=r"here already|policy forbids"):
            maps.begin(one.id, "Farm", AREA, agreed=True)
    with pytest.raises(UnreadableError, match="Read the terms"):
        maps.begin(maps.add_source(SUGGESTED[1]).id, "Farm", AREA, agreed=False)


def test_an_opened_map_reads_tiles(shelf: Shelf, server: TileServer, tmp_path: Path) -> None:
    maps = shelf()
    file = maps.opener(maps.add_file(a_map(tmp_path / "a.mbtiles")))(lambda _: None)
    assert file.read(Tile(0, 0, 0)).picture == png()
    file.close()
    web = maps.opener(maps.add_source(server.source()))(lambda _: None)
    assert web.read(Tile(0, 0, 0)).picture is None and web.about.attribution == "© Test"

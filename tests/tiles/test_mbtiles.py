"""MBTiles files: what they say of themselves, which tile lies where, and what becomes of broken ones."""

import gzip
import sqlite3
from pathlib import Path

import pytest

from leafdesk.tiles import mbtiles as room
from leafdesk.tiles.opening import open_map
from leafdesk.tiles.tile import LARGEST, WHOLE_WORLD, Answer, Tile, UnreadableError
from tests.tiles.conftest import Opened
from tests.tiles.made import RED, jpg, mbtiles, png, webp


def test_what_it_says_of_itself(opened: Opened, tmp_path: Path) -> None:
    path = mbtiles(
        tmp_path / "farm.mbtiles",
        {(0, 0, 0): png(), (3, 1, 2): png()},
        name="Our <b>farm</b>",
        bounds="-94,41,-93,42",
        attribution='<a href="https://example.com">© Example</a>\n&amp; friends',
        license="CC BY 4.0",
    )
    about = opened(path).about
    assert (about.name, about.kind, about.form, about.side) == ("Our farm", "MBTiles", "png", 256)
    assert (about.lowest, about.highest, about.box) == (0, 3, (-94, 41, -93, 42))
    assert (about.attribution, about.licence) == ("© Example & friends", "CC BY 4.0")
    assert about.bytes == path.stat().st_size


@pytest.mark.parametrize("scheme", ["tms", "xyz"])
def test_rows_count_from_the_south_unless_it_says_otherwise(opened: Opened, tmp_path: Path, scheme: str) -> None:
    north, south = png(RED), png()
    map_ = opened(mbtiles(tmp_path / "a.mbtiles", {(1, 0, 0): north, (1, 0, 1): south}, scheme=scheme))
    assert map_.read(Tile(1, 0, 0)) == Answer(north) and map_.read(Tile(1, 0, 1)) == Answer(south)
    assert map_.read(Tile(1, 1, 0)) == map_.read(Tile(9, 0, 0)) == Answer(absent=True)


@pytest.mark.parametrize(("picture", "form", "side"), [(jpg(), "jpg", 256), (webp(512), "webp", 512)])
def test_pictures_of_every_form(opened: Opened, tmp_path: Path, picture: bytes, form: str, side: int) -> None:
    about = opened(mbtiles(tmp_path / "a.mbtiles", {(0, 0, 0): picture})).about
    assert (about.form, about.side, about.name) == (form, side, "a")


def test_the_box_comes_from_the_tiles_where_none_is_told(opened: Opened, tmp_path: Path) -> None:
    path = mbtiles(tmp_path / "a.mbtiles", {(1, 1, 0): png(), (0, 0, 0): png()}, bounds="5,5,nan,1")
    assert opened(path).about.box == WHOLE_WORLD
    path = mbtiles(tmp_path / "b.mbtiles", {(1, 1, 0): png(), (2, 3, 0): png()})
    assert opened(path).about.box == pytest.approx((0, 0, 180, WHOLE_WORLD[3]))


def test_packed_pictures_are_unpacked_and_null_is_absent(opened: Opened, tmp_path: Path) -> None:
    path = mbtiles(tmp_path / "a.mbtiles", {(1, 0, 0): gzip.compress(png()), (1, 0, 1): None, (1, 1, 1): b""})
    map_ = opened(path)
    assert map_.read(Tile(1, 0, 0)) == Answer(png())
    assert map_.read(Tile(1, 0, 1)) == map_.read(Tile(1, 1, 1)) == Answer(absent=True)


def test_it_reads_a_file_that_may_not_be_written(opened: Opened, tmp_path: Path) -> None:
    path = mbtiles(tmp_path / "öde # 100%?.mbtiles", {(0, 0, 0): png()})
    path.chmod(0o400)
    assert opened(path).read(Tile(0, 0, 0)) == Answer(png())
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("tiles", "said"),
    [
        ({}, "empty"),
        ({(0, 0, 0): None}, "empty"),
        ({(0, 0, 0): b"\x1f\x8b\x08\0"}, "cut off"),
        ({(0, 0, 0): gzip.compress(b"\x1a\x05water")}, "vector tiles"),
        ({(0, 0, 0): gzip.compress(b" " * (LARGEST + 1))}, "beyond all measure"),
        ({(0, 0, 0): b"hello"}, "no PNG, JPEG or WebP"),
        ({(0, 0, 0): png(side=100)}, "100 × 100 pixels"),
        ({(0, 0, 0): b"\x89PNG\r\n\x1a\n" + b" " * LARGEST}, "larger than any honest one"),
        ({(40, 0, 0): png()}, "zooms, 40 to 40"),
    ],
)
def test_a_map_that_cannot_be_shown_says_why(
    tmp_path: Path, tiles: dict[tuple[int, int, int], bytes], said: str
) -> None:
    with pytest.raises(UnreadableError, match=said):
        open_map(mbtiles(tmp_path / "a.mbtiles", tiles, scheme="xyz"))


def test_files_that_are_none_say_so(tmp_path: Path) -> None:
    path = tmp_path / "a.mbtiles"
    with pytest.raises(UnreadableError, match="cannot be read"):
        open_map(path)
    with pytest.raises(UnreadableError, match="no file"):
        open_map(tmp_path)
    for content in (b"", b"<html>", b"SQLite format 3\0" + b"\xff" * 5000):
        path.write_bytes(content)
        with pytest.raises(UnreadableError, match="damaged"):
            open_map(path)
    whole = mbtiles(tmp_path / "b.mbtiles", {(5, x, y): png() for x in range(6) for y in range(6)}).read_bytes()
    path.write_bytes(whole[:3000])
    with pytest.raises(UnreadableError):
        open_map(path)


def test_a_file_made_to_hang_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "PATIENCE_S", 0.05)
    path = tmp_path / "a.mbtiles"
    database = sqlite3.connect(path)
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n WHERE x < 0"
    database.execute(
        f"CREATE VIEW tiles AS SELECT 0 zoom_level, 0 tile_column, 0 tile_row, x tile_data FROM ({endless})"
    )
    database.close()
    with pytest.raises(UnreadableError, match="takes too long"):
        open_map(path)


def test_real_files(opened: Opened, real_data: Path) -> None:
    folder = real_data / "basemap-raster"
    about = opened(folder / "mbtileserver" / "geography-class-jpg.mbtiles").about
    assert (about.name, about.form, about.lowest, about.highest) == ("Geography Class", "jpg", 0, 1)
    for name in ("plain_1", "unindexed"):
        map_ = opened(folder / "node-mbtiles" / f"{name}.mbtiles")
        assert (map_.about.form, map_.about.lowest, map_.about.highest) == ("png", 0, 4)
        answers = [map_.read(Tile(4, x, y)) for x in range(16) for y in range(16)]
        assert sum(answer.picture is not None for answer in answers) == 208
    for name, said in (
        ("mbtileserver/invalid", "no tiles"),
        ("mbtileserver/world_cities", "vector"),
        ("node-mbtiles/corrupt", "damaged"),
        ("node-mbtiles/with spaces", "empty"),
    ):
        with pytest.raises(UnreadableError, match=said):
            open_map(folder / f"{name}.mbtiles")

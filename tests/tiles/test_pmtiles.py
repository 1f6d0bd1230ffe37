"""PMTiles archives, written by the package of those who made the format: the same tiles, and no trust."""

import gzip
import random
import struct
from pathlib import Path

import pytest
from pmtiles.tile import Compression, TileType, zxy_to_tileid

from leafdesk.tiles.opening import open_map
from leafdesk.tiles.pmtiles import PMTiles, tile_id
from leafdesk.tiles.tile import Answer, Tile, UnreadableError, spanned
from tests.tiles.conftest import Opened
from tests.tiles.made import RED, pmtiles, png, webp


def test_tiles_have_the_ids_of_the_specification() -> None:
    rng = random.Random(3)
    for zoom in range(25):
        for _ in range(20):
            x, y = (rng.randrange(1 << zoom) for _ in range(2))
            assert tile_id(Tile(zoom, x, y)) == zxy_to_tileid(zoom, x, y)


def test_what_it_says_of_itself_and_holds(opened: Opened, tmp_path: Path) -> None:
    tiles = {(0, 0, 0): png(), (1, 0, 1): png(RED), (1, 1, 1): png(RED)}
    path = pmtiles(tmp_path / "a.pmtiles", tiles, name="Farm", attribution="<a href='#'>© Example</a>")
    map_ = opened(path)
    about = map_.about
    assert (about.name, about.kind, about.form, about.side) == ("Farm", "PMTiles", "png", 256)
    assert (about.lowest, about.highest, about.box) == (0, 1, (-180, -85, 180, 85))
    assert (about.attribution, about.bytes) == ("© Example", path.stat().st_size)
    for place, picture in tiles.items():
        assert map_.read(Tile(*place)) == Answer(picture)
    for place in ((1, 0, 0), (1, 1, 0), (2, 0, 0), (3, 9, 9), (2, -1, 0)):
        assert map_.read(Tile(*place)) == Answer(absent=True)


def test_leaf_directories_are_followed(opened: Opened, tmp_path: Path) -> None:
    rng = random.Random(1)
    start = webp(512)
    places = rng.sample([(8, x, y) for x in range(256) for y in range(256)], 20_000)
    tiles = {place: start + rng.randbytes(rng.randrange(20, 100)) for place in places}
    map_ = opened(pmtiles(tmp_path / "a.pmtiles", tiles, TileType.WEBP))
    assert isinstance(map_, PMTiles) and map_.has_leaves and map_.about.side == 512
    for place in rng.sample(sorted(tiles), 400):
        assert map_.read(Tile(*place)) == Answer(tiles[place])
    beside = [place for place in ((8, x, x) for x in range(256)) if place not in tiles]
    assert beside and all(map_.read(Tile(*place)) == Answer(absent=True) for place in beside)


def test_packed_tiles_are_unpacked(opened: Opened, tmp_path: Path) -> None:
    path = pmtiles(tmp_path / "a.pmtiles", {(0, 0, 0): gzip.compress(png())}, compression=Compression.GZIP)
    assert opened(path).read(Tile(0, 0, 0)) == Answer(png())


@pytest.mark.parametrize(
    ("at", "put", "said"),
    [
        (0, b"PNTiles", "no PMTiles"),
        (7, b"\4", "version 4"),
        (97, b"\3", "gzip would do"),
        (98, b"\4", "gzip would do"),
        (99, b"\1", "vector tiles"),
        (99, b"\5", "AVIF"),
        (100, b"\x05", "zooms, 5 to 1"),
        (101, b"\x63", "zooms, 0 to 99"),
        (8, struct.pack("<Q", 1 << 62), "cut off"),
        (16, struct.pack("<Q", 1 << 62), "cut off"),
        (64, struct.pack("<Q", 1 << 40), "cut off"),
        (64, struct.pack("<Q", 3), "damaged"),
        (127, b"\0\0\0\0", "damaged"),
    ],
)
def test_a_damaged_archive_says_what_is_wrong(tmp_path: Path, at: int, put: bytes, said: str) -> None:
    path = pmtiles(tmp_path / "a.pmtiles", {(0, 0, 0): png(), (1, 0, 1): png(RED)})
    content = bytearray(path.read_bytes())
    content[at : at + len(put)] = put
    path.write_bytes(content)
    with pytest.raises(UnreadableError, match=said):
        open_map(path)


def test_no_change_of_bytes_does_harm(tmp_path: Path) -> None:
    """Whatever stands in the file: it opens and reads, or says in words that it cannot."""
    path = pmtiles(tmp_path / "a.pmtiles", {(3, x, y): png() for x in range(8) for y in range(8)})
    whole, rng = path.read_bytes(), random.Random(7)
    for _ in range(120):
        content = bytearray(whole[: rng.choice([len(whole), rng.randrange(len(whole))])])
        for _ in range(rng.randrange(1, 6)):
            if content:
                content[rng.randrange(min(len(content), 400))] = rng.randrange(256)
        path.write_bytes(content)
        try:
            map_ = open_map(path)
        except UnreadableError:
            continue
        for column in range(8):
            try:
                map_.read(Tile(3, column, column))
            except UnreadableError:
                continue
        map_.close()


def test_a_directory_that_leads_to_itself_ends(tmp_path: Path) -> None:
    long = len(gzip.compress(bytes([1, 0, 0, 25, 1]), mtime=0))
    root = leaf = gzip.compress(bytes([1, 0, 0, long, 1]), mtime=0)  # one entry: from tile 0, the directory at 0
    assert len(root) == long
    parts = [127, len(root), 0, 0, 127 + len(root), len(leaf), 0, 0, 0, 0, 0]
    header = struct.pack("<7sB11Q6B4i9x", b"PMTiles", 3, *parts, 1, 2, 1, 2, 0, 1, 0, 0, 0, 0)
    path = tmp_path / "a.pmtiles"
    path.write_bytes(header + root + leaf)
    with pytest.raises(UnreadableError, match="empty"):
        open_map(path)


def test_real_archives(opened: Opened, real_data: Path) -> None:
    folder = real_data / "basemap-raster"
    whitney = opened(folder / "pmtiles" / "usgs-mt-whitney-8-15-webp-512.pmtiles")
    about = whitney.about
    assert (about.form, about.side, about.lowest, about.highest) == ("webp", 512, 8, 15)
    assert about.box == pytest.approx((-118.31982, 36.56109, -118.26069, 36.59301))
    spans = {zoom: spanned(about.box, zoom) for zoom in range(8, 16)}
    found = [
        tile
        for zoom, (left, right, top, bottom) in spans.items()
        for tile in (Tile(zoom, x, y) for x in range(left, right + 1) for y in range(top, bottom + 1))
        if whitney.read(tile).picture
    ]
    assert len(found) == 50
    assert opened(folder / "martin" / "webp2.pmtiles").about.side == 512
    for name, said in (("empty", "empty"), ("invalid_v4", "version 4"), ("test_fixture_2", "vector")):
        with pytest.raises(UnreadableError, match=said):
            open_map(folder / "pmtiles" / f"{name}.pmtiles")

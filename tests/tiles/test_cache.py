"""The file that keeps tiles: what it throws away, and what it never does."""

import sqlite3
from pathlib import Path

import pytest

from leafdesk.tiles.cache import FILE, Cache, Kept
from leafdesk.tiles.freshness import Freshness
from leafdesk.tiles.tile import Tile


def kept(size: int, *, for_good: bool = False) -> Kept:
    return Kept(b"x" * size, "e", "m", 2000.0, False, for_good)


def here(cache: Cache) -> list[int]:
    return [n for n in range(20) if cache.get("a", Tile(9, n, 0), 500.0) is not None]


def test_what_was_used_longest_ago_goes_first_and_downloads_never(tmp_path: Path) -> None:
    cache = Cache(tmp_path, limit=1000)
    cache.put("a", Tile(9, 0, 0), kept(900, for_good=True), 0.0)
    for n in range(1, 6):
        cache.put("a", Tile(9, n, 0), kept(200), float(n))
    assert here(cache) == [0, 1, 2, 3, 4, 5]
    cache.get("a", Tile(9, 1, 0), 4000.0)  # used just now
    cache.put("a", Tile(9, 6, 0), kept(300), 4001.0)
    assert here(cache) == [0, 1, 4, 5, 6]
    cache.close()


def test_it_stands_as_it_was_after_a_restart(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("a", Tile(9, 1, 0), kept(5), 1.0)
    cache.put("a", Tile(9, 2, 0), kept(7, for_good=True), 1.0)
    cache.put("b", Tile(9, 2, 0), kept(11), 1.0)
    cache.note("d", "a plan", 12)
    cache.close()
    again = Cache(tmp_path)
    assert again.get("a", Tile(9, 1, 0), 1.0) == kept(5)
    assert (again.holds("a"), again.holds("b")) == ((2, 12), (1, 11))
    assert again.kept_tiles("a") == [Tile(9, 2, 0)] and again.noted() == [("d", "a plan", 12)]
    again.forget("a")
    again.strike("d")
    assert (again.holds("a"), again.holds("b"), again.noted()) == ((0, 0), (1, 11), [])
    again.close()


def test_a_download_stays_one_when_the_tile_comes_again(tmp_path: Path) -> None:
    cache = Cache(tmp_path, limit=100)
    tile = Tile(9, 1, 0)
    cache.put("a", tile, kept(90, for_good=True), 1.0)
    cache.put("a", tile, kept(95), 2.0)
    cache.put("a", Tile(9, 2, 0), kept(99), 3.0)
    assert cache.kept_tiles("a") == [tile] and here(cache) == [1, 2]
    cache.renew("a", Tile(9, 2, 0), Freshness(9000.0, True), 4.0, keep=True)
    found = cache.get("a", Tile(9, 2, 0), 4.0)
    assert found is not None and found.kept and (found.fresh, found.strict) == (9000.0, True)
    cache.close()


def test_a_damaged_file_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all" * 500)
    cache = Cache(tmp_path)
    assert cache.put("a", Tile(0, 0, 0), kept(3), 1.0) and cache.holds("a") == (1, 3)
    cache.close()


def test_a_folder_that_cannot_be_written_is_told_and_nothing_thrown_away(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("a", Tile(9, 1, 0), kept(5, for_good=True), 1.0)
    cache.close()
    other = sqlite3.connect(tmp_path / FILE)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    other.execute("DELETE FROM download")
    with pytest.raises(OSError, match="locked"):
        Cache(tmp_path, patience=0.0)
    other.close()
    again = Cache(tmp_path)
    assert again.kept_tiles("a") == [Tile(9, 1, 0)]
    again.close()

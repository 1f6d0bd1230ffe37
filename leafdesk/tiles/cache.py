"""Keeps tiles of servers in one SQLite file: those used last up to a size, and for good those that were downloaded."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from leafdesk.tiles.freshness import Freshness
from leafdesk.tiles.tile import Tile

FILE = "tiles.db"
LIMIT = 512 << 20
"""Bytes of tiles that were only looked at; what was downloaded for offline use comes on top."""
_USED_STEP = 3600.0
"""A use is noted once in so many seconds: a look at the map must not write to the disk for each tile."""
_AT = "WHERE source = ? AND zoom = ? AND column = ? AND row = ?"
# The pictures stand last: whatever stood behind them could only be read by walking through each.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS tile (
    source TEXT, zoom INTEGER, column INTEGER, row INTEGER, size INTEGER, etag TEXT, modified TEXT, fresh REAL,
    strict INTEGER, used REAL, kept INTEGER, picture BLOB, PRIMARY KEY (source, zoom, column, row));
CREATE INDEX IF NOT EXISTS oldest ON tile (kept, used, size);
CREATE INDEX IF NOT EXISTS sizes ON tile (source, size);
CREATE TABLE IF NOT EXISTS download (id TEXT PRIMARY KEY, plan TEXT, done INTEGER);
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A tile; `picture` is empty where the server has none. `fresh`: until when, in seconds since 1970."""

    picture: bytes
    etag: str
    modified: str
    fresh: float
    strict: bool
    kept: bool

    def usable(self, now: float) -> bool:
        """Whether it may be shown: also a stale one, unless its server forbids that."""
        return now < self.fresh or not self.strict


class Cache:
    """For any thread. A file that is damaged is thrown away and begun anew: everything in it can be fetched again.

    Raises OSError where the folder cannot be written.
    """

    def __init__(self, folder: Path, limit: int = LIMIT, patience: float = 5.0) -> None:
        """`limit`: bytes; `patience`: seconds to wait for another program that has the file."""
        self.path, self.limit, self._patience = folder / FILE, limit, patience
        self._lock = threading.Lock()
        self._database = self._opened()
        self._bytes = self._loose_bytes()

    def _opened(self) -> sqlite3.Connection:
        try:
            return self._open()
        except sqlite3.OperationalError as error:  # a full disk, a folder that is gone: no reason to throw it away
            raise OSError(f"{self.path.name}: {error}") from error
        except sqlite3.DatabaseError:
            for ending in ("", "-wal", "-shm"):
                self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
            return self._open()

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.path, timeout=self._patience, check_same_thread=False, isolation_level=None)
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            database.executescript(_SCHEMA)
            database.execute("SELECT count(*) FROM tile WHERE kept").fetchone()
        except sqlite3.DatabaseError:
            database.close()
            raise
        return database

    @contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            yield self._database

    def _loose_bytes(self) -> int:
        with self._using() as database:
            return int(database.execute("SELECT total(size) FROM tile WHERE NOT kept").fetchone()[0])

    # ------------------------------------------------------------------ tiles
    def get(self, source: str, tile: Tile, now: float) -> Kept | None:
        """A tile, fresh or stale; None where it was never fetched, or cannot be read."""
        place = (source, *tile)
        try:
            with self._using() as database:
                found = database.execute(
                    f"SELECT picture, etag, modified, fresh, strict, kept, used FROM tile {_AT}", place
                ).fetchone()
                if found is not None and now - found[6] > _USED_STEP:
                    database.execute(f"UPDATE tile SET used = ? {_AT}", (now, *place))
        except sqlite3.Error:  # also once it is closed: a thread may still be reading then
            return None
        if found is None:
            return None
        return Kept(bytes(found[0]), found[1], found[2], found[3], bool(found[4]), bool(found[5]))

    def put(self, source: str, tile: Tile, given: Kept, now: float) -> bool:
        """Keep a tile; one that was to stay for good still does. False when the disk does not take it."""
        place, size = (source, *tile), len(given.picture)
        with self._using() as database:
            try:
                before = database.execute(f"SELECT size, kept FROM tile {_AT}", place).fetchone() or (0, 0)
                kept = int(given.kept or before[1])
                row = (size, given.etag, given.modified, given.fresh, int(given.strict), now, kept, given.picture)
                marks = ", ".join("?" * (len(place) + len(row)))
                database.execute(f"INSERT OR REPLACE INTO tile VALUES ({marks})", place + row)
            except sqlite3.Error:
                return False
            self._bytes += (0 if kept else size) - (0 if before[1] else before[0])
            self._prune(database)
        return True

    def renew(self, source: str, tile: Tile, fresh: Freshness, now: float, *, keep: bool = False) -> None:
        """The server says that a tile is as it was."""
        with self._using() as database:
            before = database.execute(f"SELECT size, kept FROM tile {_AT}", (source, *tile)).fetchone()
            if before is None:
                return
            database.execute(
                f"UPDATE tile SET fresh = ?, strict = ?, used = ?, kept = max(kept, ?) {_AT}",
                (fresh.until, int(fresh.strict), now, int(keep), source, *tile),
            )
            self._bytes -= before[0] if keep and not before[1] else 0

    def _prune(self, database: sqlite3.Connection) -> None:
        while self._bytes > self.limit:
            oldest = database.execute("SELECT rowid, size FROM tile WHERE NOT kept ORDER BY used LIMIT 32").fetchall()
            if not oldest:
                self._bytes = 0
                return
            for number, size in oldest:
                if self._bytes > self.limit:
                    database.execute("DELETE FROM tile WHERE rowid = ?", (number,))
                    self._bytes -= size

    def kept_tiles(self, source: str) -> list[Tile]:
        """The tiles of a source that were downloaded for offline use."""
        with self._using() as database:
            rows = database.execute(
                "SELECT zoom, column, row FROM tile WHERE source = ? AND kept", (source,)
            ).fetchall()
        return [Tile(*row) for row in rows]

    def holds(self, source: str) -> tuple[int, int]:
        """How many pictures of a source are here, and their bytes."""
        with self._using() as database:
            row = database.execute(
                "SELECT count(*), total(size) FROM tile WHERE source = ? AND size", (source,)
            ).fetchone()
        return int(row[0]), int(row[1])

    def forget(self, source: str) -> None:
        """Throw away what a source gave."""
        with self._using() as database:
            database.execute("DELETE FROM tile WHERE source = ?", (source,))
        self._bytes = self._loose_bytes()

    # ------------------------------------------------------------------ downloads
    def note(self, plan_id: str, plan: str, done: int) -> None:
        """Keep how far a download has come; `plan` is what it is, as text."""
        with self._using() as database:
            database.execute("INSERT OR REPLACE INTO download VALUES (?, ?, ?)", (plan_id, plan, done))

    def noted(self) -> list[tuple[str, str, int]]:
        """Every download that was begun: id, plan, how many tiles are done."""
        with self._using() as database:
            return database.execute("SELECT id, plan, done FROM download ORDER BY rowid").fetchall()

    def strike(self, plan_id: str) -> None:
        """Forget a download; its tiles stay."""
        with self._using() as database:
            database.execute("DELETE FROM download WHERE id = ?", (plan_id,))

    def close(self) -> None:
        """Close the file."""
        with self._using() as database:
            database.close()

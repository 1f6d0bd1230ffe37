"""Maps in MBTiles files: an SQLite database with a picture for each tile. Source: MBTiles specification 1.3."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from urllib.parse import quote

from leafdesk.geo.shape import Box
from leafdesk.tiles.picture import form_of, plain_text, side_of, unpacked
from leafdesk.tiles.tile import DEEPEST, LARGEST, About, Answer, Tile, UnreadableError, box_of, sane_box

PATIENCE_S = 2.0
"""So long may one question to the database take: a file without an index, or one made to hang, ends there."""
_STEPS = 20_000
_NAMES = ("name", "format", "bounds", "minzoom", "maxzoom", "attribution", "scheme", "license")
BROKEN = "It is damaged, or no MBTiles file. Fetch it anew."


class MBTiles:
    """One file, opened for reading only; nothing in it is believed. Raises UnreadableError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._until = 0.0
        try:
            with path.open("rb") as file:
                if file.read(16) != b"SQLite format 3\0":
                    raise UnreadableError(BROKEN)
        except OSError as error:
            raise UnreadableError(f"It cannot be read: {error.strerror or error}.") from error
        self._database = self._open(path)
        try:
            self.about = self._look()
        except BaseException:
            self._database.close()
            raise

    def _open(self, path: Path) -> sqlite3.Connection:
        # A file that nobody writes needs neither locks nor a journal beside it: it may lie on a read-only stick.
        journal = path.with_name(f"{path.name}-wal")
        how = "mode=ro" if journal.exists() and journal.stat().st_size else "mode=ro&immutable=1"
        try:
            database = sqlite3.connect(f"file:{quote(str(path.absolute()))}?{how}", uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise UnreadableError(BROKEN) from error
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 2 * LARGEST)
        database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        database.set_progress_handler(lambda: monotonic() > self._until, _STEPS)
        return database

    @contextmanager
    def _asking(self) -> Iterator[sqlite3.Connection]:
        self._until = monotonic() + PATIENCE_S
        try:
            yield self._database
        except sqlite3.DatabaseError as error:
            text = str(error)
            if "no such table: tiles" in text or "no such column" in text:
                raise UnreadableError("It holds no tiles. Is it an MBTiles file?") from error
            if "interrupted" in text:
                raise UnreadableError("Finding a tile in it takes too long: it has no index. Make it anew.") from error
            if "disk I/O" in text or "unable to open" in text:
                raise UnreadableError(
                    "It cannot be read any more. Is the disk or stick that it lies on still there?"
                ) from error
            raise UnreadableError(BROKEN) from error
        except (UnicodeDecodeError, ValueError, OverflowError) as error:
            raise UnreadableError(BROKEN) from error

    # ------------------------------------------------------------------ what it says of itself
    def _look(self) -> About:
        with self._asking() as database:
            database.execute("PRAGMA trusted_schema = OFF")
            database.execute("PRAGMA query_only = ON")
            first = database.execute("SELECT tile_data FROM tiles WHERE tile_data IS NOT NULL LIMIT 1").fetchone()
        if first is None:
            raise UnreadableError("It is empty: there is no tile in it.")
        said = self._metadata()
        picture = _picture(first[0])
        side = side_of(picture)
        self._upside_down = said.get("scheme", "").strip().lower() != "xyz"
        lowest, highest = self._zooms(said)
        return About(
            name=plain_text(said.get("name"), 120) or self.path.stem,
            kind="MBTiles",
            form=form_of(picture),
            side=side,
            lowest=lowest,
            highest=highest,
            box=self._box(said.get("bounds", ""), lowest),
            attribution=plain_text(said.get("attribution")),
            licence=plain_text(said.get("license")),
            bytes=self.path.stat().st_size,
        )

    def _metadata(self) -> dict[str, str]:
        places = ", ".join("?" * len(_NAMES))
        try:
            with self._asking() as database:
                rows = database.execute(
                    f"SELECT name, value FROM metadata WHERE name IN ({places}) AND length(value) < 10000 LIMIT 100",
                    _NAMES,
                ).fetchall()
        except UnreadableError:
            return {}  # the tiles tell enough
        return {str(name): str(value) for name, value in rows}

    def _zooms(self, said: dict[str, str]) -> tuple[int, int]:
        try:
            with self._asking() as database:
                lowest, highest = database.execute("SELECT min(zoom_level), max(zoom_level) FROM tiles").fetchone()
        except UnreadableError:  # without an index it takes too long: then what the file says
            lowest, highest = said.get("minzoom"), said.get("maxzoom")
        try:
            low, high = int(lowest), int(highest)
        except (TypeError, ValueError) as error:
            raise UnreadableError(BROKEN) from error
        if not 0 <= low <= high <= DEEPEST:
            raise UnreadableError(f"Its zooms, {low} to {high}, are none that a map can have.")
        return low, high

    def _box(self, bounds: str, lowest: int) -> Box:
        """What it says; else around its farthest tiles, for the nearer ones may cover only a part."""
        try:
            west, south, east, north = (float(part) for part in bounds.split(","))
            return sane_box(west, south, east, north)
        except ValueError:
            pass
        try:
            with self._asking() as database:
                found = database.execute(
                    "SELECT min(tile_column), max(tile_column), min(tile_row), max(tile_row) FROM tiles "
                    "WHERE zoom_level = ?",
                    (lowest,),
                ).fetchone()
            left, right, one, other = (int(n) for n in found)
        except (UnreadableError, TypeError, ValueError):
            return sane_box(0, 0, 0, 0)
        rows = sorted(self._row(lowest, row) for row in (one, other))
        corners = [Tile(lowest, left, rows[0]), Tile(lowest, right, rows[1])]
        return box_of(corners) if all(tile.in_the_world for tile in corners) else sane_box(0, 0, 0, 0)

    def _row(self, zoom: int, row: int) -> int:
        """Rows are counted from the south in these files (as TMS does), unless the file says otherwise."""
        return (1 << zoom) - 1 - row if self._upside_down else row

    # ------------------------------------------------------------------ tiles
    def read(self, tile: Tile) -> Answer:
        """The tile's picture. Raises UnreadableError."""
        with self._asking() as database:
            row = database.execute(
                "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ? LIMIT 1",
                (tile.zoom, tile.column, self._row(tile.zoom, tile.row)),
            ).fetchone()
        if row is None or not row[0]:
            return Answer(absent=True)
        picture = _picture(row[0])
        return Answer(picture) if form_of(picture) else Answer(absent=True)

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def _picture(stored: object) -> bytes:
    if not isinstance(stored, bytes):
        raise UnreadableError("Its tiles are no pictures.")
    if len(stored) > LARGEST:
        raise UnreadableError("A tile in it is larger than any honest one. It is not opened.")
    if stored[:2] != b"\x1f\x8b":
        return stored
    plain = unpacked(stored)
    return plain if form_of(plain) else stored

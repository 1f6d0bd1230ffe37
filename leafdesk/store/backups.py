"""Whole copies of the database in a folder beside it: before every migration and once a week, the newest seven."""

import contextlib
import sqlite3
import time
from pathlib import Path

FOLDER = "backups"
KEPT = 7
WEEK = 7 * 86_400.0
_GROWING = ("outbox", "attempts", "journal")
"""Tables from which nothing is ever taken: a copy has at least what was there before."""


class BadCopyError(Exception):
    """The copy that was written is not a whole one; it has been removed."""


def back_up(connection: sqlite3.Connection, path: Path) -> Path:
    """Write a copy, look through it, and keep the newest seven. Raises BadCopyError, or sqlite3.Error (a full disk)."""
    folder = path.parent / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    older = sorted(folder.glob(f"{path.stem}-*.db"))
    number = int(older[-1].stem.rpartition("-")[2]) + 1 if older else 1
    copy = folder / f"{path.stem}-{number:05d}.db"
    before = _sizes(connection)
    try:
        connection.execute("VACUUM INTO ?", (str(copy),))
        copy.chmod(0o600)
        _look_through(copy, before)
    except BaseException:
        copy.unlink(missing_ok=True)
        raise
    for old in older[: max(0, len(older) + 1 - KEPT)]:
        old.unlink()
    return copy


def back_up_weekly(path: Path) -> Path | None:
    """Write a copy over a connection of its own if there is none of this week. Raises as `back_up`."""
    last = newest(path)
    return None if last is not None and abs(time.time() - last[1]) < WEEK else back_up_now(path)


def back_up_now(path: Path) -> Path:
    """Write a copy over a connection of its own. Raises as `back_up`."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        return back_up(connection, path)


def newest(path: Path) -> tuple[Path, float] | None:
    """The last copy of a database and when it was written (seconds since 1970); None where there is none."""
    copies = [(file.stat().st_mtime, file) for file in (path.parent / FOLDER).glob(f"{path.stem}-*.db")]
    if not copies:
        return None
    when, copy = max(copies)
    return copy, when


def is_whole(copy: Path) -> bool:
    """Whether a copy that was written some time ago can still be read from end to end."""
    try:
        _look_through(copy, {})
    except (BadCopyError, sqlite3.Error):
        return False
    return True


def _look_through(copy: Path, before: dict[str, int]) -> None:
    with contextlib.closing(sqlite3.connect(copy)) as backup:
        (verdict,) = backup.execute("PRAGMA quick_check(1)").fetchone()
        after = _sizes(backup)
    short = [table for table, rows in before.items() if after.get(table, -1) < rows]
    if verdict != "ok" or short:
        raise BadCopyError(verdict if verdict != "ok" else f"rows of {short[0]} are missing")


def _sizes(connection: sqlite3.Connection) -> dict[str, int]:
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return {
        table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in _GROWING if table in there
    }

"""An independent second copy of the queue: one file of lines beside the database, from which it can be made anew.

Every committed change of a queue line, an attempt, a record's number or a notice is appended to `journal.ndjson` and
synced to the disk before anybody is told that it is kept (sync.md §10). Each line is JSON with its own checksum, so
that a torn or rotten one is left out and the others count. The last word about a line wins.
"""

import contextlib
import json
import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from leafdesk.store.items import LIVE_SQL, dumps

FILE = "journal.ndjson"
LARGEST = 16 << 20
"""Bytes from which the file is written anew with only what still waits."""
_TAIL = 1 << 16
_BINARY = getattr(os, "O_BINARY", 0)  # Windows would write its own line ends
_HEAD = len('{"crc":"00000000","is":')
_LINE = ("seq", "id", "kind", "key", "verb", "state", "reason", "attempts", "not_before", "rev", "created", "theirs",
         "handed")  # fmt: skip
_WHOLE = ("edit", "base", "sentence", "superseded_by", "ended")
_ATTEMPT = ("seq", "number", "sent_at", "run_id", "at", "outcome", "settled_at")
_ATTEMPT_WHOLE = ("body", "pre")
HANDOVER_COLUMNS = ("id", "sort", "at", "who", "file", "many")
LINE_COLUMNS = (*_LINE, *_WHOLE)
ATTEMPT_COLUMNS = (*_ATTEMPT, *_ATTEMPT_WHOLE)
NOTICE_COLUMNS = ("sort", "at", "kind", "key", "about", "sentence", "details", "answered")

_WATCH = """
CREATE TEMP TABLE IF NOT EXISTS touched (seq INTEGER PRIMARY KEY, whole INTEGER NOT NULL);
CREATE TEMP TABLE IF NOT EXISTS tried (id INTEGER PRIMARY KEY, whole INTEGER NOT NULL);
CREATE TEMP TABLE IF NOT EXISTS named (kind TEXT, key TEXT, PRIMARY KEY (kind, key));
CREATE TEMP TABLE IF NOT EXISTS passed (id TEXT PRIMARY KEY);
CREATE TEMP TRIGGER IF NOT EXISTS line_made AFTER INSERT ON outbox
BEGIN INSERT OR REPLACE INTO touched VALUES (new.seq, 1); END;
CREATE TEMP TRIGGER IF NOT EXISTS line_said AFTER UPDATE OF edit, base ON outbox
BEGIN INSERT OR REPLACE INTO touched VALUES (new.seq, 1); END;
CREATE TEMP TRIGGER IF NOT EXISTS line_moved AFTER UPDATE ON outbox
BEGIN INSERT OR IGNORE INTO touched VALUES (new.seq, 0); END;
CREATE TEMP TRIGGER IF NOT EXISTS attempt_made AFTER INSERT ON attempts
BEGIN INSERT OR REPLACE INTO tried VALUES (new.id, 1); END;
CREATE TEMP TRIGGER IF NOT EXISTS attempt_over AFTER UPDATE ON attempts
BEGIN INSERT OR IGNORE INTO tried VALUES (new.id, 0); END;
CREATE TEMP TABLE IF NOT EXISTS told (id INTEGER PRIMARY KEY);
CREATE TEMP TRIGGER IF NOT EXISTS notice_made AFTER INSERT ON notices
BEGIN INSERT OR IGNORE INTO told VALUES (new.id); END;
CREATE TEMP TRIGGER IF NOT EXISTS notice_heard AFTER UPDATE ON notices
BEGIN INSERT OR IGNORE INTO told VALUES (new.id); END;
CREATE TEMP TRIGGER IF NOT EXISTS record_numbered AFTER UPDATE OF leaf_id ON records WHEN new.leaf_id <> new.key
BEGIN INSERT OR IGNORE INTO named VALUES (new.kind, new.key); END;
CREATE TEMP TRIGGER IF NOT EXISTS handover_made AFTER INSERT ON handovers
BEGIN INSERT OR IGNORE INTO passed VALUES (new.id); END;
"""


@dataclass(slots=True)
class Rescued:
    """What was found of a queue: lines by number, attempts by line and number, Leaf's ids of records made here, and
    every hand-over that was written or taken, and what there is to hear."""

    lines: dict[int, dict[str, Any]] = field(default_factory=dict)
    attempts: dict[tuple[int, int], dict[str, Any]] = field(default_factory=dict)
    names: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    handovers: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    notices: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)

    @property
    def parts(self) -> tuple[tuple[str, Iterable[dict[str, Any]]], ...]:
        """Everything by the word that it begins with, in the order of the file."""
        first = (("notice", self.notices.values()), ("name", self.names.values()), ("attempt", self.attempts.values()))
        return (*first, ("change", self.lines.values()), ("handover", self.handovers.values()))

    def take(self, line: dict[str, Any]) -> None:
        """Learn one line of the file."""
        word = line.pop("what")
        if word == "change":
            self.lines.setdefault(line["seq"], {}).update(line)
        elif word == "attempt":
            self.attempts.setdefault((line["seq"], line["number"]), {}).update(line)
        elif word == "name":
            self.names[line["kind"], line["key"]] = line
        elif word == "handover":
            self.handovers[line["id"], line["sort"]] = line
        elif word == "notice":
            self.notices[line["sort"], line["kind"], line["about"]] = line


class SecondCopy:
    """The file, and what of the database it does not have yet."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def watch(self, connection: sqlite3.Connection) -> None:
        """From now on note what changes on this connection (nothing of it is stored in the database)."""
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.executescript(_WATCH)

    def catch_up(self, connection: sqlite3.Connection) -> None:
        """Append what was committed since the last time. When the file cannot be written, it is tried the next time."""
        lines = list(_news(connection))
        if not lines:
            return
        with contextlib.suppress(OSError):  # the database has it; a full disk must not undo what was committed
            self._append(lines)
            for table in ("touched", "tried", "named", "passed", "told"):
                connection.execute(f"DELETE FROM temp.{table}")

    def lacks_some(self, connection: sqlite3.Connection) -> bool:
        """Whether something committed could not be appended yet."""
        query = " OR ".join(f"EXISTS (SELECT 1 FROM temp.{table})" for table in ("touched", "tried", "told"))
        return bool(connection.execute(f"SELECT {query}").fetchone()[0])

    def rewrite(self, connection: sqlite3.Connection) -> None:
        """Write the file anew with what still waits: beside it, synced, then renamed."""
        found = Rescued()
        for line in all_that_waits(connection):
            found.take(line)
        if found.lines or found.handovers or found.notices or self.path.exists():
            with contextlib.suppress(OSError):
                self.keep(found)

    @property
    def is_long(self) -> bool:
        """Whether it is time to write the file anew, or it is not there yet."""
        try:
            return self.path.stat().st_size > LARGEST
        except OSError:
            return True

    def keep(self, found: Rescued) -> None:
        """Write the file anew with what was rescued, before anything else is done with it. Raises OSError."""
        beside = self.path.with_suffix(".new")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _BINARY, 0o600), "wb") as file:
            for word, lines in found.parts:
                for line in lines:
                    file.write(_written({"what": word, **line}))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path)

    def is_ahead(self, connection: sqlite3.Connection) -> bool:
        """Whether the file knows of something that the database does not: it was lost, or an old copy put back."""
        seq, rev, passed = 0, 0, ""
        told: tuple[str, str, str] | None = None
        for line in _lines(_tail(self.path)):
            if line.get("what") == "change":
                seq, rev = line["seq"], line["rev"]
            elif line.get("what") == "handover":
                passed = line["id"]
            elif line.get("what") == "notice":
                told = line["sort"], line["kind"], line["about"]
        known = "SELECT 1 FROM notices WHERE sort = ? AND kind = ? AND about = ?"
        if told is not None and not connection.execute(known, told).fetchone():
            return True
        if passed and not connection.execute("SELECT 1 FROM handovers WHERE id = ?", (passed,)).fetchone():
            return True
        if not seq:
            return False
        row = connection.execute("SELECT rev FROM outbox WHERE seq = ?", (seq,)).fetchone()
        return row is None or row[0] < rev

    def read(self) -> Rescued:
        """Everything in the file that is whole."""
        found = Rescued()
        with contextlib.suppress(OSError), self.path.open("rb") as file:
            for line in _lines(file):
                found.take(line)
        return found

    def _append(self, lines: Iterable[dict[str, Any]]) -> None:
        text = b"".join(_written(line) for line in lines)
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | _BINARY, 0o600)
        try:
            if os.fstat(file).st_size:
                os.lseek(file, -1, os.SEEK_END)
                text = (b"" if os.read(file, 1) == b"\n" else b"\n") + text  # the last line may have been cut off
            while text:
                text = text[os.write(file, text) :]
            os.fsync(file)
        finally:
            os.close(file)


def _written(line: dict[str, Any]) -> bytes:
    body = dumps(line).encode()
    return b'{"crc":"%08x","is":%s}\n' % (zlib.crc32(body), body)


def _lines(raw: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """The whole lines; what is cut off, rotten or not ours is left out."""
    for line in raw:
        line = line.strip()
        body = line[_HEAD:-1]
        if line[:8] != b'{"crc":"' or line[8:16] != b"%08x" % zlib.crc32(body):
            continue
        with contextlib.suppress(ValueError, RecursionError):
            found = json.loads(body)
            if isinstance(found, dict) and "what" in found:
                yield found


def _tail(path: Path) -> list[bytes]:
    """The last lines; a longer one whole when it is the only one."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            for far in (_TAIL, _TAIL << 6, size):
                file.seek(max(0, size - far))
                lines = file.read().splitlines()
                if len(lines) > 2 or far >= size:
                    return lines
    except OSError:
        pass
    return []


def _news(connection: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    for seq, whole in connection.execute("SELECT seq, whole FROM temp.touched ORDER BY seq").fetchall():
        yield from _changes(connection, "seq = ?", seq, whole=bool(whole))
    for id_, whole in connection.execute("SELECT id, whole FROM temp.tried ORDER BY id").fetchall():
        yield from _attempts(connection, "id = ?", id_, whole=bool(whole))
    for kind, key in connection.execute("SELECT kind, key FROM temp.named").fetchall():
        yield from _names(connection, "kind = ? AND key = ?", kind, key)
    for (id_,) in connection.execute("SELECT id FROM temp.told ORDER BY id").fetchall():
        yield from _notices(connection, "id = ?", id_)
    for (id_,) in connection.execute("SELECT id FROM temp.passed").fetchall():
        yield from _handovers(connection, "id = ?", id_)


def all_that_waits(connection: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    """The lines of a file that holds just what is needed. What was heard belongs to it: nothing is told twice."""
    yield from _notices(connection, "1")
    yield from _names(connection, "leaf_id <> key")
    waits = f"{LIVE_SQL} OR superseded_by IS NOT NULL"
    yield from _attempts(connection, f"seq IN (SELECT seq FROM outbox WHERE {waits})", whole=True)
    yield from _changes(connection, waits, whole=True)
    yield from _handovers(connection, "true")


def _changes(connection: sqlite3.Connection, where: str, *values: Any, whole: bool) -> Iterator[dict[str, Any]]:
    names = LINE_COLUMNS if whole else (*_LINE, "superseded_by", "ended")
    for row in connection.execute(f"SELECT {', '.join(names)} FROM outbox WHERE {where} ORDER BY seq", values):
        yield {"what": "change", **dict(zip(names, row, strict=True))}


def _attempts(connection: sqlite3.Connection, where: str, *values: Any, whole: bool) -> Iterator[dict[str, Any]]:
    names = ATTEMPT_COLUMNS if whole else _ATTEMPT
    for row in connection.execute(f"SELECT {', '.join(names)} FROM attempts WHERE {where} ORDER BY id", values):
        yield {"what": "attempt", **dict(zip(names, row, strict=True))}


def _names(connection: sqlite3.Connection, where: str, *values: Any) -> Iterator[dict[str, Any]]:
    names = ("kind", "key", "leaf_user", "leaf_id")
    for row in connection.execute(f"SELECT {', '.join(names)} FROM records WHERE {where}", values):
        yield {"what": "name", **dict(zip(names, row, strict=True))}


def _notices(connection: sqlite3.Connection, where: str, *values: Any) -> Iterator[dict[str, Any]]:
    query = f"SELECT {', '.join(NOTICE_COLUMNS)} FROM notices WHERE {where} ORDER BY id"
    for row in connection.execute(query, values):
        yield {"what": "notice", **dict(zip(NOTICE_COLUMNS, row, strict=True))}


def _handovers(connection: sqlite3.Connection, where: str, *values: Any) -> Iterator[dict[str, Any]]:
    for row in connection.execute(f"SELECT {', '.join(HANDOVER_COLUMNS)} FROM handovers WHERE {where}", values):
        yield {"what": "handover", **dict(zip(HANDOVER_COLUMNS, row, strict=True))}

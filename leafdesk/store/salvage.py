"""What is saved when a database is damaged or lost: every change that Leaf does not have yet, put into a new one.

The damaged file is moved aside and never deleted. Its queue is read row by row, what cannot be read is taken from the
second copy, and what Leaf has comes back with the next sync. Nobody knows what of the rest arrived meanwhile, so every
change that was ever sent is looked into before it is sent again (sync.md §10).
"""

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from leafdesk.edits import Create, decode, references
from leafdesk.store.copies import row_number
from leafdesk.store.database import SUSPECT, DamagedError, Database, DiskFullError, NotOursError, StoreError
from leafdesk.store.disk import network_name
from leafdesk.store.items import LIVE, REBUILD, dumps
from leafdesk.store.notices import Notices
from leafdesk.store.reserve import hold
from leafdesk.store.second_copy import (
    ATTEMPT_COLUMNS,
    FILE,
    HANDOVER_COLUMNS,
    LINE_COLUMNS,
    NOTICE_COLUMNS,
    Rescued,
    SecondCopy,
)
from leafdesk.store.seen import refold

FOLDER = "damaged"
_AHEAD = "clock_ahead"


def move_aside(path: Path) -> Path:
    """Put the damaged file with all that belongs to it into a folder of its own; that folder."""
    number = 1
    while (folder := path.parent / FOLDER / f"{number:03d}").exists():
        number += 1
    folder.mkdir(parents=True, mode=0o700)
    for file in sorted(path.parent.glob(f"{path.name}*")):
        if file.name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            file.replace(folder / file.name)
    path.with_name(SUSPECT).unlink(missing_ok=True)
    return folder


def read_damaged(path: Path, into: Rescued) -> None:
    """Read of a damaged database what can be read; what is newer in `into` stays."""
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(path, isolation_level=None)) as old:
        old.row_factory = sqlite3.Row
        for row in _rows(old, "outbox", "seq"):
            known = into.lines.get(row["seq"])
            if known is None or known["rev"] <= row["rev"]:
                into.lines[row["seq"]] = _columns(row, LINE_COLUMNS)
        for row in _rows(old, "attempts", "id"):
            into.attempts.setdefault((row["seq"], row["number"]), _columns(row, ATTEMPT_COLUMNS))
        for row in _rows(old, "records", "n"):
            if row["leaf_id"] is not None and row["leaf_id"] != row["key"]:
                into.names[row["kind"], row["key"]] = _columns(row, ("kind", "key", "leaf_user", "leaf_id"))
        for row in _rows(old, "notices", "id"):
            into.notices.setdefault((row["sort"], row["kind"], row["about"]), _columns(row, NOTICE_COLUMNS))
        for row in old.execute("SELECT * FROM handovers").fetchall():
            into.handovers.setdefault((row["id"], row["sort"]), _columns(row, HANDOVER_COLUMNS))


def _rows(old: sqlite3.Connection, table: str, number: str) -> Iterator[sqlite3.Row]:
    """Every readable row: from the front, from the back, and one by one what lies between two damaged pages."""
    seen = set[int]()
    last = 0
    for order in ("", "DESC"):
        with contextlib.suppress(sqlite3.Error, IndexError):
            for row in old.execute(f"SELECT * FROM {table} NOT INDEXED ORDER BY {number} {order}"):
                if row[number] in seen:
                    break
                seen.add(row[number])
                last = max(last, row[number])
                yield row
    gaps = [n for n in range(1, last) if n not in seen] if seen and len(seen) < last else []
    for n in gaps[:100_000]:
        with contextlib.suppress(sqlite3.Error, IndexError):
            yield from old.execute(f"SELECT * FROM {table} WHERE {number} = ?", (n,)).fetchall()


def _columns(row: sqlite3.Row, names: Sequence[str]) -> dict[str, Any]:
    there = set(row.keys())
    return {name: row[name] if name in there else None for name in names}


def re_attach(connection: sqlite3.Connection, found: Rescued) -> int:
    """Put what was found into a database, and let nothing be sent before Leaf's copies are read; how many changes.

    Lines that the database has newer are left alone, and so are those that make no sense.
    """
    for name in found.names.values():
        with contextlib.suppress(sqlite3.IntegrityError, KeyError):
            n = row_number(connection, name["kind"], name["key"], name["leaf_user"])
            connection.execute("UPDATE records SET leaf_id = ? WHERE n = ?", (name["leaf_id"], n))
    for passed in found.handovers.values():
        row = [passed.get(name) for name in HANDOVER_COLUMNS]
        with contextlib.suppress(sqlite3.IntegrityError):
            connection.execute(f"INSERT OR IGNORE INTO handovers VALUES ({', '.join('?' * len(row))})", row)
    put = [line for _, line in sorted(found.lines.items()) if _put_line(connection, line, found)]
    there = {line["seq"] for line in put}
    for line in put:
        if line.get("superseded_by") in there:
            connection.execute(
                "UPDATE outbox SET superseded_by = ? WHERE seq = ?", (line["superseded_by"], line["seq"])
            )
    for line in put:
        refold(connection, line["kind"], line["key"])
    for notice in found.notices.values():
        with contextlib.suppress(sqlite3.IntegrityError):
            connection.execute(
                f"INSERT OR IGNORE INTO notices ({', '.join(NOTICE_COLUMNS)})"
                f" VALUES ({', '.join('?' * len(NOTICE_COLUMNS))})",
                [notice.get(name) for name in NOTICE_COLUMNS],
            )
    connection.execute("INSERT OR REPLACE INTO facts VALUES (?, '1')", (REBUILD,))
    connection.execute("DELETE FROM facts WHERE name = ?", (_AHEAD,))  # every settle time begins anew
    return sum(line["state"] in LIVE for line in put)


def _put_line(connection: sqlite3.Connection, line: dict[str, Any], found: Rescued) -> bool:
    if line.get("state") not in LIVE and line.get("superseded_by") is None:
        return False
    there = connection.execute("SELECT rev FROM outbox WHERE seq = ?", (line["seq"],)).fetchone()
    if there is not None and there[0] >= line["rev"]:
        return False
    try:
        edit = decode(json.loads(line["edit"]))
    except (KeyError, TypeError, ValueError):
        return False
    attempts = [one for (seq, _), one in sorted(found.attempts.items()) if seq == line["seq"] and "pre" in one]
    if line["state"] == "waiting" and any(one["outcome"] in ("inflight", "unknown", "ok") for one in attempts):
        line = line | {"state": "sent"}
    values = [None if name == "superseded_by" else line.get(name) for name in LINE_COLUMNS]
    connection.execute("DELETE FROM attempts WHERE seq = ?", (line["seq"],))
    connection.execute("DELETE FROM needs WHERE seq = ?", (line["seq"],))
    connection.execute(
        f"INSERT OR REPLACE INTO outbox ({', '.join(LINE_COLUMNS)}) VALUES ({', '.join('?' * len(values))})", values
    )
    for one in attempts:
        outcome = "unknown" if one["outcome"] == "inflight" else one["outcome"]
        row = [(one | {"outcome": outcome, "body": one.get("body") or "null"}).get(name) for name in ATTEMPT_COLUMNS]
        connection.execute(
            f"INSERT INTO attempts ({', '.join(ATTEMPT_COLUMNS)}) VALUES ({', '.join('?' * len(row))})", row
        )
    if isinstance(edit, Create):  # Leaf may have it already, and numbers what has a row
        row_number(connection, edit.kind, edit.id, edit.record.leaf_user_id)
    for kind, key in references(edit):
        connection.execute("INSERT OR REPLACE INTO needs (seq, kind, key) VALUES (?, ?, ?)", (line["seq"], kind, key))
    return True


def tell_rescued(connection: sqlite3.Connection, folder: Path | None, changes: int, at: str) -> None:
    """Keep a notice of what happened and of where the damaged file is."""
    waiting = {0: "No change was waiting for Leaf.", 1: "The 1 change that Leaf does not have yet was saved."}.get(
        changes, f"The {changes} changes that Leaf does not have yet were saved."
    )
    where = f" The damaged file is kept in {folder}." if folder else ""
    sentence = f"The database was damaged or lost and has been made anew. {waiting}{where} All else comes with a sync."
    details = {"folder": str(folder or ""), "changes": changes}
    Notices(connection).tell("rescued", "users", "", at, sentence, details, at=at)


def write_unsynced(connection: sqlite3.Connection, folder: Path) -> None:
    """What waits for Leaf as GeoJSON that any program reads, beside the damaged file."""
    features = []
    for sentence, created, text in connection.execute(
        f"SELECT sentence, created, edit FROM outbox WHERE state IN ({', '.join('?' * len(LIVE))}) ORDER BY seq", LIVE
    ):
        edit = json.loads(text)
        features.append(
            {
                "type": "Feature",
                "geometry": edit.get("shape"),
                "properties": {"what": sentence, "created": created} | {k: v for k, v in edit.items() if k != "shape"},
            }
        )
    with contextlib.suppress(OSError):
        place = os.open(folder / "unsynced.geojson", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(place, "w", encoding="utf-8") as file:
            file.write(dumps({"type": "FeatureCollection", "features": features}))


def open_safely(path: Path, at: str) -> Database:
    """Open the database; one that is damaged, lost or older than its second copy is made anew from what there is.

    Raises StoreError when that cannot be done (a newer Leafdesk's, another program's, a full disk).
    """
    folder = None
    _refuse_networks(path.parent)
    hold(path)
    try:
        database = Database(path)
    except NotOursError:
        raise
    except DamagedError:
        folder = _put_aside(path)
        database = Database(path)
    if folder is None and not database.is_behind:
        return database
    try:
        _attach(database, folder, at)
    except BaseException:
        database.close()
        raise
    return database


def _refuse_networks(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    sort = network_name(folder)
    if sort is not None:
        raise StoreError(
            f"{folder} is on a network drive ({sort}), where a database can be damaged. Nothing was written. Choose a "
            "folder on a disk of this computer (`--data`)."
        )


def _put_aside(path: Path) -> Path:
    """Read what can be read, write that down, then move the damaged file; whatever happens, the next start finds it."""
    copy = SecondCopy(path.with_name(FILE))
    found = copy.read()
    try:
        read_damaged(path, found)
        copy.keep(found)
        return move_aside(path)
    except OSError as error:
        raise DiskFullError(f"{path} is damaged, and {path.parent} cannot be written ({error.strerror}).") from error


def _attach(database: Database, folder: Path | None, at: str) -> None:
    found = database.copy.read()

    def job(connection: sqlite3.Connection) -> None:
        changes = re_attach(connection, found)
        tell_rescued(connection, folder, changes, at)
        write_unsynced(connection, folder or database.path.parent)

    database.write(job, urgent=True).result()
    database.write(database.copy.rewrite, urgent=True).result()

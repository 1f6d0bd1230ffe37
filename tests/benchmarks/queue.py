"""A queue of 10,000 edits that wait: how long one more takes, and how long a start does.

    uv run python -m tests.benchmarks.queue [--edits 10000]

Each is put beside what the disk alone needs for one small transaction, in the same run. Goals: one more edit ≤ 5 ms in
99 of 100 cases, a start ≤ 1 s.
"""

import argparse
import os
import random
import sqlite3
import tempfile
import time
from pathlib import Path

from leafdesk.edits import Create, Edit, Redraw, change
from leafdesk.geo.shape import Shape
from leafdesk.records import Field
from leafdesk.workspace import Workspace
from tests.benchmarks import farm


def main() -> None:
    """Measure and print."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--edits", type=int, default=10_000)
    asked = reader.parse_args()
    with tempfile.TemporaryDirectory(prefix="leafdesk-benchmark-") as place, farm.sandbox(500) as leaf:
        folder = Path(place) / "data"
        farm.pulled(folder, leaf)
        _tell("the disk alone, one transaction", _bare(Path(place) / "bare.db", 1000))
        _tell("the same and one synced line, as an edit", _bare(Path(place) / "both.db", 1000, Path(place) / "lines"))
        took = _enqueue(folder, asked.edits)
        _tell("one more edit, the first 1,000", took[:1000])
        _tell(f"one more edit, the last 1,000 of {len(took):,}", took[-1000:])
        _tell("a start with all of them waiting", [_start(folder) for _ in range(7)])


def _tell(what: str, seconds: list[float]) -> None:
    ordered = sorted(1000 * one for one in seconds)
    middle, late = ordered[len(ordered) // 2], ordered[int(0.99 * (len(ordered) - 1))]
    print(f"{what + ':':<44} p50 {middle:7.2f} ms, p99 {late:7.2f} ms", flush=True)


def _bare(path: Path, times: int, lines: Path | None = None) -> list[float]:
    """What a transaction of one row takes, with the same pragmas; with `lines` also a line at the end of a file."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE one (n INTEGER, text TEXT)")
    file = os.open(lines, os.O_WRONLY | os.O_CREAT | os.O_APPEND) if lines else None
    took = []
    for n in range(times):
        began = time.perf_counter()
        connection.execute("INSERT INTO one VALUES (?, ?)", (n, "x" * 1000))
        if file is not None:
            os.write(file, b"x" * 1000)
            os.fsync(file)
        took.append(time.perf_counter() - began)
    connection.close()
    if file is not None:
        os.close(file)
    return took


def _enqueue(folder: Path, edits: int) -> list[float]:
    dice, workspace = random.Random(1), Workspace(folder)
    fields = [row for row in workspace.catalog.fields() if workspace.catalog.field(row.id).manual]  # type: ignore[union-attr]
    user, took = fields[0].leaf_user_id, []
    for n in range(edits):
        edit: Edit = Create(Field(id=f"made-{n}", leaf_user_id=user, name=f"New {n}", shape=_square(dice)))
        if n % 10 == 1:
            edit = change("fields", fields[n % len(fields)].id, name=f"Name {n}")
        if n % 10 == 2:
            edit = Redraw(fields[n % len(fields)].id, _square(dice))
        began = time.perf_counter()
        workspace.do(edit).result(60)
        took.append(time.perf_counter() - began)
    print(f"{sum(workspace.outbox.counts().values()):,} lines wait")
    workspace.close()
    return took


def _start(folder: Path) -> float:
    """From nothing to a workspace that has told its fields and how many lines wait."""
    began = time.perf_counter()
    workspace = Workspace(folder)
    workspace.catalog.fields(limit=200)
    workspace.outbox.counts()
    took = time.perf_counter() - began
    workspace.close()
    return took


def _square(dice: random.Random) -> Shape:
    west, south = dice.uniform(-170, 170), dice.uniform(-60, 60)
    east, north = west + 0.01, south + 0.01
    return ((((west, south), (east, south), (east, north), (west, north), (west, south)),),)


if __name__ == "__main__":
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    main()

"""An edit stays quick however long the queue is: no statement of it looks through everything."""

import itertools
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from leafdesk.edits import Create, Delete, Edit, Redraw, change
from leafdesk.geo.shape import Shape
from leafdesk.records import Farm, Field
from leafdesk.store.catalog import Catalog
from leafdesk.store.database import Database
from leafdesk.store.outbox import Outbox
from leafdesk.workspace.undoing import do_step

NOW = "2026-05-01T08:00:00Z"
WORDS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
SMALL = ("facts", "steps", "touched", "tried", "named", "json_each", "i")
"""What holds only a few rows (steps: those that can be undone), or only what this very edit touched."""


def square(west: float = 5.0) -> Shape:
    east = west + 0.01
    return ((((west, 52.0), (east, 52.0), (east, 52.01), (west, 52.01), (west, 52.0)),),)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(tmp_path / "leafdesk.db")
    made.write(
        lambda c: Catalog(c).put(
            [
                Farm(id="7", leaf_user_id="u", name="Main", leaf_id=7, raw="{}"),
                Field(id="f", leaf_user_id="u", name="F", raw="{}"),
            ]
        )
    ).result()
    yield made
    made.close()


@pytest.mark.parametrize(
    "edit",
    [
        Create(Field(id="new", leaf_user_id="u", name="New", shape=square(), farm_id="7")),
        Create(Farm(id="farm", leaf_user_id="u", name="Farm")),
        change("fields", "f", name="Renamed"),
        change("fields", "f", farm_id="7"),
        Redraw("f", square(6)),
        Delete("fields", "f"),
    ],
    ids=lambda edit: type(edit).__name__,
)
def test_no_statement_of_an_edit_goes_through_a_whole_table(database: Database, edit: Edit) -> None:
    said, ids = list[str](), (f"id-{n}" for n in itertools.count())

    def job(connection: sqlite3.Connection) -> None:
        connection.set_trace_callback(said.append)
        try:
            do_step(Catalog(connection), Outbox(connection), [edit], new_id=lambda: next(ids), now=NOW)
        finally:
            connection.set_trace_callback(None)

    database.write(job).result()
    asked = [sql for sql in said if sql.startswith(WORDS) and "temp." not in sql and "'main'." not in sql]
    assert len(asked) > 10
    for sql in asked:
        for *_, step in database.reader().execute(f"EXPLAIN QUERY PLAN {sql}"):
            scanned = step.split()[1] if step.startswith("SCAN") and " INDEX " not in step else ""
            assert not scanned or scanned in SMALL or "VIRTUAL TABLE" in step, (step, sql)

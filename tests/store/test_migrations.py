"""Bringing an older file up to date: a verified backup first, each step whole or not at all."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from leafdesk.edits import Create, encode
from leafdesk.records import Farm
from leafdesk.store.backups import KEPT, back_up
from leafdesk.store.catalog import Catalog
from leafdesk.store.database import Database
from leafdesk.store.handing import Passed, give, known_hand_over
from leafdesk.store.migrations import STEPS, lay_out
from leafdesk.store.outbox import Outbox


def add_moon(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE moon (phase TEXT) STRICT")


def add_half_a_sun(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE sun (phase TEXT) STRICT")
    raise LookupError("the second half is missing")


def remember(path: Path, name: str) -> None:
    database = Database(path)
    database.write(lambda c: Catalog(c).put_fact(name, "kept")).result()
    database.close()


def test_an_older_file_is_backed_up_then_brought_up_to_date(path: Path) -> None:
    remember(path, "last-sync")
    newer = Database(path, steps=(*STEPS, add_moon))
    assert newer.reader().execute("PRAGMA user_version").fetchone() == (len(STEPS) + 1,)
    assert newer.reader().execute("SELECT count(*) FROM moon").fetchone() == (0,)
    assert Catalog(newer.reader()).fact("last-sync") == "kept"
    newer.close()
    backups = list((path.parent / "backups").iterdir())
    assert [one.name for one in backups] == ["leafdesk-00001.db"]
    old = Database(backups[0])
    assert Catalog(old.reader()).fact("last-sync") == "kept"
    assert old.reader().execute("PRAGMA user_version").fetchone() == (len(STEPS),)
    old.close()


def test_a_step_that_fails_leaves_the_file_as_it_was(path: Path) -> None:
    remember(path, "last-sync")
    with pytest.raises(LookupError, match="second half"):
        Database(path, steps=(*STEPS, add_moon, add_half_a_sun))
    between = Database(path, steps=(*STEPS, add_moon))  # the step before it was whole
    assert Catalog(between.reader()).fact("last-sync") == "kept"
    tables = between.reader().execute("SELECT name FROM sqlite_master WHERE name IN ('moon', 'sun')").fetchall()
    assert tables == [("moon",)]
    between.close()


def test_a_new_file_needs_no_backup(path: Path) -> None:
    Database(path).close()
    assert not (path.parent / "backups").exists()


def test_seven_backups_are_kept(path: Path) -> None:
    Database(path).close()
    connection = sqlite3.connect(path)
    for _ in range(KEPT + 3):
        back_up(connection, path)
    connection.close()
    names = sorted(one.name for one in (path.parent / "backups").iterdir())
    assert names == [f"leafdesk-{n:05d}.db" for n in range(4, 4 + KEPT)]


def test_steps_are_recorded_by_name(path: Path) -> None:
    database = Database(path)
    rows = database.reader().execute("SELECT migration_set, name FROM _sqlite_migrations").fetchall()
    database.close()
    assert rows == [("leafdesk", f"{n:03d}-{step.__name__}") for n, step in enumerate(STEPS, 1)]


def test_an_up_to_date_file_opens_with_the_standard_library_alone(path: Path) -> None:
    Database(path).close()
    code = (
        "import pathlib, sys; from leafdesk.store.database import Database\n"
        "from leafdesk.store.catalog import Catalog\n"
        "from leafdesk.store.outbox import Outbox\n"
        "database = Database(pathlib.Path(sys.argv[1])); catalog = Catalog(database.reader())\n"
        "catalog.fields(search='mill'), catalog.outlines(), catalog.counts(), Outbox(database.reader()).counts()\n"
        "database.close()\n"
        "heavy = 'numpy shapely pyproj httpx msgspec sqlite_utils keyring uvicorn PySide6 click asyncio'.split()\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


def test_a_file_that_nobody_keeps_has_the_same_tables_and_is_made_with_the_standard_library_alone(path: Path) -> None:
    def tables(database: Database) -> list[tuple[str, str]]:
        query = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE '%sqlite%' ORDER BY name"
        return database.reader().execute(query).fetchall()

    kept, thrown = Database(path), Database(path.with_name("nothing.db"), kept=False)
    assert tables(kept) == tables(thrown)
    assert thrown.reader().execute("PRAGMA user_version").fetchone() == (len(STEPS),)
    kept.close()
    thrown.close()
    code = (
        "import pathlib, sys; from leafdesk.workspace import Workspace\n"
        "workspace = Workspace(pathlib.Path(sys.argv[1])); assert workspace.catalog.fields() == []; workspace.close()\n"
        "print([name for name in ('numpy', 'sqlite_utils', 'click') if name in sys.modules])"
    )
    command = [sys.executable, "-c", code, str(path.parent / "new")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


def test_a_queue_from_before_hand_overs_is_kept_and_can_be_handed_over(path: Path) -> None:
    edit = Create(Farm(id="farm", leaf_user_id="u", name="Main Farm"))
    path.parent.mkdir(parents=True, exist_ok=True)
    older = sqlite3.connect(path, isolation_level=None)
    lay_out(older, STEPS[:4])
    older.execute(
        "INSERT INTO outbox (id, kind, key, verb, edit, base, state, created, sentence)"
        " VALUES ('one', 'farms', 'farm', 'farm.create', ?, '{}', 'waiting', 'then', 'New farm Main Farm')",
        (json.dumps(encode(edit)),),
    )
    older.close()
    newer = Database(path)
    (item,) = Outbox(newer.reader()).items()
    assert (item.edit, item.state, item.handed, item.sentence) == (edit, "waiting", None, "New farm Main Farm")
    passed = Passed("11a60151-bf37-4733-9169-5d7ea41745ec", "given", "now", "anna", "x", 1)
    newer.write(lambda c: give(c, [item], passed, at=0.0)).result()
    (item,) = Outbox(newer.reader()).items()
    assert (item.state, item.handed, item.attempts) == ("sent", passed.id, 1)
    assert known_hand_over(newer.reader(), passed.id) == passed
    newer.close()

"""A writer that is killed in the middle: whatever was acknowledged is there, and the law holds."""

import json
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from leafdesk.edits import fold
from leafdesk.records import Field
from leafdesk.store.catalog import Catalog
from leafdesk.store.database import Database
from leafdesk.store.invariants import broken
from leafdesk.store.outbox import Outbox
from leafdesk.store.second_copy import FILE, SecondCopy

KILLS = 24

_WRITER = """
import pathlib, sys
from leafdesk.edits import change
from leafdesk.records import Field
from leafdesk.store.catalog import Catalog
from leafdesk.store.database import Database
from leafdesk.store.outbox import Outbox

path, run = pathlib.Path(sys.argv[1]), sys.argv[2]
database = Database(path)
for n in range(100_000):
    name = f"{run}-{n}"
    add = lambda c: Outbox(c).add(change("fields", f"f{n % 5}", name=name), item_id=name, now="now")[0]
    page = lambda c: Catalog(c).put(
        [Field(id=f"f{k}", leaf_user_id="u", name=name, raw=f'"{name}"') for k in range(20)])
    pulled = database.write(page)
    item_id = database.write(add, urgent=True).result()
    print("edit", name, flush=True)
    item = Outbox(database.reader()).item(item_id)
    if n % 3 == 0 and item.state == "waiting":
        sent = lambda c: Outbox(c).mark_sent(item, body={"name": name}, pre={}, now="now", run_id=run)[1].number
        database.write(sent).result()
        print("sent", item_id, flush=True)
    pulled.result()
    print("page", name, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is Unix's")
def test_killed_writers_lose_nothing_that_was_acknowledged(path: Path) -> None:
    chance = random.Random(7)
    edits, sent = set[str](), set[str]()
    database = Database(path)
    database.write(lambda c: Catalog(c).put([Field(id=f"f{n}", leaf_user_id="u", name="x") for n in range(5)])).result()
    database.close()
    for run in range(KILLS):
        before = set(edits)
        last_page = _run_and_kill(path, str(run), chance.uniform(0.0, 0.05), edits, sent)
        _look_into_second_copy(path, edits - before)
        database = Database(path)
        assert database.reader().execute("PRAGMA quick_check").fetchone() == ("ok",)
        _look(database, edits, sent, last_page)
        assert broken(database.reader()) == []
        database.close()
    assert len(edits) >= KILLS
    assert len(sent) >= KILLS // 4


def _run_and_kill(path: Path, run: str, seconds: float, edits: set[str], sent: set[str]) -> str | None:
    """Let a writer work, kill it some time after its first acknowledgement, and note all it acknowledged."""
    command = [sys.executable, "-c", _WRITER, str(path), run]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        lines = [writer.stdout.readline()]
        timer = threading.Timer(seconds, writer.kill)
        timer.start()
        lines += writer.stdout.read().splitlines(keepends=True)
        timer.join()
        assert writer.wait() == -signal.SIGKILL
    last_page = None
    for line in lines:
        if not line.endswith("\n"):
            continue  # cut off by the kill: not acknowledged
        word, name = line.split()
        if word == "edit":
            edits.add(name)
        elif word == "sent":
            sent.add(name)
        else:
            last_page = name
    return last_page


def _look_into_second_copy(path: Path, acknowledged: set[str]) -> None:
    """What was acknowledged is in the file beside the database, too: the last name of each field, or a later one."""
    found = SecondCopy(path.with_name(FILE)).read()
    for n in range(5):
        numbers = [int(name.partition("-")[2]) for name in acknowledged if int(name.partition("-")[2]) % 5 == n]
        names = [json.loads(line["edit"])["values"]["name"] for line in found.lines.values() if line["key"] == f"f{n}"]
        run = next(iter(acknowledged)).partition("-")[0] if acknowledged else ""
        kept = [int(name.partition("-")[2]) for name in names if name.partition("-")[0] == run]
        assert not numbers or max(kept, default=-1) >= max(numbers)


def _look(database: Database, edits: set[str], sent: set[str], last_page: str | None) -> None:
    connection = database.reader()
    catalog, outbox = Catalog(connection), Outbox(connection)
    kept = {item for (item,) in connection.execute("SELECT item FROM journal").fetchall()}
    assert edits <= kept
    tried = {
        item for (item,) in connection.execute("SELECT outbox.id FROM outbox JOIN attempts USING (seq)").fetchall()
    }
    assert sent <= tried
    if last_page is not None:
        pulled = [catalog.server_copy("fields", f"f{n}") for n in range(20)]
        names = {record.name for record in pulled if isinstance(record, Field)}
        assert len(names) == 1, "a page is there whole or not at all"
        run, number = last_page.split("-")
        found_run, found_number = names.pop().split("-")
        assert found_run == run
        assert int(found_number) >= int(number)
    for row in catalog.fields():
        record = fold(catalog.server_copy("fields", row.id), outbox.edits_of("fields", row.id))
        assert isinstance(record, Field)
        assert row.name == record.name

"""What must hold between the tables is looked at, and every break of it is told."""

from pathlib import Path

import pytest

from leafdesk.edits import Create, change
from leafdesk.records import Farm, Field
from leafdesk.store.catalog import Catalog
from leafdesk.store.database import Database
from leafdesk.store.invariants import broken
from leafdesk.store.outbox import Outbox


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("INSERT INTO outbox SELECT NULL, 'twin', kind, key, verb, edit, base, state, reason, attempts, not_before,"
         " rev, created, theirs, sentence, superseded_by, ended, handed FROM outbox WHERE id = 'farm'", "made twice"),
        ("UPDATE outbox SET state = 'waiting' WHERE id = 'sent'", "not sent"),
        ("UPDATE outbox SET handed = 'a hand-over' WHERE id = 'one'", "could be sent from here"),
        ("INSERT INTO attempts (seq, number, body, pre, sent_at, run_id, outcome)"
         " SELECT seq, 9, body, pre, sent_at, run_id, outcome FROM attempts", "two requests"),
        ("UPDATE seen SET mark = '' WHERE key = 'f1'", "shown as Leaf has it"),
        ("UPDATE seen SET mark = 'pending' WHERE key = 'f3'", "no change of it waits"),
        ("INSERT INTO aliases VALUES ('fields', 'f1', 'nowhere')", "leads nowhere"),
        ("PRAGMA foreign_keys = OFF; DELETE FROM needs; DELETE FROM attempts; DELETE FROM outbox WHERE id = 'farm'",
         "in no queue"),
    ],
)  # fmt: skip
def test_a_break_is_told(tmp_path: Path, statement: str, told: str) -> None:
    database = Database(tmp_path / "leafdesk.db")

    def fill(c: object) -> None:
        catalog, outbox = Catalog(c), Outbox(c)  # type: ignore[arg-type]
        catalog.put([Field(id=f"f{n}", leaf_user_id="u", name=f"{n}", raw=f"{n}") for n in range(4)])
        outbox.add(change("fields", "f1", name="New"), item_id="one", now="now")
        outbox.add(Create(Farm(id="made", leaf_user_id="u", name="Farm")), item_id="farm", now="now")
        outbox.add(change("fields", "f2", name="Newer"), item_id="sent", now="now")
        item = outbox.item("sent")
        assert item is not None
        outbox.mark_sent(item, body={}, pre={}, now="now", run_id="r")

    database.write(fill).result()
    assert broken(database.reader()) == []
    for part in statement.split("; "):
        database._connection.execute(part)
    assert any(told in sentence for sentence in broken(database.reader()))
    database.close()

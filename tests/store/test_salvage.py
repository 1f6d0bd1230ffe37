"""A damaged or lost database: every change that Leaf does not have is saved, nothing is sent twice for it."""

import json
import os
import random
import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest

from leafdesk.edits import Create, Delete, Redraw, change
from leafdesk.records import Farm, Field
from leafdesk.store.backups import back_up_weekly
from leafdesk.store.catalog import Catalog
from leafdesk.store.database import DamagedError, Database, DiskFullError, NotOursError, StoreError
from leafdesk.store.disk import sort_of_mount
from leafdesk.store.items import REBUILD
from leafdesk.store.notices import Notices
from leafdesk.store.outbox import Item, Outbox
from leafdesk.store.reserve import SIZE, give_up, hold
from leafdesk.store.salvage import open_safely
from leafdesk.store.second_copy import FILE, SecondCopy

USER = "ace92e9c-2e83-4d85-ab34-1f76a480abc8"
NOW = "2026-03-01T08:00:00.000Z"


def square(west: float) -> Any:
    return ((((west, 52.0), (west + 0.01, 52.0), (west + 0.01, 52.01), (west, 52.01), (west, 52.0)),),)


def fill(database: Database) -> None:
    """Fields from Leaf, and a queue in which something was sent and something was done."""

    def job(c: sqlite3.Connection) -> None:
        catalog, outbox = Catalog(c), Outbox(c)
        catalog.put([Field(id=f"f{n}", leaf_user_id=USER, name=f"Field {n}", raw=f'"{n}"') for n in range(200)])
        outbox.add(Create(Farm(id="farm-1", leaf_user_id=USER, name="Home")), item_id="done", now=NOW)
        item = outbox.item("done")
        assert item is not None
        sent, _ = outbox.mark_sent(item, body={"name": "Home"}, pre={"ids": ["1"]}, now=NOW, run_id="r", at=1.0)
        catalog.number("farms", "farm-1", "77")
        catalog.put([Farm(id="77", leaf_user_id=USER, name="Home", leaf_id=77, raw="77")])
        outbox.settle(sent, "done", outcome="ok", now=NOW)
        outbox.add(Create(Farm(id="farm-2", leaf_user_id=USER, name="Out")), item_id="sent", now=NOW)
        item = outbox.item("sent")
        assert item is not None
        outbox.mark_sent(item, body={"name": "Out"}, pre={"ids": ["1", "77"]}, now=NOW, run_id="r", at=2.0)
        outbox.add(change("fields", "f1", farm_id="farm-2", name="New"), item_id="waiting", now=NOW)
        outbox.add(Redraw("f2", square(5.0)), item_id="drawn", now=NOW)
        outbox.add(Redraw("f3", square(6.0)), item_id="needless", now=NOW)
        outbox.add(Delete("fields", "f3"), item_id="deleted", now=NOW)
        outbox.add(change("fields", "f4", name="Gone again"), item_id="taken back", now=NOW)
        outbox.discard("taken back", now=NOW)

    database.write(job).result()


def queue(database: Database) -> dict[str, Item]:
    return {item.id: item for item in Outbox(database.reader()).items()}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "account" / "leafdesk.db"
    database = open_safely(path, NOW)
    fill(database)
    database.close()
    return path


def check(database: Database, before: dict[str, Item], folder: str) -> None:
    after = queue(database)
    assert {id_: item.edit for id_, item in after.items()} == {id_: item.edit for id_, item in before.items()}
    assert {id_: item.state for id_, item in after.items()} == {
        **dict.fromkeys(("waiting", "drawn", "deleted"), "waiting"),
        "sent": "sent",
    }
    outbox = Outbox(database.reader())
    (attempt,) = outbox.attempts(after["sent"])
    assert (attempt.outcome, attempt.pre, attempt.body) == ("unknown", {"ids": ["1", "77"]}, {"name": "Out"})
    catalog = Catalog(database.reader())
    assert catalog.key("farms", "77") == "farm-1" and catalog.fact(REBUILD) == "1"
    (notice,) = Notices(database.reader()).open()
    assert notice.sort == "rescued" and notice.details["changes"] == 4 and folder in notice.details["folder"]
    database.write(lambda c: Outbox(c).discard("deleted", now=NOW)).result()  # and what it had made needless is back
    assert "needless" in queue(database)


def live(path: Path) -> dict[str, Item]:
    database = Database(path)
    before = queue(database)
    database.close()
    return before


def test_a_lost_database_comes_back_from_its_second_copy(path: Path) -> None:
    before = live(path)
    path.unlink()
    database = open_safely(path, NOW)
    check(database, before, "")
    database.close()
    assert not open_safely(path, NOW).close()  # and only once
    assert stat.S_IMODE(path.with_name(FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("how", "second_copy"),
    [("no database", True), ("first page", True), ("half", True), ("noise", True), ("noise", False)],
)
def test_a_damaged_database_is_moved_aside_and_its_queue_saved(path: Path, how: str, second_copy: bool) -> None:
    before = live(path)
    if not second_copy:
        path.with_name(FILE).unlink()  # what of the queue can be read is in the damaged file alone
    raw = bytearray(path.read_bytes())
    if how == "no database":
        raw = bytearray(b"not a database " * 400)
    elif how == "first page":
        raw[:4096] = os.urandom(4096)
    elif how == "half":
        del raw[len(raw) // 2 :]
    else:
        _spoil(path, raw)
    path.write_bytes(bytes(raw))
    path.with_name("suspect").touch()
    database = open_safely(path, NOW)
    check(database, before, "damaged")
    database.close()
    aside = path.parent / "damaged" / "001"
    assert (aside / path.name).read_bytes() == bytes(raw)
    drawn = json.loads((aside / "unsynced.geojson").read_text("utf-8"))
    assert [one["geometry"]["type"] for one in drawn["features"] if one["geometry"]] == ["MultiPolygon"]


def _spoil(path: Path, raw: bytearray) -> None:
    """Noise in every page of what came from Leaf; the queue's own pages stay."""
    with sqlite3.connect(path) as connection:
        root = [n for (n,) in connection.execute("SELECT rootpage FROM sqlite_master WHERE name IN ('copies', 'seen')")]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.close()
    for page in root:
        raw[(page - 1) * size : page * size] = random.Random(7).randbytes(size)


def test_an_older_copy_put_back_learns_what_came_after_it(path: Path) -> None:
    database = open_safely(path, NOW)
    backup = path.read_bytes()
    database.write(lambda c: Outbox(c).add(change("fields", "f9", name="Later"), item_id="later", now=NOW)).result()
    database.write(lambda c: Outbox(c).add(Redraw("f2", square(7.0)), item_id="x", now=NOW)).result()
    database.close()
    path.write_bytes(backup)
    database = open_safely(path, NOW)
    after = queue(database)
    assert {"later", "drawn", "sent", "waiting", "deleted"} == set(after)
    assert after["drawn"].edit == Redraw("f2", square(7.0))
    database.close()


def test_a_torn_or_rotten_line_costs_only_itself(path: Path) -> None:
    file = path.with_name(FILE)
    lines = file.read_bytes().splitlines(keepends=True)
    broken = [line.replace(b"Field 1", b"Field 9") if b'"id":"waiting"' in line else line for line in lines]
    broken[-1] = broken[-1][:-20]
    file.write_bytes(b"".join(broken) + b'{"crc":"00000000","is":{"what":"change"}}\n\xff\xfe{]\n' + b"{" * 5000)
    found = SecondCopy(file).read()
    ids = {line["id"] for line in found.lines.values() if "edit" in line}
    assert ids == {"done", "sent", "drawn", "needless", "deleted", "taken back"}
    database = open_safely(path, NOW)  # the database itself is whole: nothing is taken from the file
    assert set(queue(database)) == {"sent", "waiting", "drawn", "deleted"}
    database.write(lambda c: Outbox(c).add(change("fields", "f9", name="On"), item_id="on", now=NOW)).result()
    database.close()
    assert any(line.get("id") == "on" for line in SecondCopy(file).read().lines.values())  # on a line of its own


def test_what_was_not_copied_when_the_program_was_killed_is_copied_at_the_next_start(path: Path) -> None:
    database = Database(path)
    file = path.with_name(FILE)
    kept = file.read_bytes()
    database.write(lambda c: Outbox(c).add(change("fields", "f9", name="On"), item_id="on", now=NOW)).result()
    log = path.with_name(path.name + "-wal").read_bytes()
    now = path.read_bytes()
    database.close()
    file.write_bytes(kept)
    path.write_bytes(now)
    path.with_name(path.name + "-wal").write_bytes(log)
    Database(path).close()
    assert any(line.get("id") == "on" for line in SecondCopy(file).read().lines.values())


def test_what_is_taken_back_before_leafs_copies_are_here_loses_no_name(path: Path) -> None:
    database = Database(path)
    for edit, id_ in (
        (change("farms", "farm-1", name="Other"), "renamed"),
        (change("fields", "f9", farm_id="farm-1"), "m"),
    ):
        database.write(lambda c, edit=edit, id_=id_: Outbox(c).add(edit, item_id=id_, now=NOW)).result()
    database.close()
    path.unlink()
    database = open_safely(path, NOW)
    database.write(lambda c: Outbox(c).discard("renamed", now=NOW)).result()
    assert Catalog(database.reader()).leaf_id("farms", "farm-1") == "77"  # the field still goes to this farm
    database.close()


def test_a_second_copy_that_could_not_be_written_is_made_up_for(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(path)

    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(SecondCopy, "_append", full)
    add = lambda name: lambda c: Outbox(c).add(change("fields", f"f{name}", name="On"), item_id=name, now=NOW)  # noqa: E731
    database.write(add("8")).result()
    database.write(add("9")).result()
    database.close()
    monkeypatch.undo()
    Database(path).close()
    ids = {line["id"] for line in SecondCopy(path.with_name(FILE)).read().lines.values()}
    assert {"8", "9"} <= ids and not path.with_name("suspect").exists()


def test_nothing_is_committed_to_the_second_copy_that_the_database_refused(path: Path) -> None:
    database = Database(path)

    def job(c: sqlite3.Connection) -> None:
        Outbox(c).add(change("fields", "f9", name="No"), item_id="no", now=NOW)
        raise LookupError

    with pytest.raises(LookupError):
        database.write(job).result()
    database.close()
    assert not any(line["id"] == "no" for line in SecondCopy(path.with_name(FILE)).read().lines.values())


def test_the_second_copy_is_written_anew_when_it_has_grown(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leafdesk.store.second_copy.LARGEST", 100)
    before = path.with_name(FILE).stat().st_size
    Database(path).close()
    found = SecondCopy(path.with_name(FILE)).read()
    assert path.with_name(FILE).stat().st_size < before
    assert {line["id"] for line in found.lines.values()} == {"sent", "waiting", "drawn", "needless", "deleted"}


def test_another_programs_database_is_left_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "leafdesk.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE t (x)")
    other.close()
    with pytest.raises(NotOursError, match="another program"):
        open_safely(path, NOW)
    assert not (tmp_path / "damaged").exists()


def test_what_could_not_be_read_makes_the_next_start_look(path: Path) -> None:
    database = Database(path)

    def corrupt(_: sqlite3.Connection) -> None:
        error = sqlite3.DatabaseError("database disk image is malformed")
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error

    with pytest.raises(DamagedError):
        database.write(corrupt).result()
    database.close()
    assert path.with_name("suspect").exists()
    Database(path).close()  # looked through, and found whole
    assert not path.with_name("suspect").exists()


# ---------------------------------------------------------------------- copies, room, networks
def test_a_copy_is_written_once_a_week(path: Path) -> None:
    first = back_up_weekly(path)
    assert first is not None and back_up_weekly(path) is None
    with sqlite3.connect(first) as copy:
        assert copy.execute("SELECT count(*) FROM outbox").fetchone()[0] == 7
    copy.close()
    os.utime(first, (0, 0))
    assert back_up_weekly(path) is not None


def test_on_a_full_disk_the_reserve_makes_room_for_a_persons_edit(path: Path) -> None:
    hold(path)
    assert path.with_name("reserve").stat().st_size == SIZE
    database = Database(path)

    def job(c: sqlite3.Connection) -> str:
        if path.with_name("reserve").exists():
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        return Outbox(c).add(change("fields", "f9", name="Fits"), item_id="fits", now=NOW)[0]

    with pytest.raises(DiskFullError):
        database.write(job).result()  # a sync's write is not worth it
    assert database.write(job, urgent=True).result() == "fits"
    database.close()
    assert not give_up(path)


def test_a_network_drive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = "/dev/sda1 / ext4 rw 0 0\nfiles:/x /mnt/farm\\040share nfs4 rw 0 0\ntmpfs /mnt/farm tmpfs rw 0 0\n"
    assert sort_of_mount(mounts, "/mnt/farm share/data") == "nfs4"
    assert sort_of_mount(mounts, "/mnt/farm/data") is None and sort_of_mount(mounts, "/mnt/farmers") is None
    monkeypatch.setattr("leafdesk.store.salvage.network_name", lambda _: "cifs")
    with pytest.raises(StoreError, match=r"network drive \(cifs\)"):
        open_safely(tmp_path / "leafdesk.db", NOW)
    assert not (tmp_path / "leafdesk.db").exists()

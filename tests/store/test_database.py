"""Opening the file, the one writer, its readers, and what happens when the world gets in the way."""

import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from leafdesk.store.database import DamagedError, Database, DiskFullError, FromTheFutureError, StoreError
from leafdesk.store.migrations import APPLICATION_ID, STEPS


def value(connection: sqlite3.Connection, sql: str) -> object:
    return connection.execute(sql).fetchone()[0]


def run(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_new_file_is_made_safe_to_write_and_private(path: Path) -> None:
    database = Database(path)
    found = database.write(
        lambda c: [
            value(c, f"PRAGMA {name}") for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    ).result()
    assert found == ["wal", 2, 1, 5000]
    assert value(database.reader(), "PRAGMA application_id") == APPLICATION_ID
    assert value(database.reader(), "PRAGMA user_version") == len(STEPS)
    assert database.check() == []
    database.close()
    if sys.platform != "win32":
        assert path.stat().st_mode & 0o077 == 0


def test_urgent_jobs_go_first_and_each_sort_keeps_its_order(path: Path) -> None:
    database = Database(path)
    started, free, done = threading.Event(), threading.Event(), list[str]()

    def hold(_: sqlite3.Connection) -> None:
        started.set()
        free.wait(10)

    database.write(hold)
    assert started.wait(10)
    for name in ("pull 1", "pull 2"):
        database.write(lambda _, name=name: done.append(name))
    for name in ("edit 1", "edit 2"):
        database.write(lambda _, name=name: done.append(name), urgent=True)
    free.set()
    database.close()
    assert done == ["edit 1", "edit 2", "pull 1", "pull 2"]


def test_a_job_that_fails_is_undone_whole_and_the_writer_goes_on(path: Path) -> None:
    database = Database(path)

    def half(c: sqlite3.Connection) -> None:
        c.execute("INSERT INTO facts VALUES ('a', '1')")
        raise LookupError("changed my mind")

    with pytest.raises(LookupError, match="changed my mind"):
        database.write(half).result()
    assert value(database.reader(), "SELECT count(*) FROM facts") == 0
    assert database.write(lambda c: c.execute("INSERT INTO facts VALUES ('a', '2')").rowcount).result() == 1
    assert value(database.reader(), "SELECT value FROM facts") == "2"
    database.close()


def test_every_thread_reads_over_a_connection_of_its_own_that_cannot_write(path: Path) -> None:
    database = Database(path)
    mine, others = database.reader(), list[sqlite3.Connection]()
    thread = threading.Thread(target=lambda: others.append(database.reader()))
    thread.start()
    thread.join()
    assert database.reader() is mine
    assert others[0] is not mine
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        mine.execute("INSERT INTO facts VALUES ('a', '1')")
    later = threading.Thread(target=database.reader)  # the dead thread's connection is closed on the way
    later.start()
    later.join()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        others[0].execute("SELECT 1")
    database.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        mine.execute("SELECT 1")


def test_close_finishes_what_was_handed_in_and_leaves_nothing_behind(path: Path) -> None:
    database = Database(path)
    futures = [
        database.write(lambda c, n=n: c.execute("INSERT INTO facts VALUES (?, '')", (str(n),)).rowcount)
        for n in range(50)
    ]
    database.close()
    database.close()
    assert [future.result() for future in futures] == [1] * 50
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("leafdesk")] == []
    assert sorted(one.name for one in path.parent.iterdir()) == ["leafdesk.db"]
    with pytest.raises(StoreError, match="closed"):
        database.write(lambda _: None).result()
    with pytest.raises(StoreError, match="closed"):
        database.reader()


def test_a_cancelled_job_is_not_run(path: Path) -> None:
    database = Database(path)
    free, done = threading.Event(), list[int]()
    database.write(lambda _: free.wait(10))
    future = database.write(lambda _: done.append(1))
    assert future.cancel()
    free.set()
    database.close()
    assert done == []


# ---------------------------------------------------------------------- bad files
def test_a_database_from_the_future_is_not_touched(path: Path) -> None:
    Database(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(FromTheFutureError, match=r"newer Leafdesk. Nothing was touched. Install that version"):
        Database(path)
    assert path.read_bytes() == before
    assert sorted(one.name for one in path.parent.iterdir()) == ["leafdesk.db"]


def test_a_newer_version_that_only_the_write_ahead_log_tells_is_seen_too(path: Path) -> None:
    Database(path).close()
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 999")  # stays in the log while this connection is open
    assert path.with_name("leafdesk.db-wal").stat().st_size > 0
    with pytest.raises(FromTheFutureError):
        Database(path)
    assert value(newer, "PRAGMA user_version") == 999
    newer.close()


@pytest.mark.parametrize(
    "content", [b"Dear diary, today I sowed barley.\n" * 40, b"\x00" * 4096, b"SQLite format 3\x00"]
)
def test_what_is_no_database_is_kept_as_it_is(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(DamagedError, match="kept there as it is") as error:
        Database(path)
    assert str(path) in str(error.value)
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_kept_as_it_is(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE cows (name TEXT)")
    connection.close()
    with pytest.raises(DamagedError, match="another program"):
        Database(path)
    connection = sqlite3.connect(path)
    assert value(connection, "SELECT count(*) FROM cows") == 0
    assert value(connection, "PRAGMA user_version") == 0
    connection.close()


def test_a_damaged_file_says_so_and_is_kept(path: Path) -> None:
    Database(path).close()
    content = bytearray(path.read_bytes())
    content[100:4096] = b"\xa5" * (4096 - 100)  # the first page holds the table of tables
    path.write_bytes(content)
    with pytest.raises(DamagedError, match="kept there as it is"):
        Database(path)
    assert path.read_bytes() == bytes(content)


def test_damage_in_a_file_left_open_by_a_crash_is_found_at_the_start(path: Path) -> None:
    crash = (
        "import os, sys, pathlib; from leafdesk.store.database import Database\n"
        "database = Database(pathlib.Path(sys.argv[1]))\n"
        "job = lambda c: c.execute(\"INSERT INTO facts VALUES ('a', 'b')\").rowcount\n"
        "assert database.write(job).result() == 1\n"
        "os._exit(9)"
    )
    Database(path).close()
    assert run(crash, path).returncode == 9
    assert path.with_name("leafdesk.db-wal").stat().st_size > 0
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 8] = b"\xa5" * (4096 * 5)
    path.write_bytes(content)
    with pytest.raises(DamagedError, match="kept there as it is"):
        Database(path)


# ---------------------------------------------------------------------- a full disk
def fill(database: Database) -> None:
    database.write(lambda c: c.execute("INSERT INTO facts VALUES ('big', ?)", ("x" * 2_000_000,)).rowcount).result()


def test_a_full_disk_keeps_nothing_of_the_step_and_everything_before_it(path: Path) -> None:
    database = Database(path)
    database.write(lambda c: c.execute("INSERT INTO facts VALUES ('before', 'safe')").rowcount).result()
    database.write(lambda c: c.execute(f"PRAGMA max_page_count = {value(c, 'PRAGMA page_count')}").fetchall()).result()
    with pytest.raises(DiskFullError, match=r"Nothing of this step was kept, everything before it is safe"):
        fill(database)
    assert database.reader().execute("SELECT name, value FROM facts").fetchall() == [("before", "safe")]
    database.write(lambda c: c.execute("PRAGMA max_page_count = 1000000").fetchall()).result()
    fill(database)
    assert value(database.reader(), "SELECT length(value) FROM facts WHERE name = 'big'") == 2_000_000
    database.close()


_LIMITED = """
import pathlib, resource, signal, sys
from leafdesk.store.database import Database, DiskFullError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
path, size = pathlib.Path(sys.argv[1]), int(sys.argv[2])
def limit(): resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
if size == 0:
    limit()
try:
    database = Database(path)
except DiskFullError as error:
    sys.exit(f"open: {error}")
database.write(lambda c: c.execute("INSERT INTO facts VALUES ('before', 'safe')").rowcount).result()
limit()
try:
    database.write(lambda c: c.execute("INSERT INTO facts VALUES ('big', ?)", ("x" * 9_000_000,)).rowcount).result()
except DiskFullError as error:
    assert database.reader().execute("SELECT name FROM facts").fetchall() == [("before",)]
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    database.write(lambda c: c.execute("INSERT INTO facts VALUES ('after', 'safe')").rowcount).result()
    database.close()
    sys.exit(f"write: {error}")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the limit is Unix's")
def test_a_system_that_refuses_to_write_more_is_a_full_disk(path: Path) -> None:
    done = run(_LIMITED, path, 2_000_000)
    assert done.stderr.startswith("write: The disk is full or cannot be written")
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT name FROM facts ORDER BY name").fetchall() == [("after",), ("before",)]
    assert value(connection, "PRAGMA integrity_check") == "ok"
    connection.close()


@pytest.mark.skipif(sys.platform == "win32", reason="the limit is Unix's")
def test_opening_on_a_full_disk_says_so(path: Path) -> None:
    assert run(_LIMITED, path, 0).stderr.startswith("open: The disk is full or cannot be written")
    Database(path).close()  # with room again, the unfinished file is simply begun again


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "farm").write_text("a file where the folder should be")
    with pytest.raises(DiskFullError, match="cannot be opened"):
        Database(tmp_path / "farm" / "leafdesk.db")


# ---------------------------------------------------------------------- two programs
def test_a_second_program_waits_its_turn_and_loses_nothing(path: Path) -> None:
    database = Database(path)
    other = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, pathlib; from leafdesk.store.database import Database\n"
            "database = Database(pathlib.Path(sys.argv[1]))\n"
            "job = lambda n: lambda c: c.execute('INSERT INTO facts VALUES (?, ?)', (f'other {n}', '')).rowcount\n"
            "for n in range(100): assert database.write(job(n)).result() == 1\n"
            "database.close()",
            path,
        ]
    )
    for n in range(100):
        database.write(lambda c, n=n: c.execute("INSERT INTO facts VALUES (?, '')", (f"mine {n}",)).rowcount).result()
    assert other.wait(60) == 0
    assert value(database.reader(), "SELECT count(*) FROM facts") == 200
    database.close()


def test_a_second_program_that_never_lets_go_is_told_in_plain_words(path: Path) -> None:
    database = Database(path)
    database.write(lambda c: c.execute("PRAGMA busy_timeout = 30").fetchall()).result()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="Another program is writing"):
        database.write(lambda _: None).result()
    other.execute("ROLLBACK")
    other.close()
    assert database.write(lambda _: "again").result() == "again"
    database.close()


def test_a_transaction_that_could_not_be_rolled_back_does_not_stop_the_next(path: Path) -> None:
    database = Database(path)
    database.write(lambda c: None).result()
    database._connection.execute("BEGIN")
    database._connection.execute("INSERT INTO facts VALUES ('lost', '1')")
    assert database.write(lambda c: c.execute("INSERT INTO facts VALUES ('kept', '1')").rowcount).result() == 1
    assert [name for (name,) in database.reader().execute("SELECT name FROM facts")] == ["kept"]
    database.close()


def filled(c: sqlite3.Connection, rows: int) -> None:
    c.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", [(f"fact {n}", "x" * 1000) for n in range(rows)])


def test_the_log_comes_into_the_file_in_a_pause_and_nobody_waits_for_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leafdesk.store.database._PAUSE", 0.05)
    database = Database(path)
    size = path.stat().st_size
    database.write(lambda c: filled(c, 500), urgent=True).result()
    until = time.monotonic() + 10
    while path.stat().st_size < size + 500_000 and time.monotonic() < until:
        time.sleep(0.01)
    assert path.stat().st_size > size + 500_000
    database.close()


def test_without_a_pause_the_log_does_not_grow_for_ever(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leafdesk.store.database._PAUSE", 60)
    monkeypatch.setattr("leafdesk.store.database._RIPE", 10**9)
    monkeypatch.setattr("leafdesk.store.database._OVERRIPE", 1000)
    database = Database(path)
    for _ in range(30):
        database.write(lambda c: filled(c, 500)).result()
    assert path.with_name(path.name + "-wal").stat().st_size < 6_000_000  # 30 times 700 kB were written
    database.close()

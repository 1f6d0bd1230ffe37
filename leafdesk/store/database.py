"""Open the one SQLite file of an account, and own its one writer thread."""

import contextlib
import itertools
import logging
import os
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Protocol, TypeVar

from leafdesk.store.backups import BadCopyError, back_up, back_up_now, back_up_weekly
from leafdesk.store.migrations import APPLICATION_ID, STEPS, Step, lay_out, upgrade
from leafdesk.store.reserve import give_up
from leafdesk.store.second_copy import FILE, SecondCopy

T = TypeVar("T")

_log = logging.getLogger("leafdesk")
SUSPECT = "suspect"
"""A file of this name beside the database: something in it could not be read, so the next start looks through it."""
_MAGIC = b"SQLite format 3\x00"
_URGENT, _ORDINARY, _LAST = 0, 1, 2
_RIPE, _OVERRIPE = 400, 8000
"""Changed rows after which the log is written back into the file: in a pause, or without one (some 20 MB)."""
_PAUSE = 0.3
"""Seconds in which nothing is written: then nobody waits for it."""


class StoreError(Exception):
    """The database cannot do what was asked; the message says what is safe and what to do.

    StoreError
    ├── FromTheFutureError   written by a newer Leafdesk: nothing was touched
    ├── DamagedError         not a (whole) Leafdesk database
    │   └── NotOursError     a database of another program
    └── DiskFullError        the disk is full or refuses to write: nothing of the failed step was kept
    """


class FromTheFutureError(StoreError):
    """The database was written by a newer Leafdesk."""


class DamagedError(StoreError):
    """The file is not a whole Leafdesk database."""


class NotOursError(DamagedError):
    """The file is a database of another program."""


class DiskFullError(StoreError):
    """The disk is full or cannot be written."""


class Database:
    """One account's database: WAL, synchronous=FULL, one writer thread, one read-only connection per reading thread."""

    def __init__(self, path: Path, *, steps: Sequence[Step] = STEPS, kept: bool = True) -> None:
        """Open or make the file and bring it up to date (a backup is made before a migration).

        One that is not `kept` is new, stays empty and is thrown away: it is made quickly.

        Raises FromTheFutureError, DamagedError or DiskFullError.
        """
        self.path = path
        self._jobs: queue.PriorityQueue[tuple[int, int, _Job | None]] = queue.PriorityQueue()
        self._order = itertools.count()
        self._lock = threading.Lock()
        self._closed, self._kept = False, kept
        self._mine = threading.local()
        self._readers: list[tuple[threading.Thread, sqlite3.Connection]] = []
        self._connection, unclean = _open(path, steps, kept=kept)
        self.copy = SecondCopy(path.with_name(FILE))
        self.is_behind = kept and self.copy.is_ahead(self._connection)
        if kept:
            self.copy.watch(self._connection)
            if not self.is_behind and (unclean or self.copy.is_long):
                self.copy.rewrite(self._connection)
        self._thread = threading.Thread(target=self._work, name="leafdesk-writer", daemon=True)
        self._thread.start()

    def write(self, job: Callable[[sqlite3.Connection], T], *, urgent: bool = False) -> "Future[T]":
        """Run `job` on the writer thread in one transaction (BEGIN IMMEDIATE); its value is the future's result.

        Urgent jobs (a user's edit) go before the others (sync batches). A job that raises is rolled back whole and its
        error is the future's (disk full as DiskFullError). Never wait for the future on the GUI thread.
        """
        future: Future[T] = Future()
        with self._lock:
            if self._closed:
                future.set_exception(StoreError("The database is closed; nothing was written."))
            else:
                self._jobs.put((_URGENT if urgent else _ORDINARY, next(self._order), _Job(job, future, urgent=urgent)))
        return future

    def reader(self) -> sqlite3.Connection:
        """This thread's read-only connection; sees every committed transaction. Closed by `close`."""
        connection: sqlite3.Connection | None = getattr(self._mine, "connection", None)
        if connection is None:
            with self._lock:
                if self._closed:
                    raise StoreError("The database is closed.")
                self._close_readers(only_dead=True)
                connection = _connect(self.path)
                connection.execute("PRAGMA query_only = ON")
                self._readers.append((threading.current_thread(), connection))
            self._mine.connection = connection
        return connection

    def check(self) -> list[str]:
        """What SQLite finds wrong with the whole file (integrity_check); empty when it is sound. Slow; for `doctor`."""
        try:
            lines = [line for (line,) in self.reader().execute("PRAGMA integrity_check(20)")]
        except sqlite3.DatabaseError as error:
            return [str(error)]
        return [] if lines == ["ok"] else lines

    def back_up_weekly(self) -> None:
        """Write this week's copy into `backups` if there is none; what goes wrong with that is only logged."""
        try:
            back_up_weekly(self.path)
        except (OSError, sqlite3.Error, BadCopyError) as error:
            _log.warning("this week's copy of the database could not be written: %s", type(error).__name__)

    def back_up_now(self) -> None:
        """Write a copy into `backups` and look through it. Raises StoreError, or OSError for a full disk."""
        try:
            back_up_now(self.path)
        except sqlite3.Error as error:
            raise _in_plain_words(error, self.path) from error
        except BadCopyError as error:
            raise StoreError(f"The copy failed its check and was removed: {error}. Your data are as before.") from error

    def close(self) -> None:
        """Finish every job already handed in, checkpoint, close."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._jobs.put((_LAST, next(self._order), None))
        self._thread.join()
        with self._lock:
            self._close_readers()
        if self._kept:
            self.copy.catch_up(self._connection)
            if self.copy.lacks_some(self._connection):
                with contextlib.suppress(OSError):
                    self.path.with_name(SUSPECT).touch(mode=0o600)  # the next start writes the second copy anew
        try:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error:
            pass  # a full disk: the write-ahead log stays beside the file and is read next time
        finally:
            self._connection.close()

    def _close_readers(self, *, only_dead: bool = False) -> None:
        """Close the connections of readers (or only of threads that have ended, so that they do not pile up)."""
        kept = []
        for thread, connection in self._readers:
            if only_dead and thread.is_alive():
                kept.append((thread, connection))
            else:
                connection.close()
        self._readers = kept

    def _transact(self, connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T], *, urgent: bool) -> T:
        """One transaction, and its second copy, before anybody is told. For a person's edit the reserve is given up."""
        try:
            result = _transact(connection, work)
        except sqlite3.Error as error:
            full = getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
            if not (full and urgent and give_up(self.path)):
                raise
            result = _transact(connection, work)
        if self._kept:
            self.copy.catch_up(connection)
        return result

    def _work(self) -> None:
        written_back = self._connection.total_changes
        while True:
            changed = self._connection.total_changes - written_back
            try:
                _, _, job = self._jobs.get(timeout=_PAUSE if changed >= _RIPE else None)
            except queue.Empty:
                written_back = self._write_back()
                continue
            if job is None:
                return
            job.run(self._connection, self._transact, self.path)
            changed = self._connection.total_changes - written_back
            if changed >= _OVERRIPE or (changed and job.found_the_disk_full):
                written_back = self._write_back()
            del job  # a job may hold a whole page of records: let go of it while waiting for the next

    def _write_back(self) -> int:
        """Bring the log into the file once whoever waited was told (SQLite does it before); rows changed until now."""
        with contextlib.suppress(sqlite3.Error):  # a full disk: it stays in the log, and is tried again
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        return self._connection.total_changes


class _Transact(Protocol):
    def __call__(
        self, connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], Any], *, urgent: bool
    ) -> Any: ...


class _Job:
    """A write that waits its turn, and where its outcome goes."""

    def __init__(self, work: Callable[[sqlite3.Connection], Any], future: "Future[Any]", *, urgent: bool) -> None:
        self.work, self.future, self.urgent = work, future, urgent

    @property
    def found_the_disk_full(self) -> bool:
        """Whether it ended so; once the log is in the file, its room can be written again."""
        return not self.future.cancelled() and isinstance(self.future.exception(), DiskFullError)

    def run(self, connection: sqlite3.Connection, transact: "_Transact", path: Path) -> None:
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            result = transact(connection, self.work, urgent=self.urgent)
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_CORRUPT:
                with contextlib.suppress(OSError):
                    path.with_name(SUSPECT).touch(mode=0o600)
            self.future.set_exception(_in_plain_words(error, path))
        except BaseException as error:  # the job's own error belongs to who asked; the writer goes on
            self.future.set_exception(error)
        else:
            self.future.set_result(result)


def _transact(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    if connection.in_transaction:  # a failing disk kept the last one from being rolled back
        connection.execute("ROLLBACK")
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = work(connection)
        connection.execute("COMMIT")
        return result
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _open(path: Path, steps: Sequence[Step], *, kept: bool) -> tuple[sqlite3.Connection, bool]:
    """The writing connection to a database of the newest version, and whether the last run did not close the file."""
    try:
        unclean = _look_at_file(path, len(steps))
        connection = _connect(path)
    except OSError as error:
        raise DiskFullError(f"{path} cannot be opened ({error.strerror}). Nothing was changed.") from error
    except sqlite3.Error as error:
        raise _in_plain_words(error, path) from error
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")  # the writer does it when nobody waits: `_write_back`
        _look_inside(connection, path, len(steps), unclean=unclean)
        _bring_up_to_date(connection, path, steps, kept=kept)
    except sqlite3.Error as error:
        connection.close()
        raise _in_plain_words(error, path) from error
    except BaseException:
        connection.close()
        raise
    return connection, unclean


def _connect(path: Path) -> sqlite3.Connection:
    # Connections are closed by whoever closes the database, so SQLite's own serialized mode guards them, not Python.
    connection = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
    for pragma in ("foreign_keys", "fullfsync", "checkpoint_fullfsync"):  # the last two matter on macOS only
        connection.execute(f"PRAGMA {pragma} = ON")
    return connection


def _look_at_file(path: Path, newest: int) -> bool:
    """Refuse what is not ours before SQLite touches it; says whether the last run ended without closing the file."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        return False
    with path.open("rb") as file:
        header = file.read(100)
    if header and not header.startswith(_MAGIC):
        raise DamagedError(_damaged(path, "it is not a database"))
    # https://www.sqlite.org/fileformat.html#the_database_header: user_version at byte 60
    if int.from_bytes(header[60:64], "big") > newest:
        raise FromTheFutureError(_from_the_future(path))
    log = path.with_name(path.name + "-wal")
    return (log.exists() and log.stat().st_size > 0) or path.with_name(SUSPECT).exists()


def _look_inside(connection: sqlite3.Connection, path: Path, newest: int, *, unclean: bool) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > newest:
        raise FromTheFutureError(_from_the_future(path))
    (owner,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and owner != APPLICATION_ID:
        raise NotOursError(_damaged(path, "it is a database of another program"))
    if unclean:
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise DamagedError(_damaged(path, verdict))
        path.with_name(SUSPECT).unlink(missing_ok=True)


def _bring_up_to_date(connection: sqlite3.Connection, path: Path, steps: Sequence[Step], *, kept: bool) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == len(steps):
        return
    if not kept:
        lay_out(connection, steps)
        return
    if version:
        _back_up(connection, path)
    upgrade(connection, steps)


def _back_up(connection: sqlite3.Connection, path: Path) -> None:
    try:
        back_up(connection, path)
    except BadCopyError as error:
        raise DamagedError(_damaged(path, f"its backup copy failed the check: {error}")) from error


def _in_plain_words(error: sqlite3.Error, path: Path) -> Exception:
    """SQLite's error as one that says what is safe and what to do; a programming error stays what it is."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
        return DiskFullError(
            f"The disk is full or cannot be written ({error}). Nothing of this step was kept, everything before it is "
            f"safe in {path}. Make room on the disk and try again."
        )
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return DamagedError(_damaged(path, str(error)))
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreError(f"Another program is writing to {path}. Nothing of this step was kept; try again.")
    return error


def _damaged(path: Path, why: str) -> str:
    return (
        f"{path} cannot be used: {why}. The file is kept there as it is, nothing was changed. Move it to a safe place "
        f"and start again: everything Leaf has comes back with the next sync. Copies made before updates are in "
        f"{path.parent / 'backups'}."
    )


def _from_the_future(path: Path) -> str:
    return (
        f"{path} was written by a newer Leafdesk. Nothing was touched. "
        "Install that version or a later one to open it, or choose another folder."
    )

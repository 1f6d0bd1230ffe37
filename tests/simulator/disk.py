"""A real SQLite database in memory that can be cut off before any statement, be full, or be busy."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

from leafdesk.store.database import _in_plain_words, _transact
from leafdesk.store.migrations import upgrade

T = TypeVar("T")


class KilledError(BaseException):
    """The program is gone from one moment to the next."""


class _Statements(sqlite3.Connection):
    """A connection on which something can be made to happen before the n-th statement from now."""

    left = 0
    trouble = ""
    deaf: tuple[str, ...] = ()
    """Beginnings of statements that do nothing (a rule taken out: see mutants)."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if self.left and (self.trouble == "killed" or self.in_transaction):  # only writing fills a disk
            self.left -= 1
            if not self.left:
                raise _what(self.trouble)
        if self.deaf and sql.lstrip().startswith(self.deaf):
            sql, parameters = "SELECT 1 WHERE 0", ()
        return super().execute(sql, parameters)


def _what(trouble: str) -> BaseException:
    if trouble == "killed":
        return KilledError()
    error = sqlite3.OperationalError(f"simulated: {trouble}")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL if trouble == "full" else sqlite3.SQLITE_BUSY
    return error


@cache
def _blank() -> bytes:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    upgrade(connection)
    try:
        return connection.serialize()
    finally:
        connection.close()


class Disk:
    """One account's database, the writer inlined: a job is a transaction, all of it or nothing."""

    def __init__(self, deaf: tuple[str, ...] = ()) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None, factory=_Statements)
        self.connection.deserialize(_blank())
        self.connection.execute("PRAGMA foreign_keys = ON")
        self.connection.deaf = deaf

    def arm(self, statements: int, trouble: str) -> None:
        """Let `trouble` (killed, full, busy) happen instead of the n-th statement from now; 0 takes it back."""
        self.connection.left, self.connection.trouble = statements, trouble

    def write(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """What `Database.write` does, at once."""
        try:
            return _transact(self.connection, job)
        except sqlite3.Error as error:
            from pathlib import Path

            raise _in_plain_words(error, Path("memory")) from error

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """A while in which nothing happens to the disk; what was armed waits."""
        kept, self.connection.left = self.connection.left, 0
        try:
            yield
        finally:
            self.connection.left = kept

    def restart(self) -> None:
        """What a new process finds: everything committed and nothing else."""
        self.connection.left = 0
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def close(self) -> None:
        self.connection.close()

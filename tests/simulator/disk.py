"""A real SQLite database in memory that can be cut off before any statement, be full, or be busy."""

import re
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from leafdesk.store.database import _in_plain_words, _transact
from leafdesk.store.items import LIVE_SQL
from leafdesk.store.migrations import STEPS, Step, upgrade
from leafdesk.store.salvage import re_attach
from leafdesk.store.second_copy import LINE_COLUMNS, Rescued, all_that_waits

T = TypeVar("T")
_WRITES = re.compile(r"\s*(?:INSERT(?: OR REPLACE)? INTO|REPLACE INTO|UPDATE(?: OR REPLACE)?|DELETE FROM) (\w+)")


@cache
def _written(sql: str) -> str | None:
    """The table that a statement writes to; None for one that only reads."""
    found = _WRITES.match(sql)
    return found[1] if found else None


class KilledError(BaseException):
    """The program is gone from one moment to the next."""


class _Statements(sqlite3.Connection):
    """A connection on which something can be made to happen before the n-th statement from now."""

    left = 0
    trouble = ""
    deaf: tuple[str, ...] = ()
    """Beginnings of statements that do nothing (a rule taken out: see mutants)."""
    count = 0

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.touched = set[str]()
        """Tables written to since somebody last looked and cleared this."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        self.count += 1
        if self.left and (self.trouble == "killed" or self.in_transaction):  # only writing fills a disk
            self.left -= 1
            if not self.left:
                raise _what(self.trouble)
        if self.deaf and sql.lstrip().startswith(self.deaf):
            sql, parameters = "SELECT 1 WHERE 0", ()
        table = _written(sql)
        if table is not None:
            self.touched.add(table)
        return super().execute(sql, parameters)


def _what(trouble: str) -> BaseException:
    if trouble == "killed":
        return KilledError()
    error = sqlite3.OperationalError(f"simulated: {trouble}")
    codes = {"full": sqlite3.SQLITE_FULL, "busy": sqlite3.SQLITE_BUSY, "ioerr": sqlite3.SQLITE_IOERR}
    error.sqlite_errorcode = codes[trouble]
    return error


_PLAIN = """
DROP TABLE fuzzy_terms; DROP TABLE fuzzy; DROP TABLE words; DROP TABLE names; DROP TABLE boxes;
CREATE TABLE fuzzy (name); CREATE TABLE words (kind, name, rest); CREATE TABLE names (field, farm, grower);
CREATE TABLE boxes (n INTEGER PRIMARY KEY, west, east, south, north)
"""
"""Full text and R*Tree as ordinary tables: no rule reads them, and what SQLite does in them is not ours to prove."""
_NOTED = """
CREATE TEMP TABLE over (id, state);
CREATE TEMP TRIGGER is_over AFTER UPDATE OF state ON main.outbox WHEN new.state IN ('done', 'superseded', 'discarded')
BEGIN INSERT INTO over VALUES (new.id, new.state); END;
CREATE TEMP TRIGGER comes_over AFTER INSERT ON main.outbox WHEN new.state IN ('done', 'superseded', 'discarded')
BEGIN INSERT INTO over VALUES (new.id, new.state); END;
"""
"""Whatever leaves the queue is noted for the oracle, which need not look through all that ever left it."""


@cache
def _blank() -> bytes:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    upgrade(connection)
    for statement in _PLAIN.split(";"):
        connection.execute(statement)
    try:
        return connection.serialize()
    finally:
        connection.close()


class _Undisturbed:
    """A while in which nothing happens to the disk; what was armed waits."""

    __slots__ = ("connection", "kept")

    def __init__(self, connection: _Statements) -> None:
        self.connection, self.kept = connection, 0

    def __enter__(self) -> None:
        self.kept, self.connection.left = self.connection.left, 0

    def __exit__(self, *_: object) -> None:
        self.connection.left = self.kept


class Disk:
    """One account's database, the writer inlined: a job is a transaction, all of it or nothing."""

    def __init__(self, deaf: tuple[str, ...] = ()) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None, factory=_Statements, cached_statements=512)
        self.connection.deserialize(_blank())
        self.connection.execute("PRAGMA foreign_keys = ON")
        self.connection.executescript(_NOTED)
        self.connection.deaf = deaf
        self._steps: list[Step] = list(STEPS)

    def arm(self, statements: int, trouble: str) -> None:
        """Let `trouble` (killed, full, busy, ioerr) happen instead of the n-th statement from now; 0 takes it back."""
        self.connection.left, self.connection.trouble = statements, trouble

    def write(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """What `Database.write` does, at once."""
        try:
            return _transact(self.connection, job)
        except sqlite3.Error as error:
            raise _in_plain_words(error, Path("memory")) from error

    def undisturbed(self) -> _Undisturbed:
        """A while in which nothing happens to the disk; what was armed waits."""
        return _Undisturbed(self.connection)

    def touched(self) -> set[str]:
        """The tables written to since this was last asked."""
        touched, self.connection.touched = self.connection.touched, set()
        return touched

    def over(self) -> list[tuple[str, str]]:
        """What left the queue since this was last asked: id and state."""
        rows = self.connection.execute("SELECT id, state FROM temp.over").fetchall()
        if rows:
            self.connection.execute("DELETE FROM temp.over")
        return rows

    def restart(self) -> None:
        """What a new process finds: everything committed and nothing else."""
        self.connection.left = 0
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def migrate(self, kills: Iterable[int]) -> None:
        """A newer Leafdesk opens the database; before the n-th statement (each of `kills`) it is killed, then whole."""
        number = len(self._steps) + 1
        self._steps.append(_one_column_more(number))
        for statements in (*kills, 0):
            self.arm(statements, "killed")
            with suppress(KilledError):
                upgrade(self.connection, self._steps)
            self.restart()

    def lose(self) -> None:
        """The database is gone; a new one is made from its second copy. (What was over stays to be asked about.)"""
        old, found = self.connection, Rescued()
        for line in all_that_waits(old):
            found.take(line)
        over = old.execute(
            f"SELECT {', '.join(LINE_COLUMNS)} FROM outbox WHERE NOT {LIVE_SQL} AND superseded_by IS NULL"
        ).fetchall()
        self.__init__(old.deaf)  # type: ignore[misc]
        marks = ", ".join("?" * len(LINE_COLUMNS))
        self.connection.execute("PRAGMA foreign_keys = OFF")
        self.connection.executemany(f"INSERT INTO outbox ({', '.join(LINE_COLUMNS)}) VALUES ({marks})", over)
        journal = old.execute("SELECT * FROM journal").fetchall()
        self.connection.executemany("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?)", journal)
        self.connection.execute("PRAGMA foreign_keys = ON")
        self.write(lambda connection: re_attach(connection, found))
        old.close()

    def close(self) -> None:
        self.connection.close()


def _one_column_more(number: int) -> Step:
    """What a later version may do to the tables of the queue."""

    def one_column_more(connection: sqlite3.Connection) -> None:
        for table in ("outbox", "attempts"):
            connection.execute(f"ALTER TABLE {table} ADD COLUMN later_{number} TEXT")
            connection.execute(f"UPDATE {table} SET later_{number} = 'kept'")

    return one_column_more

"""Open the one SQLite file of an account, and own its one writer thread."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


class StoreError(Exception):
    """The database cannot do what was asked; the message says what is safe and what to do.

    StoreError
    ├── FromTheFutureError   written by a newer Leafdesk: nothing was touched
    ├── DamagedError         not a (whole) Leafdesk database
    └── DiskFullError        the disk is full or refuses to write: nothing of the failed step was kept
    """


class FromTheFutureError(StoreError):
    """The database was written by a newer Leafdesk."""


class DamagedError(StoreError):
    """The file is not a whole Leafdesk database."""


class DiskFullError(StoreError):
    """The disk is full or cannot be written."""


class Database:
    """One account's database: WAL, synchronous=FULL, one writer thread, one read-only connection per reading thread."""

    def __init__(self, path: Path) -> None:
        """Open or make the file and bring it up to date (a backup is made before a migration).

        Raises FromTheFutureError, DamagedError or DiskFullError.
        """
        raise NotImplementedError

    def write(self, job: Callable[[sqlite3.Connection], T], *, urgent: bool = False) -> Future[T]:
        """Run `job` on the writer thread in one transaction (BEGIN IMMEDIATE); its value is the future's result.

        Urgent jobs (a user's edit) go before the others (sync batches). A job that raises is rolled back whole and its
        error is the future's (disk full as DiskFullError). Never wait for the future on the GUI thread.
        """
        raise NotImplementedError

    def reader(self) -> sqlite3.Connection:
        """This thread's read-only connection; sees every committed transaction. Closed by `close`."""
        raise NotImplementedError

    def close(self) -> None:
        """Finish every job already handed in, checkpoint, close."""
        raise NotImplementedError

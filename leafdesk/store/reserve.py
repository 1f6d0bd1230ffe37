"""A file that only holds room on the disk: given up when a person's edit would not fit any more (sync.md §10)."""

import contextlib
import os
import shutil
from pathlib import Path

FILE = "reserve"
SIZE = 8 << 20
"""Bytes."""
_SPARE = 64 << 20
"""Bytes that must be free beside it: on a disk that is nearly full the room is for others."""


def hold(database: Path) -> None:
    """Take the room if it is not held yet and there is plenty; never an error."""
    place = database.with_name(FILE)
    with contextlib.suppress(OSError):
        if place.exists() or shutil.disk_usage(database.parent).free < SIZE + _SPARE:
            return
        file = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file, 0, SIZE)
            else:
                os.write(file, bytes(SIZE))
        finally:
            os.close(file)


def give_up(database: Path) -> bool:
    """Free the room; whether there was any."""
    try:
        database.with_name(FILE).unlink()
    except OSError:
        return False
    return True

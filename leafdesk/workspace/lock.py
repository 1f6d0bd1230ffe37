"""A lock on a folder that the system frees when its holder dies, however it dies."""

import os
from pathlib import Path

from leafdesk.store.database import DiskFullError


class InUseError(Exception):
    """Another Leafdesk has this workspace open."""


class Lock:
    """The right to write in a folder, held by one process at a time."""

    def __init__(self, path: Path) -> None:
        """Take it. Raises BlockingIOError when another process (or another Lock of this one) holds it."""
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _take(self._file)
        except BaseException:
            os.close(self._file)
            raise

    def release(self) -> None:
        """Give it back; closing the file is what frees it."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def lock_folder(folder: Path) -> Lock:
    """Make the folder if it is missing, and take its lock. Raises InUseError, or DiskFullError with what is wrong."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return Lock(folder / "leafdesk.lock")
    except BlockingIOError:
        raise InUseError(
            f"Another Leafdesk has {folder} open. Use that one, or close it first; nothing was changed."
        ) from None
    except OSError as error:
        raise DiskFullError(f"{folder} cannot be used ({error.strerror}). Nothing was changed.") from error


def _take(file: int) -> None:
    if os.name == "nt":
        import msvcrt

        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError as error:
            raise BlockingIOError("locked by another process") from error
        return
    import fcntl

    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

"""Keeps the sandbox's records in a file: a log of changes, of which every line counts whole or not at all."""

import json
import os
from collections.abc import Callable, Iterable
from io import FileIO
from pathlib import Path
from typing import Any

from leafdesk.sandbox.ledger import KINDS, SOWN, Change, Key, Kind, encode_json
from leafdesk.sandbox.sowing import Sowing

Json = dict[str, Any]
_VERSION = "leafdesk sandbox"


class StateFileError(ValueError):
    """The file is no sandbox state, or a damaged one; it was left as it is."""


class StateFile:
    """A state file: the records it held when it was opened, and a place to append changes."""

    def __init__(self, path: Path, sowing: Sowing, records: list[Change]) -> None:
        self.sowing = sowing
        """What the records that are not in the file grow from."""
        self._path = path
        self._records = records
        self._owed: list[Change] = []

    def records(self) -> list[Change]:
        """What the file held when it was opened. To be asked once."""
        records, self._records = self._records, []
        return records

    def append(self, changes: list[Change]) -> None:
        """Keep changes that belong together, on the disk when this returns.

        Raises OSError when it cannot be done (a full disk): no half line is left, the changes go with the next ones.
        """
        self._owed += changes
        with self._path.open("ab", buffering=0) as log:
            size = log.seek(0, os.SEEK_END)
            try:
                _write_whole(log, _line(self._owed))
                os.fsync(log.fileno())
            except OSError:
                log.truncate(size)
                raise
        self._owed = []


def open_state(path: Path, first: Callable[[], tuple[Sowing, Iterable[Change]]]) -> StateFile:
    """The state at `path`, which is begun with `first` when there is none.

    The file is written anew at every opening (beside it, then moved over it), without what has been overtaken.
    Raises StateFileError when it is something else, OSError when it cannot be read or written.
    """
    sowing, changes = _read(path) if path.exists() else first()
    records = list(changes)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    with fresh.open("wb") as file:
        header: Json = {_VERSION: 2, "seed": sowing.seed, "size": sowing.size, "products": sowing.products}
        file.write(encode_json(header).encode() + b"\n")
        file.writelines(_line([change]) for change in records)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return StateFile(path, sowing, records)


def _write_whole(log: FileIO, line: bytes) -> None:
    rest = memoryview(line)
    while rest:
        rest = rest[log.write(rest) :]


def _line(changes: list[Change]) -> bytes:
    return encode_json(changes).encode() + b"\n"


def _read(path: Path) -> tuple[Sowing, Iterable[Change]]:
    with path.open("rb") as file:
        sowing = _sowing(file.readline(), path)
        tables: dict[Kind, dict[Key, Json | None]] = {kind: {} for kind in KINDS}
        for number, line in enumerate(file, 2):
            if not line.endswith(b"\n"):
                break  # the power went in the middle of this change, which nobody was told had happened
            try:
                for kind, key, record in json.loads(line):
                    if record is None and kind not in SOWN:  # what grows from the seed must be told not to
                        tables[kind].pop(key, None)
                    else:
                        tables[kind][key] = record
            except (ValueError, KeyError, TypeError) as error:
                raise StateFileError(f"{path}, line {number} is damaged. Nothing was changed.") from error
    return sowing, [(kind, key, record) for kind in KINDS for key, record in tables[kind].items()]


def _sowing(line: bytes, path: Path) -> Sowing:
    try:
        header = json.loads(line)
        if header[_VERSION] == 2:
            return Sowing(seed=int(header["seed"]), size=int(header["size"]), products=int(header["products"]))
    except (ValueError, KeyError, TypeError):
        pass
    raise StateFileError(f"{path} is no sandbox state of this version. Nothing was changed; choose another file.")

"""A second start of Leafdesk rings at the first one's window, and hands it the files it was given."""

from __future__ import annotations

import contextlib
import hmac
import json
import os
import secrets
import socket
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal

DOOR = "leafdesk.door"
"""The file in the workspace folder that says where the bell is; only its owner may read it."""
_LONGEST = 64 << 10
_PATIENCE_S = 2.0
"""So long may somebody at the door say nothing."""
_BUSY_S = 15.0
"""So long may an open window be busy before it answers."""
_AT_ONCE = 8
"""So many may stand at the door at once."""


class Doorbell(QObject):
    """Listens on this machine only; who rings must know what the file says.

    (Qt's own QLocalServer would do, but QtNetwork needs Kerberos libraries of the system.)
    """

    rang = Signal(object)
    """Somebody started Leafdesk again: the files (Paths) they gave, perhaps none."""

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        """Raises OSError when there is no bell to be had here."""
        super().__init__(parent)
        self._key = secrets.token_hex(16)
        self._door = folder / DOOR
        self._callers: dict[socket.socket, tuple[QSocketNotifier, QTimer, bytearray]] = {}
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=_AT_ONCE)
        self._socket.setblocking(False)
        self._ear = QSocketNotifier(self._socket.fileno(), QSocketNotifier.Type.Read, self)
        self._ear.activated.connect(self._open)
        with contextlib.suppress(FileNotFoundError):
            self._door.unlink()
        file = os.open(self._door, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "w") as written:
            json.dump({"port": self._socket.getsockname()[1], "key": self._key}, written)

    def close(self) -> None:
        """Take the bell off the door."""
        for caller in list(self._callers):
            self._send_away(caller)
        self._ear.setEnabled(False)
        self._socket.close()
        with contextlib.suppress(OSError):
            self._door.unlink()

    def _open(self) -> None:
        try:
            caller, _ = self._socket.accept()
        except OSError:
            return
        if len(self._callers) >= _AT_ONCE:
            caller.close()
            return
        caller.setblocking(False)
        ear = QSocketNotifier(caller.fileno(), QSocketNotifier.Type.Read, self)
        patience = QTimer(self, singleShot=True, interval=int(_PATIENCE_S * 1000))
        self._callers[caller] = (ear, patience, bytearray())
        ear.activated.connect(lambda: self._hear(caller))
        patience.timeout.connect(lambda: self._send_away(caller))
        patience.start()

    def _hear(self, caller: socket.socket) -> None:
        if caller not in self._callers:
            return
        said = self._callers[caller][2]
        try:
            piece = caller.recv(_LONGEST)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        said += piece
        if said.endswith(b"\n"):
            files = self._understood(bytes(said))
            if files is not None:
                with contextlib.suppress(OSError):
                    caller.send(b"ok\n")
            self._send_away(caller)
            if files is not None:
                self.rang.emit(files)
        elif not piece or len(said) > _LONGEST:
            self._send_away(caller)

    def _understood(self, said: bytes) -> list[Path] | None:
        """The files that were handed over; None for a caller who does not know the key."""
        try:
            asked = json.loads(said)
            key, files = asked["key"], asked["files"]
            known = hmac.compare_digest(str(key).encode(), self._key.encode())
            return [Path(str(file)) for file in files] if known and isinstance(files, list) else None
        except (ValueError, KeyError, TypeError, RecursionError):
            return None

    def _send_away(self, caller: socket.socket) -> None:
        if caller not in self._callers:
            return
        ear, patience, _ = self._callers.pop(caller)
        ear.setEnabled(False)
        patience.stop()
        for done in (ear, patience):
            done.deleteLater()
        caller.close()


def ring(folder: Path, files: Sequence[Path] = ()) -> bool:
    """Hand files to the Leafdesk that has this folder open, before there is a window here; False when there is none."""
    try:
        door = json.loads((folder / DOOR).read_bytes()[:_LONGEST])
        with socket.create_connection(("127.0.0.1", int(door["port"])), timeout=_PATIENCE_S) as line:
            line.settimeout(_BUSY_S)
            said = {"key": door["key"], "files": [str(file.absolute()) for file in files]}
            line.sendall(json.dumps(said).encode() + b"\n")
            return line.recv(8) == b"ok\n"
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return False

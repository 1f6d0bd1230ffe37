"""A keyring in a folder of the test, so that no test touches this machine's own, also not from a second process."""

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

FOLDER = "TESTS_KEYRING"
"""The environment variable that names the folder (one per test)."""


class FolderKeyring(KeyringBackend):
    """Keeps secrets in `$TESTS_KEYRING/keyring.json`. For tests only: nothing is encrypted."""

    priority = 1  # type: ignore[assignment]

    def get_password(self, service: str, username: str) -> str | None:
        return self._read().get(service, {}).get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        kept = self._read()
        kept.setdefault(service, {})[username] = password
        self._file.write_text(json.dumps(kept))

    def delete_password(self, service: str, username: str) -> None:
        kept = self._read()
        if username not in kept.get(service, {}):
            raise PasswordDeleteError("there is no such password")
        del kept[service][username]
        self._file.write_text(json.dumps(kept))

    @property
    def _file(self) -> Path:
        return Path(os.environ[FOLDER]) / "keyring.json"

    def _read(self) -> dict[str, dict[str, str]]:
        return json.loads(self._file.read_text()) if self._file.exists() else {}  # type: ignore[no-any-return]

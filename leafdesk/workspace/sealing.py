"""The sign-in in a file under a passphrase, for computers without a key store."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from leafdesk.sealed import SIGN_IN
from leafdesk.workspace.accounts import NOBODY, Account, SignedOutError

if TYPE_CHECKING:
    from leafdesk.credentials import Credentials
    from leafdesk.sync.engine import Engine


class LockedError(SignedOutError):
    """The sign-in is there, and nobody has given its passphrase yet."""


class Sealing:
    """Answers Futures and may be used from the GUI thread: the half second of a passphrase passes on the engine's."""

    def __init__(
        self,
        folder: Path,
        account: Callable[[], Account | None],
        keys: Callable[[], Credentials],
        engine: Callable[[], Engine],
        signed: Callable[[], None],
    ) -> None:
        self._folder, self._account = folder, account
        self._keys, self._engine, self._signed = keys, engine, signed

    @property
    def locked(self) -> bool:
        """Whether the sign-in waits for its passphrase."""
        account = self._account()
        if account is None or not account.signed_in or not (account.path(self._folder).parent / SIGN_IN).exists():
            return False
        return self._keys().locked(account.id)

    def protect(self, passphrase: str) -> Future[None]:
        """Keep this session's sign-in in a file under a passphrase. WeakPassphraseError, OSError (in the future)."""

        def keep() -> None:
            account = self._account()
            if account is None:
                raise SignedOutError(NOBODY)
            self._keys().protect(account.id, passphrase)
            self._signed()

        return self._engine().call(keep)

    def unlock(self, passphrase: str) -> Future[None]:
        """Open the sign-in for this session. Raises (in the future) WrongPassphraseError, UnreadableSealError."""

        def open_() -> None:
            account = self._account()
            if account is None:
                raise SignedOutError(NOBODY)
            self._keys().unlock(account.id, passphrase)
            self._engine().heard("unknown")

        return self._engine().call(open_)

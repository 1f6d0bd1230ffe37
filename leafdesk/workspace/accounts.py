"""Which accounts a workspace folder has, and which one is open: one small file, replaced whole."""

import json
import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

LEAF_URL = "https://api.withleaf.io"
FILE = "accounts.json"
NOBODY = "Nobody has signed in here yet. Sign in to Leaf first."


class SignedOutError(Exception):
    """Nobody has signed in here yet, or the token is gone."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody's account at one Leaf host. `signed_in`: a token was kept and not forgotten since."""

    id: str
    username: str
    api_url: str
    signed_in: bool = False

    def path(self, folder: Path) -> Path:
        """Where its database lies."""
        return folder / "accounts" / self.id / "leafdesk.db"


def account_id(api_url: str, username: str) -> str:
    """The same id for the same person at the same host, always: tokens and databases are kept under it."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{api_url.rstrip('/')}#{username.strip().casefold()}"))


def new_account(api_url: str, username: str) -> Account:
    """An account that nobody opened here before."""
    return Account(account_id(api_url, username), username.strip(), api_url.rstrip("/"))


class Accounts:
    """The accounts of one folder, the one used last first."""

    def __init__(self, folder: Path) -> None:
        """Read the file; one that cannot be read counts as none, and stays until another account is used."""
        self._file = folder / FILE
        self._all = _read(self._file)

    def choose(self, environ: Mapping[str, str], api_url: str | None) -> Account | None:
        """The account to open: never one of another host than asked for, nor another person's than the token says.

        `LEAFDESK_TOKEN` alone is enough for an account of its own: named as the token names its owner, else "token".
        """
        wanted = (api_url or environ.get("LEAFDESK_API_URL", "")).strip().rstrip("/") or None
        candidates = [one for one in self._all if wanted in (None, one.api_url)]
        token = environ.get("LEAFDESK_TOKEN", "").strip()
        if not token:
            return candidates[0] if candidates else None
        from leafdesk.credentials import subject

        owner = subject(token)
        if owner is not None:
            candidates = [one for one in candidates if one.username.casefold() == owner.strip().casefold()]
        return candidates[0] if candidates else new_account(wanted or LEAF_URL, owner or "token")

    def use(self, account: Account) -> None:
        """Remember this account as the one used last. Raises OSError when the folder cannot be written."""
        if self._all[:1] == [account]:
            return
        self._all = [account, *(one for one in self._all if one.id != account.id)]
        _write(self._file, self._all)

    def signed(self, account: Account, signed_in: bool) -> Account:
        """The account with what is known about its token now."""
        changed = replace(account, signed_in=signed_in)
        self.use(changed)
        return changed


def _read(file: Path) -> list[Account]:
    try:
        found = json.loads(file.read_text("utf-8"))["accounts"]
        return [
            Account(
                account_id(one["api_url"], one["username"]), one["username"], one["api_url"], bool(one["signed_in"])
            )
            for one in found
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []


def _write(file: Path, accounts: list[Account]) -> None:
    """Write beside and rename: a full disk or a power cut leaves the old file or the new one, never half of one."""
    known = [{"username": one.username, "api_url": one.api_url, "signed_in": one.signed_in} for one in accounts]
    beside = file.with_suffix(".new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as text:
        json.dump({"accounts": known}, text, indent=1)
        text.flush()
        os.fsync(text.fileno())
    beside.replace(file)

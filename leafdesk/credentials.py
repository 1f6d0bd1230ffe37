"""The token's way in and out of the operating system's key store, and its absence from everywhere else.

No key store, a locked one, or any failure of one means: this session only, and a sentence that says so; or, if somebody
chooses that, a file under a passphrase. The token is never written anywhere as it is (sync.md, security).
"""

import base64
import binascii
import contextlib
import hashlib
import hmac
import json
import logging
import math
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from leafdesk.sealed import LEAST, SIGN_IN, UnreadableSealError, WeakPassphraseError, WrongPassphraseError, seal, unseal

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "leafdesk"
CHUNK = 1000
"""Characters per entry: Windows keeps at most 2560 bytes of UTF-16 (wincred.h, CRED_MAX_CREDENTIAL_BLOB_SIZE)."""
_NO_STORES = ("keyrings.alt", "keyring.backends.fail", "keyring.backends.null")
_HEADER = re.compile(r"chunks (\d{1,3}) ([0-9a-f]{16})")
_SECRETS = re.compile(r"(?i:bearer)\s+[^\s'\",\])]+|eyJ[\w-]{6,}(?:\.[\w-]*){1,2}")
NO_KEY_STORE = (
    "This computer offers no key store that Leafdesk can use, so the sign-in holds until you close it; "
    "you will be asked for the password again next time."
)
KEY_STORE_FAILED = (
    "The key store of this computer did not take the sign-in (it may be locked), so it holds until you close Leafdesk; "
    "you will be asked for the password again next time."
)


class Secret:
    """A text that shows itself only when asked by name: `reveal()`."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __str__(self) -> str:
        return "…"

    def __format__(self, spec: str) -> str:
        return format("…", spec)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode("utf-8", "replace"), other._text.encode("utf-8", "replace"))

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not written anywhere")


class Credentials:
    """Tokens by account, in the key store where there is one, else in memory and, on wish, in a sealed file.

    `LEAFDESK_TOKEN` of `environ` goes before everything else; it is used and never stored.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ, folder: Path | None = None) -> None:
        self._environ, self._folder = environ, folder
        self._session: dict[str, Secret] = {}

    def token(self, account_id: str) -> Secret | None:
        """The account's token, or None when somebody must sign in. May wait for the key store to be unlocked."""
        given = self._given()
        if given is not None:
            return given
        if account_id in self._session:
            return self._session[account_id]
        store = _key_store()
        text = _get(store, account_id) if store else None
        return Secret(text) if text else None

    def keep(self, account_id: str, token: str | Secret) -> str | None:
        """Keep a token. Answers None, or the sentence to show when it could not be kept beyond this session."""
        secret = token if isinstance(token, Secret) else Secret(token)
        if secret == self._given():
            return None
        self._session[account_id] = secret
        self._unlink(account_id)  # what was sealed before is another token's
        store = _key_store()
        if store is None:
            return NO_KEY_STORE
        return None if _put(store, account_id, secret.reveal()) else KEY_STORE_FAILED

    def forget(self, account_id: str) -> None:
        """Remove the account's token from here, file and key store; `LEAFDESK_TOKEN` is not ours to remove."""
        self._session.pop(account_id, None)
        self._unlink(account_id)
        store = _key_store()
        if store is not None:
            _delete(store, account_id)

    # ------------------------------------------------------------------ under a passphrase
    def locked(self, account_id: str) -> bool:
        """Whether the token lies in a sealed file and nobody has opened it in this session."""
        return account_id not in self._session and self._given() is None and self._sealed(account_id).exists()

    def protect(self, account_id: str, passphrase: str) -> None:
        """Seal this session's token into the account's file.

        Raises WeakPassphraseError, OSError, and KeyError when this session has none.
        """
        if len(passphrase) < LEAST:
            raise WeakPassphraseError(f"Take a passphrase of {LEAST} characters or more; a few words are best.")
        file = self._sealed(account_id)
        file.parent.mkdir(parents=True, exist_ok=True)
        seal(file, passphrase, self._session[account_id].reveal(), account_id)

    def unlock(self, account_id: str, passphrase: str) -> None:
        """Open the account's file for this session. Raises WrongPassphraseError, UnreadableSealError."""
        try:
            self._session[account_id] = Secret(unseal(self._sealed(account_id), passphrase, account_id))
        except WrongPassphraseError:
            raise WrongPassphraseError(
                "That is not the passphrase. If it is forgotten, sign in again; nothing else is lost."
            ) from None
        except (UnreadableSealError, OSError):
            raise UnreadableSealError(
                "The file with the protected sign-in cannot be read. Sign in again; nothing else is lost."
            ) from None

    def _sealed(self, account_id: str) -> Path:
        return (self._folder or Path(os.devnull)) / "accounts" / account_id / SIGN_IN

    def _unlink(self, account_id: str) -> None:
        with contextlib.suppress(OSError):
            self._sealed(account_id).unlink()

    def _given(self) -> Secret | None:
        text = self._environ.get("LEAFDESK_TOKEN", "").strip()
        return Secret(text) if text else None


def key_store_name() -> str | None:
    """The name of the key store in use, for `doctor`; None without one."""
    store = _key_store()
    return None if store is None else f"{type(store).__module__}.{type(store).__qualname__}"


def _key_store() -> "KeyringBackend | None":
    """The first usable backend. Never `keyrings.alt`, which writes plain text, nor the ones that keep nothing."""
    try:
        import keyring

        chosen = keyring.get_keyring()
        for backend in getattr(chosen, "backends", None) or [chosen]:
            if not type(backend).__module__.startswith(_NO_STORES):
                found: KeyringBackend = backend
                return found
    except Exception:  # backends fail in every way there is: D-Bus, COM, a missing library
        return None
    return None


def _get(store: "KeyringBackend", account_id: str) -> str | None:
    try:
        first = store.get_password(SERVICE, account_id)
        header = _HEADER.fullmatch(first or "")
        if header is None:
            return first or None
        chunks = [store.get_password(SERVICE, f"{account_id}/{n}") or "" for n in range(int(header[1]))]
    except Exception:  # as above; a token that cannot be read is a token that is not there
        return None
    text = "".join(chunks)
    return text if _digest(text) == header[2] else None  # else half of it was written when the computer went off


def _put(store: "KeyringBackend", account_id: str, text: str) -> bool:
    """Write and read back; on any failure leave nothing behind."""
    try:
        if len(text) <= CHUNK:
            store.set_password(SERVICE, account_id, text)
        else:
            chunks = [text[at : at + CHUNK] for at in range(0, len(text), CHUNK)]
            for n, chunk in enumerate(chunks):
                store.set_password(SERVICE, f"{account_id}/{n}", chunk)
            store.set_password(SERVICE, account_id, f"chunks {len(chunks)} {_digest(text)}")
        kept = store.get_password(SERVICE, account_id) is not None and _get(store, account_id) == text
    except Exception:  # as above
        kept = False
    if not kept:
        _delete(store, account_id)
    return kept


def _delete(store: "KeyringBackend", account_id: str) -> None:
    """Delete the entry and every chunk that may stand beside it."""
    users = [account_id]
    try:
        n = 0
        while n < 1000 and store.get_password(SERVICE, f"{account_id}/{n}") is not None:
            users.append(f"{account_id}/{n}")
            n += 1
    except Exception:  # as above; what is known is still deleted
        pass
    for user in users:
        try:
            store.delete_password(SERVICE, user)
        except Exception:  # not there, or not ours to delete
            continue


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


# ---------------------------------------------------------------------- what a token says about itself
def expires_at(token: str | Secret) -> float | None:
    """When the token ends, in seconds since 1970, as it says itself (`exp`, RFC 7519 §4.1.4), or None.

    Read without verification: it only decides when to ask for the password again.
    """
    value = _claims(token).get("exp")
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e12 or not math.isfinite(value):
        return None
    return float(value)


def subject(token: str | Secret) -> str | None:
    """Whose token it is, as it says itself (`sub`); None when it does not say."""
    value = _claims(token).get("sub")
    return value if isinstance(value, str) and value.isprintable() and value else None


def _claims(token: str | Secret) -> dict[str, Any]:
    text = token.reveal() if isinstance(token, Secret) else token
    parts = text.split(".")
    if len(parts) != 3 or len(text) > 65536:
        return {}
    try:
        found = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


# ---------------------------------------------------------------------- logs
def without_tokens(text: str) -> str:
    """A text without what looks like a bearer token or a JWT."""
    return _SECRETS.sub("…", text)


class TokenFilter(logging.Filter):
    """Takes tokens out of log records, tracebacks included.

    It belongs on handlers: a filter of a logger misses what its children log.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True: the record goes on, cleaned."""
        try:
            message = record.getMessage()
        except Exception as error:  # a wrong log call must not stop what it tells about
            message = f"{record.msg} (its arguments do not fit: {error})"
        record.msg, record.args = without_tokens(message), None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = without_tokens(record.exc_text)
        if record.stack_info:
            record.stack_info = without_tokens(record.stack_info)
        return True

"""A text in a file that only a passphrase opens: scrypt for the key, AES-256-GCM for the text."""

import base64
import json
import os
from pathlib import Path

FORM = "leafdesk sealed 1"
SIGN_IN = "sign-in"
"""The file of an account's folder in which its sign-in lies sealed."""
_N, _R, _P = 1 << 17, 8, 1
"""scrypt's cost: 128 MB and about half a second for each guess. It is no field of the file: whoever wrote that could
else ask for all of the memory, or for no work at all."""
_MEMORY = 160 << 20
_LARGEST = 256 << 10
LEAST = 8
"""Characters of a passphrase that is worth the name."""


class WrongPassphraseError(Exception):
    """The passphrase does not open the file, or the file is not as it was written; nobody can tell which."""


class WeakPassphraseError(Exception):
    """The passphrase is too short; the message says so."""


class UnreadableSealError(Exception):
    """The file is there and holds nothing that a passphrase could open."""


def seal(file: Path, passphrase: str, text: str, about: str) -> None:
    """Write the text, sealed, for its owner's eyes only; `about` must be the same when it is opened. Raises OSError.

    Written beside and renamed: what was there before stays whole until the new one is.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = AESGCM(_key(passphrase, salt)).encrypt(nonce, text.encode(), _bound(about))
    document = {"form": FORM, "salt": _told(salt), "nonce": _told(nonce), "sealed": _told(sealed)}
    beside = file.with_name(file.name + ".new")
    beside.unlink(missing_ok=True)  # one that somebody else put there may have other rights
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
        json.dump(document, out)
        out.flush()
        os.fsync(out.fileno())
    beside.replace(file)


def unseal(file: Path, passphrase: str, about: str) -> str:
    """The text. Raises WrongPassphraseError, UnreadableSealError, or OSError when the file cannot be read."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce, sealed = _parts(file)
    try:
        return AESGCM(_key(passphrase, salt)).decrypt(nonce, sealed, _bound(about)).decode()
    except InvalidTag as error:
        raise WrongPassphraseError("That passphrase does not open it.") from error


def _parts(file: Path) -> tuple[bytes, bytes, bytes]:
    with file.open("rb") as opened:
        text = opened.read(_LARGEST + 1)
    try:
        found = json.loads(text)
        salt, nonce, sealed = (base64.b64decode(found[name], validate=True) for name in ("salt", "nonce", "sealed"))
        if found["form"] != FORM or len(salt) != 16 or len(nonce) != 12 or len(sealed) < 16 or len(text) > _LARGEST:
            raise ValueError("another form")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UnreadableSealError("There is nothing in it that a passphrase could open.") from error
    return salt, nonce, sealed


def _key(passphrase: str, salt: bytes) -> bytes:
    import hashlib
    import unicodedata

    typed = unicodedata.normalize("NFC", passphrase)  # keyboards spell the same letter in two ways
    return hashlib.scrypt(typed.encode("utf-8", "replace"), salt=salt, n=_N, r=_R, p=_P, maxmem=_MEMORY, dklen=32)


def _bound(about: str) -> bytes:
    return f"{FORM}\n{about}".encode()


def _told(some: bytes) -> str:
    return base64.b64encode(some).decode()

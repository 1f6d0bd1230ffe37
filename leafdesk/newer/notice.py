"""The signed notice of a release: how it reads, and whether it is true."""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

KEYS = ("yYlq3Yy1TWuvAbN+p7uFs9ANM2tQlv2UZVyuaCD8gBM=",)
"""Public keys (Ed25519, base64) whose notices are believed; whoever releases puts theirs here (RELEASING.md)."""
BEFORE = b"Leafdesk release notice 1\n"
"""Stands before what is signed, so that nothing signed for another purpose passes for a notice."""
_VERSION = re.compile(r"[0-9]{1,5}(\.[0-9]{1,5}){1,3}")
_DAY = re.compile(r"20[0-9]{2}-[01][0-9]-[0-3][0-9]")
_LONGEST = 300


class UntrueError(Exception):
    """What came is no notice, or nobody whom we believe has signed it."""


@dataclass(frozen=True, slots=True)
class Release:
    """A released version: its day (ISO 8601), its page (https), and one sentence about it in plain text."""

    version: str
    day: str
    page: str
    says: str


def later(one: str, other: str) -> bool:
    """Whether version `one` is later than `other`: 0.10 is later than 0.9, and 1.0.0 is not later than 1.0."""
    return _figures(one) > _figures(other)


def _figures(version: str) -> tuple[int, ...]:
    figures = [int(part) if part.isdecimal() else 0 for part in version.split(".")]
    while figures and figures[-1] == 0:
        figures.pop()
    return tuple(figures)


def read_notice(text: str, keys: tuple[str, ...]) -> Release:
    """The release that a notice tells of. Raises UntrueError for anything but a notice signed with one of the keys.

    A notice is JSON of two texts: "notice", itself JSON and signed as it stands, and "signature" (base64). Nothing of
    what is signed is looked at before the signature holds.
    """
    try:
        outer = json.loads(text)
        signed, signature = outer["notice"].encode("utf-8"), base64.b64decode(outer["signature"], validate=True)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        raise UntrueError("no notice") from error
    if not any(_holds(key, signature, BEFORE + signed) for key in keys):
        raise UntrueError("not signed by us")
    try:
        return _release(json.loads(signed))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UntrueError("signed, and yet no notice") from error


def write_notice(release: Release) -> bytes:
    """What is to be signed for a release, BEFORE included. Raises ValueError for what `read_notice` would refuse."""
    fields = {"version": release.version, "day": release.day, "page": release.page, "says": release.says}
    _release(fields)
    return BEFORE + json.dumps(fields).encode()


def _holds(key: str, signature: bytes, signed: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).verify(signature, signed)
    except (InvalidSignature, ValueError):
        return False
    return True


def _release(found: dict[str, Any]) -> Release:
    version, day, page, says = (found[name] for name in ("version", "day", "page", "says"))
    if not (_VERSION.fullmatch(version) and _DAY.fullmatch(day)):
        raise ValueError("no version or no day")
    parts = urlsplit(page)
    if parts.scheme != "https" or not parts.hostname or not page.isascii() or not page.isprintable() or " " in page:
        raise ValueError("a page is an https address")
    if not says.isprintable() or len(says) > _LONGEST or len(page) > _LONGEST:
        raise ValueError("says more than a sentence")
    return Release(version, day, page, says)

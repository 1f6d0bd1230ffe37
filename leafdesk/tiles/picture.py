"""Looks at the first bytes of a tile: which kind of picture it is, and how many pixels it has."""

from __future__ import annotations

import re
import zlib
from html import unescape

from leafdesk.tiles.tile import LARGEST, SIDES, UnreadableError

FORMS = ("png", "jpg", "webp")
NOT_PICTURES = (
    "It holds vector tiles, which Leafdesk cannot draw. Look for the same map as pictures (PNG, JPEG or WebP)."
)
TAG = re.compile(r"<[^<>]{0,500}>")
_SIZED = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
"""The segments of a JPEG that tell its size."""


def form_of(picture: bytes) -> str:
    """ "png", "jpg" or "webp"; "" for anything else."""
    if picture.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if picture.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP":
        return "webp"
    return ""


def size_of(picture: bytes) -> tuple[int, int]:
    """Pixels across and down as the picture declares them; (0, 0) when it declares none."""
    form = form_of(picture)
    if form == "png" and len(picture) >= 24:
        return int.from_bytes(picture[16:20], "big"), int.from_bytes(picture[20:24], "big")
    if form == "jpg":
        return _size_of_jpeg(picture)
    if form == "webp" and len(picture) >= 30:
        return _size_of_webp(picture)
    return 0, 0


def _size_of_jpeg(picture: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 <= len(picture) and picture[at] == 0xFF:
        marker, long = picture[at + 1], int.from_bytes(picture[at + 2 : at + 4], "big")
        if marker in _SIZED:
            return int.from_bytes(picture[at + 7 : at + 9], "big"), int.from_bytes(picture[at + 5 : at + 7], "big")
        at += 2 + max(long, 2)
    return 0, 0


def _size_of_webp(picture: bytes) -> tuple[int, int]:
    kind = picture[12:16]
    if kind == b"VP8X":
        return int.from_bytes(picture[24:27], "little") + 1, int.from_bytes(picture[27:30], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(picture[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        return int.from_bytes(picture[26:28], "little") & 0x3FFF, int.from_bytes(picture[28:30], "little") & 0x3FFF
    return 0, 0


def side_of(picture: bytes) -> int:
    """How wide a tile is: 256 or 512 pixels. Raises UnreadableError for what is no square picture of these sizes."""
    if not form_of(picture):
        vector = picture[:2] == b"\x1f\x8b" or picture[:1] == b"\x1a"
        raise UnreadableError(NOT_PICTURES if vector else "Its tiles are no PNG, JPEG or WebP pictures.")
    wide, high = size_of(picture)
    if wide != high or wide not in SIDES:
        raise UnreadableError(f"Its tiles have {wide} × {high} pixels; Leafdesk shows those of 256 or 512.")
    return wide


def unpacked(packed: bytes, largest: int = LARGEST) -> bytes:
    """What gzip packed, as long as that is no more than `largest` bytes. Raises UnreadableError."""
    unpacking = zlib.decompressobj(wbits=31)
    try:
        plain = unpacking.decompress(packed, largest)
    except zlib.error as error:
        raise UnreadableError("A part of it that should be packed is damaged. Fetch the file anew.") from error
    if unpacking.unconsumed_tail:
        raise UnreadableError("A part of it grows beyond all measure when unpacked. It is not opened.")
    if not unpacking.eof:
        raise UnreadableError("A part of it is cut off. Fetch the file anew.")
    return plain


def plain_text(text: object, longest: int = 300) -> str:
    """A line of words out of what a map says of itself: no tags, no line breaks, never too long."""
    if not isinstance(text, str):
        return ""
    words = " ".join(unescape(TAG.sub(" ", text[: longest * 10])).split())
    words = "".join(letter for letter in words if letter.isprintable())
    return words if len(words) <= longest else f"{words[: longest - 1]}…"

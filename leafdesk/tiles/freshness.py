"""How long an answer of a tile server may be used without asking again. Source: RFC 9111."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

DAY = 24 * 3600.0
USUAL = 7 * DAY
"""Where a server says nothing: what OpenStreetMap's tile usage policy asks for at least."""
MOST = 365 * DAY


@dataclass(frozen=True, slots=True)
class Freshness:
    """`until`: seconds since 1970. `strict`: once that is over, not to be shown unasked. `keep`: may lie on a disk."""

    until: float
    strict: bool = False
    keep: bool = True


def freshness(headers: Mapping[str, str], now: float) -> Freshness:
    """What Cache-Control, Age, Expires, Date and Last-Modified say, and where they are silent, what is usual.

    `headers` by their names in small letters; `now` in seconds since 1970.
    """
    said = _directives(headers.get("cache-control", ""))
    strict = "must-revalidate" in said or "no-cache" in said
    keep = "no-store" not in said
    if "no-cache" in said or headers.get("pragma", "").lower() == "no-cache":
        return Freshness(now, strict, keep)
    lasts = _seconds(said["max-age"]) if "max-age" in said else _until_expires(headers, now)
    if lasts is None:
        changed, date = _moment(headers.get("last-modified")), _moment(headers.get("date")) or now
        lasts = USUAL if changed is None else min(USUAL, max(0.0, date - changed) / 10)
    age = _seconds(headers.get("age", "0"))
    return Freshness(now + min(max(lasts - age, 0.0), MOST), strict, keep)


def _directives(text: str) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in text.lower().split(","))
    return {name.strip(): value.strip().strip('"') for name, _, value in pairs}


def _seconds(text: str) -> float:
    return float(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0.0


def _until_expires(headers: Mapping[str, str], now: float) -> float | None:
    if "expires" not in headers:
        return None
    expires = _moment(headers["expires"])  # "0" and other nonsense mean that it is over already
    return 0.0 if expires is None else expires - (_moment(headers.get("date")) or now)


def _moment(text: str | None) -> float | None:
    if not text:
        return None
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError, TypeError):
        return None

"""Reads a position as people type it: decimal degrees, or degrees, minutes and seconds, latitude first."""

from __future__ import annotations

import re

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.shape import Position

EXAMPLE = "41.7001, -93.5 or 41°42'00.4\"N 93°30'W"
_SORRY = f"Type latitude and longitude, like {EXAMPLE}."
_NUMBER = r"[+-]?\d+(?:\.\d+)?"
_ANGLE = rf"""(?P<degrees>{_NUMBER})\s*[°d]?\s*
    (?:(?P<minutes>\d+(?:\.\d+)?)\s*['′’m]\s*)?
    (?:(?P<seconds>\d+(?:\.\d+)?)\s*(?:["″”s]|''|′′)\s*)?"""
_LETTER_FIRST = re.compile(rf"\s*(?P<letter>[NSEW])\s*{_ANGLE}", re.VERBOSE | re.IGNORECASE)
_LETTER_LAST = re.compile(rf"\s*{_ANGLE}(?P<letter>[NSEW])?\s*", re.VERBOSE | re.IGNORECASE)
_SPACED = re.compile(r"(\d+)\s+(\d+)\s+(\d+(?:\.\d+)?)(?=\s*[NSEW,;]|\s*$)", re.IGNORECASE)


def position_of(text: str) -> Position:
    """The (longitude, latitude) typed. Raises NotPossibleError, in words for the user, for what is none.

    Latitude stands first unless letters (N, S, E, W) say otherwise. A decimal comma is understood where a semicolon
    or a space stands between the two numbers.
    """
    plain = text.strip().replace("−", "-").replace("º", "°")
    if re.fullmatch(r"[^,]*\d,\d+\s*[NSEWnsew°]?\s*[; ]\s*[NSEWnsew]?\s*[+-]?\d+,\d+[^,]*", plain):
        plain = plain.replace(",", ".")
    if len(_SPACED.findall(plain)) == 2:
        plain = _SPACED.sub(r"""\1°\2'\3" """, plain)
    one_way = _LETTER_FIRST if _LETTER_FIRST.match(plain) else _LETTER_LAST
    first = one_way.match(plain)
    second = one_way.fullmatch(plain[first.end() :].lstrip(" ,;")) if first else None
    if first is None or second is None:
        raise NotPossibleError(_SORRY)
    (one, on), (other, across) = _read(first), _read(second)
    if {on, across} in ({"N"}, {"S"}, {"N", "S"}, {"E"}, {"W"}, {"E", "W"}):
        raise NotPossibleError(_SORRY)
    lat, lon = (other, one) if on in ("E", "W") or across in ("N", "S") else (one, other)
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise NotPossibleError(f"Latitude {lat:g}, longitude {lon:g} is no place on the earth. {_SORRY}")
    return (lon, lat)


def _read(found: re.Match[str]) -> tuple[float, str]:
    """(degrees with their sign, the letter in capitals or "")."""
    letter = (found["letter"] or "").upper()
    whole, minutes, seconds = found["degrees"], float(found["minutes"] or 0), float(found["seconds"] or 0)
    if minutes >= 60 or seconds >= 60:
        raise NotPossibleError(_SORRY)
    size = abs(float(whole)) + minutes / 60 + seconds / 3600
    south_or_west = whole.startswith("-") != (letter in ("S", "W"))
    return (-size if south_or_west else size), letter

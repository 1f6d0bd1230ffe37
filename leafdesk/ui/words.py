"""Numbers, times and states in the words and figures that the window shows."""

import re
from datetime import UTC, datetime

from leafdesk.records.kinds import counted

DIGITS = re.compile(r"(\d+)")
MINUS = "\N{MINUS SIGN}"
count = counted
"""`1 change`, `3 changes`."""


def area(hectares: float | None) -> str:
    """`23.66 ha`; small ones with three figures after the point; a dash for none."""
    if hectares is None:
        return "–"
    return f"{hectares:,.{3 if abs(hectares) < 0.1 else 2}f} ha"


def area_short(hectares: float | None) -> str:
    """For lists: `312`, `18.2`, or nothing."""
    if hectares is None:
        return ""
    return f"{hectares:,.0f}" if hectares >= 100 else f"{hectares:.1f}"


def length(metres: float | None) -> str:
    """`840 m`, `1.98 km`."""
    if metres is None:
        return "–"
    return f"{metres:,.0f} m" if metres < 1000 else f"{metres / 1000:,.2f} km"


def signed(hectares: float) -> str:
    """How much an area grew: `−0.75 ha`, `+1.20 ha`, `±0 ha`."""
    if abs(hectares) < 0.005:
        return "±0 ha"
    return f"{MINUS if hectares < 0 else '+'}{abs(hectares):,.2f} ha"


def difference(measured: float | None, leaf: float | None) -> str:
    """How far the measured area lies from Leaf's: `−3.2 %`, `none`."""
    if measured is None or not leaf:
        return "–"
    percent = (measured - leaf) / leaf * 100
    if abs(percent) < 0.005:
        return "none"
    sign = MINUS if percent < 0 else "+"
    return f"{sign}{abs(percent):.{1 if abs(percent) >= 0.1 else 2}f} %"


def size(many: int) -> str:
    """Bytes as people say them: `640 kB`, `1.9 MB`, `12 GB`; "nothing" for none."""
    if many <= 0:
        return "nothing"
    for unit_, bytes_ in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if many >= bytes_ * 0.9995:
            share = many / bytes_
            return f"{share:,.0f} {unit_}" if share >= 10 or unit_ == "kB" else f"{share:.1f} {unit_}"
    return "less than 1 kB"


def lasting(seconds: float) -> str:
    """A time that something takes: `a moment`, `40 s`, `3 min`, `2.5 h`."""
    if seconds < 5:
        return "a moment"
    if seconds < 90:
        return f"{round(seconds, -1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def box(around: tuple[float, float, float, float]) -> str:
    """West, south, east, north as `41.90° N to 42.10° N, 93.70° W to 93.50° W`, or that it is the whole world."""
    west, south, east, north = around
    if east - west > 359 and north - south > 150:
        return "The whole world"

    def side(value: float, letters: str) -> str:
        return f"{abs(value):.2f}° {letters[0] if value >= 0 else letters[1]}"

    return f"{side(south, 'NS')} to {side(north, 'NS')}, {side(west, 'EW')} to {side(east, 'EW')}"


def position(lonlat: tuple[float, float] | None) -> str:
    """`41.77240° N, 93.48710° W`."""
    if lonlat is None:
        return ""
    lon, lat = lonlat
    return f"{abs(lat):.5f}° {'N' if lat >= 0 else 'S'}, {abs(lon):.5f}° {'E' if lon >= 0 else 'W'}"


def scale(denominator: float) -> str:
    """`1 : 12 500`, to three figures."""
    if denominator <= 0:
        return ""
    digits = max(0, len(str(int(denominator))) - 3)
    return f"1 : {round(denominator, -digits):,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def moment(text: str | None, now: datetime | None = None) -> str:
    """A time of Leaf's or ours as somebody says it: `4 min ago`, `today 06:12`, `12 Mar 2026`; "" when unreadable."""
    when = _parse(text)
    if when is None:
        return ""
    now = now or datetime.now(UTC)
    seconds = (now - when).total_seconds()
    local, today = when.astimezone(), now.astimezone()
    if 0 <= seconds < 60:
        return "just now"
    if 0 <= seconds < 3600:
        return f"{int(seconds // 60)} min ago"
    if local.date() == today.date():
        return f"today {local:%H:%M}"
    if (today.date() - local.date()).days == 1:
        return f"yesterday {local:%H:%M}"
    return f"{local.day} {local:%b %Y}"


def age(text: str | None, now: datetime | None = None) -> str:
    """How old data of that time are: `3 h old`, `2 days old`; "" when they are fresh or the time is unreadable."""
    when = _parse(text)
    if when is None:
        return ""
    hours = ((now or datetime.now(UTC)) - when).total_seconds() / 3600
    if hours < 1:
        return ""
    return f"{int(hours)} h old" if hours < 48 else f"{int(hours // 24)} days old"


def day(text: str) -> str:
    """A day of the calendar, `2026-03-12`, as `12 Mar 2026`; as it stands when it is none."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{when.day} {when:%b %Y}"


def _parse(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def natural(name: str) -> list[tuple[int, str]]:
    """A key that sorts as people do: `Field 9` before `Field 10`, case aside."""
    return [(int(piece), "") if piece.isdecimal() else (-1, piece) for piece in DIGITS.split(name.casefold()) if piece]


def status(word: str) -> str:
    """Leaf's status of a field in plain words."""
    return {
        "PROCESSED": "Processed",
        "PREVIEW": "Preview",
        "WAITING": "Being processed at Leaf",
        "": "Not at Leaf yet",
    }.get(word, word.capitalize())


MARKS = {
    "": "",
    "pending": "not sent yet",
    "parked": "refused by Leaf, needs you",
    "conflict": "in conflict, needs you",
    "preview": "preview, not enabled at Leaf",
    "enabling": "preview, to be enabled with all of its grower's",
    "invalid": "boundary not valid for Leaf",
}
"""What each FieldRow.mark says, in words (for tooltips and screen readers)."""

STATES = {
    "waiting": "Waiting",
    "sent": "Sent, no answer yet",
    "parked": "Refused by Leaf",
    "conflict": "In conflict",
}
"""Queue states in words."""
HANDED = "Handed over"
"""What is said of a change that a colleague has, instead of its state."""


def short_id(id_: str) -> str:
    """`f78047cf…9806ea`: enough to tell it from others where the whole of it does not fit."""
    return id_ if len(id_) <= 18 else f"{id_[:8]}…{id_[-6:]}"


def quietly(text: str) -> str:
    """A word that a provider writes in capitals as people write it: `HERBICIDE`, `plant_growth` become `Herbicide`,
    `Plant growth`; what has small letters stays."""
    said = text.replace("_", " ").strip()
    return said[:1].upper() + said[1:].lower() if said.isupper() else said[:1].upper() + said[1:]


def unit(code: str) -> str:
    """A unit as Leaf codes it, as people write it: `gal1ac-1` is `gal/ac`; any other text stays."""
    if re.fullmatch(r"(?:[A-Za-z]+-?1)+", code) is None:
        return code
    parts = re.findall(r"([A-Za-z]+)(-?)1", code)
    over, under = ("·".join(name for name, sign in parts if sign == one) for one in ("", "-"))
    return f"{over or '1'}/{under}" if under else over


def next_name(name: str, taken: set[str]) -> str:
    """A name for what was cut off: "Mill Field 2", or the next number that is free."""
    word, _, last = name.rpartition(" ")
    stem, number = (word, int(last)) if word and last.isdecimal() else (name, 1)
    while f"{stem} {number + 1}" in taken:
        number += 1
    return f"{stem} {number + 1}"

"""Compare three copies of a record - what the edit was made against, mine, theirs - and say what to send."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from leafdesk.edits import Value
from leafdesk.geo.shape import Polygon, Position, Ring, Shape


@dataclass(frozen=True, slots=True)
class Merged:
    """What comes of three copies: `send` these values; `clash`: theirs where both sides changed it."""

    send: dict[str, Value]
    clash: dict[str, Value]


def three_way(base: Mapping[str, Value], mine: Mapping[str, Value], theirs: Mapping[str, Value]) -> Merged:
    """Attribute by attribute, by value and never by time (sync.md §7).

    theirs == mine: there already. theirs == base: nobody touched it, send mine. Otherwise: a clash, for a person.
    """
    send: dict[str, Value] = {}
    clash: dict[str, Value] = {}
    for name, value in mine.items():
        their = theirs.get(name)
        if same(their, value):
            continue
        if same(their, base.get(name)):
            send[name] = value
        else:
            clash[name] = their
    return Merged(send, clash)


def same(one: Value, other: Value) -> bool:
    """Whether two values are the same to a reader: after NFC and without blanks around; missing is empty."""
    return plain(one) == plain(other)


def plain(text: Value) -> str:
    """The text as compared (sync.md §6: names after NFC and trim)."""
    return unicodedata.normalize("NFC", "" if text is None else str(text)).strip()


def texts(values: Mapping[str, Value]) -> dict[str, str | None]:
    """The same values where only texts belong (names and references)."""
    return {name: None if value is None else str(value) for name, value in values.items()}


GRID = 1e7
"""Coordinates are compared at 1e-7 degrees (about a centimetre)."""

_Place = tuple[int, int]


def normal(shape: Shape) -> tuple[tuple[tuple[_Place, ...], ...], ...]:
    """The shape as compared: on a 1e-7° grid, closed, shells counter-clockwise and holes clockwise, every ring turned
    to its smallest position, holes and polygons sorted. Two shapes that a server may echo for one another are equal.
    """
    return tuple(sorted(_polygon(polygon) for polygon in shape))


def same_shape(one: Shape | None, other: Shape | None) -> bool:
    """Whether two shapes are the same boundary for Leaf and for the user."""
    if one is None or other is None:
        return one is other
    return one == other or normal(one) == normal(other)


def _polygon(polygon: Polygon) -> tuple[tuple[_Place, ...], ...]:
    shell, *holes = (_ring(ring, clockwise=bool(n)) for n, ring in enumerate(polygon))
    return (shell, *sorted(holes))


def _ring(ring: Ring, *, clockwise: bool) -> tuple[_Place, ...]:
    places = [_place(position) for position in ring]
    if len(places) > 1 and places[0] == places[-1]:
        places.pop()
    if (_doubled_area(places) < 0) != clockwise:
        places.reverse()
    if not places:
        return ()
    smallest = min(places)
    starts = [n for n, place in enumerate(places) if place == smallest]  # a ring may touch itself there
    turned = min(places[n:] + places[:n] for n in starts)
    return (*turned, turned[0])


def _place(position: Position) -> _Place:
    return round(position[0] * GRID), round(position[1] * GRID)


def _doubled_area(places: list[_Place]) -> int:
    """Twice the signed area on the grid: positive counter-clockwise. Whole numbers, so no rounding decides."""
    around = zip(places, places[1:] + places[:1], strict=True)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in around)

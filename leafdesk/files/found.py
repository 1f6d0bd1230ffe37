"""What was found in a file: plots of ground, what had to be refused, and what the reader assumed."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

from leafdesk.files.limits import LONGEST_TEXT
from leafdesk.geo.shape import Polygon, Shape

Tell = Callable[[int, int], None]
"""Told how far the reading is: done, of how many."""
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
EXPORT_AGAIN = "Export it again from the program it comes from."


class UnreadableError(ValueError):
    """Nothing of a file can be used; the message says what is wrong, where, and what to do."""


class UnplacedError(UnreadableError):
    """The numbers are no degrees and the file names no reference system; somebody has to."""


@dataclass(frozen=True, slots=True)
class Plot:
    """One piece of ground as a file has it: a shape that Leaf would take, in degrees of WGS 84, and what is said of it.

    `where` names its place in the file, `remarks` say what was done to it here.
    """

    where: str
    shape: Shape = field(repr=False)
    area_ha: float
    attributes: dict[str, str]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something of a file that cannot become a field: where, what is wrong, what to do; its shape if it has one."""

    where: str
    what: str
    do: str
    shape: Shape | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """One file as it was read. Every feature of the file is a plot or stands in a refusal.

    `ground` is the reference system in words, `notes` tell what was assumed, `swapped` that latitude came first.
    `name_column` is the attribute that looks most like a name.
    """

    file: str
    format: str
    plots: list[Plot]
    refusals: list[Refusal]
    notes: list[str]
    ground: str
    columns: list[str]
    name_column: str | None
    swapped: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """A feature before it is looked at: polygons in the file's own numbers; `remarks` are the format's."""

    where: str
    polygons: tuple[Polygon, ...]
    attributes: dict[str, str]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layer:
    """The features of one layer with the reference system it names: an authority's code, WKT, or None."""

    items: list[Drawn | Refusal]
    ground: str | None
    notes: list[str] = field(default_factory=list)
    degrees: bool = False
    """The format itself says WGS 84 longitude and latitude."""


def text_of(value: object) -> str:
    """An attribute as one line of text that can be shown; "" for none.

    Whatever steers a line or a terminal becomes a space; the two joiners stay, which Persian and Indian names need.
    """
    if value is None:
        return ""
    kept = (c if c.isprintable() or c in _JOINERS else " " for c in str(value)[:LONGEST_TEXT])
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))

"""The kinds of records, the word for one of each, and a number of anything in words."""

from typing import Literal

Kind = Literal[
    "users",
    "growers",
    "farms",
    "fields",
    "machines",
    "implements",
    "operators",
    "products",
    "varieties",
    "tankMixes",
    "operations",
    "files",
    "machineFiles",
    "matches",
    "matchHistory",
    "summaries",
    "configurations",
    "organizations",
]
Listed = Kind | Literal["boundaries"]
"""What is read as a list, whose age is kept: boundaries are part of their field, and no kind of their own."""
KINDS: tuple[Kind, ...] = (
    *("users", "growers", "farms", "fields"),
    *("machines", "implements", "operators"),
    *("products", "varieties", "tankMixes"),
    *("operations", "files", "machineFiles", "matches", "matchHistory"),
    *("summaries", "configurations", "organizations"),
)
LAND: tuple[Kind, ...] = ("users", "growers", "farms", "fields")
"""The kinds that stand in columns of their own in the database; the others keep their attributes as JSON."""
TABLES: tuple[Kind, ...] = ("machines", "implements", "operators", "products", "varieties", "tankMixes")
"""The kinds that people look through in tables."""

_WORDS: dict[Kind, str] = {
    "users": "Leaf user",
    "varieties": "variety",
    "tankMixes": "tank mix",
    "files": "operation file",
    "machineFiles": "machine file",
    "matches": "match",
    "matchHistory": "earlier match",
    "summaries": "summary",
}


def word(kind: Kind) -> str:
    """One of them, in plain words: "field", "tank mix"."""
    return _WORDS.get(kind) or kind.removesuffix("s")


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its word: "1 field", "2,000 fields"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"

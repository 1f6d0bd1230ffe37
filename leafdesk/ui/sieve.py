"""Which fields the navigator shows: of one state, provider or farm, and what a search found."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from leafdesk.records import Farm, Grower, provider_in_words, provider_of
from leafdesk.ui import words
from leafdesk.ui.field_tree import Tree, grow
from leafdesk.workspace import FieldRow

STATES: dict[str, tuple[str, str, Callable[[FieldRow], bool]]] = {
    "all": ("All", "No fields yet.", lambda row: True),
    "unsent": ("Unsent", "Everything is sent.", lambda row: row.pending),
    "conflict": ("Conflict", "No conflicts.", lambda row: row.mark == "conflict"),
    "invalid": ("Invalid", "Every boundary is valid for Leaf.", lambda row: row.mark == "invalid"),
    "no-boundary": ("No boundary", "Every field has its boundary.", lambda row: row.box is None),
    "preview": ("Preview", "No preview fields.", lambda row: row.status == "PREVIEW"),
}
"""By a chip's name: its words, what is said when it leaves nothing, and which fields it keeps."""
BY_HAND = "Leaf"
"""The provider of what was made by hand, as Leaf's own filter calls it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sieve:
    """What is held back. `provider`: one spelling, BY_HAND for none; `farm`: a key, "" for fields without one; `asked`:
    what the rarer filters left."""

    state: str = "all"
    provider: str | None = None
    farm: str | None = None
    found: frozenset[str] | None = None
    asked: frozenset[str] | None = None

    @property
    def open(self) -> bool:
        """Whether everything passes."""
        return self == Sieve()

    def among(self, row: FieldRow) -> bool:
        """Whether a field is of the provider and the farm, and answers the rarer filters."""
        asked = self.asked is None or row.id in self.asked
        return asked and self.provider in (None, source(row)) and self.farm in (None, row.farm_id or "")

    def keeps(self, row: FieldRow) -> bool:
        """Whether a field is shown."""
        return self.among(row) and STATES[self.state][2](row) and (self.found is None or row.id in self.found)


def source(row: FieldRow) -> str:
    """Where a field comes from, in one spelling."""
    return provider_of(row.provider_name) or BY_HAND


def sources(rows: Iterable[FieldRow]) -> list[tuple[str, str, int]]:
    """(provider, in words, how many fields) of what is here, what was made by hand first."""
    found = Counter(source(row) for row in rows)
    return [(name, in_words(name), found[name]) for name in sorted(found, key=lambda name: (name != BY_HAND, name))]


def in_words(provider: str) -> str:
    """A source as people say it."""
    return "Made by hand" if provider == BY_HAND else provider_in_words(provider)


@dataclass(frozen=True, slots=True)
class Choice:
    """The tree of the fields that are left, and how many each chip has; `whole` when that is all.

    `alike`: the lines are those of the tree before, only their values may differ.
    """

    tree: Tree
    counts: dict[str, int]
    whole: bool
    alike: bool


def choose(rows: list[FieldRow], growers: list[Grower], farms: list[Farm], sieve: Sieve, before: Tree) -> Choice:
    """Pick, sort and grow. Pure."""
    shown = sorted(filter(sieve.keeps, rows), key=lambda row: words.natural(row.name))
    among = [row for row in rows if sieve.among(row)]
    counts = {name: sum(map(keeps, among)) for name, (_, _, keeps) in STATES.items()}
    tree = grow(growers, farms, shown, empty=sieve.open)
    return Choice(tree, counts, sieve.open, bool(before.nodes) and tree.lines() == before.lines())

"""What a pull counts as it goes, and how it divides its work."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")
BATCH = 40
"""Requests whose answers are kept together: a commit waits for the disk, a killed pull asks for them once more."""


@dataclass(slots=True)
class Tally:
    """How many records of one kind a pull added, changed and removed."""

    added: int = 0
    changed: int = 0
    removed: int = 0

    def as_dict(self) -> dict[str, int]:
        return {"added": self.added, "changed": self.changed, "removed": self.removed}


@dataclass(slots=True)
class Pulled:
    """What a pull did, kind by kind ("boundaries" too), and what a person should know about it."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)

    def tally(self, kind: str) -> Tally:
        return self.tallies.setdefault(kind, Tally())

    def as_dict(self) -> dict[str, dict[str, int]]:
        return {kind: tally.as_dict() for kind, tally in self.tallies.items()}


def batches(things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The things in order, at most so many at a time."""
    for start in range(0, len(things), size):
        yield things[start : start + size]

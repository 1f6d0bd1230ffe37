"""Undo and redo inside one drawing: every step's value kept, with a name to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class History(Generic[T]):
    """Values from the first on, where we stand among them, and what each step after the first was called."""

    values: tuple[T, ...]
    names: tuple[str, ...] = ()
    at: int = 0

    @classmethod
    def of(cls, first: T) -> History[T]:
        """A history that begins with `first`."""
        return cls((first,))

    @property
    def now(self) -> T:
        """The value as it stands."""
        return self.values[self.at]

    @property
    def first(self) -> T:
        """The value before any step."""
        return self.values[0]

    @property
    def changed(self) -> bool:
        """Whether the value differs from the first."""
        return self.now != self.first

    @property
    def undo_name(self) -> str | None:
        """The step that `undone` takes back, None when there is none."""
        return self.names[self.at - 1] if self.at else None

    @property
    def redo_name(self) -> str | None:
        """The step that `redone` does again, None when there is none."""
        return self.names[self.at] if self.at < len(self.names) else None

    def done(self, name: str, value: T) -> History[T]:
        """One step on; what was undone before is forgotten. A step that changes nothing is no step."""
        if value == self.now:
            return self
        return History((*self.values[: self.at + 1], value), (*self.names[: self.at], name), self.at + 1)

    def undone(self) -> History[T]:
        """One step back, or this history when there is none."""
        return History(self.values, self.names, self.at - 1) if self.at else self

    def redone(self) -> History[T]:
        """One step forward again, or this history when there is none."""
        return History(self.values, self.names, self.at + 1) if self.at < len(self.names) else self

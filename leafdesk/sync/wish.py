"""What a sync is asked to do."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TypedDict


class Wanted(TypedDict, total=False):
    """The parts of a Wish, for who asks for some."""

    pull: bool
    push: bool
    leaf_user_id: str | None
    stock: bool | None
    only: Collection[str] | None
    by_itself: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """`stock`: machines, implements, operators, catalogs, summaries and settings too; None: when a day has gone by.
    `only`: send these queue items and what they rest on, nothing else. `by_itself`: nobody asked, so only part of the
    fields may be read (see `pull`)."""

    pull: bool = True
    push: bool = True
    leaf_user_id: str | None = None
    stock: bool | None = None
    only: Collection[str] | None = None
    by_itself: bool = False


LAND = Wish(stock=False)
"""Send everything that waits, read all land."""

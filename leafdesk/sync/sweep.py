"""One reading of a whole list: what it met, and how far a first pull got in it, so that one cut short goes on there.

A first pull may take an hour, and a laptop is closed meanwhile. In the transaction that keeps a page it is written down
which rows the page had. The next pull reads the last such page once more: the same rows in the same order mean that
nothing moved before it, and it goes on behind (sync.md §8.2); else it begins anew. A finished list is not read again.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from leafdesk.records import Record
from leafdesk.store.catalog import Catalog
from leafdesk.sync import watermark
from leafdesk.sync.asks import Trip

if TYPE_CHECKING:
    from leafdesk.api.calls import Page

AGE = 86_400.0
"""Seconds after which a pull that was cut short begins anew."""
_PLACE = "place:"


@dataclass(slots=True)
class Sweep:
    """The ids that one reading of a whole list met, and whether it can be trusted to be whole."""

    ids: set[str] = field(default_factory=set)
    unreadable: set[str] = field(default_factory=set)
    total: int | None = None
    drifted: bool = False
    ended: bool = False
    newest: datetime | None = None

    @property
    def complete(self) -> bool:
        return self.ended and (self.total is None or self.total == len(self.ids))

    def meet(self, page: "Page[Any]", size: int) -> None:
        """Learn what one page of at most `size` rows says of the list."""
        if page.total is not None and self.total is not None and page.total != self.total:
            self.drifted, self.total = True, page.total
        self.ended = self.ended or page.count < size
        self.unreadable.update(problem.id for problem in page.problems if problem.id)
        self.ids.update(rows(page))
        times = (getattr(record, "updated_time", "") for record in page.items)
        self.newest = max(filter(None, (self.newest, watermark.newest(times, page.date))), default=None)


def rows(page: "Page[Any]") -> list[str]:
    """Leaf's ids of what a page lists, in its order, and of what on it cannot be read."""
    return [*map(leaf_id, page.items), *(problem.id for problem in page.problems if problem.id)]


def leaf_id(record: Record) -> str:
    """Leaf's own id of a record as it was listed."""
    number = getattr(record, "leaf_id", None)
    return str(number) if number is not None else record.id


# ---------------------------------------------------------------------- how far a first pull got
def is_first(catalog: Catalog, trip: Trip) -> bool:
    """Whether all fields were never read to the end here, or the pull that did it was cut short afterwards."""
    return watermark.never_whole(catalog, trip) or bool(catalog.facts(_of(trip)))


def is_begun(catalog: Catalog) -> bool:
    """Whether a first pull was cut short."""
    return bool(catalog.facts(_PLACE))


def mark(catalog: Catalog, trip: Trip, name: str, number: int, page: "Page[Any]", sweep: Sweep) -> None:
    """In the transaction that keeps a page of the list `name`: this page is here."""
    text = {
        "at": trip.clock(),
        "rows": rows(page),
        "unreadable": [problem.id for problem in page.problems if problem.id],
        "total": page.total,
        "newest": sweep.newest.isoformat() if sweep.newest else None,
    }
    catalog.put_fact(f"{_of(trip, name)}{number}", json.dumps(text))


def begun(catalog: Catalog, trip: Trip, name: str) -> tuple[Sweep, int, list[str]] | None:
    """What a reading of the list had met when it was cut short, its last page, and the rows of that."""
    sweep, last, number = Sweep(), list[str](), 0
    while (page := _page(catalog, trip, f"{_of(trip, name)}{number}")) is not None:
        last, number = page["rows"], number + 1
        sweep.ids.update(last)
        sweep.unreadable.update(page["unreadable"])
        sweep.total = page["total"]
        if page["newest"]:
            sweep.newest = datetime.fromisoformat(page["newest"])
    return (sweep, number - 1, last) if number else None


def _page(catalog: Catalog, trip: Trip, place: str) -> Any:
    text = catalog.fact(place)
    page = None if text is None else json.loads(text)
    return page if page and 0 <= trip.clock() - page["at"] < AGE else None


def finish(catalog: Catalog, trip: Trip, name: str) -> None:
    """The list has been read to its end: its pages need not be known any more."""
    for page in catalog.facts(_of(trip, name)):
        catalog.put_fact(page, None)
    catalog.put_fact(_of(trip, name), f"{trip.clock()}")


def is_finished(catalog: Catalog, trip: Trip, name: str) -> bool:
    """Whether the list was read to its end by the pull that was cut short."""
    at = catalog.fact(_of(trip, name))
    return at is not None and 0 <= trip.clock() - float(at) < AGE


def forget(catalog: Catalog) -> None:
    """The first pull is over, or what it read is here no longer."""
    for place in catalog.facts(_PLACE):
        catalog.put_fact(place, None)


def _of(trip: Trip, name: str = "") -> str:
    return f"{_PLACE}{trip.leaf_user_id or ''}:" + (f"{name}:" if name else "")

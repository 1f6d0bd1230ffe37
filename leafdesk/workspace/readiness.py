"""Whether everything is here for a day without a signal: looked at on the disk, and told as a list to tick off."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from leafdesk.records.kinds import counted
from leafdesk.store import backups
from leafdesk.sync.report import LAST_STOCK
from leafdesk.workspace.coverage import Coverage, coverage

if TYPE_CHECKING:
    from leafdesk.store.catalog import FieldRow
    from leafdesk.store.database import Database
    from leafdesk.workspace.basemaps import Basemaps
    from leafdesk.workspace.workspace import Workspace

Key = Literal["sign-in", "fetched", "sent", "answered", "boundaries", "stock", "map", "backup", "whole", "room"]
Remedy = Literal["", "sign-in", "sync", "queue", "download", "maps", "backup"]
FRESH_S = 12 * 3600.0
"""What was read in the last so many seconds is of today."""
STOCK_S = 7 * 86_400.0
BACKUP_S = backups.WEEK + 86_400.0
"""A copy is written once a week, at the end of a sync."""
ROOM = 200 << 20
"""Bytes that a day's work may take, pictures of the map included."""
NOBODY = "Nobody has signed in here yet, so there is nothing to take along."


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that a day without a signal needs. `says` is for the user, word for word; `remedy` is what mends it."""

    key: Key
    title: str
    met: bool
    says: str
    remedy: Remedy = ""
    map_id: str = ""
    """Of the remedy "download": from which map."""


class Readiness:
    """Of the account that is open. Every method reads or writes the disk: none is for the GUI thread."""

    def __init__(self, workspace: Workspace, database: Database, now: Callable[[], float]) -> None:
        self._workspace, self._database, self._now = workspace, database, now

    def look(
        self,
        shelf: Basemaps,
        *,
        farm_ids: Collection[str] = (),
        field_ids: Collection[str] = (),
        read_through: bool = True,
    ) -> tuple[Need, ...]:
        """Every need, met or not, for these farms and fields; for all fields when neither is given.

        `read_through`: the database and its copy too, from end to end; of large ones that takes seconds.
        """
        if self._workspace.account is None:
            return (Need("sign-in", "Your account", False, NOBODY, "sign-in"),)
        rows = self._workspace.catalog.fields()
        if farm_ids or field_ids:
            rows = [row for row in rows if row.id in field_ids or row.farm_id in farm_ids]
        needs = (*self._of_leaf(), self._boundaries(rows), self._stock(), self._map(shelf, rows), self._room())
        return (*needs, *self._read_through()) if read_through else needs

    def back_up(self) -> None:
        """Write a copy of the database now and look through it. Raises StoreError, or OSError for a full disk."""
        self._database.back_up_now()

    # ------------------------------------------------------------------ what Leaf has and gave
    @property
    def _ask(self) -> Remedy:
        return "sync" if self._workspace.signed_in else "sign-in"

    def _of_leaf(self) -> Iterator[Need]:
        last, away = self._workspace.last_sync, self._workspace.connection.state == "offline"
        age = None if last is None else self._now() - datetime.fromisoformat(last).timestamp()
        fresh = age is not None and abs(age) < FRESH_S
        said = "Leaf was never read." if age is None else f"Leaf was read {_ago(age)}."
        unreached = " It cannot be reached at the moment." if away else ""
        yield Need("fetched", "What is new at Leaf", fresh, said + unreached, self._ask)
        waiting = sum(item.handed is None for item in self._workspace.outbox.items(states=("waiting", "sent")))
        said = f"{counted(waiting, 'change')} of yours Leaf does not have yet. Nothing is lost: they wait here."
        sent = Need("sent", "Your changes sent", not waiting, said if waiting else "Nothing waits.", self._ask)
        counts, queue = self._workspace.outbox.counts(), self._workspace.queue
        asked = counts["parked"] + counts["conflict"] + len(queue.notices) + bool(queue.missing)
        said = f"{counted(asked, 'question')} in the queue: easier to answer while there is a signal."
        yield sent
        yield Need("answered", "Questions answered", not asked, said if asked else "No question.", "queue")

    def _boundaries(self, rows: Sequence[FieldRow]) -> Need:
        catalog = self._workspace.catalog
        named = {catalog.key("fields", id_) for _, id_, _ in catalog.missing_boundaries()}
        missing = sum(row.id in named for row in rows)
        without = sum(row.box is None and row.id not in named for row in rows)
        said = f"{counted(len(rows), 'field')} with every boundary that Leaf has"
        said += f"; {without:,} of them {'has' if without == 1 else 'have'} none there." if without else "."
        if missing:
            said = f"{missing:,} of {counted(len(rows), 'boundary', 'boundaries')} not fetched yet."
        elif not rows:
            said = "There are no fields here."
        return Need("boundaries", "Fields and boundaries", bool(rows) and not missing, said, self._ask)

    def _stock(self) -> Need:
        last = self._workspace.catalog.fact(LAST_STOCK)
        age = self._now() - float(last) if last is not None else None
        said = "Not read yet." if age is None else f"Read {_ago(age)}."
        met = age is not None and abs(age) < STOCK_S
        return Need("stock", "Machines and products", met, said, self._ask)

    # ------------------------------------------------------------------ what the disk has
    def _map(self, shelf: Basemaps, rows: Sequence[FieldRow]) -> Need:
        boxes = [row.box for row in rows if row.box is not None]
        title, found = "The map of these fields", coverage(shelf, boxes)
        if not boxes:
            return Need("map", title, False, "No field has a boundary to show a map for.", self._ask)
        if found.here == found.fields:
            return Need("map", title, True, "It was read from this disk under every field.")
        says = _missing_map(found)
        return Need("map", title, False, says, "download" if found.map_id else "maps", found.map_id)

    def _room(self) -> Need:
        free = shutil.disk_usage(self._database.path.parent).free
        said = f"{free / 1e9:,.1f} GB free." if free >= 1e8 else f"{free / 1e6:,.0f} MB free; make some room first."
        return Need("room", "Room on the disk", free >= ROOM, said)

    def _read_through(self) -> Iterator[Need]:
        found = backups.newest(self._database.path)
        age = None if found is None else self._now() - found[1]
        whole = found is not None and backups.is_whole(found[0])
        said = "There is no copy of your data yet." if age is None else f"The last copy was written {_ago(age)}"
        said += "" if age is None else " and reads well." if whole else ", and it is damaged."
        kept = whole and age is not None and abs(age) < BACKUP_S
        yield Need("backup", "A second copy of your data", kept, said, "backup")
        wrong = self._workspace.check()
        said = f"Damaged: {wrong[0]}. The next start saves what waits for Leaf." if wrong else "Read from end to end."
        yield Need("whole", "Your data", not wrong, said)


def _missing_map(found: Coverage) -> str:
    left = found.fields - found.here
    of = f"Missing under {left:,} of {counted(found.fields, 'field')}."
    if found.fetching:
        return f"{of} {found.fetching} is not all here yet."
    if found.map_id:
        return f"{of} It can be fetched from {found.map_name}; its size is told first."
    if found.why:
        return f"{of} {found.why} A map file of the area, or another server's map, does it."
    return f"{of} Open a map file of the area, or add a server's map that may be fetched."


def _ago(seconds: float) -> str:
    if seconds < 90:
        return "just now"
    for long, word in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= long:
            return f"{counted(int(seconds // long), word)} ago"
    return "just now"

"""What a person decides about the changes that wait in the queue."""

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

from leafdesk.edits import Delete, Edit, Redraw, change, why_not
from leafdesk.geo.shape import from_geojson
from leafdesk.store.catalog import Catalog, Changes
from leafdesk.store.notices import Notice, Notices
from leafdesk.store.outbox import LIVE, Outbox
from leafdesk.workspace.steps import Queued
from leafdesk.workspace.undoing import Keep, Moved, answer_step


class Decisions:
    """Every method may be called from the GUI thread; its future raises KeyError when there is no such item, and
    RefusedError with the reason when that cannot be done now."""

    def __init__(
        self,
        act: "Callable[[Callable[[Outbox, str], Changes]], Future[None]]",
        catalog: Callable[[], Catalog],
        write: "Callable[[Callable[[Any], int]], Future[int]]",
        step: "Callable[[Callable[..., Moved]], Future[list[Queued]]]",
    ) -> None:
        self._act, self._catalog, self._write, self._step = act, catalog, write, step

    def retry(self, *item_ids: str) -> "Future[None]":
        """Let parked or waiting items go again now: all of them or none."""
        return self._act(lambda outbox, _: _each(item_ids, outbox.retry))

    def discard(self, *item_ids: str) -> "Future[None]":
        """Take items back, with those that rest on them: all or none. What is seen follows."""

        def one(outbox: Outbox, id: str, now: str) -> Changes:
            item = outbox.item(id)
            went_with_another = item is not None and item.state not in LIVE and len(item_ids) > 1
            return Changes() if went_with_another else outbox.discard(id, now=now)

        return self._act(lambda outbox, now: _each(item_ids, lambda id: one(outbox, id, now)))

    def resolve(self, item_id: str, keep: Keep, *, seen: Any = None) -> "Future[list[Queued]]":
        """Answer a conflict; undo puts the question again while the answer has not gone to Leaf.

        `both` makes a new field of my boundary and leaves theirs: one step, its future tells what was queued. Of a
        create that may have arrived: `mine` sends it once more, `theirs` forgets it. With `seen` (Clash.present) it is
        refused when Leaf's copy is another one than the person looked at.
        """
        return self._step(partial(answer_step, item_id=item_id, keep=keep, edits=(), seen=seen))

    def merge(self, item_id: str, *edits: Edit, seen: Any = None) -> "Future[list[Queued]]":
        """Answer a conflict with something third: these edits, made on what Leaf has now."""
        return self._step(partial(answer_step, item_id=item_id, keep="theirs", edits=edits, seen=seen))

    def adopt(self, item_id: str, leaf_id: str) -> "Future[None]":
        """Answer a create that may have arrived: it is that one of the item's `theirs["candidates"]` at Leaf."""
        return self._act(lambda outbox, now: outbox.adopt(item_id, leaf_id, now=now))

    def dismiss(self, *notice_ids: int) -> "Future[None]":
        """Notices have been heard; all or none."""

        def job(outbox: Outbox, now: str) -> Changes:
            for id in notice_ids:
                Notices(outbox.connection).dismiss(id, at=now)
            return Changes(queue=True)

        return self._act(job)

    # ------------------------------------------------------------------ what there is to hear
    @property
    def notices(self) -> list[Notice]:
        """What the audits found and nobody has answered; `remedy` says what would put it right."""
        return Notices(self._catalog().connection).open()

    def remedy(self, notice: Notice) -> tuple[Edit, ...]:
        """The edits that would put right what a notice tells, for one `do`; () where there is no way."""
        return remedy(self._catalog(), notice)

    @property
    def missing(self) -> int:
        """How many records the last sync missed at Leaf and left here, since they were so many."""
        from leafdesk.sync.removals import asked

        return asked(self._catalog())

    def remove_missing(self) -> "Future[int]":
        """Say that those many may go; how many. The next sync removes them."""
        from leafdesk.sync.removals import confirm

        return self._write(lambda connection: confirm(Catalog(connection)))


def remedy(catalog: Catalog, notice: Notice) -> tuple[Edit, ...]:
    """What would put right what a notice tells, to be done as one step; () where Leaf offers no way.

    `replaced`: their boundary again. `duplicate`: a second field or machine is deleted; what hangs on a second farm or
    grower moves to the first (Leaf deletes neither).
    """
    if notice.sort == "replaced":
        edit = Redraw(notice.record_id, from_geojson(notice.details["shape"]))
        return () if why_not(edit, catalog.get("fields", notice.record_id)) else (edit,)
    if notice.sort != "duplicate":
        return ()
    second = catalog.key(notice.kind, notice.details["leaf_id"])
    if second is None or second == notice.record_id:
        return ()
    edits: list[Edit] = []
    if notice.kind in ("fields", "machines"):
        edits = [Delete(notice.kind, second)]
    elif notice.kind == "farms":
        edits = [change("fields", row.id, farm_id=notice.record_id) for row in catalog.fields(farm_id=second)]
    elif notice.kind == "growers":
        edits = [change("farms", farm.id, grower_id=notice.record_id) for farm in catalog.farms(grower_id=second)]
    return tuple(edit for edit in edits if why_not(edit, catalog.get(edit.kind, edit.id)) is None)


def _each(item_ids: tuple[str, ...], decide: Callable[[str], Changes]) -> Changes:
    changes = Changes()
    for id in item_ids:
        changes |= decide(id)
    return changes

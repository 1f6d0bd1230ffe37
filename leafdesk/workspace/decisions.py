"""What a person decides about the changes that wait in the queue."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Literal

from leafdesk.store.catalog import Changes
from leafdesk.store.outbox import LIVE, Outbox


class Decisions:
    """Every method may be called from the GUI thread; its future raises KeyError when there is no such item, and
    RefusedError with the reason when that cannot be done now."""

    def __init__(self, act: "Callable[[Callable[[Outbox, str], Changes]], Future[None]]") -> None:
        self._act = act

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

    def resolve(self, item_id: str, keep: Literal["mine", "theirs"]) -> "Future[None]":
        """Answer a conflict. Of a create that may have arrived: `mine` sends it once more, `theirs` forgets it."""
        return self._act(lambda outbox, now: outbox.resolve(item_id, keep, now=now))

    def adopt(self, item_id: str, leaf_id: str) -> "Future[None]":
        """Answer a create that may have arrived: it is that one of the item's `theirs["candidates"]` at Leaf."""
        return self._act(lambda outbox, now: outbox.adopt(item_id, leaf_id, now=now))


def _each(item_ids: tuple[str, ...], decide: Callable[[str], Changes]) -> Changes:
    changes = Changes()
    for id in item_ids:
        changes |= decide(id)
    return changes

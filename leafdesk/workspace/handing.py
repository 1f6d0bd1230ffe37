"""Changes that wait go to a colleague as a file, and a colleague's come in (why never twice: store/handing.py)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leafdesk import __version__
from leafdesk.edits import REFERENCES, Create, Edit, Json, Redraw, apply, point_at, references, sentence, why_not
from leafdesk.geo.shape import Shape
from leafdesk.records import Field, Kind, LeafUser, Record, word
from leafdesk.store import handing
from leafdesk.store.catalog import Catalog, Changes
from leafdesk.store.handing import Passed
from leafdesk.store.outbox import Item, Outbox, RefusedError
from leafdesk.workspace.keeping import refuse_unkept
from leafdesk.workspace.steps import refuse_invalid

if TYPE_CHECKING:
    from concurrent.futures import Future

    from leafdesk.files.handover import Handed, HandOver
    from leafdesk.sync.terms import Terms
    from leafdesk.workspace.accounts import Account

__all__ = ["Given", "HandOvers", "Look", "Offer", "Offered"]


@dataclass(frozen=True, slots=True)
class Offer:
    """A line of the queue and why it cannot be handed over ("" when it can)."""

    item: Item
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """A hand-over that was written: its id, the file, the lines in it, and those that stay with why."""

    id: str
    path: Path
    gone: tuple[Item, ...]
    left: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Offered:
    """One change of a file as it would come in: what it is called, when it was made, what it draws.

    `why_not` says why it cannot be taken ("" when it can).
    """

    id: str
    sentence: str
    created: str
    kind: Kind
    shape: Shape | None = None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """What a file holds and what would come of it; `refused` says why nothing of it can be taken ("" when some can)."""

    file: str
    id: str
    by: str
    made: str
    leaf: str
    lines: tuple[Offered, ...]
    refused: str = ""

    @property
    def takes(self) -> tuple[Offered, ...]:
        """The changes that would be taken."""
        return () if self.refused else tuple(line for line in self.lines if not line.why_not)


class HandOvers:
    """Writes and reads take their time: not on the GUI thread. What reads looks with the calling thread's own view."""

    def __init__(
        self,
        account: Account | None,
        catalog: Callable[[], Catalog],
        write: Callable[..., Future[Any]],
        terms: Terms,
        taken: Callable[[], None],
    ) -> None:
        """`taken` is told of every hand-over that was taken: its changes wait now."""
        self._account, self._catalog, self._write, self._terms = account, catalog, write, terms
        self._taken = taken

    # ------------------------------------------------------------------ giving
    def offer(self, only: Sequence[str] | None = None) -> list[Offer]:
        """What a hand-over of everything, or of these with what they rest on, would hold and would leave here.

        Raises KeyError for an id that is not in the queue.
        """
        return offer(Outbox(self._catalog().connection), only)

    def give(self, path: Path, only: Sequence[str] | None = None) -> Given:
        """Write the file, and leave the changes in it to whoever takes it over.

        Raises RefusedError when nothing can be handed over, something asked for cannot, or a file is there already;
        OSError when it cannot be written. Nothing is handed over then.
        """
        from leafdesk.files.handover import UnfitError, pack, unpack
        from leafdesk.files.whole import write_beside

        if self._account is None:
            raise RefusedError("Nobody has signed in here yet.")
        if path.exists():
            raise RefusedError(
                f"{path.name} is there already, and may be the only copy of a hand-over. Choose another."
            )
        offers = self.offer(only)
        gone, left = [one.item for one in offers if not one.why_not], [one for one in offers if one.why_not]
        if left and only is not None:
            raise RefusedError(f"{left[0].item.sentence}: {left[0].why_not}")
        if not gone:
            raise RefusedError(left[0].why_not if left else "Nothing waits that could be handed over.")
        passed = Passed(self._terms.new_id(), "given", self._terms.now(), self._account.username, path.name, len(gone))
        try:
            content = pack(_written(self._catalog(), passed, self._account, gone))
            unpack(content)  # what nobody could open must not take the changes with it
        except UnfitError as error:
            raise RefusedError(str(error)) from error
        self._hand(path, write_beside(path, content), gone, passed)
        return Given(passed.id, path, tuple(gone), tuple(left))

    def _hand(self, path: Path, beside: Path, gone: Sequence[Item], passed: Passed) -> None:
        """Written, but nobody's yet: first let go of the changes, then let the file be there."""
        at = self._terms.clock()
        try:
            self._write(lambda _, outbox: handing.give(outbox.connection, gone, passed, at=at), _nothing).result()
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        try:
            beside.replace(path)
        except OSError:
            ids = [item.id for item in gone]
            self._write(
                lambda _, outbox: handing.take_back(outbox.connection, ids, now=self._terms.now()), _nothing
            ).result()
            beside.unlink(missing_ok=True)
            raise

    def take_back(self, *item_ids: str) -> Future[None]:
        """A person says that nobody took these. KeyError or RefusedError (in the future) when that makes no sense."""
        now = self._terms.now()
        return self._write(lambda _, outbox: handing.take_back(outbox.connection, item_ids, now=now), _nothing)

    # ------------------------------------------------------------------ taking
    def look(self, path: Path) -> Look:
        """What a file holds and what would come of it here. Raises files.handover.UnfitError."""
        from leafdesk.files.handover import read

        return self._look(path, read(path), self._catalog())[0]

    def take(self, path: Path) -> Look:
        """Take over what can be taken, in one transaction; the answer tells what was and what was not.

        Raises UnfitError, and RefusedError when nothing can.
        """
        from leafdesk.files.handover import read

        found = read(path)

        def job(catalog: Catalog, outbox: Outbox) -> tuple[Look, Changes]:
            looked, taken = self._look(path, found, catalog)
            if looked.refused:
                raise RefusedError(looked.refused)
            passed = Passed(found.id, "taken", self._terms.now(), found.by, path.name, len(taken))
            handing.remember_taken(outbox.connection, passed)
            changes = Changes(queue=True)
            for change, edit, base in taken:
                before = catalog.get(edit.kind, edit.id)
                marks = handing.Marks(change.id, change.known, self._terms.clock())
                changes |= handing.take(outbox.connection, edit, base, before, marks, passed)
            return looked, changes

        looked: Look = self._write(job, lambda done: done).result()
        self._taken()
        return looked

    def _look(self, path: Path, found: HandOver, catalog: Catalog) -> tuple[Look, list[tuple[Handed, Edit, Json]]]:
        table = _Table(catalog)
        lines: list[Offered] = []
        taken: list[tuple[Handed, Edit, Json]] = []
        for change in found.changes:
            line, edit, base = table.lay(change)
            lines.append(line)
            if not line.why_not:
                taken.append((change, edit, base))
        refused = self._refused(found, catalog) or (
            "" if taken else "Nothing of this can be taken here; see why below."
        )
        return Look(path.name, found.id, found.by, found.made, found.leaf, tuple(lines), refused), taken

    def _refused(self, found: HandOver, catalog: Catalog) -> str:
        if self._account is None:
            return "Sign in to Leaf first, and sync; then open this again."
        if found.leaf != self._account.api_url:
            return f"These changes are for another Leaf ({found.leaf}), not for the one you are signed in to."
        known = handing.known_hand_over(catalog.connection, found.id)
        if known is not None and known.sort == "given":
            return (
                "You wrote this hand-over yourself, here. A colleague opens it; or take the changes back in the queue."
            )
        if known is not None:
            whole = len(found.changes)
            some = f"{known.many:,} of its {whole:,} changes were" if known.many < whole else "It was"
            return f"{some} taken here already, on {known.at[:10]}; nothing is taken twice."
        return ""


class _Table:
    """The changes of a file laid out one after the other on what is seen here."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._laid: dict[tuple[Kind, str], Record | None] = {}

    def lay(self, change: Handed) -> tuple[Offered, Edit, Json]:
        """How one change would come in, and its edit and base with the names that records have here."""
        edit = point_at(change.edit, self._key)
        base = _point_base_at(change.base, self._key)
        before = self._seen(edit.kind, edit.id)
        why = self._why_not(change, edit, before)
        if not why:
            self._laid[edit.kind, edit.id] = apply(edit, before)
        drawn = edit.record if isinstance(edit, Create) else edit
        shape = drawn.shape if isinstance(drawn, Field | Redraw) else None
        told = change.sentence if why else sentence(edit, before, self._names(edit))
        return Offered(change.id, told, change.created, edit.kind, shape, why), edit, base

    def _key(self, kind: Kind, id: str) -> str:
        return self.catalog.key(kind, id) or id

    def _seen(self, kind: Kind, key: str) -> Record | None:
        return self._laid[kind, key] if (kind, key) in self._laid else self.catalog.get(kind, key)

    def _names(self, edit: Edit) -> dict[str, str]:
        there = ((key, self._seen(kind, key)) for kind, key in references(edit))
        return {key: str(getattr(record, "name", "")) for key, record in there if record is not None}

    def _why_not(self, change: Handed, edit: Edit, before: Record | None) -> str:
        if handing.was_here(self.catalog.connection, change.id):
            return "It is or was in the queue here already."
        if isinstance(edit, Create):
            if before is not None:
                return f"This {word(edit.kind)} is here already."
            if self.catalog.get("users", edit.record.leaf_user_id) is None:
                return "It belongs to a Leaf user whom your account does not have, or who was not read yet: sync first."
        elif before is None:
            return f"This {word(edit.kind)} is not here: deleted, or not read yet. Sync, then open the file again."
        try:
            if isinstance(edit, Create):
                refuse_unkept(self.catalog, edit.record.leaf_user_id)
            refuse_invalid(edit)
        except RefusedError as error:
            return str(error)
        return why_not(edit, before) or self._why_not_refer(edit, before)

    def _why_not_refer(self, edit: Edit, before: Record | None) -> str:
        mine = edit.record if isinstance(edit, Create) else before
        for kind, key in references(edit):
            other = self._seen(kind, key)
            if other is None:
                return f"The {word(kind)} it belongs to is not here."
            if not isinstance(other, LeafUser) and getattr(other, "leaf_user_id", "") != getattr(
                mine, "leaf_user_id", ""
            ):
                return f"The {word(kind)} it belongs to is another Leaf user's."
        return ""


def offer(outbox: Outbox, only: Sequence[str] | None) -> list[Offer]:
    """Every line that is asked for, with what it rests on, in the order of the edits. Raises KeyError."""
    live = {item.id: item for item in outbox.items()}
    wanted = list(live.values()) if only is None else [live[id_] for id_ in only]
    whole = {item.id: item for item in wanted}
    ahead, needs = list(wanted), dict[str, list[Item]]()
    while ahead:
        item = ahead.pop()
        needs[item.id] = outbox.blockers(item)
        ahead += [one for one in needs[item.id] if one.id not in needs]
        whole |= {one.id: one for one in needs[item.id]}
    found = dict[str, Offer]()
    for item in sorted(whole.values(), key=lambda one: one.seq):
        why = handing.why_not_hand_over(outbox.connection, item) or ""
        found[item.id] = Offer(item, why)
    settled = False
    while not settled:  # a line rests on earlier ones, and on creates that may stand later in the queue
        settled = True
        for id_, one in found.items():
            stays = next((need for need in needs[id_] if found[need.id].why_not), None)
            if not one.why_not and stays is not None:
                found[id_] = replace(one, why_not=f"It rests on what stays here: {stays.sentence}.")
                settled = False
    return list(found.values())


def _written(catalog: Catalog, passed: Passed, account: Account, items: Iterable[Item]) -> HandOver:
    """The file's content: every record called by Leaf's id where it has one."""
    from leafdesk.files.handover import Handed, HandOver

    def outward(kind: Kind, key: str) -> str:
        return catalog.leaf_id(kind, key) or key

    changes = tuple(
        Handed(
            id=item.id,
            edit=point_at(item.edit, outward),
            base=_point_base_at(item.base, outward),
            created=item.created,
            sentence=item.sentence,
            known=handing.known_ids(catalog.connection, item),
        )
        for item in items
    )
    leaf, made = account.api_url, passed.at
    return HandOver(id=passed.id, made=made, by=passed.who, leaf=leaf, app=__version__, changes=changes)


def _point_base_at(base: Json, key: Callable[[Kind, str], str]) -> Json:
    """The base with every farm and grower named by `key(kind, id)`."""
    return {
        name: key(REFERENCES[name], value) if name in REFERENCES and value is not None else value
        for name, value in base.items()
    }


def _nothing(changes: Changes) -> tuple[None, Changes]:
    return None, changes

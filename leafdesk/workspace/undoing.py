"""Do a step, take the last one back, do it again: each in one transaction with the list of what can be undone.

A step can be taken back after a restart, and after Leaf has it (the opposite is queued then). What somebody else has
changed since is never taken back with it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from leafdesk.edits import REFERENCES, Change, Create, Edit, Match, Redraw, base_of, change, decode
from leafdesk.records import Field, Kind
from leafdesk.store.answering import Answer
from leafdesk.store.catalog import Catalog
from leafdesk.store.outbox import Item, Outbox, RefusedError
from leafdesk.store.steps import Part, Stack, Steps
from leafdesk.sync.merge import same_shape
from leafdesk.workspace.steps import Taken, take

_NOTHING: dict[Stack, str] = {"undo": "There is nothing to undo.", "redo": "There is nothing to redo."}
_FINAL = "no_way_back"
"""The fact that names the last step when nothing can take it back."""
_MOVED_ON = "Leaf's copy changed once more while you looked at it. Look again, then decide."
Keep = Literal["mine", "theirs", "both"]
"""How a conflict is answered; `both`: mine becomes a new field, theirs stays."""
_OTHER: dict[Stack, Stack] = {"undo": "redo", "redo": "undo"}


@dataclass(frozen=True, slots=True)
class Names:
    """The steps on top of the two stacks, in plain words; `final`: the step after which nothing can be taken back."""

    undo: str | None = None
    redo: str | None = None
    final: str | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """How a step went (`refused`: it is no longer possible and was dropped), and what is on top now."""

    taken: Taken | None
    names: Names
    refused: RefusedError | None = None


def names_of(steps: Steps) -> Names:
    """What is on top."""
    undo = steps.name("undo")
    final = Catalog(steps.connection).fact(_FINAL) if undo is None else None
    return Names(undo, steps.name("redo"), final or None)


def do_step(catalog: Catalog, outbox: Outbox, edits: Sequence[Edit], *, new_id: Callable[[], str], now: str) -> Moved:
    """Queue edits as one step; what was undone before is forgotten. Raises RefusedError with the reason."""
    taken = take(catalog, outbox, edits, name=None, new_id=new_id, now=now)
    steps = Steps(outbox.connection)
    _lay(steps, "undo", taken)
    steps.clear("redo")
    return Moved(taken, names_of(steps))


def answer_step(
    catalog: Catalog,
    outbox: Outbox,
    item_id: str,
    keep: Keep,
    edits: Sequence[Edit],
    seen: Any,
    *,
    new_id: Callable[[], str],
    now: str,
) -> Moved:
    """Answer a conflict, with the edits that belong to the answer, as one step: undo puts the question again.

    Where a record is gone, or nobody knows whether it arrived, there is no way back: the steps stay as they are.
    `seen`: what of Leaf's copy the person decided on (`base_of` the edit); RefusedError when that is another by now.
    Raises KeyError when there is no such item.
    """
    item, steps = outbox.item(item_id), Steps(outbox.connection)
    if item is None:
        raise KeyError(item_id)
    if item.state != "conflict":
        outbox.resolve(item_id, "theirs", now=now)  # says why not
    if seen is not None and seen != as_at_leaf(catalog, item):
        raise RefusedError(_MOVED_ON)
    if keep == "both":
        edits = _as_a_new_field(catalog, item, new_id)
    if not edits and not (isinstance(item.edit, Change | Redraw) and item.theirs is not None):
        changes = outbox.resolve(item_id, "mine" if keep == "mine" else "theirs", now=now)
        return Moved(Taken([], changes, None), names_of(steps))
    answer = Answer(item_id, "mine" if keep == "mine" else "theirs")
    record = catalog.get(item.kind, item.record_id)
    name = f"Answer on {record.name}" if record is not None and record.name else "Answer"
    taken = take(catalog, outbox, [answer, *edits], name=name, new_id=new_id, now=now)
    _lay(steps, "undo", taken)
    steps.clear("redo")
    return Moved(taken, names_of(steps))


def as_at_leaf(catalog: Catalog, item: Item) -> dict[str, Any]:
    """What Leaf's copy says now of that which an item's edit touches."""
    return base_of(item.edit, catalog.server_copy(item.kind, item.record_id))


def _as_a_new_field(catalog: Catalog, item: Item, new_id: Callable[[], str]) -> list[Edit]:
    """The boundary of a conflict as a field of its own, beside the one it was drawn for."""
    old = catalog.field(item.record_id)
    if not isinstance(item.edit, Redraw) or old is None or item.theirs is None:
        raise RefusedError("Only a boundary can be kept as a new field.")
    number = 2
    while catalog.named("fields", old.leaf_user_id, [f"{old.name} {number}"]):
        number += 1
    name = f"{old.name} {number}".strip()
    new = Field(id=new_id(), leaf_user_id=old.leaf_user_id, name=name, shape=item.edit.shape)
    farm = [change("fields", new.id, farm_id=old.farm_id)] if old.farm_id is not None else []
    return [Create(new), *farm]


def move_step(catalog: Catalog, outbox: Outbox, stack: Stack, *, new_id: Callable[[], str], now: str) -> Moved:
    """Take the step on top back (or do it again). One that is no longer possible is dropped, and its reason told."""
    steps = Steps(outbox.connection)
    step = steps.last(stack)
    if step is None:
        raise RefusedError(_NOTHING[stack])
    steps.drop(step)
    try:
        with steps.whole():
            _refuse_others_work(catalog, step.back, step.done)
            taken = take(catalog, outbox, step.back, name=step.name, new_id=new_id, now=now)
            _lay(steps, _OTHER[stack], taken)
    except RefusedError as refused:
        return Moved(None, names_of(steps), refused)
    return Moved(taken, names_of(steps))


def _lay(steps: Steps, stack: Stack, taken: Taken) -> None:
    if taken.back is None:
        steps.clear(stack)  # this step cannot be taken back, so neither can those under it
        Catalog(steps.connection).put_fact(_FINAL, taken.name)
    else:
        Catalog(steps.connection).put_fact(_FINAL, "")
        steps.push(stack, taken.back.name, taken.back.edits, taken.back.done)


def _refuse_others_work(catalog: Catalog, back: Sequence[Part], done: Sequence[Part]) -> None:
    """Every value that a step set must still be as it set it, or be already what it was before."""
    before = _said(back)
    for (kind, id_, name), value in _said(done).items():
        record = catalog.get(kind, id_)
        if record is None:
            continue  # `why_not` finds the words
        now = getattr(record, name, None)
        if not any(_equal(catalog, name, now, one) for one in (value, before.get((kind, id_, name), value))):
            raise RefusedError(f"{record.name} was changed since by somebody else; undo would take that away.")


def _said(edits: Sequence[Part]) -> dict[tuple[Kind, str, str], Any]:
    """What edits set in the end, value by value."""
    said: dict[tuple[Kind, str, str], Any] = {}
    for part in edits:
        edit = part
        if isinstance(part, Answer):
            if part.is_answer or part.question is None:
                continue
            edit = decode(part.question["edit"])
        if isinstance(edit, Change):
            said |= {(edit.kind, edit.id, name): value for name, value in edit.values}
        elif isinstance(edit, Redraw):
            said["fields", edit.id, "shape"] = edit.shape
        elif isinstance(edit, Match) and edit.product_id is not None:
            said["matches", edit.id, "product_id"] = edit.product_id
        elif isinstance(edit, Create):
            said[edit.kind, edit.id, "name"] = edit.record.name
            if isinstance(edit.record, Field):
                said[edit.kind, edit.id, "shape"] = edit.record.shape
    return said


def _equal(catalog: Catalog, name: str, one: Any, other: Any) -> bool:
    if name == "shape":
        return same_shape(one, other)
    if name in REFERENCES and one and other:
        return (catalog.key(REFERENCES[name], one) or one) == (catalog.key(REFERENCES[name], other) or other)
    return bool(one == other)

"""Do a step, take the last one back, do it again: each in one transaction with the list of what can be undone.

A step can be taken back after a restart, and after Leaf has it (the opposite is queued then). What somebody else has
changed since is never taken back with it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from leafdesk.edits import REFERENCES, Change, Create, Edit, Match, Redraw
from leafdesk.records import Field, Kind
from leafdesk.store.catalog import Catalog
from leafdesk.store.outbox import Outbox, RefusedError
from leafdesk.store.steps import Stack, Steps
from leafdesk.sync.merge import same_shape
from leafdesk.workspace.steps import Taken, take

_NOTHING: dict[Stack, str] = {"undo": "There is nothing to undo.", "redo": "There is nothing to redo."}
_OTHER: dict[Stack, Stack] = {"undo": "redo", "redo": "undo"}


@dataclass(frozen=True, slots=True)
class Names:
    """The steps on top of the two stacks, in plain words."""

    undo: str | None = None
    redo: str | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """How a step went (`refused`: it is no longer possible and was dropped), and what is on top now."""

    taken: Taken | None
    names: Names
    refused: RefusedError | None = None


def names_of(steps: Steps) -> Names:
    """What is on top."""
    return Names(steps.name("undo"), steps.name("redo"))


def do_step(catalog: Catalog, outbox: Outbox, edits: Sequence[Edit], *, new_id: Callable[[], str], now: str) -> Moved:
    """Queue edits as one step; what was undone before is forgotten. Raises RefusedError with the reason."""
    taken = take(catalog, outbox, edits, name=None, new_id=new_id, now=now)
    steps = Steps(outbox.connection)
    _lay(steps, "undo", taken)
    steps.clear("redo")
    return Moved(taken, names_of(steps))


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
    else:
        steps.push(stack, taken.back.name, taken.back.edits, taken.back.done)


def _refuse_others_work(catalog: Catalog, back: Sequence[Edit], done: Sequence[Edit]) -> None:
    """Every value that a step set must still be as it set it, or be already what it was before."""
    before = _said(back)
    for (kind, id_, name), value in _said(done).items():
        record = catalog.get(kind, id_)
        if record is None:
            continue  # `why_not` finds the words
        now = getattr(record, name, None)
        if not any(_equal(catalog, name, now, one) for one in (value, before.get((kind, id_, name), value))):
            raise RefusedError(f"{record.name} was changed since by somebody else; undo would take that away.")


def _said(edits: Sequence[Edit]) -> dict[tuple[Kind, str, str], Any]:
    """What edits set in the end, value by value."""
    said: dict[tuple[Kind, str, str], Any] = {}
    for edit in edits:
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

"""What the user did, step by step, so that it can be taken back and done again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from leafdesk.edits import Create, Edit, Redraw, as_new, inverse, name_of
from leafdesk.records import Field, Kind, Machine
from leafdesk.store.answering import Answer, question_of
from leafdesk.store.catalog import Catalog, Changes
from leafdesk.store.outbox import Item, Outbox, RefusedError
from leafdesk.store.steps import Part, Steps
from leafdesk.workspace.keeping import refuse_unkept


@dataclass(frozen=True, slots=True)
class Queued:
    """An edit was taken: the record's id and the queue item's id (cli.md: the answer of every create, edit, delete)."""

    record_id: str
    item_id: str


@dataclass(frozen=True, slots=True)
class Step:
    """Edits that take back as one what was `done`; `name` in plain words ("Boundary of North Quarter")."""

    edits: tuple[Part, ...]
    done: tuple[Part, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A step as it was queued; `back` takes it back (None where Leaf offers no way)."""

    queued: list[Queued]
    changes: Changes
    back: Step | None
    name: str = ""


def take(
    catalog: Catalog, outbox: Outbox, edits: Sequence[Part], *, name: str | None, new_id: Callable[[], str], now: str
) -> Taken:
    """Queue edits as one step, inside one transaction: all or none. Raises RefusedError with the reason."""
    queued: list[Queued] = []
    changes = Changes()
    back: list[Part | None] = []
    names: list[str] = []
    done: list[Part] = []
    made: set[tuple[Kind, str]] = set()
    for edit in edits:
        if isinstance(edit, Answer):
            item = outbox.item(edit.id)
            if item is None:
                raise RefusedError("This change is no longer in the queue.")
            back.insert(0, _opposite(edit, item))
            done.append(edit)
            changes |= outbox.answer(edit, now=now)
            continue
        before = catalog.get(edit.kind, edit.id)
        if before is None and (fresh := _under_a_new_id(catalog, outbox, edit, new_id)) is not edit:
            Steps(outbox.connection).rename(edit.kind, edit.id, fresh.id)
            edit = fresh
        refuse_invalid(edit)
        if isinstance(edit, Create):
            refuse_unkept(catalog, edit.record.leaf_user_id)
        item_id, changed = outbox.add(edit, item_id=new_id(), now=now)
        queued.append(Queued(edit.id, item_id))
        changes |= changed
        if before is None and isinstance(edit, Create):
            made.add((edit.kind, edit.id))
        elif (edit.kind, edit.id) in made:  # goes with the record that this step makes
            names.append(name_of(edit, before))
            done.append(edit)
            continue
        back.insert(0, inverse(edit, before))
        names.append(name_of(edit, before))
        done.append(edit)
    called = name or (names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more")
    taken_back = tuple(edit for edit in back if edit is not None)
    back_again = Step(taken_back, tuple(done), called) if None not in back else None
    return Taken(queued, changes, back_again, called)


def _opposite(answer: Answer, item: Item) -> Answer:
    """What takes an answer back: the question as it stands now; and of a question put again, the answer it had."""
    if answer.is_answer:
        return Answer(answer.id, "asked", question_of(item))
    return Answer(answer.id, "theirs" if item.state == "discarded" else "mine", answer.question)


def _under_a_new_id(catalog: Catalog, outbox: Outbox, edit: Edit, new_id: Callable[[], str]) -> Edit:
    """What Leaf has deleted already comes back as a new record: it may refuse an id it had before (sync.md §4).

    A farm that was forgotten meanwhile stays away: the field counts for more.
    """
    if not isinstance(edit, Create) or not isinstance(edit.record, Field | Machine):
        return edit
    if not outbox.was_deleted(edit.kind, edit.id):
        return edit
    fresh = as_new(edit.record)
    if isinstance(fresh, Field) and isinstance(edit.record, Field):
        farm = edit.record.farm_id
        there = farm is not None and catalog.get("farms", farm) is not None
        return Create(replace(fresh, id=new_id(), farm_id=farm if there else None))
    return Create(replace(fresh, id=new_id()))


def refuse_invalid(edit: Edit) -> None:
    """Say what is wrong with a drawn boundary before Leaf does, days later (Leaf's validity codes)."""
    drawn = edit.record if isinstance(edit, Create) else edit
    shape = drawn.shape if isinstance(drawn, Field | Redraw) else None
    if shape is None:
        return
    from leafdesk.geo.check import problems

    found = problems(shape)
    if found:
        where = found[0].where
        raise RefusedError(found[0].message + (f" ({where[0]:.6f}, {where[1]:.6f})" if where else ""))

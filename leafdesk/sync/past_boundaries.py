"""Every boundary that a field ever had at Leaf, and what of them cannot be read.

Leaf keeps them all, and none ever changes: the history proves what arrived, and what was replaced (sync.md §6, row 3).
"""

from leafdesk.api import calls
from leafdesk.api.wire import RecordProblem
from leafdesk.records import Boundary, Field
from leafdesk.sync.asks import Rule, Trip, read
from leafdesk.sync.attempt import readable


def boundaries_of(field: Field, trip: Trip) -> Rule[list[Boundary]]:
    """The whole history of a field's boundaries, as far as it can be read.

    Raises UnreadableAnswerError where the active one may be what cannot be read.
    """
    history, _ = yield from _history_and_problems(field, trip)
    return history


def boundaries_since(field: Field, trip: Trip, before: set[str] | None) -> Rule[tuple[list[Boundary], list[str]]]:
    """The history, and the ids of what in it cannot be read. Raises UnreadableAnswerError for what is not of `before`
    (None: nothing was sent yet), or has no id: it may be somebody's that ours replaced."""
    history, problems = yield from _history_and_problems(field, trip)
    unreadable = [problem.id for problem in problems if problem.id]
    readable(problems, unreadable if before is None else before)
    return history, unreadable


def _history_and_problems(field: Field, trip: Trip) -> Rule[tuple[list[Boundary], list[RecordProblem]]]:
    """Where a total says there is more, page, as long as that brings something."""
    page = yield from read(_history_call(field), trip)
    found, problems, number = {one.id: one for one in page.items}, list(page.problems), 0
    while page.total is not None and len(found) + len(problems) < page.total:
        page = yield from read(_history_call(field, number), trip)
        if found.keys() >= {one.id for one in page.items}:
            break
        found.update({one.id: one for one in page.items})
        problems += [problem for problem in page.problems if problem not in problems]
        number += 1
    if not any(boundary.status == "ACTIVE" for boundary in found.values()):
        readable(problems)
    return list(found.values()), problems


def _history_call(field: Field, page: int | None = None) -> calls.Call[calls.Page[Boundary]]:
    size = None if page is None else calls.PAGE_SIZE
    return calls.list_boundaries(field.leaf_user_id, field.id, page=page, size=size)

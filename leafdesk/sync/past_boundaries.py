"""Every boundary that a field ever had at Leaf, and what of them cannot be read.

Leaf keeps them all, and none ever changes: the history proves what arrived, and what was replaced (sync.md §6, row 3).
"""

from collections.abc import Callable

from leafdesk.api import calls
from leafdesk.api.calls import Call, Page
from leafdesk.api.wire import RecordProblem
from leafdesk.records import Boundary, Field
from leafdesk.sync.asks import Rule, Trip, every_row
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
    history, problems = yield from every_row(history_page(field.leaf_user_id, field.id), trip)
    if not any(boundary.status == "ACTIVE" for boundary in history):
        readable(problems)
    return history, problems


def history_page(leaf_user_id: str, leaf_id: str) -> "Callable[[int], Call[Page[Boundary]]]":
    """A page of a field's history. Leaf's page of it says nothing of paging, its general page says that every list is
    paged: so pages are asked for."""
    return lambda number: calls.list_boundaries(leaf_user_id, leaf_id, page=number, size=calls.PAGE_SIZE)

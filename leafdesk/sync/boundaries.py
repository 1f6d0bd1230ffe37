"""Which boundaries of fields are fetched from Leaf: each once for ever, since one never changes there."""

from collections import deque
from collections.abc import Sequence

from leafdesk.api import calls
from leafdesk.api.errors import GoneError, LeafError, UnreadableAnswerError
from leafdesk.api.wire import boundary_ids
from leafdesk.records import Boundary, Field, Record
from leafdesk.store.catalog import Catalog, Changes
from leafdesk.store.outbox import Outbox
from leafdesk.sync.asks import Rule, Trip, look, put, read_all, side_by_side, tell
from leafdesk.sync.tally import BATCH, Pulled, batches

LANES = 3
"""Batches on their way at the same time."""


def fetch_boundaries(trip: Trip, pulled: Pulled) -> Rule[None]:
    """Fetch what is missing: of each field the last boundary of its list, and the active one where that is another."""
    pulled.tally("boundaries")
    without: set[tuple[str, str]] = set()
    while True:
        lacking = yield from look(lambda catalog, _: catalog.lacking_fields(trip.leaf_user_id))
        if not lacking or not (yield from _fetch_all(lacking, without, trip, pulled)):
            return


def _fetch_all(lacking: Sequence[int], without: set[tuple[str, str]], trip: Trip, pulled: Pulled) -> Rule[bool]:
    """Batch by batch; while one is written, others are on their way. Answers whether there was anything to ask for.

    `without`: (field, boundary) that Leaf did not give: they are not asked for again.
    """
    tally, left, done, asked = pulled.tally("boundaries"), batches(lacking, BATCH), 0, False

    def lane() -> Rule[None]:
        nonlocal done, asked
        for some in left:
            missing = yield from look(lambda catalog, _, some=some: catalog.missing_boundaries(some))  # type: ignore[misc]
            wanted = [names for names in missing if names[1:] not in without]
            if wanted:
                asked = True
                try:
                    fetched = yield from _fetch(wanted, without, trip, pulled)
                except LeafError:
                    deque(left, maxlen=0)  # what ends one ends all
                    raise
                tally.added += fetched
            done += len(some)
            yield from tell("Boundaries", done, len(lacking))

    yield from side_by_side([lane() for _ in range(LANES)])
    return asked


def _fetch(
    wanted: Sequence[tuple[str, str, str]], without: set[tuple[str, str]], trip: Trip, pulled: Pulled
) -> Rule[int]:
    """Fetch and keep some boundaries; answers how many there were. A boundary that is gone by now is left out."""
    answers = yield from read_all([calls.get_boundary(*names) for names in wanted], trip)
    got: dict[str, list[Boundary]] = {}
    for (_, of, boundary), answer in zip(wanted, answers, strict=True):
        if isinstance(answer, LeafError):
            without.add((of, boundary))
        else:
            got.setdefault(of, []).append(answer)
    stale = [(user, of) for user, of, _ in wanted if of in got and not any(b.status == "ACTIVE" for b in got[of])]
    active = (
        yield from read_all([calls.get_active_boundary(user, of) for user, of in stale], trip) if stale else _none()
    )
    for (_, of), answer in zip(stale, active, strict=True):
        if not isinstance(answer, LeafError) and all(answer.id != boundary.id for boundary in got[of]):
            got[of].append(answer)
    yield from put(lambda catalog, _: _keep_boundaries(catalog, got))
    for answer in (*answers, *active):
        if isinstance(answer, UnreadableAnswerError):
            pulled.notices.append(f"Left out: {answer}")
        elif isinstance(answer, LeafError) and not isinstance(answer, GoneError):
            raise answer
    return sum(len(boundaries) for boundaries in got.values())


def _none() -> Rule[list[Boundary | LeafError]]:
    return []
    yield


def _keep_boundaries(catalog: Catalog, got: dict[str, list[Boundary]]) -> Changes:
    changes = Changes()
    for of, boundaries in got.items():
        changes |= catalog.put_boundaries(of, boundaries)
    return changes


def moved_boundaries(fresh: Sequence[Record], trip: Trip) -> Rule[dict[str, Boundary]]:
    """The active boundary of fields whose list changed though we have its last boundary already.

    Nothing is missing then, but another one of them may be active now.
    """
    fields: list[Field] = [record for record in fresh if isinstance(record, Field)]

    def moved(catalog: Catalog, _: Outbox) -> list[Field]:
        return [one for one in fields if _list_moved(catalog, one)]

    if not fields:
        return {}
    asked = yield from look(moved)
    if not asked:
        return {}
    answers = yield from read_all([calls.get_active_boundary(one.leaf_user_id, one.id) for one in asked], trip)
    return {one.id: answer for one, answer in zip(asked, answers, strict=True) if not isinstance(answer, LeafError)}


def _list_moved(catalog: Catalog, one: Field) -> bool:
    before = catalog.server_copy("fields", one.id)
    listed = boundary_ids(one)
    if before is None or not listed or not isinstance(before, Field) or boundary_ids(before) == listed:
        return False
    return any(boundary.id == listed[-1] for boundary in catalog.boundaries(one.id))

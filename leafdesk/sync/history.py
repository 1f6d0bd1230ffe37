"""Fetch what belongs to one field when somebody asks: every boundary it had, or one of its operation files."""

from dataclasses import replace

from leafdesk.api import calls
from leafdesk.api.errors import GoneError, LeafError, UnreadableAnswerError
from leafdesk.records import OperationFile
from leafdesk.store.catalog import Catalog, Changes
from leafdesk.store.drafts import unread_boundaries
from leafdesk.sync.asks import Rule, Trip, every, look, put, read, read_all
from leafdesk.sync.past_boundaries import history_page


def read_boundaries(leaf_user_id: str, key: str, leaf_id: str, trip: Trip) -> Rule[int]:
    """Every boundary of a field; answers how many of those that Leaf listed can be used."""
    found = yield from every(history_page(leaf_user_id, leaf_id), trip)
    yield from put(lambda catalog, _: catalog.put_boundaries(key, found))
    yield from _named_only(leaf_user_id, key, leaf_id, trip)

    def remember(catalog: Catalog) -> Changes:
        catalog.put_fetched("boundaries", leaf_user_id, trip.now(), key)
        return Changes(frozenset({("fields", key)}))

    yield from put(lambda catalog, _: remember(catalog))
    return len(found)


def _named_only(leaf_user_id: str, key: str, leaf_id: str, trip: Trip) -> Rule[None]:
    """The boundaries that the field names though the list left them out, one by one."""
    missing = yield from look(lambda catalog, _: unread_boundaries(catalog.connection, key))
    answers = yield from read_all([calls.get_boundary(leaf_user_id, leaf_id, one) for one in missing], trip)
    got = [one for one in answers if not isinstance(one, LeafError)]
    yield from put(lambda catalog, _: catalog.put_boundaries(key, got))
    for answer in answers:
        if isinstance(answer, LeafError) and not isinstance(answer, GoneError | UnreadableAnswerError):
            raise answer


def read_field_file(leaf_user_id: str, key: str, leaf_id: str, file_id: str, trip: Trip) -> Rule[OperationFile]:
    """One operation file of a field as Leaf has it now."""
    answer = yield from read(calls.get_field_file(leaf_user_id, leaf_id, file_id), trip)
    found = replace(answer, field_id=key)
    yield from put(lambda catalog, _: catalog.put([found]))
    return found

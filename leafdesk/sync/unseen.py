"""A record that was edited here, and that no list has brought since the database was made anew: Leaf is asked for it.

Lists drop rows while others come and go, and leave out what cannot be read (sync.md §8): only Leaf's answer to a
question for just this record tells that it is gone.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from leafdesk.api import calls
from leafdesk.records import Kind, Record
from leafdesk.store.catalog import Catalog, Changes
from leafdesk.store.outbox import Item
from leafdesk.sync.asks import Rule, Trip, look, put
from leafdesk.sync.attempt import find_known
from leafdesk.sync.lag import note_news

if TYPE_CHECKING:
    from leafdesk.api.calls import Call

UNASKED = "The products of its operation were not read since the database was made anew: read them again, then it goes."
NOBODY = "No Leaf user could be read since the database was made anew; whether Leaf still has this will be seen."
_ONE: dict[Kind, "Callable[[str, str], Call[Any]]"] = {
    "users": lambda user, _: calls.get_user(user),
    "growers": calls.get_grower,
    "farms": calls.get_farm,
    "fields": calls.get_field,
    "machines": calls.get_machine,
}


def why_not_asked(catalog: Catalog, item: Item) -> str | None:
    """Why nobody can be asked now whether Leaf has the record; None: it can."""
    if item.kind not in _ONE:  # no sync reads product matches, only who looks at their operation
        return UNASKED
    return None if catalog.users() or item.kind == "users" else NOBODY


def fetch_unseen(item: Item, trip: Trip) -> Rule[bool]:
    """Ask Leaf for the record of this edit, and keep it; whether there is one. Whose it is went with the database."""
    users, leaf_id = yield from look(lambda catalog, _: _whose(catalog, item))
    for user in users:
        found = yield from find_known(_ONE[item.kind](user, leaf_id), trip)
        if found is not None:
            yield from _keep(found, trip)
            return True
    return False


def _whose(catalog: Catalog, item: Item) -> tuple[list[str], str]:
    """The Leaf users it may belong to, and Leaf's id of it."""
    leaf_id = catalog.leaf_id(item.kind, item.record_id) or item.record_id
    return ([leaf_id] if item.kind == "users" else [user.id for user in catalog.users()]), leaf_id


def _keep(found: Record, trip: Trip) -> Rule[Changes]:
    def keep(catalog: Catalog, _: Any) -> Changes:
        note_news(catalog, trip)
        return catalog.put([found])

    return (yield from put(keep))

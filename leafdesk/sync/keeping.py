"""A sync reads only the Leaf users that this laptop keeps, and puts away what is left of the others."""

from dataclasses import replace

from leafdesk.store.catalog import Catalog, Changes
from leafdesk.store.keeping import kept_users, put_away, strays
from leafdesk.store.outbox import Outbox
from leafdesk.sync.asks import Rule, Trip, look, write

BATCH = 25
"""Records per transaction: a user's edit waits for one batch at most."""


def users_of(trip: Trip) -> Rule[list[str]]:
    """The Leaf users whose records are read: those who are kept, or of them the one that was asked for."""

    def wanted(catalog: Catalog, _: Outbox) -> list[str]:
        kept = kept_users(catalog.connection)
        users = [user.id for user in catalog.users() if kept is None or user.id in kept]
        return [user for user in users if trip.leaf_user_id in (None, user)]

    return (yield from look(wanted))


def trips(trip: Trip) -> Rule[list[Trip]]:
    """The trip as it is while everybody is kept; else one for each Leaf user who is."""

    if (yield from look(lambda catalog, _: kept_users(catalog.connection))) is None:
        return [trip]
    return [replace(trip, leaf_user_id=user) for user in (yield from users_of(trip))]


def put_away_rest() -> Rule[None]:
    """What came of Leaf users who are not kept: a sync ran while somebody chose, or the choosing was cut short."""
    while (yield from look(lambda catalog, _: strays(catalog.connection, 1))):
        yield from write(put_away_some)


def put_away_some(catalog: Catalog, _: Outbox | None = None) -> tuple[int, Changes]:
    """One transaction of putting away; how many records went."""
    return put_away(catalog.connection, BATCH)

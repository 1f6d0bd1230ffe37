"""How far one of Leaf's machines may be behind another, so that a 404 for a new record proves nothing yet."""

from leafdesk.store.catalog import Catalog
from leafdesk.sync.asks import Rule, Trip, look, pause

LAG = 6.0
"""Seconds (Leaf publishes nothing: a cautious guess)."""
_NEWS = "news"
"""The fact that says when a record came here that was not known before, on the steady clock."""


def note_news(catalog: Catalog, trip: Trip) -> None:
    """In the transaction in which a new record comes here."""
    catalog.put_fact(_NEWS, f"{trip.steady():.1f}")


def catch_up(trip: Trip, asked: float | None = None) -> Rule[bool]:
    """Wait until every machine at Leaf knows what is known here; whether some did not when Leaf was `asked`.

    `asked` is on the steady clock; None means now. What was answered too early stays worthless however late it is
    looked at: another lane may have kept this one waiting in between.
    """
    then = yield from look(lambda catalog, _: catalog.fact(_NEWS))
    if then is None:
        return False
    if (trip.steady() if asked is None else asked) - float(then) >= LAG:
        return False
    passed = max(0.0, trip.steady() - float(then))  # the computer has started again if less than nothing has passed
    if passed < LAG:
        yield from pause(LAG - passed)
    return True

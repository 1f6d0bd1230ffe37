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


def catch_up(trip: Trip) -> Rule[bool]:
    """Wait until every machine at Leaf knows what is known here; whether that took a while."""
    then = yield from look(lambda catalog, _: catalog.fact(_NEWS))
    passed = LAG if then is None else trip.steady() - float(then)
    if passed >= LAG:
        return False
    yield from pause(LAG - max(0.0, passed))  # the computer has started again if less than nothing has passed
    return True

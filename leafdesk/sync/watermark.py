"""How far the list of fields has been read, so that a sync nobody asked for reads only what changed since.

The mark is the newest time that Leaf itself wrote, never this computer's, and is asked for with an overlap; a time that
lies days ahead of Leaf's own clock is no mark (sync.md §8). What was deleted shows in a whole list only: at least one
an hour.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from leafdesk.store.catalog import Catalog
from leafdesk.sync.again import SWEEP
from leafdesk.sync.asks import Trip

OVERLAP = timedelta(minutes=10)
_AHEAD = timedelta(days=1)
_MARK, _WHOLE = "fields_until:", "fields_whole:"


def newest(times: Iterable[str], date: str) -> datetime | None:
    """The newest of Leaf's times on a page; `date`: Leaf's own Date header. None without such a time."""
    known = [moment for moment in map(_moment, times) if moment is not None]
    try:
        bound = parsedate_to_datetime(date) + _AHEAD
    except (ValueError, TypeError):
        return None
    return max((moment for moment in known if moment <= bound), default=None)


def since(catalog: Catalog, trip: Trip) -> str | None:
    """The time from which fields are to be asked for; None: all of them."""
    whose = trip.leaf_user_id or ""
    mark, whole = _moment(catalog.fact(_MARK + whose) or ""), catalog.fact(_WHOLE + whose)
    if mark is None or whole is None or not 0 <= trip.clock() - float(whole) < SWEEP:
        return None
    return (mark - OVERLAP).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def never_whole(catalog: Catalog, trip: Trip) -> bool:
    """Whether all fields have never been read to the end."""
    return catalog.fact(_WHOLE + (trip.leaf_user_id or "")) is None


def is_old(catalog: Catalog, trip: Trip) -> None:
    """The next reading is to be whole, however lately the last one was."""
    catalog.put_fact(_WHOLE + (trip.leaf_user_id or ""), "0")


def forget(catalog: Catalog) -> None:
    """What was read is here no longer."""
    for fact in (*catalog.facts(_MARK), *catalog.facts(_WHOLE)):
        catalog.put_fact(fact, None)


def keep(catalog: Catalog, trip: Trip, until: datetime | None, *, whole: bool) -> None:
    """A reading ended well: remember how far it got."""
    whose = trip.leaf_user_id or ""
    mark = _moment(catalog.fact(_MARK + whose) or "")
    if until is not None and (mark is None or until > mark):
        catalog.put_fact(_MARK + whose, until.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    if whole:
        catalog.put_fact(_WHOLE + whose, f"{trip.clock():.0f}")


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo == UTC else None

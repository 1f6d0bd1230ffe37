"""Bring Leaf's records here: users, growers, farms and fields page by page, then the boundaries nobody fetched yet.

Every page is kept as soon as it is read, so a sync that is killed loses nothing; boundaries never change at Leaf, so
each is fetched once for ever. A record is taken away only when a complete sweep did not list it and Leaf answers 404
for it: paging over a changing list drops rows (sync.md §8).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Generic, TypeVar

from leafdesk.api import calls
from leafdesk.api.calls import Call, Page
from leafdesk.api.errors import GoneError, LeafError
from leafdesk.edits import Create
from leafdesk.records import Boundary, Farm, Field, Grower, Kind, LeafUser, Record
from leafdesk.store.catalog import Catalog, Changes
from leafdesk.store.outbox import Outbox
from leafdesk.sync import watermark
from leafdesk.sync.asks import Rule, Trip, look, put, read, read_all, tell, write
from leafdesk.sync.audit import tell_doubles
from leafdesk.sync.boundaries import fetch_boundaries, moved_boundaries
from leafdesk.sync.claims import none_of
from leafdesk.sync.keeping import put_away_rest, trips
from leafdesk.sync.lag import catch_up, note_news
from leafdesk.sync.merge import plain
from leafdesk.sync.removals import may_remove
from leafdesk.sync.sweep import (
    Sweep,
    begun,
    finish,
    forget,
    is_begun,
    is_finished,
    is_first,
    leaf_id,
    mark,
    rows,
)
from leafdesk.sync.tally import BATCH, Pulled, batches

PAGE = calls.PAGE_SIZE
"""Records per page: Leaf's most."""
PAGES_AT_ONCE = 4

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Listing(Generic[R]):
    """How one kind is listed, and how one record of it is read (None where Leaf has no call for one).

    `leaf_user_id`, `source` and `parent` say of which records the list is the whole; None and "": of all of the kind.
    """

    kind: Kind
    word: str
    page: Callable[[int], Call[Page[R]]]
    one: Callable[[R], Call[Any]] | None
    leaf_user_id: str | None = None
    source: str = ""
    parent: str | None = None
    part: bool = False
    """Only what changed lately: what it does not say is still there."""
    first: bool = False
    """It was never read to its end: every page that is kept is written down."""

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.kind, self.leaf_user_id, self.parent or self.source)))


def pull(trip: Trip, pulled: Pulled, *, whole: bool = True) -> Rule[None]:
    """One whole pull: every list from its first page to its last, then the missing boundaries.

    Not `whole`: of the fields only what changed since the last time, if they were all read within the hour. Counts into
    `pulled`. Raises the LeafError that ended it; what was read until then is kept.
    """
    resumed = yield from look(lambda catalog, _: is_begun(catalog))
    first = yield from look(lambda catalog, _: is_first(catalog, trip))
    yield from read_list(replace(_users(), first=first), trip, pulled)
    asked = yield from trips(trip)
    for one in asked:
        yield from _pull_land(one, pulled, whole=whole)
    yield from put_away_rest()
    if (yield from look(lambda catalog, _: is_begun(catalog))):
        yield from put(lambda catalog, _: _close(catalog, asked if resumed else ()))
    pulled.notices.extend((yield from tell_doubles(trip)))


def _pull_land(trip: Trip, pulled: Pulled, *, whole: bool) -> Rule[None]:
    """The land of one Leaf user, or of all."""
    since = None if whole else (yield from _since(trip))
    first = yield from look(lambda catalog, _: is_first(catalog, trip))
    listings: tuple[Listing[Any], ...] = (_growers(trip), _farms(trip), _fields(trip, since))
    for listing in listings:
        yield from read_list(replace(listing, leaf_user_id=trip.leaf_user_id, first=first), trip, pulled)
    yield from fetch_boundaries(trip, pulled)


def _close(catalog: Catalog, resumed: Sequence[Trip]) -> Changes:
    """The first pull is over. What was read in several goes is no whole look at Leaf: the next sync takes one."""
    forget(catalog)
    for trip in resumed:
        watermark.is_old(catalog, trip)
    return Changes()


def _since(trip: Trip) -> Rule[str | None]:
    return (yield from look(lambda catalog, _: watermark.since(catalog, trip)))


# ---------------------------------------------------------------------- the lists
def _users() -> Listing[LeafUser]:
    return Listing(
        "users", "Leaf users", lambda page: calls.list_users(page=page, size=PAGE), lambda user: calls.get_user(user.id)
    )


def _growers(trip: Trip) -> Listing[Grower]:
    return Listing(
        "growers",
        "Growers",
        lambda page: calls.list_growers(leaf_user_id=trip.leaf_user_id, page=page, size=PAGE),
        lambda grower: calls.get_grower(grower.leaf_user_id, leaf_id(grower)),
    )


def _farms(trip: Trip) -> Listing[Farm]:
    return Listing(
        "farms",
        "Farms",
        lambda page: calls.list_farms(leaf_user_id=trip.leaf_user_id, page=page, size=PAGE),
        lambda farm: calls.get_farm(farm.leaf_user_id, leaf_id(farm)),
    )


def _fields(trip: Trip, since: str | None) -> Listing[Field]:
    narrowed: Any = {"leaf_user_id": trip.leaf_user_id} | ({"after_updated": since} if since else {})
    return Listing(
        "fields",
        "Fields",
        lambda page: calls.list_fields(page=page, size=PAGE, **narrowed),
        lambda one: calls.get_field(one.leaf_user_id, one.id),
        part=since is not None,
    )


# ---------------------------------------------------------------------- one sweep
def read_list(listing: Listing[R], trip: Trip, pulled: Pulled) -> Rule[None]:
    """Read one whole list and take what it says; then look after what it no longer says."""
    pulled.tally(listing.kind)
    if listing.first and (yield from look(lambda catalog, _: is_finished(catalog, trip, listing.name))):
        return
    sweep = yield from _read_whole(listing, trip, pulled)
    whole = sweep.complete and not listing.part
    if whole:
        yield from _missing(listing, sweep, trip, pulled)
        yield from _compare(listing, sweep, trip, pulled)
    if whole or (sweep.ended and listing.kind == "fields"):
        yield from put(lambda catalog, _: _remember(catalog, listing, sweep, trip, whole=whole))


def _compare(listing: Listing[R], sweep: Sweep, trip: Trip, pulled: Pulled) -> Rule[None]:
    """Everything that Leaf lists must be here now (sync.md R8): if not, read once more, then say so."""
    absent = yield from look(lambda catalog, outbox: _not_here(catalog, outbox, listing, sweep))
    listing = replace(listing, first=False)
    if absent:
        again = yield from _read_whole(listing, trip, pulled)
        absent &= yield from look(lambda catalog, outbox: _not_here(catalog, outbox, listing, again))
    if absent:
        pulled.notices.append(f"{len(absent)} of Leaf's {listing.word.lower()} could not be kept here.")


def _not_here(catalog: Catalog, outbox: Outbox, listing: Listing[R], sweep: Sweep) -> set[str]:
    """Ids that were listed and have no copy; what is held back for a probe, or cannot be read, is not missed."""
    if _unproved(outbox, listing.kind):
        return set()
    absent = sweep.ids - sweep.unreadable
    for names in catalog.each_server_id(listing.kind):
        absent.difference_update(names)
    return absent


def _remember(catalog: Catalog, listing: Listing[R], sweep: Sweep, trip: Trip, *, whole: bool) -> Changes:
    about = listing.parent or ("" if listing.source == "list" else listing.source)
    user = listing.leaf_user_id if listing.leaf_user_id is not None else trip.leaf_user_id
    if whole:
        catalog.put_fetched(listing.kind, user, trip.now(), about)
    if listing.kind == "fields":
        watermark.keep(catalog, trip, sweep.newest, whole=whole)
    if listing.first and whole:
        finish(catalog, trip, listing.name)
    return Changes()


def _read_whole(listing: Listing[R], trip: Trip, pulled: Pulled) -> Rule[Sweep]:
    sweep, number = yield from _first_page(listing, trip, pulled)
    if sweep.total is None:
        while not sweep.ended:  # nobody says how many there are: until a page is short, or brings nothing
            number, before = number + 1, len(sweep.ids)
            yield from _page(listing, number, sweep, trip, pulled)
            sweep.ended = sweep.ended or len(sweep.ids) == before
        return sweep
    last = (sweep.total - 1) // PAGE
    yield from _pages(listing, range(number + 1, last + 1), sweep, trip, pulled)
    sweep.ended = True
    if sweep.drifted and last > 0:  # rows came or went while we read: they moved across the last borders
        yield from _pages(listing, range(max(0, last - 1), last + 1), sweep, trip, pulled)
    return sweep


def _first_page(listing: Listing[R], trip: Trip, pulled: Pulled) -> Rule[tuple[Sweep, int]]:
    """Read page 0; or, where a first pull was cut short, the last page that it kept, if nothing moved before that."""
    before = (yield from look(lambda catalog, _: begun(catalog, trip, listing.name))) if listing.first else None
    if before is not None:
        sweep, number, known = before
        page = yield from read(listing.page(number), trip)
        if rows(page) == known:
            yield from _take(listing, number, page, sweep, trip, pulled)
            sweep.total = page.total
            return sweep, number
    sweep = Sweep()
    page = yield from _page(listing, 0, sweep, trip, pulled)
    sweep.total = page.total
    return sweep, 0


def _page(listing: Listing[R], number: int, sweep: Sweep, trip: Trip, pulled: Pulled) -> Rule[Page[R]]:
    page = yield from read(listing.page(number), trip)
    yield from _take(listing, number, page, sweep, trip, pulled)
    return page


def _pages(listing: Listing[R], numbers: Sequence[int], sweep: Sweep, trip: Trip, pulled: Pulled) -> Rule[None]:
    """Read the numbered pages, a few at a time, each kept before the next few are asked for."""
    for some in batches(numbers, PAGES_AT_ONCE):
        answers = yield from read_all([listing.page(number) for number in some], trip)
        for number, answer in zip(some, answers, strict=True):
            if not isinstance(answer, LeafError):
                yield from _take(listing, number, answer, sweep, trip, pulled)
        for answer in answers:
            if isinstance(answer, LeafError):
                raise answer


def _take(listing: Listing[R], number: int, page: Page[R], sweep: Sweep, trip: Trip, pulled: Pulled) -> Rule[None]:
    """Keep what one page says, in one transaction; an unchanged page writes nothing."""
    sweep.meet(page, PAGE)
    pulled.notices.extend(f"Left out: {problem}" for problem in page.problems)
    fresh = yield from look(lambda catalog, outbox: _news(catalog, outbox, listing.kind, page.items))
    tally = pulled.tally(listing.kind)
    moved = yield from moved_boundaries(fresh, trip)
    kept = partial(mark, trip=trip, name=listing.name, number=number, page=page, sweep=sweep)
    if fresh or listing.first:
        added, changed = yield from _keep(fresh, moved, trip, kept if listing.first else None)
        tally.added += added
        tally.changed += changed
    if page.items:
        yield from tell(listing.word, len(sweep.ids), sweep.total if sweep.total is not None else page.total)


def _news(catalog: Catalog, outbox: Outbox, kind: Kind, records: Sequence[R]) -> list[R]:
    """Those of the records that differ from what is here, once each, without what must wait for a probe.

    A new record that may be our own create whose answer was lost is left to the probe, or it would be here twice
    (sync.md §8.7). What Leaf had before that create left is none of ours, whatever it is called.
    """
    unproved = _unproved(outbox, kind)
    here = catalog.known(kind, (record.id for record in records))
    fresh: dict[str, R] = {}
    for record in records:
        known = here.get(record.id)
        if known is None and any(record.id not in before for before in unproved.get(plain(record.name), ())):
            continue
        if known != (record.raw, getattr(record, "source", ""), True):
            fresh[record.id] = record
        else:
            fresh.pop(record.id, None)
    return list(fresh.values())


def _unproved(outbox: Outbox, kind: Kind) -> dict[str, list[set[str]]]:
    """The names of records made here of which nobody knows whether they are at Leaf already; for each such record
    Leaf's ids that it cannot have."""
    found: dict[str, list[set[str]]] = {}
    for item in outbox.tried_creates(kind) if kind != "fields" else ():
        if isinstance(item.edit, Create):
            found.setdefault(plain(item.edit.record.name), []).append(none_of(outbox, item) or set())
    return found


def _keep(
    records: Sequence[R], moved: dict[str, Boundary], trip: Trip, then: Callable[[Catalog], None] | None
) -> Rule[tuple[int, int]]:
    """Take these records, with the boundary that became active in each; counts of added and changed."""

    def job(catalog: Catalog, _: Outbox) -> tuple[tuple[int, int], Changes]:
        here = catalog.known(records[0].kind, (record.id for record in records)) if records else {}
        added = sum(not here.get(record.id, ("",))[0] for record in records)
        changes = catalog.put(records)
        taken = len(changes.records)
        if added:
            note_news(catalog, trip)
        for record in records:
            if record.id in moved:
                changes |= catalog.put_boundaries(record.id, [moved[record.id]])
        if then is not None:
            then(catalog)
        return (added, taken - added), changes

    return (yield from write(job))


# ---------------------------------------------------------------------- what a list no longer says
def _missing(listing: Listing[R], sweep: Sweep, trip: Trip, pulled: Pulled) -> Rule[None]:
    """Drop what a complete sweep did not list, each only after Leaf says 404 for it."""

    def unlisted(catalog: Catalog, _: Outbox) -> tuple[list[R], int]:
        user = listing.leaf_user_id if listing.leaf_user_id is not None else trip.leaf_user_id
        known, gone = 0, list[str]()
        for key, name in catalog.each_server_id(listing.kind, user, source=listing.source, parent=listing.parent):
            known += 1
            if name not in sweep.ids:
                gone.append(key)
        copies = [(key, catalog.server_copy(listing.kind, key)) for key in sorted(gone)]
        asked = [_as_leaf_names(catalog, key, copy) for key, copy in copies if copy is not None]
        return asked, known  # type: ignore[return-value]

    missing, known = yield from look(unlisted)
    if not (yield from may_remove(listing.name, (record.id for record in missing), known)):
        pulled.notices.append(
            f"Leaf no longer lists {len(missing)} of {known} {listing.word.lower()}. That is a lot, so nothing was "
            "removed here; look at Leaf whether this is meant. If it is: `leafdesk sync --remove-missing`."
        )
        return
    if listing.one is None:
        yield from _twice_missing(listing, missing, trip, pulled)
        return
    if missing:
        yield from catch_up(trip)  # the list and a 404 may both come from a machine that has not heard of it yet
    for some in batches(missing, BATCH):
        answers = yield from read_all([listing.one(record) for record in some], trip)
        gone = [record for record, answer in zip(some, answers, strict=True) if isinstance(answer, GoneError)]
        if gone:
            yield from _drop(gone)
            pulled.tally(listing.kind).removed += len(gone)


def _twice_missing(listing: Listing[R], missing: Sequence[R], trip: Trip, pulled: Pulled) -> Rule[None]:
    """Where Leaf cannot be asked for one record, a second whole reading must miss it too."""
    again = (yield from _read_whole(listing, trip, pulled)) if missing else Sweep()
    gone = [record for record in missing if record.id not in again.ids]
    if again.complete and gone:
        yield from _drop(gone)
        pulled.tally(listing.kind).removed += len(gone)


def _as_leaf_names(catalog: Catalog, key: str, copy: Record) -> Record:
    """The record under Leaf's own id where it was made here under another (machines, fields)."""
    leaf_id = catalog.leaf_id(copy.kind, key)
    return replace(copy, id=leaf_id) if leaf_id and not hasattr(copy, "leaf_id") else copy


def _drop(records: Sequence[Record]) -> Rule[Changes]:
    def job(catalog: Catalog, _: Outbox) -> Changes:
        changes = Changes()
        for record in records:
            changes |= catalog.drop(record.kind, record.id)
        return changes

    return (yield from put(job))

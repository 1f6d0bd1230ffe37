"""Bring what is no land here: machines, implements, operators, the catalogs, summaries and settings; and on demand the
files, operations and matches that belong to one record.

Most of it is beta at Leaf, and an account may not have it: what Leaf refuses stays "not fetched", and the rest goes on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from leafdesk.api import calls
from leafdesk.api.calls import Call, Page
from leafdesk.api.errors import AnsweredError, BusyError, GoneError, SignedOutError, UnreadableAnswerError
from leafdesk.geo.shape import Shape
from leafdesk.records import Kind, MatchHistory, Product, ProductMatch, Record, TankMix, Variety, word
from leafdesk.store.catalog import Catalog, Changes
from leafdesk.sync.asks import Rule, Trip, every, look, put, read
from leafdesk.sync.keeping import users_of
from leafdesk.sync.pull import PAGE, Listing, read_list
from leafdesk.sync.removals import confirmed
from leafdesk.sync.report import LAST_STOCK
from leafdesk.sync.tally import Pulled

T = TypeVar("T")
R = TypeVar("R", bound=Record)
Input = Product | Variety | TankMix
DAY = 86_400.0


def pull_stock(trip: Trip, pulled: Pulled) -> Rule[None]:
    """Everything that is no land, of every Leaf user (or the trip's). Raises the LeafError that ended it."""
    for user in (yield from users_of(trip)):
        for listing in _lists_of(user):
            yield from _willing(read_list(listing, trip, pulled), listing.word, pulled)
        yield from _willing(refresh_configuration(user, trip), "Settings", pulled)
    yield from _willing(refresh_summary(trip), "The sync summary", pulled)


def _willing(rule: Rule[Any], what: str, pulled: Pulled) -> Rule[None]:
    """Run a rule; what Leaf does not let this account have is told, and no reason to stop."""
    try:
        yield from rule
    except (SignedOutError, BusyError):
        raise
    except GoneError:
        return  # this Leaf does not know the list: it stays "not fetched"
    except (AnsweredError, UnreadableAnswerError) as error:
        pulled.notices.append(f"{what} could not be read: {error}")


def _lists_of(user: str) -> Iterator[Listing[Any]]:
    """Every list of one Leaf user, and how one record of each is asked for."""
    yield _listing(
        *("machines", user, lambda page: calls.list_machines(user, page=page, size=PAGE, sort="id,asc")),
        one=lambda one: calls.get_machine(user, one.id),
    )
    yield _listing(
        *("implements", user, lambda page: calls.list_implements(user, page=page, size=PAGE, sort="id,asc")),
        one=lambda one: calls.get_implement(user, one.id),
    )
    yield _listing(
        *("operators", user, lambda page: calls.list_operators(user, page=page, size=PAGE)),
        one=lambda one: calls.get_operator(user, one.id),
    )
    yield _listing(
        *("products", user, lambda page: calls.list_products(leaf_user_id=user, page=page, size=PAGE)),
        one=lambda one: calls.get_product(one.id),
        source="list",
    )
    yield _listing(
        *("products", user, lambda page: calls.list_products_in_files(user, page=page, size=PAGE)), source="summary"
    )
    yield _listing(
        *("varieties", user, lambda page: calls.list_varieties(leaf_user_id=user, page=page, size=PAGE)),
        one=lambda one: calls.get_variety(one.id),
        source="list",
    )
    yield _listing(
        *("varieties", user, lambda page: calls.list_varieties_in_files(user, page=page, size=PAGE)), source="summary"
    )
    yield _listing(
        *("tankMixes", user, lambda page: calls.list_tank_mixes(leaf_user_id=user, page=page, size=PAGE)),
        source="list",
    )


def _listing(
    kind: Kind,
    user: str,
    page: Callable[[int], Call[Page[R]]],
    *,
    one: Callable[[R], Call[Any]] | None = None,
    source: str = "",
    parent: str | None = None,
) -> Listing[R]:
    named = word(kind)
    plural = f"{named.removesuffix('y')}ies" if named.endswith("y") else f"{named}{'es' if named[-1] in 'xh' else 's'}"
    return Listing(kind, plural.capitalize(), page, one, leaf_user_id=user, source=source, parent=parent)


def is_due(catalog: Catalog, trip: Trip) -> bool:
    """Whether a day has gone by since everything that is no land was read, or a person let much of it go."""
    if confirmed(catalog):
        return True
    last = catalog.fact(LAST_STOCK)
    try:
        ahead = trip.clock() - float(last) if last is not None else DAY
    except ValueError:
        return True
    return ahead >= DAY or ahead < 0


def remember(catalog: Catalog, trip: Trip) -> Changes:
    """It was read now."""
    catalog.put_fact(LAST_STOCK, str(trip.clock()))
    return Changes()


# ---------------------------------------------------------------------- summaries, settings, organizations
def refresh_summary(trip: Trip) -> Rule[int]:
    """What Leaf holds per provider; answers how many there are. What Leaf no longer names is taken away."""
    summary = yield from read(calls.get_summary(leaf_user_id=trip.leaf_user_id), trip)
    yield from put(lambda catalog, _: _only(catalog, "summaries", summary.summaries, trip.leaf_user_id, trip.now()))
    return len(summary.summaries)


def refresh_configuration(leaf_user_id: str, trip: Trip) -> Rule[None]:
    """A Leaf user's settings."""
    found = yield from read(calls.get_configuration(leaf_user_id), trip)
    yield from put(lambda catalog, _: _only(catalog, "configurations", [found], leaf_user_id, trip.now()))


def refresh_organizations(leaf_user_id: str, provider: str, trip: Trip) -> Rule[int]:
    """A Leaf user's organizations at a provider; answers how many there are."""
    found = yield from read(calls.list_organizations(leaf_user_id, provider), trip)

    def job(catalog: Catalog) -> Changes:
        known = {one.id for one in found}
        gone = [
            key
            for key in catalog.server_ids("organizations", leaf_user_id)
            if key not in known and key.startswith(f"{leaf_user_id} {provider} ")
        ]
        return _take(catalog, "organizations", found, gone, leaf_user_id, trip.now(), provider)

    yield from put(lambda catalog, _: job(catalog))
    return len(found)


def _only(catalog: Catalog, kind: Kind, records: Sequence[Record], user: str | None, now: str) -> Changes:
    """Keep these records and no others of the kind (and the Leaf user)."""
    gone = catalog.server_ids(kind, user) - {one.id for one in records}
    return _take(catalog, kind, records, sorted(gone), user, now, "")


def _take(
    catalog: Catalog, kind: Kind, records: Sequence[Record], gone: Sequence[str], user: str | None, now: str, about: str
) -> Changes:
    changes = catalog.put(records)
    for key in gone:
        changes |= catalog.drop(kind, key)
    catalog.put_fetched(kind, user, now, about)
    return changes


# ---------------------------------------------------------------------- what belongs to one record
def read_field_files(leaf_user_id: str, key: str, leaf_id: str, trip: Trip) -> Rule[int]:
    """The machine files of a field; answers how many there are here now."""
    return (
        yield from _read_about(
            _listing(
                *(
                    "files",
                    leaf_user_id,
                    lambda page: _of(calls.list_field_files(leaf_user_id, leaf_id, page=page), field_id=key),
                ),
                one=lambda one: calls.get_field_file(leaf_user_id, leaf_id, one.id),
                parent=key,
            ),
            trip,
        )
    )


def read_machine_files(leaf_user_id: str, key: str, leaf_id: str, trip: Trip) -> Rule[int]:
    """The files of a machine with the way it went and its fuel."""
    return (
        yield from _read_about(
            _listing(
                "machineFiles",
                leaf_user_id,
                lambda page: _of(calls.list_machine_files(leaf_user_id, leaf_id, page=page), machine_id=key),
                parent=key,
            ),
            trip,
        )
    )


def read_operations(leaf_user_id: str, field: str | None, trip: Trip) -> Rule[int]:
    """The operations of a Leaf user, or of one field (its key); none are taken away, for a field's are only a part."""
    id = yield from look(lambda catalog, _: catalog.leaf_id("fields", field) if field else None)
    filters: Any = {"leaf_user_id": leaf_user_id} | ({"field_id": id} if id else {})
    found = yield from every(lambda page: calls.list_operations(page=page, size=PAGE, **filters), trip)
    yield from put(lambda catalog, _: _take(catalog, "operations", found, (), leaf_user_id, trip.now(), field or ""))
    return len(found)


def read_matches(operation_id: str, leaf_user_id: str, trip: Trip) -> Rule[int]:
    """The product matches of an operation."""
    page = yield from read(calls.list_matches(operation_id), trip)
    found = [replace(one, leaf_user_id=leaf_user_id) for one in page.items]

    def job(catalog: Catalog) -> Changes:
        gone = catalog.server_ids("matches", parent=operation_id) - {one.id for one in found}
        whole = page.total in (None, page.count) and not page.problems  # what cannot be read is there all the same
        return _take(catalog, "matches", found, sorted(gone) if whole else (), leaf_user_id, trip.now(), operation_id)

    yield from put(lambda catalog, _: job(catalog))
    return len(found)


def read_match_history(match: ProductMatch, trip: Trip) -> Rule[int]:
    """What a match was before."""
    page = yield from read(calls.list_match_history(match.operation_id, match.id), trip)
    found: list[MatchHistory] = [replace(one, leaf_user_id=match.leaf_user_id) for one in page.items]
    yield from put(
        lambda catalog, _: _take(catalog, "matchHistory", found, (), match.leaf_user_id, trip.now(), match.id)
    )
    return len(found)


def choose(kind: Kind, leaf_user_id: str, owner: str, filters: Mapping[str, str], trip: Trip) -> Rule[list[str]]:
    """Leaf's ids of those machines, implements or files of a machine (its Leaf id: `owner`) that answer Leaf's filters.

    For the filters over what Leaf tells in no answer, such as when an implement was changed. ValueError for a filter
    that the list does not have.
    """
    ask: Any = {
        "machines": calls.list_machines,
        "implements": calls.list_implements,
        "machineFiles": calls.list_machine_files,
    }[kind]
    whose = (leaf_user_id, owner) if owner else (leaf_user_id,)
    found: list[Any] = yield from every(lambda page: ask(*whose, page=page, **filters), trip)
    return [one.id for one in found]


def search_online(
    kind: Kind, text: str, trip: Trip, *, crop: str | None = None, most: int | None = None
) -> Rule[list[str]]:
    """Ask Leaf's search and keep what it found, with the time; answers the ids in Leaf's order."""
    call: Any = {
        "products": calls.search_products,
        "varieties": calls.search_varieties,
        "tankMixes": calls.search_tank_mixes,
    }[kind]
    wishes = {name: value for name, value in (("crop", crop), ("most", most)) if value is not None}
    page: Page[Input] = yield from read(call(text, **wishes), trip)
    at = trip.now()  # one time for all of them: by it the window shows what this search found
    found = [replace(one, found=at) for one in page.items]
    yield from put(lambda catalog, _: catalog.put(found))
    return [one.id for one in found]


def look_up(kind: Kind, id: str, trip: Trip) -> Rule[Product | Variety]:
    """Read one product or variety with all that Leaf has of it (labels), and keep it."""
    call: Any = calls.get_product(id) if kind == "products" else calls.get_variety(id)
    answer: Product | Variety = yield from read(call, trip)
    known = yield from look(lambda catalog, _: catalog.key(kind, id) is not None)
    found = replace(answer, detailed=trip.now(), found="" if known else trip.now())
    yield from put(lambda catalog, _: catalog.put([found]))
    return found


def _of(call: Call[Page[Any]], **owner: str) -> Call[Page[Any]]:
    """The same call, its files belonging to the field or machine as it is named here."""

    def named(answer: Any) -> Page[Any]:
        page = call.read(answer)
        return replace(page, items=tuple(replace(one, **owner) for one in page.items))

    return replace(call, read=named)


def _read_about(listing: Listing[Any], trip: Trip) -> Rule[int]:
    pulled = Pulled()
    yield from read_list(listing, trip, pulled)
    return (
        yield from look(
            lambda catalog, _: len(catalog.server_ids(listing.kind, listing.leaf_user_id, parent=listing.parent))
        )
    )


# ---------------------------------------------------------------------- Leaf's own answers about shapes
def find_fields(leaf_user_id: str, shape: Shape, threshold: float, trip: Trip) -> Rule[list[str]]:
    """The ids of the fields that overlap a shape, as Leaf says."""
    page = yield from read(calls.find_fields(leaf_user_id, shape=shape, threshold=threshold), trip)
    return [field.id for field in page.items]


def intersect(leaf_user_id: str, field_ids: list[str], trip: Trip) -> Rule[Shape]:
    """What fields have in common, as Leaf says."""
    return (yield from read(calls.intersect_fields(leaf_user_id, field_ids), trip))

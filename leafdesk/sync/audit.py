"""What may have gone wrong at Leaf for all our care, looked for afterwards: late doubles, boundaries nobody saw.

A request that lands after the settle time makes a second farm; a boundary drawn by somebody between our look and our
write is replaced. Leaf offers nothing against either, so both are found and told, never hidden (sync.md §6).
"""

from collections.abc import Iterable
from typing import Any

from leafdesk.edits import Create
from leafdesk.geo.shape import from_geojson, to_geojson
from leafdesk.records import Boundary, Farm, Field, Grower, Kind, Machine, word
from leafdesk.store.catalog import Catalog, Changes
from leafdesk.store.notices import Notices
from leafdesk.store.outbox import Item, Outbox
from leafdesk.sync.asks import Rule, Trip, look, write
from leafdesk.sync.claims import bodies, one_of_ours
from leafdesk.sync.merge import plain, same, same_shape

WATCHED = 30 * 86_400.0
"""Seconds for which a create that was sent more than once is watched."""
_MADE: tuple[Kind, ...] = ("fields", "farms", "growers", "machines")


def tell_replaced(catalog: Catalog, item: Item, theirs: Iterable[Boundary], now: str) -> None:
    """Keep that these boundaries, which the user never saw, gave way to the item's."""
    seen = catalog.get("fields", item.record_id)
    name = seen.name if seen else item.sentence
    for boundary in theirs:
        sentence = (
            f"{name}: somebody's boundary of {boundary.created_time} was replaced by yours before you could see it. "
            "Leaf keeps it in the history."
        )
        details = {
            "boundary_id": boundary.id,
            "shape": to_geojson(boundary.shape),
            "created_time": boundary.created_time,
        }
        Notices(catalog.connection).tell("replaced", "fields", item.record_id, boundary.id, sentence, details, at=now)


def tell_doubles(trip: Trip) -> Rule[list[str]]:
    """After the lists were read: keep a notice of every second record that a request of ours may have made; the new
    ones' sentences."""
    found = yield from look(lambda catalog, outbox: list(_doubles(catalog, outbox, trip)))
    if not found:
        return []

    def job(catalog: Catalog, _: Outbox) -> tuple[list[str], Any]:
        notices, told = Notices(catalog.connection), []
        for kind, key, leaf_id, sentence in found:
            if notices.tell("duplicate", kind, key, leaf_id, sentence, {"leaf_id": leaf_id}, at=trip.now()):
                told.append(sentence)
        return told, Changes(queue=bool(told))

    return (yield from write(job))


def _doubles(catalog: Catalog, outbox: Outbox, trip: Trip) -> Iterable[tuple[Kind, str, str, str]]:
    for item, attempts in outbox.sent_again(_MADE, since=trip.clock() - WATCHED):
        record = item.edit.record if isinstance(item.edit, Create) else None
        if not isinstance(record, Field | Farm | Grower | Machine):
            continue
        known = set[str]().union(*(attempt.pre.get("ids", ()) for attempt in attempts))
        sent = bodies(outbox, item)
        ours = catalog.leaf_id(item.kind, item.record_id)
        for key in catalog.named(item.kind, record.leaf_user_id, {plain(body.get("name")) for body in sent}):
            leaf_id = catalog.leaf_id(item.kind, key) or key
            if leaf_id == ours or leaf_id in known or one_of_ours(catalog, outbox, item.kind, leaf_id):
                continue
            if any(_alike(catalog, item.kind, key, body) for body in sent):
                yield item.kind, item.record_id, leaf_id, _second(word(item.kind), record.name, leaf_id)


def _second(thing: str, name: str, leaf_id: str) -> str:
    return (
        f"Leaf has a second {thing} {name} ({leaf_id}). Perhaps a request of yours that seemed lost arrived late and "
        f"made this {thing} twice."
    )


def _alike(catalog: Catalog, kind: Kind, key: str, body: dict[str, Any]) -> bool:
    """Whether a record at Leaf says what this request said."""
    copy = catalog.server_copy(kind, key)
    if isinstance(copy, Field):
        drawn = from_geojson(body["geometry"]) if "geometry" in body else None
        return drawn is not None and any(same_shape(one.shape, drawn) for one in catalog.boundaries(key))
    if isinstance(copy, Farm):
        grower = catalog.leaf_id("growers", copy.grower_id) if copy.grower_id else None
        return same(grower, body.get("growerId"))
    if isinstance(copy, Machine):
        return all(same(getattr(copy, name, None), value) for name, value in body.items())
    return copy is not None

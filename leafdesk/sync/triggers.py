"""How what is set going at Leaf is sent: enable, provider sync, a product match, and an upload, which is sent once.

The rules are rows 12 to 15 of sync.md §6. Enabling is billed and matching has a history, so each looks first whether
it is so already. Whether a lost upload arrived nobody can ask: a person decides, and only a person sends it again.
"""

from dataclasses import replace

from leafdesk.api import calls
from leafdesk.edits import Enable, Match, SyncProvider, Trigger, Upload
from leafdesk.records import VALIDATED, Field, ProductMatch, provider_of
from leafdesk.store.catalog import Catalog, Changes
from leafdesk.store.outbox import Item
from leafdesk.sync.asks import Rule, Trip, every_row, look, read
from leafdesk.sync.attempt import (
    GONE,
    Verdict,
    absent,
    attempt_find,
    conflict,
    done,
    find_known,
    park,
    readable,
    send_ahead,
    settle,
    unbelievable,
)
from leafdesk.sync.places import Place

OFTEN_ENOUGH = 900.0
"""Seconds within which a Leaf user's providers are asked once."""
UNKNOWN_UPLOAD = (
    "Nobody knows whether this upload arrived, and Leaf cannot be asked. Look at the provider first: sending it again "
    "may make a second field there. Then choose: keep mine sends it again, keep theirs leaves it."
)
CHANGED = "Somebody changed this match at Leaf after you saw it."


def send_trigger(item: Item, edit: Trigger, place: Place, trip: Trip) -> Rule[Verdict]:
    """The rule for this one."""
    if isinstance(edit, Enable):
        return (yield from (_enable_grower if edit.kind == "growers" else _enable)(item, place, trip))
    if isinstance(edit, Upload):
        return (yield from _upload(item, edit, place, trip))
    if isinstance(edit, SyncProvider):
        return (yield from _sync_provider(item, place, trip))
    return (yield from _match(item, edit, trip))


def _enable(item: Item, place: Place, trip: Trip) -> Rule[Verdict]:
    """POST unless the field is no preview any more."""
    found = yield from find_known(calls.get_field(place.leaf_user_id, place.leaf_id), trip)
    if found is None:
        return (yield from conflict(item, trip, GONE, None))
    field = found
    if field.status != "PREVIEW":
        return (yield from done(item, trip, lambda catalog: catalog.put([field])))
    if item.state == "sent":
        item = yield from absent(item, trip)
    call = calls.enable_preview_field(place.leaf_user_id, place.leaf_id)
    sent = yield from send_ahead(item, trip, call, body=None, pre={"status": field.status})
    if isinstance(sent, str):
        return sent
    item, _ = sent
    after = yield from attempt_find(calls.get_field(place.leaf_user_id, place.leaf_id), trip)
    if after is None or after.status == "PREVIEW":
        after = replace(field, status="WAITING")  # as Leaf's page says; the next pull tells more
    known: Field = after
    return (yield from done(item, trip, lambda catalog: catalog.put([known])))


def _enable_grower(item: Item, place: Place, trip: Trip) -> Rule[Verdict]:
    """POST unless no field of the grower is a preview any more; repeating it is harmless."""
    previews = yield from _previews(place, trip)
    if not previews:
        return (yield from done(item, trip, _nothing, notice="No field of this grower is a preview at Leaf."))
    if item.state == "sent":
        item = yield from absent(item, trip)
    call = calls.enable_preview_fields_of([place.leaf_id])
    sent = yield from send_ahead(item, trip, call, body=call.body, pre={"previews": [one.id for one in previews]})
    if isinstance(sent, str):
        return sent
    item, _ = sent
    waiting = [replace(one, status="WAITING") for one in previews]  # as Leaf's page says; the next pull tells more
    return (yield from done(item, trip, lambda catalog: catalog.put(waiting)))


def _previews(place: Place, trip: Trip) -> Rule[list[Field]]:
    """The preview fields of a grower, as Leaf has them now.

    Raises UnreadableAnswerError where there seems to be none, and something cannot be read: it may be one.
    """
    whose = place.leaf_user_id
    farms, odd = yield from every_row(
        lambda page: calls.list_farms(leaf_user_id=whose, grower_id=place.leaf_id, page=page), trip
    )
    fields, odd_too = yield from every_row(
        lambda page: calls.list_fields(leaf_user_id=whose, status="PREVIEW", page=page), trip
    )
    its = {farm.id for farm in farms}
    found = [field for field in fields if field.farm_id in its and field.status == "PREVIEW"]
    if not found:
        readable([*odd, *odd_too])
    return found


def _upload(item: Item, edit: Upload, place: Place, trip: Trip) -> Rule[Verdict]:
    """POST once. A lost answer is a question to a person, never a reason to send it again."""
    if item.state == "sent":
        theirs = {"provider": edit.provider, "organization_id": edit.organization_id}
        yield from settle(item, trip, "conflict", "unknown", reason=UNKNOWN_UPLOAD, theirs=theirs)
        return "conflict"
    found = yield from find_known(calls.get_field(place.leaf_user_id, place.leaf_id), trip)
    if found is None:
        return (yield from conflict(item, trip, GONE, None))
    field = found
    if provider_of(field.provider_name) == edit.provider:
        return (
            yield from park(item, trip, f"This field comes from {edit.provider}; Leaf does not send it back there.")
        )
    call = calls.upload_field(
        place.leaf_user_id, place.leaf_id, edit.provider, organization_id=edit.organization_id or None
    )
    pre = {"provider": edit.provider, "organization_id": edit.organization_id}
    sent = yield from send_ahead(item, trip, call, body=None, pre=pre)
    if isinstance(sent, str):
        return sent
    item, answers = sent
    status = next((one.status for one in answers if one.status), "")
    notice = f"{edit.provider} has it ({status}); whether it is done there Leaf cannot be asked." if status else None
    return (yield from done(item, trip, lambda catalog: catalog.put([field]), notice=notice))


def _sync_provider(item: Item, place: Place, trip: Trip) -> Rule[Verdict]:
    """POST; repeating it is harmless, so a lost answer only sends it again, but not oftener than every 15 minutes."""
    fact = f"provider_sync:{place.leaf_user_id}"
    last = yield from look(lambda catalog, _: catalog.fact(fact))
    if last is not None and 0 <= trip.clock() - float(last) < OFTEN_ENOUGH:
        return (yield from done(item, trip, _nothing, notice="Leaf was asked for this less than 15 minutes ago."))
    if item.state == "sent":
        item = yield from absent(item, trip)
    sent = yield from send_ahead(item, trip, calls.sync_fields(place.leaf_user_id), body=None, pre={})
    if isinstance(sent, str):
        return sent
    item, _ = sent

    def remember(catalog: Catalog) -> Changes:
        catalog.put_fact(fact, str(trip.clock()))
        return Changes()

    return (yield from done(item, trip, remember))


def _nothing(_: Catalog) -> Changes:
    return Changes()


def _match(item: Item, edit: Match, trip: Trip) -> Rule[Verdict]:
    """PATCH unless the match says so already; the matches are compared by value."""
    copy = yield from look(lambda catalog, _: catalog.server_copy("matches", item.record_id))
    assert isinstance(copy, ProductMatch)
    before = yield from _matches(copy, trip)
    there = before.get(copy.id)
    if there is None:
        return (yield from conflict(item, trip, GONE, None))
    wanted = edit.product_id or item.base.get("product_id")
    if there.status == VALIDATED and there.product_id == wanted:
        return (yield from done(item, trip, lambda catalog: catalog.put(before.values())))
    if (there.product_id, there.status) != (item.base.get("product_id"), item.base.get("status")):
        theirs = {"product_id": there.product_id, "status": there.status}
        return (yield from conflict(item, trip, CHANGED, theirs, lambda catalog: catalog.put(before.values())))
    if item.state == "sent":
        item = yield from absent(item, trip)
    call = calls.update_match(copy.operation_id, copy.id, product_id=edit.product_id)
    pre = {"product_id": there.product_id, "status": there.status}
    sent = yield from send_ahead(item, trip, call, body=call.body, pre=pre)
    if isinstance(sent, str):
        return sent
    item, page = sent
    answered = {one.id: replace(one, leaf_user_id=copy.leaf_user_id) for one in page.items}  # all of them, in any order
    got = answered.get(copy.id)
    if got is None:
        return (yield from unbelievable(item, trip))
    if got.product_id != wanted:  # somebody chose another product between our look and our write
        theirs = {"product_id": got.product_id, "status": got.status}
        learn = answered.values()
        return (yield from conflict(item, trip, CHANGED, theirs, lambda catalog: catalog.put(learn), outcome="ok"))
    return (yield from done(item, trip, lambda catalog: catalog.put(answered.values())))


def _matches(copy: ProductMatch, trip: Trip) -> Rule[dict[str, ProductMatch]]:
    page = yield from read(calls.list_matches(copy.operation_id), trip)
    readable(page.problems)
    return {one.id: replace(one, leaf_user_id=copy.leaf_user_id) for one in page.items}

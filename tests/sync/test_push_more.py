"""How machines and what is set going at Leaf get there, and what happens when an answer is lost on the way."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from leafdesk.edits import Create, Delete, Edit, Enable, Match, SyncProvider, Upload, change
from leafdesk.records import Field, Grower, Machine, ProductMatch
from leafdesk.store.outbox import RefusedError
from leafdesk.store.tables import Tables, Where
from leafdesk.sync import stock
from leafdesk.sync.cycle import Cycle, sync
from leafdesk.sync.wish import Wish

from .laptop import USER, Laptop, square
from .test_push import lose
from .test_stock import farm

__all__ = ["farm"]
TRACTOR = Machine(
    id="m-1",
    leaf_user_id=USER,
    name="Red Tractor",
    serial_number="000123",
    vin="V1",
    model="T 5",
    make="Example",
    category="Tractor",
    model_year=2020,
)


def whole(laptop: Laptop) -> Cycle:
    cycle = Cycle()
    laptop.drive(sync(laptop.trip(), cycle, Wish(stock=True)))
    return cycle


def machines(laptop: Laptop, name: str = "Red Tractor") -> list[dict[str, Any]]:
    return [one for one in laptop.leaf.all("machines") if one["name"] == name]


def made(laptop: Laptop) -> dict[str, Any]:
    """A machine made here that Leaf has by now."""
    laptop.sync()
    laptop.do(Create(TRACTOR))
    assert laptop.sync().pushed.sent == 1
    (there,) = machines(laptop)
    return there


# ---------------------------------------------------------------------- machines
def test_a_new_machine_arrives_with_all_that_was_said(laptop: Laptop) -> None:
    there = made(laptop)
    assert (there["serialNumber"], there["modelYear"], there["originType"]) == ("000123", 2020, "USER_CREATED")
    seen = laptop.catalog.get("machines", "m-1")
    assert isinstance(seen, Machine)
    assert (seen.manual, seen.created_time) == (True, there["createdTime"])
    assert laptop.catalog.leaf_id("machines", "m-1") == there["id"]
    assert laptop.catalog.key("machines", there["id"]) == "m-1"
    whole(laptop)
    assert Tables(laptop.database.reader()).count("machines", Where(text="Red Tractor")) == 1


@pytest.mark.parametrize("before", [False, True])
def test_a_lost_create_is_found_again_and_never_doubled(laptop: Laptop, before: bool) -> None:
    laptop.sync()
    (item,) = laptop.do(Create(TRACTOR))
    lose(laptop, "createMachine", before=before)
    laptop.sync()
    assert laptop.item(item).state == "sent"
    whole(laptop)  # a pull meanwhile does not show it twice
    laptop.time += 100
    laptop.sync()
    assert laptop.item(item).state == "done"
    assert len(machines(laptop)) == 1
    assert laptop.catalog.leaf_id("machines", "m-1") == machines(laptop)[0]["id"]


@pytest.mark.parametrize("answer", [[{"name": "Red Tractor"}], [{"id": None}], ["machine"]])
def test_a_list_that_cannot_be_read_proves_no_machine_absent(laptop: Laptop, answer: list[Any]) -> None:
    laptop.sync()
    (item,) = laptop.do(Create(TRACTOR))
    lose(laptop, "createMachine")
    laptop.sync()
    laptop.time += 100

    def fault(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        return httpx.Response(200, json=answer) if asked == "listMachines" else act()

    laptop.far.fault = fault
    laptop.sync()
    assert laptop.item(item).state == "sent", "what is looked for may be just what cannot be read"
    laptop.far.fault = None
    laptop.time += 10_000
    laptop.sync()
    assert laptop.item(item).state == "done"
    assert len(machines(laptop)) == 1


def test_a_machine_that_was_changed_before_we_knew_is_for_a_person(laptop: Laptop) -> None:
    laptop.sync()
    (item,) = laptop.do(Create(TRACTOR))
    lose(laptop, "createMachine")
    laptop.sync()
    laptop.leaf.change("machines", machines(laptop)[0]["id"], name="Old Tractor")
    laptop.time += 100
    laptop.sync()
    assert laptop.item(item).state == "conflict"
    assert len(machines(laptop)) + len(machines(laptop, "Old Tractor")) == 1


def test_only_what_changed_is_sent(laptop: Laptop) -> None:
    there = made(laptop)
    laptop.leaf.change("machines", there["id"], make="Somebody Else")
    laptop.do(change("machines", "m-1", serial_number="000124", model_year=2021))
    assert laptop.sync().pushed.sent == 1
    (now,) = machines(laptop)
    assert (now["serialNumber"], now["modelYear"], now["make"]) == ("000124", 2021, "Somebody Else")


def test_what_both_changed_is_for_a_person(laptop: Laptop) -> None:
    there = made(laptop)
    laptop.do(change("machines", "m-1", vin="MINE"))
    laptop.leaf.change("machines", there["id"], vin="THEIRS")
    laptop.sync()
    (item,) = laptop.outbox.items()
    assert (item.state, item.theirs) == ("conflict", {"vin": "THEIRS"})
    laptop.queue(lambda outbox: outbox.resolve(item.id, "mine", now=laptop.now()))
    laptop.sync()
    assert machines(laptop)[0]["vin"] == "MINE"


@pytest.mark.parametrize("operation", ["updateMachine", "deleteMachine"])
@pytest.mark.parametrize("before", [False, True])
def test_a_lost_change_or_delete_is_looked_into(laptop: Laptop, operation: str, before: bool) -> None:
    made(laptop)
    edit: Edit = change("machines", "m-1", name="Blue") if operation == "updateMachine" else Delete("machines", "m-1")
    (item,) = laptop.do(edit)
    lose(laptop, operation, before=before)
    laptop.sync()
    assert laptop.item(item).state == "sent"
    laptop.time += 100
    laptop.sync()
    assert laptop.item(item).state == "done"
    assert machines(laptop) == []
    assert len(machines(laptop, "Blue")) == (operation == "updateMachine")


def test_a_machine_that_others_changed_is_not_deleted(laptop: Laptop) -> None:
    there = made(laptop)
    laptop.do(Delete("machines", "m-1"))
    laptop.leaf.change("machines", there["id"], model="T 6")
    laptop.sync()
    (item,) = laptop.outbox.items()
    assert item.state == "conflict"
    assert len(machines(laptop)) == 1


def test_a_machine_deleted_by_others_is_as_good_as_deleted(laptop: Laptop) -> None:
    there = made(laptop)
    (item,) = laptop.do(Delete("machines", "m-1"))
    laptop.leaf.take_away("machines", there["id"])
    laptop.sync()
    assert laptop.item(item).state == "done"
    assert laptop.catalog.get("machines", "m-1") is None


def test_a_machine_that_was_never_sent_takes_changes_in_and_can_be_taken_back(laptop: Laptop) -> None:
    laptop.sync()
    laptop.do(Create(TRACTOR), change("machines", "m-1", model_year=2022))
    (item,) = laptop.outbox.items()
    assert isinstance(item.edit, Create) and isinstance(item.edit.record, Machine)
    assert item.edit.record.model_year == 2022
    laptop.do(Delete("machines", "m-1"))
    assert laptop.outbox.items() == []
    laptop.sync()
    assert machines(laptop) == []


def test_machines_from_elsewhere_say_why_not(farm: Laptop) -> None:
    whole(farm)
    pooled = next(one for one in farm.leaf.all("machines") if one["originType"] == "PROVIDER_POOLED")
    for edit in (change("machines", pooled["id"], name="Mine"), Delete("machines", pooled["id"])):
        with pytest.raises(RefusedError, match=r"changed in|made by hand"):
            farm.do(edit)


# ---------------------------------------------------------------------- enable
def preview(laptop: Laptop) -> str:
    """A preview field that is here."""
    id = laptop.make_field("Preview")
    laptop.leaf.change("fields", id, status="PREVIEW", boundaries=[])
    laptop.sync()
    return id


@pytest.mark.parametrize("lost", [None, True, False])
def test_a_preview_field_is_enabled_once(laptop: Laptop, lost: bool | None) -> None:
    id = preview(laptop)
    (item,) = laptop.do(Enable(id))
    seen = laptop.catalog.field(id)
    assert seen is not None and seen.status == "WAITING"
    with pytest.raises(RefusedError, match="synced already"):
        laptop.do(Enable(id))
    if lost is not None:
        lose(laptop, "enablePreviewField", before=lost)
        laptop.sync()
        assert laptop.item(item).state == "sent"
        laptop.time += 100
    laptop.sync()
    assert laptop.item(item).state == "done"
    assert laptop.leaf.field(id)["status"] in ("WAITING", "PROCESSED")  # Leaf goes on by itself
    assert laptop.far.counts["enablePreviewField"] == 1 + (lost is True)


def test_enabling_waits_in_the_queue_and_can_be_taken_back_until_it_is_sent(laptop: Laptop) -> None:
    id = preview(laptop)
    (item,) = laptop.do(Enable(id))
    assert "bills" in laptop.item(item).sentence
    laptop.queue(lambda outbox: outbox.discard(item, now=laptop.now()))
    laptop.sync()
    assert laptop.leaf.field(id)["status"] == "PREVIEW"


@pytest.mark.parametrize("lost", [None, True, False])
def test_all_previews_of_a_grower_are_enabled_at_once(laptop: Laptop, lost: bool | None) -> None:
    grower = laptop.leaf.create_grower(USER, "Hill")["id"]
    farm = laptop.leaf.create_farm(USER, "Hill Farm", grower)["id"]
    ours, theirs = preview(laptop), preview(laptop)
    laptop.leaf.update_field(USER, ours, {"farmId": farm})
    laptop.sync()
    (item,) = laptop.do(Enable(str(grower), "growers"))
    assert "all preview fields of Hill" in laptop.item(item).sentence
    assert laptop.item(laptop.do(Enable(str(grower), "growers"))[0]).id == item, "once is enough"
    if lost is not None:
        lose(laptop, "enablePreviewFieldsByGrower", before=lost)
        laptop.sync()
        assert laptop.item(item).state == "sent"
        laptop.time += 100
    laptop.sync()
    assert laptop.item(item).state == "done"
    assert laptop.leaf.field(ours)["status"] in ("WAITING", "PROCESSED")
    assert laptop.leaf.field(theirs)["status"] == "PREVIEW"
    seen = laptop.catalog.field(ours)
    assert seen is not None and seen.status != "PREVIEW"
    assert laptop.far.counts["enablePreviewFieldsByGrower"] == 1 + (lost is True)
    (again,) = laptop.do(Enable(str(grower), "growers"))
    laptop.sync()
    assert laptop.item(again).state == "done"
    assert laptop.far.counts["enablePreviewFieldsByGrower"] == 1 + (lost is True), "there was nothing left to enable"


@pytest.mark.parametrize("unread", ["listFarms", "listFields"])
def test_a_grower_is_enabled_only_when_it_is_known_that_no_preview_is_left(laptop: Laptop, unread: str) -> None:
    grower = laptop.leaf.create_grower(USER, "Hill")["id"]
    farm = laptop.leaf.create_farm(USER, "Hill Farm", grower)["id"]
    ours = preview(laptop)
    laptop.leaf.update_field(USER, ours, {"farmId": farm})
    laptop.sync()
    (item,) = laptop.do(Enable(str(grower), "growers"))
    odd = httpx.Response(200, json=[{"id": {}}])
    laptop.far.fault = lambda asked, act: odd if asked == unread else act()
    laptop.sync(pull=False)
    assert laptop.item(item).state == "waiting" and "cannot be read" in (laptop.item(item).reason or "")
    laptop.far.fault = None
    laptop.sync()
    assert laptop.item(item).state == "done" and laptop.leaf.field(ours)["status"] != "PREVIEW"


def test_a_grower_that_leaf_does_not_have_cannot_be_enabled(laptop: Laptop) -> None:
    laptop.sync()
    laptop.do(Create(Grower(id="g-1", leaf_user_id=USER, name="New")))
    with pytest.raises(RefusedError, match="does not have this grower"):
        laptop.do(Enable("g-1", "growers"))


# ---------------------------------------------------------------------- upload
def test_an_upload_leaves_once_and_after_what_came_before(laptop: Laptop) -> None:
    laptop.sync()
    home = Create(Field(id="7b1b7a3e-6d1c-4b0a-9a53-2f4d5e6a7b8c", leaf_user_id=USER, name="Home", shape=square(5.1)))
    upload = Upload(home.id, "JohnDeere", "428214")
    answers = laptop.do(home, upload, Upload(home.id, "JohnDeere", "428215"), Upload(home.id, "ClimateFieldView"))
    assert answers[1] == answers[2]  # one upload to a provider, the organization chosen last
    states = laptop.states()
    assert states == ["Create waiting", "Upload waiting", "Upload waiting"]
    laptop.far.fault = _organization
    cycle = laptop.sync()
    assert cycle.pushed.sent == 3
    order = [one for one in laptop.far.asked if one in ("createField", "uploadFieldToProvider")]
    assert order == ["createField", "uploadFieldToProvider", "uploadFieldToProvider"]
    laptop.sync()
    assert laptop.far.counts["uploadFieldToProvider"] == 2
    assert any("PENDING" in notice for notice in cycle.pushed.notices)


def _organization(asked: str, act: Any) -> httpx.Response:
    if asked != "uploadFieldToProvider":
        answer: httpx.Response = act()
        return answer
    return httpx.Response(200, json=[{"7b1b7a3e": {"ClimateFieldView": {"id": "x", "status": "PENDING"}}}])


@pytest.mark.parametrize("before", [False, True])
def test_a_lost_upload_is_never_repeated_by_itself(laptop: Laptop, before: bool) -> None:
    laptop.leaf.change("users", USER, climateFieldViewCredentials={"id": "example"})
    id = laptop.make_field("Home")
    laptop.sync()
    (item,) = laptop.do(Upload(id, "ClimateFieldView"))
    lose(laptop, "uploadFieldToProvider", before=before)
    laptop.sync()
    assert laptop.item(item).state == "sent"
    for _ in range(3):
        laptop.time += 1000
        laptop.sync()
    assert (laptop.item(item).state, laptop.far.counts["uploadFieldToProvider"]) == ("conflict", 1)
    assert "second field" in (laptop.item(item).reason or "")
    laptop.queue(lambda outbox: outbox.resolve(item, "mine", now=laptop.now()))
    laptop.sync()
    assert (laptop.item(item).state, laptop.far.counts["uploadFieldToProvider"]) == ("done", 2)


def test_a_lost_upload_may_be_left(laptop: Laptop) -> None:
    id = laptop.make_field("Home")
    laptop.sync()
    (item,) = laptop.do(Upload(id, "ClimateFieldView"))
    lose(laptop, "uploadFieldToProvider")
    laptop.sync()
    laptop.time += 100
    laptop.sync()
    laptop.queue(lambda outbox: outbox.resolve(item, "theirs", now=laptop.now()))
    laptop.sync()
    assert (laptop.states(), laptop.far.counts["uploadFieldToProvider"]) == ([], 1)


def test_an_upload_says_why_not(laptop: Laptop) -> None:
    id = laptop.make_field("Home")
    laptop.leaf.change("fields", id, providerName="JohnDeere")
    laptop.sync()
    for edit, why in (
        (Upload(id, "JohnDeere", "1"), "comes from John Deere"),
        (Upload(id, "Trimble"), "only"),
        (Upload(preview(laptop), "JohnDeere"), "no boundary|organization"),
    ):
        with pytest.raises(RefusedError, match=why):
            laptop.do(edit)


# ---------------------------------------------------------------------- provider sync
def test_providers_are_asked_and_not_too_often(laptop: Laptop) -> None:
    laptop.sync()
    assert laptop.do(SyncProvider(USER)) == laptop.do(SyncProvider(USER))
    laptop.sync()
    laptop.do(SyncProvider(USER))
    cycle = laptop.sync()
    assert laptop.far.counts["syncFields"] == 1
    assert any("15 minutes" in notice for notice in cycle.pushed.notices)
    laptop.time += 1000
    laptop.do(SyncProvider(USER))
    lose(laptop, "syncFields")
    laptop.sync()
    laptop.time += 100
    laptop.sync()
    assert (laptop.states(), laptop.far.counts["syncFields"]) == ([], 3)


# ---------------------------------------------------------------------- matches
def predicted(farm: Laptop) -> ProductMatch:
    """A predicted match that is here."""
    whole(farm)
    for operation in farm.leaf.all("operations"):
        user = operation["leafUserId"]
        farm.drive(stock.read_operations(user, None, farm.trip()))
        farm.drive(stock.read_matches(operation["id"], user, farm.trip()))
        for id in farm.catalog.server_ids("matches", parent=operation["id"]):
            match = farm.catalog.get("matches", id)
            if isinstance(match, ProductMatch) and match.status == "PREDICTED":
                return match
    raise AssertionError("nothing is predicted")


def at_leaf(farm: Laptop, match: ProductMatch) -> tuple[str, str]:
    farm.drive(stock.read_matches(match.operation_id, match.leaf_user_id, farm.trip()))
    there = farm.catalog.server_copy("matches", match.id)
    assert isinstance(there, ProductMatch)
    return there.product_id, there.status


@pytest.mark.parametrize("lost", [None, True, False])
def test_a_match_is_approved(farm: Laptop, lost: bool | None) -> None:
    match = predicted(farm)
    (item,) = farm.do(Match(match.id))
    seen = farm.catalog.get("matches", match.id)
    assert isinstance(seen, ProductMatch) and (seen.status, seen.score) == ("VALIDATED", None)
    with pytest.raises(RefusedError, match="approved already"):
        farm.do(Match(match.id))
    if lost is not None:
        lose(farm, "updateProductMatch", before=lost)
        farm.sync()
        assert farm.item(item).state == "sent"
        farm.time += 100
    farm.sync()
    assert farm.item(item).state == "done"
    assert at_leaf(farm, match) == (match.product_id, "VALIDATED")
    assert farm.far.counts["updateProductMatch"] == 1 + (lost is True)


def test_a_match_is_changed_and_the_last_choice_counts(farm: Laptop) -> None:
    match = predicted(farm)
    first, second = [one["id"] for one in farm.leaf.all("products") if one["id"] != match.product_id][:2]
    assert farm.do(Match(match.id, first)) == farm.do(Match(match.id, second))
    farm.sync()
    assert at_leaf(farm, match) == (second, "VALIDATED")
    farm.drive(stock.read_match_history(match, farm.trip()))
    (earlier,) = farm.catalog.server_ids("matchHistory", parent=match.id)
    assert earlier.startswith(match.id)


def test_a_match_that_others_answered_is_for_a_person(farm: Laptop) -> None:
    match = predicted(farm)
    first, second = [one["id"] for one in farm.leaf.all("products") if one["id"] != match.product_id][:2]
    farm.do(Match(match.id, first))
    farm.leaf.update_match(match.operation_id, match.id, second)
    farm.sync()
    (item,) = farm.outbox.items()
    assert (item.state, item.theirs) == ("conflict", {"product_id": second, "status": "VALIDATED"})


@pytest.mark.parametrize("told", [True, False], ids=["told", "the answer is silent"])
def test_a_product_that_others_chose_between_look_and_write_is_for_a_person(farm: Laptop, told: bool) -> None:
    match = predicted(farm)
    other = next(one["id"] for one in farm.leaf.all("products") if one["id"] != match.product_id)
    (item,) = farm.do(Match(match.id))

    def fault(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        if asked == "updateProductMatch":
            farm.leaf.update_match(match.operation_id, match.id, other)
            return act() if told else httpx.Response(200, json=[{"id": act().status_code}])
        return act()

    farm.far.fault = fault
    farm.sync()
    if not told:
        assert farm.item(item).state == "sent"
        farm.time += 91
        farm.sync()
    assert farm.item(item).state == "conflict"
    assert farm.item(item).theirs == {"product_id": other, "status": "VALIDATED"}

"""What the simulator found: moments in which nobody knows what reached Leaf, and nothing may be taken for granted."""

import json
from collections.abc import Callable

import httpx

from leafdesk.edits import Create, change
from leafdesk.records import Farm, Field
from leafdesk.store.outbox import Outbox

from .laptop import USER, Laptop, square

Act = Callable[[], httpx.Response]


def lost(asked: str, act: Act) -> httpx.Response:
    """Every write is lost before it reaches Leaf."""
    if asked.startswith(("create", "update", "replace", "delete")):
        raise httpx.ReadTimeout("no answer")
    return act()


def farm(name: str) -> Create:
    return Create(Farm(id=f"here-{name}", leaf_user_id=USER, name=name))


def test_an_edit_made_while_leaf_cannot_be_asked_does_not_end_the_sync(laptop: Laptop) -> None:
    field = laptop.make_field("Old")
    laptop.sync()
    (item,) = laptop.do(change("fields", field, name="New"))

    def fault(asked: str, act: Act) -> httpx.Response:
        if asked == "getField":
            laptop.do(change("fields", field, name=f"Newer {len(laptop.far.asked)}"))
            return httpx.Response(200, json={"id": "another"})
        return act()

    laptop.far.fault = fault
    assert laptop.sync().outcome == "done"
    assert laptop.item(item).state == "waiting"


def test_an_answer_about_some_other_record_is_no_proof(laptop: Laptop) -> None:
    field = Field(id="7b1b7a3e-6d1c-4b0a-9a53-2f4d5e6a7b8c", leaf_user_id=USER, name="Home", shape=square())
    laptop.sync()
    (item,) = laptop.do(Create(field))
    laptop.far.fault = lambda asked, act: httpx.Response(200, json={"id": "x"}) if asked == "createField" else act()
    laptop.sync()
    assert laptop.item(item).state == "sent"
    laptop.far.fault = None
    laptop.time += 100
    laptop.sync()
    assert laptop.item(item).state == "done"
    assert [one["name"] for one in laptop.leaf.all("fields")] == ["Home"]


def test_a_wait_that_began_before_the_clock_was_set_back_is_over(laptop: Laptop) -> None:
    (item,) = laptop.do(farm("North"))
    laptop.far.fault = lambda asked, act: (
        httpx.Response(429, headers={"retry-after": "4000"}, json={}) if asked == "createFarm" else act()
    )
    laptop.sync()
    laptop.far.fault = None
    laptop.time -= 86_400
    laptop.set_forward -= 86_400
    laptop.sync()
    assert laptop.item(item).state == "done"


def test_a_clock_set_forward_does_not_end_the_settle_time(laptop: Laptop) -> None:
    laptop.sync()
    (item,) = laptop.do(farm("North"))
    laptop.far.fault = lost
    laptop.sync()
    laptop.far.fault = None
    laptop.time += 86_400
    laptop.set_forward += 86_400
    laptop.sync()
    assert laptop.item(item).state == "sent"  # it may land yet: sending it again could leave it there twice
    laptop.time += 100
    laptop.sync()
    assert laptop.item(item).state == "done" and laptop.far.counts["createFarm"] == 2


def test_what_was_parked_while_nobody_knows_is_looked_into_before_it_goes_again(laptop: Laptop) -> None:
    laptop.sync()
    (item,) = laptop.do(farm("North"))
    laptop.far.fault = lost
    for _ in range(8):
        laptop.sync()
        laptop.time += 600
    assert laptop.item(item).state == "parked"
    laptop.time -= 600
    laptop.far.fault = None
    laptop.queue(lambda outbox: Outbox.retry(outbox, item))
    assert laptop.item(item).state == "sent" and laptop.item(item).not_before > laptop.time
    laptop.leaf.create_farm(USER, "North")  # the last request lands late
    laptop.sync()
    laptop.time += 100
    laptop.sync()
    assert laptop.item(item).state == "done"
    assert [one["name"] for one in laptop.leaf.all("farms")] == ["North"]


def test_many_new_farms_list_those_of_leaf_once(laptop: Laptop) -> None:
    laptop.sync()
    laptop.do(*(farm(f"Farm {n}") for n in range(30)))
    laptop.far.asked.clear()
    assert laptop.sync(pull=False).pushed.sent == 30
    assert laptop.far.counts == {"listFarms": 1, "createFarm": 30}
    assert len({json.dumps(one["name"]) for one in laptop.leaf.all("farms")}) == 30


def test_a_list_that_cannot_be_read_does_not_prove_that_a_farm_is_missing(laptop: Laptop) -> None:
    laptop.sync()
    (item,) = laptop.do(farm("North"))

    def fault(asked: str, act: Act) -> httpx.Response:
        answer = act()
        return httpx.Response(502, json={}) if asked == "createFarm" else answer

    laptop.far.fault = fault
    laptop.sync()
    laptop.time += 100
    laptop.far.fault = lambda asked, act: httpx.Response(200, json=[[1]]) if asked == "listFarms" else act()
    laptop.sync(pull=False)
    assert laptop.item(item).state == "sent"
    laptop.far.fault = None
    laptop.sync()
    assert laptop.item(item).state == "done" and laptop.leaf.counts()["farms"] == 1

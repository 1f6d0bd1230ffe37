"""Every edit's way to Leaf, and back again when its answer is lost: driven step by step, with Leaf in this process."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from leafdesk.edits import Create, Delete, Edit, Redraw, change
from leafdesk.geo.shape import from_geojson, to_geojson
from leafdesk.records import Farm, Field, Grower
from leafdesk.sync.asks import Write
from leafdesk.sync.merge import same_shape

from .laptop import USER, Laptop, square

HOME = "7b1b7a3e-6d1c-4b0a-9a53-2f4d5e6a7b8c"
DRAWN = square(5.1)


def new_field(name: str = "Home Field", farm_id: str | None = None) -> Create:
    return Create(Field(id=HOME, leaf_user_id=USER, name=name, shape=DRAWN, farm_id=farm_id))


def lose(laptop: Laptop, operation: str, *, before: bool = False) -> None:
    """The next answer to this operation is lost; `before`: the request itself is lost on the way."""
    left = [True]

    def fault(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        if asked == operation and left:
            left.clear()
            if not before:
                act()
            raise httpx.ReadError("the connection was reset")
        return act()

    laptop.far.fault = fault


# ---------------------------------------------------------------------- every verb
def test_a_new_field_arrives_once_and_stays_as_drawn(laptop: Laptop) -> None:
    laptop.sync()
    (item,) = laptop.do(new_field())
    cycle = laptop.sync()
    assert laptop.leaf.field(HOME)["name"] == "Home Field"
    assert cycle.pushed.as_dict() == {"sent": 1, "parked": 0, "conflicts": 0, "waiting": 0}
    assert laptop.item(item).state == "done"
    seen = laptop.catalog.field(HOME)
    assert seen is not None and seen.shape == DRAWN and seen.boundary_id == laptop.leaf.history(HOME)[0]["id"]
    laptop.far.asked.clear()
    assert laptop.sync().pulled.tally("fields").as_dict() == {"added": 0, "changed": 0, "removed": 0}
    assert "getBoundary" not in laptop.far.counts  # what the push learned is not fetched again


def test_grower_farm_and_field_arrive_in_order_with_leafs_numbers(laptop: Laptop) -> None:
    laptop.sync()
    laptop.do(
        Create(Grower(id="g-1", leaf_user_id=USER, name="Smith")),
        Create(Farm(id="f-1", leaf_user_id=USER, name="South Farm", grower_id="g-1")),
        new_field(),
        change("fields", HOME, farm_id="f-1"),
    )
    assert laptop.sync().pushed.sent == 4
    (farm,) = laptop.leaf.all("farms")
    (grower,) = laptop.leaf.all("growers")
    assert farm["growerId"] == grower["id"] and laptop.leaf.field(HOME)["farmId"] == farm["id"]
    assert laptop.catalog.leaf_id("farms", "f-1") == str(farm["id"])
    assert laptop.catalog.key("farms", str(farm["id"])) == "f-1"
    seen = laptop.catalog.field(HOME)
    assert seen is not None and seen.farm_id == "f-1"
    assert [farm.id for farm in laptop.catalog.farms()] == ["f-1"]


def test_a_name_a_boundary_and_a_deletion_arrive(laptop: Laptop) -> None:
    old, gone = laptop.make_field("Old"), laptop.make_field("Gone", square(6))
    laptop.sync()
    laptop.do(change("fields", old, name="New"), Redraw(old, DRAWN), Delete("fields", gone))
    assert laptop.sync().pushed.sent == 3
    assert laptop.leaf.field(old)["name"] == "New"
    assert [one["status"] for one in laptop.leaf.history(old)] == ["INACTIVE", "ACTIVE"]
    assert same_shape(from_geojson(laptop.leaf.active_boundary(old)["geometry"]), DRAWN)
    assert [one["id"] for one in laptop.leaf.all("fields")] == [old]
    assert laptop.catalog.field(gone) is None
    assert [one.status for one in laptop.catalog.boundaries(old)] == ["ACTIVE", "INACTIVE"]


def test_a_farm_is_put_whole_and_what_others_changed_stays(laptop: Laptop) -> None:
    grower = laptop.leaf.create_grower(USER, "Smith")["id"]
    farm = laptop.leaf.create_farm(USER, "Main", grower)["id"]
    laptop.sync()
    other = laptop.leaf.create_grower(USER, "Jones")["id"]
    laptop.leaf.update_farm(USER, farm, "Main", other)
    laptop.do(change("farms", str(farm), name="Main Farm"), change("growers", str(grower), name="Smith & Son"))
    assert laptop.sync().pushed.sent == 2
    assert (laptop.leaf.farm(farm)["name"], laptop.leaf.farm(farm)["growerId"]) == ("Main Farm", other)
    assert laptop.leaf.grower(grower)["name"] == "Smith & Son"


def test_a_growers_new_name_arrives(laptop: Laptop) -> None:
    id = laptop.leaf.create_grower(USER, "Hill")["id"]
    laptop.sync()
    laptop.do(change("growers", str(id), name="Hill & Sons"))
    laptop.sync()
    assert [one["name"] for one in laptop.leaf.all("growers") if one["id"] == id] == ["Hill & Sons"]
    assert laptop.far.counts["updateGrower"] == 1 and laptop.outbox.items() == []


def test_a_wish_that_leaf_fulfilled_already_is_not_sent(laptop: Laptop) -> None:
    field = laptop.make_field("Old")
    laptop.sync()
    laptop.do(change("fields", field, name="New"), Redraw(field, DRAWN))
    laptop.leaf.change("fields", field, name="New")
    laptop.leaf.redraw(field, to_geojson(DRAWN))
    laptop.far.asked.clear()
    cycle = laptop.sync()
    assert cycle.pushed.sent == 0 and laptop.states() == []
    assert not {"updateField", "replaceActiveBoundary"} & set(laptop.far.counts)


# ---------------------------------------------------------------------- written ahead
def test_the_attempt_is_in_the_database_before_the_request_leaves(laptop: Laptop) -> None:
    laptop.sync()
    (item,) = laptop.do(new_field())
    seen: list[tuple[str, str]] = []

    def fault(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        if asked == "createField":
            found = laptop.item(item)
            seen.append((found.state, laptop.outbox.attempts(found)[-1].outcome))
        return act()

    laptop.far.fault = fault
    laptop.sync()
    assert seen == [("sent", "inflight")]


# ---------------------------------------------------------------------- lost answers
def _edits(laptop: Laptop) -> dict[str, tuple[str, list[Edit]]]:
    field, farm = laptop.make_field("Old"), str(laptop.leaf.create_farm(USER, "Main")["id"])
    grower = str(laptop.leaf.create_grower(USER, "Smith")["id"])
    return {
        "createField": ("fields", [new_field()]),
        "updateField": ("fields", [change("fields", field, name="New")]),
        "replaceActiveBoundary": ("fields", [Redraw(field, DRAWN)]),
        "deleteField": ("fields", [Delete("fields", field)]),
        "createFarm": ("farms", [Create(Farm(id="f-1", leaf_user_id=USER, name="South Farm"))]),
        "createGrower": ("growers", [Create(Grower(id="g-1", leaf_user_id=USER, name="Jones"))]),
        "updateFarm": ("farms", [change("farms", farm, name="Main Farm")]),
        "updateGrower": ("growers", [change("growers", grower, name="Smith & Son")]),
    }


OPERATIONS = [
    "createField",
    "updateField",
    "replaceActiveBoundary",
    "deleteField",
    "createFarm",
    "createGrower",
    "updateFarm",
    "updateGrower",
]


@pytest.mark.parametrize("before", [False, True], ids=["answer lost", "request lost"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_lost_answer_neither_loses_nor_doubles(laptop: Laptop, operation: str, before: bool) -> None:
    _, edits = _edits(laptop)[operation]
    laptop.sync()
    (item,) = laptop.do(*edits)
    lose(laptop, operation, before=before)
    cycle = laptop.sync()
    assert cycle.pushed.waiting == 1 and laptop.item(item).state == "sent"
    assert laptop.far.counts[operation] == 1
    laptop.sync()
    assert laptop.far.counts[operation] == 1  # until the settle time is over nothing is sent again
    seen = laptop.catalog.get(edits[0].kind, edits[0].id)
    laptop.time += 91
    laptop.sync()
    assert laptop.item(item).state == "done"
    assert laptop.far.counts[operation] == (2 if before else 1)
    after = laptop.catalog.get(edits[0].kind, edits[0].id)
    assert getattr(after, "name", None) == getattr(seen, "name", None)
    assert getattr(after, "shape", None) == getattr(seen, "shape", None)
    counts = laptop.leaf.counts()
    expected = {
        "createField": {"fields": 2, "boundaries": 2},
        "replaceActiveBoundary": {"fields": 1, "boundaries": 2},
        "deleteField": {"fields": 0},
        "createFarm": {"farms": 2},
        "createGrower": {"growers": 2},
    }.get(operation, {"fields": 1, "farms": 1, "growers": 1})
    assert {kind: counts[kind] for kind in expected} == expected
    assert laptop.sync().pushed.as_dict() == {"sent": 0, "parked": 0, "conflicts": 0, "waiting": 0}


def test_a_farm_that_arrived_is_not_pulled_as_a_second_one_while_nobody_knows(laptop: Laptop) -> None:
    laptop.sync()
    laptop.do(Create(Farm(id="f-1", leaf_user_id=USER, name="South Farm")))
    lose(laptop, "createFarm")
    laptop.sync()
    assert [farm.id for farm in laptop.catalog.farms()] == ["f-1"]


def test_a_farm_that_somebody_renamed_before_we_knew_is_for_a_person(laptop: Laptop) -> None:
    laptop.sync()
    (item,) = laptop.do(Create(Farm(id="f-1", leaf_user_id=USER, name="South Farm")))
    lose(laptop, "createFarm")
    laptop.sync(pull=False)
    (farm,) = laptop.leaf.all("farms")
    laptop.leaf.update_farm(USER, farm["id"], "North Farm")
    laptop.time += 91
    laptop.sync(pull=False)
    assert laptop.item(item).state == "conflict" and laptop.far.counts["createFarm"] == 1
    assert laptop.item(item).theirs == {"candidates": [{"id": str(farm["id"]), "name": "North Farm"}]}


def test_a_field_that_leaf_has_already_under_our_id_is_ours(laptop: Laptop) -> None:
    laptop.sync()
    (item,) = laptop.do(new_field())
    laptop.leaf.create_field(USER, to_geojson(DRAWN), "Home Field", HOME)
    laptop.sync()
    assert laptop.item(item).state == "done" and laptop.far.counts["createField"] == 1


def test_another_field_under_our_id_is_for_a_person(laptop: Laptop) -> None:
    laptop.sync(pull=False)
    (item,) = laptop.do(new_field())
    laptop.leaf.create_field(USER, to_geojson(square(9)), "Somebody's", HOME)
    laptop.sync(pull=False)
    assert laptop.item(item).state == "conflict"
    assert (laptop.item(item).theirs or {})["name"] == "Somebody's"


def test_after_eight_lost_answers_only_this_edit_stops(laptop: Laptop) -> None:
    field, other = laptop.make_field("Old"), laptop.make_field("Other", square(7))
    laptop.sync()
    sick, well = laptop.do(change("fields", field, name="New"), change("fields", other, name="Well"))

    def fault(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        if asked == "updateField" and laptop.item(sick).state == "sent":
            return httpx.Response(500, json={"title": "Internal Server Error"})
        return act()

    laptop.far.fault = fault
    for _ in range(10):
        laptop.sync(pull=False)
        laptop.time += 600
    assert laptop.item(sick).state == "parked" and laptop.item(sick).attempts == 8
    assert laptop.item(well).state == "done"


def test_a_parked_create_of_unknown_outcome_is_looked_for_before_it_is_sent_again(laptop: Laptop) -> None:
    laptop.sync()
    (item,) = laptop.do(Create(Farm(id="f-1", leaf_user_id=USER, name="South Farm")))

    def fault(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        if asked != "createFarm":
            return act()
        if laptop.item(item).attempts == 8:
            act()
        return httpx.Response(502, json={})

    laptop.far.fault = fault
    for _ in range(9):
        laptop.sync(pull=False)
        laptop.time += 600
    assert laptop.item(item).state == "parked"
    laptop.queue(lambda outbox: outbox.retry(item))
    laptop.sync()
    assert laptop.item(item).state == "done" and laptop.leaf.counts()["farms"] == 1


# ---------------------------------------------------------------------- what others did meanwhile
def test_a_boundary_that_changed_at_leaf_is_never_overwritten(laptop: Laptop) -> None:
    field = laptop.make_field("Old")
    laptop.sync()
    (item,) = laptop.do(Redraw(field, DRAWN))
    theirs = square(5.0, 52.0, 0.02)
    laptop.leaf.redraw(field, to_geojson(theirs))
    cycle = laptop.sync()
    assert cycle.pushed.conflicts == 1 and laptop.far.counts["replaceActiveBoundary"] == 0
    assert from_geojson(laptop.leaf.active_boundary(field)["geometry"]) == theirs
    found = laptop.item(item)
    assert found.state == "conflict" and found.theirs is not None
    assert from_geojson(found.theirs["shape"]) == theirs
    seen = laptop.catalog.field(field)
    assert seen is not None and seen.shape == DRAWN  # what was drawn here stays on the map until a person chose


@pytest.mark.parametrize("keep", ["mine", "theirs"])
def test_a_conflict_is_answered(laptop: Laptop, keep: str) -> None:
    field = laptop.make_field("Old")
    laptop.sync()
    (item,) = laptop.do(Redraw(field, DRAWN))
    theirs = square(5.0, 52.0, 0.02)
    laptop.leaf.redraw(field, to_geojson(theirs))
    laptop.sync()
    laptop.queue(lambda outbox: outbox.resolve(item, keep, now=laptop.now()))
    laptop.sync()
    expected = DRAWN if keep == "mine" else theirs
    assert from_geojson(laptop.leaf.active_boundary(field)["geometry"]) == expected
    seen = laptop.catalog.field(field)
    assert seen is not None and seen.shape == expected and laptop.states() == []


def test_a_boundary_drawn_twice_here_is_no_conflict_with_ourselves(laptop: Laptop) -> None:
    field = laptop.make_field("Old")
    laptop.sync()
    laptop.do(Redraw(field, DRAWN))
    lose(laptop, "replaceActiveBoundary")
    laptop.sync()
    laptop.do(Redraw(field, square(5.2)))
    laptop.time += 91
    assert laptop.sync().pushed.conflicts == 0
    assert [from_geojson(one["geometry"]) for one in laptop.leaf.history(field)] == [square(), DRAWN, square(5.2)]


def test_a_boundary_that_slipped_in_between_look_and_write_is_told(laptop: Laptop) -> None:
    field = laptop.make_field("Old")
    laptop.sync()
    (item,) = laptop.do(Redraw(field, DRAWN))

    def fault(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        if asked == "replaceActiveBoundary":
            laptop.leaf.redraw(field, to_geojson(square(8)))
        return act()

    laptop.far.fault = fault
    cycle = laptop.sync()
    assert laptop.item(item).state == "done"
    assert any("was replaced by yours" in notice for notice in cycle.notices)


def test_a_name_both_changed_is_a_conflict_and_theirs_is_kept_beside(laptop: Laptop) -> None:
    field = laptop.make_field("Old")
    laptop.sync()
    (item,) = laptop.do(change("fields", field, name="Mine"))
    laptop.leaf.change("fields", field, name="Theirs")
    laptop.sync()
    assert laptop.item(item).state == "conflict" and laptop.item(item).theirs == {"name": "Theirs"}
    assert laptop.leaf.field(field)["name"] == "Theirs"


def test_a_field_changed_by_others_is_not_deleted(laptop: Laptop) -> None:
    field = laptop.make_field("Old")
    laptop.sync()
    (item,) = laptop.do(Delete("fields", field))
    laptop.leaf.change("fields", field, name="Still wanted")
    laptop.sync()
    assert laptop.item(item).state == "conflict" and laptop.leaf.field(field)["name"] == "Still wanted"


def test_a_field_that_is_only_ours_changed_is_deleted(laptop: Laptop) -> None:
    field = laptop.make_field("Old")
    laptop.sync()
    laptop.do(change("fields", field, name="New"), Redraw(field, DRAWN))
    laptop.sync(pull=False)
    laptop.do(Delete("fields", field))
    laptop.sync()
    assert laptop.leaf.all("fields") == [] and laptop.states() == []


def test_an_edit_of_a_field_that_is_gone_is_for_a_person_and_a_deletion_of_it_is_done(laptop: Laptop) -> None:
    field, other = laptop.make_field("Old"), laptop.make_field("Other", square(7))
    laptop.sync()
    edited, deleted = laptop.do(change("fields", field, name="New"), Delete("fields", other))
    laptop.leaf.remove(field)
    laptop.leaf.remove(other)
    laptop.sync()
    assert laptop.item(edited).state == "conflict" and laptop.item(deleted).state == "done"
    seen = laptop.catalog.field(field)
    assert seen is not None and seen.name == "New"


# ---------------------------------------------------------------------- refusals
def test_a_refused_edit_stops_only_itself_and_what_rests_on_it(laptop: Laptop) -> None:
    other = laptop.make_field("Other", square(7))
    laptop.sync()

    def fault(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        if asked == "createFarm":
            return httpx.Response(400, json={"title": "Bad Request", "detail": "The name is taken"})
        return act()

    laptop.far.fault = fault
    farm, made, moved, named = laptop.do(
        Create(Farm(id="f-1", leaf_user_id=USER, name="South Farm")),
        new_field(),
        change("fields", HOME, farm_id="f-1"),
        change("fields", other, name="Well"),
    )
    cycle = laptop.sync()
    assert cycle.outcome == "done" and cycle.pushed.as_dict() == {"sent": 2, "parked": 1, "conflicts": 0, "waiting": 1}
    assert (laptop.item(farm).state, laptop.item(made).state, laptop.item(named).state) == ("parked", "done", "done")
    assert "The name is taken" in (laptop.item(farm).reason or "")
    assert laptop.item(moved).state == "waiting" and "South Farm" in (laptop.item(moved).reason or "")
    laptop.far.fault = None
    laptop.queue(lambda outbox: outbox.retry(farm))
    laptop.sync()
    assert laptop.states() == [] and laptop.leaf.field(HOME)["farmId"] == laptop.leaf.all("farms")[0]["id"]


def test_401_pauses_everything_and_nothing_is_lost(laptop: Laptop) -> None:
    laptop.sync()
    first, second = laptop.do(new_field(), Create(Farm(id="f-1", leaf_user_id=USER, name="South Farm")))
    laptop.far.fault = lambda asked, act: (
        httpx.Response(401, json={"title": "Unauthorized"}) if asked == "createField" else act()
    )
    cycle = laptop.sync()
    assert cycle.outcome == "signed-out" and cycle.pushed.waiting == 2
    assert (laptop.item(first).state, laptop.item(second).state) == ("waiting", "waiting")
    assert laptop.far.counts["createFarm"] == 0
    laptop.far.fault = None
    assert laptop.sync().pushed.sent == 2


def test_offline_stays_waiting(laptop: Laptop) -> None:
    laptop.sync()
    (item,) = laptop.do(new_field())

    def fault(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        raise httpx.ConnectError("refused")

    laptop.far.fault = fault
    cycle = laptop.sync()
    assert cycle.outcome == "offline" and laptop.item(item).state == "waiting"
    laptop.far.fault = None
    laptop.sync()
    assert laptop.leaf.counts()["fields"] == 1


def test_a_sign_in_page_is_no_success(laptop: Laptop) -> None:
    laptop.sync()
    (item,) = laptop.do(new_field())
    laptop.far.fault = lambda *_: httpx.Response(200, html="<html>Welcome</html>")
    cycle = laptop.sync()
    assert cycle.outcome == "offline" and laptop.item(item).state == "sent"
    laptop.far.fault = None
    laptop.time += 91
    laptop.sync()
    assert laptop.item(item).state == "done" and laptop.leaf.counts()["fields"] == 1


def test_a_busy_leaf_is_given_the_time_it_asks_for(laptop: Laptop) -> None:
    laptop.sync()
    laptop.do(new_field())
    busy = [True, True]

    def fault(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        if asked == "createField" and busy:
            busy.pop()
            return httpx.Response(429, headers={"retry-after": "7"}, json={"error": "Request limit exceeded"})
        return act()

    laptop.far.fault = fault
    began = laptop.time
    assert laptop.sync().pushed.sent == 1
    assert laptop.time - began == 14


def test_a_record_that_leaf_cannot_show_does_not_hold_up_the_others(laptop: Laptop) -> None:
    sick, well = laptop.make_field("Sick"), laptop.make_field("Well", square(7))
    laptop.sync()
    first, second = laptop.do(change("fields", sick, name="Better"), change("fields", well, name="Best"))

    def fault(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        answer = act()
        ill = asked == "getField" and answer.json()["name"] == "Sick"
        return httpx.Response(500, json={"title": "Internal Server Error"}) if ill else answer

    laptop.far.fault = fault
    laptop.sync(pull=False)
    assert (laptop.item(first).state, laptop.item(second).state) == ("waiting", "done")
    assert "trouble" in (laptop.item(first).reason or "")


def without(answer: httpx.Response, which: Callable[[dict[str, Any]], bool], odd: dict[str, Any]) -> httpx.Response:
    """A list in which some rows are written so that nobody can read them."""
    rows = [row | odd if which(row) else row for row in answer.json()]
    return httpx.Response(200, headers=answer.headers, content=json.dumps(rows).encode())


@pytest.mark.parametrize("odd", [{}, {"id": {}}, {"geometry": None}], ids=["busy", "no id", "no shape"])
def test_a_boundary_is_not_done_before_the_history_was_seen(laptop: Laptop, odd: dict[str, Any]) -> None:
    field = laptop.make_field("Old")
    laptop.sync()
    (item,) = laptop.do(Redraw(field, DRAWN))
    theirs = list[str]()

    def fault(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        if asked == "replaceActiveBoundary":
            theirs.append(str(laptop.leaf.redraw(field, to_geojson(square(8)))["id"]))
        if asked == "listBoundaries" and laptop.far.counts["replaceActiveBoundary"]:
            return without(act(), lambda row: row["id"] in theirs, odd) if odd else httpx.Response(503, json={})
        return act()

    laptop.far.fault = fault
    laptop.sync(pull=False)
    assert laptop.item(item).state == "sent"
    laptop.far.fault = None
    laptop.time += 91  # a replica that lags behind would not know of it yet
    cycle = laptop.sync(pull=False)
    assert laptop.item(item).state == "done" and laptop.far.counts["replaceActiveBoundary"] == 1
    assert any("was replaced by yours" in notice for notice in cycle.notices)


def test_an_old_boundary_that_cannot_be_read_holds_nothing_up(laptop: Laptop) -> None:
    field = laptop.make_field("Old")
    (first,) = laptop.leaf.history(field)
    laptop.leaf.redraw(field, to_geojson(square(8)))
    laptop.sync()
    (item,) = laptop.do(Redraw(field, DRAWN))

    def fault(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        odd = {"geometry": None}
        return without(act(), lambda row: row["id"] == first["id"], odd) if asked == "listBoundaries" else act()

    laptop.far.fault = fault
    cycle = laptop.sync(pull=False)
    assert laptop.item(item).state == "done" and cycle.notices == ()


# ---------------------------------------------------------------------- the user goes on meanwhile
def test_an_edit_made_while_we_look_goes_with_the_same_sync(laptop: Laptop) -> None:
    field = laptop.make_field("Old")
    laptop.sync()
    laptop.do(change("fields", field, name="New"))

    def fault(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        if asked == "getField":
            laptop.far.fault = None
            laptop.do(change("fields", field, name="Newer"))
        return act()

    laptop.far.fault = fault
    laptop.sync()
    assert laptop.leaf.field(field)["name"] == "Newer" and laptop.states() == []


def test_a_killed_program_finds_its_request_again(laptop: Laptop) -> None:
    laptop.sync()
    (item,) = laptop.do(Create(Farm(id="f-1", leaf_user_id=USER, name="South Farm")))

    class KilledError(BaseException):
        pass

    def killed(ask: object) -> None:
        if isinstance(ask, Write) and laptop.item(item).state == "sent":
            raise KilledError  # the answer is here, its outcome is not written yet

    laptop.before = killed
    with pytest.raises(KilledError):
        laptop.sync()
    laptop.before = lambda _: None
    laptop.sync()
    assert laptop.item(item).state == "sent" and laptop.item(item).not_before == laptop.time + 90
    laptop.time += 91
    laptop.sync()
    assert laptop.item(item).state == "done" and laptop.far.counts["createFarm"] == 1
    assert [farm.id for farm in laptop.catalog.farms()] == ["f-1"]


def test_a_clock_set_back_makes_nobody_wait_for_ever(laptop: Laptop) -> None:
    laptop.sync()
    (item,) = laptop.do(new_field())
    lose(laptop, "createField")
    laptop.sync()
    laptop.time -= 86_400
    laptop.sync()
    assert laptop.item(item).not_before == laptop.time + 90
    assert laptop.item(item).state == "sent"

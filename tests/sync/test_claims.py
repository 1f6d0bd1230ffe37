"""Which of what is new at Leaf is the record made here: by what was sent, or because a person said so."""

from collections.abc import Callable

import httpx
import pytest

from leafdesk.edits import Create, Delete, Redraw, change
from leafdesk.geo.shape import to_geojson
from leafdesk.records import USER_CREATED, Farm, Field, Grower, Machine
from leafdesk.store.catalog import Catalog
from leafdesk.store.outbox import RefusedError
from leafdesk.sync.claims import CHOSEN_IS_TAKEN
from leafdesk.sync.fields import STILL_THERE
from leafdesk.sync.lag import LAG

from .laptop import USER, Laptop, square

Act = Callable[[], httpx.Response]
HOME = "7b1b7a3e-6d1c-4b0a-9a53-2f4d5e6a7b8c"


def lose(laptop: Laptop, operation: str, *, after: bool = False) -> None:
    """Every answer to this operation is lost; the request too unless `after`."""

    def fault(asked: str, act: Act) -> httpx.Response:
        if asked != operation:
            return act()
        if after:
            act()
        raise httpx.ReadError("the connection was reset")

    laptop.far.fault = fault


def lost_farm(laptop: Laptop, *, after: bool = False) -> str:
    """A farm South in the grower Smith, whose create was lost; the item."""
    laptop.sync()
    laptop.do(Create(Grower(id="g-1", leaf_user_id=USER, name="Smith")))
    (item,) = laptop.do(Create(Farm(id="f-1", leaf_user_id=USER, name="South", grower_id="g-1")))
    lose(laptop, "createFarm", after=after)
    laptop.sync(pull=False)
    laptop.far.fault = None
    laptop.time += 91
    return item


def test_a_colleagues_farm_of_the_same_name_in_another_grower_is_not_taken_for_ours(laptop: Laptop) -> None:
    other = laptop.leaf.create_grower(USER, "Other")
    item = lost_farm(laptop)
    laptop.leaf.create_farm(USER, "South", other["id"])
    laptop.sync()
    assert laptop.item(item).state == "done"
    growers = {farm["growerId"] for farm in laptop.leaf.all("farms")}
    assert len(growers) == 2 and laptop.far.counts["createFarm"] == 2


def test_a_farm_of_our_name_shown_without_its_grower_is_for_a_person(laptop: Laptop) -> None:
    item = lost_farm(laptop)
    made = laptop.leaf.create_farm(USER, "South")
    laptop.sync()
    assert laptop.item(item).state == "conflict" and laptop.far.counts["createFarm"] == 1
    assert laptop.item(item).theirs == {"candidates": [{"id": str(made["id"]), "name": "South"}]}


def in_doubt(laptop: Laptop) -> tuple[str, str]:
    """A farm that arrived and was renamed before we knew: the item, and Leaf's id."""
    item = lost_farm(laptop, after=True)
    (farm,) = laptop.leaf.all("farms")
    laptop.leaf.update_farm(USER, farm["id"], "North", farm["growerId"])
    laptop.sync()
    assert laptop.item(item).state == "conflict"
    return item, str(farm["id"])


def test_that_one_is_mine(laptop: Laptop) -> None:
    item, leaf_id = in_doubt(laptop)
    laptop.do(Create(Field(id=HOME, leaf_user_id=USER, name="Home", shape=square(), farm_id="f-1")))
    assert len(laptop.catalog.farms()) == 2  # until somebody says so, they are two
    laptop.queue(lambda outbox: outbox.adopt(item, leaf_id, now=laptop.now()))
    laptop.sync()
    assert laptop.item(item).state == "done" and laptop.far.counts["createFarm"] == 1
    assert [(farm.id, farm.name) for farm in laptop.catalog.farms()] == [("f-1", "North")]
    assert str(laptop.leaf.field(HOME)["farmId"]) == leaf_id and laptop.states() == []


def test_that_one_is_mine_though_leaf_refuses_to_show_it_at_first(laptop: Laptop) -> None:
    item, leaf_id = in_doubt(laptop)
    laptop.queue(lambda outbox: outbox.adopt(item, leaf_id, now=laptop.now()))
    laptop.far.fault = lambda asked, act: httpx.Response(403, json={}) if asked == "getFarm" else act()
    laptop.sync(pull=False)
    assert laptop.item(item).state == "parked"
    laptop.far.fault = None
    laptop.queue(lambda outbox: outbox.retry(item))
    laptop.time += 91
    laptop.sync()
    assert laptop.item(item).state == "done" and laptop.catalog.leaf_id("farms", "f-1") == leaf_id
    assert laptop.far.counts["createFarm"] == 1


def test_the_one_that_was_chosen_may_be_gone_by_then(laptop: Laptop) -> None:
    laptop.sync()
    machine = Machine(
        id="m-1", leaf_user_id=USER, name="Made by Hand Here", origin_type=USER_CREATED, make="X", model="Y"
    )
    (item,) = laptop.do(Create(machine))
    lose(laptop, "createMachine", after=True)
    laptop.sync(pull=False)
    laptop.far.fault = None
    laptop.time += 91
    (made,) = [one for one in laptop.leaf.all("machines") if one["name"] == "Made by Hand Here"]
    laptop.leaf.change("machines", made["id"], model="Z")
    laptop.sync(pull=False)
    laptop.queue(lambda outbox: outbox.adopt(item, str(made["id"]), now=laptop.now()))
    laptop.leaf.delete_machine(USER, made["id"])
    laptop.sync(pull=False)
    assert laptop.item(item).state == "conflict" and "no longer" in (laptop.item(item).reason or "")
    laptop.queue(lambda outbox: outbox.resolve(item, "mine", now=laptop.now()))
    laptop.sync(pull=False)
    assert laptop.item(item).state == "done" and laptop.far.counts["createMachine"] == 2


def test_one_that_was_chosen_for_two_is_the_firsts_and_the_second_is_asked_about_again(laptop: Laptop) -> None:
    laptop.sync()
    two = laptop.do(*(Create(Farm(id=name, leaf_user_id=USER, name=name)) for name in ("South", "East")))
    lose(laptop, "createFarm", after=True)
    laptop.sync(pull=False)
    laptop.far.fault = None
    laptop.time += 91
    for farm in laptop.leaf.all("farms"):
        laptop.leaf.update_farm(USER, farm["id"], "North" if farm["name"] == "South" else "West")
    laptop.sync()
    (north,) = [str(farm["id"]) for farm in laptop.leaf.all("farms") if farm["name"] == "North"]
    for item in two:
        laptop.queue(lambda outbox, item=item: outbox.adopt(item, north, now=laptop.now()))
    laptop.sync()
    first, second = map(laptop.item, two)
    assert first.state == "done" and laptop.catalog.leaf_id("farms", "South") == north
    assert second.state == "conflict" and second.reason == CHOSEN_IS_TAKEN
    laptop.queue(lambda outbox: outbox.resolve(second.id, "theirs", now=laptop.now()))
    laptop.sync()
    assert laptop.states() == [] and laptop.far.counts["createFarm"] == 2
    assert sorted(farm.name for farm in laptop.catalog.farms()) == ["North", "West"]


def test_send_mine_again_does_not_ask_about_the_same_one_twice(laptop: Laptop) -> None:
    item, leaf_id = in_doubt(laptop)
    laptop.queue(lambda outbox: outbox.resolve(item, "mine", now=laptop.now()))
    lose(laptop, "createFarm", after=True)  # lost once more, but it arrives
    laptop.sync(pull=False)
    laptop.far.fault = None
    laptop.time += 91
    laptop.sync()
    assert laptop.item(item).state == "done" and laptop.far.counts["createFarm"] == 2
    ours = laptop.catalog.leaf_id("farms", "f-1")
    assert ours != leaf_id and sorted(farm["name"] for farm in laptop.leaf.all("farms")) == ["North", "South"]


def test_forget_mine_leaves_what_is_at_leaf(laptop: Laptop) -> None:
    item, leaf_id = in_doubt(laptop)
    laptop.queue(lambda outbox: outbox.resolve(item, "theirs", now=laptop.now()))
    laptop.sync()
    assert [farm.id for farm in laptop.catalog.farms()] == [leaf_id] and laptop.states() == []


def test_only_one_of_those_to_choose_from_can_be_mine(laptop: Laptop) -> None:
    item, _ = in_doubt(laptop)
    with pytest.raises(RefusedError, match="none of those"):
        laptop.queue(lambda outbox: outbox.adopt(item, "77", now=laptop.now()))


def test_what_leaf_had_before_our_create_left_is_shown_at_once_whatever_it_is_called(laptop: Laptop) -> None:
    laptop.sync()
    theirs = str(laptop.leaf.create_farm(USER, "South")["id"])  # not read here yet, as after a database was lost
    (item,) = laptop.do(Create(Farm(id="f-1", leaf_user_id=USER, name="South")))
    lose(laptop, "createFarm", after=True)
    laptop.sync()
    assert laptop.item(item).state == "sent" and laptop.catalog.server_ids("farms", USER) == {theirs}
    laptop.far.fault = None
    laptop.do(change("farms", theirs, name="South of the road"))
    laptop.time += 91
    laptop.sync()
    assert laptop.states() == [] and laptop.far.counts["createFarm"] == 1
    assert {farm["name"] for farm in laptop.leaf.all("farms")} == {"South", "South of the road"}


def test_a_field_brought_back_that_never_left_leaf_says_which_name_it_has(laptop: Laptop) -> None:
    id_ = laptop.make_field("Theirs", square())
    (item,) = laptop.do(Create(Field(id=id_, leaf_user_id=USER, name="Mine", shape=square())))
    cycle = laptop.sync(pull=False)
    assert laptop.item(item).state == "done"
    assert any(STILL_THERE.format("Theirs") in notice for notice in cycle.notices)
    assert laptop.catalog.fields(ids=[id_])[0].name == "Theirs"


def test_a_field_of_ours_that_was_renamed_before_we_knew_that_it_arrived_says_so_too(laptop: Laptop) -> None:
    (item,) = laptop.do(Create(Field(id=HOME, leaf_user_id=USER, name="Mine", shape=square())))
    lose(laptop, "createField", after=True)
    laptop.sync(pull=False)
    laptop.far.fault = None
    laptop.leaf.change("fields", HOME, name="Theirs")
    laptop.time += 91
    cycle = laptop.sync(pull=False)
    assert laptop.item(item).state == "done"
    assert [STILL_THERE.format("Theirs") in notice for notice in cycle.notices] == [True]


def test_two_creates_never_take_the_same_record(laptop: Laptop) -> None:
    """Both look at the list before either has claimed what is in it."""
    laptop.sync()
    one, two = laptop.do(*(Create(Farm(id=f"f-{n}", leaf_user_id=USER, name="South")) for n in (1, 2)))
    lose(laptop, "createFarm")
    laptop.sync(pull=False)
    laptop.far.fault = None
    laptop.time += 91
    laptop.leaf.create_farm(USER, "South")  # one of the two arrived after all
    laptop.sync(pull=False)
    assert {laptop.item(one).state, laptop.item(two).state} == {"done"}
    assert laptop.leaf.counts()["farms"] == 2
    assert laptop.catalog.leaf_id("farms", "f-1") != laptop.catalog.leaf_id("farms", "f-2")


# ---------------------------------------------------------------------- a machine at Leaf that is behind
def behind(laptop: Laptop, field: str, *, until: float) -> None:
    """Until then Leaf's answers about this field come from a machine that has not heard of it."""

    def fault(asked: str, act: Act) -> httpx.Response:
        if asked == "getField" and laptop.time < until:
            return httpx.Response(404, json={"title": "Not Found"})
        return act()

    laptop.far.fault = fault


@pytest.mark.parametrize("what", ["delete", "rename"])
def test_a_404_for_a_field_that_is_seconds_old_is_no_proof(laptop: Laptop, what: str) -> None:
    laptop.sync()
    laptop.do(Create(Field(id=HOME, leaf_user_id=USER, name="Home", shape=square())))
    laptop.sync()
    (item,) = laptop.do(Delete("fields", HOME) if what == "delete" else change("fields", HOME, name="New"))
    behind(laptop, HOME, until=laptop.time + LAG - 1)
    laptop.sync()
    assert laptop.item(item).state == "done"
    there = [one["name"] for one in laptop.leaf.all("fields")]
    assert there == ([] if what == "delete" else ["New"])


def test_a_404_that_came_too_early_stays_worthless_when_other_lanes_took_their_time(laptop: Laptop) -> None:
    """Found by the simulator (seed 3001315): half a minute went by in another lane, and the 404 looked old enough."""
    laptop.sync()
    laptop.do(Create(Field(id=HOME, leaf_user_id=USER, name="Home", shape=square())))
    laptop.sync()
    (item,) = laptop.do(Delete("fields", HOME))

    def fault(asked: str, act: Act) -> httpx.Response:
        if asked == "getField" and laptop.far.counts["getField"] == before + 1:
            laptop.time += 30  # passes after Leaf said it, before the rule goes on
            return httpx.Response(404, json={"title": "Not Found"})
        return act()

    before = laptop.far.counts["getField"]
    laptop.far.fault = fault
    laptop.sync()
    assert laptop.item(item).state == "done"
    assert laptop.leaf.all("fields") == []


def test_a_list_that_is_behind_removes_nothing(laptop: Laptop) -> None:
    laptop.sync()
    laptop.do(Create(Field(id=HOME, leaf_user_id=USER, name="Home", shape=square())))
    until = laptop.time + LAG - 1

    def fault(asked: str, act: Act) -> httpx.Response:
        if asked == "listFields" and laptop.time < until:
            return httpx.Response(200, headers={"x-total-count": "0"}, json=[])
        if asked == "getField" and laptop.time < until:
            return httpx.Response(404, json={"title": "Not Found"})
        return act()

    laptop.far.fault = fault
    laptop.sync()
    assert [row.id for row in laptop.catalog.fields()] == [HOME]


def test_what_is_known_for_long_is_gone_at_the_first_404(laptop: Laptop) -> None:
    field = laptop.make_field("Old")
    laptop.sync()
    laptop.time += LAG
    laptop.leaf.remove(field)
    before = laptop.time
    laptop.sync()
    assert laptop.catalog.fields() == [] and laptop.time == before


@pytest.mark.parametrize("seconds", [LAG - 1, LAG + 5])
def test_a_history_that_is_behind_hides_no_boundary_and_draws_none_twice(laptop: Laptop, seconds: float) -> None:
    field = laptop.make_field("Home")
    laptop.sync()
    before = [dict(one) for one in laptop.leaf.history(field)]
    (item,) = laptop.do(Redraw(field, square(7)))
    until = [0.0]

    def fault(asked: str, act: Act) -> httpx.Response:
        answer = act()
        if asked == "replaceActiveBoundary":
            until[0] = laptop.time + seconds
        if asked == "listBoundaries" and laptop.time < until[0]:
            return httpx.Response(200, json=before)
        return answer

    laptop.far.fault = fault
    for _ in range(3):
        laptop.sync()
        laptop.time += 20
    assert laptop.item(item).state == "done" and laptop.far.counts["replaceActiveBoundary"] == 1
    assert (seen := laptop.catalog.field(field)) is not None and seen.shape == square(7)


def test_an_older_boundary_that_a_late_machine_calls_active_is_not_shown(laptop: Laptop) -> None:
    field = laptop.make_field("Home")
    laptop.sync()
    old = laptop.catalog.boundaries(field)
    laptop.leaf.redraw(field, to_geojson(square(7)))
    laptop.sync()
    laptop.database.write(lambda c: Catalog(c).put_boundaries(field, old)).result()
    assert (seen := laptop.catalog.field(field)) is not None and seen.shape == square(7)


def test_mine_may_be_forgotten_while_leaf_is_asked_for_the_one_that_was_chosen(laptop: Laptop) -> None:
    item, leaf_id = in_doubt(laptop)
    laptop.queue(lambda outbox: outbox.adopt(item, leaf_id, now=laptop.now()))

    def fault(asked: str, act: Act) -> httpx.Response:
        if asked == "getFarm" and laptop.item(item).state != "discarded":
            laptop.queue(lambda outbox: outbox.discard(item, now=laptop.now()))
        return act()

    laptop.far.fault = fault
    laptop.sync()
    assert laptop.item(item).state == "discarded" and laptop.states() == []
    assert [farm.id for farm in laptop.catalog.farms()] == [leaf_id] and laptop.far.counts["createFarm"] == 1


def test_what_leaf_refused_has_not_made_a_farm(laptop: Laptop) -> None:
    """The first request said no grower and was refused; a colleague's farm says just that."""
    laptop.leaf.create_grower(USER, "Smith")
    laptop.sync()
    (grower,) = laptop.catalog.growers()
    (item,) = laptop.do(Create(Farm(id="f-1", leaf_user_id=USER, name="South")))
    laptop.far.fault = lambda asked, act: httpx.Response(400, json={}) if asked == "createFarm" else act()
    laptop.sync()
    assert laptop.item(item).state == "parked"
    assert laptop.do(change("farms", "f-1", grower_id=grower.id)) == [item]
    lose(laptop, "createFarm")
    laptop.sync()
    laptop.far.fault = None
    made = laptop.leaf.create_farm(USER, "South")
    laptop.time += 91
    laptop.sync()
    assert laptop.item(item).state == "conflict"
    assert laptop.item(item).theirs == {"candidates": [{"id": str(made["id"]), "name": "South"}]}


def test_an_edit_that_did_not_arrive_waits_for_an_older_one_when_two_farms_turn_out_to_be_one(laptop: Laptop) -> None:
    item, leaf_id = in_doubt(laptop)
    (older,) = laptop.do(change("farms", "f-1", name="South side"))
    (later,) = laptop.do(change("farms", leaf_id, name="North side"))
    lose(laptop, "updateFarm")
    laptop.sync()
    assert laptop.item(later).state == "sent"
    laptop.far.fault = None
    laptop.queue(lambda outbox: outbox.adopt(item, leaf_id, now=laptop.now()))
    laptop.time += 91
    laptop.sync()
    assert (laptop.item(older).state, laptop.item(later).state) == ("conflict", "waiting")
    assert [farm["name"] for farm in laptop.leaf.all("farms")] == ["North"]
    laptop.queue(lambda outbox: outbox.resolve(older, "mine", now=laptop.now()))
    laptop.sync()
    assert laptop.item(older).state == "done"
    assert [farm["name"] for farm in laptop.leaf.all("farms")] == ["South side"]

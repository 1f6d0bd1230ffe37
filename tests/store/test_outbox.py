"""The queue: what coalesces, what blocks, what an attempt writes ahead, and how items leave."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace

import pytest

from leafdesk.edits import Create, Delete, Enable, Redraw, change
from leafdesk.geo.shape import Shape, to_geojson
from leafdesk.records import Boundary, Farm, Field, Grower
from leafdesk.store.catalog import Catalog, Changes
from leafdesk.store.outbox import Outbox, RefusedError, StaleError
from leafdesk.store.tables import Tables

Square = Callable[..., Shape]
NOW = "2026-05-01T08:00:00Z"


@pytest.fixture
def new(shape: Square) -> Create:
    return Create(Field(id="new", leaf_user_id="hill", name="Long Acre", shape=shape(12)))


# ---------------------------------------------------------------------- adding
def test_an_edit_is_seen_at_once_and_says_what_it_is(land, shape: Square) -> None:
    id_, changes = land.write(lambda c: Outbox(c).add(change("fields", "mill", name="Mill"), item_id="a", now=NOW))
    assert (id_, changes) == ("a", Changes(frozenset({("fields", "mill")}), queue=True))
    item = land.item("a")
    assert (item.state, item.rev, item.attempts, item.created) == ("waiting", 1, 0, NOW)
    assert item.sentence == "Rename Mill Field to Mill"
    assert item.base == {"name": "Mill Field"}
    assert (item.kind, item.record_id) == ("fields", "mill")
    assert land.catalog.field("mill").name == "Mill"
    assert land.catalog.server_copy("fields", "mill").name == "Mill Field"
    assert land.catalog.pending("fields", "mill")
    assert land.outbox.counts() == {"waiting": 1, "sent": 0, "parked": 0, "conflict": 0}


def test_an_edit_that_is_not_possible_is_refused_with_the_reason(land, shape: Square) -> None:
    land.put(Field(id="jd", leaf_user_id="hill", name="Deere", provider_name="JohnDeere", raw="{}"))
    for edit, reason in (
        (change("fields", "jd", name="x"), "Fields from John Deere are changed in John Deere."),
        (change("fields", "mill", name=" "), "A name is needed."),
        (change("fields", "nowhere", name="x"), "This is no longer here."),
        (change("fields", "mill", farm_id="nowhere"), "There is no such farm here."),
        (Delete("farms", "41"), "Leaf has no way to delete a farm."),
        (Create(Field(id="mill", leaf_user_id="hill", name="Mill", shape=shape())), "This is already here."),
        (Create(Field(id="bare", leaf_user_id="hill", name="Bare")), "A field needs a boundary."),
    ):
        with pytest.raises(RefusedError) as error:
            land.do(edit)
        assert str(error.value) == reason
    assert land.states() == {}
    assert land.database.reader().execute("SELECT count(*) FROM journal").fetchone() == (0,)


def test_a_farm_of_another_leaf_user_is_refused(land) -> None:
    land.put(Farm(id="77", leaf_user_id="dale", name="Dale Farm", leaf_id=77, raw="{}"))
    with pytest.raises(RefusedError, match="The farm Dale Farm belongs to another Leaf user"):
        land.do(change("fields", "mill", farm_id="77"))


def test_an_edit_that_changes_nothing_is_not_sent(land, shape: Square) -> None:
    land.do(change("fields", "mill", name="Mill Field", farm_id="41"), "same")
    land.do(Redraw("mill", shape()), "same shape")
    assert land.states() == {"same": "superseded", "same shape": "superseded"}
    land.do(change("fields", "mill", name="Mill Field", farm_id="42"), "half")
    assert land.item("half").edit == change("fields", "mill", farm_id="42")
    assert land.item("half").base == {"farm_id": "41"}


def test_every_edit_is_in_the_journal_and_the_journal_cannot_be_changed(land, shape: Square) -> None:
    land.do(change("fields", "mill", name="A"))
    land.do(change("fields", "mill", name="B"))
    land.do(Delete("fields", "mill"), "gone")
    land.discard("gone")
    rows = land.database.reader().execute("SELECT verb, before, after FROM journal ORDER BY id").fetchall()
    assert [verb for verb, _, _ in rows] == ["field.update", "field.update", "field.delete", "discard"]
    assert json.loads(rows[1][1]) == {"name": "A"}
    assert json.loads(rows[1][2])["values"] == {"name": "B"}
    deleted = json.loads(rows[2][1])
    assert (deleted["name"], deleted["farm_id"], deleted["shape"]) == ("B", "41", to_geojson(shape()))
    for sql in ("DELETE FROM journal", "UPDATE journal SET verb = 'x'"):
        with pytest.raises(sqlite3.IntegrityError, match="only added to"):
            land.write(lambda c, sql=sql: c.execute(sql).rowcount)


# ---------------------------------------------------------------------- coalescing (sync.md §3)
def test_a_create_takes_in_name_and_boundary_but_not_the_farm(land, new: Create, shape: Square) -> None:
    land.do(new, "create")
    assert land.do(change("fields", "new", name="Longer Acre")) == "create"
    assert land.do(Redraw("new", shape(13))) == "create"
    assert land.do(change("fields", "new", farm_id="41"), "farm") == "farm"
    assert land.do(change("fields", "new", name="Longest Acre")) == "create"
    assert land.do(change("fields", "new", name="Long", farm_id="42")) == "farm"
    assert land.item("create").edit == Create(replace(new.record, name="Long", shape=shape(13)))
    assert land.item("create").sentence.startswith("New field Long, ")
    assert land.item("farm").edit == change("fields", "new", farm_id="42")
    assert land.item("farm").base == {"farm_id": None}
    assert land.outbox.blocker(land.item("farm")).id == "create"
    seen = land.catalog.field("new")
    assert (seen.name, seen.farm_id, seen.shape) == ("Long", "42", shape(13))


def test_a_create_with_a_farm_is_two_edits(land, new: Create) -> None:
    land.do(Create(replace(new.record, farm_id="41", status="PROCESSED", raw="{}", area_ha=1.0)), "create")
    assert land.item("create").edit == new
    assert land.item("create-farm").edit == change("fields", "new", farm_id="41")
    assert land.catalog.field("new").farm_id == "41"


def test_a_new_farm_takes_in_everything(land) -> None:
    land.do(Create(Farm(id="local", leaf_user_id="hill", name="Lower")), "farm")
    assert land.do(change("farms", "local", name="Lowest", grower_id="7")) == "farm"
    assert land.item("farm").edit == Create(Farm(id="local", leaf_user_id="hill", name="Lowest", grower_id="7"))


def test_created_and_deleted_before_anything_was_sent_sends_nothing(land, new: Create) -> None:
    land.do(new, "create")
    land.do(change("fields", "new", farm_id="41"), "farm")
    land.do(Delete("fields", "new"), "delete")
    assert land.states() == {"create": "superseded", "farm": "superseded", "delete": "superseded"}
    assert land.catalog.field("new") is None
    land.do(new)
    assert land.states() == {"create": "waiting", "farm": "waiting", "delete": "superseded"}
    assert land.catalog.field("new").farm_id == "41"


def test_a_create_that_was_tried_is_deleted_afterwards(land, new: Create, shape: Square) -> None:
    land.do(new, "create")
    land.send("create")
    land.do(Redraw("new", shape(13)), "redraw")
    land.do(Delete("fields", "new"), "delete")
    assert land.states() == {"create": "sent", "redraw": "superseded", "delete": "waiting"}
    assert land.outbox.blocker(land.item("delete")).id == "create"
    with pytest.raises(RefusedError, match="no longer here"):
        land.do(change("fields", "new", name="x"))


def test_changes_merge_and_keep_the_first_base(land) -> None:
    land.do(change("fields", "mill", name="A"), "first")
    assert land.do(change("fields", "mill", farm_id="42")) == "first"
    assert land.do(change("fields", "mill", name="B")) == "first"
    assert land.item("first").edit == change("fields", "mill", name="B", farm_id="42")
    assert land.item("first").base == {"name": "Mill Field", "farm_id": "41"}
    assert land.item("first").rev == 3
    assert land.item("first").sentence == "Rename Mill Field to B and move it to River Farm"


def test_changed_and_changed_back_sends_nothing(land) -> None:
    land.do(change("fields", "mill", name="A", farm_id="42"), "first")
    land.do(change("fields", "mill", name="Mill Field"))
    assert land.item("first").edit == change("fields", "mill", farm_id="42")
    assert land.item("first").base == {"farm_id": "41"}
    assert land.do(change("fields", "mill", farm_id="41")) == "first"
    assert land.states() == {"first": "superseded"}
    assert not land.catalog.pending("fields", "mill")


def test_moving_into_a_first_farm_can_be_taken_back_before_it_is_sent(land) -> None:
    with pytest.raises(RefusedError, match="take a farm out of its grower"):
        land.do(change("farms", "41", grower_id=None))
    land.do(change("farms", "42", grower_id="7"), "move")
    land.do(change("farms", "42", grower_id=None))
    assert land.states() == {"move": "superseded"}
    land.do(change("farms", "42", grower_id="7"), "again")
    land.send("again")
    with pytest.raises(RefusedError, match="take a farm out of its grower"):
        land.do(change("farms", "42", grower_id=None))


def test_the_last_boundary_wins_on_the_first_base(land, shape: Square) -> None:
    land.do(Redraw("mill", shape(side=0.003)), "first")
    assert land.do(Redraw("mill", shape(side=0.004))) == "first"
    assert land.item("first").edit == Redraw("mill", shape(side=0.004))
    assert land.item("first").base == {"boundary_id": "b1", "shape": to_geojson(shape())}
    old, new = land.item("first").sentence.removeprefix("Boundary of Mill Field, ").removesuffix(" ha").split(" → ")
    assert (float(new) / float(old)) == pytest.approx(4.0, rel=0.01)
    assert land.do(Redraw("mill", shape())) == "first"
    assert land.states() == {"first": "superseded"}


def test_boundary_and_name_stay_two_edits(land, shape: Square) -> None:
    land.do(Redraw("mill", shape(side=0.003)), "boundary")
    land.do(change("fields", "mill", name="A"), "name")
    assert land.do(Redraw("mill", shape(side=0.004))) == "boundary"
    assert land.do(change("fields", "mill", name="B")) == "name"
    assert land.outbox.blocker(land.item("name")).id == "boundary"
    assert land.outbox.blocker(land.item("boundary")) is None


def test_nothing_is_taken_in_once_it_was_tried(land, shape: Square) -> None:
    land.do(change("fields", "mill", name="A"), "first")
    land.send("first")
    assert land.do(change("fields", "mill", name="B"), "second") == "second"
    assert land.item("second").base == {"name": "A"}
    land.settle("first", "waiting", "notsent")
    assert land.do(change("fields", "mill", name="C")) == "second"
    assert land.item("first").edit == change("fields", "mill", name="A")
    assert land.do(change("fields", "mill", name="A")) == "second"
    assert land.item("second").state == "superseded"


def test_what_was_never_tried_need_not_be_sent_before_a_delete(land, shape: Square) -> None:
    land.do(change("fields", "mill", name="A"), "name")
    land.do(Redraw("mill", shape(side=0.003)), "boundary")
    land.do(Delete("fields", "mill"), "delete")
    assert land.states() == {"name": "superseded", "boundary": "superseded", "delete": "waiting"}
    assert land.item("delete").base == {"name": "Mill Field", "farm_id": "41", "boundary_id": "b1"}
    assert land.item("delete").sentence == "Delete A"
    assert land.catalog.fields(search="mill") == []
    land.do(Create(replace(land.catalog.server_copy("fields", "mill"))))
    assert land.states() == {"name": "waiting", "boundary": "waiting", "delete": "superseded"}
    assert land.catalog.field("mill").name == "A"


def test_what_was_tried_goes_before_the_delete(land) -> None:
    land.do(change("fields", "mill", name="A"), "tried")
    land.send("tried")
    land.settle("tried", "waiting", "notsent")
    land.do(Delete("fields", "mill"), "delete")
    assert land.states() == {"tried": "waiting", "delete": "waiting"}
    assert land.outbox.blocker(land.item("delete")).id == "tried"
    land.discard("delete")
    assert land.states() == {"tried": "waiting", "delete": "discarded"}


def test_an_id_that_leaf_had_is_never_used_again(land) -> None:
    mill = land.catalog.field("mill")
    land.do(Delete("fields", "mill"), "delete")
    land.send("delete")
    with pytest.raises(RefusedError, match="cannot be used again"):
        land.do(Create(mill))
    land.settle("delete", "done", "ok")
    with pytest.raises(RefusedError, match="cannot be used again"):
        land.do(Create(mill))
    assert land.catalog.server_copy("fields", "mill") is None


def test_a_refused_edit_can_be_put_right(land) -> None:
    land.do(change("fields", "mill", name="A"), "first")
    land.send("first")
    land.settle("first", "parked", "rejected", reason="Leaf: name too short")
    assert land.catalog.fields(ids=["mill"])[0].mark == "parked"
    assert land.do(change("fields", "mill", name="Acre")) == "first"
    item = land.item("first")
    assert (item.state, item.reason, item.attempts, item.base) == ("waiting", None, 1, {"name": "Mill Field"})


def test_a_parked_edit_that_may_have_arrived_is_left_as_it_was_sent(land) -> None:
    land.do(change("fields", "mill", name="A"), "first")
    land.send("first")
    land.settle("first", "sent", "unknown")
    land.write(lambda c: c.execute("UPDATE outbox SET state = 'parked' WHERE id = 'first'").rowcount)
    assert land.do(change("fields", "mill", name="B"), "second") == "second"


def test_a_new_farm_that_leaf_never_heard_of_can_be_taken_back(land) -> None:
    land.do(Create(Farm(id="local", leaf_user_id="hill", name="Lower")), "farm")
    land.do(change("fields", "mill", farm_id="local"), "move")
    with pytest.raises(RefusedError, match="Take back first: Move Mill Field to Lower"):
        land.do(Delete("farms", "local"))
    land.do(change("fields", "mill", farm_id="42"))  # the move no longer needs the new farm
    land.do(Delete("farms", "local"))
    assert land.item("move").edit == change("fields", "mill", farm_id="42")
    assert "local" not in {farm.id for farm in land.catalog.farms()}


# ---------------------------------------------------------------------- order
def test_a_reference_waits_for_the_create_it_needs(land, new: Create) -> None:
    land.do(Create(Grower(id="g", leaf_user_id="hill", name="Grow")), "grower")
    land.do(Create(Farm(id="f", leaf_user_id="hill", name="Farm", grower_id="g")), "farm")
    land.do(change("fields", "mill", farm_id="f"), "move")
    land.do(change("fields", "quarter", name="Free"), "free")
    blockers = {item.id: getattr(land.outbox.blocker(item), "id", None) for item in land.outbox.items()}
    assert blockers == {"grower": None, "farm": "grower", "move": "farm", "free": None}
    land.send("grower")
    assert land.outbox.blocker(land.item("farm")).id == "grower"

    def done(c) -> Changes:
        catalog = Catalog(c)
        catalog.number("growers", "g", "500")
        catalog.put([Grower(id="500", leaf_user_id="hill", name="Grow", leaf_id=500, raw="{}")])
        return Outbox(c).settle(Outbox(c).item("grower"), "done", outcome="ok", now=NOW)

    land.write(done)
    assert land.outbox.blocker(land.item("farm")) is None
    assert land.catalog.leaf_id("growers", "g") == "500"
    assert [grower.id for grower in land.catalog.growers()] == ["g", "7"]


# ---------------------------------------------------------------------- the engine's side
def test_an_attempt_is_written_before_the_request(land) -> None:
    land.do(change("fields", "mill", name="A"), "a")
    sent, attempt = land.send("a", name="A")
    assert (sent.state, sent.attempts, sent.rev) == ("sent", 1, 2)
    assert (attempt.number, attempt.body, attempt.pre, attempt.outcome) == (1, {"name": "A"}, {"known": []}, "inflight")
    assert land.outbox.attempts(sent) == [attempt]
    assert land.outbox.orphans("run-2") == [sent]
    assert land.outbox.orphans("run-1") == []
    land.settle("a", "sent", "unknown", not_before=99.5)
    assert land.outbox.orphans("run-2") == []
    assert land.item("a").not_before == 99.5
    land.settle("a", "waiting", "absent")
    land.send("a")
    land.settle("a", "parked", "rejected", reason="no")
    assert [one.outcome for one in land.outbox.attempts(sent)] == ["absent", "rejected"]


def test_an_item_that_changed_meanwhile_is_stale(land) -> None:
    land.do(change("fields", "mill", name="A"), "a")
    read = land.item("a")
    land.do(change("fields", "mill", name="B"))
    with pytest.raises(StaleError):
        land.write(lambda c: Outbox(c).mark_sent(read, body={}, pre={}, now=NOW, run_id="r"))
    with pytest.raises(StaleError):
        land.write(lambda c: Outbox(c).settle(read, "parked", outcome="rejected", now=NOW))
    sent, _ = land.send("a")
    with pytest.raises(StaleError):
        land.write(lambda c: Outbox(c).mark_sent(sent, body={}, pre={}, now=NOW, run_id="r"))
    assert len(land.outbox.attempts(sent)) == 1


def test_done_shows_what_leaf_has(land, new: Create, shape: Square) -> None:
    land.do(new, "create")
    land.do(change("fields", "new", farm_id="41"), "farm")
    land.send("create")
    land.do(Redraw("new", shape(13)), "redraw")
    assert land.item("redraw").base["boundary_id"] is None

    def done(c) -> Changes:
        Catalog(c).put([Field(id="new", leaf_user_id="hill", name="Long Acre", status="PROCESSED", raw="{}")])
        Catalog(c).put_boundaries("new", [Boundary(id="n1", status="ACTIVE", shape=shape(12), raw="{}")])
        return Outbox(c).settle(Outbox(c).item("create"), "done", outcome="ok", now=NOW)

    land.write(done)
    assert land.states() == {"create": "done", "farm": "waiting", "redraw": "waiting"}
    assert land.item("redraw").base == {"boundary_id": "n1", "shape": to_geojson(shape(12))}
    seen = land.catalog.field("new")
    assert (seen.shape, seen.farm_id, seen.status) == (shape(13), "41", "PROCESSED")


def test_a_strangers_boundary_is_not_taken_for_ours(land, shape: Square) -> None:
    land.do(Redraw("mill", shape(side=0.003)), "ours")
    land.send("ours")
    land.do(Redraw("mill", shape(side=0.004)), "next")

    def done(c) -> Changes:
        Catalog(c).put_boundaries("mill", [Boundary(id="theirs", status="ACTIVE", shape=shape(side=0.009), raw="{}")])
        return Outbox(c).settle(Outbox(c).item("ours"), "done", outcome="ok", now=NOW)

    land.write(done)
    assert land.item("next").base["boundary_id"] == "b1"


# ---------------------------------------------------------------------- leaving
def test_discard_shows_leafs_copy_again(land) -> None:
    land.do(change("fields", "mill", name="A"), "a")
    assert land.discard("a") == Changes(frozenset({("fields", "mill")}), queue=True)
    assert land.catalog.field("mill") == land.catalog.server_copy("fields", "mill")
    with pytest.raises(RefusedError, match="no longer in the queue"):
        land.discard("a")
    with pytest.raises(KeyError):
        land.discard("nothing")


def test_a_sent_item_cannot_be_taken_back(land) -> None:
    land.do(change("fields", "mill", name="A"), "a")
    land.send("a")
    with pytest.raises(RefusedError, match="its outcome is not known yet"):
        land.discard("a")
    with pytest.raises(RefusedError, match="its outcome is not known yet"):
        land.write(lambda c: Outbox(c).retry("a"))


def test_discarding_a_create_takes_along_what_rests_on_it(land, new: Create) -> None:
    land.do(Create(Grower(id="g", leaf_user_id="hill", name="Grow")), "grower")
    land.do(Create(Farm(id="f", leaf_user_id="hill", name="Farm", grower_id="g")), "farm")
    land.do(change("fields", "mill", farm_id="f"), "move")
    land.do(change("fields", "quarter", farm_id="f", name="Kept"), "both")
    land.do(change("farms", "42", grower_id="g"), "regrow")
    land.do(new, "other")
    changes = land.discard("grower")
    assert land.states() == {
        "grower": "discarded",
        "farm": "discarded",
        "move": "discarded",
        "both": "waiting",
        "regrow": "discarded",
        "other": "waiting",
    }
    assert land.item("both").edit == change("fields", "quarter", name="Kept")
    assert land.item("both").base == {"name": "North Quarter"}
    assert land.catalog.field("mill").farm_id == "41"
    assert {("fields", "mill"), ("farms", "f"), ("growers", "g"), ("farms", "42")} <= changes.records


def test_discarding_the_first_of_two_changes_keeps_the_true_base(land, shape: Square) -> None:
    land.do(change("fields", "mill", name="A", farm_id="42"), "first")
    land.send("first")
    land.do(change("fields", "mill", name="B"), "second")
    land.settle("first", "parked", "rejected")
    land.discard("first")
    assert land.item("second").base == {"name": "Mill Field"}
    assert (land.catalog.field("mill").name, land.catalog.field("mill").farm_id) == ("B", "41")


def test_discarding_a_delete_brings_back_what_it_made_needless(land) -> None:
    land.do(change("fields", "mill", name="A"), "name")
    land.do(Delete("fields", "mill"), "delete")
    land.discard("delete")
    assert land.states() == {"name": "waiting", "delete": "discarded"}
    assert land.catalog.field("mill").name == "A"


def test_keeping_theirs_keeps_mine_in_the_journal(land, shape: Square) -> None:
    land.do(Redraw("mill", shape(side=0.003)), "mine")
    land.put_boundary("mill", Boundary(id="b2", status="ACTIVE", shape=shape(side=0.009), raw="{}"))
    land.settle("mine", "conflict", "absent", theirs={"boundary_id": "b2"}, reason="Changed at Leaf")
    assert land.item("mine").theirs == {"boundary_id": "b2"}
    assert land.catalog.fields(ids=["mill"])[0].mark == "conflict"
    land.resolve("mine", "theirs")
    assert land.states() == {"mine": "discarded"}
    assert land.catalog.field("mill").shape == shape(side=0.009)
    verb, after = land.database.reader().execute("SELECT verb, after FROM journal ORDER BY id DESC").fetchone()
    assert (verb, json.loads(after)["shape"]) == ("keep theirs", to_geojson(shape(side=0.003)))


def test_keeping_mine_stands_on_leafs_present_copy(land, shape: Square) -> None:
    land.do(Redraw("mill", shape(side=0.003)), "mine")
    land.put_boundary("mill", Boundary(id="b2", status="ACTIVE", shape=shape(side=0.009), raw="{}"))
    land.settle("mine", "conflict", "absent", theirs={"boundary_id": "b2"})
    land.resolve("mine", "mine")
    item = land.item("mine")
    assert (item.state, item.theirs, item.base["boundary_id"]) == ("waiting", None, "b2")
    assert item.base["shape"] == to_geojson(shape(side=0.009))
    with pytest.raises(RefusedError, match="not in conflict"):
        land.resolve("mine", "theirs")


def test_keeping_mine_of_a_field_that_is_gone_makes_a_new_one(land, shape: Square) -> None:
    land.do(Redraw("mill", shape(side=0.003)), "mine")
    land.do(change("fields", "mill", name="A"), "name")
    land.write(lambda c: Catalog(c).drop("fields", "mill"))
    land.settle("mine", "conflict", "absent", theirs={})
    land.resolve("mine", "mine")
    assert land.catalog.field("mill") is None
    (row,) = land.catalog.fields(search="A home")
    new = land.catalog.field(row.id)
    assert (new.name, new.farm_id, new.shape) == ("A", "41", shape(side=0.003))
    assert [item.sentence.split(",")[0] for item in land.outbox.items()] == ["New field A", "Move A to Home Farm"]
    assert row.id != "mill"


def test_keeping_mine_of_a_farm_that_is_gone_is_not_possible(land) -> None:
    land.do(change("farms", "42", name="A"), "mine")
    land.write(lambda c: Catalog(c).drop("farms", "42"))
    land.settle("mine", "conflict", "absent", theirs={})
    with pytest.raises(RefusedError, match="Leaf no longer has this farm"):
        land.resolve("mine", "mine")
    land.resolve("mine", "theirs")
    assert [farm.id for farm in land.catalog.farms()] == ["41"]


def test_retry_lets_a_parked_item_go_again(land) -> None:
    land.do(change("fields", "mill", name="A"), "a")
    land.send("a")
    land.settle("a", "parked", "rejected", reason="no")
    land.write(lambda c: Outbox(c).retry("a"))
    assert (land.item("a").state, land.item("a").reason, land.item("a").not_before) == ("waiting", None, 0)
    land.send("a")
    land.settle("a", "waiting", "notsent", not_before=50.0)
    land.write(lambda c: Outbox(c).retry("a"))
    assert land.item("a").not_before == 0
    with pytest.raises(KeyError):
        land.write(lambda c: Outbox(c).retry("nothing"))
    land.settle("a", "conflict", "absent")
    with pytest.raises(RefusedError, match="choose which one to keep"):
        land.write(lambda c: Outbox(c).retry("a"))


def test_what_is_changed_back_stays_queued_when_leafs_copy_has_moved_on(land, shape: Square) -> None:
    land.do(change("fields", "mill", name="A"), "name")
    land.do(Redraw("mill", shape(side=0.003)), "boundary")
    mill = land.catalog.server_copy("fields", "mill")
    land.put(replace(mill, name="Theirs", raw="{}", updated_time="2026-02-01T00:00:00Z"))
    land.put_boundary("mill", Boundary(id="b2", status="ACTIVE", shape=shape(side=0.009), raw="{}"))
    land.do(change("fields", "mill", name="Mill Field"))
    land.do(Redraw("mill", shape()))
    assert (land.catalog.field("mill").name, land.catalog.field("mill").shape) == ("Mill Field", shape())
    assert land.states() == {"name": "waiting", "boundary": "waiting"}
    assert land.item("name").base == {"name": "Mill Field"}
    assert land.item("boundary").base["boundary_id"] == "b1"


def test_previews_that_wait_to_be_enabled_with_their_grower_say_so(land) -> None:
    covered = Field(id="kept", leaf_user_id="hill", name="Kept", farm_id="41", status="PREVIEW", raw="{}")
    land.put(covered)

    def marks() -> dict[str, str]:
        rows = {row.id: row.mark for row in land.catalog.fields()}
        assert rows == {row.id: row.mark for row in Tables(land.database.reader()).rows("fields")}
        return rows

    assert marks() == {"mill": "", "quarter": "preview", "kept": "preview"}
    changes = land.write(lambda c: Outbox(c).add(Enable("7", "growers"), item_id="all", now=NOW))[1]
    assert ("fields", "kept") in changes.records and ("fields", "quarter") not in changes.records
    assert marks() == {"mill": "", "quarter": "preview", "kept": "enabling"}
    assert ("fields", "kept") in land.discard("all").records
    assert marks()["kept"] == "preview"


# ---------------------------------------------------------------------- when the clock was set
def test_what_is_just_being_asked_for_is_not_held_back(land, shape: Square) -> None:
    for id_, name in (("mill", "Mill"), ("brook", "Brook")):
        if land.catalog.field(id_) is None:
            land.put(Field(id=id_, leaf_user_id="hill", name=id_, shape=shape(), raw="{}"))
        land.do(change("fields", id_, name=name), id_)
        land.send(id_)
    lost, asked = land.item("mill"), land.item("brook")
    land.write(lambda c: Outbox(c).settle(lost, "sent", outcome="unknown", not_before=90.0, now=NOW))
    land.write(lambda c: Outbox(c).hold_back(until=200.0))
    assert land.item("mill").not_before == 200.0
    assert land.item("brook") == asked

"""Conflicts answered: what is compared, what each answer does, and how an answer is taken back."""

from collections.abc import Callable
from typing import Any

import pytest

from leafdesk.edits import Create, Json
from leafdesk.geo.shape import Shape, from_geojson, to_geojson
from leafdesk.records import Field
from leafdesk.sandbox import Sandbox
from leafdesk.workspace import Delete, Item, Redraw, RefusedError, Workspace, change
from leafdesk.workspace.clashes import Clash, clash_of, comparable, compare
from leafdesk.workspace.history import history_of

WAIT = 20


@pytest.fixture
def workspace(opened: Callable[[], Workspace]) -> Workspace:
    workspace = opened()
    workspace.sync(stock=False).result(WAIT)
    return workspace


def manual(workspace: Workspace, n: int = 0) -> Field:
    found = [workspace.catalog.field(row.id) for row in workspace.catalog.fields()]
    return [one for one in found if one is not None and one.manual and one.shape and one.farm_id][n]


def grown(shape: Shape | None, x: float, y: float) -> Shape:
    """The shape with every corner pushed."""
    return tuple(tuple(tuple((a + x, b + y) for a, b in ring) for ring in polygon) for polygon in shape or ())


def in_conflict(workspace: Workspace, sandbox: Sandbox) -> tuple[Field, Item, Shape, Shape]:
    """A boundary that two people redrew: the field as it was, the item, mine, theirs."""
    field = manual(workspace)
    mine, theirs = grown(field.shape, 1e-4, 0), grown(field.shape, 0, 1e-4)
    workspace.do(Redraw(field.id, mine)).result(WAIT)
    sandbox.leaf.redraw(field.id, to_geojson(theirs))
    workspace.sync(stock=False).result(WAIT)
    (item,) = workspace.outbox.items(states=("conflict",))
    return field, item, mine, theirs


def looked_at(workspace: Workspace, item: Item) -> Clash:
    clash = clash_of(workspace.catalog, workspace.outbox, item.id)
    assert clash is not None
    return clash


def at_leaf(sandbox: Sandbox, field_id: str) -> Shape:
    return from_geojson(sandbox.leaf.active_boundary(field_id)["geometry"])


def sync(workspace: Workspace) -> None:
    assert workspace.sync(stock=False).result(WAIT).outcome in ("done", "partial")


def test_a_boundary_conflict_has_three_outlines_with_their_hectares(workspace: Workspace, sandbox: Sandbox) -> None:
    field, item, mine, theirs = in_conflict(workspace, sandbox)
    clash = looked_at(workspace, item)
    assert (clash.sort, clash.name, clash.attributes, dict(clash.why_not)) == ("boundary", field.name, (), {})
    assert clash.before and clash.before.shape == field.shape and clash.before.at
    assert clash.mine and (clash.mine.shape, clash.mine.at) == (mine, item.created)
    assert clash.theirs and clash.theirs.shape == theirs and clash.theirs.at
    found = compare(clash)
    assert found.before_ha == pytest.approx(found.mine_ha, rel=1e-4)
    assert found.between.gained_ha - found.between.lost_ha == pytest.approx(
        (found.theirs_ha or 0) - (found.mine_ha or 0), abs=1e-6
    )
    assert found.between.gained and found.between.lost and found.mine.gained_ha > 0 and found.theirs.lost_ha > 0


@pytest.mark.parametrize("keep", ["mine", "theirs"])
def test_an_answer_is_one_step_and_undo_puts_the_question_again(
    opened: Callable[[], Workspace], workspace: Workspace, sandbox: Sandbox, keep: Any
) -> None:
    field, item, mine, theirs = in_conflict(workspace, sandbox)
    workspace.queue.resolve(item.id, keep, seen=looked_at(workspace, item).present).result(WAIT)
    assert workspace.undo_name == f"Answer on {field.name}"
    workspace.close()
    again = opened()
    again.undo().result(WAIT)
    asked = again.outbox.item(item.id)
    assert asked is not None
    assert (asked.state, asked.reason, asked.theirs, asked.base) == ("conflict", item.reason, item.theirs, item.base)
    assert looked_at(again, asked).mine == looked_at(again, item).mine
    assert again.check() == []
    sync(again)
    assert at_leaf(sandbox, field.id) == theirs  # nothing was sent while the question stood
    again.redo().result(WAIT)
    sync(again)
    assert at_leaf(sandbox, field.id) == (mine if keep == "mine" else theirs)
    assert not again.outbox.items() and again.check() == []
    history = history_of(again.catalog, field.id)
    assert history is not None and {mine, theirs} <= {version.shape for version in history.versions}  # the loser, too


def test_an_answer_that_has_gone_to_leaf_is_not_taken_back(workspace: Workspace, sandbox: Sandbox) -> None:
    field, item, mine, _ = in_conflict(workspace, sandbox)
    workspace.queue.resolve(item.id, "mine").result(WAIT)
    sync(workspace)
    with pytest.raises(RefusedError, match=r"has gone to Leaf already\. .* boundary history"):
        workspace.undo().result(WAIT)
    assert at_leaf(sandbox, field.id) == mine and not workspace.outbox.items()


def test_mine_becomes_a_new_field_and_theirs_stays(workspace: Workspace, sandbox: Sandbox) -> None:
    field, item, mine, theirs = in_conflict(workspace, sandbox)
    queued = workspace.queue.resolve(item.id, "both").result(WAIT)
    new = workspace.catalog.field(queued[0].record_id)
    old = workspace.catalog.field(field.id)
    assert new and (new.name, new.shape, new.farm_id) == (f"{field.name} 2", mine, field.farm_id)
    assert old and old.shape == theirs
    workspace.undo().result(WAIT)
    assert workspace.catalog.field(new.id) is None and [one.state for one in workspace.outbox.items()] == ["conflict"]
    workspace.redo().result(WAIT)
    sync(workspace)
    assert at_leaf(sandbox, field.id) == theirs and not workspace.outbox.items()
    made = [one for one in sandbox.leaf.all("fields") if one.get("name") == f"{field.name} 2"]
    assert [at_leaf(sandbox, str(one["id"])) for one in made] == [mine]
    workspace.undo().result(WAIT)  # it is at Leaf: the opposite is queued, and the question put again
    sync(workspace)
    assert [one.state for one in workspace.outbox.items()] == ["conflict"] and workspace.check() == []
    assert str(made[0]["id"]) not in [str(one["id"]) for one in sandbox.leaf.all("fields")]


def test_a_third_boundary_answers_and_is_sent_once(workspace: Workspace, sandbox: Sandbox) -> None:
    field, item, _, _ = in_conflict(workspace, sandbox)
    third = grown(field.shape, 1e-4, 1e-4)
    workspace.queue.merge(item.id, Redraw(field.id, third)).result(WAIT)
    before = len(sandbox.leaf.history(field.id))
    workspace.undo().result(WAIT)
    assert [one.state for one in workspace.outbox.items()] == ["conflict"]
    workspace.redo().result(WAIT)
    sync(workspace)
    assert at_leaf(sandbox, field.id) == third and len(sandbox.leaf.history(field.id)) == before + 1
    assert not workspace.outbox.items()


def test_what_changed_while_somebody_looked_is_looked_at_again(workspace: Workspace, sandbox: Sandbox) -> None:
    field, item, _, theirs = in_conflict(workspace, sandbox)
    looked = looked_at(workspace, item)
    later = grown(theirs, 1e-4, 0)
    sandbox.leaf.redraw(field.id, to_geojson(later))
    sync(workspace)
    for keep in ("mine", "both"):
        with pytest.raises(RefusedError, match="changed once more while you looked"):
            workspace.queue.resolve(item.id, keep, seen=looked.present).result(WAIT)  # type: ignore[arg-type]
    fresh = looked_at(workspace, item)
    assert fresh.theirs and fresh.theirs.shape == later
    workspace.queue.resolve(item.id, "theirs", seen=fresh.present).result(WAIT)
    assert not workspace.outbox.items()


def test_attributes_stand_side_by_side(workspace: Workspace, sandbox: Sandbox) -> None:
    field = manual(workspace)
    other = next(farm for farm in workspace.catalog.farms() if farm.id != field.farm_id)
    workspace.do(change("fields", field.id, name="Mine", farm_id=other.id)).result(WAIT)
    sandbox.leaf.change("fields", field.id, name="Theirs")
    sync(workspace)
    (item,) = workspace.outbox.items()
    clash = looked_at(workspace, item)
    assert clash.sort == "attributes"
    name, farm = clash.attributes
    assert (name.name, name.before, name.mine, name.theirs, name.clash) == ("name", field.name, "Mine", "Theirs", True)
    assert (farm.name, farm.mine, farm.clash) == ("farm", other.name, False) and farm.before == farm.theirs
    assert set(clash.why_not) == {"edit", "both"}
    workspace.queue.resolve(item.id, "mine", seen=clash.present).result(WAIT)
    sync(workspace)
    assert sandbox.leaf.field(field.id)["name"] == "Mine"


def test_a_field_deleted_here_and_changed_there(workspace: Workspace, sandbox: Sandbox) -> None:
    field = manual(workspace)
    theirs = grown(field.shape, 1e-4, 0)
    workspace.do(Delete("fields", field.id)).result(WAIT)
    sandbox.leaf.redraw(field.id, to_geojson(theirs))
    sync(workspace)
    (item,) = workspace.outbox.items()
    clash = looked_at(workspace, item)
    assert (clash.sort, clash.name, clash.mine) == ("deletion", field.name, None)
    assert clash.before and clash.before.shape == field.shape and clash.theirs and clash.theirs.shape == theirs
    workspace.queue.resolve(item.id, "theirs").result(WAIT)
    seen = workspace.catalog.field(field.id)
    assert seen and seen.shape == theirs and not workspace.outbox.items()


@pytest.mark.parametrize("keep", ["mine", "theirs"])
def test_a_field_changed_here_and_deleted_there(workspace: Workspace, sandbox: Sandbox, keep: Any) -> None:
    field = manual(workspace)
    mine = grown(field.shape, 1e-4, 0)
    workspace.do(Redraw(field.id, mine)).result(WAIT)
    sandbox.leaf.remove(field.id)
    there = {str(one["id"]) for one in sandbox.leaf.all("fields")}
    workspace.sync(pull=False).result(WAIT)  # only sent: no sweep has missed it yet
    (item,) = workspace.outbox.items()
    clash = looked_at(workspace, item)
    assert clash.sort == "gone" and clash.theirs is None and clash.mine and clash.mine.shape == mine
    assert set(clash.why_not) == {"edit", "both"}
    workspace.queue.resolve(item.id, keep, seen=clash.present).result(WAIT)
    sync(workspace)
    assert not workspace.outbox.items() and workspace.catalog.field(field.id) is None
    again = {str(one["id"]) for one in sandbox.leaf.all("fields")} - there
    assert [at_leaf(sandbox, id_) for id_ in again] == ([mine] if keep == "mine" else [])
    assert field.id not in again


def test_a_machine_changed_here_and_deleted_there_is_made_again(workspace: Workspace, sandbox: Sandbox) -> None:
    from leafdesk.records import Machine

    workspace.sync().result(WAIT)
    user = workspace.catalog.users()[0].id
    new = Machine(id="m-1", leaf_user_id=user, name="Sprayer", make="Acme", origin_type="USER_CREATED")
    workspace.do(Create(new)).result(WAIT)
    workspace.sync().result(WAIT)
    there = workspace.catalog.leaf_id("machines", "m-1")
    workspace.do(change("machines", "m-1", name="Big sprayer")).result(WAIT)
    sandbox.leaf.delete_machine(user, str(there))
    workspace.sync().result(WAIT)
    (item,) = workspace.outbox.items()
    assert looked_at(workspace, item).sort == "gone"
    workspace.queue.resolve(item.id, "mine").result(WAIT)
    workspace.sync().result(WAIT)
    made = [one for one in sandbox.leaf.all("machines") if one.get("name") == "Big sprayer"]
    assert [(one["make"], str(one["id"]) != there) for one in made] == [("Acme", True)]
    assert not workspace.outbox.items()


def test_what_only_asks_whether_it_arrived_has_no_two_sides(workspace: Workspace) -> None:
    field = manual(workspace)
    (queued,) = workspace.do(change("fields", field.id, name="Other")).result(WAIT)
    item = workspace.outbox.item(queued.item_id)
    assert item is not None and not comparable(item)
    assert clash_of(workspace.catalog, workspace.outbox, item.id) is None
    with pytest.raises(RefusedError, match="nothing to choose"):
        workspace.queue.resolve(item.id, "both").result(WAIT)
    question: Json = workspace.outbox.items()[0].base
    assert question == {"name": field.name}

"""What a person decides: undo after a restart and after a sync, notices, several changes at once, what was sent."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from leafdesk.geo.shape import to_geojson
from leafdesk.records import Farm, Field
from leafdesk.sandbox import Sandbox
from leafdesk.store.notices import Notices
from leafdesk.workspace import Create, Delete, Redraw, RefusedError, Workspace, change

WAIT = 20


@pytest.fixture
def workspace(opened: Callable[[], Workspace]) -> Workspace:
    workspace = opened()
    workspace.sync(stock=False).result(WAIT)
    return workspace


def manual(workspace: Workspace, n: int = 0) -> Field:
    found = [workspace.catalog.field(row.id) for row in workspace.catalog.fields()]
    return [field for field in found if field is not None and field.manual and field.shape][n]


def moved(field: Field, by: float = 0.001) -> Redraw:
    assert field.shape is not None
    shape = tuple(tuple(tuple((x + by, y) for x, y in ring) for ring in polygon) for polygon in field.shape)
    return Redraw(field.id, shape)


def test_undo_after_a_restart_and_after_a_sync_queues_the_opposite(
    opened: Callable[[], Workspace], workspace: Workspace, sandbox: Sandbox
) -> None:
    field = manual(workspace)
    workspace.do(change("fields", field.id, name="Renamed")).result(WAIT)
    workspace.do(moved(field)).result(WAIT)
    workspace.sync(stock=False).result(WAIT)
    workspace.close()
    again = opened()
    assert again.undo_name == "Boundary of Renamed" and again.outbox.items() == []
    again.undo().result(WAIT)
    again.undo().result(WAIT)
    assert (again.undo_name, again.redo_name) == (None, f"Name of {field.name}")
    assert [item.state for item in again.outbox.items()] == ["waiting", "waiting"]
    again.sync(stock=False).result(WAIT)
    assert sandbox.leaf.field(field.id)["name"] == field.name
    seen = again.catalog.field(field.id)
    assert seen is not None and seen.shape == field.shape and again.outbox.items() == []


def test_undo_never_takes_back_what_somebody_else_did_since(workspace: Workspace, sandbox: Sandbox) -> None:
    field = manual(workspace)
    workspace.do(change("fields", field.id, name="Renamed")).result(WAIT)
    workspace.do(moved(field)).result(WAIT)
    workspace.sync(stock=False).result(WAIT)
    sandbox.leaf.redraw(field.id, to_geojson(moved(field, 0.01).shape))
    workspace.sync(stock=False).result(WAIT)
    with pytest.raises(RefusedError, match="somebody else"):
        workspace.undo().result(WAIT)
    assert workspace.outbox.items() == []
    assert workspace.undo_name == f"Name of {field.name}"  # what cannot be undone any more is not in the way
    workspace.undo().result(WAIT)
    seen = workspace.catalog.field(field.id)
    assert seen is not None and seen.name == field.name


def test_several_changes_are_discarded_or_go_again_together(workspace: Workspace) -> None:
    ids = [
        queued.item_id
        for n in range(3)
        for queued in workspace.do(change("fields", manual(workspace, n).id, name=f"N{n}")).result(WAIT)
    ]
    workspace.queue.retry(*ids[:2]).result(WAIT)
    with pytest.raises(KeyError):
        workspace.queue.discard(ids[0], "nothing").result(WAIT)
    assert len(workspace.outbox.items()) == 3  # all or none
    workspace.queue.discard(*ids[:2]).result(WAIT)
    assert [item.id for item in workspace.outbox.items()] == ids[2:]
    over = workspace.outbox.over(limit=10)
    assert [item.id for item in over] == [ids[1], ids[0]] and all(item.ended for item in over)


def test_what_was_sent_stays_to_be_read(workspace: Workspace) -> None:
    field = manual(workspace)
    (first,) = workspace.do(change("fields", field.id, name="One")).result(WAIT)
    workspace.sync(stock=False).result(WAIT)
    (second,) = workspace.do(change("fields", field.id, name="Two")).result(WAIT)
    workspace.sync(stock=False).result(WAIT)
    found = workspace.outbox.over(limit=1)
    assert [item.id for item in found] == [second.item_id]
    assert [item.id for item in workspace.outbox.over(limit=5, before=found[-1].seq)] == [first.item_id]


def test_a_notice_is_kept_until_it_is_heard_and_offers_to_put_it_right(workspace: Workspace) -> None:
    field = manual(workspace)
    details = {"boundary_id": "b", "shape": to_geojson(moved(field).shape), "created_time": "then"}
    tell = workspace._database.write(
        lambda c: Notices(c).tell("replaced", "fields", field.id, "b", "Theirs was replaced.", details, at="now")
    )
    assert tell.result(WAIT)
    (notice,) = workspace.queue.notices
    assert workspace.queue.remedy(notice) == (moved(field),)
    workspace.queue.dismiss(notice.id).result(WAIT)
    assert workspace.queue.notices == []
    with pytest.raises(KeyError):
        workspace.queue.dismiss(notice.id).result(WAIT)


def test_what_hangs_on_a_second_farm_moves_to_the_first(workspace: Workspace) -> None:
    first, second = workspace.catalog.farms()[:2]
    there = [row.id for row in workspace.catalog.fields(farm_id=second.id)]
    manuals = [id_ for id_ in there if (field := workspace.catalog.field(id_)) is not None and field.manual]
    workspace._database.write(
        lambda c: Notices(c).tell("duplicate", "farms", first.id, second.id, "Two.", {"leaf_id": second.id}, at="now")
    ).result(WAIT)
    edits = workspace.queue.remedy(workspace.queue.notices[0])
    assert edits == tuple(change("fields", id_, farm_id=first.id) for id_ in manuals)


def test_a_deleted_field_comes_back_under_a_new_id_and_its_earlier_steps_with_it(
    workspace: Workspace, sandbox: Sandbox
) -> None:
    """Leaf may refuse an id that it has seen (a second POST with an id in use: fieldAlreadyExists)."""
    field = manual(workspace)
    workspace.do(change("fields", field.id, name="Renamed")).result(WAIT)
    workspace.do(moved(field)).result(WAIT)
    workspace.do(Delete("fields", field.id)).result(WAIT)
    workspace.sync(stock=False).result(WAIT)
    (queued, *_) = workspace.undo().result(WAIT)
    assert queued.record_id != field.id
    workspace.sync(stock=False).result(WAIT)
    assert sandbox.leaf.field(queued.record_id)["name"] == "Renamed"
    workspace.undo().result(WAIT)  # the boundary, then the name: of what came back
    workspace.undo().result(WAIT)
    workspace.sync(stock=False).result(WAIT)
    back = sandbox.leaf.field(queued.record_id)
    assert back["name"] == field.name and str(back.get("farmId") or "") == (
        workspace.catalog.leaf_id("farms", field.farm_id) if field.farm_id else ""
    )
    seen = workspace.catalog.field(queued.record_id)
    assert seen is not None and seen.shape == field.shape and not workspace.outbox.items()
    for _ in range(3):
        workspace.redo().result(WAIT)
    workspace.sync(stock=False).result(WAIT)
    assert workspace.catalog.field(queued.record_id) is None
    assert not {field.id, queued.record_id} & {str(one["id"]) for one in sandbox.leaf.all("fields")}


def test_a_deleted_field_comes_back_without_a_farm_that_was_forgotten_meanwhile(
    workspace: Workspace, sandbox: Sandbox
) -> None:
    """Found by the simulator (seed 7000102): it waited for ever for a farm that nobody would make."""
    field = manual(workspace)
    user = field.leaf_user_id
    (farm,) = workspace.do(Create(Farm(id="made-farm", leaf_user_id=user, name="Never sent"))).result(WAIT)
    workspace.do(change("fields", field.id, farm_id=farm.record_id)).result(WAIT)
    (delete,) = workspace.do(Delete("fields", field.id)).result(WAIT)
    workspace.sync(stock=False, only=[delete.item_id]).result(WAIT)
    assert str(field.id) not in {str(one["id"]) for one in sandbox.leaf.all("fields")}
    workspace.queue.discard(farm.item_id).result(WAIT)
    (queued, *_) = workspace.undo().result(WAIT)
    assert [(item.kind, item.record_id) for item in workspace.outbox.items()] == [("fields", queued.record_id)]
    workspace.sync(stock=False).result(WAIT)
    assert not workspace.outbox.items()
    assert sandbox.leaf.field(queued.record_id).get("farmId") is None


def test_a_new_field_in_a_farm_that_is_not_here_is_refused(workspace: Workspace) -> None:
    field = manual(workspace)
    new = replace(field, id="0b1c2d3e-4f50-4a6b-8c7d-9e0f1a2b3c4d", farm_id="made-nowhere")
    with pytest.raises(RefusedError, match="There is no such farm here"):
        workspace.do(Create(new)).result(WAIT)
    assert not workspace.outbox.items()


@pytest.mark.parametrize("how", ["refused", "in conflict"])
def test_a_delete_that_is_not_at_leaf_is_taken_back_where_it_stands(
    workspace: Workspace, sandbox: Sandbox, how: str
) -> None:
    field = manual(workspace)
    workspace.do(Delete("fields", field.id)).result(WAIT)
    if how == "refused":
        sandbox.leaf.change("fields", field.id, providerName="JohnDeere")
    else:
        sandbox.leaf.change("fields", field.id, name="Theirs")
    workspace.sync(stock=False, pull=False).result(WAIT)
    assert [item.state for item in workspace.outbox.items()] == ["parked" if how == "refused" else "conflict"]
    workspace.undo().result(WAIT)
    assert workspace.catalog.field(field.id) is not None and not workspace.outbox.items()

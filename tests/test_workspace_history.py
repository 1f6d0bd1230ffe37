"""The boundaries a field has or had: Leaf's and those drawn here, what was not fetched, and how two of them differ."""

import json
from collections.abc import Callable

import pytest

from leafdesk.geo.measure import area_ha
from leafdesk.geo.shape import Shape, to_geojson
from leafdesk.records import Field
from leafdesk.sandbox import Sandbox
from leafdesk.workspace import Redraw, Where, Workspace
from leafdesk.workspace.history import BoundaryHistory, difference, history_of

from .test_workspace import WAIT, no_key_store, opened, sandbox, workspace

__all__ = ["no_key_store", "opened", "sandbox", "workspace"]


def moved(shape: Shape, by: float) -> Shape:
    """The same shape so many degrees further north."""
    return tuple(tuple(tuple((x, y + by) for x, y in ring) for ring in polygon) for polygon in shape)


def manual(workspace: Workspace) -> Field:
    """A field made by hand that has had one boundary only."""
    fields = (workspace.catalog.field(row.id) for row in workspace.catalog.fields())
    return next(
        one for one in fields if one and one.manual and one.shape and len(json.loads(one.raw)["boundaries"]) == 1
    )


def known(workspace: Workspace, field: str) -> BoundaryHistory:
    found = history_of(workspace.catalog, field)
    assert found is not None
    return found


def test_what_was_not_fetched_says_so_and_comes_when_asked_for(workspace: Workspace, sandbox: Sandbox) -> None:
    field = manual(workspace)
    assert field.shape is not None
    for step in (1, 2, 3):
        sandbox.leaf.redraw(field.id, to_geojson(moved(field.shape, step * 1e-4)))
    workspace.sync(stock=False).result(WAIT)
    before = known(workspace, field.id)
    assert before.read is None and before.unread == 2 and len(before.versions) == 2
    assert workspace.online.boundaries(field.id).result(WAIT) == 4
    after = known(workspace, field.id)
    assert (after.unread, len(after.versions)) == (0, 4) and after.read is not None
    assert [one.shape for one in after.versions] == [
        moved(field.shape, step * 1e-4) if step else field.shape for step in range(4)
    ]
    assert [one.status for one in after.versions] == ["INACTIVE", "INACTIVE", "INACTIVE", "ACTIVE"]
    assert [one.shown for one in after.versions] == [False, False, False, True]
    sandbox.go_dark()
    assert known(workspace, field.id) == after


def test_what_was_drawn_here_is_kept_whatever_became_of_it(workspace: Workspace) -> None:
    field = manual(workspace)
    assert field.shape is not None
    first, second = moved(field.shape, 1e-4), moved(field.shape, 2e-4)
    workspace.do(Redraw(field.id, first)).result(WAIT)
    workspace.do(Redraw(field.id, second)).result(WAIT)
    versions = known(workspace, field.id).versions
    assert [(one.shape, one.drawn, one.waits, one.shown) for one in versions] == [
        (field.shape, False, False, False),
        (first, True, False, False),
        (second, True, True, True),
    ]
    assert versions[2].area_ha == pytest.approx(area_ha(second))
    (item,) = workspace.outbox.items()
    workspace.queue.discard(item.id).result(WAIT)
    versions = known(workspace, field.id).versions
    assert [one.shape for one in versions if one.shown] == [field.shape]
    assert {one.shape for one in versions if one.drawn} == {first, second}
    assert not any(one.waits for one in versions)


def test_an_old_boundary_restored_waits_and_then_is_in_force(workspace: Workspace, sandbox: Sandbox) -> None:
    field = manual(workspace)
    assert field.shape is not None
    sandbox.leaf.redraw(field.id, to_geojson(moved(field.shape, 1e-4)))
    workspace.sync(stock=False).result(WAIT)
    workspace.do(Redraw(field.id, field.shape)).result(WAIT)
    waiting = known(workspace, field.id).versions[-1]
    assert (waiting.shape, waiting.waits, waiting.shown, waiting.drawn) == (field.shape, True, True, False)
    workspace.sync(stock=False).result(WAIT)
    workspace.online.boundaries(field.id).result(WAIT)
    versions = known(workspace, field.id).versions
    assert [one.shape == field.shape for one in versions] == [True, False, True]
    assert [one.shown for one in versions] == [False, False, True] and not versions[2].waits


def test_difference_in_hectares(workspace: Workspace) -> None:
    field = manual(workspace)
    assert field.shape is not None
    then = moved(field.shape, 2e-4)
    found = difference(field.shape, then)
    assert found.gained_ha > 0 and found.lost_ha > 0 and not found.problem
    grown = area_ha(then) - area_ha(field.shape)
    assert found.gained_ha - found.lost_ha == pytest.approx(grown, abs=1e-4)
    bow: Shape = ((((0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)),),)
    assert "not valid" in difference(field.shape, bow).problem


def test_one_operation_file_is_read_anew(workspace: Workspace, sandbox: Sandbox) -> None:
    file = next(one for one in sandbox.leaf.all("files"))
    field = next(
        row.id
        for row in workspace.catalog.fields()
        if workspace.online.files(row.id).result(WAIT) and workspace.tables.row("files", file["id"])
    )
    row = workspace.tables.row("files", file["id"])
    assert row is not None and row.parent == field
    found = workspace.online.file(field, file["id"]).result(WAIT)
    assert (found.id, found.field_id, found.operation_type) == (file["id"], field, file["operationType"])
    assert workspace.tables.count("files", Where(parent=field)) >= 1


def test_a_field_that_is_gone_has_no_history(workspace: Workspace, opened: Callable[..., Workspace]) -> None:
    assert history_of(workspace.catalog, "nowhere") is None
    with pytest.raises(KeyError):
        workspace.online.boundaries("nowhere").result(WAIT)

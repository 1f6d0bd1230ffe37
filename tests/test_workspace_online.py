"""What a front end asks of Leaf beside a sync, and the overlaps it is told without Leaf."""

from collections.abc import Callable

import pytest

from leafdesk.records import Machine, Product
from leafdesk.sandbox import Sandbox
from leafdesk.workspace import (
    Create,
    NotSentError,
    SignedOutError,
    Upload,
    Where,
    Workspace,
)

from .test_workspace import WAIT, manual, no_key_store, opened, sandbox, square, workspace

__all__ = ["no_key_store", "opened", "sandbox", "workspace"]


def test_a_first_sync_brings_the_tables_and_says_how_old_they_are(workspace: Workspace, sandbox: Sandbox) -> None:
    assert workspace.tables.count("machines") == len(sandbox.leaf.all("machines"))
    assert workspace.tables.fetched("machines") is not None
    assert workspace.tables.fetched("files", about="nowhere") is None
    (row, *_) = workspace.tables.rows("summaries")
    assert row.provider_name and row.values["fields"] > 0


def test_search_online_fills_the_offline_catalog(workspace: Workspace, sandbox: Sandbox) -> None:
    label = next(one for one in sandbox.leaf.all("products") if one["labelProvider"] == "AGRIAN")
    assert workspace.catalog.get("products", label["id"]) is None
    assert label["id"] in workspace.online.search("products", label["name"]).result(WAIT)
    hits = workspace.tables.search("products", label["name"])
    assert label["id"] in {hit.row.id for hit in hits}
    found = workspace.online.look_up("products", label["id"]).result(WAIT)
    assert isinstance(found, Product) and found.labels
    with pytest.raises(ValueError, match="part of the name"):
        workspace.online.search("products", " ").result(WAIT)


def test_files_of_a_field_and_of_a_machine(workspace: Workspace, sandbox: Sandbox) -> None:
    file = sandbox.leaf.all("machineFiles")[0]
    many = workspace.online.machine_files(file["machineId"]).result(WAIT)
    assert workspace.tables.count("machineFiles", Where(parent=file["machineId"])) == many > 0
    counts = {row.id: workspace.online.files(row.id).result(WAIT) for row in workspace.catalog.fields()[:5]}
    for id, many in counts.items():
        assert workspace.tables.count("files", Where(parent=id)) == many
        assert workspace.tables.fetched("files", about=id) is not None
    with pytest.raises(KeyError):
        workspace.online.files("nowhere").result(WAIT)


def test_operations_matches_and_organizations(workspace: Workspace, sandbox: Sandbox) -> None:
    operation = sandbox.leaf.all("operations")[0]
    user = operation["leafUserId"]
    assert workspace.online.operations(user).result(WAIT) > 0
    many = workspace.online.matches(operation["id"]).result(WAIT)
    rows = workspace.tables.rows("matches", Where(parent=operation["id"]))
    assert len(rows) == many
    for row in rows[:1]:
        workspace.online.match_history(row.id).result(WAIT)
    assert workspace.online.organizations(user, "JohnDeere").result(WAIT) == workspace.tables.count("organizations")
    assert workspace.online.summary().result(WAIT) == workspace.tables.count("summaries")
    workspace.online.configuration(user).result(WAIT)
    with pytest.raises(KeyError):
        workspace.online.match_history("nowhere").result(WAIT)


def test_overlaps_here_are_what_leaf_says(workspace: Workspace) -> None:
    field = manual(workspace)
    assert field.shape is not None
    west, south = field.shape[0][0][0]
    asked = square(west, south, 0.02)
    for threshold in (0.01, 3.0, 25.0):
        here = workspace.meeting(asked, threshold=threshold, leaf_user_id=field.leaf_user_id)
        leaf = workspace.online.meeting(field.leaf_user_id, asked, threshold=threshold).result(WAIT)
        assert {one.field_id for one in here if not one.problem} == set(leaf)
    assert field.id in {one.field_id for one in workspace.meeting(field.shape, threshold=99.9)}
    with pytest.raises(ValueError, match="percent"):
        workspace.meeting(asked, threshold=0)


def test_common_ground_here_and_at_leaf(workspace: Workspace) -> None:
    field = manual(workspace)
    assert field.shape is not None
    from leafdesk.geo.measure import area_ha

    here, leaf = workspace.common([field.id]), workspace.online.common(field.leaf_user_id, [field.id]).result(WAIT)
    assert area_ha(here) == pytest.approx(area_ha(leaf), rel=1e-9)
    with pytest.raises(ValueError, match="has no boundary"):
        workspace.common(["nowhere"])


def test_machines_go_through_the_same_queue(workspace: Workspace, sandbox: Sandbox) -> None:
    user = workspace.catalog.users()[0].id
    made = Machine(id="m-1", leaf_user_id=user, name="Red Tractor", serial_number="000123")
    (queued,) = workspace.do(Create(made)).result(WAIT)
    assert queued.record_id == "m-1"
    assert workspace.undo_name == "New machine Red Tractor"
    workspace.undo().result(WAIT)
    assert workspace.tables.row("machines", "m-1") is None
    workspace.redo().result(WAIT)
    workspace.sync().result(WAIT)
    assert [one["serialNumber"] for one in sandbox.leaf.all("machines") if one["name"] == "Red Tractor"] == ["000123"]
    field = manual(workspace)
    assert "organization" in (workspace.why_not(Upload(field.id, "JohnDeere")) or "")


def test_what_is_asked_without_leaf_says_why_not(
    workspace: Workspace, opened: Callable[..., Workspace], sandbox: Sandbox
) -> None:
    sandbox.go_dark()
    with pytest.raises(NotSentError):
        workspace.online.search("products", "round").result(WAIT)
    workspace.close()
    with pytest.raises(SignedOutError):
        opened(environ={"LEAFDESK_API_URL": "http://127.0.0.1:1"}).online.summary().result(WAIT)


def test_providers_are_compared_with_what_is_here(workspace: Workspace, sandbox: Sandbox) -> None:
    compared = workspace.providers()
    assert compared
    deere = next(one for one in compared if one.provider_name == "JohnDeere")
    assert deere.levels == ("growers", "farms", "fields")
    assert deere.asked is not None
    for one in compared:
        if one.leaf == {level: one.here[level] for level in one.leaf} and not one.previews:
            assert one.why == ()
        if one.provider_name == "Stara":
            assert set(one.leaf) == {"fields"} == set(one.here)
    gone = next(row for row in workspace.catalog.fields() if row.provider_name == "JohnDeere")
    sandbox.leaf.remove(gone.id)
    workspace.online.summary().result(WAIT)
    after = next(
        one
        for one in workspace.providers()
        if (one.leaf_user_id, one.provider_name) == (gone.leaf_user_id, "JohnDeere")
    )
    assert after.leaf["fields"] == after.here["fields"] - 1
    assert after.why[0] == f"Leaf counts {after.leaf['fields']} fields, {after.here['fields']} are here."


def test_counts_that_were_never_asked_for_say_so(opened: Callable[..., Workspace], sandbox: Sandbox) -> None:
    workspace = opened()
    workspace.login(sandbox.username, sandbox.password).result(WAIT)
    workspace.sync(stock=False).result(WAIT)
    assert {one.why for one in workspace.providers()} == {("Leaf's counts were not fetched yet.",)}
    assert all(one.here["fields"] for one in workspace.providers())

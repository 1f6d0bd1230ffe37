"""A workspace whose database was lost in the field: what waited arrives at Leaf all the same, once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from leafdesk.records import Farm, Field
from leafdesk.sandbox import Sandbox
from leafdesk.store.notices import Notices
from leafdesk.workspace import Create, Delete, Redraw, Workspace, change

WAIT = 20
HOME = "7b1b7a3e-6d1c-4b0a-9a53-2f4d5e6a7b8c"


def square(west: float) -> Any:
    return ((((west, 52.0), (west + 0.01, 52.0), (west + 0.01, 52.01), (west, 52.01), (west, 52.0)),),)


@pytest.fixture
def folder(tmp_path: Path, sandbox: Sandbox) -> Iterator[Path]:
    """A workspace with one change of each sort waiting, closed."""
    with_changes = Workspace(tmp_path / "folder", api_url=sandbox.url)
    with_changes.login(sandbox.username, sandbox.password).result(WAIT)
    with_changes.sync(stock=False).result(WAIT)
    rows = [with_changes.catalog.field(row.id) for row in with_changes.catalog.fields()]
    renamed, drawn, deleted = [field for field in rows if field and field.manual and field.shape][:3]
    user = renamed.leaf_user_id
    with_changes.do(Create(Farm(id="farm-1", leaf_user_id=user, name="Saved"))).result(WAIT)
    with_changes.sync(pull=False).result(WAIT)  # Leaf has this one, and its number
    with_changes.do(Create(Field(id=HOME, leaf_user_id=user, name="Home", shape=square(5.0)))).result(WAIT)
    with_changes.do(change("fields", HOME, farm_id="farm-1")).result(WAIT)
    with_changes.do(change("fields", renamed.id, name="Renamed")).result(WAIT)
    with_changes.do(Redraw(drawn.id, square(6.0))).result(WAIT)
    with_changes.do(Delete("fields", deleted.id)).result(WAIT)
    with_changes.close()
    (tmp_path / "ids").write_text("\n".join([renamed.id, drawn.id, deleted.id]))
    yield tmp_path / "folder"


@pytest.mark.parametrize("how", ["lost", "damaged"])
def test_what_waited_arrives_once_after_the_database_is_gone(folder: Path, sandbox: Sandbox, how: str) -> None:
    renamed, drawn, deleted = (folder.parent / "ids").read_text().splitlines()
    (database,) = folder.glob("accounts/*/leafdesk.db")
    if how == "lost":
        database.unlink()
    else:
        database.write_bytes(b"noise" * 5000)
    before = sandbox.leaf.counts()
    workspace = Workspace(folder)
    try:
        assert len(workspace.outbox.items()) == 5
        assert "5 changes" in workspace.queue.notices[0].sentence
        seen = workspace.catalog.field(HOME)
        assert seen is not None and seen.shape == square(5.0)  # a new field is seen at once
        assert workspace.sync(stock=False).result(WAIT).outcome == "done"
        assert workspace.outbox.items() == [] and workspace.outbox.over(limit=10)
        after = sandbox.leaf.counts()
        assert (after["farms"], after["fields"]) == (before["farms"], before["fields"])  # one made, one deleted
        assert sandbox.leaf.field(renamed)["name"] == "Renamed"
        assert workspace.catalog.field(deleted) is None
        shown = workspace.catalog.field(drawn)
        assert shown is not None and shown.shape == square(6.0)
        home = workspace.catalog.field(HOME)
        assert home is not None and home.farm_id == "farm-1"
        assert str(sandbox.leaf.field(HOME)["farmId"]) == workspace.catalog.leaf_id("farms", "farm-1")
        workspace.queue.dismiss(workspace.queue.notices[0].id).result(WAIT)
    finally:
        workspace.close()


@pytest.mark.parametrize("how", ["lost", "damaged", "lost and nothing waits"])
def test_what_there_was_to_hear_is_still_there(folder: Path, sandbox: Sandbox, how: str) -> None:
    first = Workspace(folder)

    def tell(connection: Any) -> None:
        notices = Notices(connection)
        for about in ("7", "8"):
            notices.tell("duplicate", "farms", "farm-1", about, f"A second {about}.", {"leaf_id": about}, at="then")

    first._database.write(tell).result(WAIT)
    heard = next(one for one in first.queue.notices if one.sentence == "A second 8.")
    first.queue.dismiss(heard.id).result(WAIT)
    if how == "lost and nothing waits":
        first.queue.discard(*(item.id for item in first.outbox.items())).result(WAIT)
        first._database.write(first._database.copy.rewrite).result(WAIT)
    first.close()
    (database,) = folder.glob("accounts/*/leafdesk.db")
    database.write_bytes(b"noise" * 5000) if how == "damaged" else database.unlink()
    again = Workspace(folder)
    try:
        told = {one.sort: one for one in again.queue.notices}
        assert set(told) == {"duplicate", "rescued"} and told["duplicate"].details == {"leaf_id": "7"}
        assert told["duplicate"].record_id == "farm-1"

        def tell_again(connection: Any) -> bool:
            details = {"leaf_id": "8"}
            return Notices(connection).tell("duplicate", "farms", "farm-1", "8", "A second 8.", details, at="later")

        assert again._database.write(tell_again).result(WAIT) is False  # it was heard: nobody is told twice
    finally:
        again.close()

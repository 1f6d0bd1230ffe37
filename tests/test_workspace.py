"""The one object a front end holds, on a real folder, with a real server on loopback."""

import logging
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from leafdesk.credentials import Credentials
from leafdesk.geo.shape import Shape, from_geojson, to_geojson
from leafdesk.records import Farm, Field, ProductMatch
from leafdesk.sandbox import Sandbox
from leafdesk.workspace import (
    CaptivePortalError,
    Changes,
    ConnectionChanged,
    Create,
    Delete,
    DiskFullError,
    Event,
    FromTheFutureError,
    InUseError,
    Match,
    NotSentError,
    Progress,
    Redraw,
    RefusedError,
    SignedOutError,
    SyncEnded,
    Where,
    Workspace,
    WrongPasswordError,
    change,
)

WAIT = 30


@pytest.fixture(autouse=True)
def no_key_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens of tests never reach the key store of whoever runs them."""
    monkeypatch.setattr("leafdesk.credentials._key_store", lambda: None)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(fields=24, seed=3) as sandbox:
        yield sandbox


@pytest.fixture
def opened(tmp_path: Path, sandbox: Sandbox) -> Iterator[Callable[..., Workspace]]:
    """Opens workspaces on one folder, and closes them; no thread of theirs is left afterwards."""
    all_of_them: list[Workspace] = []

    def open_one(**parts: Any) -> Workspace:
        environ = {"LEAFDESK_API_URL": sandbox.url, "LEAFDESK_SETTLE_SECONDS": "0.2"} | parts.pop("environ", {})
        parts = {"credentials": Credentials(environ), "chance": lambda: 0.0} | parts
        workspace = Workspace(tmp_path / "work", environ=environ, **parts)
        all_of_them.append(workspace)
        return workspace

    yield open_one
    for workspace in all_of_them:
        workspace.close()
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("leafdesk-")] == []


@pytest.fixture
def workspace(opened: Callable[..., Workspace], sandbox: Sandbox) -> Workspace:
    """Signed in and pulled."""
    workspace = opened()
    workspace.login(sandbox.username, sandbox.password).result(WAIT)
    assert workspace.sync().result(WAIT).outcome == "done"
    return workspace


def manual(workspace: Workspace) -> Field:
    """A field that may be changed."""
    for row in workspace.catalog.fields():
        field = workspace.catalog.field(row.id)
        if field is not None and field.manual and field.shape:
            return field
    raise AssertionError("the sandbox has no field made by hand")


def square(west: float = 5.0, south: float = 52.0, size: float = 0.01) -> Shape:
    east, north = west + size, south + size
    return ((((west, south), (east, south), (east, north), (west, north), (west, south)),),)


def new_field(workspace: Workspace, id: str = "7b1b7a3e-6d1c-4b0a-9a53-2f4d5e6a7b8c", **more: Any) -> Create:
    user = workspace.catalog.users()[0].id
    return Create(Field(id=id, leaf_user_id=user, name="Home Field", shape=square(), **more))


# ---------------------------------------------------------------------- accounts
def test_nobody_has_signed_in_yet(opened: Callable[..., Workspace], tmp_path: Path) -> None:
    workspace = opened()
    assert (workspace.account, workspace.signed_in, workspace.last_sync) == (None, False, None)
    assert workspace.catalog.fields() == [] and workspace.outbox.items() == []
    edit = Create(Farm(id="f", leaf_user_id="u", name="Main"))
    assert "sign" in (workspace.why_not(edit) or "").lower()
    for future in (workspace.sync(), workspace.do(edit)):
        with pytest.raises(SignedOutError):
            future.result(WAIT)
    assert not (tmp_path / "work" / "accounts").exists()


def test_a_sign_in_opens_the_accounts_own_database(opened: Callable[..., Workspace], sandbox: Sandbox) -> None:
    workspace = opened()
    sentence = workspace.login(sandbox.username, sandbox.password).result(WAIT)
    assert sentence is not None and "password again" in sentence  # no key store here, so this session only
    assert (workspace.account, workspace.signed_in) == (sandbox.username, True)
    assert workspace.sync().result(WAIT).pulled["fields"]["added"] == 24
    workspace.close()
    again = opened()
    assert (again.account, again.signed_in) == (sandbox.username, False)
    assert len(again.catalog.fields()) == 24 and again.last_sync is not None
    report = again.sync().result(WAIT)
    assert report.outcome == "signed-out" and report.requests == 0


def test_a_wrong_password_and_an_unreachable_host(
    opened: Callable[..., Workspace], sandbox: Sandbox, tmp_path: Path
) -> None:
    workspace = opened()
    with pytest.raises(WrongPasswordError) as wrong:
        workspace.login(sandbox.username, "canary-not-the-password").result(WAIT)
    assert "canary" not in str(wrong.value) and workspace.account is None
    sandbox.go_dark()
    with pytest.raises(NotSentError):
        workspace.login(sandbox.username, sandbox.password).result(WAIT)
    assert workspace.connection.state == "offline"
    with pytest.raises(ValueError, match="https"):
        workspace.login(sandbox.username, sandbox.password, "http://leaf.example.com").result(WAIT)
    assert not (tmp_path / "work" / "accounts").exists()


def test_a_token_and_an_address_are_enough(opened: Callable[..., Workspace], sandbox: Sandbox) -> None:
    environ = {"LEAFDESK_TOKEN": sandbox.tokens.issue(remember=False)}
    workspace = opened(environ=environ)
    assert (workspace.account, workspace.api_url, workspace.signed_in) == (sandbox.username, sandbox.url, True)
    assert workspace.sync().result(WAIT).outcome == "done"
    workspace.close()
    assert environ["LEAFDESK_TOKEN"] not in "".join(
        path.read_bytes().decode("latin-1") for path in workspace.folder.rglob("*") if path.is_file()
    )


def test_another_persons_token_never_opens_this_database(
    opened: Callable[..., Workspace], workspace: Workspace, sandbox: Sandbox
) -> None:
    workspace.close()
    other = opened(environ={"LEAFDESK_TOKEN": "opaque", "LEAFDESK_API_URL": "http://127.0.0.1:9"})
    assert (other.account, other.catalog.fields()) == ("token", [])
    other.close()
    assert opened().account == sandbox.username


def test_signing_out_keeps_records_and_queue(workspace: Workspace) -> None:
    workspace.do(new_field(workspace)).result(WAIT)
    workspace.logout()
    assert not workspace.signed_in and workspace.connection.state == "signed-out"
    assert len(workspace.outbox.items()) == 1 and len(workspace.catalog.fields()) == 25
    assert workspace.sync().result(WAIT).outcome == "signed-out"


# ---------------------------------------------------------------------- the folder
def test_two_at_once_are_refused_and_the_first_goes_on(opened: Callable[..., Workspace], workspace: Workspace) -> None:
    with pytest.raises(InUseError, match="Another Leafdesk"):
        opened()
    assert workspace.do(new_field(workspace)).result(WAIT)[0].record_id
    workspace.close()
    assert len(opened().outbox.items()) == 1


def test_a_database_from_the_future_is_left_alone(opened: Callable[..., Workspace], workspace: Workspace) -> None:
    workspace.close()
    (path,) = workspace.folder.rglob("leafdesk.db")
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 9999")
    connection.close()
    before = path.read_bytes()
    for _ in range(2):  # the folder is free again after the refusal
        with pytest.raises(FromTheFutureError):
            opened()
    assert path.read_bytes() == before


def test_sqlite_finds_a_queue_with_references_sound(workspace: Workspace) -> None:
    user = workspace.catalog.users()[0].id
    workspace.do(
        Create(Farm(id="f-1", leaf_user_id=user, name="South Farm")), new_field(workspace, farm_id="f-1")
    ).result(WAIT)
    connection = workspace.catalog.connection
    assert connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]  # asked at the start after a kill


def test_a_full_disk_says_so_and_keeps_everything(workspace: Workspace) -> None:
    told: list[Event] = []
    workspace.listen(told.append)

    def fill(connection: sqlite3.Connection) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    workspace._database.write(fill).result(WAIT)
    with pytest.raises(DiskFullError, match="safe"):
        for n in range(200):
            ring = (*((5 + i / 1e5, 40.0) for i in range(500)), (5.005, 41.0), (5.0, 40.0))
            workspace.do(Create(Field(id=f"f{n}", leaf_user_id="u", name="Big", shape=((ring,),)))).result(WAIT)
    assert len(workspace.catalog.fields()) >= 24
    assert all(not isinstance(event, SyncEnded) for event in told)


def test_opening_loads_nothing_that_the_first_paint_does_not_need(workspace: Workspace) -> None:
    workspace.close()
    script = (
        "import sys; from pathlib import Path; from leafdesk.workspace import Workspace\n"
        f"w = Workspace(Path({str(workspace.folder)!r}), environ={{}})\n"
        "assert w.account and len(w.catalog.fields()) == 24\n"
        "heavy = 'httpx msgspec numpy shapely pyproj keyring sqlite_utils uvicorn asyncio PySide6'.split()\n"
        "print([name for name in heavy if name in sys.modules]); w.close()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


# ---------------------------------------------------------------------- edits, undo, events
def test_an_edit_is_seen_at_once_and_told(workspace: Workspace) -> None:
    told: list[Event] = []
    stop = workspace.listen(told.append)
    field = manual(workspace)
    (queued,) = workspace.do(change("fields", field.id, name="Renamed")).result(WAIT)
    assert queued.record_id == field.id
    item = workspace.outbox.item(queued.item_id)
    assert item is not None and item.state == "waiting"
    assert told == [Changes(frozenset({("fields", field.id)}), queue=True)]
    stop()
    workspace.do(change("fields", field.id, name="Again")).result(WAIT)
    assert len(told) == 1


def test_edits_of_one_step_are_taken_all_or_none(workspace: Workspace) -> None:
    field = manual(workspace)
    with pytest.raises(RefusedError):
        workspace.do(change("fields", field.id, name="Renamed"), change("fields", "nowhere", name="X")).result(WAIT)
    assert workspace.outbox.items() == [] and workspace.undo_name is None
    with pytest.raises(RefusedError, match="crosses itself"):
        bow = ((((5.0, 52.0), (5.1, 52.1), (5.1, 52.0), (5.0, 52.1), (5.0, 52.0)),),)
        workspace.do(Redraw(field.id, bow)).result(WAIT)


def test_undo_and_redo(workspace: Workspace) -> None:
    field = manual(workspace)
    workspace.do(change("fields", field.id, name="Renamed")).result(WAIT)
    workspace.do(Redraw(field.id, square())).result(WAIT)
    assert workspace.undo_name == "Boundary of Renamed"
    workspace.undo().result(WAIT)
    seen = workspace.catalog.field(field.id)
    assert seen is not None and seen.shape == field.shape
    assert (workspace.undo_name, workspace.redo_name) == (f"Name of {field.name}", "Boundary of Renamed")
    workspace.undo().result(WAIT)
    assert workspace.outbox.items() == []  # changed and changed back: nothing is left to send
    for _ in range(2):
        workspace.redo().result(WAIT)
    seen = workspace.catalog.field(field.id)
    assert seen is not None and (seen.name, seen.shape) == ("Renamed", square())
    with pytest.raises(RefusedError, match="nothing to redo"):
        workspace.redo().result(WAIT)


def test_the_answer_to_a_match_is_taken_back_while_leaf_allows_it(workspace: Workspace, sandbox: Sandbox) -> None:
    workspace.sync(stock=True).result(WAIT)
    match = predicted(workspace, sandbox)
    first, second = [one["id"] for one in sandbox.leaf.all("products") if one["id"] != match.product_id][:2]

    def seen() -> ProductMatch:
        found = workspace.catalog.get("matches", match.id)
        assert isinstance(found, ProductMatch)
        return found

    workspace.do(Match(match.id)).result(WAIT)
    assert seen().status == "VALIDATED" and (workspace.undo_name or "").startswith("Approve the product of")
    workspace.undo().result(WAIT)
    assert seen() == match and workspace.outbox.items() == []
    workspace.redo().result(WAIT)
    assert seen().status == "VALIDATED" and len(workspace.outbox.items()) == 1
    workspace.do(Match(match.id, first)).result(WAIT)
    workspace.sync(pull=False).result(WAIT)
    workspace.do(Match(match.id, second)).result(WAIT)
    workspace.sync(pull=False).result(WAIT)
    assert (seen().product_id, workspace.outbox.items()) == (second, [])
    workspace.undo().result(WAIT)  # Leaf has it: the former product is sent
    workspace.sync(pull=False).result(WAIT)
    workspace.online.matches(match.operation_id).result(WAIT)
    assert (seen().product_id, seen().status) == (first, "VALIDATED")
    workspace.undo().result(WAIT)
    assert seen().product_id == match.product_id  # the choice of the first product, still with Leaf's prediction
    with pytest.raises(RefusedError, match="no call makes it a prediction again"):
        workspace.undo().result(WAIT)
    assert workspace.undo_name is None


def predicted(workspace: Workspace, sandbox: Sandbox) -> ProductMatch:
    """A match that waits for an answer, as it is here."""
    for operation in sandbox.leaf.all("operations"):
        workspace.online.operations(operation["leafUserId"]).result(WAIT)
        workspace.online.matches(operation["id"]).result(WAIT)
        for row in workspace.tables.rows("matches", Where(parent=operation["id"])):
            match = workspace.catalog.get("matches", row.id)
            if isinstance(match, ProductMatch) and match.status == "PREDICTED":
                return match
    raise AssertionError("nothing is predicted")


def test_undo_of_a_new_field_and_of_a_deletion(workspace: Workspace, sandbox: Sandbox) -> None:
    workspace.do(new_field(workspace)).result(WAIT)
    workspace.undo().result(WAIT)
    assert len(workspace.catalog.fields()) == 24 and workspace.outbox.items() == []
    field = manual(workspace)
    workspace.do(Delete("fields", field.id)).result(WAIT)
    assert workspace.catalog.field(field.id) is None
    workspace.undo().result(WAIT)
    assert workspace.catalog.field(field.id) == field and workspace.outbox.items() == []
    workspace.redo().result(WAIT)
    workspace.sync().result(WAIT)
    assert sandbox.leaf.counts()["fields"] == 23
    (queued,) = workspace.undo().result(WAIT)  # Leaf has forgotten it: it comes back as a new field
    assert queued.record_id != field.id
    workspace.sync().result(WAIT)
    assert workspace.outbox.items() == []
    back = sandbox.leaf.field(queued.record_id)
    assert (back["name"], str(back.get("farmId"))) == (field.name, str(field.farm_id))


@pytest.mark.logs("a listener failed")
def test_a_listener_that_fails_stops_nobody(workspace: Workspace, caplog: pytest.LogCaptureFixture) -> None:
    def fails(event: Event) -> None:
        raise RuntimeError("a bug in the window")

    told: list[Event] = []
    workspace.listen(fails)
    workspace.listen(told.append)
    with caplog.at_level(logging.ERROR):
        workspace.do(new_field(workspace)).result(WAIT)
        report = workspace.sync().result(WAIT)
    assert report.pushed["sent"] == 1 and told
    assert "a listener failed" in caplog.text


# ---------------------------------------------------------------------- sync over real HTTP
def test_everything_goes_up_and_comes_back(workspace: Workspace, sandbox: Sandbox) -> None:
    told: list[Event] = []
    workspace.listen(told.append)
    user, field = workspace.catalog.users()[0].id, manual(workspace)
    workspace.do(
        Create(Farm(id="f-1", leaf_user_id=user, name="South Farm")),
        new_field(workspace, farm_id="f-1"),
        Redraw(field.id, square(6)),
    ).result(WAIT)
    report = workspace.sync().result(WAIT)
    assert report.outcome == "done" and report.pushed == {"sent": 4, "parked": 0, "conflicts": 0, "waiting": 0}
    made = sandbox.leaf.field("7b1b7a3e-6d1c-4b0a-9a53-2f4d5e6a7b8c")
    farms = {farm.get("name"): farm["id"] for farm in sandbox.leaf.all("farms")}
    assert made["farmId"] == farms["South Farm"]
    assert from_geojson(sandbox.leaf.active_boundary(field.id)["geometry"]) == square(6)
    assert report.requests == sandbox.requests.count() - _before(sandbox, report.requests)
    assert any(isinstance(event, Progress) for event in told)
    assert isinstance(told[-1], SyncEnded) and told[-1].report == report
    sandbox.requests.clear()
    again = workspace.sync().result(WAIT)
    assert set(sandbox.requests.counts) == {"listLeafUsers", "listGrowers", "listFarms", "listFields"}
    assert all(tally == {"added": 0, "changed": 0, "removed": 0} for tally in again.pulled.values()), again.pulled


def _before(sandbox: Sandbox, last: int) -> int:
    return len(sandbox.requests.log) - last


def test_a_dark_server_is_offline_and_nothing_is_lost(workspace: Workspace, sandbox: Sandbox) -> None:
    told: list[Event] = []
    workspace.listen(told.append)
    sandbox.go_dark()
    (queued,) = workspace.do(new_field(workspace)).result(WAIT)
    report = workspace.sync().result(WAIT)
    assert report.outcome == "offline" and report.reason and report.pushed["waiting"] == 1
    assert workspace.connection.state == "offline"
    assert [event.state for event in told if isinstance(event, ConnectionChanged)] == ["offline"]
    sandbox.come_back()
    assert workspace.sync().result(WAIT).pushed["sent"] == 1
    assert workspace.connection.state == "online"
    assert sandbox.leaf.field(queued.record_id)["name"] == "Home Field"


def test_a_line_that_fails_now_and_then_is_unsteady_and_everything_still_comes(
    opened: Callable[..., Workspace], sandbox: Sandbox
) -> None:
    workspace = opened()
    workspace.login(sandbox.username, sandbox.password).result(WAIT)
    told: list[Event] = []
    workspace.listen(told.append)
    sandbox.faults.set("500@getBoundary=0.4")
    workspace.sync().result(WAIT)
    sandbox.faults.set("")
    assert workspace.sync().result(WAIT).outcome == "done"
    states = [event.state for event in told if isinstance(event, ConnectionChanged)]
    assert states[:1] == ["unsteady"] and set(states) <= {"unsteady", "online"}
    assert all(row.box is not None for row in workspace.catalog.fields() if row.status != "PREVIEW")


def test_a_foreign_boundary_is_never_overwritten(workspace: Workspace, sandbox: Sandbox) -> None:
    field = manual(workspace)
    (queued,) = workspace.do(Redraw(field.id, square())).result(WAIT)
    sandbox.leaf.redraw(field.id, to_geojson(square(7)))
    report = workspace.sync().result(WAIT)
    assert report.pushed["conflicts"] == 1
    assert from_geojson(sandbox.leaf.active_boundary(field.id)["geometry"]) == square(7)
    (row,) = workspace.catalog.fields(ids=[field.id])
    assert row.mark == "conflict"
    workspace.queue.resolve(queued.item_id, "theirs").result(WAIT)
    seen = workspace.catalog.field(field.id)
    assert seen is not None and seen.shape == square(7)


@pytest.mark.parametrize("fault", ["lost", "cut", "truncated", "504", "html", "drop", "500"])
@pytest.mark.parametrize("operation", ["createField", "createFarm", "replaceActiveBoundary"])
def test_a_bad_answer_to_a_write(workspace: Workspace, sandbox: Sandbox, fault: str, operation: str) -> None:
    field, user = manual(workspace), workspace.catalog.users()[0].id
    history, farms = len(sandbox.leaf.history(field.id)), sandbox.leaf.counts()["farms"]
    edit = {
        "createField": new_field(workspace),
        "createFarm": Create(Farm(id="f-1", leaf_user_id=user, name="South Farm")),
        "replaceActiveBoundary": Redraw(field.id, square(6)),
    }[operation]
    (queued,) = workspace.do(edit).result(WAIT)
    sandbox.faults.once(fault, operation)
    first = workspace.sync().result(WAIT)
    assert first.pushed["waiting"] == 1
    _until(lambda: workspace.sync().result(WAIT).pushed["waiting"] == 0)
    item = workspace.outbox.item(queued.item_id)
    assert item is not None and item.state == "done"
    assert sandbox.leaf.counts()["fields"] == 24 + (operation == "createField")
    assert sandbox.leaf.counts()["farms"] == farms + (operation == "createFarm")
    assert len(sandbox.leaf.history(field.id)) == history + (operation == "replaceActiveBoundary")


def test_a_token_that_ends_in_the_middle(workspace: Workspace, sandbox: Sandbox) -> None:
    workspace.do(new_field(workspace)).result(WAIT)
    sandbox.tokens.expire()
    report = workspace.sync().result(WAIT)
    assert report.outcome == "signed-out" and report.pushed["waiting"] == 1
    assert workspace.connection.state == "signed-out"
    workspace.login(sandbox.username, sandbox.password).result(WAIT)
    assert workspace.sync().result(WAIT).pushed["sent"] == 1


@pytest.mark.parametrize("fault", ["html", "truncated"])
def test_bad_answers_to_reads(workspace: Workspace, sandbox: Sandbox, fault: str) -> None:
    sandbox.faults.set(f"{fault}@listFields=1")
    report = workspace.sync().result(WAIT)
    assert report.outcome in ("offline", "partial") and report.reason
    assert len(workspace.catalog.fields()) == 24
    assert (workspace.connection.state == "captive") == (fault == "html")
    assert issubclass(CaptivePortalError, Exception)


def test_a_second_sync_joins_the_first(workspace: Workspace, sandbox: Sandbox) -> None:
    sandbox.faults.latency_ms = 30
    first = workspace.sync()
    assert workspace.syncing and workspace.sync() is first
    first.result(WAIT)
    assert not workspace.syncing


def test_a_cancelled_sync_keeps_what_was_read(opened: Callable[..., Workspace], sandbox: Sandbox) -> None:
    workspace = opened()
    workspace.login(sandbox.username, sandbox.password).result(WAIT)
    sandbox.faults.latency_ms = 20

    def at_boundaries(event: Event) -> None:
        if isinstance(event, Progress) and event.what == "Fields":
            workspace.cancel_sync()

    stop = workspace.listen(at_boundaries)
    report = workspace.sync().result(WAIT)
    assert report.outcome == "partial" and "stopped" in (report.reason or "")
    assert len(workspace.catalog.fields()) == 24 and workspace.last_sync is None
    stop()
    sandbox.faults.clear()
    assert workspace.sync().result(WAIT).outcome == "done"
    assert workspace.last_sync is not None


def test_a_sync_cancelled_while_a_request_is_under_way_looks_into_it_later(
    workspace: Workspace, sandbox: Sandbox
) -> None:
    (queued,) = workspace.do(new_field(workspace)).result(WAIT)
    sandbox.faults.latency_ms = 500

    def sent(event: Event) -> None:
        if isinstance(event, Changes) and event.queue:
            workspace.cancel_sync()

    stop = workspace.listen(sent)
    report = workspace.sync().result(WAIT)
    stop()
    assert report.outcome == "partial"
    item = workspace.outbox.item(queued.item_id)
    assert item is not None and item.state in ("sent", "waiting")
    sandbox.faults.clear()
    _until(lambda: workspace.sync().result(WAIT).pushed["waiting"] == 0)
    assert sandbox.leaf.counts()["fields"] == 25


def test_closing_in_the_middle_of_a_sync(opened: Callable[..., Workspace], sandbox: Sandbox) -> None:
    workspace = opened()
    workspace.login(sandbox.username, sandbox.password).result(WAIT)
    sandbox.faults.latency_ms = 50
    running = workspace.sync()
    workspace.close()
    assert running.done() and running.result().outcome == "partial"
    with closing(sqlite3.connect(next(workspace.folder.rglob("leafdesk.db")))) as connection:
        assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)


def test_keeping_up_carries_an_edit_by_itself_and_comes_back_after_the_dark(
    workspace: Workspace, sandbox: Sandbox
) -> None:
    workspace.keep_up()
    workspace.do(new_field(workspace)).result(WAIT)
    _until(lambda: sandbox.leaf.counts()["fields"] == 25)
    _until(lambda: not workspace.syncing)
    sandbox.go_dark()
    workspace.do(change("fields", manual(workspace).id, name="Renamed")).result(WAIT)
    _until(lambda: workspace.connection.state == "offline")
    sandbox.come_back()
    _until(lambda: workspace.outbox.items() == [])
    assert workspace.connection.state == "online"


# ---------------------------------------------------------------------- kill -9
_SYNC = """
import sys
from pathlib import Path
from leafdesk.workspace import Workspace
workspace = Workspace(Path(sys.argv[1]))
print("open", flush=True)
workspace.sync().result()
print("done", flush=True)
"""


def test_a_killed_sync_goes_on_where_it_was(opened: Callable[..., Workspace], tmp_path: Path, sandbox: Sandbox) -> None:
    token = sandbox.tokens.issue(remember=False)
    environ = {"LEAFDESK_TOKEN": token, "LEAFDESK_API_URL": sandbox.url, "LEAFDESK_SETTLE_SECONDS": "0.2"}
    workspace = opened(environ=environ)
    workspace.sync().result(WAIT)
    user = workspace.catalog.users()[0].id
    edits = [Create(Farm(id=f"f-{n}", leaf_user_id=user, name=f"Farm {n}")) for n in range(6)]
    farms, fields = sandbox.leaf.counts()["farms"], sandbox.leaf.counts()["fields"]
    for n, edit in enumerate(edits):
        workspace.do(edit, new_field(workspace, id=f"made-{n}", farm_id=f"f-{n}")).result(WAIT)
    workspace.close()
    dice = random.Random(5)
    sandbox.faults.latency_ms = 8
    for _ in range(4):
        command = [sys.executable, "-c", _SYNC, str(workspace.folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as process:
            assert process.stdout is not None
            opened_it = process.stdout.readline()
            time.sleep(dice.uniform(0.15, 0.6))  # the kill comes at a moment nobody chose
            process.send_signal(signal.SIGKILL)
        assert opened_it == "open\n"
    sandbox.faults.clear()
    again = opened(environ=environ)
    _until(lambda: again.sync().result(WAIT).pushed["waiting"] == 0)
    assert again.outbox.items() == []
    assert sandbox.leaf.counts()["farms"] == farms + 6 and sandbox.leaf.counts()["fields"] == fields + 6
    numbers = {farm.get("name"): farm["id"] for farm in sandbox.leaf.all("farms")}
    for n in range(6):
        assert sandbox.leaf.field(f"made-{n}")["farmId"] == numbers[f"Farm {n}"]
    assert len(again.catalog.farms()) == farms + 6


def _until(true: Callable[[], bool]) -> None:
    """Ask again until it is so: an unknown outcome is looked into when the settle time is over."""
    ends = time.monotonic() + WAIT
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.05)

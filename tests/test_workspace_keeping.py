"""Which Leaf users a laptop keeps: only theirs is read, the others' is put away, no edit that waits is ever touched."""

from collections.abc import Callable

import httpx
import pytest

from leafdesk.edits import SyncProvider
from leafdesk.records import KINDS, Field
from leafdesk.sandbox import Sandbox
from leafdesk.store.database import Database
from leafdesk.workspace import Create, NotSentError, RefusedError, UserHere, Where, Workspace, change
from leafdesk.workspace.providers import NOT_KEPT

from .test_workspace import WAIT, no_key_store, opened, sandbox, square, workspace

__all__ = ["no_key_store", "opened", "sandbox", "workspace"]
ALWAYS = {"users", "summaries"}


def two(workspace: Workspace) -> tuple[str, str]:
    """The Leaf user to keep and the other one."""
    first, other = (one.user.id for one in workspace.keeping.users())
    return first, other


def of(workspace: Workspace, user: str) -> UserHere:
    return next(one for one in workspace.keeping.users() if one.user.id == user)


def everything(workspace: Workspace) -> dict[str, dict[str, int]]:
    return {one.user.id: dict(one.here) for one in workspace.keeping.users()}


def a_field(workspace: Workspace, user: str) -> str:
    """A field of this Leaf user that may be changed."""
    rows = workspace.catalog.fields(leaf_user_id=user)
    return next(row.id for row in rows if row.provider_name in (None, "Leaf") and row.box)


def test_the_others_records_are_put_away_and_come_back(workspace: Workspace, sandbox: Sandbox) -> None:
    mine, theirs = two(workspace)
    before = everything(workspace)
    assert before[theirs]["fields"] > 0 and before[theirs]["machines"] > 0
    gone = workspace.keeping.choose([mine]).result(WAIT)
    assert gone == sum(many for kind, many in before[theirs].items() if kind not in ALWAYS)
    assert set(of(workspace, theirs).here) <= ALWAYS and not of(workspace, theirs).kept
    assert everything(workspace)[mine] == before[mine]
    assert {row.leaf_user_id for row in workspace.catalog.fields()} == {mine}
    boundaries = workspace.catalog.connection.execute(
        "SELECT count(*) FROM boundaries WHERE field NOT IN (SELECT key FROM records WHERE kind = 'fields')"
    ).fetchone()
    assert boundaries == (0,)
    assert workspace.check() == []
    assert workspace.sync(stock=True).result(WAIT).outcome == "done"
    assert everything(workspace)[mine] == before[mine]
    assert set(of(workspace, theirs).here) <= ALWAYS
    workspace.keeping.choose(None).result(WAIT)
    assert workspace.sync().result(WAIT).outcome == "done"  # machines and inputs too, though a day has not gone by
    assert everything(workspace) == before


def test_whose_fields_were_put_away_gets_them_back_with_a_sync_that_nobody_asked_for(
    workspace: Workspace, sandbox: Sandbox
) -> None:
    mine, theirs = two(workspace)
    before = everything(workspace)
    workspace.sync(by_itself=True, stock=False).result(WAIT)  # all fields were read: within the hour only what is new
    workspace.keeping.choose([mine]).result(WAIT)
    workspace.keeping.choose(None).result(WAIT)
    assert workspace.sync(by_itself=True).result(WAIT).outcome == "done"
    assert everything(workspace)[theirs]["fields"] == before[theirs]["fields"]


class Overheard(httpx.AsyncHTTPTransport):
    """A line to Leaf that writes down what is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        return await super().handle_async_request(request)


def test_a_sync_asks_leaf_only_for_those_who_are_kept(opened: Callable[..., Workspace], sandbox: Sandbox) -> None:
    line = Overheard()
    workspace = opened(transport=line)
    workspace.login(sandbox.username, sandbox.password).result(WAIT)
    workspace.sync(stock=False).result(WAIT)
    mine, theirs = two(workspace)
    workspace.keeping.choose([mine]).result(WAIT)
    line.asked.clear()
    assert workspace.sync(stock=True).result(WAIT).outcome == "done"
    assert [url for url in line.asked if theirs in url] == []
    lists = [url for url in line.asked if "/fields?" in url or "/farms?" in url or "/growers?" in url]
    assert lists and all(f"leafUserId={mine}" in url for url in lists)
    assert workspace.last_sync is not None
    assert workspace.tables.fetched("fields") is not None
    assert workspace.tables.fetched("fields", theirs) is None
    assert workspace.tables.fetched("machines", theirs) is None
    assert workspace.tables.count("machines", Where(leaf_user_id=theirs)) == 0


def test_edits_that_wait_are_never_put_away(workspace: Workspace, sandbox: Sandbox) -> None:
    mine, theirs = two(workspace)
    field = a_field(workspace, theirs)
    workspace.do(change("fields", field, name="Not Sent Yet")).result(WAIT)
    before = everything(workspace)
    with pytest.raises(RefusedError, match=r"An edit of .* did not reach Leaf yet"):
        workspace.keeping.choose([mine]).result(WAIT)
    assert everything(workspace) == before and of(workspace, theirs).kept and of(workspace, theirs).waiting == 1
    workspace.sync().result(WAIT)
    assert workspace.keeping.choose([mine]).result(WAIT) > 0
    assert next(one for one in sandbox.leaf.all("fields") if one["id"] == field)["name"] == "Not Sent Yet"


def test_a_wish_about_a_leaf_user_waits_too(workspace: Workspace) -> None:
    mine, theirs = two(workspace)
    workspace.do(SyncProvider(theirs)).result(WAIT)
    with pytest.raises(RefusedError):
        workspace.keeping.choose([mine]).result(WAIT)
    workspace.keeping.choose([theirs]).result(WAIT)
    with pytest.raises(RefusedError, match="at least one"):
        workspace.keeping.choose([]).result(WAIT)


def test_nothing_new_is_made_for_somebody_who_is_not_kept(workspace: Workspace) -> None:
    mine, theirs = two(workspace)
    deleted = a_field(workspace, theirs)
    workspace.keeping.choose([mine]).result(WAIT)
    for user in (mine, theirs):
        new = Create(Field(id=f"new-{user}", leaf_user_id=user, name="Home", shape=square()))
        if user == mine:
            workspace.do(new).result(WAIT)
            continue
        with pytest.raises(RefusedError, match="is not kept on this laptop"):
            workspace.do(new).result(WAIT)
    with pytest.raises(RefusedError, match="no longer here"):
        workspace.do(change("fields", deleted, name="Gone")).result(WAIT)


def test_what_a_sync_brings_while_somebody_chooses_goes_with_the_next(workspace: Workspace) -> None:
    mine, theirs = two(workspace)
    stray = Field(id="stray", leaf_user_id=theirs, name="Stray", raw="{}")
    workspace.keeping.choose([mine]).result(WAIT)
    database: Database = workspace._database
    from leafdesk.store.catalog import Catalog

    database.write(lambda connection: Catalog(connection).put([stray])).result(WAIT)
    assert workspace.catalog.field("stray") is not None
    workspace.sync().result(WAIT)
    assert workspace.catalog.field("stray") is None


def test_the_choice_is_kept_and_works_without_a_connection(
    opened: Callable[..., Workspace], workspace: Workspace, sandbox: Sandbox
) -> None:
    mine, theirs = two(workspace)
    sandbox.go_dark()
    workspace.keeping.choose([mine]).result(WAIT)
    with pytest.raises(NotSentError):
        workspace.online.summary().result(WAIT)
    workspace.close()
    again = opened()
    assert again.keeping.keeps(mine) and not again.keeping.keeps(theirs)
    assert [one.why for one in again.providers() if one.leaf_user_id == theirs][:1] == [(NOT_KEPT,)]
    assert all(one.leaf for one in again.providers())  # Leaf's counts stay, to choose by
    assert set(everything(again)[mine]) <= set(KINDS)


def test_provider_credentials_are_nowhere_on_the_disk(workspace: Workspace, sandbox: Sandbox) -> None:
    secrets = [
        str(value)
        for user in sandbox.leaf.all("users")
        for part in user.values()
        if isinstance(part, dict)
        for name, value in part.items()
        if name in ("id", "clientSecret")
    ]
    assert secrets
    workspace.close()
    kept = b"".join(file.read_bytes() for file in workspace.folder.rglob("*") if file.is_file())
    assert kept and not [secret for secret in secrets if secret.encode() in kept]

"""Every call against the sandbox over real HTTP: an empty stretch of land is filled, changed and read back."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from leafdesk.api import calls
from leafdesk.api.client import Client
from leafdesk.api.errors import (
    BusyError,
    CaptivePortalError,
    ForbiddenError,
    GoneError,
    LeafError,
    NotSentError,
    RefusedByLeafError,
    SignedOutError,
    UnknownOutcomeError,
)
from leafdesk.api.wire import boundary_ids
from leafdesk.geo.shape import Shape
from leafdesk.sandbox import Sandbox

HERE: Shape = ((((-93.5, 41.7), (-93.49, 41.7), (-93.49, 41.71), (-93.5, 41.71), (-93.5, 41.7)),),)
MOVED: Shape = ((((-93.5, 41.7), (-93.49, 41.7), (-93.49, 41.715), (-93.5, 41.71), (-93.5, 41.7)),),)
BOW_TIE: Shape = ((((-93.5, 41.7), (-93.49, 41.71), (-93.49, 41.7), (-93.5, 41.71), (-93.5, 41.7)),),)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(fields=200, seed=7) as running:
        yield running


@asynccontextmanager
async def signed_in(sandbox: Sandbox) -> AsyncIterator[Client]:
    async with Client(sandbox.url) as leaf:
        await leaf.authenticate(sandbox.username, sandbox.password)
        yield leaf


def test_every_call_once(sandbox: Sandbox) -> None:
    sandbox.requests.clear()

    async def run() -> int:
        async with signed_in(sandbox) as leaf:
            users = await leaf.send(calls.list_users())
            user = await leaf.send(calls.get_user(users.items[0].id))
            assert user.id == users.items[0].id
            assert "Credentials" not in user.raw
            farm_id = await _growers_and_farms(leaf, user.id)
            await _fields_and_boundaries(leaf, user.id, farm_id)
            await _preview(leaf)
            return leaf.requests

    sent = asyncio.run(run())
    assert sent == sandbox.requests.count()
    assert set(sandbox.requests.counts) == {
        "authenticate",
        *("listLeafUsers", "getLeafUser"),
        *("listGrowers", "getGrower", "createGrower", "updateGrower"),
        *("listFarms", "getFarm", "createFarm", "updateFarm"),
        *("listFields", "getField", "createField", "updateField", "deleteField", "enablePreviewField"),
        *("listBoundaries", "getBoundary", "getActiveBoundary", "replaceActiveBoundary"),
    }


async def _growers_and_farms(leaf: Client, user_id: str) -> str:
    grower = await leaf.send(calls.create_grower(user_id, name="Müller & Söhne"))
    assert (grower.name, grower.id) == ("Müller & Söhne", str(grower.leaf_id))
    renamed = await leaf.send(calls.update_grower(user_id, grower.id, name="Müller"))
    assert (renamed.id, renamed.name) == (grower.id, "Müller")
    assert (await leaf.send(calls.get_grower(user_id, grower.id))).name == "Müller"
    assert grower.id in {one.id for one in (await leaf.send(calls.list_growers(leaf_user_id=user_id))).items}
    farm = await leaf.send(calls.create_farm(user_id, name="Ost", grower_id=grower.id))
    assert (farm.name, farm.grower_id, farm.leaf_user_id) == ("Ost", grower.id, user_id)
    farm = await leaf.send(calls.update_farm(user_id, farm.id, name="West", grower_id=grower.id))
    assert await leaf.send(calls.get_farm(user_id, farm.id)) == farm
    page = await leaf.send(calls.list_farms(leaf_user_id=user_id, grower_id=grower.id))
    assert ([one.name for one in page.items], page.total, page.problems) == (["West"], 1, ())
    return farm.id


async def _fields_and_boundaries(leaf: Client, user_id: str, farm_id: str) -> None:
    id = str(uuid.uuid4())
    made = await leaf.send(calls.create_field(user_id, id, name="Mühlacker", shape=HERE))
    assert (made.id, made.name, made.status, made.shape in (None, HERE)) == (id, "Mühlacker", "PROCESSED", True)
    changed = await leaf.send(calls.update_field(user_id, id, name="Acker", farm_id=farm_id))
    assert (changed.name, changed.farm_id) == ("Acker", farm_id)
    first = await leaf.send(calls.get_active_boundary(user_id, id))
    assert (first.shape, first.status, first.validity) == (HERE, "ACTIVE", "VALID")
    second = await leaf.send(calls.replace_boundary(user_id, id, shape=MOVED))
    assert (second.shape, second.status) == (MOVED, "ACTIVE")
    assert second.area_ha and first.area_ha and second.area_ha > first.area_ha
    old = await leaf.send(calls.get_boundary(user_id, id, first.id))
    assert (old.shape, old.status) == (HERE, "INACTIVE")
    history = await leaf.send(calls.list_boundaries(user_id, id))
    assert {one.id: one.status for one in history.items} == {first.id: "INACTIVE", second.id: "ACTIVE"}
    assert {first.id, second.id} >= set(boundary_ids(await leaf.send(calls.get_field(user_id, id)))) >= {second.id}
    await leaf.send(calls.delete_field(user_id, id))
    with pytest.raises(GoneError):
        await leaf.send(calls.get_field(user_id, id))


async def _preview(leaf: Client) -> None:
    page = await leaf.send(calls.list_fields(status="PREVIEW"))
    assert page.items, "the farmland has previews"
    preview = page.items[0]
    assert (preview.status, preview.shape, boundary_ids(preview)) == ("PREVIEW", None, ())
    await leaf.send(calls.enable_preview_field(preview.leaf_user_id, preview.id))
    assert (await leaf.send(calls.get_field(preview.leaf_user_id, preview.id))).status != "PREVIEW"


def test_pages_hold_every_field_once(sandbox: Sandbox) -> None:
    async def run() -> tuple[list[str], int | None, str]:
        async with signed_in(sandbox) as leaf:
            first = await leaf.send(calls.list_fields(size=7))
            assert first.total is not None
            ids = [one.id for one in first.items]
            for number in range(1, -(-first.total // 7)):
                ids += [one.id for one in (await leaf.send(calls.list_fields(page=number, size=7))).items]
            return ids, first.total, first.date

    ids, total, date = asyncio.run(run())
    assert sorted(ids) == sorted(one["id"] for one in sandbox.leaf.all("fields"))
    assert len(set(ids)) == total
    assert date.endswith("GMT")


def ending(sandbox: Sandbox, call: calls.Call[Any]) -> LeafError:
    async def run() -> None:
        async with signed_in(sandbox) as leaf:
            await leaf.send(call)

    with pytest.raises(LeafError) as caught:
        asyncio.run(run())
    return caught.value


def test_refusals_name_their_reason(sandbox: Sandbox) -> None:
    user_id = sandbox.leaf.all("users")[0]["id"]
    crossing = ending(sandbox, calls.create_field(user_id, str(uuid.uuid4()), name="n", shape=BOW_TIE))
    assert (type(crossing), crossing.error_key) == (RefusedByLeafError, "invalidGeometry")
    field = next(one for one in sandbox.leaf.all("fields") if one["leafUserId"] == user_id)
    twin = ending(sandbox, calls.create_field(user_id, field["id"], name="n", shape=HERE))
    assert (type(twin), twin.error_key) == (RefusedByLeafError, "fieldAlreadyExists")
    theirs = next(one for one in sandbox.leaf.all("fields") if one.get("providerName") not in (None, "Leaf"))
    refused = ending(sandbox, calls.delete_field(theirs["leafUserId"], theirs["id"]))
    assert isinstance(refused, RefusedByLeafError | ForbiddenError)


def test_a_wrong_password(sandbox: Sandbox) -> None:
    async def run() -> None:
        async with Client(sandbox.url) as leaf:
            await leaf.authenticate(sandbox.username, "wrong")

    with pytest.raises(SignedOutError):
        asyncio.run(run())


def test_a_token_that_nobody_gave(sandbox: Sandbox) -> None:
    async def run() -> None:
        async with Client(sandbox.url, "made-up") as leaf:
            await leaf.send(calls.list_users())

    with pytest.raises(SignedOutError):
        asyncio.run(run())


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("html", CaptivePortalError),
        ("drop", UnknownOutcomeError),
        ("lost", UnknownOutcomeError),
        ("cut", UnknownOutcomeError),
        ("truncated", UnknownOutcomeError),
        ("401", SignedOutError),
        ("429", BusyError),
        ("500", UnknownOutcomeError),
        ("502", UnknownOutcomeError),
        ("503", UnknownOutcomeError),
        ("504", UnknownOutcomeError),
    ],
)
def test_faults_on_the_way(sandbox: Sandbox, fault: str, kind: type[LeafError]) -> None:
    sandbox.faults.once(fault, "listFields")
    assert type(ending(sandbox, calls.list_fields())) is kind


def test_a_sandbox_gone_dark(sandbox: Sandbox) -> None:
    async def run() -> None:
        async with signed_in(sandbox) as leaf:
            sandbox.go_dark()
            try:
                with pytest.raises((NotSentError, UnknownOutcomeError)):
                    await leaf.send(calls.list_users())
                with pytest.raises(NotSentError):
                    await leaf.send(calls.list_users())
            finally:
                sandbox.come_back()
            assert (await leaf.send(calls.list_users())).items

    asyncio.run(run())

"""Every fault, what the client sees of it, and whether the request took effect."""

import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from leafdesk.sandbox import Faults, FaultSpecError, Sandbox

Json = dict[str, Any]
GROWERS = "/services/fields/api/growers"


@pytest.fixture
def create(raw: httpx.Client, sandbox: Sandbox) -> Callable[[], httpx.Response]:
    """Creates a grower; `growers` afterwards tells whether it happened."""
    user = sandbox.leaf.all("users")[0]["id"]
    return lambda: raw.post(f"/services/fields/api/users/{user}/growers", json={"name": "New"})


def _made(sandbox: Sandbox) -> bool:
    return any(grower["name"] == "New" for grower in sandbox.leaf.all("growers"))


def test_a_dropped_connection_has_no_effect(sandbox: Sandbox, create: Callable[[], httpx.Response]) -> None:
    sandbox.faults.once("drop")
    with pytest.raises(httpx.TransportError):
        create()
    assert not _made(sandbox)
    assert create().status_code == 201  # the next connection is sound


def test_a_lost_reply_has_its_effect(sandbox: Sandbox, create: Callable[[], httpx.Response]) -> None:
    sandbox.faults.once("lost")
    with pytest.raises(httpx.TransportError):
        create()
    assert _made(sandbox)
    assert [(r.status, r.fault) for r in sandbox.requests.log if r.operation == "createGrower"] == [(None, "lost")]


def test_a_request_that_lands_late(sandbox: Sandbox, raw: httpx.Client, create: Callable[[], httpx.Response]) -> None:
    sandbox.faults.once("late")
    sandbox.faults.late_s = 0.1
    with pytest.raises(httpx.TransportError):
        create()
    assert not _made(sandbox)
    sandbox.faults.latency_ms = 200  # while another request is under way, it lands
    raw.get(GROWERS)
    assert _made(sandbox)


def test_a_reply_cut_in_the_middle(sandbox: Sandbox, create: Callable[[], httpx.Response]) -> None:
    sandbox.faults.once("cut")
    with pytest.raises(httpx.TransportError):
        create()
    assert _made(sandbox)


def test_truncated_json(sandbox: Sandbox, create: Callable[[], httpx.Response]) -> None:
    sandbox.faults.once("truncated")
    answer = create()
    assert answer.status_code == 201
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert _made(sandbox)


def test_a_sign_in_page_in_the_way(sandbox: Sandbox, create: Callable[[], httpx.Response]) -> None:
    sandbox.faults.once("html")
    answer = create()
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.text.startswith("<!DOCTYPE html>")
    assert not _made(sandbox)


@pytest.mark.parametrize("status", [401, 429, 500, 502, 503])
def test_statuses_have_no_effect(sandbox: Sandbox, create: Callable[[], httpx.Response], status: int) -> None:
    sandbox.faults.once(str(status))
    assert create().status_code == status
    assert not _made(sandbox)


def test_busy_says_when_to_come_again(sandbox: Sandbox, create: Callable[[], httpx.Response]) -> None:
    sandbox.faults.retry_after_s = 7
    sandbox.faults.once("429")
    answer = create()
    assert answer.headers["Retry-After"] == "7"
    assert answer.json()["status_code"] == 429


def test_a_gateway_gives_up_but_the_request_went_through(
    sandbox: Sandbox, create: Callable[[], httpx.Response]
) -> None:
    sandbox.faults.once("504")
    answer = create()
    assert (answer.status_code, answer.headers["content-type"]) == (504, "text/html; charset=utf-8")
    assert _made(sandbox)


def test_latency(sandbox: Sandbox, raw: httpx.Client) -> None:
    sandbox.faults.latency_ms = 120
    raw.get(GROWERS)
    assert sandbox.requests.log[-1].seconds >= 0.12
    sandbox.faults.clear()
    raw.get(GROWERS)
    assert sandbox.requests.log[-1].seconds < 0.12


def test_faults_for_one_operation_only(sandbox: Sandbox, raw: httpx.Client) -> None:
    sandbox.faults.once("500", "listFarms", times=2)
    statuses = [raw.get(f"/services/fields/api/{kind}").status_code for kind in ("growers", "farms", "farms", "farms")]
    assert statuses == [200, 500, 500, 200]


def test_every_operation_meets_faults(sandbox: Sandbox, raw: httpx.Client) -> None:
    from leafdesk.sandbox.routes import table

    for path, operations in table().items():
        for method, operation in operations.items():
            sandbox.faults.once("429", operation.id)
            asked = re.sub(r"\{\w+\}", "x", path)
            assert raw.request(method, asked, json={}).status_code == 429, operation.id
    assert sum(request.fault == "429" for request in sandbox.requests.log) == 55


def test_a_machine_is_made_although_the_reply_is_lost(sandbox: Sandbox, raw: httpx.Client) -> None:
    path = f"/services/beta/api/users/{sandbox.leaf.all('users')[0]['id']}/machines"
    sandbox.faults.once("lost", "createMachine")
    with pytest.raises(httpx.TransportError):
        raw.post(path, json={"name": "Ox"})
    assert [one["originType"] for one in raw.get(path, params={"name": "Ox"}).json()] == ["USER_CREATED"]


def test_chances_come_from_the_seed() -> None:
    def drawn(seed: int) -> list[str]:
        faults = Faults("lost=0.2,500=0.1,429@createField=1", seed=seed)
        return [fault.kind if (fault := faults.draw("listFields")) else "" for _ in range(400)]

    assert drawn(1) == drawn(1) != drawn(2)
    assert 50 < drawn(1).count("lost") < 110
    assert 15 < drawn(1).count("500") < 60
    assert "429" not in drawn(1)


def test_spec() -> None:
    faults = Faults("slow=200ms, drop=1")
    assert faults.latency_ms == 200
    fault = faults.draw("listFields")
    assert fault is not None
    assert (fault.kind, fault.comes_first) == ("drop", True)
    faults.set("slow=1.5s,seed=4")
    assert (faults.latency_ms, faults.draw("listFields")) == (1500, None)


@pytest.mark.parametrize("spec", ["lost", "lost=", "lost=2", "flood=0.1", "lost=0.1s", "lost@=1", "slow=x"])
def test_specs_that_cannot_be_read_change_nothing(spec: str) -> None:
    faults = Faults("drop=1")
    with pytest.raises(FaultSpecError):
        faults.set(f"500=1,{spec}")
    fault = faults.draw("listFields")
    assert fault is not None
    assert fault.kind == "drop"

"""A laptop that is closed for a night while a write is on its way."""

import asyncio
import threading
import time
from collections.abc import Callable

import httpx
import pytest

from leafdesk.records import Farm
from leafdesk.sandbox import Sandbox
from leafdesk.workspace import ConnectionChanged, Create, Event, Workspace

from .test_workspace import WAIT, no_key_store, opened, sandbox

__all__ = ["no_key_store", "opened", "sandbox"]
NIGHT = 8 * 3600.0


class NoAnswer(httpx.AsyncHTTPTransport):
    """A line on which the first new farm reaches Leaf, and nothing comes back."""

    def __init__(self, arrives: bool) -> None:
        super().__init__()
        self.arrives, self.asked = arrives, threading.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        first = request.method == "POST" and not self.asked.is_set() and request.url.path.endswith("/farms")
        if first and not self.arrives:
            self.asked.set()
            await asyncio.sleep(WAIT)
        answer = await super().handle_async_request(request)
        if first:
            await answer.aread()
            self.asked.set()
            await asyncio.sleep(WAIT)
        return answer


@pytest.mark.parametrize("arrives", [True, False], ids=["it arrived", "it did not"])
@pytest.mark.parametrize("counts_sleep", [True, False], ids=["the steady clock goes on", "the steady clock stands"])
def test_a_night_in_the_middle_of_a_write_loses_and_doubles_nothing(
    opened: Callable[..., Workspace],
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    arrives: bool,
    counts_sleep: bool,
) -> None:
    monkeypatch.setattr("leafdesk.sync.engine.TICK", 0.05)
    slept, line, told = [0.0], NoAnswer(arrives), list[Event]()
    workspace = opened(
        transport=line,
        clock=lambda: time.time() + slept[0],
        steady=lambda: time.monotonic() + slept[0] * counts_sleep,
    )
    workspace.login(sandbox.username, sandbox.password).result(WAIT)
    workspace.sync(stock=False).result(WAIT)
    user = workspace.catalog.users()[0].id
    (queued,) = workspace.do(Create(Farm(id="made", leaf_user_id=user, name="Night Farm"))).result(WAIT)
    workspace.listen(told.append)
    running = workspace.sync(stock=False)
    assert line.asked.wait(WAIT)
    slept[0] = NIGHT
    assert running.result(WAIT).outcome in ("offline", "partial", "done")
    assert "unknown" in [event.state for event in told if isinstance(event, ConnectionChanged)]
    deadline = time.monotonic() + WAIT
    while workspace.outbox.items() and time.monotonic() < deadline:
        workspace.sync(stock=False).result(WAIT)
    item = workspace.outbox.item(queued.item_id)
    assert item is not None and item.state == "done"
    assert [one.get("name") for one in sandbox.leaf.all("farms")].count("Night Farm") == 1
    assert sandbox.requests.count("createFarm") == 1

"""Signing in, going dark, coming back, ending."""

import subprocess
import sys
import threading
from typing import Any

import httpx
import pytest

from leafdesk.sandbox import Sandbox
from leafdesk.sandbox.tokens import Tokens

FARMS = "/services/fields/api/farms"


def test_signing_in(sandbox: Sandbox, client: Any) -> None:
    for remember in ("true", "false", True, False):
        token = client.write("POST", "/api/authenticate", client.credentials(rememberMe=remember)).json()["id_token"]
        assert token.count(".") == 2
    for wrong in ({"password": "x"}, {"username": "x@example.com"}):
        answer = client.write("POST", "/api/authenticate", client.credentials() | wrong)
        assert (answer.status_code, answer.json()["title"]) == (401, "Unauthorized")
    assert client.write("POST", "/api/authenticate", {"username": "x"}).status_code == 400


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer x.y.z"}, {"Authorization": "Basic eDp5"}])
def test_without_a_good_token(sandbox: Sandbox, header: dict[str, str]) -> None:
    assert httpx.get(sandbox.url + FARMS, headers=header).status_code == 401


def test_a_token_that_ends_in_the_middle(sandbox: Sandbox, client: Any) -> None:
    assert client.get("/farms").status_code == 200
    sandbox.tokens.expire()
    assert client.get("/farms").status_code == 401
    client.sign_in()
    assert client.get("/farms").status_code == 200


def test_tokens_end_after_a_day_or_thirty() -> None:
    now = 1000.0
    tokens = Tokens("a@example.com", "secret", now=lambda: now)
    short, long = (f"Bearer {tokens.issue(remember=remember)}" for remember in (False, True))
    now += 23 * 3600
    assert tokens.accepts(short)
    now += 2 * 3600
    assert not tokens.accepts(short)
    assert tokens.accepts(long)
    now += 30 * 24 * 3600
    assert not tokens.accepts(long)


def test_the_password_is_random_unless_given() -> None:
    assert Sandbox(fields=0).password != Sandbox(fields=0).password
    assert Sandbox(fields=0, password="given").password == "given"


def test_going_dark_and_coming_back(sandbox: Sandbox, raw: httpx.Client) -> None:
    url = sandbox.url
    sandbox.go_dark()
    sandbox.go_dark()
    with pytest.raises(httpx.TransportError):  # the connection kept alive is gone
        raw.get(FARMS)
    with pytest.raises(httpx.ConnectError):
        httpx.get(url + FARMS)
    sandbox.come_back()
    sandbox.come_back()
    assert sandbox.url == url
    assert raw.get(FARMS).status_code == 200  # the token still counts


def test_dark_in_the_middle_of_a_request(sandbox: Sandbox, raw: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    sandbox.faults.latency_ms = 60_000
    failed: list[Exception] = []

    def ask() -> None:
        try:
            raw.get(FARMS)
        except httpx.TransportError as error:
            failed.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    asking.join(0.3)
    assert asking.is_alive()
    sandbox.go_dark()
    asking.join(10)
    assert len(failed) == 1
    assert [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")] == []


def test_the_end_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    with Sandbox(fields=3) as sandbox, httpx.Client(base_url=sandbox.url) as kept_alive:
        assert kept_alive.get(FARMS).status_code == 401
        assert set(threading.enumerate()) > before
        sandbox.stop()
        assert set(threading.enumerate()) == before
    assert set(threading.enumerate()) == before


def test_a_port_of_ones_own() -> None:
    with Sandbox(fields=0) as first, pytest.raises(OSError, match="in use"):
        Sandbox(fields=0, port=int(first.url.rpartition(":")[2])).start()
    with Sandbox(fields=0, port=int(first.url.rpartition(":")[2])) as second:
        assert second.url == first.url


def test_answers_do_not_wait_for_the_network_to_fill_a_packet(sandbox: Sandbox, raw: httpx.Client) -> None:
    """asyncio sets TCP_NODELAY only where a socket names its protocol; without it each answer takes 40 ms."""
    sandbox.stop()
    sandbox.start()
    assert sandbox._listening is not None
    assert raw.get(sandbox.url + FARMS).status_code == 200
    connections: Any = sandbox._listening._server.server_state.connections
    sockets = [connection.transport.get_extra_info("socket") for connection in connections]
    assert [one.getsockopt(6, 1) != 0 for one in sockets] == [True]


def test_the_log_counts(sandbox: Sandbox, raw: httpx.Client) -> None:
    sandbox.requests.clear()
    raw.get(FARMS, params={"size": 5})
    raw.get(FARMS)
    assert sandbox.requests.count() == sandbox.requests.count("listFarms") == 2
    first = sandbox.requests.log[0]
    assert (first.operation, first.method, first.path, first.query) == ("listFarms", "GET", FARMS, "size=5")
    assert (first.status, first.fault) == (200, "")


def test_importing_is_cheap() -> None:
    """The command line imports the sandbox's room; it must not pay for a server it does not start."""
    heavy = "('uvicorn', 'starlette', 'shapely', 'pyproj', 'numpy', 'asyncio')"
    code = f"import sys, leafdesk.sandbox; print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"

"""One request each, and every outcome told apart (sync.md, outcome classes). The transport is all that is fake."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, TypeVar

import httpx
import pytest

from leafdesk.api import calls
from leafdesk.api.calls import Call
from leafdesk.api.client import LARGEST_BODY, Client, checked_url
from leafdesk.api.errors import (
    AnsweredError,
    BusyError,
    CaptivePortalError,
    ForbiddenError,
    GoneError,
    LeafError,
    NotSentError,
    RefusedByLeafError,
    SignedOutError,
    UnknownOutcomeError,
    UnreadableAnswerError,
)

from . import contract

T = TypeVar("T")
TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJjYW5hcnkifQ.canary"
SHAPE = ((((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)),),)
READ = calls.get_field("u", "f")
WRITE = calls.update_field("u", "f", name="n")


def send(call: Call[T], answer: Callable[[httpx.Request], httpx.Response]) -> tuple[T, list[httpx.Request]]:
    """The result, and the requests that went out."""
    sent: list[httpx.Request] = []

    def transport(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return answer(request)

    async def run() -> T:
        async with Client(token=TOKEN, transport=httpx.MockTransport(transport)) as client:
            try:
                return await client.send(call)
            finally:
                assert client.requests == len(sent) == 1

    return asyncio.run(run()), sent


def outcome(call: Call[Any], answer: httpx.Response | Exception) -> LeafError:
    """The error that a call ends with."""

    def reply(_: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(LeafError) as caught:
        send(call, reply)
    error = caught.value
    assert error.operation == call.operation
    assert str(error).isprintable()
    assert "canary" not in f"{error!r}{error}{error.__dict__}"
    return error


def test_a_request_and_its_answer() -> None:
    farm, (request,) = send(
        calls.create_farm("u 1", name="Süd", grower_id="7"),
        lambda _: httpx.Response(201, content=b'{"id": 9, "name": "S\\u00fcd", "growerId": 7, "new": 1.0}'),
    )
    assert (farm.id, farm.name, farm.grower_id, farm.leaf_user_id) == ("9", "Süd", "7", "u 1")
    assert (request.method, str(request.url)) == (
        "POST",
        "https://api.withleaf.io/services/fields/api/users/u%201/farms",
    )
    assert request.content == '{"name":"Süd","growerId":7}'.encode()
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["user-agent"].startswith("leafdesk/")


def test_a_page() -> None:
    page, (request,) = send(
        calls.list_fields(page=3, leaf_user_id="u"),
        lambda _: httpx.Response(
            200,
            json=contract.answered("listFields"),
            headers={"X-Total-Count": "301", "Date": "Sat, 21 Nov 2026 10:00:00 GMT"},
        ),
    )
    assert (len(page.items), page.total, page.date) == (1, 301, "Sat, 21 Nov 2026 10:00:00 GMT")
    assert dict(request.url.params) == {"leafUserId": "u", "page": "3", "size": "100"}


@pytest.mark.parametrize("count", ["", "many", "-1", "1" * 30, "٣"])
def test_a_total_that_is_no_count_is_no_total(count: str) -> None:
    headers = {"X-Total-Count": count.encode()}
    page, _ = send(calls.list_fields(), lambda _: httpx.Response(200, content=b"[]", headers=headers))
    assert page.total is None


@pytest.mark.parametrize("answer", [httpx.Response(200), httpx.Response(204), httpx.Response(202, json={"ok": 1})])
@pytest.mark.parametrize("call", [calls.delete_field("u", "f"), calls.enable_preview_field("u", "f")])
def test_undocumented_success_bodies_are_taken(call: Call[None], answer: httpx.Response) -> None:
    send(call, lambda _: httpx.Response(answer.status_code, content=answer.content))


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError("[Errno -2] Name or service not known"),
        httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"),
        httpx.ConnectTimeout(""),
        httpx.PoolTimeout(""),
        httpx.ProxyError("407"),
        httpx.UnsupportedProtocol(""),
    ],
)
def test_what_certainly_did_not_reach_leaf(error: Exception) -> None:
    found = outcome(WRITE, error)
    assert type(found) is NotSentError
    assert "nothing was sent" in str(found)


@pytest.mark.parametrize(
    "error",
    [
        httpx.WriteError(""),
        httpx.WriteTimeout(""),
        httpx.ReadTimeout(""),
        httpx.ReadError(""),
        httpx.RemoteProtocolError("peer closed connection"),
        httpx.CloseError(""),
        httpx.DecodingError(""),
        TimeoutError(),
    ],
)
def test_what_may_have_worked(error: Exception) -> None:
    found = outcome(WRITE, error)
    assert type(found) is UnknownOutcomeError
    assert "whether it worked will be checked" in str(found)
    assert "nothing was changed" in str(outcome(READ, error))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, RefusedByLeafError),
        (401, SignedOutError),
        (402, RefusedByLeafError),
        (403, ForbiddenError),
        (404, GoneError),
        (405, RefusedByLeafError),
        (407, NotSentError),
        (408, UnknownOutcomeError),
        (409, RefusedByLeafError),
        (410, GoneError),
        (413, RefusedByLeafError),
        (415, RefusedByLeafError),
        (422, RefusedByLeafError),
        (425, UnknownOutcomeError),
        (429, BusyError),
        (500, UnknownOutcomeError),
        (502, UnknownOutcomeError),
        (503, UnknownOutcomeError),
        (504, UnknownOutcomeError),
        (511, CaptivePortalError),
        (522, UnknownOutcomeError),
        (300, CaptivePortalError),
        (302, CaptivePortalError),
        (304, CaptivePortalError),
        (307, CaptivePortalError),
    ],
)
@pytest.mark.parametrize("call", [READ, WRITE])
def test_every_status_has_its_meaning(call: Call[Any], status: int, kind: type[LeafError]) -> None:
    problem = {"title": "A title", "status": status, "message": "error.http"}
    found = outcome(call, httpx.Response(status, json=problem, headers={"Location": "https://evil.example.com/"}))
    assert (type(found), found.status, found.title) == (kind, status, "A title")
    assert isinstance(found, AnsweredError) == (kind in AnsweredError.__subclasses__())


def test_a_redirect_is_not_followed_and_takes_no_token_anywhere() -> None:
    # `send` asserts that there was one request
    outcome(READ, httpx.Response(302, headers={"Location": "http://sign-in.example.com/"}))


@pytest.mark.parametrize("name", ["invalidGeometry", "fieldAlreadyExists", "ringNotClosed"])
def test_leafs_own_words_arrive(name: str) -> None:
    problem = contract.contract()["components"]["responses"]["BadRequest"]["content"]["application/json"]["examples"][
        name
    ]
    found = outcome(WRITE, httpx.Response(400, json=problem["value"]))
    assert found.error_key == problem["value"].get("errorKey")
    assert found.title == problem["value"]["title"]
    words = {
        "invalidGeometry": "Self-intersection",
        "fieldAlreadyExists": "already have",
        "ringNotClosed": "closed line",
    }
    assert words[name] in str(found)


@pytest.mark.parametrize("body", [b"<html>Sign in</html>", b"Not here", b"<?xml?>", b"[]"])
def test_only_leaf_may_say_that_a_record_is_gone(body: bytes) -> None:
    assert type(outcome(READ, httpx.Response(404, content=body))) is CaptivePortalError
    assert type(outcome(READ, httpx.Response(404))) is GoneError


@pytest.mark.parametrize("call", [READ, WRITE, calls.delete_field("u", "f"), calls.list_fields()])
def test_a_web_page_is_no_success(call: Call[Any]) -> None:
    page = httpx.Response(200, html="<!doctype html><title>Welcome to the guest network</title>")
    assert type(outcome(call, page)) is CaptivePortalError


@pytest.mark.parametrize(
    ("call", "body"),
    [
        (READ, b"null"),
        (READ, b"[]"),
        (READ, b'{"id": "other"}'),
        (READ, b'{"id": "f", "x": NaN}'),
        (READ, b'{"name": "n"}'),
        (WRITE, b'{"id": "other"}'),
        (calls.list_fields(), b"{}"),
        (calls.get_active_boundary("u", "f"), b'{"id": "b", "geometry": null}'),
        (calls.replace_boundary("u", "f", shape=SHAPE), b'{"id": "b"}'),
        (calls.get_farm("u", "7"), b'{"id": 8}'),
    ],
)
def test_json_of_another_shape_is_no_success(call: Call[Any], body: bytes) -> None:
    found = outcome(call, httpx.Response(200, content=body))
    assert type(found) is UnreadableAnswerError
    assert isinstance(found, UnknownOutcomeError)


@pytest.mark.parametrize(
    ("call", "body"),
    [
        (READ, b""),
        (READ, b'{"id": "f", "x": '),
        (WRITE, b""),
        (WRITE, b'{"id": "f"'),
        (calls.list_fields(), b""),
        (calls.list_fields(), b'[{"id": "a"}, {"id"'),
        (calls.list_fields(), b'[{"id": "a", "x": NaN}, {"id"'),
        (calls.delete_field("u", "f"), b"deleted!"),
        (calls.list_users(), b"\xff\xfe"),
    ],
)
def test_half_an_answer_is_an_unknown_outcome(call: Call[Any], body: bytes) -> None:
    assert type(outcome(call, httpx.Response(200, content=body))) is UnknownOutcomeError


def test_another_id_for_a_new_field_is_leafs_choice() -> None:
    field, _ = send(
        calls.create_field("u", "mine", name="n", shape=SHAPE), lambda _: httpx.Response(200, json={"id": "theirs"})
    )
    assert field.id == "theirs"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "999999999"}, 3600.0),
        ({"Retry-After": "Sat, 21 Nov 2026 10:00:30 GMT", "Date": "Sat, 21 Nov 2026 10:00:00 GMT"}, 30.0),
        ({"Retry-After": "Sat, 21 Nov 2026 09:00:00 GMT", "Date": "Sat, 21 Nov 2026 10:00:00 GMT"}, 0.0),
        ({"Retry-After": "Sat, 21 Nov 2026 10:00:30 GMT"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-1"}, None),
        ({}, None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_how_long_to_wait(status: int, headers: dict[str, str], seconds: float | None) -> None:
    assert outcome(READ, httpx.Response(status, headers=headers)).retry_after == seconds


def test_a_body_without_end_is_not_read() -> None:
    chunk = b" " * 2**20

    async def endless() -> Any:
        while True:
            yield chunk

    found = outcome(READ, httpx.Response(200, content=endless()))
    assert "larger than 64 MiB" in str(found)
    assert len(chunk) < LARGEST_BODY


# ---------------------------------------------------------------------- secrets
def test_an_answer_that_repeats_the_token_does_not_pass_it_on(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said = f"Bearer {TOKEN} of ann@example.com\u001b[31m\r\n"
    found = outcome(READ, httpx.Response(400, json={"title": said, "detail": TOKEN, "errorKey": said}))
    assert "ann@" not in f"{found}{found.__dict__}"
    assert found.title == "… of …\\x1b[31m\\r\\n"
    assert "canary" not in caplog.text


@pytest.mark.parametrize("status", [400, 401, 500, 200, 302])
def test_a_sign_in_never_shows_the_password(status: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    call = calls.authenticate("ann@example.com", "canary")
    found = outcome(call, httpx.Response(status, json={"title": "canary", "detail": "password canary", "id_token": 5}))
    assert (found.title, found.detail in (None, "the answer holds no token"), found.excerpt) == (None, True, "")
    assert "canary" not in caplog.text


def test_sign_in() -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json={"id_token": TOKEN} if len(sent) == 1 else {"id": "f"})

    async def run() -> str:
        async with Client(token="old", transport=httpx.MockTransport(answer)) as client:
            token = await client.authenticate("ann@example.com", "pass")
            assert "canary" not in repr(client)
            assert client.requests == 1
            await client.send(READ)
            return token

    assert asyncio.run(run()) == TOKEN
    assert "authorization" not in sent[0].headers
    assert sent[1].headers["authorization"] == f"Bearer {TOKEN}"


def test_a_wrong_password_says_so() -> None:
    found = outcome(calls.authenticate("ann@example.com", "x"), httpx.Response(401))
    assert (type(found), str(found)) == (SignedOutError, "Leaf does not know this user name and password.")


def test_a_token_that_cannot_stand_in_a_header_is_not_sent() -> None:
    async def run() -> None:
        async with Client(
            token="canary\r\nX: y", transport=httpx.MockTransport(lambda _: httpx.Response(200))
        ) as client:
            await client.send(READ)

    with pytest.raises(NotSentError) as caught:
        asyncio.run(run())
    assert "canary" not in str(caught.value)


# ---------------------------------------------------------------------- the address
@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("https://api.withleaf.io", "https://api.withleaf.io"),
        (" https://api.withleaf.io/ ", "https://api.withleaf.io"),
        ("https://leaf.example.com:8443", "https://leaf.example.com:8443"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://localhost:1", "http://localhost:1"),
    ],
)
def test_addresses_that_are_taken(given: str, taken: str) -> None:
    assert checked_url(given) == taken


@pytest.mark.parametrize(
    "given",
    [
        "",
        "api.withleaf.io",
        "http://api.withleaf.io",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "https://",
        "https://user:canary@api.withleaf.io",
        "https://api.withleaf.io/elsewhere",
        "https://api.withleaf.io?x=1",
        "https://api.withleaf.io#x",
        "https://api.withleaf.io\\@evil.example.com",
        "https://api.with leaf.io",
        "https://[::1",
        "https://x:99999",
    ],
)
def test_addresses_that_are_refused_with_a_sentence(given: str) -> None:
    with pytest.raises(ValueError, match=r"^The address of Leaf .*\S") as caught:
        checked_url(given)
    assert "canary" not in str(caught.value)

"""Puts Leaf's operations on the wire: an ASGI application that also stages faults and writes the log."""

import asyncio
import contextlib
import socket
import struct
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

from leafdesk.sandbox.asking import Answer, Ask, Operation, refusal
from leafdesk.sandbox.faults import SILENT, Fault, Faults
from leafdesk.sandbox.leaf import Leaf
from leafdesk.sandbox.ledger import encode_json
from leafdesk.sandbox.refusals import Refused, bad_request
from leafdesk.sandbox.requests import Request, Requests
from leafdesk.sandbox.routes import table
from leafdesk.sandbox.tokens import Tokens

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
FindTransport = Callable[[Scope], asyncio.Transport | None]

_LINGER = "hh" if sys.platform == "win32" else "ii"
MAX_BODY = 8 * 1024 * 1024
_HTML = (
    b"<!DOCTYPE html><html><head><title>Welcome</title></head><body><h1>Sign in to use this network</h1></body></html>"
)
_TOO_MANY = {
    "error": "Request limit exceeded",
    "message": "You have exceeded the maximum allowed requests of 1000 per minute. "
    "Please reduce your request rate and try again after a short delay.",
    "status_code": 429,
}


class Wire:
    """Every path of the sandbox, over one Leaf. `app` learns how to find a request's connection, to cut it."""

    def __init__(self, leaf: Leaf, tokens: Tokens, faults: Faults, requests: Requests) -> None:
        self.leaf, self.tokens, self.faults, self.requests = leaf, tokens, faults, requests
        self._transport_of: FindTransport | None = None

    def app(self, transport_of: FindTransport) -> App:
        """The ASGI application."""
        from starlette.routing import Route, Router  # only a started sandbox pays for it

        self._transport_of = transport_of
        routes = [Route(path, _Path(self, operations)) for path, operations in table().items()]
        return Router(routes, redirect_slashes=False, default=self._nowhere)

    async def _nowhere(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        await _read(receive)
        await _send(send, refusal(Refused(404), scope["path"]))
        self.log(scope, "", 404, None, began)

    async def serve(self, operation: Operation, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, with whatever fault it meets."""
        began = time.perf_counter()
        fault = self.faults.draw(operation.id)
        body = await _read(receive)
        if self.faults.latency_ms:
            await asyncio.sleep(self.faults.latency_ms / 1000)
        if fault and fault.kind == "late":
            asyncio.get_running_loop().call_later(self.faults.late_s, self.answer, operation, scope, body)
        if fault and fault.comes_first:
            answer = self._fault_answer(fault, scope)
        else:
            answer = self.answer(operation, scope, body)
        self.log(scope, operation.id, _seen_status(answer, fault), fault, began)
        if fault and fault.kind in SILENT:
            await self._cut(scope, receive)
        elif fault and fault.kind == "cut":
            await _send(send, answer, half=True)
            await asyncio.sleep(0)
            await self._cut(scope, receive, politely=True)
        elif fault and fault.kind == "truncated":
            await _send(send, replace(answer, body=answer.body[: len(answer.body) // 2]))
        elif fault and fault.kind == "504":
            await _send(send, Answer(504, b"<html><body><h1>504 Gateway Time-out</h1></body></html>"), html=True)
        else:
            await _send(send, answer, html=bool(fault and fault.kind == "html"))

    def answer(self, operation: Operation, scope: Scope, body: bytes | None) -> Answer:
        """What Leaf says to this request."""
        try:
            if not operation.open and not self.tokens.accepts(_authorization(scope)):
                raise Refused(401)
            if body is None:
                raise bad_request(f"The request is larger than {MAX_BODY // 1024 // 1024} MB")
            query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
            for name in (name for name, values in query.items() if len(values) > 1 and name != "sort"):
                raise bad_request(f"{name} may be given only once")
            return operation.answer(Ask(self.leaf, self.tokens, scope["path_params"], query, body))
        except Refused as refused:
            return refusal(refused, scope["path"])
        except OSError as error:
            return refusal(Refused(500, detail=f"The state file: {error.strerror}"), scope["path"])

    def log(self, scope: Scope, operation: str, status: int | None, fault: Fault | None, began: float) -> None:
        """Write one request down."""
        took = time.perf_counter() - began
        query = scope["query_string"].decode("latin-1")
        kind = fault.kind if fault else ""
        self.requests.add(Request(operation, scope["method"], scope["path"], query, status, kind, took))

    def _fault_answer(self, fault: Fault, scope: Scope) -> Answer:
        if fault.kind in (*SILENT, "html"):
            return Answer(200, _HTML)
        if fault.kind == "429":
            wait = [(b"retry-after", str(self.faults.retry_after_s).encode())]
            return Answer(429, encode_json(_TOO_MANY).encode(), wait)
        return refusal(Refused(int(fault.kind)), scope["path"])

    async def _cut(self, scope: Scope, receive: Receive, *, politely: bool = False) -> None:
        """End the connection: reset, or closed as a server that died in mid-sentence would."""
        transport = self._transport_of(scope) if self._transport_of else None
        if transport is None:
            return
        if politely:
            transport.close()
        else:
            raw = transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(_LINGER, 1, 0))
            transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass


class _Path:
    """One path with its operations by method, as an ASGI application."""

    def __init__(self, wire: Wire, operations: dict[str, Operation]) -> None:
        self._wire = wire
        self._operations = operations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        operation = self._operations.get(scope["method"])
        if operation:
            # A server that goes dark cancels what is under way; uvicorn would log that as a failure.
            with contextlib.suppress(asyncio.CancelledError):
                await self._wire.serve(operation, scope, receive, send)
            return
        began = time.perf_counter()
        answer = refusal(Refused(405), scope["path"])
        await _send(send, replace(answer, headers=[(b"allow", ", ".join(self._operations).encode())]))
        self._wire.log(scope, "", 405, None, began)


def _seen_status(answer: Answer, fault: Fault | None) -> int | None:
    if fault is None or fault.kind in ("truncated", "cut", "html"):
        return answer.status
    return None if fault.kind in SILENT else int(fault.kind)


def _authorization(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"authorization":
            return str(value.decode("latin-1"))
    return ""


async def _read(receive: Receive) -> bytes | None:
    """The body, or None when it is too large; it is read to its end either way."""
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size <= MAX_BODY:
            parts.append(part)
        more = message.get("more_body", False)
    return b"".join(parts) if size <= MAX_BODY else None


async def _send(send: Send, answer: Answer, *, html: bool = False, half: bool = False) -> None:
    length = (b"content-length", str(len(answer.body)).encode())
    kind = (b"content-type", b"text/html; charset=utf-8" if html else b"application/json")
    headers = ([length, kind] if answer.body else [] if answer.status == 204 else [length]) + answer.headers
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    body = answer.body[: len(answer.body) // 2] if half else answer.body
    await send({"type": "http.response.body", "body": body, "more_body": half})

"""What an HTTP exchange that was no success means: the table of errors.py as code (sync.md, outcome classes)."""

import json
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from leafdesk.api.calls import Call
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
    printable,
)
from leafdesk.api.strict import Json, NotJsonError, values

_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
_LONGEST_WAIT = 3600.0


def no_answer(call: Call[Any], error: Exception) -> LeafError:
    """The error for an exchange that ended without an answer."""
    detail = printable(f"{type(error).__name__}: {error}", 200)
    if isinstance(error, _NOT_SENT):
        return NotSentError("Leaf cannot be reached; nothing was sent.", operation=call.operation, detail=detail)
    late = isinstance(error, httpx.TimeoutException | TimeoutError)
    start = "Leaf did not answer in time" if late else "The connection broke before Leaf's whole answer had come"
    return UnknownOutcomeError(start + _perhaps(call), operation=call.operation, detail=detail)


def failure(call: Call[Any], status: int, headers: httpx.Headers, body: bytes, token: str | None) -> LeafError:
    """The error for an answer whose status is no success."""
    problem = {} if call.operation == "authenticate" else _problem(body)  # such a body might repeat the password

    def said(key: str) -> str | None:
        value = problem.get(key)
        return printable(_without(token, value)) if isinstance(value, str) and value else None

    title, detail = said("title"), said("detail") or said("message")
    kind = _kind(status, body)
    return kind(
        _sentence(kind, call, status, title, detail),
        operation=call.operation,
        status=status,
        error_key=said("errorKey"),
        title=title,
        detail=detail,
        retry_after=_retry_after(headers),
        excerpt=""
        if call.operation == "authenticate"
        else printable(_without(token, body[:4000].decode("utf-8", "replace"))),
    )


def _kind(status: int, body: bytes) -> type[LeafError]:
    if status < 400 or status == 511:
        return CaptivePortalError
    if status in (408, 425) or status >= 500:
        return UnknownOutcomeError
    if status in (404, 410):
        # only Leaf itself may say that a record is gone: its answer is a problem in JSON, or empty
        return GoneError if not body.strip() or _problem(body) else CaptivePortalError
    named: dict[int, type[LeafError]] = {401: SignedOutError, 403: ForbiddenError, 407: NotSentError, 429: BusyError}
    return named.get(status, RefusedByLeafError)


def _sentence(kind: type[LeafError], call: Call[Any], status: int, title: str | None, detail: str | None) -> str:
    if kind is CaptivePortalError:
        return "Something other than Leaf answered; perhaps this network wants you to sign in first."
    if kind is UnknownOutcomeError:
        return f"Leaf has trouble at the moment (HTTP {status})" + _perhaps(call)
    if kind is SignedOutError:
        if call.operation == "authenticate":
            return "Leaf does not know this user name and password."
        return "Your sign-in has expired. Sign in again; nothing is lost."
    if kind is BusyError:
        return "Leaf asks us to slow down; it goes on by itself."
    if kind is NotSentError:
        return "The proxy of this network wants a password; nothing reached Leaf."
    said = ": ".join(dict.fromkeys(text for text in (title, detail) if text and not text.startswith("error.")))
    starts: dict[type[LeafError], str] = {
        ForbiddenError: "Leaf does not allow this",
        GoneError: "Leaf has no such record (any more)",
    }
    start = starts.get(kind, "Leaf refused this")
    return f"{start} ({call.operation}, HTTP {status}){': ' + said if said else ''}"


def _perhaps(call: Call[Any]) -> str:
    if call.operation == "authenticate":
        return "; try again in a few minutes."
    return "; whether it worked will be checked." if call.writes else "; nothing was changed."


def _problem(body: bytes) -> Json:
    try:
        return values(body.strip())
    except (NotJsonError, json.JSONDecodeError):
        return {}


def _without(token: str | None, text: str) -> str:
    return text.replace(token, "…") if token else text


def _retry_after(headers: httpx.Headers) -> float | None:
    """Seconds to wait, at most an hour. A date counts from the server's own Date, never from this laptop's clock."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:6]), _LONGEST_WAIT)
    until, now = _moment(text), _moment(headers.get("date", ""))
    if until is None or now is None:
        return None
    return min(max((until - now).total_seconds(), 0.0), _LONGEST_WAIT)


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def looks_like_html(headers: httpx.Headers, body: bytes) -> bool:
    """Whether a body is a web page."""
    return "html" in headers.get("content-type", "").lower() or body.lstrip()[:1] == b"<"


def total_count(headers: httpx.Headers) -> int | None:
    """X-Total-Count, or None where it is missing or no count."""
    text = headers.get("x-total-count", "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None

"""Bytes to JSON values, strictly: what has no one meaning is refused, and every part can keep its own bytes.

Refused are NaN and Infinity, numbers beyond a float, a key that is there twice, and absurd depth; Python's own decoder
takes all of them (sync.md, hostile input).
"""

import json
import math
import re
from typing import Any

import msgspec

from leafdesk.api.errors import printable

Json = dict[str, Any]
DEEPEST = 64
"""Levels of nesting that a record may have; Leaf's own have six (a MultiPolygon in a record)."""
_KEYS = re.compile(rb'"\s*:')
_NESTED = (dict, list)
_REFUSALS = (msgspec.MsgspecError, ValueError, RecursionError)


class NotJsonError(ValueError):
    """A body is not the JSON that was expected; the message says how."""


def slices(body: bytes) -> list[bytes]:
    """The items of a JSON array, each with its own bytes. Raises NotJsonError.

    NaN or a lone surrogate in one item makes msgspec refuse all of them; then they are cut apart by Python's own
    decoder, so that one bad record stops only itself.
    """
    try:
        return [bytes(item) for item in msgspec.json.decode(body, type=list[msgspec.Raw])]
    except msgspec.ValidationError:
        raise NotJsonError("a list was expected, and something else came") from None
    except _REFUSALS:
        pass
    try:
        return _cut(body.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError, IndexError):
        raise NotJsonError("the answer is not JSON") from None


def _cut(text: str) -> list[bytes]:
    def after_space(at: int) -> int:
        while text[at] in " \t\r\n":
            at += 1
        return at

    scan, items = json.JSONDecoder(strict=False).raw_decode, []
    at = after_space(0)
    if text[at] != "[":
        raise ValueError
    at = after_space(at + 1)
    while text[at] != "]":
        _, end = scan(text, at)
        items.append(text[at:end].encode("utf-8", "surrogateescape"))
        at = after_space(end)
        if text[at] not in ",]":
            raise ValueError
        if text[at] == ",":
            at = after_space(at + 1)
    if text[at + 1 :].strip(" \t\r\n"):
        raise ValueError
    return items


def values(raw: bytes) -> Json:
    """The JSON object in these bytes. Raises NotJsonError for anything else, and for what has no one meaning.

    That is: NaN and Infinity, numbers beyond a float, a key that is there twice, more than DEEPEST levels.
    """
    try:
        found = msgspec.json.decode(raw)
    except RecursionError:
        raise NotJsonError(f"more than {DEEPEST} levels of nesting") from None
    except (msgspec.MsgspecError, ValueError):
        found = _loads(raw)
    if not isinstance(found, dict):
        raise NotJsonError("an object was expected, and something else came")
    if _count_keys(found) != len(_KEYS.findall(raw)):
        _refuse_twins(raw)  # a text with `":` inside also leads here, and passes
    return found


def _loads(raw: bytes) -> Any:
    """What msgspec refuses and Python can read (lone surrogates), without what must be refused."""

    def constant(name: str) -> None:
        raise NotJsonError(f"{name} where a number belongs")

    def number(text: str) -> float:
        value = float(text)
        if not math.isfinite(value):
            raise NotJsonError(f"the number {printable(text, 20)} is beyond all bounds")
        return value

    try:
        return json.loads(raw, parse_constant=constant, parse_float=number)
    except NotJsonError:
        raise
    except RecursionError:
        raise NotJsonError(f"more than {DEEPEST} levels of nesting") from None
    except ValueError:
        raise NotJsonError("not JSON") from None


def _count_keys(value: Any) -> int:
    """How many keys there are in all. Level by level: half of what a pull reads are lists of two numbers."""
    keys, level = 0, [value]
    for _ in range(DEEPEST):
        keys += sum(len(one) for one in level if isinstance(one, dict))
        insides = (one.values() if isinstance(one, dict) else one for one in level)
        level = [inner for inside in insides for inner in inside if isinstance(inner, _NESTED)]
        if not level:
            return keys
    raise NotJsonError(f"more than {DEEPEST} levels of nesting")


def _refuse_twins(raw: bytes) -> None:
    def pairs(found: list[tuple[str, Any]]) -> None:
        keys = [key for key, _ in found]
        for key in keys:
            if keys.count(key) > 1:
                raise NotJsonError(f"the key {printable(key, 40)} is there more than once")

    json.loads(raw, object_pairs_hook=pairs)


def without_credentials(raw: bytes) -> bytes:
    """JSON without any key that ends in "Credentials", at any depth; everything else keeps its bytes.

    Raises NotJsonError.
    """
    try:
        return _without_credentials(raw)
    except _REFUSALS:
        raise NotJsonError("not JSON") from None


def _without_credentials(raw: bytes) -> bytes:
    if raw[:1] == b"{":
        parts = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
        kept = [
            msgspec.json.encode(key) + b":" + _without_credentials(bytes(value))
            for key, value in parts.items()
            if not re.search(r"credentials?$", key, re.IGNORECASE)
        ]
        return b"{" + b",".join(kept) + b"}"
    if raw[:1] == b"[":
        items = msgspec.json.decode(raw, type=list[msgspec.Raw])
        return b"[" + b",".join(_without_credentials(bytes(item)) for item in items) + b"]"
    return raw


def is_json(body: bytes) -> bool:
    """Whether this is whole JSON of any kind, NaN and all, and not a part of it or something else."""
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True

"""Makes schedules quicker without leaving anything out: what only depends on a text is worked out once."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from typing import Any
from unittest import mock

import msgspec

from leafdesk.edits import Edit, decode


class _Json:
    """`json` for the queue: an edit stays the text it is until `_edit` asks for it; all else is read anew."""

    @staticmethod
    def loads(text: str) -> Any:
        return text if '"verb":' in text else msgspec.json.decode(text)


@lru_cache(maxsize=4096)
def _edit(text: str) -> Edit:
    """Edits are frozen, so that one may stand for all that are written alike."""
    return decode(json.loads(text))


@contextmanager
def remembered() -> Iterator[None]:
    """A while in which the queue's edits are read once each."""
    with ExitStack() as stack:
        stack.enter_context(mock.patch("leafdesk.store.items.json", _Json))
        stack.enter_context(mock.patch("leafdesk.store.items.decode", _edit))
        yield

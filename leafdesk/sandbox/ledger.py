"""Keeps the sandbox's records: by key, and as JSON bytes ready to send.

A record is the JSON object Leaf would answer with; keys that begin with "_" are the sandbox's own and never leave it.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any, Literal

Json = dict[str, Any]
Kind = Literal["users", "growers", "farms", "fields", "boundaries"]
KINDS: tuple[Kind, ...] = ("users", "growers", "farms", "fields", "boundaries")
Key = str | int
Change = tuple[Kind, Key, Json | None]
"""A record as it is now; None when it is gone."""

encode_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


class Ledger:
    """The records of every kind, in the order of their arrival."""

    def __init__(self) -> None:
        self._tables: dict[Kind, dict[Key, Json]] = {kind: {} for kind in KINDS}
        self._bytes: dict[Kind, dict[Key, bytes]] = {kind: {} for kind in KINDS}
        self._lists: dict[Kind, dict[object, list[Key]]] = {kind: {} for kind in KINDS}
        self._changed: dict[tuple[Kind, Key], None] = {}

    def table(self, kind: Kind) -> dict[Key, Json]:
        """Every record of a kind by key; to be read, not changed."""
        return self._tables[kind]

    def fill(self, changes: Iterable[Change]) -> None:
        """Take over records that are known elsewhere already: they do not count as changes."""
        for kind, key, record in changes:
            if record is None:
                self._tables[kind].pop(key, None)
            else:
                self._tables[kind][key] = record
            self._bytes[kind].pop(key, None)
            self._lists[kind].clear()

    def put(self, kind: Kind, key: Key, record: Json) -> None:
        """Keep a record, new or changed."""
        self.fill([(kind, key, record)])
        self._changed[kind, key] = None

    def drop(self, kind: Kind, key: Key) -> None:
        """Forget a record."""
        self.fill([(kind, key, None)])
        self._changed[kind, key] = None

    def take_changes(self) -> list[Change]:
        """What changed since the last call."""
        changes: list[Change] = [(kind, key, self._tables[kind].get(key)) for kind, key in self._changed]
        self._changed.clear()
        return changes

    def everything(self) -> Iterable[Change]:
        """Every record, kind by kind."""
        for kind in KINDS:
            for key, record in self._tables[kind].items():
                yield kind, key, record

    def encoded(self, kind: Kind, key: Key) -> bytes:
        """The record as JSON, without the sandbox's own keys; encoded once until it changes."""
        known = self._bytes[kind].get(key)
        if known is None:
            known = encode_json({k: v for k, v in self._tables[kind][key].items() if k[0] != "_"}).encode()
            self._bytes[kind][key] = known
        return known

    def listed(self, kind: Kind, question: object, answer: Callable[[Iterable[Json]], Iterable[Json]]) -> list[Key]:
        """The keys of the records that `answer` picks, remembered under `question` until the kind changes."""
        lists = self._lists[kind]
        keys = lists.get(question)
        if keys is None:
            if len(lists) >= 32:
                lists.pop(next(iter(lists)))
            keys = lists[question] = [record["id"] for record in answer(self._tables[kind].values())]
        return keys

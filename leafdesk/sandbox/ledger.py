"""Keeps the sandbox's records: by key, and as JSON bytes ready to send.

A record is the JSON object Leaf would answer with; keys that begin with "_" are the sandbox's own and never leave it.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any, Literal, get_args

Json = dict[str, Any]
Land = Literal["users", "growers", "farms", "fields", "boundaries"]
Sown = Literal[
    "organizations",
    "configurations",
    "operations",
    "files",
    "machines",
    "machineFiles",
    "implements",
    "operators",
    "products",
    "summarizedProducts",
    "matches",
    "varieties",
    "summarizedVarieties",
    "tankMixes",
]
Kind = Land | Sown | Literal["uploads"]
LAND: tuple[Land, ...] = get_args(Land)
SOWN: tuple[Sown, ...] = get_args(Sown)
"""Kinds that come from the seed when somebody first asks for them; only what was changed since is kept."""
KINDS: tuple[Kind, ...] = (*LAND, *SOWN, "uploads")
Key = str | int
Change = tuple[Kind, Key, Json | None]
"""A record as it is now; None when it is gone."""

encode_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


class Ledger:
    """The records of every kind, in the order of their arrival; `sow` makes those of a kind of SOWN."""

    def __init__(self, sow: Callable[[Sown, "Ledger"], Iterable[tuple[Key, Json]]] = lambda *_: ()) -> None:
        self._sow = sow
        self._gone: dict[Kind, set[Key]] = {kind: set() for kind in SOWN}
        """What was dropped of each kind that is not sown yet."""
        self._tables: dict[Kind, dict[Key, Json]] = {kind: {} for kind in KINDS}
        self._bytes: dict[Kind, dict[Key, bytes]] = {kind: {} for kind in KINDS}
        self._lists: dict[Kind, dict[object, list[Key]]] = {kind: {} for kind in KINDS}
        self._changed: dict[tuple[Kind, Key], None] = {}

    def table(self, kind: Kind) -> dict[Key, Json]:
        """Every record of a kind by key; to be read, not changed."""
        gone = self._gone.pop(kind, None)
        if gone is not None:
            changed, self._tables[kind] = self._tables[kind], {}
            sown = ((key, record) for key, record in self._sow(kind, self) if key not in gone)  # type: ignore[arg-type]
            self._tables[kind] = dict(sown) | changed
        return self._tables[kind]

    def fill(self, changes: Iterable[Change]) -> None:
        """Take over records that are known elsewhere already: they do not count as changes."""
        for kind, key, record in changes:
            if record is None:
                self._tables[kind].pop(key, None)
                if kind in self._gone:
                    self._gone[kind].add(key)
            else:
                self._tables[kind][key] = record
                if kind in self._gone:
                    self._gone[kind].discard(key)
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

    def encoded(self, kind: Kind, key: Key) -> bytes:
        """The record as JSON, without the sandbox's own keys; encoded once until it changes."""
        known = self._bytes[kind].get(key)
        if known is None:
            known = encode_json({k: v for k, v in self.table(kind)[key].items() if k[:1] != "_"}).encode()
            self._bytes[kind][key] = known
        return known

    def listed(self, kind: Kind, question: object, answer: Callable[[Iterable[Json]], Iterable[Json]]) -> list[Key]:
        """The keys of the records that `answer` picks, remembered under `question` until the kind changes."""
        lists = self._lists[kind]
        keys = lists.get(question)
        if keys is None:
            if len(lists) >= 32:
                lists.pop(next(iter(lists)))
            keys = lists[question] = [record["id"] for record in answer(self.table(kind).values())]
        return keys

"""The books of one API owner: every record, read and changed one request at a time."""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from leafdesk.sandbox import refusals
from leafdesk.sandbox.boundaries import area_of
from leafdesk.sandbox.choices import Choices
from leafdesk.sandbox.filters import ListKind, Query
from leafdesk.sandbox.ledger import KINDS, Change, Key, Kind, Ledger, Sown
from leafdesk.sandbox.listing import Page, page_of, picker, question
from leafdesk.sandbox.sowing import Sowing

Json = dict[str, Any]
B = TypeVar("B", bound="Books")
P = ParamSpec("P")
R = TypeVar("R")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UPDATED: dict[Kind, tuple[str, int]] = {
    **dict.fromkeys(("users", "growers", "farms", "fields", "boundaries"), ("updatedTime", 6)),
    "operations": ("updatedTime", 3),
    "operators": ("updatedTime", 3),
    "machines": ("_updatedAt", 3),
    "implements": ("_updatedTime", 3),
}
"""Where each kind notes its last change, and with how many digits; the others do not."""


def one_at_a_time(method: Callable[Concatenate[B, P], R]) -> Callable[Concatenate[B, P], R]:
    """Requests come on the server's thread, foreign changes on a test's: each runs alone, and is kept when it ends."""

    @wraps(method)
    def alone(self: B, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with self._lock:
            self._settle()
            try:
                return method(self, *args, **kwargs)
            finally:
                self._keep_changes()

    return alone


class Books:
    """Every record, and what all kinds have in common. What methods return is fresh JSON, never the state itself."""

    def __init__(
        self,
        records: Iterable[Change] = (),
        *,
        sowing: Sowing = Sowing(),  # noqa: B008 (frozen)
        choices: Choices = Choices(),  # noqa: B008 (frozen)
        now: Callable[[], float] = time.time,
        keep: Callable[[list[Change]], None] | None = None,
    ) -> None:
        self.choices = choices
        self._now = now
        self._keep = keep
        self._lock = threading.RLock()
        self._sowing = sowing
        self._ledger = Ledger(self._sow)
        self._ledger.fill(records)
        self._last_stamp = 0

    # what there is ---------------------------------------------------------------------------------------------------

    @one_at_a_time
    def counts(self) -> dict[str, int]:
        """How many records of each kind there are."""
        return {kind: len(self._ledger.table(kind)) for kind in KINDS}

    @one_at_a_time
    def all(self, kind: Kind) -> list[Json]:
        """Every record of a kind as Leaf would answer with it."""
        return [self._answer(kind, key) for key in list(self._ledger.table(kind))]

    # answers as bytes ------------------------------------------------------------------------------------------------

    @one_at_a_time
    def page(
        self, kind: ListKind, query: Query, user_id: str | None = None, within: Json | None = None
    ) -> tuple[bytes, Page, int]:
        """One page of a list as JSON, which page it is, and how many records there are in all.

        `user_id` names the Leaf user whose records alone are listed, `within` what else they have to hold.
        """
        if user_id is not None:
            self._user(user_id)
        page = page_of(query, self.choices)
        pick = picker(kind, query, self.choices)
        wanted = tuple((within or {}).items())

        def answer(records: Iterable[Json]) -> list[Json]:
            mine = (record for record in records if user_id is None or _owner(record) == user_id)
            return pick(record for record in mine if all(record.get(name) == value for name, value in wanted))

        keys = self._ledger.listed(kind, (question(query), user_id, wanted), answer)
        return self._array(kind, page.of(keys)), page, len(keys)

    @one_at_a_time
    def one(self, kind: Kind, user_id: str | None, key: Key, within: Json | None = None) -> bytes:
        """One record as JSON: of a Leaf user unless the kind belongs to nobody, and of what `within` names."""
        if kind == "users":
            return self._user(str(key))
        record = self._any(kind, key) if user_id is None else self._of(kind, user_id, key)
        if any(record.get(name) != value for name, value in (within or {}).items()):
            raise refusals.not_found()
        return self._encoded(kind, key)

    # what happens without a request ----------------------------------------------------------------------------------

    @one_at_a_time
    def change(self, kind: Kind, key: Key, /, **values: Any) -> Json:
        """A foreign change: set keys of a record as a colleague or provider would.

        The record's time of change moves, unless `values` name it; keys that begin with "_" never leave the sandbox.
        """
        self._change(kind, key, values)
        return self._answer(kind, key)

    @one_at_a_time
    def add(self, kind: Sown, user_id: str, /, **values: Any) -> Json:
        """A foreign change: a record appears, a provider's machine say; it gets an id unless `values` has one."""
        self._user(user_id)
        key = values.get("id") or str(uuid.uuid4())
        owner = "_leafUserId" if kind in ("operators", "machineFiles") else "leafUserId"
        record: Json = {"id": key, owner: user_id} | values
        if kind in _UPDATED:
            name, digits = _UPDATED[kind]
            created = "createdTime" if kind == "machines" else "_createdTime"
            record = {created: self._stamp(3), name: self._stamp(digits)} | record
        self._ledger.put(kind, key, record)
        return self._answer(kind, key)

    @one_at_a_time
    def take_away(self, kind: Sown, key: Key) -> None:
        """A foreign change: a record that is not land disappears."""
        self._any(kind, key)
        self._ledger.drop(kind, key)

    # within ----------------------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        """What has come due since the last request."""

    def _sow(self, kind: Sown, ledger: Ledger) -> Iterable[tuple[Key, Json]]:
        return self._sowing.sow(kind, ledger, choices=self.choices)

    def _user(self, user_id: str) -> bytes:
        self._any("users", user_id)
        return self._ledger.encoded("users", user_id)

    def _any(self, kind: Kind, key: Key) -> Json:
        record = self._ledger.table(kind).get(key)
        if record is None:
            raise refusals.not_found()
        return record

    def _of(self, kind: Kind, user_id: str, key: Key) -> Json:
        record = self._any(kind, key)
        if _owner(record) != user_id:
            raise refusals.not_found()
        return record

    def _its(self, kind: Kind, user_id: str, key: int | None) -> Json | None:
        """The farm or grower that a body names. A wrong one is a fault of the body, so 400."""
        if key is None:
            return None
        record = self._ledger.table(kind).get(key)
        if record is None or record["leafUserId"] != user_id:
            raise refusals.bad_request(f"There is no {kind.removesuffix('s')} with id {key}")
        return record

    def _active(self, field: Json) -> Key:
        """The key of a field's active boundary. Raises Refused (404) when it has none."""
        boundaries = self._ledger.table("boundaries")
        for key in reversed(field["boundaries"]):
            if boundaries[key]["status"] == "ACTIVE":
                return str(key)
        raise refusals.not_found()

    def _encoded(self, kind: Kind, key: Key) -> bytes:
        record = self._any(kind, key)
        if kind == "boundaries" and record["area"] is None:  # thousands take seconds, so each when it is asked for
            record["area"] = area_of(record["geometry"])
        return self._ledger.encoded(kind, key)

    def _answer(self, kind: Kind, key: Key) -> Json:
        return json.loads(self._encoded(kind, key))  # type: ignore[no-any-return]

    def _array(self, kind: Kind, keys: Iterable[Key]) -> bytes:
        return b"[" + b",".join(self._encoded(kind, key) for key in keys) + b"]"

    def _stamp(self, digits: int = 6) -> str:
        """Now, and with six digits always later than the last."""
        self._last_stamp = max(self._last_stamp + 1, int(self._now() * 1_000_000))
        moment = _EPOCH + timedelta(microseconds=self._last_stamp)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[: 20 + digits] + "Z"

    def _change(self, kind: Kind, key: Key, values: Json) -> None:
        changed = self._any(kind, key) | values
        name, digits = _UPDATED.get(kind, ("", 0))
        if name and name not in values:
            changed[name] = self._stamp(digits)
        self._ledger.put(kind, key, changed)

    def _keep_changes(self) -> None:
        changes = self._ledger.take_changes()
        if changes and self._keep:
            self._keep(changes)


def _owner(record: Json) -> Any:
    """The Leaf user a record belongs to; some answers do not show it."""
    return record.get("leafUserId", record.get("_leafUserId"))

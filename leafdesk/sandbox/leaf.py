"""The farm data as Leaf keeps it: what each request does to it, and what Leaf's providers do in between."""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from leafdesk.geo.shape import NotAShapeError, from_geojson
from leafdesk.sandbox import refusals
from leafdesk.sandbox.boundaries import area_of, new_boundary
from leafdesk.sandbox.choices import Choices
from leafdesk.sandbox.ledger import KINDS, Change, Key, Kind, Ledger
from leafdesk.sandbox.listing import ListKind, Page, Query, page_of, picker, question

Json = dict[str, Any]
P = ParamSpec("P")
R = TypeVar("R")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _one_at_a_time(method: Callable[Concatenate["Leaf", P], R]) -> Callable[Concatenate["Leaf", P], R]:
    """Requests come on the server's thread, foreign changes on a test's: each runs alone, and is kept when it ends."""

    @wraps(method)
    def alone(self: "Leaf", /, *args: P.args, **kwargs: P.kwargs) -> R:
        with self._lock:
            self._settle()
            try:
                return method(self, *args, **kwargs)
            finally:
                self._keep_changes()

    return alone


class Leaf:
    """Leaf users, growers, farms, fields and boundaries of one API owner.

    Methods named like Leaf's operations raise `Refused` as Leaf would. What they return is fresh JSON, never the state
    itself. `change`, `redraw` and `remove` make foreign changes: what colleagues and providers do, without asking.
    """

    def __init__(
        self,
        records: Iterable[Change] = (),
        *,
        choices: Choices = Choices(),  # noqa: B008 (frozen)
        now: Callable[[], float] = time.time,
        keep: Callable[[list[Change]], None] | None = None,
    ) -> None:
        self.choices = choices
        self._now = now
        self._keep = keep
        self._lock = threading.RLock()
        self._ledger = Ledger()
        self._ledger.fill(records)
        self._last_stamp = 0
        self._waiting = {key for key, field in self._ledger.table("fields").items() if field["status"] == "WAITING"}

    # what there is ---------------------------------------------------------------------------------------------------

    @_one_at_a_time
    def counts(self) -> dict[str, int]:
        """How many records of each kind there are."""
        return {kind: len(self._ledger.table(kind)) for kind in KINDS}

    @_one_at_a_time
    def all(self, kind: Kind) -> list[Json]:
        """Every record of a kind as Leaf would answer with it."""
        return [self._answer(kind, key) for key in list(self._ledger.table(kind))]

    @_one_at_a_time
    def user(self, user_id: str) -> Json:
        """One Leaf user."""
        return self._answer("users", user_id)

    @_one_at_a_time
    def grower(self, grower_id: int) -> Json:
        """One grower."""
        return self._answer("growers", grower_id)

    @_one_at_a_time
    def farm(self, farm_id: int) -> Json:
        """One farm."""
        return self._answer("farms", farm_id)

    @_one_at_a_time
    def field(self, field_id: str) -> Json:
        """One field: boundary ids, but neither geometry nor area."""
        return self._answer("fields", field_id)

    @_one_at_a_time
    def active_boundary(self, field_id: str) -> Json:
        """The active boundary of a field; Refused (404) when it has none."""
        return self._answer("boundaries", self._active(self._any("fields", field_id)))

    @_one_at_a_time
    def history(self, field_id: str) -> list[Json]:
        """Every boundary of a field, oldest first."""
        return [self._answer("boundaries", key) for key in self._any("fields", field_id)["boundaries"]]

    # answers as bytes ------------------------------------------------------------------------------------------------

    @_one_at_a_time
    def page(self, kind: ListKind, query: Query) -> tuple[bytes, Page, int]:
        """One page of a list as JSON, which page it is, and how many records there are in all."""
        page = page_of(query, self.choices)
        keys = self._ledger.listed(kind, question(query), picker(kind, query, self.choices))
        return self._array(kind, page.of(keys)), page, len(keys)

    @_one_at_a_time
    def one(self, kind: Kind, user_id: str, key: Key) -> bytes:
        """One record of a Leaf user as JSON."""
        if kind == "users":
            return self._user(user_id)
        self._of(kind, user_id, key)
        return self._encoded(kind, key)

    @_one_at_a_time
    def boundary_of(self, user_id: str, field_id: str, boundary_id: str | None = None) -> bytes:
        """One boundary of a field as JSON: the active one unless an id is given."""
        field = self._of("fields", user_id, field_id)
        if boundary_id is None:
            return self._encoded("boundaries", self._active(field))
        if boundary_id not in field["boundaries"]:
            raise refusals.not_found()
        return self._encoded("boundaries", boundary_id)

    @_one_at_a_time
    def boundaries_of(self, user_id: str, field_id: str, query: Query) -> tuple[bytes, int]:
        """The boundary history of a field as JSON, and its length."""
        keys = self._of("fields", user_id, field_id)["boundaries"]
        shown = page_of(query, self.choices).of(keys) if self.choices.history_is_paged else keys
        return self._array("boundaries", shown), len(keys)

    # what requests do ------------------------------------------------------------------------------------------------

    @_one_at_a_time
    def create_grower(self, user_id: str, name: str) -> Json:
        """A new grower with the next number."""
        self._user(user_id)
        at, key = self._stamp(), self._next_number("growers")
        grower = {"id": key, "name": name, "leafUserId": user_id, "farmIds": [], "createdTime": at, "updatedTime": at}
        self._ledger.put("growers", key, grower)
        return self._answer("growers", key)

    @_one_at_a_time
    def update_grower(self, user_id: str, grower_id: int, name: str) -> Json:
        """A grower's new name."""
        self._of("growers", user_id, grower_id)
        self._change("growers", grower_id, {"name": name})
        return self._answer("growers", grower_id)

    @_one_at_a_time
    def create_farm(self, user_id: str, name: str | None = None, grower_id: int | None = None) -> Json:
        """A new farm with the next number. Nothing keeps two farms from having one name."""
        self._user(user_id)
        grower = self._its("growers", user_id, grower_id)
        at, key = self._stamp(), self._next_number("farms")
        farm: Json = {"id": key, "leafUserId": user_id, "fieldIds": [], "createdTime": at, "updatedTime": at}
        self._ledger.put("farms", key, farm | ({} if name is None else {"name": name}))
        if grower:
            self._move("growerId", key, grower["id"])
        return self._answer("farms", key)

    @_one_at_a_time
    def update_farm(self, user_id: str, farm_id: int, name: str | None = None, grower_id: int | None = None) -> Json:
        """A farm's new name and grower; what is None stays (undocumented at Leaf)."""
        self._of("farms", user_id, farm_id)
        grower = self._its("growers", user_id, grower_id)
        if grower:
            self._move("growerId", farm_id, grower["id"])
        self._change("farms", farm_id, {} if name is None else {"name": name})
        return self._answer("farms", farm_id)

    @_one_at_a_time
    def create_field(self, user_id: str, geometry: Any, name: str | None = None, id_: str | None = None) -> Json:
        """A new field with its first active boundary; the answer alone carries geometry and area."""
        self._user(user_id)
        if id_ is not None and id_ in self._ledger.table("fields"):
            raise refusals.field_exists(id_)
        refusals.accepted(geometry)
        at, key = self._stamp(), id_ or str(uuid.uuid4())
        field: Json = {"id": key, "leafUserId": user_id, "boundaries": [], "type": "ORIGINAL"}
        field |= ({} if name is None else {"name": name}) | {"status": "PROCESSED"}
        self._ledger.put("fields", key, field | {"createdTime": at, "updatedTime": at})
        boundary = self._new_boundary(key, geometry, at, "VALID")
        answer = self._answer("fields", key)
        return answer | {"area": boundary["area"], "geometry": boundary["geometry"]}

    @_one_at_a_time
    def update_field(self, user_id: str, field_id: str, changes: Json) -> Json:
        """New name, farmId or geometry of a field made by hand: all of them or, when one is refused, none."""
        field = self._of("fields", user_id, field_id)
        self._refuse_providers(field)
        farm = self._its("farms", user_id, changes.get("farmId"))
        if "geometry" in changes:
            refusals.accepted(changes["geometry"])
            self._new_boundary(field_id, changes["geometry"], self._stamp(), "VALID")
        if farm:
            self._move("farmId", field_id, farm["id"])
        if "name" in changes:
            self._change("fields", field_id, {"name": changes["name"]})
        return self._answer("fields", field_id)

    @_one_at_a_time
    def delete_field(self, user_id: str, field_id: str) -> None:
        """The end of a field made by hand, boundaries included."""
        field = self._of("fields", user_id, field_id)
        self._refuse_providers(field)
        self._remove(field)

    @_one_at_a_time
    def replace_boundary(self, user_id: str, field_id: str, geometry: Any) -> Json:
        """A new active boundary; the one before stays as history. A repeat adds another."""
        field = self._of("fields", user_id, field_id)
        if not self.choices.provider_boundary_writable:
            self._refuse_providers(field)
        refusals.accepted(geometry)
        return self._new_boundary(field_id, geometry, self._stamp(), "VALID")

    @_one_at_a_time
    def enable_field(self, user_id: str, field_id: str) -> None:
        """PREVIEW becomes WAITING; anything else stays as it is."""
        self._enable(self._of("fields", user_id, field_id))

    @_one_at_a_time
    def enable_growers(self, grower_ids: list[int]) -> None:
        """Every PREVIEW field of these growers becomes WAITING."""
        growers = [self._any("growers", grower_id) for grower_id in grower_ids]
        for farm_id in (farm_id for grower in growers for farm_id in grower["farmIds"]):
            for field_id in self._ledger.table("farms")[farm_id]["fieldIds"]:
                self._enable(self._ledger.table("fields")[field_id])

    # what happens without a request ----------------------------------------------------------------------------------

    @_one_at_a_time
    def run_provider_sync(self) -> list[str]:
        """Leaf's next look at the providers: every WAITING field becomes PROCESSED and gets its boundary."""
        return [self._process(key) for key in sorted(self._waiting, key=str)]

    @_one_at_a_time
    def change(self, kind: Kind, key: Key, /, **values: Any) -> Json:
        """A foreign change: set keys of a record as a colleague or provider would, with a new updatedTime."""
        self._change(kind, key, values)
        return self._answer(kind, key)

    @_one_at_a_time
    def redraw(self, field_id: str, geometry: Any, validity: str | None = None) -> Json:
        """A foreign change: a new active boundary for any field, a provider's too, valid or not."""
        self._any("fields", field_id)
        try:
            word = validity or refusals.verdict(from_geojson(geometry))
        except NotAShapeError as error:
            raise refusals.unreadable(str(error)) from error
        return self._new_boundary(field_id, geometry, self._stamp(), word)

    @_one_at_a_time
    def remove(self, field_id: str) -> None:
        """A foreign change: a field disappears, a provider's too."""
        self._remove(self._any("fields", field_id))

    # within ----------------------------------------------------------------------------------------------------------

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
        if record["leafUserId"] != user_id:
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

    def _encoded(self, kind: Kind, key: Key) -> bytes:
        record = self._any(kind, key)
        if kind == "boundaries" and record["area"] is None:  # thousands take seconds, so each when it is asked for
            record["area"] = area_of(record["geometry"])
        return self._ledger.encoded(kind, key)

    def _answer(self, kind: Kind, key: Key) -> Json:
        return json.loads(self._encoded(kind, key))  # type: ignore[no-any-return]

    def _array(self, kind: Kind, keys: Iterable[Key]) -> bytes:
        return b"[" + b",".join(self._encoded(kind, key) for key in keys) + b"]"

    def _stamp(self) -> str:
        """Now, with six digits, and always later than the last."""
        self._last_stamp = max(self._last_stamp + 1, int(self._now() * 1_000_000))
        moment = _EPOCH + timedelta(microseconds=self._last_stamp)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def _next_number(self, kind: Kind) -> int:
        """Leaf's numbers are not dense, so that a client cannot guess."""
        return max((int(key) for key in self._ledger.table(kind)), default=1_538_000) + 7

    def _change(self, kind: Kind, key: Key, values: Json) -> None:
        self._ledger.put(kind, key, self._any(kind, key) | values | {"updatedTime": self._stamp()})

    def _move(self, name: str, key: Key, to: int) -> None:
        """Hang a farm under a grower (growerId) or a field under a farm (farmId), in both directions."""
        kind, parents, children = _LEVELS[name]
        if (old := self._any(kind, key).get(name)) is not None:
            parent = self._any(parents, old)
            self._ledger.put(parents, old, parent | {children: [child for child in parent[children] if child != key]})
        parent = self._any(parents, to)
        self._ledger.put(parents, to, parent | {children: [*parent[children], key]})
        self._change(kind, key, {name: to})

    def _refuse_providers(self, field: Json) -> None:
        provider = field.get("providerName")
        if provider not in (None, "Leaf"):
            why = f"Fields from {provider} are managed by the provider"
            raise refusals.Refused(self.choices.provider_refusal, why, message="error.fieldNotManual")

    def _active(self, field: Json) -> Key:
        boundaries = self._ledger.table("boundaries")
        for key in reversed(field["boundaries"]):
            if boundaries[key]["status"] == "ACTIVE":
                return str(key)
        raise refusals.not_found()

    def _new_boundary(self, field_id: str, geometry: Json, at: str, validity: str) -> Json:
        field = self._any("fields", field_id)
        boundaries = self._ledger.table("boundaries")
        for key in field["boundaries"]:
            if boundaries[key]["status"] == "ACTIVE":
                old = boundaries[key] | {"status": "INACTIVE", "updatedTime": at}
                self._ledger.put("boundaries", key, old)
        new = new_boundary(str(uuid.uuid4()), geometry, at, validity)
        self._ledger.put("boundaries", new["id"], new)
        grown: Json = {"boundaries": [*field["boundaries"], new["id"]]}
        if self.choices.boundary_touches_field:
            grown["updatedTime"] = at
        self._ledger.put("fields", field_id, field | grown)
        return self._answer("boundaries", new["id"])

    def _remove(self, field: Json) -> None:
        if (farm_id := field.get("farmId")) is not None:
            farm = self._any("farms", farm_id)
            left = [field_id for field_id in farm["fieldIds"] if field_id != field["id"]]
            self._ledger.put("farms", farm_id, farm | {"fieldIds": left})
        for key in field["boundaries"]:
            self._ledger.drop("boundaries", key)
        self._ledger.drop("fields", field["id"])
        self._waiting.discard(field["id"])

    def _enable(self, field: Json) -> None:
        if field["status"] == "PREVIEW":
            self._change("fields", field["id"], {"status": "WAITING", "_since": self._now()})
            self._waiting.add(field["id"])

    def _settle(self) -> None:
        after = self.choices.processed_after_s
        if self._waiting and after is not None:
            fields = self._ledger.table("fields")
            for key in [key for key in self._waiting if fields[key].get("_since", 0) + after <= self._now()]:
                self._process(key)

    def _process(self, key: Key) -> str:
        field = self._any("fields", key)
        boundary = field.get("_preview")
        self._change("fields", key, {"status": "PROCESSED", "_preview": None})
        if boundary is not None:
            self._new_boundary(str(key), boundary["geometry"], self._stamp(), boundary["validity"])
        self._waiting.discard(key)
        return str(key)

    def _keep_changes(self) -> None:
        changes = self._ledger.take_changes()
        if changes and self._keep:
            self._keep(changes)


_LEVELS: dict[str, tuple[Kind, Kind, str]] = {
    "growerId": ("farms", "growers", "farmIds"),
    "farmId": ("fields", "farms", "fieldIds"),
}
"""The record's kind, its parent's kind, and the parent's list of its children."""

"""The farm data as Leaf keeps it: what each request does to it, and what Leaf's providers do in between."""

import uuid
from functools import cached_property
from typing import Any

from leafdesk.geo.shape import NotAShapeError, from_geojson
from leafdesk.sandbox import refusals
from leafdesk.sandbox.books import one_at_a_time
from leafdesk.sandbox.boundaries import new_boundary
from leafdesk.sandbox.filters import Query
from leafdesk.sandbox.inputs import Inputs
from leafdesk.sandbox.ledger import Key, Kind, Sown
from leafdesk.sandbox.listing import page_of
from leafdesk.sandbox.machinery import Machinery
from leafdesk.sandbox.overlaps import Overlaps
from leafdesk.sandbox.providers import Providers

Json = dict[str, Any]


class Leaf(Overlaps, Providers, Machinery, Inputs):
    """Everything of one API owner: users and their land here, the rest by its own page of Leaf's reference.

    Methods named like Leaf's operations raise `Refused` as Leaf would. `change`, `add`, `take_away`, `redraw` and
    `remove` make foreign changes: what colleagues and providers do, without asking.
    """

    # what there is ---------------------------------------------------------------------------------------------------

    @one_at_a_time
    def user(self, user_id: str) -> Json:
        """One Leaf user."""
        return self._answer("users", user_id)

    @one_at_a_time
    def grower(self, grower_id: int) -> Json:
        """One grower."""
        return self._answer("growers", grower_id)

    @one_at_a_time
    def farm(self, farm_id: int) -> Json:
        """One farm."""
        return self._answer("farms", farm_id)

    @one_at_a_time
    def field(self, field_id: str) -> Json:
        """One field: boundary ids, but neither geometry nor area."""
        return self._answer("fields", field_id)

    @one_at_a_time
    def active_boundary(self, field_id: str) -> Json:
        """The active boundary of a field; Refused (404) when it has none."""
        return self._answer("boundaries", self._active(self._any("fields", field_id)))

    @one_at_a_time
    def history(self, field_id: str) -> list[Json]:
        """Every boundary of a field, oldest first."""
        return [self._answer("boundaries", key) for key in self._any("fields", field_id)["boundaries"]]

    # answers as bytes ------------------------------------------------------------------------------------------------

    @one_at_a_time
    def boundary_of(self, user_id: str, field_id: str, boundary_id: str | None = None) -> bytes:
        """One boundary of a field as JSON: the active one unless an id is given."""
        field = self._of("fields", user_id, field_id)
        if boundary_id is None:
            return self._encoded("boundaries", self._active(field))
        if boundary_id not in field["boundaries"]:
            raise refusals.not_found()
        return self._encoded("boundaries", boundary_id)

    @one_at_a_time
    def boundaries_of(self, user_id: str, field_id: str, query: Query) -> tuple[bytes, int]:
        """The boundary history of a field as JSON, and its length."""
        keys = self._of("fields", user_id, field_id)["boundaries"]
        shown = page_of(query, self.choices).of(keys) if self.choices.history_is_paged else keys
        return self._array("boundaries", shown), len(keys)

    # what requests do ------------------------------------------------------------------------------------------------

    @one_at_a_time
    def create_grower(self, user_id: str, name: str) -> Json:
        """A new grower with the next number."""
        self._user(user_id)
        at, key = self._stamp(), self._next_number("growers")
        grower = {"id": key, "name": name, "leafUserId": user_id, "farmIds": [], "createdTime": at, "updatedTime": at}
        self._ledger.put("growers", key, grower)
        return self._answer("growers", key)

    @one_at_a_time
    def update_grower(self, user_id: str, grower_id: int, name: str) -> Json:
        """A grower's new name."""
        self._of("growers", user_id, grower_id)
        self._change("growers", grower_id, {"name": name})
        return self._answer("growers", grower_id)

    @one_at_a_time
    def create_farm(self, user_id: str, name: str | None = None, grower_id: int | None = None) -> Json:
        """A new farm with the next number. Nothing keeps two farms from having one name."""
        self._user(user_id)
        grower = self._its("growers", user_id, grower_id)
        at, key = self._stamp(), self._next_number("farms")
        farm: Json = {"id": key, "leafUserId": user_id, "fieldIds": [], "createdTime": at, "updatedTime": at}
        self._ledger.put("farms", key, farm | ({} if name is None else {"name": name}))
        if grower:
            self._move("growerId", key, grower["id"])
            self._ledger.put("farms", key, self._any("farms", key) | {"updatedTime": at})  # nobody changed it since
        return self._answer("farms", key)

    @one_at_a_time
    def update_farm(self, user_id: str, farm_id: int, name: str | None = None, grower_id: int | None = None) -> Json:
        """A farm's new name and grower; what is None stays (undocumented at Leaf)."""
        self._of("farms", user_id, farm_id)
        grower = self._its("growers", user_id, grower_id)
        if grower:
            self._move("growerId", farm_id, grower["id"])
        self._change("farms", farm_id, {} if name is None else {"name": name})
        return self._answer("farms", farm_id)

    @one_at_a_time
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

    @one_at_a_time
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

    @one_at_a_time
    def delete_field(self, user_id: str, field_id: str) -> None:
        """The end of a field made by hand, boundaries included."""
        field = self._of("fields", user_id, field_id)
        self._refuse_providers(field)
        self._remove(field)

    @one_at_a_time
    def replace_boundary(self, user_id: str, field_id: str, geometry: Any) -> Json:
        """A new active boundary; the one before stays as history. A repeat adds another."""
        field = self._of("fields", user_id, field_id)
        if not self.choices.provider_boundary_writable:
            self._refuse_providers(field)
        refusals.accepted(geometry)
        return self._new_boundary(field_id, geometry, self._stamp(), "VALID")

    @one_at_a_time
    def enable_field(self, user_id: str, field_id: str) -> None:
        """PREVIEW becomes WAITING; anything else stays as it is."""
        self._enable(self._of("fields", user_id, field_id))

    @one_at_a_time
    def enable_growers(self, grower_ids: list[int]) -> None:
        """Every PREVIEW field of these growers becomes WAITING."""
        growers = [self._any("growers", grower_id) for grower_id in grower_ids]
        for farm_id in (farm_id for grower in growers for farm_id in grower["farmIds"]):
            for field_id in self._ledger.table("farms")[farm_id]["fieldIds"]:
                self._enable(self._ledger.table("fields")[field_id])

    # what happens without a request ----------------------------------------------------------------------------------

    @one_at_a_time
    def run_provider_sync(self) -> list[str]:
        """Leaf's next look at the providers: every WAITING field becomes PROCESSED and gets its boundary."""
        for user_id in list(self._ledger.table("users")):
            self._note_sync(str(user_id))
        return [self._process(key) for key in sorted(self._waiting, key=str)]

    @one_at_a_time
    def redraw(self, field_id: str, geometry: Any, validity: str | None = None) -> Json:
        """A foreign change: a new active boundary for any field, a provider's too, valid or not."""
        self._any("fields", field_id)
        try:
            word = validity or refusals.verdict(from_geojson(geometry))
        except NotAShapeError as error:
            raise refusals.unreadable(str(error)) from error
        return self._new_boundary(field_id, geometry, self._stamp(), word)

    @one_at_a_time
    def remove(self, field_id: str) -> None:
        """A foreign change: a field disappears, a provider's too."""
        self._remove(self._any("fields", field_id))

    # within ----------------------------------------------------------------------------------------------------------

    def _next_number(self, kind: Kind) -> int:
        """Leaf's numbers are not dense, so that a client cannot guess."""
        return max((int(key) for key in self._ledger.table(kind)), default=1_538_000) + 7

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
        if "_operations" in field:
            self._forget_work(str(field["id"]))
        self._ledger.drop("fields", field["id"])
        self._waiting.discard(field["id"])

    def _forget_work(self, field_id: str) -> None:
        for kind in _WORK:
            records = self._ledger.table(kind)
            for key in [key for key, record in records.items() if record.get("_fieldId") == field_id]:
                self._ledger.drop(kind, key)

    def _enable(self, field: Json) -> None:
        if field["status"] == "PREVIEW":
            self._change("fields", field["id"], {"status": "WAITING", "_since": self._now()})
            self._waiting.add(field["id"])

    @cached_property
    def _waiting(self) -> set[Key]:
        """The fields that wait for a provider's sync."""
        return {key for key, field in self._ledger.table("fields").items() if field["status"] == "WAITING"}

    def _settle(self) -> None:
        after = self.choices.processed_after_s
        if after is None or not (self._waiting or self._asked_for_sync):
            return
        fields, now = self._ledger.table("fields"), self._now()
        for key in [key for key in self._waiting if fields[key].get("_since", 0) + after <= now]:
            self._process(key)
        for user_id in [user_id for user_id, asked in self._asked_for_sync.items() if asked + after <= now]:
            self._note_sync(user_id)

    def _process(self, key: Key) -> str:
        field = self._any("fields", key)
        boundary = field.get("_preview")
        self._change("fields", key, {"status": "PROCESSED", "_preview": None})
        if boundary is not None:
            self._new_boundary(str(key), boundary["geometry"], self._stamp(), boundary["validity"])
        self._waiting.discard(key)
        return str(key)


_LEVELS: dict[str, tuple[Kind, Kind, str]] = {
    "growerId": ("farms", "growers", "farmIds"),
    "farmId": ("fields", "farms", "fieldIds"),
}
"""The record's kind, its parent's kind, and the parent's list of its children."""
_WORK: tuple[Sown, ...] = ("matches", "machineFiles", "files", "operations")
"""What disappears with a field: what grows from another kind before that kind."""

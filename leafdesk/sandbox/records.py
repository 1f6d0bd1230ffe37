"""Writes plans of users, growers, farms and fields down as Leaf's records, each with a history of its own."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from leafdesk.geo.shape import Ring, Shape
from leafdesk.sandbox.boundaries import new_boundary
from leafdesk.sandbox.ledger import Change
from leafdesk.sandbox.seedbed import organizations_of

Json = dict[str, Any]
PROVIDER_IDS = {"JohnDeere": 2, "ClimateFieldView": 1, "CNHI": 4, "Trimble": 3, "Stara": 6}
_BEGIN = datetime(2022, 2, 1, 6, 0, 0)
_CROPS = (("corn", "P1185"), ("soybeans", "AG29"), ("wheat", "SY Wolverine"), ("oats", "Goliath"))


@dataclass(slots=True)
class FieldPlan:
    """A field to be: its shape and what is special about it."""

    shape: Shape
    name: str
    provider: str | None = None
    preview: bool = False
    validity: str | None = "VALID"
    """None: to be found out."""
    versions: int = 1
    extra: Json = field(default_factory=dict)


@dataclass(slots=True)
class FarmPlan:
    """A farm to be, or the fields of nobody's farm when it has no name."""

    name: str | None
    provider: str | None = None
    fields: list[FieldPlan] = field(default_factory=list)


@dataclass(slots=True)
class GrowerPlan:
    """A grower to be; without a name it stands for farms that have none."""

    name: str | None
    provider: str | None = None
    farms: list[FarmPlan] = field(default_factory=list)


@dataclass(slots=True)
class UserPlan:
    """A Leaf user to be."""

    name: str
    address: str
    growers: list[GrowerPlan] = field(default_factory=list)


def records(users: list[UserPlan], seed: int) -> list[Change]:
    """The records of these plans, the same for the same seed."""
    return list(_Clerk(seed).write(users))


class _Clerk:
    """Writes records: gives ids, numbers and times from one seed."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self._grower, self._farm, self._minutes = 873_300_016, 1_538_766, 0

    def write(self, users: list[UserPlan]) -> Iterator[Change]:
        for n, plan in enumerate(users):
            user = self._user(plan, n)
            yield "users", user["id"], user
            for grower in plan.growers:
                yield from self._grower_of(user["id"], grower)

    def _user(self, plan: UserPlan, n: int) -> Json:
        used = {grower.provider for grower in plan.growers}
        user: Json = {"id": self._uuid(), "name": plan.name, "email": f"{plan.address}@example.com"}
        user |= {"phone": f"+1555010{n:04}", "address": f"{120 + n} Field Rd", "externalId": f"grower-{9381 + n}"}
        for provider in ("JohnDeere", "ClimateFieldView", "CNHI", "Trimble"):
            key = f"{provider[0].lower()}{provider[1:]}Credentials"
            secret = {"id": self._uuid(), "status": "ENABLED", "clientSecret": f"made-up-{self._rng.getrandbits(64):x}"}
            user[key] = secret if provider in used else {}
        if "Stara" in used:
            user["staraCredentials"] = {"id": user["id"], "status": "ENABLED"}
        return user

    def _grower_of(self, user_id: str, plan: GrowerPlan) -> Iterator[Change]:
        grower: Json | None = None
        if plan.name is not None:
            self._grower += self._rng.randint(1, 90)
            grower = {"id": self._grower, "name": plan.name, "leafUserId": user_id, "farmIds": [], **self._times()}
            if plan.provider:
                grower |= self._provider(plan.provider) | {"providerGrowerId": f"G-{self._grower % 100_000:05}"}
            yield "growers", grower["id"], grower
        for farm in plan.farms:
            yield from self._farm_of(user_id, grower, farm)

    def _farm_of(self, user_id: str, grower: Json | None, plan: FarmPlan) -> Iterator[Change]:
        farm: Json | None = None
        if plan.name is not None:
            self._farm += self._rng.randint(1, 40)
            named: Json = {"name": plan.name}
            if plan.provider:
                named = {"providerFarmName": plan.name} | ({"name": plan.name} if self._rng.random() < 0.5 else {})
                named |= self._provider(plan.provider) | {"providerFarmId": self._uuid()}
            farm = {"id": self._farm, "leafUserId": user_id, **named, "fieldIds": [], **self._times()}
            if grower:
                farm["growerId"] = grower["id"]
                grower["farmIds"].append(farm["id"])
            if self._farm % 5 == 0:
                farm["costCenter"] = f"CC-{self._farm % 97:03}"  # no page names it: a client has to bear with such keys
            yield "farms", farm["id"], farm
        for field_plan in plan.fields:
            yield from self._field(user_id, farm, field_plan)

    def _field(self, user_id: str, farm: Json | None, plan: FieldPlan) -> Iterator[Change]:
        rng = self._rng
        made: Json = {"id": self._uuid(), "leafUserId": user_id, "boundaries": []}
        if plan.provider in (None, "Leaf"):
            made |= {"name": plan.name} | ({"providerName": "Leaf"} if plan.provider else {})
        else:
            made |= self._provider(plan.provider) | {"providerFieldId": self._uuid(), "providerFieldName": plan.name}
            made |= {"providerStatus": "ACTIVE", "organizationId": organizations_of(user_id)[rng.randrange(10**6) % 2]}
        made |= {"type": "ORIGINAL", "status": "PREVIEW" if plan.preview else "PROCESSED", "sources": []}
        if farm:
            made["farmId"] = farm["id"]
            farm["fieldIds"].append(made["id"])
        made |= plan.extra | self._times()
        boundaries = [self._boundary(plan, age, made) for age in range(plan.versions - 1, -1, -1)]
        if plan.preview:
            made["_preview"] = boundaries[-1]
        else:
            made["boundaries"] = [boundary["id"] for boundary in boundaries]
            made["updatedTime"] = boundaries[-1]["updatedTime"]
            if rng.random() < 0.5:
                made["_operations"] = self._operations(plan.provider, int(made["id"][:4], 16))
        yield "fields", made["id"], made
        if not plan.preview:
            for boundary in boundaries:
                yield "boundaries", boundary["id"], boundary

    def _boundary(self, plan: FieldPlan, age: int, made: Json) -> Json:
        """The boundary of `age` versions ago; older ones were drawn a little differently."""
        shape = plan.shape
        if age:
            shape = _aged(shape, self._rng)
        at = self._times()["createdTime"] if age else made["updatedTime"]
        validity = plan.validity
        if validity is None:
            from leafdesk.sandbox.refusals import verdict

            validity = verdict(shape)
        boundary = new_boundary(self._uuid(), {"type": "MultiPolygon", "coordinates": shape}, at, validity)
        if plan.provider not in (None, "Leaf"):
            boundary |= {"providerStatus": "INACTIVE" if age else "ACTIVE", "providerBoundaryId": self._uuid()}
        if age:
            outdated = plan.provider not in (None, "Leaf") and age > 1
            boundary["status"] = "OUTDATED_ON_PROVIDER" if outdated else "INACTIVE"
        return boundary

    def _operations(self, provider: str | None, lot: int) -> list[Json]:
        """What was worked on the field: what the filters of the field list ask for, and its operations grow from."""
        crop, variety = self._rng.choice(_CROPS)
        begun = _BEGIN + timedelta(days=self._rng.randrange(700), minutes=lot % 600)
        done: Json = {"provider": provider or "Leaf", "crop": crop, "variety": variety}
        year = [("planted", 0, 4), ("applied", 40, 2), ("harvested", 150, 5)]
        if lot % 3 == 0:
            year.insert(0, ("tillage", -3, 6))
        return [
            done | {"type": kind, "startTime": _text(start), "endTime": _text(start + timedelta(hours=hours))}
            for kind, start, hours in ((kind, begun + timedelta(days=days), hours) for kind, days, hours in year)
        ]

    def _provider(self, name: str) -> Json:
        return {"providerName": name, "providerId": PROVIDER_IDS[name]}

    def _times(self) -> Json:
        created = _BEGIN + timedelta(microseconds=self._rng.randrange(1000 * 86_400 * 1_000_000))
        updated = created + timedelta(microseconds=self._rng.randrange(200 * 86_400 * 1_000_000))
        return {"createdTime": _text(created), "updatedTime": _text(updated)}

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self._rng.getrandbits(128), version=4))


def _aged(shape: Shape, rng: random.Random) -> Shape:
    """How somebody drew the field before: a little smaller or larger, a little aside."""
    ring = shape[0][0]
    x0, y0 = sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)
    scale, dx, dy = rng.uniform(0.94, 1.02), rng.gauss(0, 6e-5), rng.gauss(0, 4e-5)

    def drawn(ring: Ring) -> Ring:
        return tuple((round(x0 + (x - x0) * scale + dx, 8), round(y0 + (y - y0) * scale + dy, 8)) for x, y in ring)

    return tuple(tuple(drawn(ring) for ring in polygon) for polygon in shape)


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds") + "Z"

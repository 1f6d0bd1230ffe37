"""Grows what was done on the fields: operations, their files and product matches, and what Leaf knows of its users."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from leafdesk.sandbox.brands import RAW_PRODUCTS
from leafdesk.sandbox.ledger import Key
from leafdesk.sandbox.seed_inputs import label_id
from leafdesk.sandbox.seedbed import OWNER, Dice, Seedbed, organizations_of, written

Json = dict[str, Any]
Sown = Iterator[tuple[Key, Json]]


def operations(bed: Seedbed) -> Sown:
    """Field operations as the operations service merges them."""
    for operation, _ in _worked(bed):
        yield operation["id"], operation


def files(bed: Seedbed) -> Sown:
    """The machine files of those operations."""
    for _, files in _worked(bed):
        for file in files:
            yield file["id"], file


def matches(bed: Seedbed) -> Sown:
    """What Leaf takes the products of an operation for: predictions with a score, and some that somebody confirmed."""
    for operation, _ in _worked(bed):
        if operation["type"] not in ("applied", "planted"):
            continue
        dice = bed.dice("match", operation["id"])
        count = dice.choice((1, 2, 2, 3)) if operation["type"] == "applied" else dice.choice((0, 0, 1))
        for name in dice.sample(RAW_PRODUCTS, count):
            match = _match(name, dice, bed)
            yield match["id"], match | {"_operationId": operation["id"], "_fieldId": operation["_fieldId"]}


def organizations(bed: Seedbed) -> Sown:
    """The provider organizations of each Leaf user, connected or not. Trimble does not tell the two apart."""
    for user in bed.users():
        connected, other = organizations_of(user), bed.dice("organization", user).digits(6)
        deere = {
            "connectedOrganizations": [_organization(key, n) for n, key in enumerate(connected)],
            "notConnectedOrganizations": [_organization(other, len(connected))],
        }
        trimble = {"connectedOrganizations": [_organization(f"t-{other}", 0, "trimble.example.com")]}
        for provider, lists in (("JohnDeere", deere), ("Trimble", trimble)):
            key = f"{user}/{provider}"
            yield key, lists | {"_leafUserId": user}


def configurations(bed: Seedbed) -> Sown:
    """Settings of each Leaf user: every third lets no assets come from providers, and inherits what is not named."""
    syncing = dict(bed.syncing())
    for n, user in enumerate(bed.users()):
        on = n in syncing
        settings: Json = {"apiOwnerUsername": OWNER, "leafUserId": user, "operationsImageCreation": True}
        settings |= {"fieldsAutoSync": True, "fieldsAutoMerge": False, "fieldsMergeIntersection": 0.01}
        settings |= {"fieldsAttachIntersection": 0.01, "customDataSync": True}
        if on:
            settings |= {"organizationDataSync": "ALL", "automaticFixBoundary": True}
            settings |= {f"{kind}AutoSync": True for kind in ("machines", "implements", "operators", "products")}
        yield user, settings


def _worked(bed: Seedbed) -> Iterator[tuple[Json, list[Json]]]:
    """Each operation with its files, from what the land's records say was done on each field."""
    for field in bed.ledger.table("fields").values():
        for n, done in enumerate(field.get("_operations", ())):
            dice = bed.dice("work", field["id"], n)
            files = list(_files(field, done, dice))
            ended = datetime.fromisoformat(done["endTime"].removesuffix("Z"))
            kind = (
                "other" if dice.random() < 0.2 and bed.choices.strange_words else done["type"]
            )  # an older page's word for tillage
            operation: Json = {"id": dice.uuid(), "apiOwnerUsername": OWNER, "leafUserId": field["leafUserId"]}
            operation |= {key: _whole(done[key]) for key in ("startTime", "endTime")}
            operation["updatedTime"] = written(ended + timedelta(days=1, microseconds=dice.randrange(9**10)), 3)
            operation |= {"type": kind, "files": [file["id"] for file in files], "fields": [{"id": field["id"]}]}
            yield operation | {"providers": [done["provider"]], "_fieldId": field["id"]}, files


def _files(field: Json, done: Json, dice: Dice) -> Iterator[Json]:
    """One file, or two with the one that Leaf merged them into."""
    several = dice.random() < 0.3
    origin = "uploaded" if done["provider"] == "Leaf" else "provider"
    kinds = (origin, origin, dice.choice(("automerged", "merged"))) if several else (origin,)
    for kind in kinds:
        file: Json = {"id": dice.uuid(), "operationType": done["type"], "origin": kind}
        file |= {key: _whole(done[key]) for key in ("startTime", "endTime")}
        if done["type"] in ("planted", "harvested"):
            file |= {"crops": [done["crop"]], "varieties": [done["variety"]]}
        merged = kind in ("automerged", "merged")
        file["providerFileId"] = None if merged or kind == "uploaded" else dice.uuid()
        file["provider"] = "Leaf" if merged else done["provider"]
        if dice.random() < 0.1:
            file["fileFormat"] = "ADAPT"  # a key that no page names
        yield file | {"leafUserId": field["leafUserId"], "_fieldId": field["id"]}


def _match(name: str, dice: Dice, bed: Seedbed) -> Json:
    predicted: Json = {
        "status": "PREDICTED",
        "score": dice.choice((round(dice.uniform(3, 20), 6), dice.randint(20, 99))),
    }
    match: Json = {"id": dice.uuid(), "name": name, "productId": label_id(bed, dice.randrange(bed.labels))}
    if dice.random() < 0.7:
        return match | {"matchDetails": predicted}
    at = written(dice.moment(), 3)
    before = {"matchId": match["id"], "name": name, "productId": match["productId"], "matchDetails": predicted}
    return match | {"matchDetails": {"status": "VALIDATED"}, "_history": [before | {"historicalTime": at}]}


def _organization(key: str, number: int, host: str = "connections.example.com") -> Json:
    name = ("Home Farm Org", "River Land Org", "Neighbour Org")[number]
    return {"id": key, "name": name, "managementUri": f"https://{host}/connections-dialog?orgId={key}"}


def _whole(time: str) -> str:
    """A time without its fraction, as operation files have it."""
    return f"{time[:19]}Z"

"""Grows machines with their files, implements and operators."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from leafdesk.sandbox import brands
from leafdesk.sandbox.ledger import Key
from leafdesk.sandbox.seedbed import Dice, Seedbed, organizations_of, written

Json = dict[str, Any]
Sown = Iterator[tuple[Key, Json]]
_POOLS = ("PROVIDER_POOLED", "FILE_POOLED", "PROVIDER_POOLED", "USER_CREATED", "FILE_POOLED")
_PROVIDERS = ("JohnDeere", "JohnDeere", "CNHi", "Stara", "Leaf")


def machines(bed: Seedbed) -> Sown:
    """Machines of each Leaf user: from providers, from files, and made by hand."""
    syncing = dict(bed.syncing())
    for n, user in enumerate(bed.users()):
        for number in range(_count(bed)):
            machine = _machine(
                bed.dice("machine", user, number), user, _POOLS[number % len(_POOLS)], bed.choices.strange_words
            )
            if n in syncing or machine["originType"] != "PROVIDER_POOLED":
                yield machine["id"], machine


def machine_files(bed: Seedbed) -> Sown:
    """One for each operation file: the machine that drove, how far, on how much fuel."""
    drove = {user: [] for user in bed.users()}  # type: dict[str, list[Json]]
    for _, machine in machines(bed):
        if machine["originType"] != "USER_CREATED":
            drove[machine["leafUserId"]].append(machine)
    for file in bed.ledger.table("files").values():
        if not drove.get(file["leafUserId"]):
            continue
        dice = bed.dice("driven", file["id"])
        machine = dice.choice(drove[file["leafUserId"]])
        driven: Json = {"id": dice.uuid(), "leafFileId": file["id"], "machineId": machine["id"]}
        driven |= {key: f"{file[key][:19]}.{dice.randrange(1000):03}Z" for key in ("startTime", "endTime")}
        driven["distance"] = dice.choice(
            (
                {"value": round(dice.uniform(900, 30_000), 3), "unit": dice.choice(("ft", "Feet"))},
                {"value": round(dice.uniform(0.3, 40), 3), "unit": dice.choice(("mile", "Mile"))},
            )
        )
        if dice.random() < 0.85:
            driven["fuelConsumption"] = {"value": round(dice.uniform(3, 90), 2), "unit": "US gal"}
        own = {"_originType": machine["originType"], "_createdTime": written(dice.moment(), 3)}
        yield driven["id"], driven | own | {"_leafUserId": file["leafUserId"], "_fieldId": file["_fieldId"]}


def implements(bed: Seedbed) -> Sown:
    """What the machines of each Leaf user pull."""
    for _, user in bed.syncing():
        for number in range(_count(bed)):
            dice = bed.dice("implement", user, number)
            what = dice.randrange(len(brands.IMPLEMENTS))
            tool: Json = {"id": dice.uuid(), "name": f"{brands.IMPLEMENT_MODELS[what].lower()}_{number}"}
            tool |= {"provider": dice.choice(("JohnDeere", "JohnDeere", "Trimble")), "leafUserId": user}
            tool |= {
                "providerImplementId": dice.digits(6),
                "providerOrganizationId": dice.choice(organizations_of(user)),
            }
            tool |= {"originType": "PROVIDER_POOLED", "serialNumber": _serial(dice)}
            tool |= {"model": brands.IMPLEMENT_MODELS[what], "make": dice.choice(brands.MAKES)}
            created = dice.moment()
            own = {"_createdTime": written(created, 3), "_updatedTime": written(created + timedelta(days=30), 3)}
            yield tool["id"], tool | {"category": brands.IMPLEMENTS[what]} | own


def operators(bed: Seedbed) -> Sown:
    """The drivers John Deere knows of each Leaf user; one in eight has an id that is no UUID, as Leaf's page has it."""
    for _, user in bed.syncing():
        for number in range(max(2, _count(bed) // 2)):
            dice = bed.dice("operator", user, number)
            key = dice.uuid()
            if number % 8 == 1 and bed.choices.published_ids:
                key = f"{key[:8]}{dice.choice('0123456789abcdef')}{key[8:]}"
            name = f"{dice.choice(brands.FIRST_NAMES)} {dice.choice('ABDHKLMOSTW')}."
            driver: Json = {"id": key, "name": name, "provider": "JohnDeere", "providerOperatorId": dice.uuid()}
            driver |= {"providerOrganizationId": dice.choice(organizations_of(user)), "originType": "PROVIDER_POOLED"}
            driver |= {"license": dice.choice((None, None, f"CA-{dice.digits(5)}"))}
            driver |= {"updatedTime": written(dice.moment(), 3)}
            status = "ARCHIVED" if dice.random() < 0.1 else "ACTIVE"  # the page shows ACTIVE only, and closes no list
            yield key, driver | {"status": status, "_leafUserId": user}


def _machine(dice: Dice, user: str, origin: str, strange: bool) -> Json:
    category, models = dice.choice(brands.MACHINES)
    created = dice.moment()
    machine: Json = {"id": dice.uuid(), "leafUserId": user}
    model = dice.choice(models)
    machine["name"] = dice.choice((f"{model} {dice.digits(2)}", dice.choice(brands.MACHINE_NAMES)))
    provider = dice.choice(_PROVIDERS) if origin == "PROVIDER_POOLED" else "Leaf"  # Leaf's samples have both
    machine |= {"provider": provider, "providerMachineId": dice.uuid()}
    machine |= {"providerOrganizationId": dice.choice(organizations_of(user))}
    if origin == "FILE_POOLED" and dice.random() < 0.4:
        machine |= {"provider": None, "providerMachineId": None, "providerOrganizationId": None}
    machine |= {"originType": "SHARED" if dice.random() < 0.2 and strange else origin}
    machine |= {"createdTime": written(created, 9 if dice.random() < 0.1 else 3), "serialNumber": _serial(dice)}
    machine |= {"vin": f"1L{dice.digits(9)}", "model": model, "make": dice.choice(brands.MAKES)}
    machine |= {"category": category, "modelYear": dice.randint(1998, 2025)}
    if dice.random() < 0.15:
        machine |= {"vin": None, "modelYear": None}
    if dice.random() < 0.1:
        machine |= {"engineHours": round(dice.uniform(10, 9000), 1)}  # a key that no page names
    return machine | {"_updatedAt": written(created + timedelta(days=dice.randrange(300)), 3)}


def _serial(dice: Dice) -> str:
    """Text: leading zeros count, and Leaf's page prints one of zeros alone."""
    return dice.choice(("00000", dice.digits(6), f"00{dice.digits(4)}"))


def _count(bed: Seedbed) -> int:
    """How many machines a Leaf user has, by the size of the land."""
    return 6 + bed.size // 40

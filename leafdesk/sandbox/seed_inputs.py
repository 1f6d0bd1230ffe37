"""Grows the inputs: products, varieties and tank mixes of catalogs, and names in machine files."""

from collections.abc import Iterator
from typing import Any

from leafdesk.sandbox import brands
from leafdesk.sandbox.ledger import Key
from leafdesk.sandbox.seedbed import Dice, Seedbed, organizations_of

Json = dict[str, Any]
Sown = Iterator[tuple[Key, Json]]


def products(bed: Seedbed) -> Sown:
    """John Deere's catalog, shared out to the Leaf users, then what Agrian and CDMS hold for everybody."""
    users = [user for _, user in bed.syncing()]
    for number in range(bed.products if users else 0):
        product = _product(bed, number, users[number % len(users)])
        yield product["id"], product
    for number in range(bed.labels):
        label = _label(bed, number)
        yield label["id"], label


def label_id(bed: Seedbed, number: int) -> str:
    """The id of the so-manieth product of the label databases."""
    return bed.dice("label", number).uuid()


def varieties(bed: Seedbed) -> Sown:
    """John Deere's varieties: a third as many as products."""
    users = [user for _, user in bed.syncing()]
    for number in range(-(-bed.products // 3) if users else 0):
        dice, user = bed.dice("variety", number), users[number % len(users)]
        variety: Json = {"id": dice.uuid(), "crops": [dice.choice(brands.CROPS)], "name": brands.variety_name(number)}
        variety |= {"companyName": dice.choice(brands.SEED_COMPANIES), "status": _status(dice), "leafUserId": user}
        variety |= {"provider": "JohnDeere", "providerId": dice.uuid(), "organizationId": organizations_of(user)[0]}
        if dice.random() < 0.05:
            variety["companyName"] = None
        yield variety["id"], variety


def tank_mixes(bed: Seedbed) -> Sown:
    """John Deere's tank mixes: one for twenty products."""
    users = [user for _, user in bed.syncing()]
    for number in range(-(-bed.products // 20) if users else 0):
        dice, user = bed.dice("mix", number), users[number % len(users)]
        parts = [_part(_product(bed, dice.randrange(bed.products), user)) for _ in range(dice.randint(1, 4))]
        mix: Json = {"id": dice.uuid(), "name": f"Tank {brands.product_name(number * 31)}", "providerId": dice.uuid()}
        mix["notes"] = dice.choice((None, None, "Agitate; add the oil last"))
        rate = {
            "valueAsDouble": dice.choice((5, 10, 12.5, 15)),
            "unit": "gal1ac-1",
            "vrDomainId": "vrSolutionRateLiquid",
        }
        mix |= {"solutionRate": rate, "formulationType": "LIQUID"}
        mix["targetCrops"] = dice.sample(brands.CROPS, dice.randint(1, 2)) if dice.random() < 0.8 else None
        mix |= {"carrier": _part(_product(bed, 0, user)), "components": parts, "status": _status(dice)}
        yield mix["id"], mix | {"provider": "JohnDeere", "leafUserId": user}


def summarized_products(bed: Seedbed) -> Sown:
    """Product names in each Leaf user's machine files, as drivers typed them."""
    for user in bed.users():
        for name in brands.RAW_PRODUCTS:
            key = bed.dice("summarized", user, name).uuid()
            yield key, {"id": key, "name": name, "leafUserId": user}


def summarized_varieties(bed: Seedbed) -> Sown:
    """Variety names in each Leaf user's machine files, with their crops in lower case."""
    for user in bed.users():
        for crop, name in brands.DRIVEN_VARIETIES:
            key = bed.dice("driven variety", user, crop, name).uuid()
            yield key, {"id": key, "name": name, "leafUserId": user, "crops": [crop]}


def _product(bed: Seedbed, number: int, user: str) -> Json:
    dice = bed.dice("product", number)
    product: Json = {
        "id": dice.uuid(),
        "name": brands.product_name(number),
        "registrant": dice.choice(brands.REGISTRANTS),
    }
    product |= {"productType": dice.choice(brands.PRODUCT_TYPES), "labelProvider": "JohnDeere"}
    product |= {"providerId": dice.uuid(), "formulationType": dice.choice(("DRY", "LIQUID")), "leafUserId": user}
    product |= {"registration": f"00{dice.digits(5)}-{dice.digits(5)}-AA-0000000", "status": _status(dice)}
    product["carrier"] = dice.random() < 0.05
    odd = dice.random()
    if number == 0:
        product |= {"name": "Water", "registrant": "GENERIC", "productType": "ADDITIVE", "formulationType": "LIQUID"}
        product |= {"carrier": True, "status": "ACTIVE"}
    elif odd < 0.04:
        product |= {"registration": None, "providerId": None}
    elif odd < 0.08:
        product["signalWord"] = "CAUTION"  # a key that no page names
    return product


def _label(bed: Seedbed, number: int) -> Json:
    dice = bed.dice("label", number)
    label: Json = {
        "id": dice.uuid(),
        "name": brands.product_name(number * 3 + 1),
        "registration": f"{dice.digits(5)}-{number}",
    }
    formulation, state = dice.choice(brands.FORMULATIONS)
    label |= {"registrant": dice.choice(brands.REGISTRANTS), "productType": dice.choice(brands.LABEL_TYPES)}
    label |= {"formulationType": formulation}
    whose = dice.choice(("AGRIAN", "CDMS"))
    page = f"https://{whose.lower()}.example.com/labels"
    scheme = "http" if dice.random() < 0.03 else "https"  # a client must not open that one
    label |= {"labelProvider": whose, "productPageUrl": f"{page}?d={number:05}"}
    label["labels"] = [
        {"name": f"Label - {dice.digits(2)}-R{dice.digits(4)}", "url": f"{scheme}{page[5:]}/{number:05}.pdf"}
    ]
    names = dice.sample(brands.INGREDIENTS, dice.randint(1, 3))
    if whose == "CDMS":
        return label | {"activeIngredient": names, "physicalState": state}
    shares = [(name, f"{dice.uniform(0.5, 60):.1f}") for name in names]
    label |= {"activeIngredient": [f"{share} - {name}" for name, share in shares], "physicalState": state}
    if state == "liquid":
        label["density"] = {"value": f"{dice.uniform(7, 12):.2f}", "unit": "lb/ga"}
    if dice.random() < 0.05:
        label["distributor"] = None
    return label | {"activeIngredients": [{"name": name, "value": share, "unit": "%"} for name, share in shares]}


def _part(product: Json) -> Json:
    """A product as a tank mix holds it."""
    keys = ("id", "name", "labelProvider", "registrant", "productType", "formulationType", "carrier", "status")
    return {key: product[key] for key in keys}


def _status(dice: Dice) -> str:
    """The pages show ACTIVE only, and close no list."""
    return "ARCHIVED" if dice.random() < 0.03 else "ACTIVE"

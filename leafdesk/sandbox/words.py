"""Made-up names for the sandbox's fields, farms and people."""

import random
from collections.abc import Iterator

_WHOLE = (
    *("North Quarter", "South Quarter", "The Wedge", "Long Acre", "Ten Acre", "Brook Side", "East End", "Great Down"),
    *("Lower Meadow", "Upper Meadow", "Stone Pit", "Low Fen", "River Piece", "West Forty", "Back Forty", "Home Piece"),
    *("The Triangle", "Railway Strip", "School House", "Old Orchard", "Bean Ground", "Dry Run", "Deer Stand", "Marsh"),
    *("Copse", "Whin", "Quarry", "Sandpit", "The Slough", "Cabin Field", "Turkey Foot", "Windmill", "Spring House"),
)
_FIRST = (
    *("Mill", "Church", "Lane", "Gate", "Oak", "Elm", "Willow", "Cedar", "Walnut", "Hickory", "Cottonwood", "Plum"),
    *("Fox", "Badger", "Heron", "Crane", "Hawk", "Quail", "Pheasant", "Stony", "Sandy", "Clay", "Red Barn", "Silo"),
    *("Sunrise", "Sunset", "Prairie", "Bluestem", "Clover", "Pump", "Creek", "Bridge", "Ford", "Hilltop", "Hollow"),
    *("North", "South", "East", "West", "Upper", "Lower", "Far", "Near", "Long", "Broad", "Crooked", "Old", "New"),
)
_SECOND = (
    *("Field", "Bottom", "Piece", "Forty", "Eighty", "Acre", "Meadow", "Ridge", "Bench", "Strip", "Corner", "Flat"),
    *("Ground", "Side", "Slope", "Bend", "Point", "Terrace"),
)
_FARMS = (
    *("Main Farm", "Home Place", "River Farm", "Hill Block", "East Farm", "West Farm", "Railway Farm", "Creek Farm"),
    *("South Block", "North Block", "Church Farm", "Mill Farm", "Cottonwood Farm", "Stone House", "Lake Farm"),
)
_FAMILIES = (
    *("Olson", "Becker", "Smith", "Hansen", "Novak", "Miller", "Larsen", "Weber", "Brandt", "Jensen", "Carter"),
    *("Schmidt", "Nguyen", "Torres", "Doyle", "Fischer", "Kowalski", "Lindgren", "Murphy", "Peters", "Vance"),
)
_BUSINESSES = ("{} Farms", "{} & Sons", "{} Land Company", "{} Brothers", "{} Family Farm", "{} Grain")
USERS = (("Olive Agronomy", "olive"), ("Prairie Gold Growers", "prairie-gold"), ("Cedar Bend Partners", "cedar-bend"))
"""Leaf users: name and the part of the e-mail address before example.com."""


def field_names(rng: random.Random) -> Iterator[str]:
    """Names without end, none twice."""
    whole, given = _shuffled(_WHOLE, rng), set[str]()
    while True:
        name = whole.pop() if whole and rng.random() < 0.35 else f"{rng.choice(_FIRST)} {rng.choice(_SECOND)}"
        if name in given:
            name = f"{name} {len(given)}" if len(given) > 300 else ""
        if name and name not in given:
            given.add(name)
            yield name


def farm_names(rng: random.Random) -> Iterator[str]:
    """Names without end; the plain ones first, then those of families."""
    own = [f"{family} {place}" for place in ("Place", "Farm", "Eighty", "Quarter", "Block") for family in _FAMILIES]
    return _endless([*_shuffled(_FARMS, rng), *_shuffled(own, rng)])


def grower_names(rng: random.Random) -> Iterator[str]:
    """Names of farming businesses without end."""
    families = _shuffled(_FAMILIES, rng)
    return _endless(
        [_BUSINESSES[(n + m) % len(_BUSINESSES)].format(family) for m in range(4) for n, family in enumerate(families)]
    )


def _shuffled(names: tuple[str, ...] | list[str], rng: random.Random) -> list[str]:
    return rng.sample(names, len(names))


def _endless(names: list[str]) -> Iterator[str]:
    yield from names
    number = 2
    while True:
        yield from (f"{name} {number}" for name in names)
        number += 1

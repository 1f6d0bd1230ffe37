"""Makes farmland from a seed: who farms which parcels of the prairie, under what names, from which provider."""

import math
import random
from collections import defaultdict

from leafdesk.geo.shape import Polygon, Position, Ring, Shape
from leafdesk.sandbox import subdivide, words
from leafdesk.sandbox.land import SECTION_M, Parcel, Prairie
from leafdesk.sandbox.ledger import Change
from leafdesk.sandbox.records import FarmPlan, FieldPlan, GrowerPlan, UserPlan, records

_ORIGIN = (-93.4882, 41.7714)
_DEGREES_LAT = 1 / 111_078.0
_DEGREES_LON = 1 / (111_320.0 * math.cos(math.radians(_ORIGIN[1])) * 1.00125)
_SOURCES = (
    None,
    "JohnDeere",
    None,
    "ClimateFieldView",
    None,
    "JohnDeere",
    None,
    "CNHI",
    None,
    "Trimble",
    None,
    "Stara",
)
_NO_GROWERS, _NO_FARMS = ("ClimateFieldView", "Stara"), ("Stara",)
"""Providers without that level (Leaf's table of levels)."""
_FIELDS_PER_FARM, _FARMS_PER_GROWER = 13, 3
Place = tuple[int, int]


def farmland(fields: int, seed: int) -> list[Change]:
    """Records of exactly so many fields, with the users, growers and farms they belong to."""
    rng = random.Random(seed)
    parcels = _enough(fields, seed)
    users = [UserPlan(name, address) for name, address in words.USERS[: 1 if fields < 8 else 2 if fields < 30 else 3]]
    growers = _growers(_farms(parcels, rng), rng)
    names, farm_names = words.grower_names(rng), words.farm_names(rng)
    for n, farms in enumerate(growers):
        provider = _SOURCES[n % len(_SOURCES)]
        grower = GrowerPlan(None if provider in _NO_GROWERS else next(names), provider)
        users[n * len(users) // len(growers)].growers.append(grower)
        for land in farms:
            farm_name = next(farm_names)
            grower.farms.append(_farm(None if provider in _NO_FARMS else farm_name, provider, land, rng))
    if not growers:
        users[0].growers.append(GrowerPlan(next(names), None, [FarmPlan(next(farm_names))]))
    _make_some_odd(users, fields)
    return records([user for user in users if user.growers], seed)


def _enough(fields: int, seed: int) -> list[Parcel]:
    sections = fields // 11 + 4
    while fields:
        parcels = Prairie(sections, seed).parcels()
        if len(parcels) >= fields:
            return parcels[:fields]
        sections += sections // 3 + 2
    return []


def _farms(parcels: list[Parcel], rng: random.Random) -> list[list[Parcel]]:
    """Farms as neighbourhoods: each parcel goes to the nearest farmstead, one of which stands in every square."""
    wanted = max(len(parcels) / _FIELDS_PER_FARM, min(9, len(parcels) / 4))
    square = math.sqrt(len({parcel.cell for parcel in parcels}) / max(1, wanted)) * SECTION_M
    steads: dict[Place, Position] = {}
    farms: defaultdict[Place, list[Parcel]] = defaultdict(list)
    for parcel in parcels:
        x, y = parcel.middle
        near = [(math.floor(x / square) + i, math.floor(y / square) + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        for place in near:
            if place not in steads:
                steads[place] = (
                    (place[0] + rng.uniform(0.1, 0.9)) * square,
                    (place[1] + rng.uniform(0.1, 0.9)) * square,
                )
        farms[min(near, key=lambda place: math.dist(steads[place], (x, y)))].append(parcel)
    few = 4 if len(parcels) >= 100 else 2
    small = [place for place, land in farms.items() if len(land) < few]
    for place in small:
        if len(farms) > 1:
            land = farms.pop(place)
            farms[min(farms, key=lambda other: math.dist(steads[other], steads[place]))] += land
    return list(farms.values())


def _growers(farms: list[list[Parcel]], rng: random.Random) -> list[list[list[Parcel]]]:
    """Growers as neighbourhoods of farms, from west to east."""
    size = min(_FARMS_PER_GROWER, len(farms) // 4)
    left = sorted(farms, key=lambda land: land[0].middle[0] + 0.15 * land[0].middle[1])
    growers: list[list[list[Parcel]]] = []
    while left:
        first = left.pop(0)
        reach = left[: 8 * size]
        reach.sort(key=lambda land: math.dist(land[0].middle, first[0].middle))
        taken = reach[: rng.randint(max(0, size - 1), size)]
        growers.append([first, *taken])
        left = [land for land in left if not any(land is other for other in taken)]
    return growers


def _farm(name: str | None, provider: str | None, land: list[Parcel], rng: random.Random) -> FarmPlan:
    names = words.field_names(rng)
    return FarmPlan(name, provider, [_field(parcel, next(names), provider, rng) for parcel in land])


def _field(parcel: Parcel, name: str, provider: str | None, rng: random.Random) -> FieldPlan:
    """A field of a provider's farm mostly comes from there too; now and then somebody drew it in Leaf."""
    own = provider is None or rng.random() < 0.2
    source = ("Leaf" if rng.random() < 0.1 else None) if own else provider
    plan = FieldPlan(_shape(parcel), f"{name} Pivot" if parcel.pivot and rng.random() < 0.5 else name, source)
    plan.preview = not own and rng.random() < 0.05
    if not plan.preview and rng.random() < 0.12:
        plan.versions = rng.choice((2, 2, 3, 4))
    if parcel.pivot:
        plan.extra = {"irrigated": True}  # a key that no page names
    return plan


def _make_some_odd(users: list[UserPlan], fields: int) -> None:
    """Some are still to be enabled; from a hundred fields on, some are broken by their provider or have no farm."""
    farms = [farm for user in users for grower in user.growers for farm in grower.farms]
    provided = [plan for farm in farms for plan in farm.fields if plan.provider not in (None, "Leaf")]
    for plan in provided[2 :: max(1, len(provided) // 3)][: 1 + fields // 80]:
        plan.preview, plan.versions = True, 1
    if fields < 100:
        return
    whole = [plan for plan in provided if not plan.preview and len(plan.shape) == 1 and len(plan.shape[0][0]) < 30]
    for plan in whole[7 :: max(1, len(whole) // max(2, fields // 400))][: max(2, fields // 200)]:
        plan.shape, plan.validity, plan.versions = _crossed(plan.shape), "SELF_INTERSECTION", 1
    for user in users:
        own = next((grower for grower in user.growers if grower.provider is None), None)
        if own:
            loose = [farm.fields.pop() for farm in own.farms if len(farm.fields) > 6]
            user.growers.append(GrowerPlan(None, None, [FarmPlan(None, None, loose)]))


def _crossed(shape: Shape) -> Shape:
    """The shape with one corner drawn the wrong way round, as a planimeter's slip leaves it."""
    ring = shape[0][0][:-1]
    at = max(range(len(ring)), key=lambda n: _bend(ring, n))
    before, corner, after = ring[at - 1], ring[at], ring[(at + 1) % len(ring)]
    late = (round(corner[0] + (after[0] - corner[0]) * 0.3, 8), round(corner[1] + (after[1] - corner[1]) * 0.3, 8))
    early = (round(corner[0] + (before[0] - corner[0]) * 0.3, 8), round(corner[1] + (before[1] - corner[1]) * 0.3, 8))
    turned = (*ring[:at], late, early, *ring[at + 1 :])
    return (((*turned, turned[0]), *shape[0][1:]),)


def _bend(ring: Ring, at: int) -> float:
    """How sharply a ring turns at a corner whose both sides are long."""
    a, b, c = ring[at - 1], ring[at], ring[(at + 1) % len(ring)]
    return abs((b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]))


def _shape(parcel: Parcel) -> Shape:
    return tuple(_polygon(part) for part in parcel.parts)


def _polygon(part: list[subdivide.Ring]) -> Polygon:
    return tuple((*(_degrees(point) for point in ring), _degrees(ring[0])) for ring in part)


def _degrees(point: subdivide.Point) -> Position:
    """Eight decimals: a millimetre."""
    return (round(_ORIGIN[0] + point[0] * _DEGREES_LON, 8), round(_ORIGIN[1] + point[1] * _DEGREES_LAT, 8))

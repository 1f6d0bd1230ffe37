"""Our edits to Leaf's JSON: the bodies of the writing calls.

A name that Leaf or another program could choke on, a farm without Leaf's number or a coordinate that is no number is
refused here with an UnsendableError that names it; nothing is changed on its way out.
"""

import math
from collections.abc import Mapping
from typing import Any

from leafdesk.api.errors import UnsendableError
from leafdesk.geo.shape import Shape, rings, to_geojson

Json = dict[str, Any]


def field_body(id: str, name: str, shape: Shape) -> Json:
    """A new field. The farm is no part of it (Leaf: create a field); it follows with `field_changes`."""
    named = {"name": _name(name, "field")} if name else {}
    return {"id": id, **named, "geometry": _geometry(shape)}


def field_changes(name: str | None, farm_id: str | None) -> Json:
    """What changes of a field; at least one of the two. `farm_id` is Leaf's number as text."""
    named = {} if name is None else {"name": _name(name, "field")}
    farmed = {} if farm_id is None else {"farmId": _number(farm_id, "farm")}
    if not named and not farmed:
        raise UnsendableError("There is no change of this field to send.")
    return {**named, **farmed}


def boundary_body(shape: Shape) -> Json:
    """A new active boundary."""
    return {"geometry": _geometry(shape)}


def farm_body(name: str, grower_id: str | None) -> Json:
    """A farm, new or changed: name and grower always both, for nobody knows what Leaf does with a key left out.

    A farm without a grower has none to keep; its key stays away because Leaf's contract takes only a number.
    """
    grower = {} if grower_id is None else {"growerId": _number(grower_id, "grower")}
    return {"name": _name(name, "farm"), **grower}


def grower_body(name: str) -> Json:
    """A grower, new or renamed."""
    return {"name": _name(name, "grower")}


def growers_body(ids: list[str]) -> Json:
    """Growers, all of whose preview fields are meant."""
    return {"growerIds": [_number(id, "grower") for id in ids]}


def intersects_body(shape: Shape, threshold: float) -> Json:
    """A question for the fields that overlap a shape; percent."""
    if not 0.01 <= threshold <= 100:
        raise UnsendableError("The overlap asked for must be 0.01 to 100 percent.")
    return {"geometry": _geometry(shape), "intersectionThreshold": threshold}


def machine_body(values: Mapping[str, str | int | None]) -> Json:
    """A machine's attributes by our names, new or changed; those that are None are left out."""
    body: Json = {}
    for name, value in values.items():
        if value is not None:
            body[_MACHINE[name]] = _name(value, "machine") if isinstance(value, str) else value
    if not body:
        raise UnsendableError("There is no change of this machine to send.")
    return body


_MACHINE = {
    "name": "name",
    "serial_number": "serialNumber",
    "vin": "vin",
    "model": "model",
    "make": "make",
    "category": "category",
    "model_year": "modelYear",
}


def match_body(product_id: str | None) -> Json:
    """A product match: another product, or (None) the one predicted is right."""
    return {"status": "VALIDATED"} if product_id is None else {"productId": product_id}


def _name(name: str, kind: str) -> str:
    for c in name:
        if c < " " or "\x7f" <= c <= "\x9f" or "\ud800" <= c <= "\udfff":
            raise UnsendableError(f"The name of this {kind} holds a character that cannot be sent (U+{ord(c):04X}).")
    return name


def _number(id: str, kind: str) -> int:
    if not (id.isascii() and id.removeprefix("-").isdigit() and len(id) <= 20):
        raise UnsendableError(f"Leaf has not given this {kind} a number yet.")
    return int(id)


def _geometry(shape: Shape) -> Json:
    if not all(math.isfinite(number) for ring in rings(shape) for position in ring for number in position):
        raise UnsendableError("The boundary holds a coordinate that is not a number.")
    return to_geojson(shape)

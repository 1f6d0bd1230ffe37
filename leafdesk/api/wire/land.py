"""Leaf's JSON to Leaf users, growers, farms, fields and boundaries; and to the token of a sign-in."""

from dataclasses import replace

from leafdesk.api.strict import NotJsonError, values, without_credentials
from leafdesk.api.wire.values import (
    RecordProblem,
    UnusableError,
    hectares,
    id_of,
    ids,
    numbered,
    opened,
    reference_of,
    shape_of,
    text_of,
    whose,
)
from leafdesk.records import Boundary, Farm, Field, Grower, LeafUser


def boundary_ids(field: Field) -> tuple[str, ...]:
    """The ids of all boundaries of a field, in Leaf's order, from its `raw`; () when there are none or no raw."""
    try:
        return ids(values(field.raw.encode()), "boundaries") if field.raw else ()
    except ValueError:
        return ()


def read_user(raw: bytes) -> LeafUser:
    """A Leaf user without the providers' credentials: they are taken out of `raw` too, at any depth."""
    try:
        found, _ = opened("Leaf user", raw)
        id = id_of("Leaf user", found, "")
        kept = without_credentials(raw).decode()
    except UnusableError as error:
        raise UnusableError(replace(error.problem, raw="")) from None
    except NotJsonError:
        raise UnusableError(RecordProblem("Leaf user", id, "its JSON cannot be read safely")) from None
    return LeafUser(
        id=id,
        name=text_of(found, "name"),
        email=text_of(found, "email"),
        external_id=text_of(found, "externalId"),
        raw=kept,
    )


def read_grower(raw: bytes, leaf_user_id: str = "") -> Grower:
    """A grower; `leaf_user_id` stands in when the answer does not say."""
    found, text = opened("grower", raw)
    number = numbered("grower", found, text)
    return Grower(
        id=str(number),
        leaf_id=number,
        leaf_user_id=whose("grower", found, text, str(number), leaf_user_id),
        name=text_of(found, "name"),
        provider_name=text_of(found, "providerName") or None,
        created_time=text_of(found, "createdTime"),
        updated_time=text_of(found, "updatedTime"),
        raw=text,
    )


def read_farm(raw: bytes, leaf_user_id: str = "") -> Farm:
    """A farm; its name falls back to the provider's."""
    found, text = opened("farm", raw)
    number = numbered("farm", found, text)
    return Farm(
        id=str(number),
        leaf_id=number,
        leaf_user_id=whose("farm", found, text, str(number), leaf_user_id),
        name=text_of(found, "name", "providerFarmName"),
        grower_id=reference_of(found, "growerId"),
        provider_name=text_of(found, "providerName") or None,
        created_time=text_of(found, "createdTime"),
        updated_time=text_of(found, "updatedTime"),
        raw=text,
    )


def read_field(raw: bytes, leaf_user_id: str = "") -> Field:
    """A field; its name falls back to the provider's.

    Leaf's list has no geometry. Where an answer carries one (create), it is used, with the only boundary's id.
    """
    found, text = opened("field", raw)
    id = id_of("field", found, text)
    shape = shape_of(found) if found.get("geometry") else ""
    named = ids(found, "boundaries")
    return Field(
        id=id,
        leaf_user_id=whose("field", found, text, id, leaf_user_id),
        name=text_of(found, "name", "providerFieldName"),
        farm_id=reference_of(found, "farmId"),
        status=text_of(found, "status"),
        type=text_of(found, "type") or "ORIGINAL",
        provider_name=text_of(found, "providerName") or None,
        boundary_id=named[0] if shape and not isinstance(shape, str) and len(named) == 1 else None,
        shape=None if isinstance(shape, str) else shape,
        area_ha=None if isinstance(shape, str) else hectares(found),
        created_time=text_of(found, "createdTime"),
        updated_time=text_of(found, "updatedTime"),
        raw=text,
    )


def read_boundary(raw: bytes) -> Boundary:
    """A boundary, its coordinates as they came. Raises UnusableError when its geometry is no shape."""
    found, text = opened("boundary", raw)
    id = id_of("boundary", found, text)
    shape = shape_of(found)
    if isinstance(shape, str):
        raise UnusableError(RecordProblem("boundary", id, shape, text))
    return Boundary(
        id=id,
        status=text_of(found, "status"),
        shape=shape,
        area_ha=hectares(found),
        validity=text_of(found, "validity"),
        created_time=text_of(found, "createdTime"),
        updated_time=text_of(found, "updatedTime"),
        raw=text,
    )


def read_token(body: bytes) -> str:
    """The token of a sign-in's answer. Raises NotJsonError."""
    token = values(body).get("id_token")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token or " " in token:
        raise NotJsonError("the answer holds no token")
    return token

"""Leaf's endpoints for Leaf users, growers, farms, fields and boundaries, and the sign-in."""

from functools import partial
from typing import TypedDict, Unpack

from leafdesk.api import bodies, wire
from leafdesk.api.calls.call import (
    FIELDS,
    PAGE_SIZE,
    USERS,
    Answer,
    Call,
    Page,
    filtered,
    nothing,
    one_of,
    page_of,
    path_to,
    query_of,
)
from leafdesk.geo.shape import Shape
from leafdesk.records import Boundary, Farm, Field, Grower, LeafUser, Uploaded


# ---------------------------------------------------------------------- Leaf users
class UserFilters(TypedDict, total=False):
    """What a list of Leaf users can be narrowed to."""

    email: str
    name: str
    external_id: str


def list_users(
    *, page: int = 0, size: int = PAGE_SIZE, sort: str | None = None, **filters: Unpack[UserFilters]
) -> Call[Page[LeafUser]]:
    """A page of the Leaf users of this account."""
    query = filtered(filters, page=page, size=size, sort=sort)
    return Call("listLeafUsers", "GET", path_to(USERS, "users"), partial(page_of, read=wire.read_user), query)


def get_user(id: str) -> Call[LeafUser]:
    """One Leaf user."""
    return Call("getLeafUser", "GET", path_to(USERS, "users", id), partial(one_of, read=wire.read_user, id=id))


# ---------------------------------------------------------------------- growers
class GrowerFilters(TypedDict, total=False):
    """What a list of growers can be narrowed to."""

    leaf_user_id: str | None
    provider: str
    name: str
    provider_organization_id: str
    provider_company_id: str
    provider_grower_id: str


def list_growers(
    *, page: int = 0, size: int = PAGE_SIZE, sort: str | None = None, **filters: Unpack[GrowerFilters]
) -> Call[Page[Grower]]:
    """A page of growers, of one Leaf user or of all."""
    read = partial(page_of, read=partial(wire.read_grower, leaf_user_id=filters.get("leaf_user_id") or ""))
    query = filtered(filters, page=page, size=size, sort=sort)
    return Call("listGrowers", "GET", path_to(FIELDS, "growers"), read, query)


def get_grower(leaf_user_id: str, id: str) -> Call[Grower]:
    """One grower."""
    read = partial(one_of, read=partial(wire.read_grower, leaf_user_id=leaf_user_id), id=id)
    return Call("getGrower", "GET", path_to(FIELDS, "users", leaf_user_id, "growers", id), read)


def create_grower(leaf_user_id: str, *, name: str) -> Call[Grower]:
    """A new grower. Leaf gives the number and offers no delete: never repeat this blindly."""
    read = partial(one_of, read=partial(wire.read_grower, leaf_user_id=leaf_user_id))
    path = path_to(FIELDS, "users", leaf_user_id, "growers")
    return Call("createGrower", "POST", path, read, body=bodies.grower_body(name))


def update_grower(leaf_user_id: str, id: str, *, name: str) -> Call[Grower]:
    """A grower's new name."""
    read = partial(one_of, read=partial(wire.read_grower, leaf_user_id=leaf_user_id), id=id)
    path = path_to(FIELDS, "users", leaf_user_id, "growers", id)
    return Call("updateGrower", "PUT", path, read, body=bodies.grower_body(name))


# ---------------------------------------------------------------------- farms
class FarmFilters(TypedDict, total=False):
    """What a list of farms can be narrowed to; `grower_id` is Leaf's number as text."""

    leaf_user_id: str | None
    grower_id: str
    provider: str
    name: str
    provider_farm_id: str


def list_farms(
    *, page: int = 0, size: int = PAGE_SIZE, sort: str | None = None, **filters: Unpack[FarmFilters]
) -> Call[Page[Farm]]:
    """A page of farms; Leaf has no time filter for them."""
    read = partial(page_of, read=partial(wire.read_farm, leaf_user_id=filters.get("leaf_user_id") or ""))
    query = filtered(filters, page=page, size=size, sort=sort)
    return Call("listFarms", "GET", path_to(FIELDS, "farms"), read, query)


def get_farm(leaf_user_id: str, id: str) -> Call[Farm]:
    """One farm."""
    read = partial(one_of, read=partial(wire.read_farm, leaf_user_id=leaf_user_id), id=id)
    return Call("getFarm", "GET", path_to(FIELDS, "users", leaf_user_id, "farms", id), read)


def create_farm(leaf_user_id: str, *, name: str, grower_id: str | None) -> Call[Farm]:
    """A new farm. Leaf gives the number and offers no delete: never repeat this blindly."""
    read = partial(one_of, read=partial(wire.read_farm, leaf_user_id=leaf_user_id))
    path = path_to(FIELDS, "users", leaf_user_id, "farms")
    return Call("createFarm", "POST", path, read, body=bodies.farm_body(name, grower_id))


def update_farm(leaf_user_id: str, id: str, *, name: str, grower_id: str | None) -> Call[Farm]:
    """A farm's name and grower, always both."""
    read = partial(one_of, read=partial(wire.read_farm, leaf_user_id=leaf_user_id), id=id)
    path = path_to(FIELDS, "users", leaf_user_id, "farms", id)
    return Call("updateFarm", "PUT", path, read, body=bodies.farm_body(name, grower_id))


# ---------------------------------------------------------------------- fields
class FieldFilters(TypedDict, total=False):
    """What a list of fields can be narrowed to. Times are Leaf's text; `farm_id` is Leaf's number as text.

    `operation_type` has been seen to let fields through that have no such operation.
    """

    leaf_user_id: str | None
    id: str
    name: str
    type: str
    farm_id: str
    provider: str
    organization_id: str
    merged_field_id: str
    provider_field_id: str
    provider_field_name: str
    legacy: bool
    status: str
    provider_status: str
    before_created: str
    after_created: str
    before_updated: str
    after_updated: str
    operation_type: str
    operation_provider: str
    operation_start_time: str
    operation_end_time: str
    operation_crop: str
    operation_variety: str


TIMED = {
    f"{when}_{what}": f"{when}{what.capitalize()}Time"
    for when in ("before", "after")
    for what in ("created", "updated")
}


def list_fields(
    *, page: int = 0, size: int = PAGE_SIZE, sort: str | None = None, **filters: Unpack[FieldFilters]
) -> Call[Page[Field]]:
    """A page of fields, without geometry."""
    read = partial(page_of, read=partial(wire.read_field, leaf_user_id=filters.get("leaf_user_id") or ""))
    query = filtered(filters, TIMED, page=page, size=size, sort=sort)
    return Call("listFields", "GET", path_to(FIELDS, "fields"), read, query)


def get_field(leaf_user_id: str, id: str) -> Call[Field]:
    """One field."""
    read = partial(one_of, read=partial(wire.read_field, leaf_user_id=leaf_user_id), id=id)
    return Call("getField", "GET", path_to(FIELDS, "users", leaf_user_id, "fields", id), read)


def create_field(leaf_user_id: str, id: str, *, name: str, shape: Shape) -> Call[Field]:
    """A new field with its first boundary. The id is ours, so that a repeat cannot make a second field.

    The answer may carry another id; then Leaf has chosen its own.
    """
    read = partial(one_of, read=partial(wire.read_field, leaf_user_id=leaf_user_id))
    path = path_to(FIELDS, "users", leaf_user_id, "fields")
    return Call("createField", "POST", path, read, body=bodies.field_body(id, name, shape))


def update_field(leaf_user_id: str, id: str, *, name: str | None = None, farm_id: str | None = None) -> Call[Field]:
    """A field's new name or farm or both. Never its geometry: `replace_boundary` leaves a history, this would not."""
    read = partial(one_of, read=partial(wire.read_field, leaf_user_id=leaf_user_id), id=id)
    path = path_to(FIELDS, "users", leaf_user_id, "fields", id)
    return Call("updateField", "PATCH", path, read, body=bodies.field_changes(name, farm_id))


def delete_field(leaf_user_id: str, id: str) -> Call[None]:
    """The end of a field made by hand. A GoneError on a repeat means that an earlier attempt worked."""
    return Call("deleteField", "DELETE", path_to(FIELDS, "users", leaf_user_id, "fields", id), nothing)


def enable_preview_field(leaf_user_id: str, id: str) -> Call[None]:
    """Full sync for a PREVIEW field. Leaf bills it, and there is no way back."""
    path = path_to(FIELDS, "users", leaf_user_id, "fields", id, "enableSync")
    return Call("enablePreviewField", "POST", path, nothing)


def enable_preview_fields_of(grower_ids: list[str]) -> Call[None]:
    """Full sync for every PREVIEW field of these growers (Leaf's numbers as text). Billed, and no way back."""
    path = path_to(FIELDS, "growers", "enableSync")
    return Call("enablePreviewFieldsByGrower", "POST", path, nothing, body=bodies.growers_body(grower_ids))


def sync_fields(leaf_user_id: str) -> Call[None]:
    """Schedule a fetch from the providers of a Leaf user."""
    return Call("syncFields", "POST", path_to(FIELDS, "users", leaf_user_id, "fields", "sync"), nothing)


def find_fields(leaf_user_id: str, *, shape: Shape, threshold: float = 0.01) -> Call[Page[Field]]:
    """The fields that overlap a shape by `threshold` percent (0.01 to 100) of the field or of the shape."""
    path = path_to(FIELDS, "users", leaf_user_id, "fields", "intersects")
    read = partial(page_of, read=partial(wire.read_field, leaf_user_id=leaf_user_id))
    body = bodies.intersects_body(shape, threshold)
    return Call("findFieldsByGeometry", "POST", path, read, body=body, asks=True)


def intersect_fields(leaf_user_id: str, field_ids: list[str]) -> Call[Shape]:
    """What these fields have in common; () when that is nothing."""
    path = path_to(FIELDS, "users", leaf_user_id, "fields", "intersect")
    return Call("intersectFields", "POST", path, _geometry, body=list(field_ids), asks=True)


def _geometry(answer: Answer) -> Shape:
    return wire.read_geometry(answer.body)


def upload_field(
    leaf_user_id: str, field_id: str, provider: str, *, organization_id: str | None = None
) -> Call[tuple[Uploaded, ...]]:
    """A field's boundary to a provider. What a second call does there nobody knows: never repeat this by itself."""
    path = path_to(FIELDS, "users", leaf_user_id, "fields", field_id, "integration", provider)
    query = query_of(organizationId=organization_id)
    return Call("uploadFieldToProvider", "POST", path, _uploaded, query)


def _uploaded(answer: Answer) -> tuple[Uploaded, ...]:
    return wire.read_upload(answer.body.strip())


# ---------------------------------------------------------------------- boundaries
def list_boundaries(
    leaf_user_id: str, field_id: str, *, page: int | None = None, size: int | None = None
) -> Call[Page[Boundary]]:
    """A field's boundaries, active and past. Leaf lists no paging here, yet says every list is paged: see `total`."""
    path = path_to(FIELDS, "users", leaf_user_id, "fields", field_id, "boundaries")
    read = partial(page_of, read=wire.read_boundary)
    return Call("listBoundaries", "GET", path, read, query_of(page=page, size=size))


def get_boundary(leaf_user_id: str, field_id: str, id: str) -> Call[Boundary]:
    """One boundary, active or past; its geometry never changes."""
    path = path_to(FIELDS, "users", leaf_user_id, "fields", field_id, "boundaries", id)
    return Call("getBoundary", "GET", path, partial(one_of, read=wire.read_boundary, id=id))


def get_active_boundary(leaf_user_id: str, field_id: str) -> Call[Boundary]:
    """The active boundary; a GoneError is to be expected for a PREVIEW field, which has none."""
    path = path_to(FIELDS, "users", leaf_user_id, "fields", field_id, "boundary")
    return Call("getActiveBoundary", "GET", path, partial(one_of, read=wire.read_boundary))


def replace_boundary(leaf_user_id: str, field_id: str, *, shape: Shape) -> Call[Boundary]:
    """A new active boundary, the old one becoming history. Each accepted call adds one: never repeat this blindly."""
    path = path_to(FIELDS, "users", leaf_user_id, "fields", field_id, "boundary")
    read = partial(one_of, read=wire.read_boundary)
    return Call("replaceActiveBoundary", "PUT", path, read, body=bodies.boundary_body(shape))


def authenticate(username: str, password: str) -> Call[str]:
    """The exchange of a password for a token that lives 30 days."""
    body = {"username": username, "password": password, "rememberMe": "true"}
    return Call("authenticate", "POST", "/api/authenticate", _token, body=body)


def _token(answer: Answer) -> str:
    return wire.read_token(answer.body)

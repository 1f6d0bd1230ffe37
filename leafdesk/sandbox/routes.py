"""Leaf's addresses: which path and method asks which operation, and how its answer is written."""

import re

from leafdesk.sandbox import refusals
from leafdesk.sandbox.asking import (
    Answer,
    Ask,
    Operation,
    Table,
    asked,
    body_of,
    listing,
    path_number,
    read_json,
    single,
    written,
)
from leafdesk.sandbox.beta_routes import beta_table
from leafdesk.sandbox.filters import id_text

_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_USERS = "/services/usermanagement/api"
_FIELDS = "/services/fields/api"
_USER = f"{_FIELDS}/users/{{user}}"
_FIELD = f"{_USER}/fields/{{field}}"
_FILES = f"{_FIELD}/operations/files"
_SHOWN_FILES = "api/users/{user}/fields/{field}/operations/files"


def table() -> Table:
    """Every path with its operations by method; the busiest path first."""
    return {
        f"{_FIELD}/boundary": {
            "GET": Operation("getActiveBoundary", _active_boundary),
            "PUT": Operation("replaceActiveBoundary", _replace_boundary),
        },
        f"{_FIELD}/boundaries/{{boundary}}": {"GET": Operation("getBoundary", _boundary)},
        f"{_FIELD}/boundaries": {"GET": Operation("listBoundaries", _history)},
        f"{_FIELDS}/fields": {"GET": listing("listFields", "fields", "api/fields")},
        f"{_FIELD}/enableSync": {"POST": Operation("enablePreviewField", _enable_field)},
        f"{_FIELD}/integration/{{provider}}": {"POST": Operation("uploadFieldToProvider", _upload)},
        _FILES: {"GET": listing("listFieldOperationFiles", "files", _SHOWN_FILES, of=("fields", "field", "_fieldId"))},
        f"{_FILES}/{{file}}": {"GET": single("getFieldOperationFile", "files", "file", _fieldId="field")},
        f"{_USER}/fields/intersects": {"POST": Operation("findFieldsByGeometry", _find_fields)},
        f"{_USER}/fields/intersect": {"POST": Operation("intersectFields", _common_ground)},
        f"{_USER}/fields/sync": {"POST": Operation("syncFields", _sync_fields)},
        _FIELD: {
            "GET": single("getField", "fields", "field"),
            "PATCH": Operation("updateField", _update_field),
            "DELETE": Operation("deleteField", _delete_field),
        },
        f"{_USER}/fields": {"POST": Operation("createField", _create_field)},
        f"{_FIELDS}/farms": {"GET": listing("listFarms", "farms", "api/farms")},
        f"{_USER}/farms": {"POST": Operation("createFarm", _create_farm)},
        f"{_USER}/farms/{{farm}}": {
            "GET": single("getFarm", "farms", "farm", number=True),
            "PUT": Operation("updateFarm", _update_farm),
        },
        f"{_FIELDS}/growers": {"GET": listing("listGrowers", "growers", "api/growers")},
        f"{_FIELDS}/growers/enableSync": {"POST": Operation("enablePreviewFieldsByGrower", _enable_growers)},
        f"{_USER}/growers": {"POST": Operation("createGrower", _create_grower)},
        f"{_USER}/growers/{{grower}}": {
            "GET": single("getGrower", "growers", "grower", number=True),
            "PUT": Operation("updateGrower", _update_grower),
        },
        f"{_USERS}/users": {"GET": listing("listLeafUsers", "users", "api/users")},
        f"{_USERS}/users/{{user}}": {"GET": single("getLeafUser", "users", "user")},
        f"{_USERS}/users/{{user}}/organizations/{{provider}}": {
            "GET": Operation("listProviderOrganizations", _organizations)
        },
        "/services/config/api/configs/{user}": {"GET": single("getLeafUserConfiguration", "configurations", "user")},
        "/services/integrations/api/resources": {"GET": Operation("getSyncSummary", _summary)},
        "/services/operations/api/operations": {"GET": listing("listFieldOperations", "operations", "api/operations")},
        **beta_table(),
        "/api/authenticate": {"POST": Operation("authenticate", _authenticate, open=True)},
    }


def _authenticate(ask: Ask) -> Answer:
    body = body_of(
        ask, {"username": str, "password": str, "rememberMe": (str, bool)}, ("username", "password"), open_=True
    )
    if not ask.tokens.known(body["username"], body["password"]):
        raise refusals.Refused(401, detail="Bad credentials")
    remember = str(body.get("rememberMe", "false")).lower() == "true"
    return written({"id_token": ask.tokens.issue(remember=remember)})


def _active_boundary(ask: Ask) -> Answer:
    return Answer(200, ask.leaf.boundary_of(ask.path["user"], ask.path["field"]))


def _boundary(ask: Ask) -> Answer:
    return Answer(200, ask.leaf.boundary_of(ask.path["user"], ask.path["field"], ask.path["boundary"]))


def _history(ask: Ask) -> Answer:
    body, total = ask.leaf.boundaries_of(ask.path["user"], ask.path["field"], ask.query)
    return Answer(200, body, [(b"x-total-count", str(total).encode())])


def _replace_boundary(ask: Ask) -> Answer:
    body = body_of(ask, {"geometry": dict}, ("geometry",))
    return written(ask.leaf.replace_boundary(ask.path["user"], ask.path["field"], body["geometry"]))


def _create_field(ask: Ask) -> Answer:
    body = body_of(ask, {"id": str, "name": str, "geometry": dict}, ("geometry",))
    key = body.get("id")
    if key is not None and not (_UUID.fullmatch(key) or (key and ask.leaf.choices.any_field_id)):
        raise refusals.unreadable(f'"{key}" is not a valid UUID')
    made = ask.leaf.create_field(ask.path["user"], body["geometry"], body.get("name"), key)
    return written(made, 201)


def _update_field(ask: Ask) -> Answer:
    body = body_of(ask, {"name": str, "farmId": int, "geometry": dict})
    return written(ask.leaf.update_field(ask.path["user"], ask.path["field"], body))


def _delete_field(ask: Ask) -> Answer:
    ask.leaf.delete_field(ask.path["user"], ask.path["field"])
    return Answer(204)


def _enable_field(ask: Ask) -> Answer:
    ask.leaf.enable_field(ask.path["user"], ask.path["field"])
    return Answer(200)


def _create_farm(ask: Ask) -> Answer:
    body = body_of(ask, {"name": str, "growerId": int})
    return written(ask.leaf.create_farm(ask.path["user"], body.get("name"), body.get("growerId")), 201)


def _update_farm(ask: Ask) -> Answer:
    body = body_of(ask, {"name": str, "growerId": int})
    farm = ask.leaf.update_farm(ask.path["user"], path_number(ask, "farm"), body.get("name"), body.get("growerId"))
    return written(farm)


def _create_grower(ask: Ask) -> Answer:
    return written(ask.leaf.create_grower(ask.path["user"], body_of(ask, {"name": str}, ("name",))["name"]), 201)


def _update_grower(ask: Ask) -> Answer:
    name = body_of(ask, {"name": str}, ("name",))["name"]
    return written(ask.leaf.update_grower(ask.path["user"], path_number(ask, "grower"), name))


def _enable_growers(ask: Ask) -> Answer:
    ids = body_of(ask, {"growerIds": list}, ("growerIds",))["growerIds"]
    if not ids or not all(isinstance(key, int) for key in ids):
        raise refusals.bad_request("growerIds must be a list of whole numbers")
    ask.leaf.enable_growers(ids)
    return Answer(200)


def _upload(ask: Ask) -> Answer:
    organization = asked(ask, "organizationId")
    return written(ask.leaf.upload(ask.path["user"], ask.path["field"], ask.path["provider"], organization))


def _find_fields(ask: Ask) -> Answer:
    body = body_of(ask, {"geometry": dict, "intersectionThreshold": (int, float)}, ("geometry",))
    threshold = body.get("intersectionThreshold", 0.01)
    return Answer(200, ask.leaf.find_fields(ask.path["user"], body["geometry"], threshold))


def _common_ground(ask: Ask) -> Answer:
    ids = read_json(ask)
    if not isinstance(ids, list) or not ids or not all(isinstance(key, str) for key in ids):
        raise refusals.unreadable("a list of at least one field id is needed")
    return written(ask.leaf.common_ground(ask.path["user"], ids))


def _sync_fields(ask: Ask) -> Answer:
    ask.leaf.sync_fields(ask.path["user"])
    return Answer(200)


def _organizations(ask: Ask) -> Answer:
    return Answer(200, ask.leaf.organizations(ask.path["user"], ask.path["provider"]))


def _summary(ask: Ask) -> Answer:
    user = asked(ask, "leafUserId")
    return written(ask.leaf.summary(asked(ask, "provider"), None if user is None else id_text(user, "leafUserId")))

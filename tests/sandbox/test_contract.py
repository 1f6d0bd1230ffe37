"""Every operation, with its successes and its refusals, held against leaf-openapi.yaml."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from leafdesk.sandbox import Sandbox

Json = dict[str, Any]
NOBODY = "00000000-0000-4000-8000-000000000000"
BETA = "/services/beta/api"


def _read_everything(client: Any, user: str, field: Json) -> None:
    farm, grower = client.sandbox.leaf.all("farms")[0], client.sandbox.leaf.all("growers")[0]
    client.get("/services/usermanagement/api/users", size=2)
    client.get(f"/services/usermanagement/api/users/{user}")
    for kind in ("growers", "farms", "fields"):
        client.get(f"/{kind}", size=100)
    client.get(f"/users/{grower['leafUserId']}/growers/{grower['id']}")
    client.get(f"/users/{farm['leafUserId']}/farms/{farm['id']}")
    one = f"/users/{user}/fields/{field['id']}"
    for path in ("", "/boundary", "/boundaries", f"/boundaries/{field['boundaries'][0]}"):
        client.get(one + path)


def _read_work(client: Any, matched: Json) -> None:
    one = f"/users/{matched['leafUserId']}/fields/{matched['fields'][0]['id']}/operations/files"
    client.get(one, size=100)
    client.get(f"{one}/{matched['files'][0]}")
    client.get("/services/operations/api/operations", size=100)
    matching = f"{BETA}/products/matching/operations/{matched['id']}"
    client.get(matching)
    client.get(f"{matching}/matches/{matched['matches'][0]['id']}/historical")


def _read_settings(client: Any) -> None:
    client.get("/services/integrations/api/resources")
    for user in client.sandbox.leaf.all("users"):
        client.get(f"/services/config/api/configs/{user['id']}")
        for provider in ("JohnDeere", "Trimble"):
            client.get(f"/services/usermanagement/api/users/{user['id']}/organizations/{provider}")


def _read_assets(client: Any, machines: dict[str, Json]) -> None:
    machine = machines["FILE_POOLED"]
    user = f"{BETA}/users/{machine['leafUserId']}"
    for kind in ("machines", "implements", "operators", "products/summary", "varieties/summary"):
        listed = client.get(f"{user}/{kind}", size=100).json()
        if "/" not in kind:
            client.get(f"{user}/{kind}/{listed[0]['id']}")
    client.get(f"{user}/machines/{machine['id']}/files", size=100)
    for kind in ("products", "varieties", "tankMixes"):
        listed = client.get(f"{BETA}/{kind}", size=100).json()
        found = client.get(f"{BETA}/{kind}/search", name=listed[0]["name"][:5], maxResults=20).json()
        assert found
        if kind != "tankMixes":
            client.get(f"{BETA}/{kind}/{found[0]['id']}")
    for whose in ("CDMS", "AGRIAN"):
        label = next(one for one in client.sandbox.leaf.all("products") if one["labelProvider"] == whose)
        client.get(f"{BETA}/products/{label['id']}")


def _write_everything(client: Any, user: str, shape: Json, preview: Json) -> None:
    grower = client.write("POST", f"/users/{user}/growers", {"name": "Smith Farms"}).json()
    client.write("PUT", f"/users/{user}/growers/{grower['id']}", {"name": "Smith & Sons"})
    body = {"name": "South Farm", "growerId": grower["id"]}
    farm = client.write("POST", f"/users/{user}/farms", body).json()
    client.write("PUT", f"/users/{user}/farms/{farm['id']}", {**body, "name": "North Farm"})
    field = client.write("POST", f"/users/{user}/fields", {"name": "The Wedge", "geometry": shape}).json()
    one = f"/users/{user}/fields/{field['id']}"
    client.write("PATCH", one, {"name": "The Hedge", "farmId": farm["id"]})
    client.write("PUT", f"{one}/boundary", {"geometry": shape})
    client.ask("DELETE", one)
    client.ask("POST", f"/users/{preview['leafUserId']}/fields/{preview['id']}/enableSync")
    client.write("POST", "/growers/enableSync", {"growerIds": [grower["id"]]})


def _write_the_rest(client: Any, machines: dict[str, Json], matched: Json, sendable: Json) -> None:
    path = f"{BETA}/users/{machines['FILE_POOLED']['leafUserId']}/machines"
    machine = client.write("POST", path, {"name": "Old Ox", "serialNumber": "000123", "modelYear": 1998}).json()
    client.write("PATCH", f"{path}/{machine['id']}", {"category": "Planted"})
    client.ask("DELETE", f"{path}/{machine['id']}")
    match = f"{BETA}/products/matching/operations/{matched['id']}/matches/{matched['matches'][0]['id']}"
    client.write("PATCH", match, {"status": "VALIDATED"})
    client.write("PATCH", match, {"productId": matched["matches"][1]["productId"]})
    user, boundary = sendable["leafUserId"], client.sandbox.leaf.active_boundary(sendable["id"])
    client.write("POST", f"/users/{user}/fields/intersects", {"geometry": boundary["geometry"]})
    client.ask("POST", f"/users/{user}/fields/intersect", json=[sendable["id"]])
    client.ask("POST", f"/users/{user}/fields/sync")
    organization = client.get(f"/services/usermanagement/api/users/{user}/organizations/JohnDeere").json()
    params = {"organizationId": organization["connectedOrganizations"][0]["id"]}
    client.ask("POST", f"/users/{user}/fields/{sendable['id']}/integration/JohnDeere", params=params)


def _be_refused_of_the_rest(client: Any, user: str, machines: dict[str, Json], matched: Json, sendable: Json) -> None:
    pooled = f"{BETA}/users/{user}/machines/{machines['PROVIDER_POOLED']['id']}"
    client.write("PATCH", pooled, {"name": "Mine"})
    client.ask("DELETE", pooled)
    client.write("POST", f"{BETA}/users/{user}/machines", {"modelYear": "1998"})
    client.get(f"{BETA}/products/search", name="")
    client.get(f"{BETA}/products/search", name="x", maxResults=0)
    matching = f"{BETA}/products/matching/operations"
    match = f"{matching}/{matched['id']}/matches/{matched['matches'][0]['id']}"
    client.write("PATCH", match, {"status": "PREDICTED"})
    client.write("PATCH", match, {"productId": NOBODY})
    for path in (f"{matching}/{NOBODY}", f"{matching}/{matched['id']}/matches/{NOBODY}/historical"):
        client.get(path)
    for kind in ("machines", "implements", "operators"):
        client.get(f"{BETA}/users/{user}/{kind}/{NOBODY}")
        client.get(f"{BETA}/users/{NOBODY}/{kind}")
    for kind in ("products", "varieties"):
        client.get(f"{BETA}/{kind}/{NOBODY}")
    client.write("POST", f"/users/{user}/fields/intersect", [])
    client.ask("POST", f"/users/{sendable['leafUserId']}/fields/{sendable['id']}/integration/JohnDeere")
    client.get(f"/services/config/api/configs/{NOBODY}")
    client.sandbox.faults.once("503", "searchProducts")
    client.get(f"{BETA}/products/search", name="x")


def _be_refused(client: Any, user: str, field: Json, provided: Json, shape: Json) -> None:
    one = f"/users/{user}/fields/{field['id']}"
    crossed = {"type": "MultiPolygon", "coordinates": [[[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]]}
    client.write("POST", "/api/authenticate", {"username": "somebody@example.com", "password": "wrong"})
    client.get("/fields", page=-1)
    client.write("POST", f"/users/{user}/fields", {"id": field["id"], "geometry": shape})
    client.write("PUT", f"{one}/boundary", {"geometry": crossed})
    client.write("PATCH", one, {"geometry": crossed})
    client.write("PATCH", one, {"farmId": 1})
    client.write("POST", f"/users/{user}/farms", {"growerId": 1})
    client.write("POST", f"/users/{user}/growers", {"nickname": "x"})
    client.write("POST", "/growers/enableSync", {"growerIds": []})
    theirs = f"/users/{provided['leafUserId']}/fields/{provided['id']}"
    client.write("PATCH", theirs, {"name": "mine"})
    client.ask("DELETE", theirs)
    for path in (f"/users/{NOBODY}/farms/1", f"/users/{NOBODY}/growers/1", f"/users/{user}/fields/{NOBODY}"):
        client.get(path)
    for path in (f"/services/usermanagement/api/users/{NOBODY}", f"/users/{user}/fields/{NOBODY}/boundary"):
        client.get(path)
    for fault in ("401", "429", "500", "502", "503"):
        client.sandbox.faults.once(fault)
        client.get("/fields")
    client.sandbox.tokens.expire()
    client.get("/fields")


def test_every_operation_answers_as_the_contract_says(
    client: Any,
    contract: Any,
    manual: Json,
    provided: Json,
    preview: Json,
    matched: Json,
    machines: dict[str, Json],
    sendable: Json,
    square: Callable[..., Json],
) -> None:
    contract.seen.clear()
    client.sign_in()
    user = manual["leafUserId"]
    _read_everything(client, user, manual)
    _read_work(client, matched)
    _read_settings(client)
    _read_assets(client, machines)
    _write_everything(client, user, square(), preview)
    _write_the_rest(client, machines, matched, sendable)
    owner = machines["PROVIDER_POOLED"]["leafUserId"]
    _be_refused_of_the_rest(client, owner, machines, matched, sendable)
    _be_refused(client, user, manual, provided, square())
    succeeded = {operation for operation, status in contract.seen if 200 <= status < 300}
    assert contract.operations() == succeeded
    assert len(succeeded) == 55
    assert {status for _, status in contract.seen} >= {200, 201, 204, 400, 401, 403, 404, 429, 500, 502, 503}
    assert client.sandbox.requests.counts.keys() == succeeded


def test_the_judge_would_notice(contract: Any) -> None:
    """A judge that never condemns proves nothing."""
    asked = httpx.Request("GET", "http://127.0.0.1/services/fields/api/fields", headers={"Authorization": "Bearer x"})
    wrong = httpx.Response(200, json=[{"id": NOBODY, "boundaries": "none"}], request=asked)
    with pytest.raises(Exception, match=r"(?i)invalid"):
        contract.check(wrong)


def test_each_path_is_one_of_the_contract(contract: Any) -> None:
    from leafdesk.sandbox.routes import table

    for path, operations in table().items():
        for method, operation in operations.items():
            assert contract.operation(method, path.replace("{", "").replace("}", "")) == operation.id


def test_unknown_paths_and_methods_get_a_problem(raw: httpx.Client, sandbox: Sandbox) -> None:
    nowhere = raw.get("/services/fields/api/nothing")
    assert (nowhere.status_code, nowhere.json()["title"]) == (404, "Not Found")
    wrong = raw.put("/services/fields/api/fields", json={})
    assert (wrong.status_code, wrong.json()["title"], wrong.headers["allow"]) == (405, "Method Not Allowed", "GET")
    assert [request.operation for request in sandbox.requests.log] == ["authenticate", "", ""]

"""Every operation, with its successes and its refusals, held against leaf-openapi.yaml."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from leafdesk.sandbox import Sandbox

Json = dict[str, Any]
NOBODY = "00000000-0000-4000-8000-000000000000"
TAGS = ("Authentication", "Leaf users", "Boundaries", "Farms", "Growers")
FIELDS_CORE = {
    *("listFields", "createField", "getField", "updateField", "deleteField", "enablePreviewField"),
}


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
    client: Any, contract: Any, manual: Json, provided: Json, preview: Json, square: Callable[..., Json]
) -> None:
    contract.seen.clear()
    client.sign_in()
    user = manual["leafUserId"]
    _read_everything(client, user, manual)
    _write_everything(client, user, square(), preview)
    _be_refused(client, user, manual, provided, square())
    succeeded = {operation for operation, status in contract.seen if 200 <= status < 300}
    assert contract.operations(*TAGS) | FIELDS_CORE == succeeded
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

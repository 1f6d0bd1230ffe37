"""Runs schemathesis with leaf-openapi.yaml against a sandbox of its own.

The contract is taken as it is but for four things: each path stands below its own service, for schemathesis knows one
address alone; 400 is an answer to every operation, for a value that cannot be read is refused everywhere; times in a
query end in Z, as the contract says in words; and where ids have to fit together, examples are this sandbox's own.
"""

import contextlib
import json
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

import schemathesis.cli
import yaml

from leafdesk.sandbox import Choices, Sandbox

Json = dict[str, Any]
CONTRACT = Path(__file__).parent / "leaf-openapi.yaml"
HOST = "https://api.withleaf.io"
CHOICES = Choices(refuse_oversize=True, refuse_unknown_sort=False, any_field_id=False, published_ids=False)
"""What the contract's limits and formats ask for to the letter."""
INSTANT = r"^20[0-9]{2}-(0[1-9]|1[0-2])-([01][1-9]|2[0-8])T([01][0-9]|2[0-3])(:[0-5][0-9]){2}(\.[0-9]{1,9})?Z$"
MAY_REFUSE = (
    *("createFarm", "updateFarm", "updateField", "createField", "replaceActiveBoundary", "findFieldsByGeometry"),
    *("uploadFieldToProvider", "updateProductMatch", "enablePreviewFieldsByGrower"),
)
"""Operations that refuse what no schema can forbid: a crossed boundary, another user's farm, an unknown product."""


def main(wishes: list[str]) -> int:
    """Run it; `wishes` are further options of `schemathesis run`. Returns its exit code."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder), _sandbox() as sandbox:
        contract, settings = Path(folder) / "contract.json", Path(folder) / "schemathesis.toml"
        contract.write_text(json.dumps(_contract(sandbox)))
        settings.write_text(_settings(sandbox))
        header = f"Authorization: Bearer {_token(sandbox)}"
        command = ["--config-file", str(settings), "run", str(contract), "--url", sandbox.url, "--header", header]
        return int(schemathesis.cli.schemathesis([*command, "--seed", "1", *wishes], standalone_mode=False) or 0)


def _sandbox() -> Sandbox:
    return Sandbox(fields=120, seed=1, choices=CHOICES)


def _contract(sandbox: Sandbox) -> Json:
    document: Json = yaml.safe_load(CONTRACT.read_text())
    paths, examples = {}, _bodies(sandbox)
    for path, item in document["paths"].items():
        (server,) = item.pop("servers")
        paths[server["url"].removeprefix(HOST) + path] = item
        for operation in (item[method] for method in ("get", "post", "put", "patch", "delete") if method in item):
            operation["responses"].setdefault("400", {"$ref": "#/components/responses/BadRequest"})
            if operation["operationId"] in examples:
                content = operation["requestBody"]["content"]["application/json"]
                content.pop("examples", None)
                content["example"] = examples[operation["operationId"]]
            for parameter in operation.get("parameters", []):
                if parameter.get("schema") == {"$ref": "#/components/schemas/Instant"}:
                    parameter["schema"] = {"type": "string", "pattern": INSTANT}
    return document | {"paths": paths}


def _bodies(sandbox: Sandbox) -> Json:
    """Bodies that name records of this sandbox."""
    leaf = sandbox.leaf
    _, match = _matched(sandbox)
    return {
        "authenticate": {"username": sandbox.username, "password": sandbox.password},
        "intersectFields": [_sendable(sandbox)["id"]],
        "enablePreviewFieldsByGrower": {"growerIds": [leaf.all("growers")[0]["id"]]},
        "updateProductMatch": {"productId": match["productId"]},
    }


def _settings(sandbox: Sandbox) -> str:
    """What schemathesis is told: where ids have to fit together, and what may be refused although it is formed well."""
    field, (operation, match), file = _sendable(sandbox), _matched(sandbox), sandbox.leaf.all("machineFiles")[0]
    worked = next(one for one in sandbox.leaf.all("operations") if file["leafFileId"] in one["files"])
    tool = sandbox.leaf.all("implements")[0]
    machine = {"leafUserId": worked["leafUserId"], "machineId": file["machineId"]}
    work = {"leafUserId": worked["leafUserId"], "fieldId": worked["fields"][0]["id"]}
    matching = {"operationId": operation["id"], "matchId": match["id"]}
    organizations = json.loads(sandbox.leaf.organizations(field["leafUserId"], "JohnDeere"))["connectedOrganizations"]
    known = {
        "listMachineFiles": machine,
        "listFieldOperationFiles": work,
        "getFieldOperationFile": work | {"fileId": file["leafFileId"]},
        "getImplement": {"leafUserId": tool["leafUserId"], "implementId": tool["id"]},
        "listProductMatches": {"operationId": operation["id"]},
        "listProductMatchHistory": matching,
        "updateProductMatch": matching,
        "intersectFields": {"leafUserId": field["leafUserId"]},
        "uploadFieldToProvider": {
            "leafUserId": field["leafUserId"],
            "fieldId": field["id"],
            "providerName": "JohnDeere",
            "organizationId": organizations[0]["id"],
        },
    }
    text = [_operation([name], f"parameters = {{ {_pairs(ids)} }}") for name, ids in known.items()]
    return "\n".join([*text, _operation([*MAY_REFUSE], "checks = { positive_data_acceptance = { enabled = false } }")])


def _operation(names: list[str], line: str) -> str:
    return f"[[operations]]\ninclude-operation-id = {json.dumps(names)}\n{line}\n"


def _pairs(ids: dict[str, str]) -> str:
    return ", ".join(f"{name} = {json.dumps(value)}" for name, value in ids.items())


def _matched(sandbox: Sandbox) -> tuple[Json, Json]:
    """An operation with one of its product matches."""
    for operation in sandbox.leaf.all("operations"):
        for match in json.loads(sandbox.leaf.matches_of(operation["id"])):
            return operation, match
    raise AssertionError("no product was matched")


def _sendable(sandbox: Sandbox) -> Json:
    """A field that may be sent to John Deere."""
    users = {user["id"] for user in sandbox.leaf.all("users") if user["johnDeereCredentials"]}
    fields = (field for field in sandbox.leaf.all("fields") if field["leafUserId"] in users)
    return next(field for field in fields if "providerName" not in field)


def _token(sandbox: Sandbox) -> str:
    body = json.dumps({"username": sandbox.username, "password": sandbox.password}).encode()
    asked = urllib.request.Request(f"{sandbox.url}/api/authenticate", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(asked) as answer:
        return str(json.load(answer)["id_token"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

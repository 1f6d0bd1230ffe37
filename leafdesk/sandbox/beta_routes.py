"""The addresses of Leaf's beta service: machines, implements, operators, products, varieties, tank mixes."""

from typing import Any

from leafdesk.sandbox import refusals
from leafdesk.sandbox.asking import (
    Answer,
    Ask,
    Holding,
    Operation,
    Table,
    Types,
    asked,
    body_of,
    listing,
    single,
    written,
)
from leafdesk.sandbox.filters import ListKind, whole
from leafdesk.sandbox.inputs import Searched

_BETA = "/services/beta/api"
_USER = f"{_BETA}/users/{{user}}"
_MACHINE = f"{_USER}/machines/{{machine}}"
_FILES = "api/users/{user}/machines/{machine}/files"
_MATCHING = f"{_BETA}/products/matching/operations/{{operation}}"
_DEERE: Holding = {"labelProvider": "JohnDeere"}
"""The label databases are only to be searched."""
_MACHINE_KEYS: Types = {
    **dict.fromkeys(("name", "serialNumber", "vin", "model", "make", "category"), str),
    "modelYear": int,
}


def beta_table() -> Table:
    """Every path of the beta service with its operations by method; those with a fixed word before those with an id."""
    return {
        f"{_USER}/machines": {
            "GET": _of_user("listMachines", "machines", "machines"),
            "POST": Operation("createMachine", _create_machine),
        },
        _MACHINE: {
            "GET": single("getMachine", "machines", "machine"),
            "PATCH": Operation("updateMachine", _update_machine),
            "DELETE": Operation("deleteMachine", _delete_machine),
        },
        f"{_MACHINE}/files": {
            "GET": listing(
                "listMachineFiles", "machineFiles", _FILES, beta=True, of=("machines", "machine", "machineId")
            )
        },
        f"{_USER}/implements": {"GET": _of_user("listImplements", "implements", "implements")},
        f"{_USER}/implements/{{implement}}": {"GET": single("getImplement", "implements", "implement")},
        f"{_USER}/operators": {"GET": _of_user("listOperators", "operators", "operators")},
        f"{_USER}/operators/{{operator}}": {"GET": single("getOperator", "operators", "operator")},
        f"{_USER}/products/summary": {
            "GET": _of_user("listSummarizedProducts", "summarizedProducts", "products/summary")
        },
        f"{_USER}/varieties/summary": {
            "GET": _of_user("listSummarizedVarieties", "summarizedVarieties", "varieties/summary")
        },
        f"{_BETA}/products": {"GET": listing("listProducts", "products", "api/products", beta=True, only=_DEERE)},
        f"{_BETA}/products/search": {"GET": _search("searchProducts", "products")},
        f"{_MATCHING}/matches/{{match}}/historical": {"GET": Operation("listProductMatchHistory", _match_history)},
        f"{_MATCHING}/matches/{{match}}": {"PATCH": Operation("updateProductMatch", _update_match)},
        _MATCHING: {"GET": Operation("listProductMatches", _matches)},
        f"{_BETA}/products/{{product}}": {"GET": single("getProduct", "products", "product")},
        f"{_BETA}/varieties": {"GET": listing("listVarieties", "varieties", "api/varieties", beta=True)},
        f"{_BETA}/varieties/search": {"GET": _search("searchVarieties", "varieties")},
        f"{_BETA}/varieties/{{variety}}": {"GET": single("getVariety", "varieties", "variety")},
        f"{_BETA}/tankMixes": {"GET": listing("listTankMixes", "tankMixes", "api/tankMixes", beta=True)},
        f"{_BETA}/tankMixes/search": {"GET": _search("searchTankMixes", "tankMixes")},
    }


def _of_user(operation: str, kind: ListKind, path: str) -> Operation:
    return listing(operation, kind, f"api/users/{{user}}/{path}", beta=True)


def _search(operation: str, kind: Searched) -> Operation:
    def answer(ask: Ask) -> Answer:
        name = asked(ask, "name")
        if not name:
            raise refusals.bad_request("Required request parameter 'name' is not present")
        most = whole(ask.query.get("maxResults", ["10"])[0], "maxResults")
        return Answer(200, ask.leaf.search(kind, name, most, asked(ask, "crop") if kind == "varieties" else None))

    return Operation(operation, answer)


def _create_machine(ask: Ask) -> Answer:
    return written(ask.leaf.create_machine(ask.path["user"], _machine(ask)), 201)


def _update_machine(ask: Ask) -> Answer:
    return written(ask.leaf.update_machine(ask.path["user"], ask.path["machine"], _machine(ask)))


def _machine(ask: Ask) -> dict[str, Any]:
    """The keys of a machine; others are passed over, as the contract leaves them open."""
    body = body_of(ask, _MACHINE_KEYS, open_=True)
    return {name: value for name, value in body.items() if name in _MACHINE_KEYS}


def _delete_machine(ask: Ask) -> Answer:
    ask.leaf.delete_machine(ask.path["user"], ask.path["machine"])
    return Answer(204)


def _matches(ask: Ask) -> Answer:
    return Answer(200, ask.leaf.matches_of(ask.path["operation"]))


def _match_history(ask: Ask) -> Answer:
    return Answer(200, ask.leaf.match_history(ask.path["operation"], ask.path["match"]))


def _update_match(ask: Ask) -> Answer:
    body = body_of(ask, {"status": str, "productId": str})
    if len(body) > 1 or body.get("status", "VALIDATED") != "VALIDATED":
        raise refusals.bad_request("Send either the status VALIDATED or a productId")
    return Answer(200, ask.leaf.update_match(ask.path["operation"], ask.path["match"], body.get("productId")))

"""The published examples of Leaf's contract, for the tests of this room."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

CONTRACT = Path(__file__).parents[1] / "contract" / "leaf-openapi.yaml"
METHODS = ("get", "post", "put", "patch", "delete")


@cache
def contract() -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, Any] = yaml.load(CONTRACT.read_text(encoding="utf-8"), Loader=loader)
    return found


@cache
def operations() -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Operation id to (method, full path template, operation)."""
    return {
        item[method]["operationId"]: (
            method.upper(),
            (item.get("servers") or contract()["servers"])[0]["url"].removeprefix("https://api.withleaf.io") + path,
            item[method],
        )
        for path, item in contract()["paths"].items()
        for method in METHODS
        if method in item
    }


def asked(operation: str) -> Any:
    """The published request body."""
    return operations()[operation][2]["requestBody"]["content"]["application/json"]["example"]


def answered(operation: str) -> Any:
    """The published answer of a success."""
    responses = operations()[operation][2]["responses"]
    return (responses.get("200") or responses["2XX"])["content"]["application/json"]["example"]


def query_names(operation: str) -> set[str]:
    """The query parameters that the contract lists."""
    parameters = contract()["components"]["parameters"]
    listed = operations()[operation][2].get("parameters", [])
    every = [one if "name" in one else parameters[one["$ref"].rpartition("/")[2]] for one in listed]
    return {one["name"] for one in every if one["in"] == "query"}

"""A running sandbox, a client for it, and the published contract that every answer is held against."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from openapi_core import Config, OpenAPI
from openapi_core.testing import MockRequest, MockResponse

from leafdesk.sandbox import Sandbox

Json = dict[str, Any]
HOST = "https://api.withleaf.io"
CONTRACT = Path(__file__).parents[1] / "contract" / "leaf-openapi.yaml"
SQUARE = [[[[-93.5, 41.7], [-93.495, 41.7], [-93.495, 41.705], [-93.5, 41.705], [-93.5, 41.7]]]]
PUBLISHED_ID = re.compile(r"[0-9a-z]{8,9}(-[0-9a-z]{4}){3}-[0-9a-z]{12}")
"""Ids as Leaf's pages print them: some have a ninth digit or letters that no UUID has."""


def _is_id(value: Any) -> bool:
    return not isinstance(value, str) or PUBLISHED_ID.fullmatch(value) is not None


class Contract:
    """leaf-openapi.yaml, and what was held against it: (operationId, status) pairs in `seen`."""

    def __init__(self) -> None:
        config = Config(extra_format_validators={"uuid": _is_id})
        self._openapi = OpenAPI.from_file_path(str(CONTRACT), config=config)
        self.document = self._openapi.spec.read_value()
        self._patterns = sorted(self._operations(), key=lambda entry: entry[1].pattern.count("[^/]+"))
        self.seen: set[tuple[str, int]] = set()

    def _operations(self) -> Iterator[tuple[str, re.Pattern[str], str]]:
        for path, item in self.document["paths"].items():
            base = item["servers"][0]["url"]
            pattern = re.compile(re.sub(r"\{\w+\}", "[^/]+", base.removeprefix(HOST) + path))
            for method in ("get", "post", "put", "patch", "delete"):
                if method in item:
                    yield method.upper(), pattern, item[method]["operationId"]

    def operation(self, method: str, path: str) -> str:
        return next(name for verb, pattern, name in self._patterns if verb == method and pattern.fullmatch(path))

    def operations(self) -> set[str]:
        return {name for _, _, name in self._patterns}

    def check(self, response: httpx.Response) -> None:
        """Raises what openapi-core finds wrong with the answer; with the request too where the answer is a success."""
        response.read()
        asked = response.request
        args = dict(parse_qsl(asked.url.query.decode()))
        sent = MockRequest(
            HOST,
            asked.method.lower(),
            asked.url.path,
            args=args,
            headers=dict(asked.headers),
            data=asked.content or None,
        )
        answer = MockResponse(
            response.content, response.status_code, dict(response.headers), response.headers.get("content-type", "")
        )
        if response.is_success:
            self._openapi.validate_request(sent)
        self._openapi.validate_response(sent, answer)
        self.seen.add((self.operation(asked.method, asked.url.path), response.status_code))


class Client:
    """A signed-in client of a sandbox whose every answer is held against the contract."""

    def __init__(self, sandbox: Sandbox, contract: Contract) -> None:
        self.sandbox = sandbox
        self._http = httpx.Client(base_url=sandbox.url, event_hooks={"response": [contract.check]}, timeout=20)
        self.sign_in()

    def sign_in(self) -> None:
        answer = self._http.post("/api/authenticate", json=self.credentials())
        self._http.headers["Authorization"] = f"Bearer {answer.json()['id_token']}"

    def credentials(self, **more: Any) -> Json:
        return {"username": self.sandbox.username, "password": self.sandbox.password, **more}

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """`path` below the fields service; absolute where it begins with /api or /services."""
        full = path if path.startswith(("/api/", "/services/")) else f"/services/fields/api{path}"
        return self._http.request(method, full, **more)

    def get(self, path: str, **params: Any) -> httpx.Response:
        return self.ask("GET", path, params=params)

    def write(self, method: str, path: str, body: Json) -> httpx.Response:
        return self.ask(method, path, json=body)

    def close(self) -> None:
        self._http.close()


@pytest.fixture(scope="session")
def contract() -> Contract:
    return Contract()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Sixty fields, changed by one test alone."""
    with Sandbox(fields=60, seed=3) as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox: Sandbox, contract: Contract) -> Iterator[Client]:
    client = Client(sandbox, contract)
    yield client
    client.close()


@pytest.fixture
def raw(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """A signed-in client for answers that no contract knows: faults, unknown paths."""
    with httpx.Client(base_url=sandbox.url, timeout=20) as http:
        body = {"username": sandbox.username, "password": sandbox.password}
        token = http.post("/api/authenticate", json=body).json()["id_token"]
        http.headers["Authorization"] = f"Bearer {token}"
        yield http


@pytest.fixture
def manual(sandbox: Sandbox) -> Json:
    """A field made by hand that has a farm."""
    return next(f for f in sandbox.leaf.all("fields") if f.get("providerName") is None and f.get("farmId"))


@pytest.fixture
def provided(sandbox: Sandbox) -> Json:
    """A provider's field with a boundary."""
    return next(f for f in sandbox.leaf.all("fields") if f.get("providerName", "Leaf") != "Leaf" and f["boundaries"])


@pytest.fixture
def sendable(sandbox: Sandbox) -> Json:
    """A field that may be sent to John Deere: made by hand, its user connected there."""
    connected = {user["id"] for user in sandbox.leaf.all("users") if user["johnDeereCredentials"]}
    fields = sandbox.leaf.all("fields")
    return next(f for f in fields if f["leafUserId"] in connected and f.get("providerName") in (None, "Leaf"))


@pytest.fixture
def matched(sandbox: Sandbox) -> Json:
    """A field operation with at least two product matches, one of them predicted: operation and `matches`."""
    operations = {operation["id"]: operation | {"matches": []} for operation in sandbox.leaf.all("operations")}
    for operation in operations.values():
        operation["matches"] = json.loads(sandbox.leaf.matches_of(operation["id"]))
    return next(
        operation
        for operation in operations.values()
        if len(operation["matches"]) > 1 and operation["matches"][0]["matchDetails"]["status"] == "PREDICTED"
    )


@pytest.fixture
def machines(sandbox: Sandbox) -> dict[str, Json]:
    """One machine of the first Leaf user for each originType."""
    user = sandbox.leaf.all("users")[0]["id"]
    return {one["originType"]: one for one in sandbox.leaf.all("machines") if one["leafUserId"] == user}


@pytest.fixture
def preview(sandbox: Sandbox) -> Json:
    """A field that was never enabled."""
    return next(f for f in sandbox.leaf.all("fields") if f["status"] == "PREVIEW")


@pytest.fixture
def square() -> Callable[..., Json]:
    """A valid MultiPolygon of 23 ha, moved east by `dx` degrees."""

    def shifted(dx: float = 0.0) -> Json:
        moved = json.loads(json.dumps(SQUARE))
        for position in moved[0][0]:
            position[0] += dx
        return {"type": "MultiPolygon", "coordinates": moved}

    return shifted

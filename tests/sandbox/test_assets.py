"""Machines, their files, implements and operators: every filter, and what may be changed."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from leafdesk.sandbox import Sandbox
from leafdesk.sandbox.farmland import farmland
from leafdesk.sandbox.leaf import Leaf
from leafdesk.sandbox.sowing import Sowing

Json = dict[str, Any]
BETA = "/services/beta/api"


def _ids(answer: Any) -> list[Any]:
    assert answer.status_code == 200, answer.text
    return [record["id"] for record in answer.json()]


@pytest.fixture
def user(sandbox: Sandbox) -> str:
    return str(sandbox.leaf.all("users")[0]["id"])


@pytest.fixture
def yard(user: str) -> str:
    return f"{BETA}/users/{user}"


@pytest.mark.parametrize(
    "key",
    ["name", "provider", "providerOrganizationId", "providerMachineId", "serialNumber", "originType", "vin"],
)
def test_machine_filters_ask_for_the_very_text(client: Any, sandbox: Sandbox, user: str, yard: str, key: str) -> None:
    mine = [one for one in sandbox.leaf.all("machines") if one["leafUserId"] == user]
    wanted = next(one[key] for one in mine if one[key])
    expected = [one["id"] for one in mine if one[key] == wanted]
    assert _ids(client.get(f"{yard}/machines", size=100, **{key: wanted})) == expected
    assert 0 < len(expected) < len(mine) or key == "providerOrganizationId"


def test_times_of_machines_match_exactly(client: Any, sandbox: Sandbox, user: str, yard: str) -> None:
    """createdTime is no "since": a client that takes it for one sees an empty farm."""
    at = "2024-05-01T10:00:00.123Z"
    old, new = (one["id"] for one in sandbox.leaf.all("machines")[:2])
    sandbox.leaf.change("machines", old, createdTime="2020-01-01T00:00:00Z")
    sandbox.leaf.change("machines", new, createdTime=at)
    path = f"{yard}/machines"
    assert _ids(client.get(path, createdTime=at)) == [new]
    assert _ids(client.get(path, createdTime="2024-05-01T10:00:00.123000Z")) == [new]
    assert _ids(client.get(path, createdTime="2019-01-01T00:00:00.000Z")) == []
    assert _ids(client.get(path, beforeCreatedTime="2020-01-01T00:00:00.001Z")) == [old]
    assert new not in _ids(client.get(path, size=100, afterCreatedTime=at))
    assert new in _ids(client.get(path, size=100, afterCreatedTime="2024-05-01T10:00:00.122Z"))


def test_machines_are_found_by_their_change_although_it_does_not_show(client: Any, sandbox: Sandbox, yard: str) -> None:
    made = client.write("POST", f"{yard}/machines", {"name": "Old Ox"}).json()
    watermark = made["createdTime"]
    assert "updatedAt" not in made
    assert _ids(client.get(f"{yard}/machines", updatedAt=watermark)) == [made["id"]]
    assert _ids(client.get(f"{yard}/machines", afterUpdatedAt=watermark)) == []
    sandbox.leaf._last_stamp += 5000  # five milliseconds on: three digits show no less
    client.write("PATCH", f"{yard}/machines/{made['id']}", {"name": "Young Ox"})
    assert _ids(client.get(f"{yard}/machines", afterUpdatedAt=watermark)) == [made["id"]]
    assert made["id"] not in _ids(client.get(f"{yard}/machines", size=100, beforeUpdatedAt=watermark))


def test_a_machine_of_ones_own(client: Any, sandbox: Sandbox, yard: str) -> None:
    body = {"name": "Ox", "serialNumber": "000123", "vin": "1L", "model": "M", "make": "K", "category": "Planted"}
    made = client.write("POST", f"{yard}/machines", {**body, "modelYear": 2020})
    machine = made.json()
    assert made.status_code == 201
    assert (machine["originType"], machine["provider"], machine["serialNumber"]) == ("USER_CREATED", "Leaf", "000123")
    assert len(machine["createdTime"]) == len("2026-01-31T12:00:00.000Z")
    twin = client.write("POST", f"{yard}/machines", {**body, "modelYear": 2020}).json()
    assert twin["id"] != machine["id"]
    one = f"{yard}/machines/{machine['id']}"
    assert client.write("PATCH", one, {"modelYear": 2021}).json() == machine | {"modelYear": 2021}
    assert client.get(one).json()["modelYear"] == 2021
    assert client.ask("DELETE", one).status_code == 204
    assert client.ask("DELETE", one).status_code == 404
    assert client.get(f"{yard}/machines/{twin['id']}").json() == twin


@pytest.mark.parametrize("origin", ["PROVIDER_POOLED", "FILE_POOLED"])
def test_other_machines_are_not_to_be_changed(
    client: Any, sandbox: Sandbox, machines: dict[str, Json], yard: str, origin: str
) -> None:
    one = f"{yard}/machines/{machines[origin]['id']}"
    assert client.write("PATCH", one, {"name": "Mine"}).status_code == 403
    assert client.ask("DELETE", one).status_code == 403
    assert client.get(one).json() == machines[origin]
    sandbox.leaf.choices = replace(sandbox.leaf.choices, provider_refusal=400)
    assert client.ask("DELETE", one).status_code == 400


@pytest.mark.parametrize("body", [{}, {"modelYear": "2020"}, {"modelYear": True}, {"name": 4}, {"serialNumber": None}])
def test_machines_that_make_no_sense_are_refused(client: Any, yard: str, body: Json) -> None:
    assert client.write("POST", f"{yard}/machines", body).status_code == 400


@pytest.fixture
def driven(sandbox: Sandbox, user: str) -> list[Json]:
    """The files of the machine of the first Leaf user that drove most, the earliest first."""
    mine = {one["id"] for one in sandbox.leaf.all("machines") if one["leafUserId"] == user}
    files = [one for one in sandbox.leaf.all("machineFiles") if one["machineId"] in mine]
    busiest, _ = Counter(one["machineId"] for one in files).most_common(1)[0]
    return sorted((one for one in files if one["machineId"] == busiest), key=lambda one: str(one["startTime"]))


def test_files_of_a_machine(client: Any, sandbox: Sandbox, machines: dict[str, Json], yard: str, driven: Any) -> None:
    path = f"{yard}/machines/{driven[0]['machineId']}/files"
    first, *rest = driven
    assert rest
    assert _ids(client.get(path, size=100, sort="startTime")) == [one["id"] for one in driven]
    assert {one["leafFileId"] for one in driven} <= {one["id"] for one in sandbox.leaf.all("files")}
    assert _ids(client.get(f"{yard}/machines/{machines['USER_CREATED']['id']}/files")) == []
    for query in (
        {"leafFileId": first["leafFileId"]},
        {"startTime": first["startTime"]},
        {"endTime": first["endTime"]},
    ):
        assert _ids(client.get(path, **query)) == [first["id"]]
    assert _ids(client.get(path, beforeStartTime=first["startTime"])) == []
    assert len(_ids(client.get(path, size=100, afterStartTime=first["startTime"]))) == len(rest)
    assert len(_ids(client.get(path, size=100, beforeEndTime="2030-01-01T00:00:00Z"))) == len(driven)
    assert _ids(client.get(path, afterEndTime="2030-01-01T00:00:00Z")) == []
    origin = client.get(f"{yard}/machines/{first['machineId']}").json()["originType"]
    assert len(_ids(client.get(path, size=100, originType=origin))) == len(driven)
    assert _ids(client.get(path, originType="USER_CREATED")) == []


def test_times_of_files_match_exactly(client: Any, sandbox: Sandbox, yard: str, driven: Any) -> None:
    at, key = "2024-05-01T10:00:00.123Z", driven[0]["id"]
    sandbox.leaf.change("machineFiles", key, _createdTime=at)
    path = f"{yard}/machines/{driven[0]['machineId']}/files"
    assert _ids(client.get(path, createdTime=at)) == [key]
    assert _ids(client.get(path, createdTime="2024-05-01T10:00:00.122Z")) == []
    assert key in _ids(client.get(path, size=100, afterCreatedTime="2024-05-01T10:00:00.122Z"))
    assert key not in _ids(client.get(path, size=100, beforeCreatedTime=at))


def test_distances_are_compared_as_they_stand(client: Any, sandbox: Sandbox, yard: str, driven: Any) -> None:
    one, other, *_ = (file["id"] for file in driven)
    sandbox.leaf.change("machineFiles", one, distance={"value": 50_000, "unit": "ft"})
    sandbox.leaf.change("machineFiles", other, distance={"value": 0.1, "unit": "mile"})
    path = f"{yard}/machines/{driven[0]['machineId']}/files"
    assert _ids(client.get(path, distanceValue=50000.0)) == [one]
    assert _ids(client.get(path, greaterThanDistanceValue=40000)) == [one]
    assert _ids(client.get(path, lessThanDistanceValue=0.2)) == [other]
    assert _ids(client.get(path, distanceUnit="mile", lessThanDistanceValue=0.2)) == [other]
    assert _ids(client.get(path, distanceUnit="Mile", lessThanDistanceValue=0.2)) == []


def test_implements_created_from_a_time_onward(client: Any, sandbox: Sandbox, user: str, yard: str) -> None:
    """createdTime means "since" here, unlike on machines."""
    at = "2031-05-01T10:00:00.123Z"
    made = sandbox.leaf.add("implements", user, name="Dragon", provider="Trimble", originType="PROVIDER_POOLED")
    sandbox.leaf.change("implements", made["id"], _createdTime=at, _updatedTime=at)
    path, key = f"{yard}/implements", made["id"]
    for name in ("createdTime", "updatedTime"):
        assert key in _ids(client.get(path, **{name: at}))
        assert key not in _ids(client.get(path, **{name: "2031-05-01T10:00:00.124Z"}))
        assert key in _ids(client.get(path, **{name: "2022-01-01T00:00:00Z"}, name="Dragon"))
        assert key not in _ids(client.get(path, **{f"after{name[0].upper()}{name[1:]}": at}))
        assert key not in _ids(client.get(path, **{f"before{name[0].upper()}{name[1:]}": at}, size=100))
    tool = next(one for one in sandbox.leaf.all("implements") if one["leafUserId"] == user)
    for name in ("provider", "providerImplementId", "providerOrganizationId", "name"):
        assert tool["id"] in _ids(client.get(path, size=100, **{name: tool[name]}))
    assert _ids(client.get(path, provider="Stara")) == []


def test_operators_belong_to_a_user_that_their_record_does_not_name(client: Any, sandbox: Sandbox, yard: str) -> None:
    listed = client.get(f"{yard}/operators").json()
    assert "leafUserId" not in listed[0]
    assert client.get(f"{yard}/operators/{listed[0]['id']}").json() == listed[0]
    stranger = sandbox.leaf.all("users")[1]["id"]
    assert client.get(f"{BETA}/users/{stranger}/operators/{listed[0]['id']}").status_code == 404
    assert any(len(one["id"]) != 36 for one in listed)  # as published: no UUID


def test_sorting_by_a_published_name_only(client: Any, raw: Any, yard: str) -> None:
    makes = [one["make"] for one in client.get(f"{yard}/machines", sort="make,desc").json()]
    assert makes == sorted(makes, reverse=True)
    assert raw.get(f"{yard}/machines?sort=createdTime").status_code == 400
    assert raw.get(f"{yard}/operators?sort=name").status_code == 400


def test_counts_of_beta_lists_may_be_missing(client: Any, sandbox: Sandbox, yard: str) -> None:
    first = client.get(f"{yard}/machines", size=2)
    total = int(first.headers["X-Total-Count"])
    assert total > 2
    assert "users/" in first.headers["Link"]
    sandbox.leaf.choices = replace(sandbox.leaf.choices, beta_counts=False)
    for kind in ("machines", "implements", "operators", "products/summary"):
        assert not {"x-total-count", "link"} & client.get(f"{yard}/{kind}").headers.keys()
    assert not {"x-total-count", "link"} & client.get(f"{BETA}/tankMixes").headers.keys()
    assert "x-total-count" in client.get("/fields").headers


def test_a_user_without_sync_of_assets_has_none_of_the_providers(sandbox: Sandbox) -> None:
    leaf = Leaf(farmland(60, 1))
    third = leaf.all("users")[2]["id"]
    settings = next(one for one in leaf.all("configurations") if one["leafUserId"] == third)
    assert not settings.get("machinesAutoSync", False)
    origins = {one["originType"] for one in leaf.all("machines") if one["leafUserId"] == third}
    assert origins == {"FILE_POOLED", "USER_CREATED"}
    assert not [one for one in leaf.all("implements") if one["leafUserId"] == third]
    assert not [one for one in leaf.all("products") if one.get("leafUserId") == third]


def test_what_grows_is_as_varied_as_what_leaf_sends() -> None:
    leaf = Leaf(farmland(120, 1), sowing=Sowing(size=2000))
    machines = leaf.all("machines")
    assert any(one["serialNumber"].startswith("00") for one in machines)
    assert any(one["provider"] is None and one["providerMachineId"] is None for one in machines)
    assert {len(one["createdTime"].partition(".")[2]) for one in machines} == {4, 10}
    assert any("engineHours" in one for one in machines)
    assert any(one["vin"] is None for one in machines)
    assert {one["distance"]["unit"] for one in leaf.all("machineFiles")} == {"ft", "Feet", "mile", "Mile"}
    assert any("fuelConsumption" not in one for one in leaf.all("machineFiles"))
    assert {one["provider"] for one in machines} >= {"JohnDeere", "CNHi", "Leaf", None}

"""Field operations and their files: lists, range filters, and what becomes of them."""

from typing import Any

import pytest

from leafdesk.sandbox import Sandbox
from leafdesk.sandbox.choices import Choices
from leafdesk.sandbox.farmland import farmland
from leafdesk.sandbox.leaf import Leaf

Json = dict[str, Any]
OPERATIONS = "/services/operations/api/operations"


def _ids(answer: Any) -> list[Any]:
    assert answer.status_code == 200, answer.text
    return [record["id"] for record in answer.json()]


@pytest.fixture
def worked(sandbox: Sandbox, matched: Json) -> Json:
    """A field on which something was done, with its files."""
    field = sandbox.leaf.field(matched["fields"][0]["id"])
    operations = [one for one in sandbox.leaf.all("operations") if one["fields"] == [{"id": field["id"]}]]
    mine = {key for one in operations for key in one["files"]}
    return field | {"files": [one for one in sandbox.leaf.all("files") if one["id"] in mine]}


def _files(field: Json) -> str:
    return f"/users/{field['leafUserId']}/fields/{field['id']}/operations/files"


@pytest.mark.parametrize("key", ["id", "operationType", "provider", "origin"])
def test_files_of_a_field(client: Any, worked: Json, key: str) -> None:
    files = worked["files"]
    wanted = files[-1][key]
    expected = [one["id"] for one in files if one[key] == wanted]
    assert _ids(client.get(_files(worked), size=100, **{key: wanted})) == expected
    assert len(_ids(client.get(_files(worked), size=100))) == len(files) > 2
    one = client.get(f"{_files(worked)}/{expected[0]}").json()
    assert one in files
    assert len(one["startTime"]) == len("2017-10-27T08:59:58Z")


def test_crops_and_varieties_of_files(client: Any, worked: Json) -> None:
    harvested = next(one for one in worked["files"] if one["operationType"] == "harvested")
    (crop,), (variety,) = harvested["crops"], harvested["varieties"]
    assert crop.islower()
    both = _ids(client.get(_files(worked), crop=crop, variety=variety, size=100))
    assert harvested["id"] in both
    assert both == [one["id"] for one in worked["files"] if "crops" in one]
    assert _ids(client.get(_files(worked), crop=crop.upper())) == []


def test_times_of_a_fields_files_are_a_range(client: Any, worked: Json) -> None:
    """startTime and endTime mean after and before here, an exact match on machine files."""
    files = sorted(worked["files"], key=lambda one: str(one["startTime"]))
    first, last = files[0], files[-1]
    later = [one["id"] for one in worked["files"] if one["startTime"] > first["startTime"]]
    assert _ids(client.get(_files(worked), size=100, startTime=first["startTime"])) == later
    earlier = [one["id"] for one in worked["files"] if one["endTime"] < last["endTime"]]
    assert _ids(client.get(_files(worked), size=100, endTime=last["endTime"])) == earlier
    assert later and earlier


@pytest.mark.parametrize("query", [{"operationType": "x"}, {"origin": "x"}, {"startTime": "x"}, {"sort": "x"}])
def test_questions_that_make_no_sense(raw: Any, worked: Json, query: Json) -> None:
    assert raw.get("/services/fields/api" + _files(worked), params=query).status_code == 400


def test_a_file_of_another_field_is_not_found(client: Any, sandbox: Sandbox, worked: Json) -> None:
    mine = {one["id"] for one in worked["files"]}
    other = next(one["id"] for one in sandbox.leaf.all("files") if one["id"] not in mine)
    assert client.get(f"{_files(worked)}/{other}").status_code == 404


def test_operations(client: Any, sandbox: Sandbox, matched: Json) -> None:
    everything = sandbox.leaf.all("operations")
    assert int(client.get(OPERATIONS).headers["X-Total-Count"]) == len(everything)
    for name, key in (("leafUserId", "leafUserId"), ("operationType", "type")):
        expected = [one["id"] for one in everything if one[key] == matched[key]][:100]
        assert _ids(client.get(OPERATIONS, size=100, **{name: matched[key]})) == expected
    field = matched["fields"][0]["id"]
    assert matched["id"] in _ids(client.get(OPERATIONS, fieldId=field))
    assert all(one["fields"] == [{"id": field}] for one in client.get(OPERATIONS, fieldId=field).json())
    assert matched["id"] in _ids(client.get(OPERATIONS, provider=matched["providers"][0], fieldId=field))
    assert _ids(client.get(OPERATIONS, fieldId=field, updatedTime=matched["updatedTime"], operationType="applied")) == [
        matched["id"]
    ]
    updates = [one["updatedTime"] for one in client.get(OPERATIONS, size=100, sort="updatedTime,desc").json()]
    assert updates == sorted(updates, reverse=True)
    assert {len(one) for one in updates} == {len("2021-08-24T16:00:15.062Z")}


def test_what_was_done_on_a_field_goes_with_it(client: Any, sandbox: Sandbox) -> None:
    by_hand = {one["id"] for one in sandbox.leaf.all("fields") if "providerName" not in one}
    operation = next(one for one in sandbox.leaf.all("operations") if one["fields"][0]["id"] in by_hand)
    user, field = operation["leafUserId"], operation["fields"][0]["id"]
    assert client.ask("DELETE", f"/users/{user}/fields/{field}").status_code == 204
    assert client.get(f"/users/{user}/fields/{field}/operations/files").status_code == 404
    assert _ids(client.get(OPERATIONS, fieldId=field)) == []
    assert client.get(f"/services/beta/api/products/matching/operations/{operation['id']}").status_code == 404
    assert not [one for one in sandbox.leaf.all("files") if one["id"] in operation["files"]]
    assert not [one for one in sandbox.leaf.all("machineFiles") if one["leafFileId"] in operation["files"]]


def test_filters_of_fields_agree_with_their_operations(client: Any, sandbox: Sandbox) -> None:
    tilled = {one["fields"][0]["id"] for one in sandbox.leaf.all("operations") if one["type"] == "tillage"}
    assert tilled
    assert set(_ids(client.get("/fields", size=100, operationType="tillage"))) == tilled


def test_words_beyond_the_closed_lists_are_a_choice() -> None:
    land = farmland(120, 1)
    plain, strange = Leaf(land), Leaf(land, choices=Choices(strange_words=True))
    assert {one["type"] for one in plain.all("operations")} == {"planted", "applied", "harvested", "tillage"}
    assert {one["type"] for one in strange.all("operations")} > {one["type"] for one in plain.all("operations")}
    assert "SHARED" in {one["originType"] for one in strange.all("machines")}
    assert [one["id"] for one in strange.all("operations")] == [one["id"] for one in plain.all("operations")]

"""Products, varieties, tank mixes: what a list holds, what only a search finds, and the matching of products."""

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


def _pages(client: Any, path: str, **query: Any) -> list[Json]:
    first = client.get(path, size=100, **query)
    pages = -(-int(first.headers["X-Total-Count"]) // 100)
    return [
        *first.json(),
        *(one for n in range(1, pages) for one in client.get(path, size=100, page=n, **query).json()),
    ]


def test_the_list_is_john_deeres_alone(client: Any, sandbox: Sandbox) -> None:
    listed = _pages(client, f"{BETA}/products")
    assert len({one["id"] for one in listed}) == 300
    assert {one["labelProvider"] for one in listed} == {"JohnDeere"}
    assert len(_pages(client, f"{BETA}/products", provider="JohnDeere")) == 300
    assert _ids(client.get(f"{BETA}/products", provider="AGRIAN")) == []
    user = sandbox.leaf.all("users")[0]["id"]
    assert {one["leafUserId"] for one in _pages(client, f"{BETA}/products", leafUserId=user)} == {user}


def test_label_databases_are_found_by_search(client: Any, sandbox: Sandbox) -> None:
    labels = [one for one in sandbox.leaf.all("products") if one["labelProvider"] in ("AGRIAN", "CDMS")]
    assert len(labels) == 300
    wanted = labels[0]
    found = client.get(f"{BETA}/products/search", name=wanted["name"].upper(), maxResults=100).json()
    assert wanted in found
    assert client.get(f"{BETA}/products/{wanted['id']}").json() == wanted
    assert all(wanted["name"].lower() in one["name"].lower() for one in found)


def test_a_search_gives_the_best_ten(client: Any, raw: Any, sandbox: Sandbox) -> None:
    path = f"{BETA}/products/search"
    assert len(_ids(client.get(path, name="a"))) == 10
    assert len(_ids(client.get(path, name="a", maxResults=100))) == 100
    names = [one["name"] for one in client.get(path, name="clear", maxResults=100).json()]
    assert names == sorted(names, key=str.casefold)
    assert names[0].lower().startswith("clear")
    assert len(raw.get(path, params={"name": "a", "maxResults": 500}).json()) == 100
    assert raw.get(path).status_code == raw.get(path, params={"name": "a", "maxResults": 0}).status_code == 400
    sandbox.leaf.choices = replace(sandbox.leaf.choices, refuse_oversize=True)
    assert raw.get(path, params={"name": "a", "maxResults": 101}).status_code == 400
    assert raw.get(f"{BETA}/varieties/search", params={"name": "a", "maxResults": 21}).status_code == 400


def test_varieties(client: Any, sandbox: Sandbox) -> None:
    listed = _pages(client, f"{BETA}/varieties")
    assert len(listed) == 100
    assert all(crop.isupper() for one in listed for crop in one["crops"])
    wanted = listed[0]
    found = client.get(f"{BETA}/varieties/search", name=wanted["name"][:4], maxResults=20).json()
    assert all("organizationId" not in one for one in found)
    assert {k: v for k, v in wanted.items() if k != "organizationId"} in found
    assert client.get(f"{BETA}/varieties/{found[0]['id']}").json()["organizationId"]
    crops = client.get(f"{BETA}/varieties/search", name="2", crop="corn", maxResults=20).json()
    assert {crop for one in crops for crop in one["crops"]} == {"CORN"}


def test_tank_mixes(client: Any) -> None:
    listed = _pages(client, f"{BETA}/tankMixes")
    assert len(listed) == 15
    assert all(one["components"] and one["carrier"]["name"] == "Water" for one in listed)
    water = client.get(f"{BETA}/products/{listed[0]['carrier']['id']}").json()
    assert water.items() >= listed[0]["carrier"].items()
    assert {type(one["solutionRate"]["valueAsDouble"]) for one in listed} == {int, float}
    assert any(one["notes"] is None for one in listed)
    found = client.get(f"{BETA}/tankMixes/search", name=listed[3]["name"]).json()
    assert listed[3] in found


def test_names_in_machine_files(client: Any, sandbox: Sandbox) -> None:
    user = sandbox.leaf.all("users")[1]["id"]
    path = f"{BETA}/users/{user}"
    assert {one["name"] for one in client.get(f"{path}/products/summary", name="2").json()} >= {"28%", "uan 28"}
    assert _ids(client.get(f"{path}/products/summary", name="zzz")) == []
    driven = client.get(f"{path}/varieties/summary", crops="corn").json()
    assert {one["name"] for one in driven} == {"P1185", "corn variety 2", "Corn"}
    assert _ids(client.get(f"{path}/varieties/summary", crops="CORN")) == []
    assert len(client.get(f"{path}/varieties/summary", name="VARIETY").json()) == 1


def _matching(matched: Json, more: str = "") -> str:
    return f"{BETA}/products/matching/operations/{matched['id']}{more}"


def test_confirming_a_match_answers_every_match(client: Any, matched: Json) -> None:
    first, *others = matched["matches"]
    path = _matching(matched, f"/matches/{first['id']}")
    answer = client.write("PATCH", path, {"status": "VALIDATED"}).json()
    assert answer == [first | {"matchDetails": {"status": "VALIDATED"}}, *others]
    assert client.get(_matching(matched)).json() == answer
    (before,) = client.get(f"{path}/historical").json()
    assert before["matchDetails"] == first["matchDetails"]
    assert (before["matchId"], before["productId"]) == (first["id"], first["productId"])
    assert len(before["historicalTime"]) == len("2023-12-19T13:18:44.709Z")


def test_another_product_counts_as_validated(client: Any, raw: Any, sandbox: Sandbox, matched: Json) -> None:
    first = matched["matches"][0]
    other = next(one["id"] for one in sandbox.leaf.all("products") if one["id"] != first["productId"])
    path = _matching(matched, f"/matches/{first['id']}")
    changed = client.write("PATCH", path, {"productId": other}).json()
    mine = next(one for one in changed if one["id"] == first["id"])
    assert (mine["productId"], mine["matchDetails"]) == (other, {"status": "VALIDATED"})
    for body in ({}, {"status": "PREDICTED"}, {"status": "VALIDATED", "productId": other}, {"productId": "none"}):
        assert raw.patch(path, json=body).status_code == 400
    assert len(client.get(f"{path}/historical").json()) == 1


@pytest.mark.parametrize(("adds", "entries"), [(True, 2), (False, 1)])
def test_a_repeat_may_add_history(client: Any, sandbox: Sandbox, matched: Json, adds: bool, entries: int) -> None:
    sandbox.leaf.choices = replace(sandbox.leaf.choices, repeat_adds_history=adds)
    path = _matching(matched, f"/matches/{matched['matches'][0]['id']}")
    answers = [client.write("PATCH", path, {"status": "VALIDATED"}).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(client.get(f"{path}/historical").json()) == entries


def test_a_match_belongs_to_one_operation(client: Any, sandbox: Sandbox, matched: Json) -> None:
    other = next(one["id"] for one in sandbox.leaf.all("operations") if one["id"] != matched["id"])
    path = f"{BETA}/products/matching/operations/{other}/matches/{matched['matches'][0]['id']}"
    assert client.write("PATCH", path, {"status": "VALIDATED"}).status_code == 404
    assert client.get(f"{path}/historical").status_code == 404


def test_products_are_as_varied_as_what_leaf_sends() -> None:
    leaf = Leaf(farmland(8, 1), sowing=Sowing(products=900))
    listed = [one for one in leaf.all("products") if one["labelProvider"] == "JohnDeere"]
    labels = [one for one in leaf.all("products") if one["labelProvider"] != "JohnDeere"]
    assert {one["status"] for one in listed} == {"ACTIVE", "ARCHIVED"}
    assert any(one["registration"] is None for one in listed)
    assert any("signalWord" in one for one in listed)
    texts = [part["value"] for one in labels for part in one.get("activeIngredients", [])]
    assert (
        {type(text) for text in texts} == {str} == {type(one["density"]["value"]) for one in labels if "density" in one}
    )
    assert {label["url"].partition(":")[0] for one in labels for label in one["labels"]} == {"http", "https"}
    assert all("example.com/" in label["url"] for one in labels for label in one["labels"])


def test_a_catalog_of_any_size_grows_when_it_is_asked_for() -> None:
    large = Sandbox(fields=4, products=5000)
    assert large.leaf._ledger._gone.keys() >= {"products", "varieties", "tankMixes"}  # nothing has grown yet
    assert len([one for one in large.leaf.all("products") if one["labelProvider"] == "JohnDeere"]) == 5000
    assert large.leaf._ledger._gone.keys() >= {"varieties", "tankMixes"}
    assert Sandbox(fields=4, products=5000).leaf.all("tankMixes") == large.leaf.all("tankMixes")

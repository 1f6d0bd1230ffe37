"""Catalogs, Leaf users, providers, operations and matches on the command line, against a real server over HTTP."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from tests.neighbour import Neighbour
from tests.shell import Shell

if TYPE_CHECKING:
    from leafdesk.sandbox import Sandbox

BETA = "/services/beta/api"


@pytest.fixture
def neighbour(sandbox: "Sandbox") -> Neighbour:
    return Neighbour(sandbox.url, sandbox.username, sandbox.password)


def ids(records: list[Any]) -> set[str]:
    return {one["id"] for one in records}


@pytest.mark.parametrize("kind", ["products", "varieties", "tank-mixes"])
def test_a_catalog_is_searched_here_and_at_leaf(
    kind: str, signed_in: Shell, neighbour: Neighbour, sandbox: "Sandbox"
) -> None:
    text = {"products": "mead", "varieties": "21", "tank-mixes": "Tank"}[kind]
    search = (kind, "search", text)
    here = signed_in.json(*search)
    assert here and all({"id", "name", "leafUserId", "pending", "source", "found", "exact"} <= set(one) for one in here)
    assert all(one["found"] is None for one in here), "nobody has searched at Leaf yet"
    path = {"products": "products", "varieties": "varieties", "tank-mixes": "tankMixes"}[kind]
    found = signed_in.json(*search, "--online")
    most = 100 if kind == "products" else 20
    query = urlencode({"name": text, "maxResults": most})
    assert [one["id"] for one in found] == [o["id"] for o in neighbour.call("GET", f"{BETA}/{path}/search?{query}")]
    assert {"exact": True}.items() <= found[0].items()
    sandbox.go_dark()
    signed_in(*search, "--online", ends=3)
    for one in found[:3]:
        assert one["id"] in ids(signed_in.json(kind, "search", one["name"])), "what was found stays"
    assert here[0]["name"] in signed_in(*search).out
    assert len(signed_in.json(*search, "--limit", "2")) == 2
    assert signed_in.json(kind, "search", "zzzzqqqq") == []
    assert "part of the name" in signed_in(kind, "search", " ", "--online", ends=2).err


def test_what_was_found_at_leaf_keeps_its_date_and_a_misspelt_word_is_forgiven(signed_in: Shell) -> None:
    found = signed_in.json("products", "search", "mead", "--online")
    label = next(one for one in found if one["labelProvider"] in ("AGRIAN", "CDMS"))
    assert label["source"] == "search" and label["found"].startswith("20")
    shown = signed_in.json("products", "show", label["id"])
    assert {"name": label["name"], "found": label["found"]}.items() <= shown.items()
    assert signed_in.json("products", "show", label["id"], "--online")["id"] == label["id"]
    assert label["name"] in signed_in("products", "show", label["id"]).out
    variety = signed_in.json("varieties", "search", "21")[0]
    assert signed_in.json("varieties", "show", variety["id"])["name"] == variety["name"]
    word = found[0]["name"].split()[0]
    alike = signed_in.json("products", "search", f"{word[:-1]}x")
    assert found[0]["id"] in ids(alike) and not any(one["exact"] for one in alike)


def test_all_of_a_variety_is_asked_for(signed_in: Shell, sandbox: "Sandbox") -> None:
    variety = signed_in.json("varieties", "search", "21")[0]
    assert variety["detailed"] is None
    sandbox.leaf.change("varieties", variety["id"], companyName="Other Seeds")
    shown = signed_in.json("varieties", "show", variety["id"], "--online")
    assert shown["companyName"] == "Other Seeds" and shown["detailed"].startswith("20")
    sandbox.go_dark()
    assert signed_in.json("varieties", "show", variety["id"]) == shown
    signed_in("varieties", "show", variety["id"], "--online", ends=3)


def test_leaf_users_and_their_settings(signed_in: Shell, sandbox: "Sandbox") -> None:
    users = signed_in.json("users", "list")
    assert ids(users) == ids(sandbox.leaf.all("users"))
    assert all("Credentials" not in name for one in users for name in one)
    one = users[0]
    for option, name in (("--name", "name"), ("--email", "email"), ("--external-id", "externalId")):
        assert [user["id"] for user in signed_in.json("users", "list", option, one[name])] == [one["id"]]
    shown = signed_in.json("users", "show", one["id"])
    assert shown["email"] == one["email"]
    assert isinstance(shown["configuration"]["customDataSync"], bool)
    assert one["name"] in signed_in("users", "list").out
    assert signed_in("users", "show", one["id"]).out.startswith("id")


def test_a_leaf_user_that_is_gone_goes_after_leaf_said_so(signed_in: Shell, sandbox: "Sandbox") -> None:
    gone = signed_in.json("users", "list")[-1]["id"]
    sandbox.leaf._ledger.drop("users", gone)  # Leaf has a call for it that Leafdesk never makes
    signed_in("sync")
    assert gone not in ids(signed_in.json("users", "list"))
    assert sandbox.requests.count("getLeafUser") == 1
    signed_in("users", "show", gone, ends=2)


def test_counts_of_each_provider_stand_beside_those_here(
    signed_in: Shell, neighbour: Neighbour, sandbox: "Sandbox"
) -> None:
    rows = signed_in.json("providers", "list")
    fields = signed_in.json("fields", "list")
    for row in rows:
        mine = [f for f in fields if (f["leafUserId"], f["providerName"]) == (row["leafUserId"], row["provider"])]
        assert row["here"]["fields"] == row["fields"] == len(mine)
        assert row["here"]["previews"] == sum(f["status"] == "PREVIEW" for f in mine)
    assert ids(rows) and any("preview" in " ".join(row["why"]) for row in rows)
    written = signed_in("providers", "list").out
    (owner,) = (one["name"] for one in signed_in.json("users", "list") if one["id"] == rows[0]["leafUserId"])
    assert rows[0]["provider"] in written and owner in written and rows[0]["leafUserId"] not in written
    of_one = signed_in.json("providers", "list", "--leaf-user", rows[0]["leafUserId"])
    assert of_one == [row for row in rows if row["leafUserId"] == rows[0]["leafUserId"]]

    gone = next(f for f in fields if f["providerName"] == rows[0]["provider"])
    other = next(user["id"] for user in sandbox.leaf.all("users") if user["id"] != gone["leafUserId"])
    sandbox.leaf.change("fields", gone["id"], leafUserId=other)
    again = next(row for row in signed_in.json("providers", "list", "--online") if row["id"] == rows[0]["id"])
    assert again["fields"] == again["here"]["fields"] - 1 and again["why"]

    user = rows[0]["leafUserId"]
    assert "not fetched yet" in signed_in("providers", "organizations", user).err
    listed = signed_in.json("providers", "organizations", user, "--online")
    at_leaf = neighbour.call("GET", f"/services/usermanagement/api/users/{user}/organizations/JohnDeere")
    assert {one["id"] for one in listed if one["connected"]} == ids(at_leaf["connectedOrganizations"])
    assert signed_in.json("providers", "organizations", user) == listed
    assert listed[0]["name"] in signed_in("providers", "organizations", user).out
    assert signed_in.json("providers", "sync", user)["id"] == user
    assert signed_in.json("queue", "list")[0]["kind"] == "user.sync"
    assert signed_in.json("sync", "--push-only")["pushed"]["sent"] == 1


def test_operations_and_their_matches(signed_in: Shell, neighbour: Neighbour) -> None:
    assert "not fetched yet" in signed_in("operations", "list").err
    here = signed_in.json("operations", "list", "--online")
    leafs = {one["id"]: one for one in neighbour.everything("/services/operations/api/operations")}
    assert ids(here) == set(leafs)
    one = here[0]
    field = one["fields"][0]["id"]
    assert ids(signed_in.json("operations", "list", "--field", field)) == {
        id for id, leaf in leafs.items() if field in ids(leaf["fields"])
    }
    applied = signed_in.json("operations", "list", "--operation-type", "applied")
    assert ids(applied) == {id for id, leaf in leafs.items() if leaf["type"] == "applied"}

    matched = next(o["id"] for o in applied if neighbour.call("GET", f"{BETA}/products/matching/operations/{o['id']}"))
    matches = signed_in.json("matches", "list", matched, "--online")
    match = next(one for one in matches if one["matchDetails"]["status"] == "PREDICTED")
    assert match["name"] in signed_in("matches", "list", matched).out
    product = signed_in.json("products", "search", "mead")[0]["id"]
    assert signed_in.json("matches", "approve", match["id"], "--product", product)["id"] == match["id"]
    assert signed_in.json("queue", "list")[0]["kind"] == "match.match"
    waiting = next(o for o in signed_in.json("matches", "list", matched) if o["pending"])
    assert (waiting["productId"], waiting["matchDetails"]) == (product, {"status": "VALIDATED"})
    signed_in("sync", "--push-only")
    again = next(o for o in signed_in.json("matches", "list", matched, "--online") if o["id"] == match["id"])
    assert (
        again["matchDetails"]["status"] == "VALIDATED" and again["productId"] == product and again["pending"] is False
    )
    assert signed_in.json("matches", "history", match["id"], "--online")
    assert "approved already" in signed_in("matches", "approve", match["id"], ends=2).err


def test_the_status_counts_everything(signed_in: Shell) -> None:
    counts = signed_in.json("status")["counts"]
    assert counts["machines"] == len(signed_in.json("machines", "list")) > 0
    assert counts["users"] == 3 and counts["products"] > 300
    assert "Machines" in signed_in("status").out

"""Machines, implements and operators on the command line, against a real server over HTTP."""

import urllib.error
from typing import TYPE_CHECKING, Any

import pytest

from tests.neighbour import Neighbour
from tests.shell import Shell

if TYPE_CHECKING:
    from leafdesk.sandbox import Sandbox

BETA = "/services/beta/api"


@pytest.fixture
def neighbour(sandbox: "Sandbox") -> Neighbour:
    return Neighbour(sandbox.url, sandbox.username, sandbox.password)


def at_leaf(neighbour: Neighbour, shell: Shell, kind: str) -> dict[str, Any]:
    """Leaf's records of all Leaf users by id."""
    users = {row["leafUserId"] for row in shell.json("fields", "list")}
    return {one["id"]: one for user in users for one in neighbour.everything(f"{BETA}/users/{user}/{kind}")}


def test_each_lists_and_shows_leafs_own_keys(signed_in: Shell, neighbour: Neighbour) -> None:
    for kind in ("machines", "implements", "operators"):
        leafs = at_leaf(neighbour, signed_in, kind)
        here = signed_in.json(kind, "list")
        assert {one["id"] for one in here} == set(leafs) and len(here) >= 6
        assert all({"id", "name", "leafUserId"} <= set(one) and one["pending"] is False for one in here)
        for one in here:
            assert {name: one[name] for name in leafs[one["id"]]} == leafs[one["id"]]
        shown = signed_in.json(kind, "show", here[0]["id"])
        assert shown["raw"] == leafs[here[0]["id"]]
        told = signed_in(kind, "list")
        assert here[0]["name"] in told.out and "Read 20" in told.err
        assert here[0]["name"] in signed_in(kind, "show", here[0]["id"]).out
        user = here[0]["leafUserId"]
        assert signed_in.json(kind, "list", "--leaf-user", user) == [o for o in here if o["leafUserId"] == user]


def test_filters_of_machines_answer_as_leaf_does(signed_in: Shell, neighbour: Neighbour) -> None:
    here = signed_in.json("machines", "list")
    one = next(m for m in here if m["originType"] == "USER_CREATED" and m.get("vin"))
    user = ("--leaf-user", one["leafUserId"])
    for option, query in (
        (("--origin-type", "USER_CREATED"), "originType=USER_CREATED"),
        (("--provider", "Leaf"), "provider=Leaf"),
        (("--serial-number", one["serialNumber"]), f"serialNumber={one['serialNumber']}"),
        (("--vin", one["vin"]), f"vin={one['vin']}"),
        (("--name", one["name"]), f"name={one['name']}"),
        (("--organization", one["providerOrganizationId"]), f"providerOrganizationId={one['providerOrganizationId']}"),
        (("--provider-machine", one["providerMachineId"]), f"providerMachineId={one['providerMachineId']}"),
        (("--created-after", one["createdTime"]), f"afterCreatedTime={one['createdTime']}"),
        (("--created-before", one["createdTime"]), f"beforeCreatedTime={one['createdTime']}"),
    ):
        found = neighbour.call(
            "GET", f"{BETA}/users/{one['leafUserId']}/machines?size=100&" + query.replace(" ", "%20")
        )
        ids = {m["id"] for m in signed_in.json("machines", "list", *user, *option)}
        assert ids == {m["id"] for m in found} | {one["id"]}, option  # Leaf does not say whether a limit is included
    assert signed_in.json("machines", "list", "--created-after", "2100-01-01") == []
    assert "2026-13" in signed_in("machines", "list", "--created-after", "2026-13x", ends=2).err
    assert signed_in.json("machines", "list", "--search", one["name"][:4])


def test_a_machine_is_created_changed_and_deleted(signed_in: Shell, neighbour: Neighbour) -> None:
    user = signed_in.json("machines", "list")[0]["leafUserId"]
    made = signed_in.json(
        *("machines", "create", "--leaf-user", user, "--name", "Old Red", "--serial-number", "000123", "--vin", "1RED"),
        *("--model", "R2", "--make", "Holt", "--category", "Harvester", "--model-year", "1994"),
    )
    assert set(made) == {"id", "queued"}
    said = {"name": "Old Red", "serialNumber": "000123", "vin": "1RED", "model": "R2", "make": "Holt"}
    said |= {"category": "Harvester", "modelYear": 1994}
    (new,) = signed_in.json("machines", "list", "--pending")
    assert new == {"id": made["id"], "leafUserId": user, "pending": True} | said
    assert signed_in.json("queue", "list")[0]["kind"] == "machine.create"

    signed_in.json("machines", "edit", made["id"], "--name", "Old Rose")
    signed_in("sync")
    leafs = [one for one in at_leaf(neighbour, signed_in, "machines").values() if one["name"] == "Old Rose"]
    assert len(leafs) == 1 and {name: leafs[0][name] for name in said} == said | {"name": "Old Rose"}

    shown = signed_in.json("machines", "show", made["id"])
    assert shown["id"] == leafs[0]["id"] and shown["pending"] is False
    assert signed_in.json("machines", "edit", shown["id"], "--model-year", "1995")["queued"]
    signed_in("sync")
    path = f"{BETA}/users/{user}/machines/{leafs[0]['id']}"
    assert neighbour.call("GET", path)["modelYear"] == 1995

    signed_in.json("machines", "delete", made["id"])
    signed_in("machines", "show", made["id"], ends=2)
    signed_in("sync")
    with pytest.raises(urllib.error.HTTPError):
        neighbour.call("GET", path)
    assert signed_in.json("queue", "list") == []


def test_what_is_gone_at_leaf_goes_with_the_next_whole_sync(signed_in: Shell, sandbox: "Sandbox") -> None:
    gone = {kind: signed_in.json(kind, "list")[0]["id"] for kind in ("machines", "implements", "operators")}
    for kind, id in gone.items():
        sandbox.leaf.take_away(kind, id)  # type: ignore[arg-type]
    signed_in("sync")
    assert signed_in.json("machines", "show", gone["machines"]), "they come once a day"
    signed_in("sync", "--everything")
    for kind, id in gone.items():
        assert id not in {one["id"] for one in signed_in.json(kind, "list")}
        signed_in(kind, "show", id, ends=2)


def test_a_machine_not_made_by_hand_says_why_not(signed_in: Shell) -> None:
    pooled = signed_in.json("machines", "list", "--origin-type", "FILE_POOLED")[0]["id"]
    assert "machine files" in signed_in("machines", "edit", pooled, "--name", "Mine", ends=2).err
    assert "machine files" in signed_in.json("machines", "delete", pooled, ends=2)["error"]
    assert "Nothing to change" in signed_in("machines", "edit", pooled, ends=2).err
    user = signed_in.json("machines", "list")[0]["leafUserId"]
    create = ("machines", "create", "--leaf-user", user, "--name", "X", "--model-year", "94")
    assert "four digits" in signed_in(*create, ends=2).err
    assert signed_in.json("queue", "list") == []


def test_files_of_a_machine_are_asked_for_and_kept(signed_in: Shell, neighbour: Neighbour, sandbox: "Sandbox") -> None:
    pooled = signed_in.json("machines", "list", "--origin-type", "PROVIDER_POOLED")[0]
    assert "not fetched yet" in signed_in("machines", "files", pooled["id"]).err
    files = signed_in.json("machines", "files", pooled["id"], "--online")
    path = f"{BETA}/users/{pooled['leafUserId']}/machines/{pooled['id']}/files"
    leafs = {one["id"]: one for one in neighbour.everything(path)}
    assert {one["id"] for one in files} == set(leafs) != set()
    assert all(one["distance"] == leafs[one["id"]]["distance"] for one in files)
    sandbox.go_dark()
    assert signed_in.json("machines", "files", pooled["id"]) == files
    signed_in("machines", "files", pooled["id"], "--online", ends=3)
    sandbox.come_back()
    start = sorted(one["startTime"] for one in files)[1]
    later = signed_in.json("machines", "files", pooled["id"], "--start-after", start)
    assert {one["id"] for one in later} == {one["id"] for one in files if one["startTime"] >= start}
    assert files[0]["distance"]["unit"] in signed_in("machines", "files", pooled["id"]).out

    made = signed_in.json("machines", "create", "--leaf-user", pooled["leafUserId"], "--name", "New")["id"]
    assert "Leaf does not have" in signed_in("machines", "files", made, "--online", ends=2).err
    signed_in("implements", "show", "nope", ends=2)

"""What fields can do beyond being changed: Leaf's filters, their files, overlaps, enable and upload, over HTTP."""

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from tests.neighbour import FIELDS, Neighbour
from tests.shell import Shell

if TYPE_CHECKING:
    from leafdesk.sandbox import Sandbox


@pytest.fixture
def neighbour(sandbox: "Sandbox") -> Neighbour:
    return Neighbour(sandbox.url, sandbox.username, sandbox.password)


def ids(records: list[Any]) -> set[str]:
    return {one["id"] for one in records}


def test_every_filter_answers_as_leaf_does(signed_in: Shell, neighbour: Neighbour) -> None:
    leafs = neighbour.everything(f"{FIELDS}/fields")
    theirs = next(one for one in leafs if one.get("providerFieldId") and one["status"] == "PROCESSED")
    for option, name, value in (
        ("--id", "id", theirs["id"]),
        ("--provider", "provider", "JohnDeere"),
        ("--provider", "provider", "Leaf"),
        ("--status", "status", "PREVIEW"),
        ("--type", "type", "ORIGINAL"),
        ("--provider-status", "providerStatus", "ACTIVE"),
        ("--organization", "organizationId", theirs["organizationId"]),
        ("--provider-field", "providerFieldId", theirs["providerFieldId"]),
        ("--provider-field-name", "providerFieldName", theirs["providerFieldName"]),
        ("--legacy", "legacy", "false"),
        ("--merged-field", "mergedFieldId", theirs["id"]),
        ("--created-after", "afterCreatedTime", theirs["createdTime"]),
        ("--created-before", "beforeCreatedTime", theirs["createdTime"]),
        ("--updated-after", "afterUpdatedTime", theirs["updatedTime"]),
        ("--updated-before", "beforeUpdatedTime", theirs["updatedTime"]),
    ):
        found = neighbour.call("GET", f"{FIELDS}/fields?size=100&{urlencode({name: value})}")
        # whether a limit itself is included, Leaf does not say
        same = {theirs["id"]} if "Time" in name else set()
        assert ids(signed_in.json("fields", "list", option, value)) == ids(found) | same, option
    two = ("--provider", "JohnDeere", "--status", "PREVIEW")
    assert ids(signed_in.json("fields", "list", *two)) == {one["id"] for one in leafs if one["status"] == "PREVIEW"}
    assert signed_in.json("fields", "list", "--name", theirs["providerFieldName"][1:].upper())
    assert "soon" in signed_in("fields", "list", "--updated-after", "soon", ends=2).err


def test_fields_by_the_work_done_on_them(signed_in: Shell, neighbour: Neighbour, sandbox: "Sandbox") -> None:
    user = signed_in.json("fields", "list")[0]["leafUserId"]
    mine = ("fields", "list", "--leaf-user", user)
    answer = signed_in(*mine, "--operation-type", "harvested", "--json")
    assert answer.document == [] and "were not fetched yet" in answer.err
    harvested = signed_in.json(*mine, "--operation-type", "harvested", "--online")
    query = urlencode({"leafUserId": user, "operationType": "harvested", "size": 100})
    assert ids(harvested) == ids(neighbour.call("GET", f"{FIELDS}/fields?{query}")) != set()
    sandbox.go_dark()
    answer = signed_in(*mine, "--operation-type", "harvested", "--json")
    assert answer.document == harvested and answer.err == ""

    one = harvested[0]["id"]
    files = signed_in.json("fields", "files", one)
    crop = next(file["crops"][0] for file in files if file["operationType"] == "harvested")
    assert one in ids(signed_in.json(*mine, "--operation-type", "harvested", "--operation-crop", crop))
    assert signed_in.json(*mine, "--operation-type", "harvested", "--operation-end", "1999-01-01") == []
    assert signed_in.json(*mine, "--operation-crop", "nothing that grows") == []


def test_operation_files_of_a_field(signed_in: Shell, neighbour: Neighbour) -> None:
    rows = signed_in.json("fields", "list")
    users = {row["id"]: row["leafUserId"] for row in rows}
    field = next(
        id for id in users if neighbour.call("GET", f"{FIELDS}/users/{users[id]}/fields/{id}/operations/files")
    )
    path = f"{FIELDS}/users/{users[field]}/fields/{field}/operations/files"
    leafs = {file["id"]: file for file in neighbour.everything(path)}
    assert "not fetched yet" in signed_in("fields", "files", field).err
    files = signed_in.json("fields", "files", field, "--online")
    assert ids(files) == set(leafs)
    assert all(file["pending"] is False and leafs[file["id"]].items() <= file.items() for file in files)
    one = next(file for file in files if file.get("crops"))
    for option, name, value in (
        ("--id", "id", one["id"]),
        ("--operation-type", "operationType", one["operationType"]),
        ("--provider", "provider", one["provider"]),
        ("--origin", "origin", one["origin"]),
        ("--crop", "crop", one["crops"][0]),
        ("--end", "endTime", "2023-06-01T00:00:00Z"),
        ("--start", "startTime", "2023-01-01T00:00:00Z"),
    ):
        found = neighbour.call("GET", f"{path}?size=100&{urlencode({name: value})}")
        assert ids(signed_in.json("fields", "files", field, option, value)) == ids(found), option
    assert one["origin"] in signed_in("fields", "files", field).out


def a_field(shell: Shell, **wishes: Any) -> dict[str, Any]:
    rows = shell.json("fields", "list")
    return next(row for row in rows if all(row[name] == wish for name, wish in wishes.items()))


def test_enabling_asks_and_says_what_it_costs(signed_in: Shell, neighbour: Neighbour) -> None:
    field = a_field(signed_in, status="PREVIEW")
    enable = ("fields", "enable", field["id"])
    for stdin, ends in (("", 2), ("n\n", 130), ("\n", 130)):
        answer = signed_in(*enable, stdin=stdin, ends=ends)
        assert "bill" in answer.err and "cannot be undone" in answer.err and answer.out == ""
    assert signed_in.json("queue", "list") == []

    assert signed_in.json(*enable, stdin="y\n")["id"] == field["id"]
    (item,) = signed_in.json("queue", "list")
    assert (item["kind"], item["record"]) == ("field.enable", f"fields/{field['id']}")
    signed_in("queue", "discard", item["id"])
    assert "bill" not in signed_in(*enable, "--yes").err
    assert signed_in.json("fields", "show", field["id"])["status"] == "WAITING"
    signed_in("sync", "--push-only")
    assert neighbour.field(field["leafUserId"], field["id"])["status"] != "PREVIEW"
    other = a_field(signed_in, status="PROCESSED", providerName=None)
    assert "Only preview fields" in signed_in("fields", "enable", other["id"], "--yes", ends=2).err


def test_all_previews_of_a_grower_are_enabled_after_a_yes(signed_in: Shell, neighbour: Neighbour) -> None:
    field = a_field(signed_in, status="PREVIEW")
    farm = next(one for one in signed_in.json("farms", "list") if one["id"] == field["farmId"])
    enable = ("growers", "enable", str(farm["growerId"]))
    assert "bill" in signed_in(*enable, stdin="n\n", ends=130).err
    assert signed_in.json("queue", "list") == []
    assert signed_in.json(*enable, stdin="y\n")["queued"]
    assert signed_in.json("queue", "list")[0]["kind"] == "grower.enable"
    signed_in("sync", "--push-only")
    assert neighbour.field(field["leafUserId"], field["id"])["status"] != "PREVIEW"
    signed_in("sync")
    assert "No field of" in signed_in(*enable, "--yes", ends=2).err


def test_an_upload_chooses_its_organization_from_the_list(signed_in: Shell, sandbox: "Sandbox") -> None:
    user = a_field(signed_in, providerName="JohnDeere")["leafUserId"]
    field = a_field(signed_in, status="PROCESSED", providerName=None, leafUserId=user)
    upload = ("fields", "upload", field["id"], "--provider", "JohnDeere")
    sandbox.go_dark()
    signed_in(*upload, "--organization", "x", ends=3)
    sandbox.come_back()
    answer = signed_in(*upload, ends=2)
    listed = [one for one in sandbox.leaf.all("organizations") if "connectedOrganizations" in one]
    mine = next(one for one in listed if all(o["id"] in answer.err for o in one["connectedOrganizations"]))
    first = mine["connectedOrganizations"][0]
    assert first["name"] in answer.err
    assert "no organization" in signed_in(*upload, "--organization", "nobody's", ends=2).err
    assert "not connected" in signed_in(*upload, "--organization", "Neighbour Org", ends=2).err

    sandbox.go_dark()
    assert signed_in.json(*upload, "--organization", first["name"])["id"] == field["id"]
    sandbox.come_back()
    assert signed_in.json("queue", "list")[0]["kind"] == "field.upload"
    signed_in(
        "sync",
        "--push-only",
    )
    sent = [one for one in sandbox.leaf.all("uploads") if one["fieldId"] == field["id"]]
    assert [one["organizationId"] for one in sent] == [first["id"]]


class Terminal(io.StringIO):
    """A standard input with somebody at it."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_offers_the_organizations_to_choose_from(
    signed_in: Shell, sandbox: "Sandbox", monkeypatch: pytest.MonkeyPatch
) -> None:
    user = a_field(signed_in, providerName="JohnDeere")["leafUserId"]
    field = a_field(signed_in, status="PROCESSED", providerName=None, leafUserId=user)
    upload = ("fields", "upload", field["id"], "--provider", "JohnDeere")
    monkeypatch.setattr("tests.shell.io.StringIO", Terminal)
    listed = signed_in.json("providers", "organizations", user, "--online")
    connected = [one for one in listed if one["connected"] is not False]

    told = signed_in(*upload, stdin="\n", ends=130)
    assert all(f"{n}  {one['name']} ({one['id']})" in told.err for n, one in enumerate(connected, 1))
    signed_in(*upload, ends=130)  # the end of the input is no choice either
    assert signed_in.json("queue", "list") == []
    answer = signed_in.json(*upload, stdin=f"0\n{len(connected) + 1}\nx\n{len(connected)}\n")
    assert answer["id"] == field["id"]
    signed_in("sync", "--push-only")
    sent = [one for one in sandbox.leaf.all("uploads") if one["fieldId"] == field["id"]]
    assert [one["organizationId"] for one in sent] == [connected[-1]["id"]]


def test_an_upload_never_goes_to_the_origin(signed_in: Shell) -> None:
    theirs = a_field(signed_in, status="PROCESSED", providerName="JohnDeere")
    upload = ("fields", "upload", theirs["id"], "--provider")
    assert "does not send it back" in signed_in(*upload, "JohnDeere", "--organization", "any", ends=2).err
    assert "Only John Deere" in signed_in(*upload, "ClimateFieldView", "--organization", "any", ends=2).err
    assert signed_in.json("queue", "list") == []
    assert signed_in.json(*upload, "ClimateFieldView")["queued"]
    assert "'Trimble'" in signed_in(*upload, "Trimble", ends=2).err


def test_fields_that_overlap_a_shape(signed_in: Shell, sandbox: "Sandbox", tmp_path: Path) -> None:
    field = a_field(signed_in, providerName=None)
    shape = signed_in.json("fields", "show", field["id"])["geometry"]
    file = tmp_path / "shape.geojson"
    file.write_text(json.dumps(shape))
    here = signed_in.json("fields", "intersects", "--boundary", str(file))
    assert here[0]["id"] == field["id"] and here[0]["name"] == field["name"]
    assert here[0]["percent_of_field"] == pytest.approx(100) == here[0]["percent_of_shape"]
    assert here[0]["overlap_ha"] == pytest.approx(field["area_ha"], rel=1e-6)
    asked = ("fields", "intersects", "--field", field["id"], "--leaf-user", field["leafUserId"])
    mine = signed_in.json(*asked)
    assert mine == [one for one in here if one["leafUserId"] == field["leafUserId"]]
    assert ids(signed_in.json(*asked, "--online")) == ids(mine)
    assert ids(signed_in.json(*asked, "--threshold", "100")) == {field["id"]}
    assert "100.00 %" in signed_in(*asked).out
    assert "either" in signed_in("fields", "intersects", ends=2).err
    signed_in(*asked, "--threshold", "0", ends=2)
    sandbox.go_dark()
    signed_in(*asked, "--online", ends=3)


def test_what_fields_have_in_common(signed_in: Shell, tmp_path: Path) -> None:
    field = a_field(signed_in, providerName=None)
    user, shape = field["leafUserId"], signed_in.json("fields", "show", field["id"])["geometry"]
    file = tmp_path / "shape.geojson"
    file.write_text(json.dumps(shape))
    create = ("fields", "create", "--leaf-user", user, "--name", "Twin", "--boundary", str(file))
    twin = signed_in.json(*create)["id"]
    both = signed_in.json("fields", "intersect", field["id"], twin)
    assert both["fields"] == [field["id"], twin]
    assert both["area_ha"] == pytest.approx(field["area_ha"], rel=1e-6)
    assert both["geometry"]["type"] == "MultiPolygon"
    signed_in("sync")
    there = signed_in.json("fields", "intersect", field["id"], twin, "--online")
    assert there["area_ha"] == pytest.approx(both["area_ha"], rel=1e-6)
    rows = signed_in.json("fields", "list")
    far = next(row for row in rows if row["leafUserId"] != user and row["area_ha"])
    apart = signed_in.json("fields", "intersect", field["id"], far["id"])
    assert (apart["area_ha"], apart["geometry"]) == (0, None)
    assert "nothing in common" in signed_in("fields", "intersect", field["id"], far["id"]).out
    assert "one Leaf user" in signed_in("fields", "intersect", field["id"], far["id"], "--online", ends=2).err
    preview = a_field(signed_in, status="PREVIEW")
    assert "no boundary" in signed_in("fields", "intersect", field["id"], preview["id"], ends=2).err
    signed_in("fields", "intersects", "--field", preview["id"], ends=2)


def test_every_boundary_and_one_file_when_asked_for(signed_in: Shell, sandbox: "Sandbox") -> None:
    several = max(sandbox.leaf.all("fields"), key=lambda one: len(one["boundaries"]))
    older = len(several["boundaries"]) - 1
    before = signed_in("fields", "show", several["id"])
    assert older and f"{older} {'boundary' if older == 1 else 'boundaries'} more at Leaf, not fetched" in before.err
    whole = signed_in("fields", "show", several["id"], "--online", "--json")
    assert {one["id"] for one in whole.document["boundaries"]} == set(several["boundaries"])
    assert "not fetched yet" not in whole.err
    assert signed_in.json("fields", "show", several["id"])["boundaries"] == whole.document["boundaries"]
    signed_in("fields", "files", several["id"], "--online")
    files = signed_in.json("fields", "files", several["id"])
    file = signed_in.json("fields", "file", several["id"], files[0]["id"], "--online")
    assert file["id"] == files[0]["id"] and file["raw"]["operationType"] == files[0]["operationType"]
    assert "no operation file" in signed_in("fields", "file", several["id"], "nowhere", ends=2).err

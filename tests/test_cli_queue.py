"""The queue at the shell: several edits at once, what was sent, only these, notices, and which one is mine."""

import json
from typing import Any

import pytest

from leafdesk.sandbox import Sandbox
from leafdesk.store.notices import Notices
from leafdesk.workspace import Workspace
from tests.shell import Shell

Json = dict[str, Any]


def manual(shell: Shell) -> list[Json]:
    found: list[Json] = shell.json("fields", "list")
    return [one for one in found if one["providerName"] in (None, "Leaf") and one["status"] != "PREVIEW"]


@pytest.fixture
def edits(signed_in: Shell) -> list[str]:
    """Three fields renamed; the ids of the edits."""
    for n, field in enumerate(manual(signed_in)[:3]):
        signed_in("fields", "edit", field["id"], "--name", f"Renamed {n}")
    return [item["id"] for item in signed_in.json("queue", "list")]


def test_several_edits_are_discarded_at_once_and_stay_in_the_history(signed_in: Shell, edits: list[str]) -> None:
    gone = signed_in.json("queue", "discard", *edits[:2])
    assert [one["state"] for one in gone] == ["discarded", "discarded"]
    assert [item["id"] for item in signed_in.json("queue", "list")] == edits[2:]
    signed_in("sync", "--push-only")
    history = signed_in.json("queue", "history")
    assert [(one["id"], one["state"]) for one in history] == [
        (edits[2], "done"),
        (edits[1], "discarded"),
        (edits[0], "discarded"),
    ]
    assert all(one["ended"] for one in history)
    assert [one["id"] for one in signed_in.json("queue", "history", "--limit", "1")] == [edits[2]]
    signed_in("queue", "retry", "nothing", ends=2)


def test_only_the_named_edits_are_sent(signed_in: Shell, edits: list[str]) -> None:
    assert signed_in.json("sync", "--only", edits[1])["pushed"]["sent"] == 1
    assert [item["id"] for item in signed_in.json("queue", "list")] == [edits[0], edits[2]]
    signed_in("sync", "--only", "nothing", ends=2)
    signed_in("sync", "--only", edits[0], "--pull-only", ends=2)


def test_a_notice_is_heard_or_put_right(signed_in: Shell, sandbox: Sandbox) -> None:
    field = manual(signed_in)[0]
    shape = signed_in.json("fields", "show", field["id"])["geometry"]
    moved = shape | {"coordinates": [[[[x + 0.001, y] for x, y in ring] for ring in part] for part in _parts(shape)]}
    details = {"boundary_id": "b", "shape": moved | {"type": "MultiPolygon"}, "created_time": "then"}
    for n in (1, 2):
        _tell(signed_in, field["id"], f"b{n}", details)
    assert "2 things to hear" in signed_in("sync", "--push-only").err
    one, two = signed_in.json("queue", "notices")
    assert one["remedy"] == ["field.boundary"] and one["record"] == f"fields/{field['id']}"
    assert signed_in.json("queue", "heard", str(one["id"])) == {"id": one["id"], "queued": []}
    queued = signed_in.json("queue", "heard", str(two["id"]), "--remedy")["queued"]
    assert [item["id"] for item in signed_in.json("queue", "list")] == queued
    assert signed_in.json("queue", "notices") == []
    signed_in("queue", "heard", str(two["id"]), ends=2)
    assert "nothing to hear" in signed_in("queue", "notices").out


def _parts(shape: Json) -> Any:
    return shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]


def _tell(shell: Shell, field: str, about: str, details: Json) -> None:
    workspace = Workspace(shell.folder)
    try:
        workspace._database.write(
            lambda c: Notices(c).tell("replaced", "fields", field, about, "Theirs was replaced.", details, at="now")
        ).result(20)
    finally:
        workspace.close()


def test_which_one_is_mine_needs_a_conflict_and_one_answer(signed_in: Shell, edits: list[str]) -> None:
    signed_in("queue", "resolve", edits[0], "--mine-is", "7", ends=2)
    signed_in("queue", "resolve", edits[0], ends=2)
    signed_in("queue", "resolve", edits[0], "--keep", "mine", "--mine-is", "7", ends=2)
    assert signed_in.json("queue", "list")[0]["candidates"] == []


def test_both_boundaries_of_a_conflict_are_kept(signed_in: Shell, sandbox: Sandbox) -> None:
    field = manual(signed_in)[0]
    shape = signed_in.json("fields", "show", field["id"])["geometry"]
    mine, theirs = (
        [[[[x + by, y] for x, y in ring] for ring in part] for part in _parts(shape)] for by in (0.0001, 0.0002)
    )
    file = signed_in.folder.parent / "mine.geojson"
    file.write_text(json.dumps({"type": "MultiPolygon", "coordinates": mine}))
    signed_in("fields", "edit", field["id"], "--boundary", str(file))
    sandbox.leaf.redraw(field["id"], {"type": "MultiPolygon", "coordinates": theirs})
    signed_in("sync", ends=5)
    (item,) = signed_in.json("queue", "list")
    answer = signed_in.json("queue", "resolve", item["id"], "--keep", "both")
    assert (answer["state"], answer["record"]) == ("discarded", item["record"])
    signed_in("sync")
    made = signed_in.json("fields", "show", answer["new"]["id"])
    assert made["name"] == f"{field['name']} 2" and made["farmId"] == field["farmId"]
    assert sandbox.leaf.active_boundary(made["id"])["geometry"]["coordinates"] == mine
    assert sandbox.leaf.active_boundary(field["id"])["geometry"]["coordinates"] == theirs

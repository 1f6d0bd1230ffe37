"""Hand-overs at the shell: written, looked at, taken once, taken back."""

from pathlib import Path
from typing import Any

import pytest

from leafdesk.sandbox import Sandbox
from tests.shell import Shell


@pytest.fixture
def edits(signed_in: Shell) -> list[str]:
    """Two fields renamed; the ids of the edits."""
    found = signed_in.json("fields", "list")
    mine = [one for one in found if one["providerName"] in (None, "Leaf") and one["status"] != "PREVIEW"]
    for n, field in enumerate(mine[:2]):
        signed_in("fields", "edit", field["id"], "--name", f"Renamed {n}")
    return [item["id"] for item in signed_in.json("queue", "list")]


@pytest.fixture
def colleague(
    signed_in: Shell, sandbox: Sandbox, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> Shell:
    """Another laptop with the same account, synced."""
    other = Shell(tmp_path / "colleague", capsys, monkeypatch)
    other("login", "--username", sandbox.username, stdin=f"{sandbox.password}\n")
    other("sync")
    return other


def test_the_queue_goes_to_a_colleague_and_is_sent_once(
    signed_in: Shell, colleague: Shell, edits: list[str], tmp_path: Path, sandbox: Sandbox
) -> None:
    file = tmp_path / "today.leafdesk-handover"
    given = signed_in.json("hand-over", str(file))
    assert [one["id"] for one in given["changes"]] == edits and given["left"] == []
    assert [(one["state"], one["handed_over"]) for one in signed_in.json("queue", "list")] == [
        ("sent", given["id"])
    ] * 2
    assert "handed over" in signed_in("queue", "list").out
    assert signed_in.json("sync")["pushed"]["sent"] == 0

    dry = colleague.json("take-over", str(file), "--dry-run")
    assert (dry["dry_run"], dry["taken"], dry["by"], dry["refused"]) == (True, 2, sandbox.username, None)
    assert colleague.json("queue", "list") == []
    told = colleague("take-over", str(file))
    assert "to Renamed 0" in told.out and "2 changes taken over" in told.err
    again = colleague.json("take-over", str(file), ends=2)
    assert "taken here already" in again["error"]
    assert colleague.json("take-over", str(file), "--dry-run", ends=5)["taken"] == 0
    assert colleague.json("sync")["pushed"]["sent"] == 2
    assert signed_in.json("sync")["pushed"]["sent"] == 0
    assert signed_in.json("queue", "list") == []
    assert {"Renamed 0", "Renamed 1"} <= {one.get("name") for one in sandbox.leaf.all("fields")}


def test_only_one_goes_and_comes_back(signed_in: Shell, edits: list[str], tmp_path: Path) -> None:
    file = tmp_path / "one.leafdesk-handover"
    assert "Rename" in signed_in("hand-over", str(file), "--only", edits[1]).out
    refused = signed_in("hand-over", str(tmp_path / "two.leafdesk-handover"), "--only", edits[1], ends=2)
    assert "handed over already" in refused.err
    assert "handed over" in signed_in("queue", "discard", edits[1], ends=2).err
    assert "--never-taken" in signed_in("queue", "take-back", edits[1], ends=2).err
    assert signed_in.json("queue", "take-back", edits[1], "--never-taken")["state"] == "waiting"
    assert "anybody else" in signed_in("queue", "take-back", edits[1], "--never-taken", ends=2).err
    assert signed_in.json("sync")["pushed"]["sent"] == 2


def test_bad_input_says_what_and_where(signed_in: Shell, edits: list[str], tmp_path: Path) -> None:
    file = tmp_path / "one.leafdesk-handover"
    assert "ending has to be .leafdesk-handover" in signed_in("hand-over", str(tmp_path / "x.json"), ends=2).err
    assert "no edit 'nothing'" in signed_in("hand-over", str(file), "--only", "nothing", ends=2).err
    nowhere = signed_in("hand-over", str(tmp_path / "nowhere" / file.name), ends=2)
    assert "cannot be written" in nowhere.err and "Nothing was handed over" in nowhere.err
    assert "cannot be read" in signed_in("take-over", str(file), ends=2).err
    file.write_text("something else")
    assert "no hand-over" in signed_in("take-over", str(file), ends=2).err
    assert "there already" in signed_in("hand-over", str(file), ends=2).err
    assert [one["state"] for one in signed_in.json("queue", "list")] == ["waiting"] * 2
    own = tmp_path / "own.leafdesk-handover"
    signed_in("hand-over", str(own))
    assert "wrote this hand-over yourself" in signed_in("take-over", str(own), ends=2).err

"""The state file: everything is there after a restart, and nothing else is overwritten."""

import errno
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from leafdesk.sandbox import Sandbox, StateFileError

Json = dict[str, Any]
KINDS = ("users", "growers", "farms", "fields", "boundaries")


GROWN = ("machines", "operators", "products", "matches", "operations", "files", "machineFiles", "tankMixes", "uploads")


def _all(sandbox: Sandbox) -> dict[str, list[Json]]:
    return {kind: sandbox.leaf.all(kind) for kind in KINDS}  # type: ignore[arg-type]


def test_a_restart_changes_nothing(tmp_path: Path, square: Callable[..., Json]) -> None:
    file = tmp_path / "sub" / "leaf.state"
    first = Sandbox(fields=40, seed=5, state=file)
    leaf = first.leaf
    field = next(f for f in leaf.all("fields") if f.get("providerName") is None)
    preview = next(f for f in leaf.all("fields") if f["status"] == "PREVIEW")
    user = field["leafUserId"]
    farm = leaf.create_farm(user, "South Farm")
    leaf.update_field(user, field["id"], {"farmId": farm["id"], "name": "Moved"})
    leaf.replace_boundary(user, field["id"], square())
    made = leaf.create_field(user, square(0.1), "New")
    leaf.delete_field(user, made["id"])
    leaf.enable_field(preview["leafUserId"], preview["id"])
    second = Sandbox(fields=7, seed=99, state=file)  # size and seed count only at the beginning
    assert _all(second) == _all(first)
    assert second.leaf.field(field["id"])["name"] == "Moved"
    assert second.leaf.run_provider_sync() == [preview["id"]]
    assert second.leaf.active_boundary(preview["id"])["status"] == "ACTIVE"
    assert second.leaf.create_farm(user, "Next")["id"] > farm["id"]


def test_what_grows_from_the_seed_is_kept_where_it_was_changed(tmp_path: Path) -> None:
    file = tmp_path / "leaf.state"
    leaf = Sandbox(fields=60, seed=3, products=40, state=file).leaf
    user = leaf.all("users")[0]["id"]
    match = leaf.all("matches")[0]["id"]
    operation = next(one["id"] for one in leaf.all("operations") if match.encode() in leaf.matches_of(one["id"]))
    mine = next(one for one in leaf.all("machines") if one["originType"] == "USER_CREATED")
    made = leaf.create_machine(user, {"name": "Ox"})
    leaf.delete_machine(mine["leafUserId"], mine["id"])
    leaf.update_match(operation, match)
    leaf.change("operators", leaf.all("operators")[0]["id"], name="Renamed")
    leaf.add("implements", user, name="Dragon")
    leaf.take_away("products", leaf.all("products")[0]["id"])
    worked = leaf.all("operations")[5]["fields"][0]["id"]
    leaf.remove(worked)
    again = Sandbox(fields=7, seed=9, products=500, state=file).leaf  # size and seed count only at the beginning
    for kind in GROWN:
        assert sorted(leaf.all(kind), key=str) == sorted(again.all(kind), key=str), kind  # type: ignore[arg-type]
    assert again.match_history(operation, match) == leaf.match_history(operation, match) != b"[]"
    assert made in again.all("machines")
    third = Sandbox(state=file).leaf  # the file has been written anew in between
    assert mine["id"] not in [one["id"] for one in third.all("machines")]
    assert len(third.all("products")) == len(leaf.all("products")) == 40 + 120 - 1
    assert not [one for one in third.all("operations") if one["fields"] == [{"id": worked}]]


def test_what_has_not_changed_is_not_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "leaf.state"
    leaf = Sandbox(fields=10, products=5000, state=file).leaf
    before = file.stat().st_size
    assert len(leaf.all("products")) == 10_000
    assert file.stat().st_size == before < 100_000


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    file = tmp_path / "leaf.state"
    sandbox = Sandbox(fields=40, state=file)
    before = file.read_bytes()
    sandbox.leaf.create_grower(sandbox.leaf.all("users")[0]["id"], "New")
    after = file.read_bytes()
    assert after.startswith(before)
    assert json.loads(after.removeprefix(before))[0][2]["name"] == "New"


def test_a_line_the_power_cut_short_does_not_count(tmp_path: Path) -> None:
    file = tmp_path / "leaf.state"
    before = _all(Sandbox(fields=10, state=file))
    with file.open("ab") as torn:
        torn.write(b'[["users","x",{"id":"x"')
    again = Sandbox(state=file)
    assert _all(again) == before
    again.leaf.create_grower(before["users"][0]["id"], "After")
    assert Sandbox(state=file).leaf.all("growers")[-1]["name"] == "After"


def test_a_full_disk_leaves_no_half_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "leaf.state"
    sandbox = Sandbox(fields=10, state=file, password="p")
    user, before = sandbox.leaf.all("users")[0]["id"], file.read_bytes()

    def full(number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with sandbox, httpx.Client(base_url=sandbox.url) as http:
        body = {"username": sandbox.username, "password": "p"}
        http.headers["Authorization"] = f"Bearer {http.post('/api/authenticate', json=body).json()['id_token']}"
        with monkeypatch.context() as disk:
            disk.setattr("leafdesk.sandbox.state.os.fsync", full)
            answer = http.post(f"/services/fields/api/users/{user}/growers", json={"name": "First"})
        assert (answer.status_code, answer.json()["detail"]) == (500, "The state file: No space left on device")
        assert file.read_bytes() == before
        sandbox.leaf.create_grower(user, "Second")
    assert [grower["name"] for grower in Sandbox(state=file).leaf.all("growers")[-2:]] == ["First", "Second"]


@pytest.mark.parametrize("content", [b"", b"something else\n", b'{"leafdesk sandbox":99}\n'])
def test_other_files_are_left_alone(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "notes.txt"
    file.write_bytes(content)
    with pytest.raises(StateFileError, match="Nothing was changed"):
        Sandbox(state=file)
    assert file.read_bytes() == content


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / "leaf.state"
    Sandbox(fields=10, state=file)
    lines = file.read_bytes().splitlines(keepends=True)
    lines[3] = b"[[oops\n"
    file.write_bytes(b"".join(lines))
    with pytest.raises(StateFileError, match="line 4"):
        Sandbox(state=file)
    assert file.read_bytes() == b"".join(lines)

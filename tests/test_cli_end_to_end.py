"""The command line against a real server over HTTP: every command, its JSON, its exit code."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests import keyrings
from tests.neighbour import Neighbour
from tests.shell import Shell, environment

if TYPE_CHECKING:
    from leafdesk.sandbox import Sandbox

SQUARE = {
    "type": "MultiPolygon",
    "coordinates": [
        [[[-93.51, 41.71], [-93.508, 41.71], [-93.508, 41.712], [-93.51, 41.712], [-93.51, 41.71]]],
    ],
}
WIDER = {
    "type": "MultiPolygon",
    "coordinates": [
        [[[-93.51, 41.71], [-93.505, 41.71], [-93.505, 41.712], [-93.51, 41.712], [-93.51, 41.71]]],
    ],
}
FIELD_KEYS = ["id", "name", "leafUserId", "farmId", "providerName", "status", "area_ha", "pending"]


@pytest.fixture
def neighbour(sandbox: "Sandbox") -> Neighbour:
    return Neighbour(sandbox.url, sandbox.username, sandbox.password)


@pytest.fixture
def square(tmp_path: Path) -> str:
    return written(tmp_path / "square.geojson", SQUARE)


@pytest.fixture
def wider(tmp_path: Path) -> str:
    return written(tmp_path / "wider.geojson", {"type": "Feature", "properties": {}, "geometry": WIDER})


def written(path: Path, document: Any) -> str:
    path.write_text(json.dumps(document))
    return str(path)


def a_manual_field(shell: Shell) -> dict[str, Any]:
    """A field made by hand, with a boundary and a farm."""
    rows = shell.json("fields", "list")
    return next(r for r in rows if r["providerName"] in (None, "Leaf") and r["area_ha"] and r["farmId"] is not None)


# ---------------------------------------------------------------------- sign in, sync, status
def test_sign_in_sync_and_status(shell: Shell, sandbox: "Sandbox", neighbour: Neighbour) -> None:
    document = shell.json(
        "login", "--username", sandbox.username, "--api-url", sandbox.url, stdin=f"{sandbox.password}\n"
    )
    assert document == {"account": sandbox.username, "api_url": sandbox.url, "signed_in": True}

    first = shell.json("sync")
    assert first["outcome"] == "done"
    fields = neighbour.everything("/services/fields/api/fields")
    assert first["pulled"]["fields"] == {"added": len(fields), "changed": 0, "removed": 0}
    assert set(first["pulled"]) >= {"fields", "boundaries", "farms", "growers"}
    assert first["pushed"] == {"sent": 0, "parked": 0, "conflicts": 0, "waiting": 0}
    assert first["requests"] > 0 and first["seconds"] > 0

    again = shell.json("sync")
    assert again["pulled"]["fields"] == {"added": 0, "changed": 0, "removed": 0}
    assert again["pulled"]["boundaries"]["added"] == 0, "boundaries never change: none is read twice"
    assert again["requests"] < first["requests"]

    status = shell.json("status")
    assert (status["account"], status["api_url"]) == (sandbox.username, sandbox.url)
    assert status["counts"]["fields"] == len(fields) == 36
    assert status["counts"]["farms"] == len(neighbour.everything("/services/fields/api/farms"))
    assert (status["pending"], status["parked"], status["conflicts"]) == (0, 0, 0)
    assert status["last_sync"]


def test_after_signing_out_the_records_stay(signed_in: Shell, sandbox: "Sandbox") -> None:
    assert signed_in.json("logout") == {"account": sandbox.username, "signed_in": False}
    assert len(signed_in.json("fields", "list")) == 36
    assert signed_in.json("sync", ends=4)["outcome"] == "signed-out"
    assert signed_in.json("status")["signed_in"] is False


def test_a_wrong_password_is_said_so(shell: Shell, sandbox: "Sandbox") -> None:
    wrong = "not the password"
    answer = shell("login", "--username", "x@example.com", "--api-url", sandbox.url, stdin=wrong + "\n", ends=4)
    assert "password" in answer.err and wrong not in answer.err
    assert "No password" in shell("login", "--username", "x", "--api-url", sandbox.url, ends=2).err


def test_nobody_signed_in(shell: Shell) -> None:
    assert shell.json("status", ends=4)["account"] is None
    document = shell.json("sync", ends=4)
    assert (document["outcome"], document["requests"]) == ("signed-out", 0)
    assert "sign" in shell("fields", "list", ends=4).err.lower()


def test_an_unreachable_host_loses_nothing(signed_in: Shell, sandbox: "Sandbox", square: str) -> None:
    user = signed_in.json("fields", "list")[0]["leafUserId"]
    sandbox.go_dark()
    made = signed_in.json("fields", "create", "--leaf-user", user, "--name", "Dark Field", "--boundary", square)
    document = signed_in.json("sync", ends=3)
    assert document["outcome"] == "offline"
    assert [item["record"] for item in signed_in.json("queue", "list")] == [f"fields/{made['id']}"]
    sandbox.come_back()
    assert signed_in.json("sync")["pushed"]["sent"] == 1
    assert signed_in.json("queue", "list") == []


def test_a_sign_in_page_in_the_way_is_offline(signed_in: Shell, sandbox: "Sandbox") -> None:
    before = signed_in.json("fields", "list")
    sandbox.faults.set("html=1")
    assert signed_in.json("sync", ends=3)["outcome"] == "offline"
    assert signed_in.json("fields", "list") == before


def test_unattended_on_a_fresh_folder(
    shell: Shell, sandbox: "Sandbox", neighbour: Neighbour, monkeypatch: pytest.MonkeyPatch, square: str
) -> None:
    """With LEAFDESK_TOKEN nobody signs in; every command in a process of its own, and the token is stored nowhere."""
    monkeypatch.setenv("LEAFDESK_API_URL", sandbox.url)
    monkeypatch.setenv("LEAFDESK_TOKEN", neighbour.token)
    said = [shell.alone("sync", "--json")]
    assert said[0].document["outcome"] == "done"
    said.append(shell.alone("fields", "list", "--json"))
    user = said[-1].document[0]["leafUserId"]
    create = ("fields", "create", "--leaf-user", user, "--name", "Ridge", "--boundary", square, "--json")
    said += [shell.alone(*create), shell.alone("sync"), shell.alone("status")]
    assert neighbour.field(user, said[2].document["id"])["name"] == "Ridge"

    monkeypatch.setenv("LEAFDESK_TOKEN", "expired" + neighbour.token)
    said.append(shell.alone("sync", "--json", ends=4))
    assert_secret(neighbour.token, shell, *(answer.out + answer.err for answer in said))
    monkeypatch.delenv("LEAFDESK_TOKEN")
    shell.alone("sync", ends=4)


def assert_secret(secret: str, shell: Shell, *said: str) -> None:
    """The secret stands nowhere in the data folder and nowhere in what was said."""
    for file in shell.folder.rglob("*"):
        assert not file.is_file() or secret.encode() not in file.read_bytes(), f"a secret in {file.name}"
    assert all(secret not in text for text in said)


def test_token_and_password_stand_nowhere(shell: Shell, sandbox: "Sandbox") -> None:
    login = ("login", "--username", sandbox.username, "--api-url", sandbox.url)
    said = [shell.alone(*login, stdin=f"{sandbox.password}\n")]
    said += [shell.alone("sync"), shell.alone("status"), shell.alone("doctor", "--json")]
    keyring = Path(os.environ[keyrings.FOLDER]) / "keyring.json"
    tokens = json.loads(keyring.read_text())["leafdesk"].values()
    assert tokens
    for secret in (sandbox.password, *tokens):
        assert len(secret) > 10
        assert_secret(secret, shell, *(answer.out + answer.err for answer in said))


def test_without_a_keyring_it_says_how_to_go_on(
    shell: Shell, sandbox: "Sandbox", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    login = ("login", "--username", sandbox.username, "--api-url", sandbox.url)
    answer = shell.alone(*login, stdin=f"{sandbox.password}\n", ends=4)
    assert "LEAFDESK_TOKEN" in answer.err
    assert shell.alone("status", "--json").document["account"] == sandbox.username


# ---------------------------------------------------------------------- fields
def test_fields_are_listed_and_filtered(signed_in: Shell) -> None:
    rows = signed_in.json("fields", "list")
    assert all(list(row) == FIELD_KEYS for row in rows)
    assert all(isinstance(row["farmId"], int | None) for row in rows)
    one = a_manual_field(signed_in)
    of_farm = signed_in.json("fields", "list", "--farm", str(one["farmId"]))
    assert one in of_farm and {row["farmId"] for row in of_farm} == {one["farmId"]}
    of_user = signed_in.json("fields", "list", "--leaf-user", one["leafUserId"])
    assert of_user == [row for row in rows if row["leafUserId"] == one["leafUserId"]]
    assert one in signed_in.json("fields", "list", "--search", one["name"])
    assert signed_in.json("fields", "list", "--search", 'no" OR such*') == []
    assert signed_in.json("fields", "list", "--pending") == []

    shown = signed_in.json("fields", "show", one["id"])
    positions = [position for polygon in shown["geometry"]["coordinates"] for ring in polygon for position in ring]
    west, north = min(x for x, _ in positions), max(y for _, y in positions)
    box = f"{west},{north},{west + 1e-6},{north + 1e-6}"
    assert one["id"] in [row["id"] for row in signed_in.json("fields", "list", "--bbox", box)] or len(positions) > 5
    assert signed_in.json("fields", "list", "--bbox", "0,0,1,1") == []
    assert one["name"] in signed_in("fields", "list").out


def test_a_field_is_shown_as_leaf_has_it(signed_in: Shell, neighbour: Neighbour) -> None:
    one = a_manual_field(signed_in)
    shown = signed_in.json("fields", "show", one["id"])
    assert {name: shown[name] for name in FIELD_KEYS} == one
    assert shown["raw"] == next(f for f in neighbour.everything("/services/fields/api/fields") if f["id"] == one["id"])
    active = neighbour.boundary(one["leafUserId"], one["id"])
    assert shown["geometry"] == active["geometry"]
    assert shown["boundaries"][0] == {
        "id": active["id"],
        "status": "ACTIVE",
        "area_ha": active["area"]["value"],
        "createdTime": active["createdTime"],
        "geometry": active["geometry"],
    }
    assert shown["area_ha"] == pytest.approx(active["area"]["value"])
    assert one["name"] in signed_in("fields", "show", one["id"]).out


def test_a_field_is_created_changed_and_deleted(
    signed_in: Shell, neighbour: Neighbour, square: str, wider: str
) -> None:
    model = a_manual_field(signed_in)
    user, farm = model["leafUserId"], model["farmId"]
    made = signed_in.json(
        *("fields", "create", "--leaf-user", user, "--name", "Ridge", "--boundary", square, "--farm", str(farm))
    )
    assert set(made) >= {"id", "queued"}
    new = next(row for row in signed_in.json("fields", "list", "--pending") if row["id"] == made["id"])
    assert (new["name"], new["farmId"], new["pending"]) == ("Ridge", farm, True)
    assert new["area_ha"] == pytest.approx(3.69, abs=0.05)
    queue = signed_in.json("queue", "list")
    assert [(item["kind"], item["record"], item["state"]) for item in queue] == [
        ("field.create", f"fields/{made['id']}", "waiting"),
        ("field.update", f"fields/{made['id']}", "waiting"),
    ]
    assert set(queue[0]) >= {"id", "kind", "record", "state", "reason", "attempts", "created"}
    assert queue[0]["id"] == made["queued"]
    assert "Ridge" in signed_in("queue", "list").out

    pushed = signed_in.json("sync", "--push-only")
    assert pushed["pushed"] == {"sent": 2, "parked": 0, "conflicts": 0, "waiting": 0}
    assert neighbour.boundary(user, made["id"])["geometry"] == SQUARE
    at_leaf = neighbour.field(user, made["id"])
    assert (at_leaf["name"], at_leaf["farmId"]) == ("Ridge", farm)

    edited = signed_in.json("fields", "edit", made["id"], "--name", "Ridge End", "--boundary", wider)
    assert edited["id"] == made["id"]
    signed_in("sync")
    assert neighbour.field(user, made["id"])["name"] == "Ridge End"
    assert neighbour.boundary(user, made["id"])["geometry"] == WIDER
    shown = signed_in.json("fields", "show", made["id"])
    assert shown["geometry"] == WIDER and shown["pending"] is False

    signed_in.json("fields", "delete", made["id"])
    assert made["id"] not in [row["id"] for row in signed_in.json("fields", "list")]
    signed_in("sync")
    with pytest.raises(urllib.error.HTTPError):
        neighbour.field(user, made["id"])
    assert signed_in.json("queue", "list") == []
    signed_in("fields", "show", made["id"], ends=2)


def test_a_provider_field_says_why_not(signed_in: Shell) -> None:
    rows = signed_in.json("fields", "list")
    theirs = next(row for row in rows if row["providerName"] not in (None, "Leaf"))
    answer = signed_in("fields", "edit", theirs["id"], "--name", "Mine", ends=2)
    named = {"JohnDeere": "John Deere", "ClimateFieldView": "Climate FieldView"}[theirs["providerName"]]
    assert named in answer.err
    assert named in signed_in.json("fields", "delete", theirs["id"], ends=2)["error"]
    assert signed_in.json("queue", "list") == []


# ---------------------------------------------------------------------- farms and growers
def test_a_local_farm_id_works_before_and_after_leaf_numbers_it(
    signed_in: Shell, neighbour: Neighbour, square: str
) -> None:
    user = a_manual_field(signed_in)["leafUserId"]
    grower = signed_in.json("growers", "create", "--leaf-user", user, "--name", "Hill Family")["id"]
    farm = signed_in.json("farms", "create", "--leaf-user", user, "--name", "Hill Farm", "--grower", grower)["id"]
    create = ("fields", "create", "--leaf-user", user, "--boundary", square, "--farm", farm)
    first = signed_in.json(*create, "--name", "Hill One")["id"]
    assert signed_in.json("fields", "show", first)["farmId"] == farm
    assert signed_in.json("farms", "show", farm)["growerId"] == grower
    signed_in("sync")

    shown = signed_in.json("farms", "show", farm)
    number = shown["id"]
    assert isinstance(number, int) and isinstance(shown["growerId"], int) and not shown["pending"]
    assert neighbour.call("GET", f"/services/fields/api/users/{user}/farms/{number}")["name"] == "Hill Farm"
    assert signed_in.json("fields", "show", first)["farmId"] == number
    assert neighbour.field(user, first)["farmId"] == number

    second = signed_in.json(*create, "--name", "Hill Two")["id"]
    signed_in.json("farms", "edit", str(number), "--name", "Hill Top Farm")
    signed_in.json("growers", "edit", grower, "--name", "Hill & Daughters")
    signed_in("sync")
    assert neighbour.field(user, second)["farmId"] == number
    in_farm = {row["id"] for row in signed_in.json("fields", "list", "--farm", farm)}
    assert in_farm == {first, second} == {r["id"] for r in signed_in.json("fields", "list", "--farm", str(number))}
    assert [f["name"] for f in signed_in.json("farms", "list", "--grower", grower)] == ["Hill Top Farm"]
    assert "Hill & Daughters" in [g["name"] for g in signed_in.json("growers", "list", "--leaf-user", user)]
    farms = neighbour.everything("/services/fields/api/farms")
    assert [f.get("name") for f in farms].count("Hill Top Farm") == 1, "made once"


def test_farms_and_growers_list_leafs_own_keys(signed_in: Shell, neighbour: Neighbour) -> None:
    for kind in ("farms", "growers"):
        at_leaf = {r["id"]: r for r in neighbour.everything(f"/services/fields/api/{kind}")}
        here = signed_in.json(kind, "list")
        assert {record["id"] for record in here} == set(at_leaf)
        assert all(set(record) >= {"name", "leafUserId", "pending"} for record in here)
        assert all(record["pending"] is False for record in here)
    assert signed_in("farms", "list").out and signed_in("growers", "list").out


# ---------------------------------------------------------------------- the queue
@pytest.fixture
def conflict(signed_in: Shell, neighbour: Neighbour, square: str) -> dict[str, Any]:
    """A field redrawn here and, meanwhile, by somebody else."""
    one = a_manual_field(signed_in)
    signed_in("fields", "edit", one["id"], "--boundary", square)
    neighbour.redraw(one["leafUserId"], one["id"], WIDER)
    assert signed_in.json("sync", ends=5)["pushed"]["conflicts"] == 1
    (item,) = signed_in.json("queue", "list")
    assert (item["kind"], item["state"]) == ("field.boundary", "conflict") and item["reason"]
    assert signed_in.json("status")["conflicts"] == 1
    assert neighbour.boundary(one["leafUserId"], one["id"])["geometry"] == WIDER, "never overwritten"
    return one | {"item": item["id"]}


def test_a_conflict_answered_with_mine(signed_in: Shell, neighbour: Neighbour, conflict: dict[str, Any]) -> None:
    signed_in("queue", "resolve", conflict["item"], "--keep", "mine")
    signed_in("sync")
    assert neighbour.boundary(conflict["leafUserId"], conflict["id"])["geometry"] == SQUARE
    assert signed_in.json("queue", "list") == []


def test_a_conflict_answered_with_theirs(signed_in: Shell, neighbour: Neighbour, conflict: dict[str, Any]) -> None:
    signed_in("queue", "resolve", conflict["item"], "--keep", "theirs")
    signed_in("sync")
    assert neighbour.boundary(conflict["leafUserId"], conflict["id"])["geometry"] == WIDER
    assert signed_in.json("fields", "show", conflict["id"])["geometry"] == WIDER
    signed_in("queue", "resolve", conflict["item"], "--keep", "theirs", ends=2)


def test_a_parked_edit_needs_a_person(signed_in: Shell, sandbox: "Sandbox", neighbour: Neighbour) -> None:
    """Leaf refuses: meanwhile the farm went to another Leaf user. Later it is back, and a retry goes through."""
    one = a_manual_field(signed_in)
    farms = signed_in.json("farms", "list", "--leaf-user", one["leafUserId"])
    farm = next(farm["id"] for farm in farms if farm["id"] != one["farmId"])
    other = next(user["id"] for user in sandbox.leaf.all("users") if user["id"] != one["leafUserId"])
    sandbox.leaf.change("farms", farm, leafUserId=other)
    queued = signed_in.json("fields", "edit", one["id"], "--farm", str(farm))["queued"]
    assert signed_in.json("sync", "--push-only", ends=5)["pushed"]["parked"] == 1
    (item,) = signed_in.json("queue", "list")
    assert (item["id"], item["state"]) == (queued, "parked") and str(farm) in item["reason"]
    assert signed_in.json("sync", "--push-only", ends=5)["pushed"]["sent"] == 0, "it waits for a person"

    sandbox.leaf.change("farms", farm, leafUserId=one["leafUserId"])
    assert signed_in.json("queue", "retry", queued)["state"] == "waiting"
    signed_in("sync")
    assert neighbour.field(one["leafUserId"], one["id"])["farmId"] == farm


def test_a_discarded_edit_leaves_no_trace(signed_in: Shell, neighbour: Neighbour) -> None:
    one = a_manual_field(signed_in)
    queued = signed_in.json("fields", "edit", one["id"], "--name", "Slip")["queued"]
    assert signed_in.json("fields", "show", one["id"])["name"] == "Slip"
    assert signed_in.json("queue", "discard", queued)["state"] == "discarded"
    assert signed_in.json("fields", "show", one["id"]) == signed_in.json("fields", "show", one["id"]) | one
    signed_in("sync")
    assert neighbour.field(one["leafUserId"], one["id"])["name"] == one["name"]


def test_unknown_ids_are_bad_input(signed_in: Shell, square: str) -> None:
    user = signed_in.json("fields", "list")[0]["leafUserId"]
    for command in (
        ("fields", "show", "nope"),
        ("fields", "edit", "nope", "--name", "x"),
        ("fields", "delete", "nope"),
        ("fields", "list", "--farm", "nope"),
        ("fields", "list", "--leaf-user", "nope"),
        ("fields", "create", "--leaf-user", "nope", "--name", "x", "--boundary", square),
        ("fields", "create", "--leaf-user", user, "--name", "x", "--boundary", square, "--farm", "nope"),
        ("farms", "show", "nope"),
        ("farms", "create", "--leaf-user", user, "--name", "x", "--grower", "nope"),
        ("growers", "edit", "nope", "--name", "x"),
        ("fields", "files", "nope", "--online"),
        ("fields", "enable", "nope", "--yes"),
        ("fields", "upload", "nope", "--provider", "ClimateFieldView"),
        ("fields", "intersects", "--field", "nope"),
        ("fields", "intersect", "nope"),
        ("machines", "list", "--leaf-user", "nope"),
        ("machines", "create", "--leaf-user", "nope", "--name", "x"),
        ("machines", "edit", "nope", "--vin", "x"),
        ("machines", "delete", "nope"),
        ("machines", "files", "nope", "--online"),
        ("operators", "show", "nope"),
        ("products", "show", "nope"),
        ("operations", "list", "--field", "nope"),
        ("matches", "list", "nope", "--online"),
        ("matches", "history", "nope"),
        ("matches", "approve", "nope"),
        ("users", "show", "nope"),
        ("providers", "organizations", "nope"),
        ("providers", "sync", "nope"),
        ("queue", "retry", "nope"),
        ("queue", "discard", "nope"),
        ("queue", "resolve", "nope", "--keep", "mine"),
    ):
        assert "nope" in signed_in.json(*command, ends=2)["error"], command
    assert signed_in.json("queue", "list") == []


# ---------------------------------------------------------------------- other programs beside it
def test_a_second_leafdesk_on_the_folder_is_told(signed_in: Shell) -> None:
    from leafdesk.workspace import Workspace

    first = Workspace(signed_in.folder)
    try:
        answer = signed_in.alone("status", "--json", ends=6)
        assert "another" in answer.err.lower() and "error" in answer.document
    finally:
        first.close()
    signed_in.alone("status")


def test_the_doctor_looks_at_everything(signed_in: Shell, sandbox: "Sandbox") -> None:
    found = signed_in.json("doctor")
    assert found["ok"] is True
    assert {check["check"] for check in found["checks"]} >= {"versions", "database", "keyring", "connection", "disk"}
    sandbox.go_dark()
    found = signed_in.json("doctor", ends=3)
    assert found["ok"] is False
    assert [check["check"] for check in found["checks"] if not check["ok"]] == ["connection"]


@pytest.fixture
def sandbox_process(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "leafdesk", "sandbox", "--fields", "12", "--state", str(tmp_path / "state.json")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to be polite with")
def test_the_sandbox_says_where_it_listens_and_stops_when_told(sandbox_process: "subprocess.Popen[str]") -> None:
    assert sandbox_process.stdout is not None
    told = json.loads(sandbox_process.stdout.readline())
    assert set(told) == {"url", "username", "password"}
    there = Neighbour(told["url"], told["username"], told["password"])
    assert len(there.everything("/services/fields/api/fields")) == 12
    sandbox_process.send_signal(signal.SIGTERM)
    out, err = sandbox_process.communicate(timeout=20)
    assert (sandbox_process.returncode, out, err) == (0, "", "")


def test_a_sandbox_with_impossible_wishes_says_so(shell: Shell, tmp_path: Path) -> None:
    assert "nonsense" in shell("sandbox", "--faults", "nonsense", ends=2).err
    assert "missing" in shell("sandbox", "--parcels", str(tmp_path / "missing.gz"), ends=2).err

"""The command line by itself: help, options, what is loaded, how text and errors are shown."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from leafdesk.cli import Front, run, say
from leafdesk.cli.root import leafdesk
from tests.shell import Shell, environment


def commands(group: click.Group = leafdesk, name: str = "leafdesk") -> Iterator[tuple[str, click.Command]]:
    """Every command with its full name."""
    for word, command in group.commands.items():
        yield f"{name} {word}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{name} {word}")


@pytest.mark.parametrize(("name", "command"), [pytest.param(n, c, id=n) for n, c in commands()])
def test_every_command_and_option_says_what_it_does(name: str, command: click.Command) -> None:
    assert command.help, f"{name} has no help"
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, f"{name} {option.opts[0]} has no help"


def test_the_commands_are_those_of_the_interface() -> None:
    assert {name.removeprefix("leafdesk ") for name, _ in commands()} == {
        *("open", "demo", "sandbox", "login", "logout", "sync", "status", "ready", "doctor", "updates"),
        *("fields", "fields list", "fields show", "fields create", "fields edit", "fields delete"),
        *("fields files", "fields file", "fields enable", "fields upload", "fields intersects", "fields intersect"),
        *("farms", "farms list", "farms show", "farms create", "farms edit"),
        *("growers", "growers list", "growers create", "growers edit", "growers enable"),
        *("machines", "machines list", "machines show", "machines files"),
        *("machines create", "machines edit", "machines delete"),
        *("implements", "implements list", "implements show", "operators", "operators list", "operators show"),
        *("products", "products search", "products show", "varieties", "varieties search", "varieties show"),
        *("products list", "varieties list", "tank-mixes list"),
        *("tank-mixes", "tank-mixes search", "operations", "operations list"),
        *("matches", "matches list", "matches history", "matches approve"),
        *("users", "users list", "users show", "users keep"),
        *("providers", "providers list", "providers organizations", "providers sync"),
        *("import", "export", "hand-over", "take-over"),
        *("queue", "queue list", "queue retry", "queue discard", "queue resolve"),
        *("queue history", "queue notices", "queue heard", "queue take-back"),
    }


@pytest.mark.parametrize("words", [["farm.kml"], ["open", "farm.kml"], ["farm.kml", "farm.kml"]])
def test_a_file_instead_of_a_command_opens_the_window_on_it(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("farm.kml").write_text("<kml/>")
    opened: list[object] = []
    front = Front(window=lambda folder, files=(): opened.append((folder, files)) or 0, demo=lambda **wishes: 0)
    assert run(["--data", str(tmp_path / "data"), *words], front) == 0
    assert opened == [(tmp_path / "data", (Path("farm.kml"),) * words.count("farm.kml"))]
    assert run(["--data", str(tmp_path / "data"), "no-such.kml"], front) == 2


def loaded_after(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True)
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_the_command_line_loads_no_qt_and_nothing_slow() -> None:
    loaded = loaded_after("import leafdesk.cli, leafdesk.cli.selftest")
    slow = {"PySide6", "shiboken6", "numpy", "shapely", "pyproj", "httpx", "msgspec", "sqlite_utils", "keyring"}
    assert not loaded & (slow | {"uvicorn", "starlette", "platformdirs"})


def test_without_a_command_the_window_opens_on_the_folder(tmp_path: object) -> None:
    opened: list[object] = []
    front = Front(window=lambda folder: opened.append(str(folder)) or 0, demo=lambda **_: 0)  # type: ignore[func-returns-value]
    assert run(["--data", f"{tmp_path}/a"], front) == 0
    assert run(["--data", f"{tmp_path}/b", "open"], front) == 0
    assert opened == [f"{tmp_path}/a", f"{tmp_path}/b"]


def test_the_demo_keeps_its_folder_only_when_asked(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    front = Front(window=lambda folder: 0, demo=lambda **wishes: seen.append(wishes["folder"]) or 0)  # type: ignore[func-returns-value]
    monkeypatch.setenv("LEAFDESK_DATA", f"{tmp_path}/mine")
    assert run(["demo", "--headless"], front) == 0
    assert run(["demo", "--data", f"{tmp_path}/kept"], front) == 0
    assert run(["--data", f"{tmp_path}/kept too", "demo"], front) == 0
    assert [str(folder) for folder in seen] == ["None", f"{tmp_path}/kept", f"{tmp_path}/kept too"]


def test_wrong_usage_says_what_and_where_with_one_document(shell: Shell) -> None:
    answer = shell("fields", "list", "--bbox", "1,2,3", "--json", ends=2)
    assert "--bbox" in answer.err
    assert "four numbers" in answer.document["error"]
    assert "lst" in shell("fields", "lst", ends=2).err
    assert "exclude each other" in shell("sync", "--pull-only", "--push-only", ends=2).err


@pytest.mark.logs("a bug")
def test_a_bug_is_one_sentence_and_a_log(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("the barn")

    monkeypatch.setattr("leafdesk.cli.desk.AtTerminal", broken)
    answer = shell("status", "--json", ends=1)
    log = shell.folder / "logs" / "leafdesk.log"
    assert answer.err.count("\n") == 1 and str(log) in answer.err and "Traceback" not in answer.err
    assert answer.document["error"] == answer.err.rstrip("\n")
    assert "ZeroDivisionError: the barn" in log.read_text()


def test_a_reader_that_goes_away_is_no_error() -> None:
    code = "import sys; from leafdesk.cli import Front, run; sys.exit(run(['--help'], Front(window=len, demo=len)))"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment()) as process:
        process.stdout.close()  # type: ignore[union-attr]
        assert process.wait(20) == 0


def test_a_name_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    say.table(("Name", "Area"), [("Mill\x1b[2J\u202eField\n", "1.00 ha"), ("Über 麦", "20.00 ha")], numbers=(1,))
    assert capsys.readouterr().out.splitlines() == [
        "Name                            Area",
        "Mill\\x1b[2J\\u202eField\\x0a   1.00 ha",
        "Über 麦                     20.00 ha",
    ]


def test_a_document_keeps_the_servers_own_spelling(capsys: pytest.CaptureFixture[str]) -> None:
    raw = '{"area": 1.0e2, "id": 12345678901234567890, "näme": "a\x85\U0001f33e"}'
    say.document({"name": "Grünfeld", "raw": say.Verbatim(raw)})
    out = capsys.readouterr().out
    assert out.isascii() and '"area": 1.0e2' in out
    assert json.loads(out) == {"name": "Grünfeld", "raw": json.loads(raw)}

"""Type a `leafdesk` command in a test and read what it answers, in this process or in one of its own."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

HOUSE = Path(__file__).parent.parent


@dataclass(frozen=True)
class Answer:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


class Shell:
    """Types commands at one workspace folder; every command must end as expected."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def __call__(self, *arguments: str, ends: int = 0, stdin: str = "") -> Answer:
        """Run a command in this process."""
        from leafdesk.cli import Front, run

        self._monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        self._capsys.readouterr()
        front = Front(window=lambda folder: 0, demo=lambda **wishes: 0)
        code = run(["--data", str(self.folder), *arguments], front)
        answer = Answer(code, *self._capsys.readouterr())
        assert code == ends, answer
        assert "Traceback" not in answer.err, answer
        return answer

    def json(self, *arguments: str, ends: int = 0, stdin: str = "") -> Any:
        """Run a command with --json in this process and answer its document."""
        return self(*arguments, "--json", ends=ends, stdin=stdin).document

    def alone(self, *arguments: str, ends: int = 0, stdin: str = "") -> Answer:
        """Run a command in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "leafdesk", "--data", str(self.folder), *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            env=environment(),
        )
        answer = Answer(done.returncode, done.stdout, done.stderr)
        assert answer.code == ends, answer
        return answer


def environment() -> Mapping[str, str]:
    """This test's environment for another process, which finds `tests.keyrings` too."""
    return {**os.environ, "PYTHONPATH": str(HOUSE), "PYTHONWARNINGS": "error"}

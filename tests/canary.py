"""A mark in every token and password of the suite, looked for afterwards in whatever the tests left or said.

The one place where it may stand is the keyring of the tests.
"""

import logging
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from leafdesk.sandbox.server import Sandbox
from leafdesk.sandbox.tokens import Tokens

MARK = "CanaryOfTheSuite"
_ALSO = (MARK.encode(), MARK.encode("utf-16-le"))
KEYRING = "keyring.json"
"""The file of `tests.keyrings`: the one place that a token belongs."""
_PIECE = 1 << 20


def mark_secrets() -> None:
    """Mark every token that a sandbox of this process gives out from now on, and every password that it makes up."""
    issue, begin = Tokens.issue, Sandbox.__init__

    def marked(self: Tokens, *, remember: bool) -> str:
        token = issue(self, remember=remember)
        self._ends[token + MARK] = self._ends.pop(token)
        return token + MARK

    def with_password(self: Sandbox, **settings: Any) -> None:
        begin(self, **{"password": MARK + secrets.token_urlsafe(9)} | settings)

    Tokens.issue = marked  # type: ignore[method-assign]
    Sandbox.__init__ = with_password  # type: ignore[method-assign]


def found_in(folder: Path) -> list[Path]:
    """Every file under the folder with the mark in it, in plain or as UTF-16, but for the keyring."""
    return sorted(path for path in _files(folder) if path.name != KEYRING and _holds(path))


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            yield path


def _holds(path: Path) -> bool:
    before = b""
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                if any(mark in before + piece for mark in _ALSO):
                    return True
                before = piece[-2 * len(MARK) :]
    except OSError:
        return False
    return False


class Watch(logging.Handler):
    """Listens to the log, to the arguments of every process that is started, and to what tests print."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard: list[str] = []
        self.where = ""
        logging.getLogger().addHandler(self)
        sys.addaudithook(self._audit)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = f"{record.getMessage()} {record.exc_text or record.exc_info or ''}"
        except Exception:  # a wrong log call is another watch's business
            text = f"{record.msg} {record.args}"
        self._look(f"the log of {record.name}", text)

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("subprocess.Popen", "os.exec", "os.posix_spawn"):
            self._look("the arguments of a process", repr(arguments[:2]))

    def _look(self, what: str, text: str) -> None:
        if MARK in text:
            self.heard.append(f"{what} in {self.where}")

    # ------------------------------------------------------------------ as pytest calls it
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.where = report.nodeid
        if report.passed:  # what a failing test shows of its own values is for whoever mends it
            for name, text in report.sections:
                self._look(name, text)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        factory = session.config._tmp_path_factory  # type: ignore[attr-defined]
        self.heard += [f"the file {path}" for path in found_in(factory.getbasetemp())]
        if self.heard and session.exitstatus == 0:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        for line in self.heard:
            terminalreporter.write_line(f"A token or a password got out: {line}", red=True)

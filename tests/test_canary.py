"""The canary sings: a token where it does not belong is found, and the suite's own tokens are marked."""

import logging
import tempfile
from pathlib import Path

from leafdesk.sandbox import Sandbox
from tests.canary import KEYRING, MARK, Watch, found_in


def test_every_token_and_password_of_the_suite_is_marked() -> None:
    sandbox = Sandbox(fields=1)
    token = sandbox.tokens.issue(remember=True)
    assert token.endswith(MARK) and sandbox.tokens.accepts(f"Bearer {token}")
    assert MARK in sandbox.password and sandbox.tokens.known(sandbox.username, sandbox.password)


def test_a_token_in_a_file_is_found_but_for_the_keyring() -> None:
    with tempfile.TemporaryDirectory() as place:  # not where the suite's own files are looked through
        folder = Path(place)
        for name, content in (
            ("plain", MARK.encode()),
            ("wide", MARK.encode("utf-16-le")),
            ("far", bytes((1 << 20) - 5) + MARK.encode()),
            ("clean", b"Canary"),
            (KEYRING, MARK.encode()),
        ):
            (folder / name).write_bytes(content)
        assert [path.name for path in found_in(folder)] == ["far", "plain", "wide"]


def test_a_token_in_a_log_line_or_an_argument_is_heard() -> None:
    watch = Watch.__new__(Watch)
    logging.Handler.__init__(watch)
    watch.heard, watch.where = [], "here"
    watch.emit(logging.LogRecord("leafdesk", logging.INFO, "", 0, "sent %s", (f"Bearer {MARK}",), None))
    watch._audit("subprocess.Popen", ("curl", ["curl", "-H", MARK], None, None))
    watch._audit("subprocess.Popen", ("curl", ["curl"], None, {"LEAFDESK_TOKEN": MARK}))
    assert watch.heard == ["the log of leafdesk in here", "the arguments of a process in here"]

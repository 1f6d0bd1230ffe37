"""A sandbox in a process of its own, whose faults can be set and whose records can be read from here."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from leafdesk.sandbox import Sandbox
from tests.canary import mark_secrets

FAULTS = "lost=0.06,late=0.04,drop=0.04,cut=0.03,500=0.04,503=0.03,504=0.04,429=0.02,html=0.02,truncated=0.02"
LATE = 0.3
"""Seconds after which a late request lands: less than the desks' settle time."""
SETTLE = 1.0


class LeafSide:
    """The other end of the sandbox's process."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self.url, self.token = self._ask("where")

    def faults(self, spec: str) -> None:
        """Put these faults in force."""
        self._ask("faults", spec)

    def all(self, kind: str) -> list[dict[str, Any]]:
        """Every record of a kind."""
        found: list[dict[str, Any]] = self._ask("all", kind)
        return found

    def asked(self) -> list[tuple[str, str]]:
        """Every request until now: the contract's operation id, and its address with the query."""
        found: list[tuple[str, str]] = self._ask("asked")
        return found

    def _ask(self, *words: str) -> Any:
        self._pipe.send(words)
        return self._pipe.recv()


@contextmanager
def leaf_side(fields: int = 12) -> Iterator[LeafSide]:
    """A Leaf of its own until the block ends."""
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there, fields), name="leaf", daemon=True)
    process.start()
    there.close()
    try:
        yield LeafSide(here)
    finally:
        here.close()
        process.join(10)
        process.kill()


def _serve(pipe: Connection, fields: int) -> None:
    mark_secrets()
    with Sandbox(fields=fields, latency_ms=3) as sandbox:
        sandbox.faults.late_s = LATE
        token = sandbox.tokens.issue(remember=True)
        answers: dict[str, Any] = {
            "where": lambda: (sandbox.url, token),
            "faults": sandbox.faults.set,
            "all": sandbox.leaf.all,
            "asked": lambda: [(one.operation, f"{one.path}?{one.query}") for one in sandbox.requests.log],
        }
        while True:
            try:
                word, *rest = pipe.recv()
            except (EOFError, OSError):
                break
            pipe.send(answers[word](*rest))
    assert threading.main_thread().is_alive()

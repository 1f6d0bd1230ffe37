"""A sandbox in a process of its own, and a folder that has pulled all its fields."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from leafdesk.workspace import SyncReport, Workspace


@contextmanager
def sandbox(fields: int, latency_ms: int = 0) -> Iterator[dict[str, str]]:
    """Url, username and password of a sandbox that listens until the block ends; each answer takes so long."""
    command = [sys.executable, "-m", "leafdesk", "sandbox", "--fields", str(fields), "--latency-ms", str(latency_ms)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def signed_in(folder: Path, leaf: dict[str, str]) -> Workspace:
    """A workspace in the folder, signed in; nothing of this machine's keyring is touched."""
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    workspace = Workspace(folder)
    workspace.login(leaf["username"], leaf["password"], leaf["url"]).result(60)
    return workspace


def pulled(folder: Path, leaf: dict[str, str]) -> SyncReport:
    """Pull everything into the folder."""
    workspace = signed_in(folder, leaf)
    try:
        return workspace.sync().result(3600)
    finally:
        workspace.close()

"""A sandbox in a process of its own, and a folder that has pulled all its fields."""

import json
import math
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from leafdesk.workspace import SyncReport, Workspace


@contextmanager
def sandbox(fields: int, latency_ms: int = 0) -> Iterator[dict[str, str]]:
    """Url, username, password and process of a sandbox that listens until the block ends; each answer takes so long."""
    command = [sys.executable, "-m", "leafdesk", "sandbox", "--fields", str(fields), "--latency-ms", str(latency_ms)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline()) | {"process": str(process.pid)}
        finally:
            process.terminate()


def processor_of(leaf: dict[str, str]) -> float:
    """Seconds of processor that the sandbox has used; nan on a system that does not say."""
    try:
        after_its_name = Path(f"/proc/{leaf['process']}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return math.nan
    return (int(after_its_name[11]) + int(after_its_name[12])) / os.sysconf("SC_CLK_TCK")


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

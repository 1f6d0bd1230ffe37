"""The command that looks whether everything Leafdesk needs is there and whole."""

import platform
import shutil
import socket
import ssl
from collections.abc import Iterator
from dataclasses import asdict
from importlib import metadata
from urllib.parse import urlsplit

import click

from leafdesk import __version__
from leafdesk.cli import say
from leafdesk.cli.desk import BadInputError, Desk, reports
from leafdesk.cli.finding import Finding
from leafdesk.workspace import Workspace

NEEDED_SPACE = 200 << 20
"""Bytes that should be free: below that a pull of a large account may not fit."""


_CODES = {"connection": 3, "selftest": 1}
"""What a bad finding means at the shell; 2 for the others."""


@click.command()
@click.option("--selftest", is_flag=True, help="Prove this installed copy, the demo's main job included.")
@reports
@click.pass_obj
def doctor(desk: Desk, selftest: bool) -> int:
    """Look whether database, keyring, disk and connection are well."""
    findings = [_versions(), *_of_the_workspace(desk), _disk(desk)]
    if selftest:
        from leafdesk.cli.selftest import findings_of_a_selftest

        findings += findings_of_a_selftest(say.aside)
    bad = [finding for finding in findings if finding.level == "bad"]
    document = {
        "ok": not bad,
        "checks": [asdict(finding) | {"ok": finding.level != "bad"} for finding in findings],
    }
    desk.answer(document, lambda: say.table(("", "What", "Found"), [(f.level, f.check, f.detail) for f in findings]))
    return max((_CODES.get(finding.check.partition(":")[0], 2) for finding in bad), default=0)


def _versions() -> Finding:
    parts = [f"Leafdesk {__version__}", f"Python {platform.python_version()}", platform.platform(terse=True)]
    for name in ("PySide6_Essentials", "shapely", "httpx"):
        try:
            parts.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            parts.append(f"{name} (version unknown)")
    return Finding("versions", "ok", ", ".join(parts))


def _of_the_workspace(desk: Desk) -> Iterator[Finding]:
    try:
        with desk.workspace() as workspace:
            yield _database(workspace)
            yield _keyring()
            yield _connection(workspace.api_url)
    except BadInputError as error:
        yield Finding("folder", "bad", error.message)
    except Exception as error:
        if not any(kind.__name__ == "StoreError" for kind in type(error).__mro__):
            raise
        yield Finding("database", "bad", str(error))


def _database(workspace: Workspace) -> Finding:
    if workspace.account is None:
        return Finding("database", "note", "nobody has signed in here yet, so there is none")
    wrong = workspace.check()
    return Finding("database", "bad" if wrong else "ok", "; ".join(wrong) or f"whole ({workspace.account})")


def _keyring() -> Finding:
    from leafdesk.credentials import key_store_name

    name = key_store_name()
    if name is None:
        kept = "a sign-in lasts one session or lies under a passphrase; LEAFDESK_TOKEN serves commands"
        return Finding("keyring", "note", f"none here: {kept}")
    return Finding("keyring", "ok", name)


def _connection(url: str) -> Finding:
    """Whether the host answers at all: a TCP connection, with TLS where the address asks for it."""
    address = urlsplit(url)
    host, port = address.hostname or "", address.port or (443 if address.scheme == "https" else 80)
    try:
        with socket.create_connection((host, port), timeout=10) as connection:
            if address.scheme == "https":
                with ssl.create_default_context().wrap_socket(connection, server_hostname=host) as secure:
                    return Finding("connection", "ok", f"{host} answers ({secure.version()})")
        return Finding("connection", "ok", f"{host}:{port} answers")
    except OSError as error:
        return Finding("connection", "bad", f"{host} cannot be reached: {error.strerror or error}")


def _disk(desk: Desk) -> Finding:
    folder = next(place for place in (desk.folder, *desk.folder.absolute().parents) if place.exists())
    free = shutil.disk_usage(folder).free
    enough = free >= NEEDED_SPACE
    return Finding("disk", "ok" if enough else "bad", f"{free / (1 << 30):.1f} GB free at {desk.folder}")

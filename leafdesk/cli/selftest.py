"""Prove an installed copy: what it imports, carries, computes, trusts, paints and syncs, in a temporary folder."""

import contextlib
import importlib
import json
import math
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from leafdesk.cli.finding import Finding

_ROOMS = ("workspace", "sandbox", "credentials", "edits", "records", "geo.check", "geo.measure")
_SQUARE = (((0.0, 0.0), (0.01, 0.0), (0.01, 0.01), (0.0, 0.01), (0.0, 0.0)),)
_SQUARE_HA = 123.09
"""Hectares of 0.01° by 0.01° at the equator on WGS 84."""


def findings_of_a_selftest(tell: Callable[[str], None]) -> list[Finding]:
    """Every step of the self-test; a step that fails is a bad finding, never an exception."""
    steps: tuple[tuple[str, Callable[[], str]], ...] = (
        ("imports", _imports),
        ("files", _files),
        ("geometry", _geometry),
        ("other programs' files", _others_files),
        ("TLS", _tls),
        ("secrets", _secrets),
        ("main job", _main_job),
    )
    return list(_tried(steps, tell))


def _tried(steps: tuple[tuple[str, Callable[[], str]], ...], tell: Callable[[str], None]) -> Iterator[Finding]:
    for name, step in steps:
        tell(f"Self-test: {name} …")
        try:
            yield Finding(f"selftest: {name}", "ok", step())
        except Exception as error:
            yield Finding(f"selftest: {name}", "bad", f"{type(error).__name__}: {error}")


def _imports() -> str:
    for room in _ROOMS:
        importlib.import_module(f"leafdesk.{room}")
    return f"{len(_ROOMS)} rooms"


def _files() -> str:
    """What ships beside the code; a package also lists the parts by others."""
    from leafdesk.shipped import shipped

    packed = ("licences/third-party.txt", "licences/parts.cdx.json") if getattr(sys, "frozen", False) else ()
    wanted = ("icons/leafdesk.svg", "guide/guide.md", "licences/LGPL-3.0.txt", *packed)
    return f"{len([shipped(name) for name in wanted])} files that ship with it"


def _geometry() -> str:
    from leafdesk.geo import check, measure
    from leafdesk.geo.apart import Apart
    from leafdesk.geo.repair import repair

    area = measure.area_ha((_SQUARE,))
    if not math.isclose(area, _SQUARE_HA, rel_tol=1e-3):
        raise ValueError(f"a known square measures {area} ha")
    bow_tie = ((0.0, 0.0), (0.01, 0.01), (0.01, 0.0), (0.0, 0.01), (0.0, 0.0))
    if check.validity(((bow_tie,),)) != "SELF_INTERSECTION":
        raise ValueError("a boundary that crosses itself is not noticed")
    apart = Apart(60.0)  # a slow machine is no reason to fail
    try:
        if check.validity(apart(repair, ((bow_tie,),))) != "VALID":
            raise ValueError("a boundary that crosses itself is not repaired")
    finally:
        apart.close()
    return f"a known square measures {area:.2f} ha"


def _others_files() -> str:
    """A file in another reference system, read as the window does it: in a process of its own, with PROJ's database."""
    from leafdesk.files.apart import Reader

    corners = ((500_000, 5_700_000), (500_500, 5_700_000), (500_500, 5_700_500), (500_000, 5_700_500))
    ring = [list(corner) for corner in (*corners, corners[0])]
    crs = {"type": "name", "properties": {"name": "EPSG:25832"}}
    with tempfile.TemporaryDirectory(prefix="leafdesk-selftest-") as folder:
        path = Path(folder) / "field.geojson"
        path.write_text(json.dumps({"type": "Polygon", "coordinates": [ring], "crs": crs}), "utf-8")
        (plot,) = Reader(path).read().plots
    if not math.isclose(plot.area_ha, 25.02, rel_tol=1e-3):
        raise ValueError(f"a known field measures {plot.area_ha} ha")
    return f"a field in EPSG:25832 measures {plot.area_ha:.2f} ha"


def _tls() -> str:
    import certifi

    context = ssl.create_default_context(cafile=certifi.where())
    return f"{ssl.OPENSSL_VERSION}, {len(context.get_ca_certs()):,} authorities"


def _secrets() -> str:
    """What a passphrase seals only that opens, and a notice that nobody has signed is not believed."""
    from leafdesk.newer.notice import KEYS, UntrueError, read_notice
    from leafdesk.sealed import WrongPassphraseError, seal, unseal

    with tempfile.TemporaryDirectory(prefix="leafdesk-selftest-") as folder:
        file = Path(folder) / "sealed"
        seal(file, "a passphrase", "a text", "self-test")
        if unseal(file, "a passphrase", "self-test") != "a text":
            raise ValueError("a sealed text came back as another one")
        with contextlib.suppress(WrongPassphraseError):
            unseal(file, "another one", "self-test")
            raise ValueError("a wrong passphrase opened a sealed text")
    with contextlib.suppress(UntrueError):
        read_notice(json.dumps({"notice": "{}", "signature": "A" * 86 + "=="}), KEYS)
        raise ValueError("a notice without a signature was believed")
    return "a passphrase seals and opens, unsigned notices are not believed"


def _main_job() -> str:
    """The demo's main job in a process of its own: Qt painting, SQLite with its features, HTTP, geometry."""
    with tempfile.TemporaryDirectory(prefix="leafdesk-selftest-") as folder:
        picture = Path(folder) / "window.png"
        start = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "leafdesk"]
        done = subprocess.run(
            [*start, "demo", "--headless", "--fields", "40", "--screenshot", str(picture)],
            capture_output=True,
            text=True,
            timeout=300,
        )
        if done.returncode != 0:
            raise RuntimeError(f"the demo ended with {done.returncode}: {(done.stderr + done.stdout)[-500:]}")
        return f"every step held, and a picture of {picture.stat().st_size:,} bytes was painted"

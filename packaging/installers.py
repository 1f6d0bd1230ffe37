"""The installer for Windows and the disk image for macOS, from the bundle."""

import os
import platform
from pathlib import Path

from places import BUILD, BUNDLE, DIST, MADE, ROOT, run, version

_TIMESTAMPS = "http://timestamp.digicert.com"


def make_windows_installer(bundle: Path = BUNDLE, folder: Path = DIST) -> Path:
    """Write `leafdesk-<version>-windows-installer.exe`: per user, silent with /S. Warnings of makensis are errors.

    Programs and installer are signed where SIGNTOOL_THUMBPRINT names a certificate of this machine.
    """
    folder.mkdir(exist_ok=True)
    installer = folder / f"leafdesk-{version()}-windows-installer.exe"
    _sign(bundle / "leafdesk.exe", bundle / "leafdesk-cli.exe")
    known = {"VERSION": version(), "BUNDLE": bundle, "ICON": MADE / "leafdesk.ico", "OUT": installer}
    words = [f"-D{name}={value}" for name, value in known.items()]
    run("makensis", "-V2", "-WX", *words, ROOT / "packaging" / "windows" / "leafdesk.nsi")
    _sign(installer)
    return installer


def make_macos_image() -> Path:
    """Write `leafdesk-<version>-macos-<machine>.dmg`; see dmg.sh for signing."""
    DIST.mkdir(exist_ok=True)
    image = DIST / f"leafdesk-{version()}-macos-{platform.machine()}.dmg"
    run(ROOT / "packaging" / "macos" / "dmg.sh", BUILD / "bundle" / "Leafdesk.app", image)
    return image


def _sign(*files: Path) -> None:
    thumbprint = os.environ.get("SIGNTOOL_THUMBPRINT")
    if thumbprint:
        run("signtool", "sign", "/sha1", thumbprint, "/fd", "sha256", "/td", "sha256", "/tr", _TIMESTAMPS, *files)

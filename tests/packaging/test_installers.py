"""The Windows installer compiles without a warning, from a bundle of the real one's form."""

import re
import shutil
import subprocess
from pathlib import Path

import installers
import pytest
from pictures import draw
from places import ROOT, version

from leafdesk.shipped import shipped

OWN = ("Software\\Classes\\${HANDOVER}", "${HANDOVER_ENDING}")
"""The keys of the hand-over file, which is Leafdesk's own."""
SCRIPT = (ROOT / "packaging/windows/leafdesk.nsi").read_text("utf-8")


@pytest.mark.skipif(shutil.which("makensis") is None, reason="makensis (Debian's nsis) is not installed")
def test_the_installer_compiles_with_warnings_as_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = tmp_path / "bundle"
    (bundle / "_internal").mkdir(parents=True)
    for name in ("leafdesk.exe", "leafdesk-cli.exe", "_internal/part.dll"):
        (bundle / name).write_bytes(b"MZ")
    draw(shipped("icons/leafdesk.svg"), tmp_path / "made")
    monkeypatch.setattr(installers, "MADE", tmp_path / "made")
    made = installers.make_windows_installer(bundle, tmp_path / "dist")
    assert made.name == f"leafdesk-{version()}-windows-installer.exe"
    assert made.read_bytes()[:2] == b"MZ"


def test_the_removal_takes_back_what_the_installation_gives() -> None:
    install, remove = SCRIPT.split('Section "Uninstall"')
    for key in ("${UNINSTALL}", "Software\\Leafdesk", "Software\\Classes\\${OPENS}", *OWN):
        assert f'WriteRegStr HKCU "{key}"' in install
        assert f'DeleteRegKey HKCU "{key}"' in remove
    assert re.findall(r'CreateShortCut "([^"]+)"', install) == re.findall(r'Delete "(\$SMPROGRAMS[^"]+)"', remove)
    assert "EachEnding Offer" in install and "EachEnding Withdraw" in remove
    assert "HKLM" not in SCRIPT  # nothing that asks for an administrator
    assert 'RMDir /r "$INSTDIR"\n' not in SCRIPT  # a folder that somebody chose may hold other things


@pytest.mark.parametrize("script", ["dmg.sh", "certificate.sh"])
def test_the_scripts_for_macos_are_whole(script: str) -> None:
    done = subprocess.run(["bash", "-n", ROOT / "packaging/macos" / script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

"""The desktop entry, the store's page and the package agree with the program."""

import configparser
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from places import APP_ID, LINUX, ROOT, version

import leafdesk
from leafdesk.files.formats import OPENED
from leafdesk.files.handover import ENDING

ABOUT = ET.parse(LINUX / f"{APP_ID}.metainfo.xml").getroot()


def test_the_version_stands_in_one_place() -> None:
    assert version() == leafdesk.__version__
    release = ABOUT.find("releases/release")
    assert release is not None
    assert release.get("version") == "@VERSION@"


def test_the_store_page_leads_to_the_desktop_entry() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(LINUX / "leafdesk.desktop", "utf-8")
    desktop = entry["Desktop Entry"]
    assert desktop["Exec"] == "leafdesk %F"
    assert desktop["Icon"] == "leafdesk"
    assert ABOUT.findtext("launchable") == "leafdesk.desktop"
    assert ABOUT.findtext("id") == APP_ID


def test_files_that_are_opened_are_offered_on_every_system() -> None:
    """The endings of the table of formats, as the desktop entry, the installer and the bundle name them."""
    names = {ending for ending in OPENED if ending not in (".json", ".ndjson", ".geojsons", ".gz")}  # too many things
    windows = (ROOT / "packaging/windows/leafdesk.nsi").read_text("utf-8")
    mac = (ROOT / "packaging/leafdesk.spec").read_text("utf-8")
    assert names == set(re.findall(r'insertmacro \$\{do\} "(\.\w+)"', windows))
    listed = re.search(r'"CFBundleTypeExtensions": \[(.*?)\]', mac)
    assert listed is not None
    assert names == {f".{ending}" for ending in re.findall(r'"(\w+)"', listed[1])}


def test_a_hand_over_is_opened_with_leafdesk_on_every_system() -> None:
    assert f'glob pattern="*{ENDING}"' in (LINUX / "leafdesk-mime.xml").read_text("utf-8")
    assert f'"Software\\Classes\\{ENDING}"' in (ROOT / "packaging/windows/leafdesk.nsi").read_text("utf-8")
    assert f'"public.filename-extension": ["{ENDING[1:]}"]' in (ROOT / "packaging/leafdesk.spec").read_text("utf-8")
    kinds = {one.text for one in ABOUT.iterfind("provides/mediatype")}
    assert "application/vnd.leafdesk.handover+json" in kinds


@pytest.mark.skipif(shutil.which("update-mime-database") is None, reason="shared-mime-info is not installed")
def test_debian_knows_every_type_that_the_desktop_entry_names(tmp_path: Path) -> None:
    packages = tmp_path / "mime" / "packages"
    packages.mkdir(parents=True)
    shutil.copy(LINUX / "leafdesk-mime.xml", packages)
    known = Path("/usr/share/mime/packages/freedesktop.org.xml")
    shutil.copy(known, packages)
    done = subprocess.run(["update-mime-database", tmp_path / "mime"], capture_output=True, text=True, check=True)
    assert "leafdesk" not in done.stderr
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(LINUX / "leafdesk.desktop", "utf-8")
    types = [name for name in entry["Desktop Entry"]["MimeType"].split(";") if name]
    globs = (tmp_path / "mime" / "globs").read_text("utf-8")
    assert [name for name in types if f"\n{name}:" not in globs] == []
    assert "\napplication/vnd.shp:*.shp\n" in globs
    assert "\napplication/vnd.leafdesk.handover+json:*.leafdesk-handover\n" in globs


def test_every_overridden_tag_stands_under_a_reason() -> None:
    reason = ""
    for line in (LINUX / "lintian-overrides").read_text("utf-8").splitlines():
        reason = line if line.startswith("#") else reason
        assert len(reason) > 20
        assert line.startswith(("#", "leafdesk: "))

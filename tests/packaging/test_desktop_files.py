"""The desktop entry, the store's page and the package agree with the program."""

import configparser
import xml.etree.ElementTree as ET

from places import APP_ID, LINUX, version

import leafdesk

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
    assert desktop["Exec"] == "leafdesk"
    assert desktop["Icon"] == "leafdesk"
    assert ABOUT.findtext("launchable") == "leafdesk.desktop"
    assert ABOUT.findtext("id") == APP_ID


def test_every_overridden_tag_stands_under_a_reason() -> None:
    reason = ""
    for line in (LINUX / "lintian-overrides").read_text("utf-8").splitlines():
        reason = line if line.startswith("#") else reason
        assert len(reason) > 20
        assert line.startswith(("#", "leafdesk: "))

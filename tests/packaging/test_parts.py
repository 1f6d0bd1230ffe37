"""What the bundle carries of others is named, with its licence."""

from importlib import metadata

from parts import Part, notices, parts


def test_the_parts_are_what_leafdesk_needs_and_nothing_of_the_tools() -> None:
    found = {part.name.lower(): part for part in parts()}
    assert {"httpx", "shapely", "numpy", "keyring", "pyside6_essentials", "qt", "python"} <= found.keys()
    assert {"pip", "pytest", "ruff", "leafdesk", "pyinstaller"} & found.keys() == set()
    assert found["httpx"].version == metadata.version("httpx")
    assert found["httpx"].licence == "BSD-3-Clause"
    assert all(part.licence for part in found.values())
    assert found["httpx"].home.startswith("https://")


def test_every_part_brings_its_licence_text() -> None:
    without = {part.name for part in parts() if not part.texts}
    assert without == {"PySide6_Essentials", "shiboken6", "Qt"}  # the LGPL's text lies beside the list


def test_the_notices_name_each_part_and_print_each_text_once() -> None:
    mine = Part("Mine", "1", "MIT", "https://example.com/mine", ("Permission is granted",))
    yours = Part("Yours", "2", "MIT", "", ("Permission is granted", "Thanks"))
    text = notices([mine, yours])
    assert "- Mine 1: MIT (https://example.com/mine)\n- Yours 2: MIT\n" in text
    assert text.count("Permission is granted") == 1
    assert "Mine 1, Yours 2" in text
    assert "LGPL-3.0.txt" in text

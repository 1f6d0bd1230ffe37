"""What comes with Leafdesk is found wherever this copy of it came from."""

from pathlib import Path

import pytest

from leafdesk.shipped import shipped


def test_a_checkout_keeps_it_beside_the_package() -> None:
    found = shipped("icons/leafdesk.svg")
    assert found == Path(__file__).parent.parent / "resources" / "icons" / "leafdesk.svg"
    assert shipped("licences").is_dir()


def test_a_wheel_and_a_bundle_keep_it_inside_the_package(tmp_path: Path) -> None:
    house = tmp_path / "site-packages" / "leafdesk"
    inside, beside = house / "resources", house.parent / "resources"
    for folder in (inside, beside):
        folder.mkdir(parents=True)
        (folder / "mark.svg").touch()
    assert shipped("mark.svg", house) == inside / "mark.svg"


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"lacks icons/none\.svg"):
        shipped("icons/none.svg", tmp_path)

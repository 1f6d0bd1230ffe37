"""The list of parts for machines says what the bundle carries, and the same each time."""

import json

import pytest
from parts import Part, parts

cyclonedx = pytest.importorskip("cyclonedx", reason="the dependency group `build` is not installed")


def test_every_part_is_listed_with_where_it_comes_from() -> None:
    from sbom import sbom

    mine = parts()
    document = json.loads(sbom(mine, "1.2.3", 0))
    assert document["specVersion"] == "1.6"
    assert document["metadata"]["component"]["name"] == "leafdesk"
    assert document["metadata"]["timestamp"].startswith("1970-01-01")
    listed = {one["name"]: one for one in document["components"]}
    assert listed.keys() == {part.name for part in mine}
    assert listed["httpx"]["purl"] == f"pkg:pypi/httpx@{listed['httpx']['version']}"
    assert "purl" not in listed["Qt"]


def test_the_same_parts_give_the_same_text_and_others_another() -> None:
    from sbom import sbom

    one = Part("Mine", "1", "MIT", "https://example.com", ())
    other = Part("Mine", "2", "MIT", "https://example.com", ())
    assert sbom([one], "1", 5) == sbom([one], "1", 5)
    assert json.loads(sbom([one], "1", 5))["serialNumber"] != json.loads(sbom([other], "1", 5))["serialNumber"]

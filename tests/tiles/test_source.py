"""Addresses of tile servers: which are asked, and which never."""

import pytest

from leafdesk.tiles.source import SUGGESTED, Source, checked
from leafdesk.tiles.tile import Tile, UnreadableError


def source(template: str, **different: object) -> Source:
    said: dict[str, object] = {"name": "A", "template": template, "attribution": "© A"}
    return Source(**{**said, **different})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "template",
    [
        "https://example.com/{z}/{x}/{y}.png",
        "https://example.com:8443/wmts?TILEMATRIX={z}&TILECOL={x}&TILEROW={y}&key=1",
        "http://127.0.0.1:8080/{z}/{x}/{-y}.jpg",
        "http://[::1]/{z}/{x}/{y}",
        "http://localhost/{z}/{x}/{y}",
    ],
)
def test_addresses_that_can_be_asked(template: str) -> None:
    assert checked(source(template)).template == template


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("", "empty"),
        ("https://example.com/{z}/{x}/{y}.png\n", "letters that no address has"),
        ("https://exämple.com/{z}/{x}/{y}", "letters that no address has"),
        ("https://example.com/{z}/{x}.png", "needs {z}, {x} and {y}"),
        ("https://{s}.example.com/{z}/{x}/{y}.png", "no other braces"),
        ("https://{z}{x}{y}.example.com/", "no server's name"),
        ("https:///{z}/{x}/{y}", "no server's name"),
        ("https://me:secret@example.com/{z}/{x}/{y}", "user name or password"),
        ("http://example.com/{z}/{x}/{y}", "https://"),
        ("http://127.0.0.1.example.com/{z}/{x}/{y}", "https://"),
        ("file:///home/{z}/{x}/{y}", "no server's name"),
        ("ftp://example.com/{z}/{x}/{y}", "https://"),
        ("https://example.com:99999/{z}/{x}/{y}", "not one that a server can have"),
        ("https://example.com/{z}/{x}/{y}" + "a" * 3000, "too long"),
    ],
)
def test_addresses_that_are_never_asked(template: str, said: str) -> None:
    with pytest.raises(UnreadableError) as error:
        checked(source(template))
    assert said in str(error.value) and "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("different", "said"),
    [({"name": " "}, "name"), ({"attribution": ""}, "whose map"), ({"lowest": 9, "highest": 3}, "Zooms"),
     ({"highest": 60}, "Zooms"), ({"side": 1024}, "256 or 512")],
)  # fmt: skip
def test_what_a_source_must_say(different: dict[str, object], said: str) -> None:
    with pytest.raises(UnreadableError, match=said):
        checked(source("https://example.com/{z}/{x}/{y}", **different))


def test_a_tiles_address() -> None:
    assert source("https://example.com/{z}/{x}/{y}/{-y}").url(Tile(3, 1, 2)) == "https://example.com/3/1/2/5"


def test_the_suggested_ones_can_be_asked_and_say_whose_they_are() -> None:
    for one in SUGGESTED:
        assert checked(one).licence and one.terms.startswith("https://")
    assert {one.name for one in SUGGESTED if one.why_no_download} == {"OpenStreetMap"}

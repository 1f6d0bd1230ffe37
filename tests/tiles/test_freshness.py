"""How long an answer may be used, by its headers."""

import pytest

from leafdesk.tiles.freshness import DAY, MOST, USUAL, freshness

NOW = 1_735_689_600.0  # Wed, 01 Jan 2025 00:00:00 GMT
DATE = "Wed, 01 Jan 2025 00:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "lasts"),
    [
        ({}, USUAL),
        ({"cache-control": "max-age=600"}, 600),
        ({"cache-control": "public, Max-Age=600 , immutable"}, 600),
        ({"cache-control": 'max-age="600"'}, 600),
        ({"cache-control": "max-age=600", "age": "100"}, 500),
        ({"cache-control": "max-age=600", "age": "9000"}, 0),
        ({"cache-control": "max-age=-5"}, 0),
        ({"cache-control": "max-age=99999999999"}, MOST),
        ({"cache-control": "max-age=600", "expires": "0"}, 600),
        ({"expires": "Wed, 01 Jan 2025 01:00:00 GMT", "date": DATE}, 3600),
        ({"expires": "Wed, 01 Jan 2025 01:00:00 GMT"}, 3600),
        ({"expires": "0"}, 0),
        ({"last-modified": "Sun, 22 Dec 2024 00:00:00 GMT", "date": DATE}, DAY),
        ({"last-modified": "Wed, 01 Jan 2020 00:00:00 GMT"}, USUAL),
        ({"last-modified": "nonsense"}, USUAL),
    ],
)
def test_it_lasts_as_long_as_the_server_says(headers: dict[str, str], lasts: float) -> None:
    found = freshness(headers, NOW)
    assert found.until - NOW == pytest.approx(lasts)
    assert found.keep and not found.strict


def test_what_may_not_be_kept_or_shown_unasked() -> None:
    assert not freshness({"cache-control": "no-store"}, NOW).keep
    stale = freshness({"cache-control": "no-cache"}, NOW)
    assert stale.until == NOW and stale.strict and stale.keep
    assert freshness({"cache-control": "max-age=60, must-revalidate"}, NOW).strict
    assert freshness({"pragma": "no-cache"}, NOW).until == NOW

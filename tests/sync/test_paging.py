"""Lists that come in pages, from a Leaf that does not page as it is asked to."""

from itertools import count
from typing import Any

import httpx
import pytest

from leafdesk.api.calls import list_farms
from leafdesk.sync.asks import every

from .laptop import USER, Laptop

NAMES = ["Bourn", "Comberton", "Eversden", "Harlton", "Toft"]


def farms(laptop: Laptop) -> list[dict[str, Any]]:
    """Five farms, as Leaf shows them."""
    for name in NAMES:
        laptop.leaf.create_farm(USER, name)
    return laptop.leaf.all("farms")


def names(laptop: Laptop) -> list[str]:
    """Of every farm that is read."""
    return [farm.name for farm in laptop.drive(every(lambda page: list_farms(page=page), laptop.trip()))]


@pytest.mark.parametrize(
    ("size", "total", "asked"),
    [(2, 5, 3), (1, 5, 5), (5, 5, 1), (2, 9, 4), (5, None, 1)],
    ids=["smaller-pages", "one-a-page", "one-page", "fewer-than-the-total-says", "no-total"],
)
def test_every_farm_is_read_however_many_come_in_a_page(
    laptop: Laptop, size: int, total: int | None, asked: int
) -> None:
    rows, starts = farms(laptop), count(step=size)
    headers = {} if total is None else {"x-total-count": str(total)}

    def page(*_: object) -> httpx.Response:
        start = next(starts)
        return httpx.Response(200, headers=headers, json=rows[start : start + size])

    laptop.far.fault = page
    assert names(laptop) == NAMES
    assert laptop.far.counts["listFarms"] == asked


def test_a_list_that_does_not_page_is_asked_for_once_more_and_no_further(laptop: Laptop) -> None:
    rows = farms(laptop)
    laptop.far.fault = lambda *_: httpx.Response(200, headers={"x-total-count": "9"}, json=rows)
    assert names(laptop) == NAMES
    assert laptop.far.counts["listFarms"] == 2

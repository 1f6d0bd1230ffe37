"""A first pull that is cut short goes on at its page: stopped before every step there is, then finished."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from leafdesk.store.catalog import Catalog
from leafdesk.sync import pull, sweep
from leafdesk.sync.asks import Send, SendAll, Write
from leafdesk.sync.sweep import AGE

from .laptop import USER, Laptop, square
from .test_by_itself import dated

PAGE = 3
FIELDS, PAGES = 14, 5
FARMS = 4


class KilledError(BaseException):
    """The program is killed."""


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pull, "PAGE", PAGE)
    monkeypatch.setattr(pull, "PAGES_AT_ONCE", 2)
    monkeypatch.setattr("leafdesk.sync.boundaries.BATCH", 6)


@pytest.fixture
def new(tmp_path: Path) -> Iterator[Callable[[], Laptop]]:
    """Laptops with nothing on them, and a Leaf with some pages of everything."""
    made: list[Laptop] = []

    def one() -> Laptop:
        laptop = Laptop(tmp_path / f"{len(made)}.db")
        made.append(laptop)
        for n in range(FARMS):
            laptop.leaf.create_farm(USER, f"Farm {n}")
        for n in range(FIELDS):
            laptop.make_field(f"Field {n:02}", square(n / 10))
        return laptop

    yield one
    for laptop in made:
        laptop.database.close()


def kill_at(laptop: Laptop, step: int) -> bool:
    """Sync until so many requests and transactions were done; whether it was killed before its end."""
    steps = iter(range(step))

    def killed(ask: Any) -> None:
        if isinstance(ask, Send | SendAll | Write) and next(steps, None) is None:
            raise KilledError

    laptop.before = killed
    try:
        laptop.sync()
    except KilledError:
        return True
    finally:
        laptop.before = lambda _: None
    return False


def kept_pages(laptop: Laptop) -> tuple[int, int]:
    """Pages of fields, and of farms, that are known to be here; -1 when the list was finished."""
    found = laptop.catalog.facts("place:")
    return tuple(  # type: ignore[return-value]
        -1 if f"place::{kind}:" in found else sum(name.startswith(f"place::{kind}:") for name in found)
        for kind in ("fields", "farms")
    )


def asked_pages(laptop: Laptop) -> Counter[str]:
    return Counter({name: n for name, n in laptop.far.counts.items() if name in ("listFields", "listFarms")})


def test_wherever_it_is_killed_no_more_than_one_kept_page_is_read_again_and_no_boundary(
    new: Callable[[], Laptop],
) -> None:
    step = 0
    while True:
        laptop, step = new(), step + 1
        if not kill_at(laptop, step):
            break
        (fields, farms), here = kept_pages(laptop), len(laptop.catalog.known_boundaries())
        laptop.far.asked.clear()
        assert laptop.sync().outcome == "done"
        fields_left = 0 if fields < 0 else PAGES - fields + (fields > 0)
        farms_left = 0 if farms < 0 else 2 - farms + (farms > 0)
        assert asked_pages(laptop) == Counter(listFields=fields_left, listFarms=farms_left), step
        assert laptop.far.counts["getBoundary"] == FIELDS - here, step
        assert all(row.box is not None for row in laptop.catalog.fields())
        assert len(laptop.catalog.fields()) == FIELDS and len(laptop.catalog.farms()) == FARMS
        assert laptop.catalog.facts("place:") == {}
    assert step > 20


def middle(laptop: Laptop) -> None:
    """Kill it when three pages of fields are here."""
    step = 0
    while kept_pages(laptop)[0] < 3:
        step += 1
        assert kill_at(laptop, step)


def test_after_a_pull_in_two_goes_the_next_one_reads_everything_and_writes_no_record(
    new: Callable[[], Laptop],
) -> None:
    laptop = new()
    dated(laptop)
    laptop.time += 3600
    laptop.make_field("Last", square(30))
    middle(laptop)
    laptop.sync()
    for pages in (PAGES, 1):  # all of it though nobody asked and the hour is not over; after that only what is new
        laptop.time += 700
        laptop.far.asked.clear()
        cycle = laptop.sync(by_itself=True)
        assert laptop.far.counts["listFields"] == pages
        assert not any(any(tally.values()) for tally in cycle.pulled.as_dict().values())


def test_when_rows_moved_meanwhile_it_begins_anew(new: Callable[[], Laptop]) -> None:
    laptop = new()
    middle(laptop)
    gone = str(laptop.leaf.all("fields")[1]["id"])
    laptop.leaf.remove(gone)
    laptop.far.asked.clear()
    laptop.sync()
    assert laptop.far.counts["listFields"] == 1 + PAGES and laptop.far.counts["getField"] == 1
    assert {row.id for row in laptop.catalog.fields()} == {one["id"] for one in laptop.leaf.all("fields")}


def test_what_came_behind_is_met(new: Callable[[], Laptop]) -> None:
    laptop = new()
    middle(laptop)
    kept, _ = kept_pages(laptop)
    late = [laptop.make_field(f"Late {n}", square(20 + n)) for n in range(4)]
    laptop.far.asked.clear()
    laptop.sync()
    assert laptop.far.counts["listFields"] == 6 - kept + 1 + 2  # the list grew as it was read: its end is read again
    assert {row.id for row in laptop.catalog.fields()} >= set(late)


def test_a_pull_that_was_cut_short_the_day_before_begins_anew(new: Callable[[], Laptop]) -> None:
    laptop = new()
    middle(laptop)
    laptop.time += AGE
    laptop.far.asked.clear()
    laptop.sync()
    assert laptop.far.counts["listFields"] == PAGES


def test_without_a_total_it_goes_on_as_well(new: Callable[[], Laptop]) -> None:
    laptop = new()

    def untold(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        answer = act()
        answer.headers.pop("x-total-count", None)
        return answer

    laptop.far.fault = untold
    middle(laptop)
    kept, _ = kept_pages(laptop)
    laptop.far.asked.clear()
    laptop.sync()
    assert laptop.far.counts["listFields"] == PAGES - kept + 1
    assert len(laptop.catalog.fields()) == FIELDS


def test_whoever_is_kept_anew_is_read_from_the_beginning(new: Callable[[], Laptop]) -> None:
    laptop = new()
    middle(laptop)
    laptop.database.write(lambda connection: sweep.forget(Catalog(connection))).result()
    laptop.far.asked.clear()
    laptop.sync()
    assert laptop.far.counts["listFields"] == PAGES

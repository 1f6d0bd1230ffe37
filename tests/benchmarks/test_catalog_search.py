"""Search as somebody types and scrolling, at 100,000 entries; LEAFDESK_BENCHMARK=1 runs it at full size."""

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

from leafdesk.records import Kind, Product, Variety
from leafdesk.store.catalog import Catalog
from leafdesk.store.database import Database
from leafdesk.store.tables import Tables

FULL = os.environ.get("LEAFDESK_BENCHMARK") == "1"
ENTRIES = 100_000 if FULL else 3_000
PARTS = "ba be bo cla cre dra du fen fla glu gro hex ka li lo ma mex ni ola pen pro qui ra ri run sa sul ta tri ver zo"


USERS = ("many", "some", "few")


def _whose(dice: random.Random, n: int) -> str:
    """Two thirds belong to everybody or to the Leaf user with many, a hundred to the one with few."""
    return "few" if n % (ENTRIES // 100) == 0 else dice.choice(("", "many", "some"))


def _entries(dice: random.Random) -> list[Product | Variety]:
    """Seven products for three varieties, with the same words in their names."""
    parts = PARTS.split()
    words = ["".join(dice.choices(parts, k=dice.randint(2, 4))).capitalize() for _ in range(ENTRIES // 12)]
    kinds = ["Herbicide", "Insecticide", "Fungicide", "Adjuvant"]

    def name() -> str:
        return f"{dice.choice(words)} {dice.choice(words)} {dice.randint(1, 900)}"

    return [
        Variety(
            id=f"v{n}",
            leaf_user_id=_whose(dice, n),
            name=name(),
            crops=(dice.choice(["corn", "SOYBEANS", "wheat"]),),
            company=f"{dice.choice(words)} Inc.",
            raw="{}",
        )
        if n % 10 < 3
        else Product(
            id=f"p{n}",
            leaf_user_id=_whose(dice, n),
            name=name(),
            registrant=f"{dice.choice(words)} Inc.",
            product_type=dice.choice(kinds),
            label_provider=dice.choice(["CDMS", "AGRIAN", "JohnDeere"]),
            raw="{}",
        )
        for n in range(ENTRIES)
    ]


def _typed(dice: random.Random, name: str) -> str:
    """A beginning, a misspelling, or a word that half the catalog has."""
    if (way := dice.random()) < 0.6:
        return name[: dice.randint(1, 9)]
    if way < 0.85:
        at = dice.randint(1, len(name.split()[0]) - 1)
        return name[:at] + dice.choice("abcxyz") + name[at + 1 : 10]
    return dice.choice(["herb", "inc", "a", "b", "sul", "cdms", "zzz", "inc cdms"])


def _times(look: Callable[[int], object], many: int) -> list[float]:
    times = []
    for n in range(many):
        begun = time.perf_counter()
        look(n)
        times.append(1000 * (time.perf_counter() - begun))
    return sorted(times)


def _p95(times: list[float]) -> float:
    return times[int(len(times) * 0.95)]


def test_a_letter_typed_is_answered_at_once(tmp_path: Path) -> None:
    dice = random.Random(1)
    entries = _entries(dice)
    database = Database(tmp_path / "leafdesk.db")
    for start in range(0, ENTRIES, 1000):
        some = entries[start : start + 1000]
        database.write(lambda connection, some=some: Catalog(connection).put(some)).result()  # type: ignore[misc]
    tables = Tables(database.reader())
    typed = [_typed(dice, dice.choice(entries).name) for _ in range(400 if FULL else 60)]
    kinds: tuple[Kind, Kind] = ("products", "varieties")
    of_all = _times(lambda n: tables.search(kinds[n % 2], typed[n]), len(typed))
    of_one = {
        user: _times(lambda n, user=user: tables.search(kinds[n % 2], typed[n], leaf_user_id=user), len(typed))  # type: ignore[misc]
        for user in USERS
    }
    begun = time.perf_counter()
    numbers = tables.numbers("products", order=[("registrant", True)])
    order = 1000 * (time.perf_counter() - begun)
    windows = _times(lambda n: tables.rows_at(numbers[n * 7 : n * 7 + 100]), 100)
    database.close()
    print(f"\n{ENTRIES} entries; order by an attribute {order:.0f} ms; a window of 100 rows p95 {windows[95]:.1f} ms")
    for whose, times in {"all": of_all, **of_one}.items():
        print(f"search of {whose}: p50 {times[len(times) // 2]:.1f}, p95 {_p95(times):.1f}, most {times[-1]:.1f} ms")
    assert len(numbers) == sum(isinstance(one, Product) for one in entries)
    assert max(map(_p95, (of_all, *of_one.values()))) < (50 if FULL else 150)

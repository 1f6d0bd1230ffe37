"""A database in a folder of its own, and made-up farmland to put into it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from leafdesk.edits import Edit
from leafdesk.geo.shape import Shape
from leafdesk.records import Boundary, Farm, Field, Grower, LeafUser
from leafdesk.store.catalog import Catalog, Changes
from leafdesk.store.database import Database
from leafdesk.store.outbox import Attempt, Item, Outbox

T = TypeVar("T")
NOW = "2026-05-01T08:00:00Z"


class Land:
    """One account's database with short words for what sync, a person and the engine do to it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.edits = 0

    @property
    def catalog(self) -> Catalog:
        return Catalog(self.database.reader())

    @property
    def outbox(self) -> Outbox:
        return Outbox(self.database.reader())

    def write(self, job: Callable[[Any], T]) -> T:
        return self.database.write(job).result()

    def put(self, *records: Any) -> Changes:
        return self.write(lambda c: Catalog(c).put(records))

    def put_boundary(self, field: str, *boundaries: Boundary) -> Changes:
        return self.write(lambda c: Catalog(c).put_boundaries(field, boundaries))

    def do(self, edit: Edit, item_id: str | None = None) -> str:
        """Queue an edit; the id of the item that carries it."""
        self.edits += 1
        name = item_id or f"edit-{self.edits}"
        return self.write(lambda c: Outbox(c).add(edit, item_id=name, now=NOW))[0]

    def item(self, id: str) -> Item:
        item = self.outbox.item(id)
        assert item is not None
        return item

    def send(self, id: str, **body: Any) -> tuple[Item, Attempt]:
        item = self.item(id)
        return self.write(lambda c: Outbox(c).mark_sent(item, body=body, pre={"known": []}, now=NOW, run_id="run-1"))

    def settle(self, id: str, state: Any, outcome: str, **more: Any) -> Changes:
        item = self.item(id)
        return self.write(lambda c: Outbox(c).settle(item, state, outcome=outcome, now=NOW, **more))

    def discard(self, id: str) -> Changes:
        return self.write(lambda c: Outbox(c).discard(id, now=NOW))

    def resolve(self, id: str, keep: Any) -> Changes:
        return self.write(lambda c: Outbox(c).resolve(id, keep, now=NOW))

    def states(self) -> dict[str, str]:
        """State by item id, of all items that ever were."""
        return dict(self.database.reader().execute("SELECT id, state FROM outbox ORDER BY seq").fetchall())

    def names(self, search: str) -> list[str]:
        return [row.name for row in self.catalog.fields(search=search)]


def square(x: float = 10.0, y: float = 50.0, side: float = 0.002) -> Shape:
    return ((((x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)),),)


@pytest.fixture
def shape() -> Callable[..., Shape]:
    """Squares by their lower left corner and side, in degrees."""
    return square


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "leafdesk.db"


@pytest.fixture
def empty(path: Path) -> Iterator[Land]:
    database = Database(path)
    yield Land(database)
    database.close()


@pytest.fixture
def land(empty: Land) -> Land:
    """A Leaf user with a grower, two farms and two fields: `mill` with a boundary, `quarter` without."""
    time = "2026-01-01T00:00:00.000000Z"
    empty.put(
        LeafUser(id="hill", name="Hill & Sons", email="hill@example.com", raw='{"id":"hill"}'),
        Grower(id="7", leaf_user_id="hill", name="Hill", leaf_id=7, raw='{"id":7}', updated_time=time),
        Farm(id="41", leaf_user_id="hill", name="Home Farm", leaf_id=41, grower_id="7", raw="{}", updated_time=time),
        Farm(id="42", leaf_user_id="hill", name="River Farm", leaf_id=42, raw="{}", updated_time=time),
        Field(
            id="mill",
            leaf_user_id="hill",
            name="Mill Field",
            farm_id="41",
            status="PROCESSED",
            updated_time=time,
            raw='{"id":"mill","boundaries":["b1"]}',
        ),
        Field(id="quarter", leaf_user_id="hill", name="North Quarter", status="PREVIEW", raw='{"boundaries":[]}'),
    )
    empty.put_boundary(
        "mill", Boundary(id="b1", status="ACTIVE", shape=square(), area_ha=3.2, validity="VALID", raw='{"id":"b1"}')
    )
    return empty

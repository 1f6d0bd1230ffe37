"""A map on the screen and fields to put on it."""

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from leafdesk.geo.measure import area_ha
from leafdesk.geo.shape import Ring, Shape, box, pack
from leafdesk.ui.map.canvas import MapCanvas
from leafdesk.workspace import FieldRow

Field = tuple[FieldRow, bytes, Shape]


def square(west: float, south: float, side: float = 0.004) -> Ring:
    """A ring of four corners, in degrees."""
    return (
        (west, south),
        (west + side, south),
        (west + side, south + side),
        (west, south + side),
        (west, south),
    )


@pytest.fixture
def field() -> Callable[..., Field]:
    """Makes a field's row, packed outline and shape."""

    def make(id_: str, shape: Shape, name: str = "", mark: str = "", provider: str | None = None) -> Field:
        row = FieldRow(
            id=id_,
            leaf_user_id="user",
            farm_id=None,
            name=name or id_,
            status="PROCESSED",
            provider_name=provider,
            area_ha=area_ha(shape),
            mark=mark,
            box=box(shape),
        )
        return row, pack(shape), shape

    return make


@pytest.fixture
def grid(field: Callable[..., Field]) -> Callable[[int], list[Field]]:
    """Makes so many square fields, a hundred to a row, with roads between."""

    def make(count: int) -> list[Field]:
        places = [(-93.5 + n % 100 * 0.005, 41.7 + n // 100 * 0.005) for n in range(count)]
        return [field(f"f{n}", ((square(*place),),), f"Field {n}") for n, place in enumerate(places)]

    return make


@pytest.fixture
def canvas(qtbot: QtBot) -> Iterator[MapCanvas]:
    """A map of 800 × 600 pixels on the screen."""
    made = MapCanvas()
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.hide()


@pytest.fixture
def show(canvas: MapCanvas) -> Callable[..., MapCanvas]:
    """Puts fields on the map, all of them in sight, everything painted."""

    def put(*fields: Field) -> MapCanvas:
        canvas.show_fields([f[0] for f in fields], [(f[0].id, f[1]) for f in fields])
        canvas.fit_all()
        canvas.settle()
        return canvas

    return put

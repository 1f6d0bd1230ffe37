"""A boundary that Leaf wrote down a little differently is still the one drawn here; another one is not."""

from collections.abc import Callable
from itertools import pairwise

import httpx
import pytest

from leafdesk.edits import Create, Redraw
from leafdesk.geo.overlap import likeness
from leafdesk.geo.shape import to_geojson
from leafdesk.records import Field

from .laptop import USER, Laptop, square

HOME = "7b1b7a3e-6d1c-4b0a-9a53-2f4d5e6a7b8c"


def nearly(west: float) -> object:
    """The square as it comes from somewhere that keeps six digits and puts a point into every edge."""
    ((ring,),) = square(west, 52.0000004)
    points = []
    for (x1, y1), (x2, y2) in pairwise(ring):
        points += [(round(x1, 6), round(y1, 6)), (round((x1 + x2) / 2, 6), round((y1 + y2) / 2, 6))]
    return to_geojson((((*points, points[0]),),))


def test_likeness() -> None:
    assert likeness(square(), square()) == pytest.approx(1.0, abs=1e-12)
    assert likeness(square(5.0), square(5.005)) == pytest.approx(1 / 3, rel=1e-3)
    assert likeness(square(5.0), square(7.0)) == 0.0
    bow = ((((5.0, 52.0), (5.1, 52.1), (5.1, 52.0), (5.0, 52.1), (5.0, 52.0)),),)
    assert likeness(bow, bow) == 0.0  # what is no area proves nothing


def lost(laptop: Laptop, operation: str, instead: Callable[[], object]) -> None:
    """The answer to this operation is lost; at Leaf happens `instead`."""

    def fault(asked: str, act: Callable[[], httpx.Response]) -> httpx.Response:
        if asked != operation:
            return act()
        instead()
        raise httpx.ReadError("reset")

    laptop.far.fault = fault


def test_a_redraw_that_arrived_in_other_numbers_is_proved(laptop: Laptop) -> None:
    field = laptop.make_field("Home")
    laptop.sync()
    (item,) = laptop.do(Redraw(field, square(5.1, 52.0000004)))
    lost(laptop, "replaceActiveBoundary", lambda: laptop.leaf.redraw(field, nearly(5.1)))
    laptop.sync()
    laptop.far.fault = None
    laptop.time += 91
    laptop.sync()
    assert laptop.item(item).state == "done" and len(laptop.leaf.history(field)) == 2
    assert laptop.far.counts["replaceActiveBoundary"] == 1


def test_somebody_elses_boundary_nearby_is_no_proof(laptop: Laptop) -> None:
    field = laptop.make_field("Home")
    laptop.sync()
    (item,) = laptop.do(Redraw(field, square(5.1)))
    lost(laptop, "replaceActiveBoundary", lambda: laptop.leaf.redraw(field, to_geojson(square(5.1001))))
    laptop.sync()
    laptop.far.fault = None
    laptop.time += 91
    laptop.sync()
    assert laptop.item(item).state == "conflict"


def test_a_new_field_that_arrived_in_other_numbers_is_ours(laptop: Laptop) -> None:
    laptop.sync()
    (item,) = laptop.do(Create(Field(id=HOME, leaf_user_id=USER, name="Home", shape=square(5.1, 52.0000004))))
    lost(laptop, "createField", lambda: laptop.leaf.create_field(USER, nearly(5.1), "Home", HOME))
    laptop.sync()
    laptop.far.fault = None
    laptop.time += 91
    laptop.sync()
    assert laptop.item(item).state == "done" and laptop.far.counts["createField"] == 1

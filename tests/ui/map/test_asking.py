"""Outlines are asked for when they are seen, not before, and only those used last stay at hand."""

from collections.abc import Callable
from typing import Any

import pytest

from leafdesk.ui.map import outlines as room
from leafdesk.ui.map.canvas import MapCanvas
from leafdesk.ui.map.colours import LIGHT
from leafdesk.ui.map.outlines import Packed
from tests.ui.map.conftest import Field, square
from tests.ui.map.test_canvas import close_to, colour


class Shelf:
    """Holds outlines and hands them over when told to, as a reading thread would, later."""

    def __init__(self, fields: list[Field]) -> None:
        self.packed = {row.id: packed for row, packed, _ in fields}
        self.asked: list[list[str]] = []
        self.waiting: list[Callable[[], None]] = []

    def __call__(self, ids: list[str], then: Callable[[Packed], None]) -> None:
        self.asked.append(ids)
        self.waiting.append(lambda: then([(id_, self.packed[id_]) for id_ in ids if id_ in self.packed]))

    def answer(self) -> None:
        """Hand over what was asked for."""
        waiting, self.waiting = self.waiting, []
        for one in waiting:
            one()


def work(canvas: MapCanvas, shelf: Shelf) -> None:
    """Let the map do all it can, answering whatever it asks."""
    for _ in range(1000):
        canvas.picture.work()
        if shelf.waiting:
            shelf.answer()
        elif not canvas.picture.busy:
            return
    raise AssertionError("the map never came to rest")


@pytest.fixture
def west(field: Any) -> Field:
    made: Field = field("west", ((square(-93.5, 41.7),),))
    return made


@pytest.fixture
def east(field: Any) -> Field:
    made: Field = field("east", ((square(-93.3, 41.7),),))
    return made


def shown(canvas: MapCanvas, *fields: Field) -> Shelf:
    shelf = Shelf(list(fields))
    canvas.settle()
    canvas.read_from(shelf)
    canvas.show_fields([row for row, *_ in fields])
    canvas.fit_field(fields[0][0].id)
    return shelf


def test_only_what_is_seen_is_asked_for(canvas: MapCanvas, west: Field, east: Field) -> None:
    shelf = shown(canvas, west, east)
    canvas.fit_box((-93.51, 41.69, -93.49, 41.71))
    work(canvas, shelf)
    assert shelf.asked == [["west"]]
    assert close_to(colour(canvas, (-93.498, 41.702)), LIGHT.field_fill)
    assert canvas.field_at(canvas.view.to_screen((-93.498, 41.702))) == "west"
    canvas.fit_box((-93.31, 41.69, -93.29, 41.71))
    work(canvas, shelf)
    assert shelf.asked == [["west"], ["east"]]
    assert close_to(colour(canvas, (-93.298, 41.702)), LIGHT.field_fill)


def test_the_map_has_not_settled_while_outlines_are_read(canvas: MapCanvas, west: Field) -> None:
    shelf = shown(canvas, west)
    settled: list[bool] = []
    canvas.settled.connect(lambda: settled.append(True))
    while canvas.picture.busy:
        canvas.picture.work()
    assert shelf.asked == [["west"]]
    assert not settled
    shelf.answer()
    work(canvas, shelf)
    assert settled


def test_an_outline_that_changed_is_read_again(canvas: MapCanvas, field: Any, west: Field) -> None:
    shelf = shown(canvas, west)
    work(canvas, shelf)
    moved = field("west", ((square(-93.499, 41.7),),))
    shelf.packed["west"] = moved[1]
    canvas.update_fields([moved[0]], [], set())
    work(canvas, shelf)
    assert shelf.asked == [["west"], ["west"]]
    assert close_to(colour(canvas, (-93.4999, 41.702)), LIGHT.ground)
    assert close_to(colour(canvas, (-93.4955, 41.702)), LIGHT.field_fill)


def test_a_late_answer_for_other_fields_is_not_taken(canvas: MapCanvas, west: Field, east: Field) -> None:
    shelf = shown(canvas, west)
    while canvas.picture.busy:
        canvas.picture.work()
    canvas.show_fields([east[0]])
    shelf.packed["east"] = east[1]
    shelf.answer()  # about west, which is not shown any more
    assert "west" not in canvas.picture.outlines.packed
    canvas.fit_field("east")
    work(canvas, shelf)
    assert close_to(colour(canvas, (-93.298, 41.702)), LIGHT.field_fill)


def test_a_field_without_outline_after_all_is_not_asked_for_for_ever(canvas: MapCanvas, west: Field) -> None:
    shelf = shown(canvas, west)
    del shelf.packed["west"]
    work(canvas, shelf)
    assert shelf.asked == [["west"]]
    assert canvas.picture.outlines.slots == {}


def test_only_those_used_last_stay_at_hand(
    canvas: MapCanvas, grid: Callable[[int], list[Field]], monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = grid(600)
    monkeypatch.setattr(room, "_KEPT_BYTES", 100 * len(fields[0][1]))
    shelf = Shelf(fields)
    canvas.settle()
    canvas.read_from(shelf)
    canvas.show_fields([row for row, *_ in fields])
    canvas.fit_all()
    work(canvas, shelf)
    kept = canvas.picture.outlines.packed
    assert 80 <= len(kept) <= 100
    assert sorted(id_ for ids in shelf.asked for id_ in ids) == sorted(row.id for row, *_ in fields), (
        "each was read once"
    )
    gone = next(row.id for row, *_ in fields if row.id not in kept)
    had: list[bytes] = []
    canvas.with_outline(gone, had.append)
    assert not had
    shelf.answer()
    assert had == [shelf.packed[gone]]

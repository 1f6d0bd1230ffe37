"""Laws of the hand: untouched corners stay the same objects, and every action has an inverse."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leafdesk.geo.actions import (
    Corner,
    NotPossibleError,
    add_position,
    close,
    delete_vertex,
    insert_vertex,
    move_vertex,
    position_of,
    ring_of,
    take_back,
    why_not_close,
    why_not_delete,
)
from leafdesk.geo.history import History
from leafdesk.geo.shape import Position, Ring, Shape

positions = st.tuples(st.floats(-179, 179), st.floats(-80, 80))
rings = st.lists(positions, min_size=3, max_size=9, unique=True).map(lambda ps: (*ps, ps[0]))
polygons = st.lists(rings, min_size=1, max_size=3).map(tuple)
shapes = st.lists(polygons, min_size=1, max_size=3).map(tuple)


@st.composite
def shape_and_corner(draw: st.DrawFn) -> tuple[Shape, Corner]:
    shape = draw(shapes)
    polygon = draw(st.integers(0, len(shape) - 1))
    ring = draw(st.integers(0, len(shape[polygon]) - 1))
    return shape, Corner(polygon, ring, draw(st.integers(0, len(shape[polygon][ring]) - 2)))


def untouched(before: Shape, after: Shape, corner: Corner) -> bool:
    """Whether every other ring is the same object and the ring's own corners are, but for the one."""
    others = all(
        after[p][r] is ring
        for p, polygon in enumerate(before)
        for r, ring in enumerate(polygon)
        if (p, r) != (corner.polygon, corner.ring)
    )
    old = [id(q) for i, q in enumerate(ring_of(before, corner)[:-1]) if i != corner.at]
    return others and set(old) <= {id(q) for q in ring_of(after, corner)}


@given(shape_and_corner(), positions)
def test_moving_touches_one_corner_and_moving_back_restores(chosen: tuple[Shape, Corner], to: Position) -> None:
    shape, corner = chosen
    moved = move_vertex(shape, corner, to)
    assert position_of(moved, corner) == to
    assert untouched(shape, moved, corner)
    assert all(ring[0] == ring[-1] for polygon in moved for ring in polygon)
    assert move_vertex(moved, corner, position_of(shape, corner)) == shape


@given(shape_and_corner(), positions)
def test_deleting_what_was_inserted_restores(chosen: tuple[Shape, Corner], where: Position) -> None:
    shape, corner = chosen
    longer = insert_vertex(shape, corner, where)
    new = corner._replace(at=corner.at + 1)
    assert position_of(longer, new) == where
    assert len(ring_of(longer, corner)) == len(ring_of(shape, corner)) + 1
    assert delete_vertex(longer, new) == shape


@given(shape_and_corner())
def test_deleting_leaves_a_closed_ring_or_says_why_not(chosen: tuple[Shape, Corner]) -> None:
    shape, corner = chosen
    if why_not_delete(shape, corner):
        with pytest.raises(NotPossibleError, match="at least three corners"):
            delete_vertex(shape, corner)
        assert len(ring_of(shape, corner)) == 4
        return
    less = delete_vertex(shape, corner)
    assert ring_of(less, corner)[0] == ring_of(less, corner)[-1]
    assert set(ring_of(less, corner)) == set(ring_of(shape, corner)) - {position_of(shape, corner)}
    assert untouched(shape, less, corner)


def test_the_closing_twin_is_the_first_corner() -> None:
    shape: Shape = ((((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)),),)
    assert move_vertex(shape, Corner(0, 0, 4), (9.0, 9.0)) == move_vertex(shape, Corner(0, 0, 0), (9.0, 9.0))
    with pytest.raises(NotPossibleError):
        move_vertex(shape, Corner(0, 0, 5), (9.0, 9.0))


def test_drawing_corner_by_corner() -> None:
    drawn: Ring = ()
    with pytest.raises(NotPossibleError, match="Nothing"):
        take_back(drawn)
    assert why_not_close(drawn) == "3 more corners needed."
    for position in ((0.0, 0.0), (1.0, 0.0)):
        drawn = add_position(drawn, position)
    assert why_not_close(drawn) == "1 more corner needed."
    with pytest.raises(NotPossibleError, match="1 more corner"):
        close(drawn)
    with pytest.raises(NotPossibleError, match="already"):
        add_position(drawn, (1.0, 0.0))
    drawn = add_position(drawn, (1.0, 1.0))
    assert take_back(drawn) == ((0.0, 0.0), (1.0, 0.0))
    assert close(drawn) == ((((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)),),)


@given(st.lists(st.tuples(st.text(max_size=4), st.integers(0, 3)), max_size=8))
def test_undoing_everything_and_redoing_it_ends_where_it_was(steps: list[tuple[str, int]]) -> None:
    history = History.of(0)
    seen = [0]
    for name, value in steps:
        history = history.done(name, value)
        if value != seen[-1]:
            seen.append(value)
    last = history
    for value in seen[-2::-1]:
        history = history.undone()
        assert history.now == value
    assert history.undone() is history
    assert history.undo_name is None
    for value in seen[1:]:
        history = history.redone()
        assert history.now == value
    assert history == last
    assert history.redone() is history


def test_a_new_step_forgets_what_was_undone_and_steps_have_names() -> None:
    history = History.of("a").done("Move corner", "b").done("Add corner", "c").undone()
    assert (history.undo_name, history.redo_name, history.changed) == ("Move corner", "Add corner", True)
    history = history.done("Delete corner", "d")
    assert (history.values, history.redo_name) == (("a", "b", "d"), None)
    assert history.done("Nothing", "d") is history

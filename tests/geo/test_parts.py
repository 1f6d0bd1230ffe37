"""Laws of holes and parts: adding and removing are inverse, hectares add up, the rest stays untouched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.check import problems
from leafdesk.geo.measure import area_ha
from leafdesk.geo.parts import Piece, add_hole, add_part, holds, outline, piece_at, remove, why_not_remove
from leafdesk.geo.shape import Ring, Shape


def block(west: float, south: float, size: float) -> Ring:
    """Four corners, not closed."""
    return ((west, south), (west + size, south), (west + size, south + size), (west, south + size))


def shape_of(count: int) -> Shape:
    """So many squares side by side."""
    return tuple(((*block(n * 2.0, 0.0, 1.0), (n * 2.0, 0.0)),) for n in range(count))


inside = st.tuples(st.floats(0.05, 0.6), st.floats(0.05, 0.6), st.floats(0.01, 0.3)).map(lambda at: block(*at))


@given(st.integers(1, 4), st.data(), inside)
def test_a_hole_takes_its_hectares_and_removing_it_gives_the_shape_back(
    count: int, data: st.DataObject, hole: Ring
) -> None:
    shape, part = shape_of(count), data.draw(st.integers(0, count - 1))
    moved = tuple((x + part * 2.0, y) for x, y in hole)
    made = add_hole(shape, moved)
    assert problems(made) == []
    assert made[part][1][:-1] == moved
    assert area_ha(made) == pytest.approx(area_ha(shape) - area_ha(outline(made, Piece(part, 1))), rel=1e-9)
    assert all(made[n] is shape[n] for n in range(count) if n != part)
    assert made[part][0] is shape[part][0]
    middle = (moved[0][0] / 2 + moved[2][0] / 2, moved[0][1] / 2 + moved[2][1] / 2)
    assert piece_at(made, middle) == Piece(part, 1)
    assert remove(made, Piece(part, 1)) == shape


@given(st.integers(1, 4), st.floats(0.1, 1.0))
def test_a_part_adds_its_hectares_and_removing_it_gives_the_shape_back(count: int, size: float) -> None:
    shape = shape_of(count)
    made = add_part(shape, block(-3.0, 0.0, size))
    assert problems(made) == []
    assert made[:-1] == shape and all(new is old for new, old in zip(made, shape, strict=False))
    assert area_ha(made) == pytest.approx(area_ha(shape) + area_ha(outline(made, Piece(count, 0))), rel=1e-9)
    assert remove(made, Piece(count, 0)) == shape


@given(st.integers(2, 5), st.data())
def test_any_part_but_the_only_one_can_go(count: int, data: st.DataObject) -> None:
    shape, part = shape_of(count), data.draw(st.integers(0, count - 1))
    left = remove(shape, Piece(part, 0))
    assert left == tuple(polygon for n, polygon in enumerate(shape) if n != part)
    assert why_not_remove(shape_of(1), Piece(0, 0)) == "This is the field's only part; to have it go, delete the field."
    with pytest.raises(NotPossibleError, match="only part"):
        remove(shape_of(1), Piece(0, 0))


def test_a_hole_beside_the_field_and_one_without_corners_are_refused() -> None:
    with pytest.raises(NotPossibleError, match="inside the field"):
        add_hole(shape_of(1), block(5.0, 5.0, 1.0))
    with pytest.raises(NotPossibleError, match="1 more corner needed"):
        add_hole(shape_of(1), block(0.2, 0.2, 0.1)[:2])


def test_holes_lie_over_parts_and_beside_there_is_nothing() -> None:
    shape = add_hole(shape_of(2), block(0.4, 0.4, 0.2))
    assert piece_at(shape, (0.1, 0.1)) == Piece(0, 0)
    assert piece_at(shape, (0.5, 0.5)) == Piece(0, 1)
    assert piece_at(shape, (2.5, 0.5)) == Piece(1, 0)
    assert piece_at(shape, (1.5, 0.5)) is None
    assert holds(shape[0][0], (0.5, 0.5)) and not holds(shape[0][0], (1.0, 2.0))

"""Three copies of a record, and shapes that only look different."""

from hypothesis import given
from hypothesis import strategies as st

from leafdesk.geo.shape import Shape
from leafdesk.sync.merge import normal, same_shape, three_way


def test_mine_is_sent_when_nobody_touched_it() -> None:
    merged = three_way({"name": "A"}, {"name": "B"}, {"name": "A"})
    assert (merged.send, merged.clash) == ({"name": "B"}, {})


def test_nothing_is_sent_when_leaf_has_it_already() -> None:
    merged = three_way({"name": "A"}, {"name": "B"}, {"name": "B"})
    assert (merged.send, merged.clash) == ({}, {})


def test_a_value_both_changed_is_for_a_person_and_the_other_one_still_goes() -> None:
    merged = three_way({"name": "A", "farm_id": "1"}, {"name": "B", "farm_id": "2"}, {"name": "C", "farm_id": "1"})
    assert (merged.send, merged.clash) == ({"farm_id": "2"}, {"name": "C"})


def test_names_are_compared_as_people_read_them() -> None:
    assert three_way({"name": "Cafe\u0301"}, {"name": "B"}, {"name": " Café "}).send == {"name": "B"}


ring_points = st.lists(
    st.tuples(st.integers(-1_700_000_000, 1_700_000_000), st.integers(-800_000_000, 800_000_000)),
    min_size=3,
    max_size=8,
    unique=True,
)


def shape_of(places: list[tuple[int, int]]) -> Shape:
    ring = tuple((x / 1e7, y / 1e7) for x, y in places)
    return (((*ring, ring[0]),),)


@given(ring_points, st.integers(0, 7), st.booleans())
def test_where_a_ring_starts_and_which_way_it_runs_is_no_difference(
    places: list[tuple[int, int]], start: int, turned: bool
) -> None:
    other = places[start % len(places) :] + places[: start % len(places)]
    if turned and _area(places) != 0:
        other = other[::-1]
    assert same_shape(shape_of(places), shape_of(other))


def _area(places: list[tuple[int, int]]) -> int:
    around = zip(places, places[1:] + places[:1], strict=True)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in around)


@given(ring_points, st.integers(0, 7))
def test_a_corner_moved_by_a_decimetre_is_a_difference(places: list[tuple[int, int]], which: int) -> None:
    at = which % len(places)
    moved = [*places]
    moved[at] = (places[at][0] + 10, places[at][1])
    if sorted(moved) != sorted(places):
        assert not same_shape(shape_of(places), shape_of(moved))


def test_the_order_of_parts_and_holes_is_no_difference_and_the_digits_beyond_a_centimetre_are_none() -> None:
    shell = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0))
    holes = [tuple((x / 10 + d, y / 10 + d) for x, y in shell) for d in (0.1, 0.4)]
    far = tuple((x + 5, y) for x, y in shell)
    one = ((shell, *holes), (far,))
    other = ((far[::-1],), (shell[::-1], holes[1], holes[0][::-1]))
    nearly = tuple(tuple(tuple((x + 3e-8, y) for x, y in ring) for ring in part) for part in one)
    assert same_shape(one, other)
    assert same_shape(one, nearly)
    assert not same_shape(one, ((shell, holes[0]), (far,)))


def test_an_unclosed_ring_is_compared_as_closed() -> None:
    ring = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))
    assert normal(((ring,),)) == normal((((*ring, ring[0]),),))


def test_no_shape_equals_only_no_shape() -> None:
    assert same_shape(None, None)
    assert not same_shape(None, shape_of([(0, 0), (1, 0), (1, 1)]))

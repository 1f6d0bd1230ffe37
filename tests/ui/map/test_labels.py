"""Labels never lie on one another, stay in their field where there is room, and the first come first."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leafdesk.geo.shape import Ring
from leafdesk.ui.map.canvas import MapCanvas
from leafdesk.ui.map.labels import Wish, spread
from leafdesk.ui.map.wording import hectares, in_two
from tests.ui.map.conftest import square

spots = st.tuples(st.floats(0, 600), st.floats(0, 400))
wishes = st.lists(
    st.builds(Wish, st.floats(5, 160), st.floats(5, 50), st.lists(spots, min_size=1, max_size=4).map(tuple)),
    max_size=60,
)


@given(wishes, st.floats(0, 8))
def test_no_two_labels_meet(wanted: list[Wish], gap: float) -> None:
    placed = [(wish, spot) for wish, spot in zip(wanted, spread(wanted, gap), strict=True) if spot]
    for n, (a, (ax, ay)) in enumerate(placed):
        assert (ax, ay) in a.spots
        for b, (bx, by) in placed[:n]:
            apart_x = abs(ax - bx) - (a.width + b.width) / 2
            apart_y = abs(ay - by) - (a.height + b.height) / 2
            assert max(apart_x, apart_y) >= gap - 1e-6


@given(wishes)
def test_a_label_is_only_left_out_when_every_spot_is_taken(wanted: list[Wish]) -> None:
    given_spots = spread(wanted, 0.0)
    if wanted:
        assert given_spots[0] == wanted[0].spots[0]
    for n, (wish, spot) in enumerate(zip(wanted, given_spots, strict=True)):
        if spot is None:
            for x, y in wish.spots:
                assert any(
                    other
                    and abs(other[0] - x) < (wanted[m].width + wish.width) / 2 + 1e-6
                    and abs(other[1] - y) < (wanted[m].height + wish.height) / 2 + 1e-6
                    for m, other in enumerate(given_spots[:n])
                )


def test_on_the_map_labels_lie_in_their_own_fields_and_apart(
    show: Callable[..., MapCanvas], grid: Callable[[int], list[Any]]
) -> None:
    fields = [field for n, field in enumerate(grid(308)) if n % 100 < 8]
    canvas = show(*fields)
    labels = {label.id: label for label in canvas.picture.labels.placed}
    assert len(labels) == len(fields)
    boxes = {row.id: row.box for row, _, _ in fields}
    for id_, label in labels.items():
        x, y = label.middle[0] * canvas.view.world_px, label.middle[1] * canvas.view.world_px
        left, top = canvas.view.origin
        west, south, east, north = boxes[id_]
        (x0, y0), (x1, y1) = canvas.view.to_screen((west, north)), canvas.view.to_screen((east, south))
        assert x0 - 1 <= x - left - label.width / 2
        assert x - left + label.width / 2 <= x1 + 1
        assert y0 - 1 <= y - top - label.height / 2
        assert y - top + label.height / 2 <= y1 + 1


def test_a_label_avoids_the_hole_in_the_middle(show: Callable[..., MapCanvas], field: Any) -> None:
    shell, pond = square(-93.5, 41.7, 0.01), square(-93.496, 41.704, 0.002)
    canvas = show(field("one", ((shell, pond),), "North Quarter"))
    (label,) = canvas.picture.labels.placed
    left, top = canvas.view.origin
    x, y = label.middle[0] * canvas.view.world_px - left, label.middle[1] * canvas.view.world_px - top
    (x0, y0), (x1, y1) = canvas.view.to_screen(pond[3]), canvas.view.to_screen(pond[1])
    assert not (
        abs(x - (x0 + x1) / 2) < (label.width + x1 - x0) / 2 and abs(y - (y0 + y1) / 2) < (label.height + y1 - y0) / 2
    )


def test_a_field_with_no_room_has_no_label_until_the_map_comes_nearer(
    show: Callable[..., MapCanvas], field: Any
) -> None:
    far: Ring = square(-93.3, 41.7, 0.02)
    canvas = show(
        field("small", ((square(-93.5, 41.7, 0.001),),), "A very long name for a field"), field("far", ((far,),))
    )
    assert "small" not in {label.id for label in canvas.picture.labels.placed}
    canvas.fit_field("small")
    canvas.settle()
    assert "small" in {label.id for label in canvas.picture.labels.placed}


def test_a_pan_moves_the_labels_and_places_none_anew(
    show: Callable[..., MapCanvas], grid: Callable[[int], list[Any]]
) -> None:
    canvas = show(*grid(6))
    before = canvas.picture.labels.placed
    canvas.pan(30, 20)
    canvas.settle()
    assert canvas.picture.labels.placed is before


@pytest.mark.parametrize(
    ("area", "text"), [(None, ""), (21.24, "21.2 ha"), (0.197, "0.20 ha"), (1234.5, "1,234 ha"), (0.0, "0.00 ha")]
)
def test_areas_on_labels(area: float | None, text: str) -> None:
    assert hectares(area) == text


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Copse", None),
        ("Lower Meadow", ("Lower", "Meadow")),
        ("The Far Bench Pivot", ("The Far", "Bench Pivot")),
        (" edge ", None),
    ],
)
def test_a_long_name_is_broken_near_its_middle(name: str, lines: tuple[str, str] | None) -> None:
    assert in_two(name) == lines


def test_the_selected_fields_label_goes_first(show: Callable[..., MapCanvas], field: Any) -> None:
    """Two fields of the same outline: only one label has room, the selected field's."""
    canvas = show(field("a", ((square(-93.5, 41.7),),), "Upper"), field("b", ((square(-93.5, 41.7),),), "Lower"))
    for id_ in ("a", "b", "a"):
        canvas.select(id_)
        canvas.settle()
        assert id_ in {label.id for label in canvas.picture.labels.placed}

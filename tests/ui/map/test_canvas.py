"""The map as it is seen and clicked: colours at places, what a click selects, how the view moves."""

import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from leafdesk.geo.shape import Position
from leafdesk.ui.map.canvas import MapCanvas
from leafdesk.ui.map.colours import DARK, LIGHT
from tests.ui.map.conftest import square

WEST, EAST = square(-93.5, 41.7), square(-93.49, 41.7)
POND = square(-93.4985, 41.7015, 0.001)


def at(canvas: MapCanvas, position: Position) -> QPoint:
    x, y = canvas.view.to_screen(position)
    return QPoint(round(x), round(y))


def colour(canvas: MapCanvas, position: Position) -> QColor:
    return canvas.grab().toImage().pixelColor(at(canvas, position))


def corner(ring: tuple[Position, ...], along: float = 0.12, up: float = 0.12) -> Position:
    """A place inside a square, away from its label."""
    (x0, y0), (x1, y1) = ring[0], ring[2]
    return (x0 + (x1 - x0) * along, y0 + (y1 - y0) * up)


def close_to(seen: QColor, wanted: QColor) -> bool:
    return all(
        abs(a - b) <= 3
        for a, b in zip(
            (seen.red(), seen.green(), seen.blue()), (wanted.red(), wanted.green(), wanted.blue()), strict=True
        )
    )


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("mark", "provider", "fill"),
    [
        ("", None, "field_fill"),
        ("", "Leaf", "field_fill"),
        ("", "JohnDeere", "provider_fill"),
        ("pending", None, "pending_fill"),
        ("preview", "JohnDeere", "preview_fill"),
        ("invalid", None, "field_fill"),
    ],
)
def test_a_field_has_the_colour_of_how_it_stands(
    show: Callable[..., MapCanvas], field: Any, theme: Any, mark: str, provider: str | None, fill: str
) -> None:
    canvas = show(field("one", ((WEST, POND),), "North Quarter", mark, provider))
    canvas.set_theme(theme)
    canvas.settle()
    assert close_to(colour(canvas, corner(WEST)), getattr(theme, fill))
    assert close_to(colour(canvas, corner(POND, 0.5, 0.5)), theme.ground)
    assert close_to(colour(canvas, (-93.5005, 41.7013)), theme.ground)


@pytest.mark.parametrize("mark", ["conflict", "parked"])
def test_what_needs_a_person_is_told_by_a_pattern_too(show: Callable[..., MapCanvas], field: Any, mark: str) -> None:
    canvas = show(field("one", ((WEST,),), "x", mark))
    picture = canvas.grab().toImage()
    x, y = at(canvas, corner(WEST, 0.2, 0.2)).toTuple()
    seen = {picture.pixelColor(x + dx, y + dy).rgb() for dx in range(20) for dy in range(20)}
    assert QColor(LIGHT.field_fill).rgb() in seen
    assert len(seen) > 3


def test_the_smaller_of_two_overlapping_fields_is_seen_and_clicked(show: Callable[..., MapCanvas], field: Any) -> None:
    small = square(-93.4995, 41.7005, 0.001)
    canvas = show(field("small", ((small,),), "s", "pending"), field("large", ((WEST,),), "l"))
    assert close_to(colour(canvas, corner(small, 0.5, 0.2)), LIGHT.pending_fill)
    assert canvas.field_at(canvas.view.to_screen(corner(small, 0.5, 0.2))) == "small"
    assert canvas.field_at(canvas.view.to_screen(corner(WEST, 0.8, 0.8))) == "large"


def test_clicking_selects_and_a_hole_is_not_the_field(show: Callable[..., MapCanvas], field: Any, qtbot: QtBot) -> None:
    canvas = show(field("west", ((WEST, POND),)), field("east", ((EAST,),)))
    told: list[str | None] = []
    canvas.selected.connect(told.append)
    for place in (corner(WEST), corner(EAST), corner(POND, 0.5, 0.5)):
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at(canvas, place))
    assert told == ["west", "east", None]
    canvas.select("west")
    assert told == ["west", "east", None], "only the user's clicks are told"
    assert close_to(colour(canvas, WEST[1]), LIGHT.accent)


def test_clicking_again_selects_what_lies_below(show: Callable[..., MapCanvas], field: Any, qtbot: QtBot) -> None:
    canvas = show(*(field(name, ((WEST,),)) for name in ("a", "b", "c")))
    told: list[str] = []
    canvas.selected.connect(told.append)
    for _ in range(4):
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at(canvas, corner(WEST)))
    assert len(set(told[:3])) == 3
    assert told[3] == told[0]


def test_a_click_just_beside_a_tiny_field_catches_it(show: Callable[..., MapCanvas], field: Any) -> None:
    canvas = show(field("tiny", ((square(-93.5, 41.7, 0.00002),),)), field("far", ((square(-93.4, 41.7),),)))
    x, y = canvas.view.to_screen((-93.49999, 41.70001))
    assert canvas.field_at((x + 3, y)) == "tiny"
    assert canvas.field_at((x + 12, y)) is None


def test_changed_and_gone_fields_are_repainted_and_nothing_else(show: Callable[..., MapCanvas], field: Any) -> None:
    west, east = field("west", ((WEST,),)), field("east", ((EAST,),))
    canvas = show(west, east)
    row, packed, _ = field("west", ((WEST,),), mark="pending")
    canvas.update_fields([row], [("west", packed)], set())
    canvas.settle()
    assert close_to(colour(canvas, corner(WEST)), LIGHT.pending_fill)
    assert close_to(colour(canvas, corner(EAST)), LIGHT.field_fill)
    canvas.update_fields([], [], {"west"})
    canvas.settle()
    assert close_to(colour(canvas, corner(WEST)), LIGHT.ground)
    assert canvas.field_at(canvas.view.to_screen(corner(WEST))) is None
    canvas.update_fields([east[0]], [], set())  # its boundary is gone, the field is not
    canvas.settle()
    assert close_to(colour(canvas, corner(EAST)), LIGHT.ground)


def test_a_field_that_is_gone_is_no_longer_selected(show: Callable[..., MapCanvas], field: Any) -> None:
    canvas = show(field("west", ((WEST,),)))
    canvas.select("west")
    canvas.update_fields([], [], {"west"})
    assert canvas.selection is None


def test_broken_rings_of_a_provider_are_shown_and_break_nothing(show: Callable[..., MapCanvas], field: Any) -> None:
    bowtie = ((-93.48, 41.7), (-93.476, 41.704), (-93.476, 41.7), (-93.48, 41.704), (-93.48, 41.7))
    canvas = show(
        field("open", ((WEST[:-1],),)),
        field("line", ((((-93.4, 41.7), (-93.39, 41.7), (-93.4, 41.7)),),)),
        field("bowtie", ((bowtie,),)),
    )
    assert close_to(colour(canvas, corner(WEST)), LIGHT.field_fill)
    assert canvas.field_at(canvas.view.to_screen((-93.4795, 41.702))) == "bowtie"


def test_dragging_pushes_the_map_and_selects_nothing(show: Callable[..., MapCanvas], field: Any, qtbot: QtBot) -> None:
    canvas = show(field("west", ((WEST,),)))
    told: list[str | None] = []
    canvas.selected.connect(told.append)
    start, place = QPoint(400, 300), canvas.view.to_lonlat((400, 300))
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(canvas, start + QPoint(30, 10))
    qtbot.mouseMove(canvas, start + QPoint(120, 45))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=start + QPoint(120, 45))
    assert canvas.view.to_screen(place) == pytest.approx((520, 345), abs=1)
    assert told == []


def wheel(canvas: MapCanvas, pixel: QPoint, notches: float) -> None:
    event = QWheelEvent(
        QPointF(pixel),
        QPointF(canvas.mapToGlobal(pixel)),
        QPoint(),
        QPoint(0, round(120 * notches)),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def test_the_wheel_zooms_around_the_cursor(show: Callable[..., MapCanvas], field: Any) -> None:
    canvas = show(field("west", ((WEST,),)))
    before, pixel = canvas.view, QPoint(200, 150)
    place = canvas.view.to_lonlat((200, 150))
    wheel(canvas, pixel, 1)
    wheel(canvas, pixel, 1)
    canvas.settle()
    assert canvas.view.zoom == pytest.approx(before.zoom + 1, abs=1 / 64)
    assert canvas.view.to_screen(place) == pytest.approx((200, 150), abs=1)
    wheel(canvas, pixel, -2)
    canvas.settle()
    assert canvas.view.zoom == pytest.approx(before.zoom, abs=1 / 64)


def test_a_zoom_is_on_its_way_smoothly_and_shows_the_old_tiles(
    show: Callable[..., MapCanvas], field: Any, qtbot: QtBot
) -> None:
    canvas = show(field("west", ((WEST,),)))
    zooms: list[float] = []
    canvas.view_changed.connect(lambda view: zooms.append(view.zoom))
    tiles = len(canvas.picture.tiles.done)
    canvas.zoom_in()
    qtbot.waitUntil(lambda: len(zooms) > 1)
    assert close_to(colour(canvas, corner(WEST, 0.3, 0.3)), LIGHT.field_fill)
    assert len(canvas.picture.tiles.done) == tiles
    canvas.settle()
    assert zooms == sorted(zooms)
    assert len(set(zooms)) > 2


def test_keys_push_and_zoom(show: Callable[..., MapCanvas], field: Any) -> None:
    canvas = show(field("west", ((WEST,),)))
    place, zoom = canvas.view.center, canvas.view.zoom
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.view.to_screen(place)[0] == pytest.approx(320, abs=1)
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    canvas.settle()
    assert canvas.view.zoom == pytest.approx(zoom + 1)
    QTest.keyClick(canvas, Qt.Key.Key_Minus)
    canvas.settle()
    assert canvas.view.zoom == pytest.approx(zoom)


def test_what_was_fitted_stays_in_sight_when_the_widget_grows(show: Callable[..., MapCanvas], field: Any) -> None:
    canvas = show(field("west", ((WEST,),)), field("east", ((EAST,),)))
    canvas.resize(500, 300)
    for ring in (WEST, EAST):
        for place in ring:
            x, y = canvas.view.to_screen(place)
            assert 0 <= x <= 500
            assert 0 <= y <= 300


def test_the_snapshot_is_seen_before_any_field_is_loaded(
    show: Callable[..., MapCanvas], field: Any, qtbot: QtBot
) -> None:
    canvas = show(field("west", ((WEST,),)))
    image, view = canvas.snapshot(), canvas.view
    later = MapCanvas()
    qtbot.addWidget(later)
    later.resize(800, 600)
    later.set_snapshot(QImage(image), view)
    seen = later.grab().toImage().pixelColor(at(later, corner(WEST)))
    assert close_to(seen, LIGHT.field_fill)
    later.hide()


def test_an_empty_map_is_not_blank(canvas: MapCanvas) -> None:
    canvas.settle()
    picture = canvas.grab().toImage()
    seen = {picture.pixelColor(x, 200).rgb() for x in range(800)}
    assert LIGHT.graticule.rgb() in seen


def test_the_cursor_tells_where_it_is(show: Callable[..., MapCanvas], field: Any, qtbot: QtBot) -> None:
    canvas = show(field("west", ((WEST,),)))
    told: list[Position | None] = []
    canvas.cursor_moved.connect(told.append)
    qtbot.mouseMove(canvas, QPoint(100, 80))
    qtbot.waitUntil(lambda: bool(told))
    assert told[-1] == pytest.approx(canvas.view.to_lonlat((100, 80)))


def test_a_thousand_fields_are_taken_in_between_events_not_in_one_go(
    canvas: MapCanvas, grid: Callable[[int], list[Any]], qtbot: QtBot
) -> None:
    canvas.settle()
    fields = grid(1000)
    before = canvas.picture.turns
    canvas.show_fields([f[0] for f in fields], [(f[0].id, f[1]) for f in fields])
    canvas.fit_all()
    assert len(canvas.picture.outlines.waiting) == 1000, "showing fields does no work yet"
    with qtbot.waitSignal(canvas.settled, timeout=20_000):
        canvas.grab()
        assert canvas.picture.outlines.waiting, "nor does painting"
    assert not canvas.picture.outlines.waiting
    assert canvas.picture.turns - before > 1
    assert canvas.field_at(canvas.view.to_screen((-93.498, 41.702))) == "f0"


def test_one_piece_of_work_is_bounded(canvas: MapCanvas, grid: Callable[[int], list[Any]]) -> None:
    """Between two looks at the clock at most a batch of outlines is taken in: that is what keeps a turn short."""
    canvas.settle()
    fields = grid(300)
    canvas.show_fields([f[0] for f in fields], [(f[0].id, f[1]) for f in fields])
    canvas.picture.look(canvas.view.fit((-93.5, 41.7, -93.0, 41.72)))
    left = [len(canvas.picture.outlines.waiting)]
    while canvas.picture.outlines.waiting:
        canvas.picture._do_some()
        left.append(len(canvas.picture.outlines.waiting))
    assert max(a - b for a, b in pairwise(left)) <= 256


FIRST_PAINT = """
import sys
from PySide6.QtWidgets import QApplication
app = QApplication([])
from leafdesk.ui.map.canvas import MapCanvas
canvas = MapCanvas()
canvas.resize(400, 300)
assert not canvas.grab().isNull()
print(sorted({"numpy", "shapely", "pyproj"} & set(sys.modules)))
"""


def test_the_first_paint_needs_no_heavy_library() -> None:
    ran = subprocess.run([sys.executable, "-c", FIRST_PAINT], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_the_hand_is_answered_from_the_pixels_without_a_look_at_all_fields(
    show: Callable[..., MapCanvas], field: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = square(-93.4995, 41.7005, 0.001)
    canvas = show(field("large", ((WEST, POND),)), field("small", ((small,),)), field("east", ((EAST,),)))
    places = [(x + 0.0, y + 0.0) for x in range(3, 800, 23) for y in range(3, 600, 19)]
    exact = [canvas.fields_at(place) for place in places]
    canvas.settle()  # the first question had it looked up

    def never(*_: object) -> list[str]:
        raise AssertionError("looked at all fields")

    with monkeypatch.context() as patched:
        patched.setattr(canvas.picture.outlines, "all_at", never)
        assert canvas.fields_at(canvas.view.to_screen(corner(small, 0.5, 0.5))) == ["small", "large"]
        assert canvas.fields_at(canvas.view.to_screen(corner(EAST))) == ["east"]
        assert canvas.fields_at((4, 4)) == []
        canvas.pan(9, 7)
        assert canvas.fields_at(canvas.view.to_screen(corner(EAST))) == ["east"], "a small push needs no new look-up"
        canvas.pan(-9, -7)
    known = [canvas.fields_at(place) for place in places]
    assert sum(a != b for a, b in zip(exact, known, strict=True)) <= 2, "but where an edge runs through the pixel"
    assert canvas.field_at(canvas.view.to_screen((WEST[0][0] - 1e-5, 41.702))) == "large", "one just beside is caught"


def test_what_the_hand_knows_follows_the_fields(show: Callable[..., MapCanvas], field: Any) -> None:
    canvas = show(field("west", ((WEST,),)), field("east", ((EAST,),)))
    place = canvas.view.to_screen(corner(WEST, 0.5, 0.5))
    for _ in range(2):
        assert canvas.field_at(place) == "west"
        canvas.settle()
    moved = field("west", ((square(-93.4955, 41.7),),))
    canvas.update_fields([moved[0]], [("west", moved[1])], set())
    canvas.settle()
    for _ in range(2):
        assert canvas.field_at(place) is None
        assert canvas.field_at(canvas.view.to_screen((-93.4945, 41.702))) == "west"
        canvas.settle()
    canvas.zoom_in()
    canvas.settle()
    assert canvas.field_at(canvas.view.to_screen((-93.4945, 41.702))) == "west"

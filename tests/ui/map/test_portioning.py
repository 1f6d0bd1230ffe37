"""Cutting by numbers: what is typed, what is shown, what comes out."""

from collections.abc import Callable
from typing import Any

import pytest

from leafdesk.geo.measure import area_ha
from leafdesk.geo.portions import cut_off, equal_parts
from leafdesk.geo.shape import Shape
from leafdesk.ui.map.canvas import MapCanvas
from leafdesk.ui.map.portioning import CutOffTool, PortionsTool
from leafdesk.ui.map.sketch import hectares
from tests.ui.map.test_tools import SQUARE, by_enter

SHAPE: Shape = ((SQUARE,),)


@pytest.fixture
def canvas_and_split(show: Callable[..., MapCanvas], field: Any) -> tuple[MapCanvas, list[Any]]:
    canvas = show(field("one", SHAPE))
    found: list[Any] = []
    canvas.split.connect(lambda id_, stays, goes: found.append((id_, stays, goes)))
    return canvas, found


def test_equal_parts_are_shown_and_kept(canvas_and_split: tuple[MapCanvas, list[Any]]) -> None:
    canvas, found = canvas_and_split
    canvas.take(tool := PortionsTool(canvas, "one", SHAPE))
    assert [ask.start for ask in tool.asks] == ["2", "0.0"]
    tool.answer("parts", "3")
    tool.answer("bearing", "90")
    assert tool.lines() == ["3 parts", f"of {hectares(area_ha(SHAPE) / 3)} each"]
    assert canvas.edit_state is not None
    assert canvas.edit_state.area_ha == pytest.approx(area_ha(SHAPE) / 3, rel=1e-9)
    by_enter(canvas)
    first, *others = equal_parts(SHAPE, 3, 90.0)
    assert found == [("one", first, others)]
    assert canvas.tool == "browse"


def test_hectares_are_cut_off_the_side_that_was_chosen(canvas_and_split: tuple[MapCanvas, list[Any]]) -> None:
    canvas, found = canvas_and_split
    canvas.take(tool := CutOffTool(canvas, "one", SHAPE))
    assert canvas.edit_state is not None and canvas.edit_state.hint.startswith("Type how many hectares")
    by_enter(canvas)
    assert found == []
    canvas.hand_tool.answer("hectares", "two")
    assert canvas.edit_state.hint.startswith("Hectares: a number from 0.0001 to 1,000,000 is needed.")
    tool.answer("side", "west")
    tool.answer("hectares", "4,25")
    by_enter(canvas)
    left, off = cut_off(SHAPE, 4.25, 270.0)
    assert found == [("one", left, [off])]


@pytest.mark.parametrize(
    ("parts", "why"), [("", "Parts: a number from 2 to 50"), ("1", "Parts: a number"), ("zwei", "Parts: a number")]
)
def test_what_is_no_number_of_parts_is_said(
    canvas_and_split: tuple[MapCanvas, list[Any]], parts: str, why: str
) -> None:
    canvas, found = canvas_and_split
    canvas.take(tool := PortionsTool(canvas, "one", SHAPE))
    tool.answer("parts", parts)
    assert canvas.edit_state is not None and canvas.edit_state.hint.startswith(why)
    by_enter(canvas)
    assert found == [] and canvas.tool == "portions"


def test_more_than_the_field_has_is_refused_with_its_hectares(
    canvas_and_split: tuple[MapCanvas, list[Any]],
) -> None:
    canvas, _ = canvas_and_split
    canvas.take(tool := CutOffTool(canvas, "one", SHAPE))
    tool.answer("hectares", "500")
    assert canvas.edit_state is not None
    assert canvas.edit_state.hint.startswith(f"The field has {area_ha(SHAPE):,.2f} ha")

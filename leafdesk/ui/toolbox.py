"""The map's tools: what each is called, what it works on, and what its two buttons do, in one table."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class HandTool:
    """One tool. `key` names its action; the first of `keys` is shown beside it in the menu."""

    key: str
    text: str
    icon: str
    keys: tuple[str, ...]
    tip: str
    on: Literal["new", "field", "map"]
    """Draws a new field, changes the boundary of the selected one, or changes nothing."""
    group: str
    """Its heading in the menu; "" for the tools that have a button of their own."""
    keep: tuple[str, str] = ("Keep", "Keep it")
    back: tuple[str, str] = ("Take back", "Leave it as it was")
    """What Enter and Esc do, as two buttons: text and tooltip of each."""


_NEW, _GROUND, _CORNERS, _MEASURE = "New field", "Ground", "Boundary", "Look"
_FORGET = ("Cancel", "Forget this drawing")
_AS_IT_WAS = ("Cancel", "Leave the field as it was")

TOOLBOX = (
    HandTool(
        "draw",
        "Draw",
        "polygon",
        ("D",),
        "Draw the boundary of a new field",
        "new",
        "",
        ("Close boundary", "Close and name the field"),
        _FORGET,
    ),
    HandTool("edit", "Edit", "pencil-simple", ("E",), "Change the boundary of the selected field", "field", ""),
    HandTool(
        "pivot",
        "Draw pivot",
        "circle",
        ("C",),
        "A new field from a centre and a radius, or a sector",
        "new",
        _NEW,
        ("Close boundary", "Keep the circle and name the field"),
        _FORGET,
    ),
    HandTool(
        "rim",
        "Pivot from its rim",
        "circle-half",
        ("Shift+C",),
        "A new field from three points of a pivot's rim",
        "new",
        _NEW,
        ("Close boundary", "Keep the circle and name the field"),
        _FORGET,
    ),
    HandTool(
        "rectangle",
        "Draw rectangle",
        "rectangle",
        ("Shift+D",),
        "A new field of so many metres by so many, along a bearing",
        "new",
        _NEW,
        ("Close boundary", "Keep the rectangle and name the field"),
        _FORGET,
    ),
    HandTool(
        "hole",
        "Cut a hole",
        "circle-dashed",
        ("H",),
        "Leave a pond or a wood out of the selected field",
        "field",
        _GROUND,
        ("Cut hole", "Close the hole and cut it out"),
        _AS_IT_WAS,
    ),
    HandTool(
        "part",
        "Add a part",
        "selection-plus",
        ("P",),
        "Draw more ground that belongs to the field",
        "field",
        _GROUND,
        ("Add part", "Close the part and add it"),
        _AS_IT_WAS,
    ),
    HandTool(
        "remove", "Remove hole or part", "eraser", ("X",), "Point at a hole or a part to remove it", "field", _GROUND
    ),
    HandTool(
        "split",
        "Split field",
        "scissors",
        ("S",),
        "Cut the selected field in two along a line",
        "field",
        _GROUND,
        ("Split", "Cut the field in two"),
        ("Cancel", "Leave the field whole"),
    ),
    HandTool(
        "portions",
        "Split into equal parts",
        "columns",
        ("Shift+S",),
        "Cut the selected field into parts of the same hectares",
        "field",
        _GROUND,
        ("Split", "Make a field of each part"),
        ("Cancel", "Leave the field whole"),
    ),
    HandTool(
        "cut-off",
        "Cut off hectares",
        "knife",
        ("K",),
        "Make a new field of so many hectares off one side",
        "field",
        _GROUND,
        ("Cut off", "Make a field of what is cut off"),
        ("Cancel", "Leave the field whole"),
    ),
    HandTool(
        "join",
        "Join fields",
        "arrows-in-line-horizontal",
        ("J",),
        "Make the selected field and another one into one",
        "field",
        _GROUND,
        ("Join", "Make one field of both"),
        ("Cancel", "Leave both as they are"),
    ),
    HandTool(
        "repair",
        "Repair boundary",
        "bandaids",
        ("I",),
        "Mend a boundary that Leaf would refuse",
        "field",
        _CORNERS,
        ("Repair", "Keep the mended boundary"),
        _AS_IT_WAS,
    ),
    HandTool(
        "reshape",
        "Redraw a stretch",
        "path",
        ("Shift+W",),
        "Draw a line that takes the place of a stretch of the boundary",
        "field",
        _CORNERS,
        ("Redraw", "Put the line in place of the stretch"),
        _AS_IT_WAS,
    ),
    HandTool(
        "shift",
        "Move and turn",
        "arrows-out-cardinal",
        ("G",),
        "Move or turn the selected field as a whole, by hand or by metres and degrees",
        "field",
        _CORNERS,
        back=_AS_IT_WAS,
    ),
    HandTool(
        "square",
        "Square up",
        "square",
        ("Q",),
        "Give sides that nearly meet at right angles true ones",
        "field",
        _CORNERS,
        ("Square up", "Keep the squared boundary"),
        _AS_IT_WAS,
    ),
    HandTool(
        "thin",
        "Simplify",
        "line-segments",
        ("Y",),
        "Take out corners that hardly change the boundary",
        "field",
        _CORNERS,
        ("Simplify", "Keep the boundary with fewer corners"),
        _AS_IT_WAS,
    ),
    HandTool(
        "headland",
        "Headland or margin",
        "frame-corners",
        ("Shift+B",),
        "Move the boundary inward or outward by metres",
        "field",
        _GROUND,
        back=_AS_IT_WAS,
    ),
    HandTool(
        "measure",
        "Measure",
        "ruler",
        ("R",),
        "Lengths, bearings and the area of anything on the map",
        "map",
        _MEASURE,
    ),
)
NEW_FIELD = tuple(tool.key for tool in TOOLBOX if tool.on == "new")
ON_A_FIELD = tuple(tool.key for tool in TOOLBOX if tool.on == "field")
"""The tools that change the boundary of the selected field."""
MORE = tuple(tool for tool in TOOLBOX if tool.group)
"""The tools in the toolbar's menu."""


def tool_named(key: str) -> HandTool:
    """The tool of that key. Raises KeyError."""
    for tool in TOOLBOX:
        if tool.key == key:
            return tool
    raise KeyError(key)

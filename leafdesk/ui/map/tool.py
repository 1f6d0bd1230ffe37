"""What every map tool can be told: where the hand is, what it presses, which key."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPainter

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.history import History
from leafdesk.geo.shape import Position
from leafdesk.geo.snap import Rails, Snap
from leafdesk.geo.view import Pixel
from leafdesk.ui.map.sketch import EditState

if TYPE_CHECKING:
    from leafdesk.ui.map.canvas import MapCanvas

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Work = Callable[[Callable[[], Any], Callable[[Any], None], Callable[[BaseException], None]], None]
"""Does a job and tells its result or its error."""
Reckoner = Callable[..., Any]
"""Calls a function of `geo` with what follows it; in a window, in another process."""


Shapes = tuple[tuple[str, bytes], ...]
"""Packed shapes: the drawing's own under "", then neighbours' by their ids."""
LARGE = 2_000
"""From so many corners on GEOS would hold the window up, even from another thread."""


def at_once(job: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[BaseException], None]) -> None:
    """The work of a map that stands alone; a window gives it to another thread."""
    try:
        result = job()
    except Exception as error:
        failed(error)
    else:
        done(result)


def here(job: Callable[..., Any], *given: Any) -> Any:
    """How a map that stands alone works out what a window gives to another process."""
    return job(*given)


@dataclass(frozen=True, slots=True)
class Ask:
    """A number, a text or a choice that a tool asks for; `start` stands there first."""

    key: str
    title: str
    start: str = ""
    unit: str = ""
    choices: tuple[str, ...] = ()
    example: str = ""
    wide: bool = False


def number(text: str, title: str, least: float, most: float) -> float:
    """The number typed, with a point or a comma. Raises NotPossibleError for what is none or out of bounds."""
    try:
        found = float(text.strip().replace(",", "."))
    except ValueError:
        found = math.nan
    if not least <= found <= most:
        raise NotPossibleError(f"{title}: a number from {least:,.10g} to {most:,.10g} is needed.")
    return found


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the hand is: longitude and latitude, the pixel, whether it holds Shift or Ctrl, and what it snapped to."""

    at: Position
    pixel: Pixel
    shift: bool = False
    ctrl: bool = False
    snap: Snap | None = None
    """The neighbour's corner or edge that `at` and `pixel` were drawn to."""


class Tool:
    """A tool that does nothing; the others say what they do instead."""

    name = ""
    cursor = Qt.CursorShape.ArrowCursor
    hides: str | None = None
    """The field that this tool draws itself."""
    asks: tuple[Ask, ...] = ()
    """What can be typed for it."""
    field_id = ""
    """The field whose boundary it works on; "" for a new one."""
    rails: Sequence[Rails] = ()
    """What draws the hand beside the fields."""

    def __init__(self, canvas: MapCanvas) -> None:
        self.canvas = canvas

    def begin(self) -> None:
        """The tool was put into the hand."""

    @property
    def snaps(self) -> bool:
        """Whether neighbours draw the hand just now."""
        return False

    def hover(self, pointer: Pointer) -> None:
        """The hand moves with nothing pressed."""

    def leave(self) -> None:
        """The hand left the map."""

    def grab(self, pointer: Pointer) -> bool:
        """The button goes down; True to get the drag, False to let the map be dragged."""
        return False

    def drag(self, pointer: Pointer) -> None:
        """The hand moves with what it grabbed."""

    def drop(self, pointer: Pointer) -> None:
        """The hand lets go of what it grabbed."""

    def click(self, pointer: Pointer) -> None:
        """Pressed and let go on one spot, without having grabbed anything."""

    def double_click(self, pointer: Pointer) -> None:
        """The second of two quick clicks."""

    def answer(self, key: str, text: str) -> None:
        """Somebody typed this for the question of that key."""

    def put(self, at: Position) -> None:
        """A corner goes to this place, which was typed. Raises NotPossibleError when this tool has no use for it."""
        raise NotPossibleError("No corner can be typed for this tool.")

    def does(self, action: str) -> bool:
        """Do another action of the window inside this drawing; False when it is not one of those."""
        return False

    def key(self, event: QKeyEvent) -> bool:
        """A key; False when this tool has no use for it."""
        return False

    def paint(self, painter: QPainter) -> None:
        """Paint over the fields, in the map's pixels."""

    def undo(self) -> bool:
        """Take back the last step inside the drawing; False when there is none."""
        return False

    def redo(self) -> bool:
        """Do it again; False when there is none."""
        return False

    def elsewhere(self, job: Callable[[], T], done: Callable[[T], None], sorry: Callable[[str], None]) -> None:
        """Do work that may take long beside the window; `done` or, with a reason, `sorry` follows.

        Neither does when the tool was put away meanwhile.
        """

        def finished(result: T) -> None:
            if self.canvas.hand_tool is self:
                done(result)

        def failed(error: BaseException) -> None:
            if not isinstance(error, NotPossibleError):
                raise error
            if self.canvas.hand_tool is self:
                sorry(str(error))

        self.canvas.work(job, finished, failed)

    def reckon(self, job: Callable[[*Ts], T], *given: *Ts, risky: bool = False) -> T:
        """Call a function of `geo`; in another process when it is `risky` or about many corners.

        For use inside `elsewhere`. Raises what the function raises, or NotPossibleError when it takes too long.
        """
        done: T = self.canvas.apart(job, *given) if risky or _corners(given) > LARGE else job(*given)
        return done

    @property
    def kept_history(self) -> History[Any] | None:
        """The steps of the drawing, to be written down; None when there is nothing worth it."""
        return None

    def as_shapes(self, value: Any) -> Shapes:
        """A value of that history as bytes."""
        raise NotImplementedError

    def from_shapes(self, shapes: Shapes) -> Any:
        """The inverse of `as_shapes`."""
        raise NotImplementedError

    def resume(self, history: History[Any]) -> None:
        """Go on where a drawing was left."""

    def finish(self) -> None:
        """Keep what was made."""

    def cancel(self) -> None:
        """Let go of what was made."""

    @property
    def state(self) -> EditState | None:
        """The drawing as it stands, None for a tool that makes none."""
        return None


def keep_by_keys(tool: Tool, event: QKeyEvent) -> bool:
    """Enter keeps what the tool made, Esc leaves it, Backspace takes a step back; False for another key."""
    match event.key():
        case Qt.Key.Key_Return | Qt.Key.Key_Enter:
            tool.finish()
        case Qt.Key.Key_Escape:
            tool.canvas.cancel()
        case Qt.Key.Key_Backspace:
            return tool.undo()
        case _:
            return False
    return True


def _corners(given: Any) -> int:
    """How many positions stand anywhere in what is given."""
    if not isinstance(given, tuple) or not given:
        return 0
    if isinstance(given[0], tuple) and given[0] and isinstance(given[0][0], float):
        return len(given)
    return sum(map(_corners, given))

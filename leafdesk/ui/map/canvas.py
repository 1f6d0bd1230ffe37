"""The map widget: fields to look at, to select, to draw and to edit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QCursor,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from leafdesk.geo.shape import Box, Position, Shape
from leafdesk.geo.snap import Snap
from leafdesk.geo.view import Pixel, View
from leafdesk.ui.map.browse import BrowseTool
from leafdesk.ui.map.carried import Carried
from leafdesk.ui.map.colours import LIGHT, MapColours
from leafdesk.ui.map.draw import DrawTool
from leafdesk.ui.map.edit import EditTool
from leafdesk.ui.map.hand import Hand
from leafdesk.ui.map.motion import Motion
from leafdesk.ui.map.outlines import Source
from leafdesk.ui.map.picture import FieldPicture
from leafdesk.ui.map.scalebar import ScaleBar
from leafdesk.ui.map.sketch import EditState
from leafdesk.ui.map.snapping import Snapping
from leafdesk.ui.map.tool import Pointer, Reckoner, Tool, Work, at_once, here
from leafdesk.ui.map.trace import Trace

if TYPE_CHECKING:
    from leafdesk.workspace import FieldRow

_SLACK = 5.0
"""A field is hit so many pixels beside it when nothing else is there: small ones can be caught."""


class MapCanvas(QWidget):
    """Shows fields and lets one tool at a time work on them. Coordinates in signals are WGS 84 degrees."""

    selected = Signal(object)
    """The user clicked a field: its id, or None beside all fields."""
    drawn = Signal(object)
    """A new Shape was drawn to its end."""
    edited = Signal(str, object)
    """Field id and its new Shape: one signal for one finished edit."""
    edited_together = Signal(object)
    """New Shapes by field id: a boundary and the neighbours' that share its corners, one step."""
    split = Signal(str, object, list)
    """Field id, the Shape that stays its own, and a list of the Shapes that become new fields."""
    joined = Signal(str, object, str)
    """Field id, its new Shape, and the id of the field that is part of it now."""
    edit_changed = Signal(object)
    """The EditState of the drawing as it stands, None when none is going on."""
    tool_changed = Signal(str)
    """Which tool is in the hand now: "browse", "draw" or "edit"."""
    view_changed = Signal(object)
    """The View: its scale_denominator, metres_per_pixel, zoom, center, box."""
    cursor_moved = Signal(object)
    """(longitude, latitude) under the cursor, None outside."""
    settled = Signal()
    """Everything that can be seen is painted as sharp as it gets."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("map")
        self.setAccessibleName("Map")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(120, 120)
        self.colours: MapColours = LIGHT
        self.selection: str | None = None
        self.hovered: str | None = None
        """The field that the hand points at."""
        self._view = View((0.0, 20.0), 2.0, max(self.width(), 1), max(self.height(), 1))
        self._aim: Box | None = None
        self.hand_tool: Tool = BrowseTool(self)
        self.unnamed: Trace | None = None
        """A finished drawing that is no field yet."""
        self.unnamed_wrong = False
        self._lifted = 0
        self.picture = FieldPicture(self)
        self.picture.changed.connect(self.update)
        self.picture.settled.connect(self.settled)
        self.work: Work = at_once
        self.apart: Reckoner = here
        self.together = False
        """Whether corners that neighbours share move with each other."""
        self.why_not_change: Callable[[str], str | None] = lambda _id: None
        self.snapping = Snapping(self)
        self.snapped: Snap | None = None
        """What draws the hand just now."""
        self._carried, self._scale_bar = Carried(), ScaleBar()
        self._motion = Motion(self)
        self._hand = Hand(self, self._motion)
        self._motion.zoom_step.connect(lambda pixel, zoom: self._show(self._view.zoomed_at(pixel, zoom)))
        self._motion.pan_step.connect(lambda dx, dy: self._show(self._view.panned(dx, dy)))
        self._motion.rested.connect(self._rest)

    # ------------------------------------------------------------------ fields
    def set_theme(self, colours: MapColours) -> None:
        """Paint in these colours from now on."""
        self.colours = colours
        self._dress()

    def lift(self, pixels: int) -> None:
        """Keep the scale bar so far over the lower edge, where something lies over it."""
        if pixels != self._lifted:
            self._lifted = pixels
            self.update()

    def read_from(self, source: Source) -> None:
        """Ask this for the outlines that are seen, from now on; none need be given with the rows."""
        self.picture.outlines.source = source

    def show_fields(self, rows: Iterable[FieldRow], outlines: Iterable[tuple[str, bytes]] = ()) -> None:
        """Show these fields and no others; outlines as packed by `geo.shape.pack`."""
        self.picture.outlines.replace(rows, outlines)
        self.picture.outlines_changed(all_new=True)
        self.update()

    def update_fields(self, rows: Iterable[FieldRow], outlines: Iterable[tuple[str, bytes]], gone: set[str]) -> None:
        """These fields are new or different (a row without box has no boundary), those are gone."""
        self.picture.outlines.change(rows, outlines, gone)
        self.picture.outlines_changed()
        if self.selection in gone:
            self.select(None)

    def with_outline(self, field_id: str, then: Callable[[bytes], None]) -> None:
        """Hand over a field's packed shape, at once if it is at hand."""
        packed = self.picture.outlines.packed.get(field_id)
        if packed is not None:
            then(packed)
        else:
            self.picture.fetch([field_id], lambda: then(self.picture.outlines.packed[field_id]))

    def select(self, field_id: str | None) -> None:
        """Mark a field as the selected one; no signal."""
        if field_id != self.selection:
            self.selection = self.picture.labels.first = field_id
            self.picture.labels.outdate()
            self.picture.wake()
            self.update()

    def point_at(self, field_id: str | None) -> None:
        """Mark the field under the cursor."""
        if field_id != self.hovered:
            self.hovered = field_id
            self.setCursor(Qt.CursorShape.PointingHandCursor if field_id else self.hand_tool.cursor)
            self.update()

    def fields_at(self, pixel: Pixel) -> list[str]:
        """The fields at a pixel, the one drawn on top first; when there is none, the one just beside it."""
        return self.picture.fields_at(pixel, _SLACK)

    def field_at(self, pixel: Pixel) -> str | None:
        """The field drawn on top at a pixel, or the one just beside it."""
        return next(iter(self.fields_at(pixel)), None)

    # ------------------------------------------------------------------ view
    @property
    def view(self) -> View:
        """What part of the world is shown."""
        return self._view

    @view.setter
    def view(self, view: View) -> None:
        self._aim = None
        self._show(view.resized(self._view.width, self._view.height))

    @property
    def aimed(self) -> bool:
        """Whether the view is one that was fitted, untouched by a hand since."""
        return self._aim is not None

    def fit_all(self) -> None:
        """Show every field."""
        if box := self.picture.outlines.around_all():
            self.fit_box(box)

    def fit_field(self, field_id: str) -> None:
        """Show one field with some of its surroundings; nothing happens for a field without boundary."""
        row = self.picture.outlines.rows.get(field_id)
        if row and row.box:
            self.fit_box(row.box, margin=min(self.width(), self.height()) * 0.22)

    def fit_box(self, box: Box, margin: float = 48) -> None:
        """Show a box of west, south, east, north, and keep it in sight until the next gesture, whatever the size."""
        self._motion.stop()
        self._aim = box
        self._show(self._view.fit(box, margin))

    def show_spot(self, at: Position) -> None:
        """Bring a place into sight."""
        if not self.rect().contains(*(int(n) for n in self._view.to_screen(at))):
            self.view = replace(self._view, center=at)

    def zoom_in(self) -> None:
        """One octave nearer, around the middle."""
        self.zoom_around((self._view.width / 2, self._view.height / 2), 1)

    def zoom_out(self) -> None:
        """One octave farther, around the middle."""
        self.zoom_around((self._view.width / 2, self._view.height / 2), -1)

    def zoom_around(self, pixel: Pixel, octaves: float) -> None:
        """Zoom smoothly by so many octaves, holding what is under a pixel."""
        self._aim = None
        self.picture.hurried = True
        self._motion.zoom_by(pixel, self._view.zoom, octaves)

    def pan(self, dx: float, dy: float) -> None:
        """Push the map by so many pixels to the right and down."""
        self._aim = None
        self._show(self._view.panned(dx, dy))

    def _rest(self) -> None:
        self.picture.hurried = False
        self.picture.wake()

    def _show(self, view: View) -> None:
        self._view = view.aligned(self.devicePixelRatioF())
        self.picture.look(self._view)
        self.view_changed.emit(self._view)
        if self.underMouse():  # the map moved under a hand that rests
            at = self.mapFromGlobal(QCursor.pos())
            self.cursor_moved.emit(self._view.to_lonlat((at.x(), at.y())))
        self.update()

    def snapshot(self) -> QImage:
        """The map as it is shown, without selection and drawing, to be painted first at the next start."""
        ratio = self.devicePixelRatioF()
        image = QImage(self.size() * ratio, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        painter = QPainter(image)
        painter.fillRect(self.rect(), self.colours.ground)
        self.picture.paint(painter, self._view)
        self.picture.paint_labels(painter, self._view, None)
        painter.end()
        return image

    def set_snapshot(self, image: QImage, view: View) -> None:
        """Show the picture of an earlier view until the fields are there."""
        self.view = view
        self.picture.set_snapshot(image, view)

    def settle(self) -> None:
        """Finish every movement and all painting work at once."""
        self._motion.arrive()
        self.picture.hurried = False
        self.picture.complete()

    # ------------------------------------------------------------------ tools
    @property
    def tool(self) -> str:
        """Which tool is in the hand: "browse", "draw", "edit" and so on."""
        return self.hand_tool.name

    @property
    def edit_state(self) -> EditState | None:
        """The drawing as it stands, None when none is going on."""
        return self.hand_tool.state

    def aim(self, pixel: Pixel, *, snap: bool = True) -> Pointer:
        """The hand put to a pixel by the keyboard."""
        return self._hand.aim(pixel, snap=snap)

    def start_draw(self) -> None:
        """Begin a new boundary."""
        self.take(DrawTool(self))

    def start_edit(self, field_id: str, shape: Shape, drawn: Shape | None = None) -> None:
        """Begin to change a field's shape; with `drawn`, go on where the hand had got to already."""
        self.select(field_id)
        self.take(EditTool(self, field_id, shape, drawn))

    def show_unnamed(self, shape: Shape | None, *, wrong: bool = False) -> None:
        """Show a shape that is no field (yet), or one where something is wrong; None takes it away."""
        self.unnamed, self.unnamed_wrong = Trace(shape) if shape else None, wrong
        self.update()

    def finish(self) -> None:
        """Keep the drawing, as Enter does: `drawn` or `edited` follows unless the hint says why not."""
        self.hand_tool.finish()

    def cancel(self) -> None:
        """Let go of the drawing, as Esc does."""
        self.hand_tool.cancel()
        self.leave_tool()

    def leave_tool(self) -> None:
        """Back to browsing."""
        if not isinstance(self.hand_tool, BrowseTool):
            self.take(BrowseTool(self))

    def undo(self) -> bool:
        """Take back the last step of the drawing; False when there is none."""
        return self.hand_tool.undo()

    def redo(self) -> bool:
        """Do it again; False when there is none."""
        return self.hand_tool.redo()

    def take(self, tool: Tool) -> None:
        """Put another tool into the hand."""
        self.hand_tool.leave()
        self.hand_tool = tool
        self.hovered = self.snapped = None
        self._hand.let_go()
        self.setCursor(tool.cursor)
        self.edit_changed.emit(tool.state)
        self.tool_changed.emit(self.tool)
        tool.begin()
        self.update()

    # ------------------------------------------------------------------ painting
    def paintEvent(self, event: QPaintEvent) -> None:
        if self.picture.tiles.ratio != self.devicePixelRatioF():
            self._dress()
        painter = QPainter(self)
        self._carried.paint(painter, self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.hand_tool.paint(painter)
        if self.snapped is not None and self.hand_tool.snaps:
            self.snapping.paint(painter, self.snapped)
        self._scale_bar.paint(painter, self._view, self.colours, self.font(), self._lifted)
        painter.end()
        if not self.picture.seen and self.isVisible():  # work begins after the first paint, not before it
            self.picture.seen = True
            self.picture.wake()

    def _dress(self) -> None:
        self.picture.dress(self.colours, self.devicePixelRatioF(), self.font())
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange and hasattr(self, "picture"):
            self._dress()
        super().changeEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self.picture.seen = False
        self._motion.arrive()
        self.picture.pause()

    def resizeEvent(self, event: QResizeEvent) -> None:
        resized = self._view.resized(self.width(), self.height())
        self._show(resized.fit(self._aim) if self._aim else resized)

    # ------------------------------------------------------------------ the hand
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._hand.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hand.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._hand.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._hand.double(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._hand.wheel(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.snapped = None
        self.hand_tool.leave()
        self.cursor_moved.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._hand.key(event):
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._hand.needs(event):
            event.accept()  # else the window's own Ctrl+Z or Del would take it
            return True
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self._hand.pinch(event)
            return True
        return super().event(event)

"""What else there is to do with the selected field: its history, files and overlaps; what is set going at Leaf."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject

from leafdesk.edits import Edit, Enable, SyncProvider
from leafdesk.geo.shape import Shape
from leafdesk.ui.dialogs.at_leaf import EnableField, UploadField
from leafdesk.ui.dialogs.sheet import Sheet
from leafdesk.ui.map.browse import BrowseTool
from leafdesk.ui.map.overlay import OverlayTool, Sort
from leafdesk.ui.panels.side import Side
from leafdesk.workspace import FieldRow
from leafdesk.workspace.history import Difference

if TYPE_CHECKING:
    from leafdesk.ui.main_window import MainWindow

S = TypeVar("S", bound=Side)
ON_ITS_WAY = "It goes to Leaf with the next sync."


class FieldDesk(QObject):
    """Its actions: `history`, `files`, `overlaps`, `enable`, `upload`, `provider-sync`. `sheet` is the open question,
    `sides` what was looked at so far, by action."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self.window = window
        self.lists, self.inspector, self.doing = window.lists, window.inspector, window.doing
        self.canvas = window.canvas
        self.sheet: Sheet | None = None
        self.sides: dict[str, Side] = {}
        for key, do in (
            ("field-more", self.open_more),
            ("history", self.look_at_history),
            ("files", self.look_at_files),
            ("overlaps", self.look_at_overlaps),
            ("enable", self.enable),
            ("upload", self.upload),
            ("provider-sync", self.fetch_from_providers),
        ):
            window.commands[key].triggered.connect(lambda _=False, do=do: do())

    # ------------------------------------------------------------------ looking
    def open_more(self) -> None:
        """Open the menu of everything here."""
        if not self.inspector.isVisible():
            self.window.show_page("map")
        self.inspector.open_more()

    def look_at_history(self) -> None:
        """Every boundary the field had."""
        from leafdesk.ui.panels.history import History

        def wire(side: History) -> None:
            side.compared.connect(self._show_compared)
            side.restored.connect(self.do)

        self._open(self._side("history", lambda: History(self.lists, self.window.theme), wire))

    def look_at_files(self) -> None:
        """The machine files of the field."""
        from leafdesk.ui.panels.files import Files

        self._open(self._side("files", lambda: Files(self.lists), lambda side: None))

    def look_at_overlaps(self) -> None:
        """Which fields lie over it."""
        from leafdesk.ui.panels.overlaps import Overlaps

        def wire(side: Overlaps) -> None:
            side.shared.connect(lambda shape: self._show([("gained", shape)] if shape else []))
            side.look_at.connect(self.window.select)

        self._open(self._side("overlaps", lambda: Overlaps(self.lists), wire))

    def _side(self, key: str, make: Callable[[], S], wire: Callable[[S], None]) -> S:
        """The side, made at the first look."""
        if key not in self.sides:
            side = make()
            side.left.connect(self.inspector.close_side)
            side.closed.connect(partial(self._show, []))
            side.fetched.connect(lambda: self.inspector.show_field(self.inspector.field_id))
            wire(side)
            self.sides[key] = side
        return self.sides[key]  # type: ignore[return-value]

    def _open(self, side: Side) -> None:
        self.window.show_page("map")
        if self.window.drawing.let_go():
            self.inspector.open_side(side)

    # ------------------------------------------------------------------ on the map
    def _show_compared(self, now: Shape, then: Shape, found: Difference) -> None:
        if now == then:
            self._show([])
            return
        self._show([("former", now), ("outline", then), ("gained", found.gained), ("lost", found.lost)], hides=True)

    def _show(self, shapes: list[tuple[Sort, Shape]], *, hides: bool = False) -> None:
        """Lay shapes over the map, or take them away; a drawing in the hand is left alone."""
        if self.canvas.tool == "browse" and (shapes or isinstance(self.canvas.hand_tool, OverlayTool)):
            hidden = self.inspector.field_id if hides else None
            self.canvas.take(OverlayTool(self.canvas, shapes, hidden) if shapes else BrowseTool(self.canvas))

    # ------------------------------------------------------------------ setting things going
    def enable(self) -> None:
        """Ask whether Leaf shall sync a preview field whole, and bill it."""
        field = self._field
        if field is not None:
            sheet = EnableField(self.window, field.name or "this field")
            sheet.wanted.connect(lambda: self.doing.do_for(sheet, Enable(field.id)))
            self._ask(sheet)

    def upload(self) -> None:
        """Ask where the field shall be sent."""
        field = self._field
        if field is not None:
            sheet = UploadField(self.window, self.lists, field)
            sheet.wanted.connect(lambda: self.doing.do_for(sheet, sheet.edit))
            self._ask(sheet)

    def fetch_from_providers(self) -> None:
        """Let Leaf look at the providers of the field's Leaf user."""
        if self._field is not None:
            self.do(SyncProvider(self._field.leaf_user_id))

    def do(self, edit: Edit) -> None:
        """Queue an edit and say that it is on its way."""
        self.doing.do(edit, then=lambda _: self.doing.trouble.emit(f"Queued. {ON_ITS_WAY}"))

    def _ask(self, sheet: Sheet) -> None:
        self.sheet = sheet
        sheet.finished.connect(lambda _: setattr(self, "sheet", None))
        sheet.open()

    @property
    def _field(self) -> FieldRow | None:
        return self.lists.rows.get(self.inspector.field_id or "")

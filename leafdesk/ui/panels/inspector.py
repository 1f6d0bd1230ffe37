"""The panel on the right: what is known of the selected field, and what can be done with it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QMenu, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from leafdesk.edits import Create
from leafdesk.records import Field, provider_in_words
from leafdesk.ui import words
from leafdesk.ui.actions import AT_LEAF, GAP, LOOKS, Actions
from leafdesk.ui.flow import Flow
from leafdesk.ui.lists import Lists
from leafdesk.ui.panels.allowed import allow_field
from leafdesk.ui.panels.bars import Bars
from leafdesk.ui.panels.faces import NewField, NothingSelected
from leafdesk.ui.panels.look import Look, Measured, look_at, measure
from leafdesk.ui.panels.side import Side
from leafdesk.ui.parts import Card, Figures, button, label, row, set_role
from leafdesk.ui.theme import STEP, Theme
from leafdesk.workspace import Item
from leafdesk.workspace.clashes import comparable

EMPTY, FIELD, NEW = range(3)
"""The inspector's three faces: nothing selected, a field, a new field being drawn."""


class Inspector(QFrame):
    """Shows one field, or a side of it. Parts for tests: `title`, `path`, `banner`, `figures`, `facts`, `draft`,
    `reason`, `side` (the Side in sight)."""

    show_in_queue = Signal()
    decide = Signal(str)
    """Somebody wants to look at both sides of this conflict (item id)."""

    def __init__(self, lists: Lists, actions: Actions, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.lists, self.commands, self.theme = lists, actions, theme
        self.field_id: str | None = None
        self.look: Look | None = None
        self.side: Side | None = None
        self._turn = 0
        self._clash = ""
        self._either = QStackedLayout(self)
        nothing, new = NothingSelected(lists), NewField()
        self.totals, self.new = nothing.totals, new.figures
        for face in (nothing, self._build_field(), new):
            self._either.addWidget(face)
        lists.bridge.changed.connect(lambda changes: self.show_field(self.field_id))

    def _build_field(self) -> QWidget:
        page = QWidget()
        self.column = QVBoxLayout(page)
        self.column.setContentsMargins(STEP * 4, STEP * 4, STEP * 4, STEP * 4)
        self.column.setSpacing(STEP * 3)
        self.title = label("", "title", wrap=True, select=True)
        self.title.setObjectName("fieldName")
        self.path = label("", "small", wrap=True)
        heading = QVBoxLayout()
        heading.setSpacing(0)
        heading.addWidget(self.title)
        heading.addWidget(self.path)
        self.column.addLayout(heading)
        self._build_banner()
        self.draft = Figures(now="Area now", before="Before", change="Change", around="Perimeter", problems="Shape")
        self.draft.hide()
        self.figures = Figures(
            measured="Area, measured", leaf="Area, Leaf", difference="Difference", perimeter="Perimeter", shape="Shape"
        )
        self.facts = Figures(
            status="Status",
            made="Made by",
            provider_id="Id there",
            provider_name="Name there",
            updated="Changed at Leaf",
        )
        self._build_history()
        for part in (self.draft, self.figures, self.facts, self.history):
            self.column.addWidget(part)
        buttons = QWidget()
        flow = Flow(buttons, gap=STEP * 2)
        flow.setContentsMargins(0, 0, 0, 0)
        for key in ("rename", "move", "edit", "delete", "field-more"):
            flow.addWidget(self.commands.bind(button(""), key, text=key != "edit"))
        edit = buttons.findChild(type(button("")), "button-edit")
        if edit is not None:
            edit.setText(f"{GAP}Edit boundary")
        self.more = buttons.findChild(type(button("")), "button-field-more")
        self.menu = QMenu(self)
        self.menu.setToolTipsVisible(True)  # they say why not
        for key in (*LOOKS, "", *AT_LEAF):
            self.menu.addAction(self.commands[key]) if key else self.menu.addSeparator()
        self.column.addWidget(buttons)
        self.reason = label("", "small", wrap=True)
        self.column.addWidget(self.reason)
        self.column.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(page)
        return scroll

    def _build_banner(self) -> None:
        self.banner = Card("banner-warn")
        self.banner_title = label("", "strong", wrap=True)
        self.banner_text = label("", "", wrap=True)
        self.banner_queue = button("Look at it in the queue", "link")
        self.banner_queue.clicked.connect(self.show_in_queue)
        self.banner_decide = button(
            "Compare and decide", "choice", tip="Look at both sides, then choose (Ctrl+Shift+X)"
        )
        self.banner_decide.clicked.connect(lambda: self.decide.emit(self._clash))
        self.banner.column.addWidget(self.banner_title)
        self.banner.column.addWidget(self.banner_text)
        ways = QWidget()
        flow = Flow(ways, gap=STEP * 2)
        flow.setContentsMargins(0, 0, 0, 0)
        for way in (self.banner_decide, self.banner_queue):
            flow.addWidget(way)
        self.banner.column.addWidget(ways)
        self.column.addWidget(self.banner)

    def _build_history(self) -> None:
        self.history = Card()
        self.versions, self.work = label("", wrap=True, select=True), label("", wrap=True, select=True)
        self.bars = Bars(self.theme)
        for key, known in (("history", self.versions), ("files", self.work)):
            known.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            line = row(self.commands.bind(button("", "link"), key, icon=False), known, gap=STEP * 2)
            line.setStretch(1, 1)
            self.history.column.addLayout(line)
            if key == "history":
                self.history.column.addWidget(self.bars)

    # ------------------------------------------------------------------ a field
    def show_field(self, field_id: str | None) -> None:
        """Show the field: its name at once, the rest as soon as it is read."""
        self._turn += 1
        turn = self._turn
        if field_id != self.field_id:
            self.look = None
            self.close_side()
        self.field_id = field_id
        known = self.lists.rows.get(field_id or "")
        new = self._either.currentIndex() == NEW  # a field that is being drawn stays in sight whatever a sync brings
        if field_id is None:
            self._either.setCurrentIndex(NEW if new else EMPTY)
            self._allow(None)
            return
        if self.look is None:
            self.title.setText(known.name if known else "…")
            self.path.setText(self.lists.where(known) if known else "")
            self.banner.hide()
            self._clear_figures()
            self.reason.hide()
        if new or self.side is None:
            self._either.setCurrentIndex(NEW if new else FIELD)
        self.lists.bridge.read(lambda workspace: look_at(workspace, field_id), lambda look: self._take(turn, look))

    def _clear_figures(self) -> None:
        for key in ("measured", "leaf", "difference", "perimeter", "shape"):
            self.figures.put(key, "…")
        self.facts.put("status", "…")
        self.facts.put("made", "…")
        self.facts.put("updated", "")
        self.history.hide()

    def _take(self, turn: int, look: Look) -> None:
        if turn != self._turn:
            return
        field = look.field
        if field is None:
            self.field_id = None
            self.close_side()
            self._either.setCurrentIndex(EMPTY)
            self._allow(None)
            return
        self.look = look
        known = self.lists.rows.get(field.id)
        self.title.setText(field.name or "Unnamed field")
        self.path.setText(self.lists.where(known) if known else "")
        self._say_banner(look.items)
        self._say_facts(field, look)
        self._allow(field)
        if self.side is not None:
            self.side.again()
        shape = field.shape
        if shape is None:
            self.figures.put("measured", "no boundary yet")
            for key in ("leaf", "difference", "perimeter", "shape"):
                self.figures.put(key, "")
            return
        self.lists.bridge.read(lambda workspace: measure(shape), lambda found: self._take_measured(turn, look, found))

    def _take_measured(self, turn: int, look: Look, found: Measured) -> None:
        if turn != self._turn:
            return
        leaf = look.leaf_area
        self.figures.put("measured", words.area(found.area_ha), "strong")
        self.figures.put("leaf", words.area(leaf) if leaf is not None else "not yet")
        self.figures.put("difference", words.difference(found.area_ha, leaf) if leaf else "")
        self.figures.put("perimeter", words.length(found.perimeter_m))
        if found.problem:
            self.figures.put("shape", f"▲ {found.problem}", "error")
        else:
            self.figures.put("shape", "✓ valid for Leaf", "good")

    def _say_facts(self, field: Field, look: Look) -> None:
        self.facts.put("status", words.status(field.status))
        made_here = any(isinstance(item.edit, Create) for item in look.items)
        by = (
            "You, in Leafdesk"
            if made_here
            else "By hand, in Leaf"
            if field.manual
            else provider_in_words(str(field.provider_name))
        )
        self.facts.put("made", by)
        self.facts.put("updated", words.moment(field.updated_time))
        self.facts.put("provider_id", words.short_id(look.provider_id), tip=look.provider_id)
        self.facts.put("provider_name", look.provider_name if look.provider_name != field.name else "")
        self.history.show()
        here = words.count(len(look.boundaries), "version") if look.boundaries else "none yet"
        self.versions.setText(f"{here}, {look.unread:,} not fetched" if look.unread else here)
        self.work.setText(f"{look.files:,}" if look.files_read else "not fetched yet")
        areas = [boundary.area_ha or 0.0 for boundary in reversed(look.boundaries)]
        self.bars.show_areas(areas[-8:])
        self.history.column.activate()  # the card shrinks at once, not with some later turn
        self.column.activate()

    def _say_banner(self, items: list[Item]) -> None:
        self.banner.setVisible(bool(items))
        if not items:
            return
        worst = next((item for item in items if item.state in ("conflict", "parked")), _first_made(items))
        bad = worst.state in ("conflict", "parked")
        set_role(self.banner, "banner-error" if bad else "banner-warn")
        for part in (self.banner_title, self.banner_text):
            part.style().polish(part)
        title = {"conflict": "In conflict with Leaf", "parked": "Leaf refused this change"}.get(
            worst.state, "Not sent yet"
        )
        self.banner_title.setText(title)
        when = words.moment(worst.created)
        text = f"{worst.sentence}, {when}." if when else f"{worst.sentence}."
        if worst.reason:
            text += f" {worst.reason}"
        elif not bad:
            text += " It goes to Leaf with the next connection."
        if len(items) > 1:
            text += f" ({words.count(len(items), 'change')} in all)"
        self.banner_text.setText(text)
        self._clash = next((item.id for item in items if comparable(item)), "")
        self.banner_decide.setVisible(bool(self._clash))
        self.banner_queue.setText("In the queue" if self._clash else "Look at it in the queue")
        self.banner_queue.setVisible(bad)

    def allow(self) -> None:
        """Say anew what may be done with the selected field."""
        self._allow(self.look.field if self.look is not None else None)

    def _allow(self, field: Field | None) -> None:
        """Enable what may be done; say why the rest may not."""
        reasons = allow_field(self.commands, self.lists, field)
        self.reason.setText("\n".join(reasons))
        self.reason.setVisible(bool(reasons))

    # ------------------------------------------------------------------ a side of it
    def open_side(self, side: Side) -> None:
        """Show a side of the selected field instead of its figures, until it is closed or another field selected."""
        if self.field_id is None:
            return
        self.close_side()
        self.side = side
        if self._either.indexOf(side) < 0:
            self._either.addWidget(side)
        self._either.setCurrentWidget(side)
        side.show_field(self.field_id, self.title.text())
        side.back.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_side(self) -> None:
        """Show the figures again."""
        if self.side is not None:
            side, self.side = self.side, None
            side.closed.emit()
            self._either.setCurrentIndex(FIELD if self.field_id else EMPTY)

    def open_more(self) -> None:
        """Open the menu of what else there is to do with the field."""
        if self.more is not None:
            self.menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    # ------------------------------------------------------------------ while drawing
    def show_draft(self, area: float | None, before: float | None, around: float, problems: list[str]) -> None:
        """Live figures of the boundary that is being edited."""
        self.close_side()
        self._put_draft(self.draft, area, around, problems)
        self.draft.put("before", words.area(before) if before is not None else "")
        self.draft.put("change", "" if before is None or area is None else words.signed(area - before))
        self.draft.show()
        self.figures.hide()

    def show_new(self, area: float | None, around: float, problems: list[str]) -> None:
        """Live figures of the new field that is being drawn."""
        self.close_side()
        self._put_draft(self.new, area, around, problems)
        self._either.setCurrentIndex(NEW)

    def _put_draft(self, card: Figures, area: float | None, around: float, problems: list[str]) -> None:
        card.put("now", words.area(area), "strong")
        card.put("around", words.length(around) if around else "")
        if problems:
            card.put("problems", f"▲ {problems[0]}", "error")
        else:
            card.put("problems", "✓ valid for Leaf" if area else "", "good")

    def end_draft(self) -> None:
        """Show the field's own figures again."""
        if self._either.currentIndex() == NEW:
            self._either.setCurrentIndex(FIELD if self.field_id else EMPTY)
        self.draft.hide()
        self.figures.show()


def _first_made(items: list[Item]) -> Item:
    """What matters most of the waiting ones: that the field is new, else the last change."""
    return next((item for item in items if isinstance(item.edit, Create)), items[-1])

"""The panel on the right: what is known of the selected field, and what can be done with it."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from leafdesk.edits import Create, Delete, Redraw, change
from leafdesk.records import Boundary, Field, provider_in_words
from leafdesk.ui import words
from leafdesk.ui.actions import GAP, Actions
from leafdesk.ui.flow import Flow
from leafdesk.ui.lists import Lists
from leafdesk.ui.parts import Card, Figures, button, label, row, set_role
from leafdesk.ui.theme import STEP, Theme
from leafdesk.ui.toolbox import ON_A_FIELD
from leafdesk.workspace import Item, Workspace

EMPTY, FIELD, NEW = range(3)
"""The inspector's three faces: nothing selected, a field, a new field being drawn."""


@dataclass(frozen=True, slots=True)
class Look:
    """All the inspector reads of one field."""

    field: Field | None
    leaf_area: float | None
    boundaries: list[Boundary]
    items: list[Item]


@dataclass(frozen=True, slots=True)
class Measured:
    """What is measured here: hectares, metres around, and what Leaf would refuse the shape for ("" when valid)."""

    area_ha: float
    perimeter_m: float
    problem: str


class Inspector(QFrame):
    """Shows one field. Parts for tests: `title`, `path`, `banner`, `figures`, `facts`, `draft`, `reason`."""

    show_in_queue = Signal()

    def __init__(self, lists: Lists, actions: Actions, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.lists, self.commands, self.theme = lists, actions, theme
        self.field_id: str | None = None
        self.look: Look | None = None
        self._turn = 0
        self._either = QStackedLayout(self)
        self._either.addWidget(self._build_empty())
        self._either.addWidget(self._build_field())
        self._either.addWidget(self._build_new())
        lists.reshaped.connect(self._say_totals)
        lists.bridge.changed.connect(lambda changes: self.show_field(self.field_id))

    def _build_empty(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(STEP * 4, STEP * 4, STEP * 4, STEP * 4)
        column.setSpacing(STEP * 3)
        column.addWidget(label("Nothing selected", "title"))
        hint = "Click a field on the map or in the list to see its boundary, its area and what can be done with it."
        column.addWidget(label(hint, "muted", wrap=True))
        self.totals = Figures(fields="Fields", farms="Farms", hectares="Area in all", unsent="Not sent yet")
        self.totals.hide()
        column.addWidget(self.totals)
        column.addStretch(1)
        return page

    def _build_new(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(STEP * 4, STEP * 4, STEP * 4, STEP * 4)
        column.setSpacing(STEP * 3)
        column.addWidget(label("New field", "title"))
        column.addWidget(label("It gets its name and farm when the boundary is closed.", "muted", wrap=True))
        self.new = Figures(now="Area now", around="Perimeter", problems="Shape")
        column.addWidget(self.new)
        column.addStretch(1)
        return page

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
        self.facts = Figures(status="Status", made="Made by", updated="Changed at Leaf")
        self._build_history()
        for part in (self.draft, self.figures, self.facts, self.history):
            self.column.addWidget(part)
        buttons = QWidget()
        flow = Flow(buttons, gap=STEP * 2)
        flow.setContentsMargins(0, 0, 0, 0)
        for key in ("rename", "move", "edit", "delete", "work"):
            flow.addWidget(self.commands.bind(button(""), key, text=key != "edit"))
        edit = buttons.findChild(type(button("")), "button-edit")
        if edit is not None:
            edit.setText(f"{GAP}Edit boundary")
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
        self.banner.column.addWidget(self.banner_title)
        self.banner.column.addWidget(self.banner_text)
        self.banner.column.addLayout(row(self.banner_queue, None))
        self.column.addWidget(self.banner)

    def _build_history(self) -> None:
        self.history = Card()
        self.versions = label("", select=True)
        self.history.column.addLayout(row(label("Boundary history", "muted"), None, self.versions))
        self.bars = Bars(self.theme)
        self.history.column.addWidget(self.bars)

    # ------------------------------------------------------------------ nothing selected
    def _say_totals(self) -> None:
        rows = self.lists.rows.values()
        self.totals.setVisible(self.lists.ready)
        self.totals.put("fields", f"{len(rows):,}", "strong")
        self.totals.put("farms", f"{len(self.lists.farms):,}")
        self.totals.put("hectares", f"{sum(line.area_ha or 0.0 for line in rows):,.0f} ha")
        unsent = sum(line.pending for line in rows)
        self.totals.put("unsent", f"{unsent:,}" if unsent else "")

    # ------------------------------------------------------------------ a field
    def show_field(self, field_id: str | None) -> None:
        """Show the field: its name at once, the rest as soon as it is read."""
        self._turn += 1
        turn = self._turn
        if field_id != self.field_id:
            self.look = None
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
        self.history.setVisible(bool(look.boundaries))
        self.versions.setText(words.count(len(look.boundaries), "version"))
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
        self.banner_queue.setVisible(bad)

    def allow(self) -> None:
        """Say anew what may be done with the selected field."""
        self._allow(self.look.field if self.look is not None else None)

    def _allow(self, field: Field | None) -> None:
        """Enable what may be done; say why the rest may not."""
        nothing = "Select a field first."
        if field is None:
            for key in ("rename", "move", "delete", "fit-field", "work", *ON_A_FIELD):
                self.commands.allow(key, nothing)
            return
        workspace = self.lists.bridge.workspace
        farms = [farm for farm in self.lists.farms.values() if farm.leaf_user_id == field.leaf_user_id]
        why = {
            "rename": workspace.why_not(change("fields", field.id, name=f"{field.name} ")),
            "move": workspace.why_not(change("fields", field.id, farm_id=farms[0].id))
            if farms
            else "There is no farm to move it to yet.",
            "edit": workspace.why_not(Redraw(field.id, field.shape))
            if field.shape
            else "This field has no boundary to edit yet.",
            "delete": workspace.why_not(Delete("fields", field.id)),
        }
        for key, reason in why.items():
            self.commands.allow(key, reason)
        self.commands.allow("work", None)
        plain = field.shape is not None and len(field.shape) == len(field.shape[0]) == 1
        for key in ON_A_FIELD:
            self.commands.allow(key, why["edit"])
        if plain and not why["edit"]:
            self.commands.allow("remove", "This field is one part without holes.")
        self.commands.allow("fit-field", None if field.shape else "This field has no boundary yet.")
        said = why.values() if field.manual else (why["rename"],)  # one sentence is enough for a provider's field
        reasons = list(dict.fromkeys(reason for reason in said if reason))
        self.reason.setText("\n".join(reasons))
        self.reason.setVisible(bool(reasons))

    # ------------------------------------------------------------------ while drawing
    def show_draft(self, area: float | None, before: float | None, around: float, problems: list[str]) -> None:
        """Live figures of the boundary that is being edited."""
        self._put_draft(self.draft, area, around, problems)
        self.draft.put("before", words.area(before) if before is not None else "")
        grown = (
            ""
            if before is None or area is None
            else f"{'+' if area >= before else words.MINUS}{abs(area - before):,.2f} ha"
        )
        self.draft.put("change", grown)
        self.draft.show()
        self.figures.hide()

    def show_new(self, area: float | None, around: float, problems: list[str]) -> None:
        """Live figures of the new field that is being drawn."""
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


class Bars(QWidget):
    """One small bar for each version of the boundary, as high as its area; the last one is in force."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._areas: list[float] = []
        self.setFixedHeight(STEP * 8)

    def sizeHint(self) -> QSize:
        return QSize(160, STEP * 8)

    def show_areas(self, areas: list[float]) -> None:
        """Hectares, oldest first."""
        self._areas = areas
        self.setVisible(len(areas) > 1)
        self.setToolTip(" · ".join(words.area(area) for area in areas))
        self.setAccessibleName("Areas of the versions, oldest first: " + ", ".join(map(words.area, areas)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        c = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        gap, count = STEP, max(5, len(self._areas))
        wide = (self.width() - gap * (count - 1)) / count
        most = max(self._areas, default=0.0) or 1.0
        for place, area in enumerate(self._areas):
            tall = max(STEP, area / most * self.height())
            path = QPainterPath()
            path.addRoundedRect(QRectF(place * (wide + gap), self.height() - tall, wide, tall), 3, 3)
            last = place == len(self._areas) - 1
            painter.fillPath(path, QColor(c.accent if last else c.line))
        painter.end()


def _first_made(items: list[Item]) -> Item:
    """What matters most of the waiting ones: that the field is new, else the last change."""
    return next((item for item in items if isinstance(item.edit, Create)), items[-1])


def look_at(workspace: Workspace, field_id: str) -> Look:
    """Read what the inspector shows."""
    catalog, outbox = workspace.catalog, workspace.outbox
    field = catalog.field(field_id)
    if field is None:
        return Look(None, None, [], [])
    copy = catalog.server_copy("fields", field_id)
    leaf_area = copy.area_ha if isinstance(copy, Field) else None
    items = [item for item in outbox.items() if (item.kind, item.record_id) == ("fields", field.id)]
    return Look(field, leaf_area, catalog.boundaries(field_id), items)


def measure(shape: object) -> Measured:
    """Area, perimeter and validity of a shape, as Leaf computes them."""
    from leafdesk.geo.check import problems  # shapely and pyproj: never before the first paint
    from leafdesk.geo.measure import area_ha, perimeter_m

    found = problems(shape)  # type: ignore[arg-type]
    return Measured(area_ha(shape), perimeter_m(shape), found[0].message if found else "")  # type: ignore[arg-type]

"""The fields page: every field as a line of a table, with the map's inspector beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent

from leafdesk.records import provider_in_words
from leafdesk.ui import words
from leafdesk.ui.parts import button
from leafdesk.ui.tables.declare import Chip, Column, Pick, Table, Typed, When, leaf_users, name
from leafdesk.ui.tables.panel import TablePanel
from leafdesk.workspace import Row, Workspace

if TYPE_CHECKING:
    from leafdesk.ui.lists import Lists
    from leafdesk.ui.main_window import MainWindow

CHIPS = (
    Chip("unsent", "Unsent", pending=True, tip="Changes that Leaf does not have yet"),
    Chip("conflict", "Conflict", {"mark": "conflict"}, tip="Somebody else changed it, too"),
    Chip("refused", "Refused", {"mark": "parked"}, tip="Leaf refused a change"),
    Chip("invalid", "Invalid", {"mark": "invalid"}, tip="Leaf says that the boundary is not valid"),
    Chip("no-boundary", "No boundary", {"boundary": False}),
)
MORE = (
    When("updated_time", "Changed at Leaf"),
    When("created_time", "Made at Leaf"),
    Typed("id", "Leaf's id"),
    Typed("provider_field_id", "Provider's id"),
    Typed("provider_field_name", "Provider's name"),
    Typed("merged_field", "Merged into"),
    Pick("legacy", "Legacy", {"yes": "Yes", "no": "No"}.__getitem__, lambda said: said == "yes", ("yes", "no")),
)
"""The rest of what Leaf's own list of fields can be narrowed by."""
WORK = (
    Pick("operation_type", "Work", words.quietly),
    Pick("provider", "From", provider_in_words),
    Pick("crop", "Crop", words.quietly),
    Pick("variety", "Variety"),
    When("span", "Done"),
)
"""What Leaf's own list of fields asks of the work on them; see Work."""
_STANDING = {
    "pending": "Unsent",
    "parked": "Refused",
    "conflict": "Conflict",
    "invalid": "Invalid",
    "enabling": "Enabling",
}


def fields(lists: Lists) -> Table:
    """All fields; the areas are Leaf's and our own, in hectares."""

    def farm(row: Row) -> str:
        known = lists.farms.get(row.parent or "")
        return known.name if known else ""

    def grower(row: Row) -> str:
        above = lists.farms.get(row.parent or "")
        known = lists.growers.get((above.grower_id if above else None) or "")
        return known.name if known else ""

    def farm_in_words(key: str) -> str:
        return known.name if (known := lists.farms.get(key)) else key

    return Table(
        kind="fields",
        one="field",
        columns=_columns(farm, grower),
        chips=CHIPS,
        picks=(
            Pick("provider", "From", origin),
            Pick("parent", "Farm", farm_in_words),
            Pick("status", "Status", words.status),
            Pick("type", "Type", str.capitalize),
            Pick("provider_status", "At the provider", str.capitalize),
            Pick("organization", "Organization"),
            leaf_users(lists),
        ),
        more=MORE,
        work=WORK,
        also=frozenset({"farms", "growers"}),
        enrich=measure,
        searched="names of fields, farms and growers",
    )


def _columns(farm: Callable[[Row], str], grower: Callable[[Row], str]) -> tuple[Column, ...]:
    def when(key: str) -> Callable[[Row], str]:
        return lambda row: words.moment(str(row.values.get(key, "")))

    return (
        name("Field", 190),
        Column("farm", "Farm", farm, "farm", 140),
        Column(
            "leaf_area",
            "Leaf, ha",
            lambda row: hectares(row, "leaf_area"),
            "leaf_area",
            90,
            right=True,
            tip="The area that Leaf gives",
        ),
        Column(
            "measured",
            "Measured, ha",
            lambda row: hectares(row, "measured"),
            "area",
            124,
            right=True,
            tip="The area of the boundary as it is here, on the ellipsoid",
        ),
        Column("status", "Status", lambda row: words.status(row.status), "status", 110),
        Column("mark", "Standing", lambda row: _STANDING.get(row.mark, ""), "mark", 100),
        Column("provider", "From", lambda row: origin(row.provider_name or ""), "provider", 120),
        Column("grower", "Grower", grower, "grower", 140),
        Column("updated", "Changed at Leaf", when("updated_time"), "updated_time", 130),
        Column("created", "Made at Leaf", when("created_time"), "created_time", 120),
    )


def origin(provider_name: str) -> str:
    """A provider as people write it; fields of nobody else were made by hand."""
    return "By hand" if provider_name in ("", "Leaf") else provider_in_words(provider_name)


def hectares(row: Row, key: str) -> str:
    """`23.66`, or nothing."""
    value = row.values.get(key)
    return f"{value:,.2f}" if isinstance(value, float) else ""


def measure(workspace: Workspace, rows: list[Row]) -> list[Row]:
    """Add the areas of the boundaries as they are here (hectares), on the reading thread."""
    from leafdesk.geo.measure import area_ha  # PROJ: never before the first paint
    from leafdesk.geo.shape import unpack

    outlines = workspace.catalog.outlines([row.id for row in rows if row.values.get("boundary")])
    areas = {key: area_ha(unpack(packed)) for key, packed in outlines}
    return [replace(row, values={**row.values, "measured": areas[row.id]}) if row.id in areas else row for row in rows]


class FieldsPage(TablePanel):
    """The table. While it is in sight the window's inspector stands beside it, so everything that can be done with a
    field on the map can be done here. Enter and a double click look at the field on the map."""

    def __init__(self, window: MainWindow) -> None:
        self.on_map = button("Show on map")
        self._allow_on_map(False)
        self.on_map.clicked.connect(lambda: self.chosen(self.show_on_map))
        super().__init__(
            window,
            fields(window.lists),
            opened=lambda row: self.show_on_map([row]),
            extra=(self.on_map,),
            menu=("rename", "move", "edit", "delete"),
        )
        self._sizes: list[int] = []
        self._fetching = QTimer(self, singleShot=True, interval=0)
        self._fetching.timeout.connect(self._fetch_inspector)
        self.row_changed.connect(self._select)

    def show_on_map(self, rows: Sequence[Row]) -> None:
        """Turn to the map and look at one field, or at all of several."""
        if len(rows) == 1:
            self.window_.look_at(rows[0].id)
        known = [self.window_.lists.rows.get(row.id) for row in rows]
        boxes = [line.box for line in known if line is not None and line.box is not None]
        if len(rows) > 1 and boxes:
            self.window_.show_page("map")
            west, south, east, north = zip(*boxes, strict=True)
            self.window_.canvas.fit_box((min(west), min(south), max(east), max(north)))

    def _allow_on_map(self, some: bool) -> None:
        self.on_map.setEnabled(some)
        self.on_map.setToolTip("The selected fields on the map (Enter)" if some else "Select fields first.")

    def _select(self, row: Row | None) -> None:
        self._allow_on_map(row is not None)
        if row is not None and row.id != self.window_.inspector.field_id:
            self.window_.select(row.id)

    def showEvent(self, event: QShowEvent) -> None:
        self._fetching.start()  # its style is worked out anew in another place: a turn of its own
        super().showEvent(event)
        chosen = self.window_.inspector.field_id
        if chosen is not None and (self.row is None or self.row.id != chosen):
            self.point_at(chosen)

    def _fetch_inspector(self) -> None:
        self._sizes = self.window_.workbench.sizes()
        self.split.addWidget(self.window_.inspector)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._fetching.isActive():
            self._fetching.stop()
            return
        self.window_.workbench.addWidget(self.window_.inspector)
        self.window_.workbench.setSizes(self._sizes)

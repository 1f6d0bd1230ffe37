"""One provider of one Leaf user: Leaf's counts beside those here, level by level, and what explains a difference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from leafdesk.edits import SyncProvider
from leafdesk.records import Configuration, Kind, provider_in_words
from leafdesk.ui import words
from leafdesk.ui.parts import Card, Figures, button, label
from leafdesk.ui.tables.detail import RecordDetail
from leafdesk.workspace import Row, UserHere, Workspace

if TYPE_CHECKING:
    from leafdesk.ui.main_window import MainWindow

LEVELS: tuple[tuple[Kind, str], ...] = (("growers", "Growers"), ("farms", "Farms"), ("fields", "Fields"))
NO_LEVEL = "no such level"
SWITCHES = (
    ("custom_data_sync", "Previews first", True),
    ("fields_auto_sync", "Leaf fetches fields", True),
    ("machines_auto_sync", "Leaf fetches machines", False),
    ("implements_auto_sync", "Leaf fetches implements", False),
    ("operators_auto_sync", "Leaf fetches operators", False),
    ("products_auto_sync", "Leaf fetches products", False),
)
"""A Leaf user's settings that decide what arrives, in words, and Leaf's default (Leaf: configurations)."""
OTHERS: tuple[Kind, ...] = ("machines", "implements", "operators", "products")


@dataclass(frozen=True, slots=True)
class Known:
    """What is read of a row's Leaf user. `read`: when the settings were read, None: never."""

    settings: Configuration | None
    read: str | None
    user: UserHere | None
    why_not: str | None
    """Why the providers cannot be asked now."""


def beside(row: Row, level: str) -> str:
    """`42` where Leaf and this laptop have the same, else both; a provider without the level says so."""
    levels = row.values.get("levels")
    if levels is not None and level not in levels:
        return NO_LEVEL
    leaf, here = row.values.get(level), row.values.get(f"here_{level}", 0)
    if leaf is None:
        return f"not counted · {here:,} here"
    return f"{leaf:,}" if leaf == here else f"{leaf:,} · {here:,} here"


class ProviderDetail(RecordDetail):
    """Parts for tests: `figures` (by place), `why`, `settings`, `fetch`."""

    def __init__(self, window: MainWindow) -> None:
        lines: list[tuple[str, Callable[[Row], str]]] = [
            *((title, partial(beside, level=level)) for level, title in LEVELS),
            ("Previews here", lambda row: f"{row.values['previews']:,}" if row.values.get("previews") else ""),
            ("Last sync at Leaf", lambda row: words.moment(row.values.get("sync_time"))),
            ("Counts read", lambda row: words.moment(row.values.get("asked")) or "not yet"),
        ]
        super().__init__("Select a provider to see what explains its counts.", lines, _of_user)
        self.window_ = window
        self._turn = 0
        self._furnish()

    def _furnish(self) -> None:
        self.why = label("", "", wrap=True, select=True)
        card = Card()
        card.column.addWidget(label("Beside what is here", "muted"))
        card.column.addWidget(self.why)
        self.body.addWidget(card)
        self.settings = Figures(**{name: title for name, title, _ in SWITCHES}, organizations="Organizations")
        self.settings.column.insertWidget(0, label("How data arrives at Leaf", "muted"))
        self.explained = label("", "small", wrap=True)
        self.body.addWidget(self.settings)
        self.body.addWidget(self.explained)
        self.fetch = button("Fetch from providers")
        self.fetch.clicked.connect(self._fetch)
        self.buttons.addWidget(self.fetch)

    def show_row(self, row: Row | None) -> None:
        """Show another provider; its Leaf user's settings follow when they are read."""
        super().show_row(row)
        self._turn += 1
        if row is None:
            return
        self.title.setText(provider_in_words(row.name))
        self.why.setText("\n".join(row.values.get("why", ())) or "✓ The same as at Leaf.")
        turn, user = self._turn, row.leaf_user_id
        self.window_.bridge.read(lambda workspace: _known(workspace, user), lambda known: self._take(turn, known))

    def _take(self, turn: int, known: Known) -> None:
        if turn != self._turn:
            return
        self.fetch.setEnabled(known.why_not is None)
        self.fetch.setToolTip(
            known.why_not or "Let Leaf look at this Leaf user's providers again; it goes by the queue"
        )
        for name, _, usual in SWITCHES:
            said = getattr(known.settings, name) if known.settings else None
            on = "on" if (usual if said is None else said) else "off"
            self.settings.put(name, on if said is not None else f"{on} (Leaf's default)")
        self.settings.put("organizations", _organizations(known.settings))
        self.settings.setVisible(known.settings is not None)
        self.explained.setText(_explained(known, self.why.text()))

    def _fetch(self) -> None:
        if self.row is not None:
            self.window_.field_desk.do(SyncProvider(self.row.leaf_user_id))


def _of_user(row: Row) -> str:
    return str(row.values.get("user", ""))


def _organizations(settings: Configuration | None) -> str:
    said = settings.organization_data_sync if settings else ""
    return {"ALL": "all", "SELECTED_ONLY": "selected ones only"}.get(said, said.lower())


def _explained(known: Known, above: str) -> str:
    """What the settings mean for what is missing here, unless it stands above already, and how old they are."""
    if known.settings is None:
        return "The settings of this Leaf user were not fetched yet; a sync reads them once a day."
    here = known.user.here if known.user else {}
    said = [known.settings.why_missing("fields")]
    said += [known.settings.why_missing(kind) for kind in OTHERS if not here.get(kind)]
    said.append(f"Settings read {words.moment(known.read)}." if known.read else None)
    return "\n".join(one for one in said if one and one not in above)


def _known(workspace: Workspace, user: str) -> Known:
    settings: Any = workspace.catalog.get("configurations", user)
    here = next((one for one in workspace.keeping.users() if one.user.id == user), None)
    read = workspace.tables.fetched("configurations", user)
    return Known(settings, read, here, workspace.why_not(SyncProvider(user)))

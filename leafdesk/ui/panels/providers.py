"""The providers page: what Leaf holds of each provider beside what is here, and whose records this laptop keeps."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QVBoxLayout

from leafdesk.records import provider_in_words, provider_of
from leafdesk.ui import words
from leafdesk.ui.panels.provider_detail import LEVELS, NO_LEVEL, ProviderDetail, beside
from leafdesk.ui.parts import button, label, row
from leafdesk.ui.tables.declare import Column, Pick, Table, leaf_users
from leafdesk.ui.tables.panel import TablePanel
from leafdesk.ui.trouble import plain
from leafdesk.workspace import Compared, Row, UserHere, Workspace

if TYPE_CHECKING:
    from leafdesk.ui.lists import Lists
    from leafdesk.ui.main_window import MainWindow


WIDE = dict(zip(LEVELS, (85, 75, 115), strict=True))
"""Pixels of each level's column."""


def _cell(row: Row, level: str) -> str:
    text = beside(row, level)
    return "–" if text == NO_LEVEL else text


def providers(lists: Lists) -> Table:
    """A line for each provider of each Leaf user that Leaf counts something of."""
    levels = (Column(level, title, partial(_cell, level=level), level, wide) for (level, title), wide in WIDE.items())
    return Table(
        kind="summaries",
        one="provider",
        columns=(
            Column("name", "Provider", lambda row: provider_in_words(row.name), "name", 135, marks=True),
            Column("user", "Leaf user", lambda row: str(row.values.get("user", "")), "leaf_user_id", 150),
            *levels,
            Column("why", "Beside what is here", _short, wide=280),
            Column("sync_time", "Last sync", _looked, "sync_time", 120, tip="When Leaf last looked at the provider"),
        ),
        picks=(Pick("provider", "Provider", provider_in_words), leaf_users(lists)),
        also=frozenset({"fields", "farms", "growers", "configurations"}),
        enrich=_with_what_is_here,
        searched="providers and Leaf users",
    )


def _looked(row: Row) -> str:
    return words.moment(row.values.get("sync_time"))


def _short(row: Row) -> str:
    why = row.values.get("why", ())
    return f"▲ {why[0]}" if why else "✓ the same"


def _with_what_is_here(workspace: Workspace, rows: list[Row]) -> list[Row]:
    compared = {(one.leaf_user_id, one.provider_name): one for one in workspace.providers()}
    names = {user.id: user.name or user.email for user in workspace.catalog.users()}
    return [
        replace(row, values={**row.values, **_values(one), "user": names.get(row.leaf_user_id, row.leaf_user_id)})
        for row in rows
        if (one := compared.get((row.leaf_user_id, provider_of(row.provider_name)))) is not None
    ]


def _values(one: Compared) -> dict[str, object]:
    here = {f"here_{level}": many for level, many in one.here.items()}
    return {**here, "levels": one.levels, "previews": one.previews, "asked": one.asked, "why": one.why}


class Providers(QFrame):
    """Parts for tests: `table` (TablePanel), `detail` (ProviderDetail), `kept`, `uncounted`."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window.pages)
        self.setObjectName("page")
        self.window_ = window
        buttons = [window.commands.bind(button(""), key) for key in ("ask-counts", "keep-users")]
        self.detail = ProviderDetail(window)
        self.table = TablePanel(window, providers(window.lists), self.detail, parent=self)
        self.kept, self.uncounted = label("", "muted", wrap=True), label("", "warn", wrap=True)
        foot = row(self.kept, *buttons)
        foot.setStretch(0, 1)
        left = self.table.split.widget(0)
        under = left.layout() if left is not None else None
        if isinstance(under, QVBoxLayout):
            under.addWidget(self.uncounted)
            under.addLayout(foot)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.table)
        self.table.rows.stood.connect(lambda _: self._read_foot())
        window.commands["ask-counts"].triggered.connect(lambda _=False: self.ask_counts())

    # ------------------------------------------------------------------ what no line of the table says
    def _read_foot(self) -> None:
        self.window_.bridge.read(_around, self._say_foot)

    def _say_foot(self, found: tuple[list[UserHere], list[Compared]]) -> None:
        users, uncounted = found
        kept = [one for one in users if one.kept]
        if len(kept) == len(users):
            self.kept.setText(f"The records of all {words.count(len(users), 'Leaf user')} are kept on this laptop.")
        else:
            names = ", ".join(one.user.name or one.user.email or one.user.id for one in kept)
            self.kept.setText(f"{len(kept)} of {len(users)} Leaf users are kept on this laptop: {names}.")
        self.kept.setVisible(bool(users))
        names_of = {one.user.id: one.user.name for one in users}
        said = [
            f"{provider_in_words(one.provider_name)} of {names_of.get(one.leaf_user_id, one.leaf_user_id)}: "
            f"{words.count(one.here.get('fields', 0), 'field')} here, and Leaf counts nothing."
            for one in uncounted
        ]
        self.uncounted.setText("\n".join(said))
        self.uncounted.setVisible(bool(said))

    # ------------------------------------------------------------------ asking Leaf
    def ask_counts(self) -> None:
        """Read what Leaf holds now, and the settings of the selected provider's Leaf user."""
        window = self.window_
        window.commands.allow("ask-counts", "Leaf is being asked.")
        online = window.workspace.online
        one = self.detail.row
        if one is not None and window.workspace.keeping.keeps(one.leaf_user_id):
            window.bridge.then(online.configuration(one.leaf_user_id), lambda _: None, lambda _: None)
        window.bridge.then(online.summary(), lambda _: self._asked(None), self._asked)

    def _asked(self, error: BaseException | None) -> None:
        self.window_.commands.allow("ask-counts", None)
        if error is not None:
            self.window_.notice.say(plain(error))
            return
        self.table.rows.refresh()


def _around(workspace: Workspace) -> tuple[list[UserHere], list[Compared]]:
    """Every Leaf user, and the providers that something here comes from though Leaf counts nothing of them."""
    if workspace.account is None:
        return [], []
    return workspace.keeping.users(), [one for one in workspace.providers() if one.asked is not None and not one.leaf]

"""Questions before something is set going at Leaf that nobody can take back: enabling a preview, uploading a field."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QWidget

from leafdesk.edits import Upload
from leafdesk.records import UPLOADS, Organization, provider_in_words
from leafdesk.ui import words
from leafdesk.ui.dialogs.sheet import Sheet
from leafdesk.ui.lists import Lists
from leafdesk.ui.parts import Picker, button, label, row
from leafdesk.ui.trouble import plain
from leafdesk.workspace import FieldRow, Where, Workspace

DEERE = "JohnDeere"


class EnableField(Sheet):
    """Whether a preview field shall be synced whole. No is what Enter says."""

    def __init__(self, parent: QWidget, name: str) -> None:
        about = (
            f"Leaf then fetches {name} whole: its boundary and the work done on it. The next sync sends it; "
            "until then the queue takes it back."
        )
        super().__init__(parent, f"Enable {name}?", about, "Enable, Leaf bills it", no="Leave it a preview")
        self.setObjectName("enableField")
        self.yes.setDefault(False)
        self.no.setDefault(True)
        self.no.setFocus()
        self.say_wrong("From then on Leaf bills its acres. Nobody can undo that, neither here nor at Leaf.", mild=True)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known before an upload: the organizations, when Leaf was asked for them, and earlier uploads' times."""

    organizations: list[Organization]
    read: str | None
    earlier: dict[str, str]


class UploadField(Sheet):
    """Where a field goes; nothing is chosen before. Parts for tests: `provider`, `organization`, `again`, `note`."""

    def __init__(self, parent: QWidget, lists: Lists, field: FieldRow) -> None:
        about = (
            f"{field.name} is sent once, with the next sync. If the answer is lost, Leafdesk does not repeat it by "
            "itself: a second sending may make a second field there, which Leaf cannot remove."
        )
        super().__init__(parent, "Upload to a provider", about, "Upload")
        self.setObjectName("uploadField")
        self.bridge, self._field = lists.bridge, field
        self.known = Known([], None, {})
        self._over = False
        self.finished.connect(self._end)
        self.yes.setDefault(False)
        self.no.setDefault(True)
        self.provider, self.organization = Picker(), Picker()
        self.provider.setPlaceholderText("Choose a provider")
        self._origin = label("", "small", wrap=True)
        self._fill_providers()
        self.provider.currentIndexChanged.connect(self._follow)
        self.organization.currentIndexChanged.connect(self._follow)
        self.ask("Provider", self.provider)
        self.lines.addWidget(self._origin)
        self._named = self.ask("Organization", self.organization)
        self.note = label("", "small", wrap=True)
        self.again = button("Ask Leaf for the list", "link")
        self.again.clicked.connect(self._ask_leaf)
        self.lines.addWidget(self.note)
        self.lines.addLayout(row(self.again, None))
        self._read()
        self._follow()

    def _end(self) -> None:
        self._over = True  # what was asked may still be answered

    def _fill_providers(self) -> None:
        workspace, said = self.bridge.workspace, []
        for name in UPLOADS:
            why = workspace.why_not(Upload(self._field.id, name, "-"))
            if why is None:
                self.provider.addItem(provider_in_words(name), name)
            else:
                said.append(why)
        self.provider.setCurrentIndex(-1)
        self._origin.setText(" ".join(said))
        self._origin.setVisible(bool(said))

    @property
    def edit(self) -> Upload:
        """What was chosen."""
        provider = self.provider.currentData() or ""
        return Upload(self._field.id, provider, self.organization.currentData() if provider == DEERE else None)

    # ------------------------------------------------------------------ the organizations
    def _read(self, *, ask: bool = True) -> None:
        field, bridge = self._field, self.bridge

        def take(known: Known) -> None:
            if self._over:
                return
            self.known = known
            self._fill_organizations()
            if known.read is None and ask and self.provider.findData(DEERE) >= 0:
                self._ask_leaf()

        bridge.read(lambda workspace: _known(workspace, field), take)

    def _fill_organizations(self) -> None:
        before = self.organization.currentData()
        self.organization.blockSignals(True)
        self.organization.clear()
        model = self.organization.model()
        for one in self.known.organizations:
            open_ = one.connected is not False
            name = one.name or one.organization_id
            self.organization.addItem(name if open_ else f"{name} (not connected to Leaf)", one.organization_id)
            if not open_ and isinstance(model, QStandardItemModel):
                model.item(self.organization.count() - 1).setEnabled(False)
        self.organization.setPlaceholderText(
            "Choose an organization" if self.known.organizations else "None is known here"
        )
        self.organization.setCurrentIndex(self.organization.findData(before) if before else -1)
        self.organization.blockSignals(False)
        self._follow()

    def _ask_leaf(self) -> None:
        self.again.setEnabled(False)
        self.note.setText("Asking Leaf for the organizations…")
        asked = self.bridge.workspace.online.organizations(self._field.leaf_user_id, DEERE)
        self.bridge.then(asked, lambda _: self._asked(None), self._asked)

    def _asked(self, error: BaseException | None) -> None:
        if self._over:
            return
        self.again.setEnabled(True)
        if error is not None:
            self.note.setText(plain(error))
            return
        self._read(ask=False)

    def _follow(self) -> None:
        provider = self.provider.currentData()
        for part in (self._named, self.organization, self.note, self.again):
            part.setVisible(provider == DEERE)
        read = self.known.read
        self.note.setText(f"Leaf's list, read {words.moment(read)}." if read else "Leaf's list was not fetched yet.")
        why = None if provider else "Choose a provider."
        if provider == DEERE:
            why = self.bridge.workspace.why_not(self.edit)
        self.yes.setEnabled(why is None)
        self.yes.setToolTip(why or "")
        earlier = self.known.earlier.get(provider or "")
        sent = f"It was sent to {provider_in_words(provider)} before, {words.moment(earlier)}." if earlier else ""
        self.say_wrong(f"{sent} Sending it again may make a second field there." if sent else "", mild=True)


def _known(workspace: Workspace, field: FieldRow) -> Known:
    tables, catalog = workspace.tables, workspace.catalog
    where = Where(leaf_user_id=field.leaf_user_id, values={"provider": DEERE})
    rows = tables.rows("organizations", where, limit=tables.count("organizations", where))
    found = [one for row in rows if isinstance(one := catalog.get("organizations", row.id), Organization)]
    read = tables.fetched("organizations", field.leaf_user_id, about=DEERE)
    return Known(_connected_first(found), read, workspace.outbox.uploads_of(field.id))


def _connected_first(organizations: Sequence[Organization]) -> list[Organization]:
    return sorted(organizations, key=lambda one: (one.connected is False, one.name.casefold()))

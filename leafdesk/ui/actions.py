"""Everything that can be done in the window: each action's name, icon, shortcut and tooltip, in one table."""

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from leafdesk.ui.icons import Icons
from leafdesk.ui.pages import PAGES
from leafdesk.ui.toolbox import TOOLBOX


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the table; `key` is the name in code, `keys` the shortcuts, the first one shown."""

    key: str
    text: str
    icon: str
    keys: tuple[str, ...]
    tip: str
    tool: bool = False
    """Stays pressed while it is in force."""


CHOICES = (
    ("keep-mine", "Keep mine", "laptop", ("Alt+1",), "Yours goes to Leaf with the next sync"),
    ("take-theirs", "Take Leaf's", "cloud", ("Alt+2",), "Leaf's stays as it is"),
    ("edit-both", "Edit with both", "polygon", ("Alt+3",), "Change yours; the other outlines draw the hand"),
    ("keep-both", "Keep mine as a new field", "copy-simple", ("Alt+4",), "Leaf's stays, and yours becomes a new field"),
)
"""The answers to a conflict."""

TABLE = (
    *(Entry(page.key, page.text, page.icon, page.keys, page.tip, tool=True) for page in PAGES),
    Entry("find", "Find", "magnifying-glass", ("Ctrl+K",), "Find a field, a farm or a command"),
    Entry("filter", "Filter", "funnel", ("Ctrl+F",), "Filter what is listed"),
    Entry("more-filters", "More filters", "funnel", ("Alt+F",), "When, where from, and by what was done on the fields"),
    Entry("undo", "Undo", "arrow-u-up-left", ("Ctrl+Z",), "Take back the last step"),
    Entry("redo", "Redo", "arrow-u-up-right", ("Ctrl+Shift+Z", "Ctrl+Y"), "Do again what was taken back"),
    Entry("sync", "Sync", "arrows-clockwise", ("F5", "Ctrl+R"), "Send what waits, then fetch what is new"),
    Entry(
        "ready",
        "Ready for the field",
        "suitcase",
        ("Ctrl+Shift+R",),
        "Fetch everything for a day without a signal, and list what is missing",
    ),
    Entry("cancel-sync", "Cancel sync", "x", (), "Stop after the present step; what was fetched is kept"),
    Entry("select", "Select", "cursor", ("V",), "Click a field to look at it", tool=True),
    *(Entry(tool.key, tool.text, tool.icon, tool.keys, tool.tip, tool=True) for tool in TOOLBOX),
    Entry("more", "More", "dots-three", ("T",), "All the other tools, by group or by typing a few letters"),
    Entry("together", "Shared corners together", "link", ("U",), "Let corners that neighbours share move together"),
    Entry("seams", "Gaps and overlaps", "intersect", ("Shift+O",), "List the gaps and overlaps between all fields"),
    Entry("drafts", "Drafts", "floppy-disk", (), "Drawings that are not kept yet"),
    Entry("keep-draft", "Keep as draft", "archive", ("Ctrl+S",), "Put the drawing away as it is, valid or not"),
    Entry("type", "Type a corner", "keyboard", ("L",), "Put a corner where its latitude and longitude say"),
    Entry("zoom-in", "Zoom in", "plus", ("Ctrl++", "Ctrl+="), "Closer"),
    Entry("zoom-out", "Zoom out", "minus", ("Ctrl+-",), "Further away"),
    Entry("fit-all", "Show everything", "corners-out", ("Ctrl+0",), "Show all fields"),
    Entry("fit-field", "Show field", "crosshair-simple", ("F",), "Show the selected field"),
    Entry("import", "Import files", "folder-open", ("Ctrl+O",), "Fields from GeoJSON, KML and Shapefiles"),
    Entry("export", "Export fields", "export", ("Ctrl+E",), "The selected field, or all, into a file"),
    Entry("open-map", "Open map file", "file-plus", ("Ctrl+Shift+I",), "A map of MBTiles or PMTiles, to see offline"),
    Entry("add-map", "Add map address", "globe-simple", ("Ctrl+Shift+U",), "A map of a server on the network"),
    Entry("map-up", "Higher", "arrow-up", ("Ctrl+Shift+Up",), "Lay the chosen map over the next one"),
    Entry("map-down", "Lower", "arrow-down", ("Ctrl+Shift+Down",), "Lay the chosen map under the next one"),
    Entry("map-sight", "Show its area", "corners-out", (), "Show on the map where the chosen one lies"),
    Entry("download-area", "Download an area", "download-simple", ("Ctrl+D",), "Fetch a map's tiles for offline use"),
    Entry("remove-map", "Remove map", "trash", (), "Take the chosen map away; a file itself stays where it is"),
    Entry("rename", "Rename", "text-aa", ("F2",), "Give the selected field another name"),
    Entry("move", "Move to farm", "tree-structure", ("M",), "Put the selected field into another farm"),
    Entry("delete", "Delete", "trash", ("Ctrl+Del",), "Delete the selected field"),
    Entry("new-machine", "New machine", "plus", ("Ctrl+N",), "A machine made by hand"),
    Entry("edit-machine", "Edit machine", "pencil-simple", ("Ctrl+Shift+E",), "Change the selected machine"),
    Entry("delete-machine", "Delete machine", "trash", ("Ctrl+Shift+Del",), "Delete the selected machine"),
    Entry("fetch-files", "Fetch files", "download-simple", ("Ctrl+Shift+M",), "Ask Leaf for the machine's files"),
    Entry("field-more", "More", "dots-three", ("A",), "More about the selected field: history, files, overlaps, Leaf"),
    Entry(
        "history",
        "Boundary history",
        "clock-counter-clockwise",
        ("Ctrl+H",),
        "Every boundary the field had; restore one",
    ),
    Entry("files", "Operation files", "files", ("Ctrl+L",), "The machine files of the selected field"),
    Entry("overlaps", "Overlapping fields", "intersect", ("O",), "Which fields lie over the selected one"),
    Entry("enable", "Enable preview", "lightning", (), "Full sync for a preview field, which Leaf bills"),
    Entry("upload", "Upload to provider", "cloud-arrow-up", (), "Send the field to John Deere or FieldView, once"),
    Entry("provider-sync", "Fetch from providers", "cloud-arrow-down", (), "Let Leaf look at the providers again"),
    Entry(
        "ask-counts", "Ask Leaf for its counts", "arrows-counter-clockwise", (), "What Leaf holds of each provider now"
    ),
    Entry("keep-users", "Leaf users kept here", "hard-drives", (), "Choose whose records this laptop keeps"),
    Entry("ask-leaf", "Ask Leaf", "cloud-arrow-down", (), "Ask Leaf for what the filter needs"),
    Entry("copy-rows", "Copy rows", "copy", ("Ctrl+C",), "Copy the selected rows, for a spreadsheet"),
    Entry("sort-up", "Sort upwards", "sort-ascending", ("Alt+Up",), "Sort the table by the column you are in"),
    Entry("sort-down", "Sort downwards", "sort-descending", ("Alt+Down",), "Sort by this column, the last first"),
    Entry("next-tab", "Next tab", "arrow-line-right", ("Ctrl+Tab",), "Turn to the next tab of this page"),
    Entry("search-leaf", "Search at Leaf", "cloud-arrow-down", ("Ctrl+Shift+F",), "Search Leaf for what is typed"),
    Entry("fetch-details", "Fetch details", "download-simple", ("Ctrl+Shift+D",), "Ask Leaf for all it has of this"),
    Entry(
        "work",
        "Work and products",
        "list-bullets",
        ("Ctrl+Shift+W",),
        "The work on the selected field and its products",
    ),
    Entry(
        "fetch-work", "Fetch operations", "download-simple", ("Ctrl+Shift+O",), "Ask Leaf for the work on the fields"
    ),
    Entry("fetch-matches", "Fetch products", "download-simple", ("Ctrl+Shift+G",), "Ask Leaf which products were used"),
    Entry(
        "approve-match", "Approve product", "check-circle", ("Ctrl+Shift+A",), "The machine's text means this product"
    ),
    Entry("change-match", "Change product", "swap", ("Ctrl+Shift+P",), "The machine's text means another product"),
    Entry("match-history", "Product's history", "clock-counter-clockwise", ("Ctrl+Shift+H",), "What it was taken for"),
    Entry("new-grower", "New grower", "user-plus", ("Ctrl+Shift+N",), "Make a grower, the level above farms"),
    Entry("new-farm", "New farm", "house-line", ("Ctrl+Shift+B",), "Make a farm"),
    Entry("edit-grower", "Rename grower", "user", (), "Give the grower in the list of fields another name"),
    Entry("edit-farm", "Change farm", "house", (), "Give the farm in the list of fields another name or grower"),
    Entry("enable-grower", "Enable all previews", "lightning", (), "Full sync for all of a grower's, which Leaf bills"),
    Entry("decide", "Decide conflict", "git-diff", ("Ctrl+Shift+X",), "Look at both sides of a conflict, then choose"),
    *(Entry(*choice) for choice in CHOICES),
    Entry("hand-over", "Hand over", "paper-plane-tilt", ("Ctrl+Shift+S",), "What waits, into a file a colleague sends"),
    Entry(
        "take-over", "Take over", "handshake", ("Ctrl+Shift+T",), "Open a colleague's hand-over, and send it for them"
    ),
    Entry("take-back", "Take back", "arrow-u-down-left", ("Ctrl+Shift+K",), "Nobody took what you handed over"),
    Entry("sign-in", "Sign in to Leaf", "sign-in", (), "Sign in with your Leaf account"),
    Entry("sign-out", "Sign out", "sign-out", (), "Forget the sign-in here; fields and queue stay"),
    Entry("help", "Help", "question", ("F1",), "How Leafdesk works"),
    Entry("outdoor", "Outdoor contrast", "sun-dim", ("Ctrl+Shift+Y",), "Strong colours for bright sun, or back"),
    Entry("theme", "Light or dark", "sun", ("Ctrl+Shift+L",), "Change between light and dark"),
)
LOOKS = ("history", "files", "work", "overlaps")
"""What there is to look at beside the selected field's own figures."""
AT_LEAF = ("enable", "upload", "provider-sync")
"""What is set going at Leaf for the selected field, and no undo takes back."""
GAP = "\N{EN SPACE}"
"""Between a push button's icon and its text; Qt leaves too little."""


_ENTRIES = {entry.key: entry for entry in TABLE}


class Actions(QObject):
    """The QActions of one window, by the table's keys: `actions["sync"]`."""

    hand_tools = tuple(tool.key for tool in TOOLBOX)
    """What the hand can take on the map, beside the selecting that it begins with."""

    def __init__(self, window: QWidget, icons: Icons) -> None:
        super().__init__(window)
        self._icons = icons
        self._made: dict[str, QAction] = {}
        self._why_not: dict[str, str | None] = {}
        for entry in TABLE:
            action = QAction(entry.text, window)
            action.setObjectName(f"action-{entry.key}")
            action.setShortcuts([QKeySequence(key) for key in entry.keys])
            action.setCheckable(entry.tool)
            icons.put(action, entry.icon)
            window.addAction(action)
            self._made[entry.key] = action
            self.allow(entry.key, None)

    def __getitem__(self, key: str) -> QAction:
        return self._made[key]

    def __iter__(self) -> Iterator[tuple[Entry, QAction]]:
        return ((entry, self._made[entry.key]) for entry in TABLE)

    def allow(self, key: str, why_not: str | None) -> None:
        """Enable the action, or disable it and let its tooltip say why."""
        if key in self._why_not and self._why_not[key] == why_not:  # every button and menu follows each word of it
            return
        self._why_not[key] = why_not
        entry = _ENTRIES[key]
        action = self._made[key]
        action.setEnabled(why_not is None)
        keys = (
            f"  ({QKeySequence(entry.keys[0]).toString(QKeySequence.SequenceFormat.NativeText)})" if entry.keys else ""
        )
        action.setToolTip(why_not or f"{entry.tip}{keys}")

    def why_not(self, key: str) -> str:
        """Why the action is disabled; "" when it is not."""
        return self._why_not.get(key) or ""

    def bind(self, button: QPushButton, key: str, *, icon: bool = True, text: bool = True) -> QPushButton:
        """Let a push button do the action and follow whether it may and why not."""
        action = self._made[key]
        entry = _ENTRIES[key]
        button.setObjectName(f"button-{key}")
        button.clicked.connect(lambda _=False: action.trigger())
        if icon:
            rest = "on_accent" if button.property("role") == "primary" else "muted"
            self._icons.put(button, entry.icon, rest=rest)

        def follow() -> None:
            button.setEnabled(action.isEnabled())
            button.setToolTip(action.toolTip())
            if text:
                button.setText(f"{GAP}{action.text()}" if icon else action.text())
            button.setAccessibleName(action.text())
            button.setAccessibleDescription(action.toolTip())

        action.changed.connect(follow)
        follow()
        return button

    def tool(self, key: str) -> QToolButton:
        """A tool button that shows the action."""
        made = QToolButton()
        made.setDefaultAction(self._made[key])
        made.setObjectName(f"tool-{key}")
        made.setAccessibleName(self._made[key].text())
        return made

"""What a person should hear beside the queue: notices of the audits with what puts them right, and what was sent."""

from dataclasses import dataclass

from leafdesk.edits import Delete, Edit, Redraw
from leafdesk.geo.shape import Shape, from_geojson, unpack
from leafdesk.records import Kind
from leafdesk.ui import words
from leafdesk.ui.parts import Card, button, label, row
from leafdesk.ui.theme import STEP
from leafdesk.workspace import Item, Notice, Workspace

PAST = 50
"""So many of the last changes are shown."""
MOST_FIELDS = 500
"""So many fields of a farm or grower are laid over the map."""
_BECAME = {"done": "At Leaf", "discarded": "Discarded"}


@dataclass(frozen=True, slots=True)
class Heard:
    """A notice, and the edits that would put it right (none where Leaf offers no way).

    `places`: what to lay over the map, each with its word; `second`: the key of the second one of a possible double.
    """

    notice: Notice
    remedy: tuple[Edit, ...]
    places: tuple[tuple[str, Shape], ...] = ()
    second: str = ""

    @property
    def look(self) -> str:
        """What there is to look at, in words; "" for nothing."""
        if self.notice.sort == "rescued":
            return "Open the folder" if self.notice.details.get("folder") else ""
        if self.notice.kind == "machines":
            return "Show in the table" if self.second else ""
        return "Show both on the map" if self.places else ""


def read_notices(workspace: Workspace) -> list[Heard]:
    """All that nobody has answered (off the window's thread)."""
    return [_heard(workspace, notice) for notice in workspace.queue.notices]


def _heard(workspace: Workspace, notice: Notice) -> Heard:
    catalog, remedy = workspace.catalog, workspace.queue.remedy(notice)
    second = catalog.key(notice.kind, str(notice.details.get("leaf_id"))) or "" if notice.sort == "duplicate" else ""
    places: list[tuple[str, Shape]] = []
    if notice.sort == "replaced":
        field = catalog.field(notice.record_id)
        mine = field.shape if field is not None and field.shape else ()
        places = [("Mine", mine), ("Theirs", from_geojson(notice.details["shape"]))]
    elif second and notice.kind != "machines":
        keys = (("First", notice.record_id), ("Second", second))
        places = [(word, _land(workspace, notice.kind, key)) for word, key in keys]
    return Heard(notice, remedy, tuple(places) if any(shape for _, shape in places) else (), second)


def _land(workspace: Workspace, kind: Kind, key: str) -> Shape:
    """A field, or all the fields of a farm or grower, as one shape."""
    catalog = workspace.catalog
    if kind == "fields":
        field = catalog.field(key)
        return field.shape or () if field is not None else ()
    farms = [key] if kind == "farms" else [farm.id for farm in catalog.farms(grower_id=key)]
    rows = [row.id for farm in farms for row in catalog.fields(farm_id=farm)]
    return tuple(polygon for _, packed in catalog.outlines(rows[:MOST_FIELDS]) for polygon in unpack(packed))


def read_missing(workspace: Workspace) -> int:
    """How many records Leaf suddenly no longer lists (off the window's thread)."""
    return workspace.queue.missing


def read_past(workspace: Workspace) -> list[Item]:
    """The last changes that left the queue, the newest first (off the window's thread)."""
    return workspace.outbox.over(limit=PAST)


class NoticeCard(Card):
    """One notice. Parts for tests: `sentence`, `heard`, `look`, `mend` (the last two hidden where there is nothing)."""

    def __init__(self, heard: Heard) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.setAccessibleName(heard.notice.sentence)
        self.sentence = label(heard.notice.sentence, "", wrap=True, select=True)
        self.mend = button(_words(heard.remedy), "choice", tip="Queues the changes that put this right; Undo works")
        self.look = button(heard.look, tip="Look at it before you decide")
        self.heard = button("I have heard it", tip="Do not show this any more")
        self.column.setContentsMargins(STEP * 4, STEP * 3, STEP * 4, STEP * 3)
        self.column.addLayout(row(label("Please look", "warn"), None, label(words.moment(heard.notice.at), "small")))
        self.column.addWidget(self.sentence)
        self.column.addSpacing(STEP)
        self.column.addLayout(row(self.look, self.mend, self.heard, None))
        for made, wanted in ((self.look, heard.look), (self.mend, heard.remedy)):
            if not wanted:  # to show one that stands nowhere yet would open it as a window of its own
                made.hide()


def _words(remedy: tuple[Edit, ...]) -> str:
    """What the button that puts it right says."""
    if not remedy:
        return ""
    if isinstance(remedy[0], Redraw):
        return "Put their boundary back"
    if isinstance(remedy[0], Delete):
        return "Delete the second one"
    return f"Move {words.count(len(remedy), 'record')} to the first one"


class MissingCard(Card):
    """Many records are gone at Leaf at once. Part for tests: `remove`."""

    def __init__(self, many: int) -> None:
        super().__init__()
        self.setObjectName("missing")
        records = words.count(many, "record")
        text = f"Leaf no longer lists {records} that you have here. That is a lot, so nothing was removed."
        text += " Look at Leaf whether this is meant."
        self.setAccessibleName(text)
        self.remove = button(f"Remove {records} here", "choice", tip="The next sync removes them here")
        self.column.setContentsMargins(STEP * 4, STEP * 3, STEP * 4, STEP * 3)
        self.column.addWidget(label("Please look", "warn"))
        self.column.addWidget(label(text, "", wrap=True, select=True))
        self.column.addSpacing(STEP)
        self.column.addLayout(row(self.remove, None))


class PastCard(Card):
    """What was sent and discarded lately, a line each. Parts for tests: `lines`."""

    def __init__(self, items: list[Item]) -> None:
        super().__init__()
        self.lines = [f"{_BECAME[item.state]} · {item.sentence}" for item in items]
        self.column.setContentsMargins(STEP * 4, STEP * 3, STEP * 4, STEP * 3)
        if not items:
            self.column.addWidget(label("Nothing has been sent from here yet.", "muted"))
        for item, text in zip(items, self.lines, strict=True):
            when = label(words.moment(item.ended) if item.ended else "", "small")
            self.column.addLayout(row(label(text, wrap=True, select=True), None, when))
            if item.reason:
                self.column.addWidget(label(item.reason, "muted", wrap=True, select=True))

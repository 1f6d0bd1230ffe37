"""The shape of the database, as numbered steps that are only ever added to.

What user saw and what Leaf has stand in tables of their own: `copies` (Leaf's copy, typed columns beside its JSON),
`seen` (what lists and the map read), `outlines`, `boxes` and `names` (shape, R*Tree and full text of what is seen).
`records` gives every record its row number; `outbox`, `attempts` and `journal` are the queue. References between
records hold keys; columns called `parent` hold the farm of a field or the grower of a farm.
What is no land keeps its attributes as JSON in `more`; `words` and `fuzzy` find it by text, `fetched` tells its age.
"""

import sqlite3
from collections.abc import Callable, Sequence

Step = Callable[[sqlite3.Connection], None]

APPLICATION_ID = 0x4C464453  # "LFDS"


def first_tables(connection: sqlite3.Connection) -> None:
    """Records, boundaries, what is seen, the queue, the journal."""
    for statement in _FIRST_TABLES.split(";;"):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def keep_every_kind(connection: sqlite3.Connection) -> None:
    """Machines, inputs, work and providers: their attributes as JSON, their words, and when a list was read whole."""
    for statement in _EVERY_KIND.split(";;"):
        connection.execute(statement)


def remember_more(connection: sqlite3.Connection) -> None:
    """Notices that wait for a person, the steps that can be undone, and when a change was over."""
    for statement in _REMEMBER_MORE.split(";;"):
        connection.execute(statement)


def keep_drafts(connection: sqlite3.Connection) -> None:
    """Drawings that are not kept yet, with each of their steps."""
    for statement in _KEEP_DRAFTS.split(";;"):
        connection.execute(statement)


def hand_over(connection: sqlite3.Connection) -> None:
    """Changes that a colleague sends, and every hand-over that was written or taken here."""
    for statement in _HAND_OVER.split(";;"):
        connection.execute(statement)


STEPS: tuple[Step, ...] = (first_tables, keep_every_kind, remember_more, keep_drafts, hand_over)
"""Step n brings a database of version n - 1 to version n. Never edit, reorder or take out a released step."""


def upgrade(connection: sqlite3.Connection, steps: Sequence[Step] = STEPS) -> None:
    """Apply the steps that are missing, each in one transaction with its `user_version`, and record their names."""
    import sqlite_utils
    from sqlite_utils.migrations import Migrations

    migrations = Migrations("leafdesk")
    (version,) = connection.execute("PRAGMA user_version").fetchone()

    def register(number: int, step: Step) -> None:
        @migrations(name=f"{number:03d}-{step.__name__}")
        def _(db: "sqlite_utils.Database") -> None:
            step(db.conn)
            db.conn.execute(f"PRAGMA user_version = {number}")

    for number, step in enumerate(steps[version:], version + 1):
        register(number, step)
    migrations.apply(sqlite_utils.Database(connection))


def lay_out(connection: sqlite3.Connection, steps: Sequence[Step] = STEPS) -> None:
    """Apply all steps to a new file that nobody keeps: without the half second `upgrade` needs to load."""
    connection.execute("BEGIN")
    for step in steps:
        step(connection)
    connection.execute(f"PRAGMA user_version = {len(steps)}")
    connection.execute("COMMIT")


_FIRST_TABLES = """
CREATE TABLE records (
    n INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    leaf_user TEXT NOT NULL,
    leaf_id TEXT,
    UNIQUE (kind, key)
) STRICT;;
CREATE UNIQUE INDEX records_leaf_id ON records (kind, leaf_id) WHERE leaf_id IS NOT NULL;;
CREATE TABLE aliases (
    kind TEXT NOT NULL,
    old TEXT NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (kind, old)
) STRICT, WITHOUT ROWID;;
CREATE TABLE copies (
    n INTEGER PRIMARY KEY REFERENCES records (n) ON DELETE CASCADE,
    gone INTEGER NOT NULL DEFAULT 0,
    leaf_user TEXT NOT NULL,
    name TEXT NOT NULL,
    parent TEXT,
    leaf_number INTEGER,
    status TEXT NOT NULL,
    type TEXT NOT NULL,
    provider TEXT,
    email TEXT NOT NULL,
    external TEXT NOT NULL,
    created TEXT NOT NULL,
    updated TEXT NOT NULL,
    raw TEXT NOT NULL
) STRICT;;
CREATE INDEX copies_parent ON copies (parent) WHERE parent IS NOT NULL;;
CREATE TABLE boundaries (
    n INTEGER PRIMARY KEY,
    field TEXT NOT NULL,
    id TEXT NOT NULL,
    status TEXT NOT NULL,
    shown INTEGER NOT NULL DEFAULT 0,
    area REAL,
    validity TEXT NOT NULL,
    created TEXT NOT NULL,
    updated TEXT NOT NULL,
    packed BLOB NOT NULL,
    raw TEXT NOT NULL,
    UNIQUE (field, id)
) STRICT;;
CREATE UNIQUE INDEX boundaries_shown ON boundaries (field) WHERE shown;;
CREATE INDEX boundaries_id ON boundaries (id);;
CREATE TABLE named_boundaries (
    field TEXT NOT NULL,
    place INTEGER NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (field, place)
) STRICT, WITHOUT ROWID;;
CREATE TABLE seen (
    n INTEGER PRIMARY KEY REFERENCES records (n) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    leaf_user TEXT NOT NULL,
    name TEXT NOT NULL,
    sort TEXT NOT NULL,
    parent TEXT,
    status TEXT NOT NULL,
    provider TEXT,
    area REAL,
    mark TEXT NOT NULL,
    west REAL,
    south REAL,
    east REAL,
    north REAL
) STRICT;;
CREATE INDEX seen_order ON seen (kind, sort, key);;
CREATE INDEX seen_parent ON seen (kind, parent) WHERE parent IS NOT NULL;;
CREATE INDEX seen_mark ON seen (kind, mark);;
CREATE TABLE outlines (
    n INTEGER PRIMARY KEY REFERENCES records (n) ON DELETE CASCADE,
    key TEXT NOT NULL,
    packed BLOB NOT NULL
) STRICT;;
CREATE VIRTUAL TABLE boxes USING rtree (n, west, east, south, north);;
CREATE VIRTUAL TABLE names USING fts5 (
    field, farm, grower, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2'
);;
CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    verb TEXT NOT NULL,
    edit TEXT NOT NULL,
    base TEXT NOT NULL,
    state TEXT NOT NULL
        CHECK (state IN ('waiting', 'sent', 'parked', 'conflict', 'done', 'superseded', 'discarded')),
    reason TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    not_before REAL NOT NULL DEFAULT 0,
    rev INTEGER NOT NULL DEFAULT 1,
    created TEXT NOT NULL,
    theirs TEXT,
    sentence TEXT NOT NULL,
    superseded_by INTEGER REFERENCES outbox (seq)
) STRICT;;
CREATE INDEX outbox_record ON outbox (kind, key, seq);;
CREATE INDEX outbox_live ON outbox (state, seq) WHERE state IN ('waiting', 'sent', 'parked', 'conflict');;
CREATE INDEX outbox_superseded ON outbox (superseded_by) WHERE superseded_by IS NOT NULL;;
CREATE TABLE needs ( -- columns in the key's order: else quick_check of SQLite 3.40 sees NULLs that are none
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES outbox (seq),
    PRIMARY KEY (kind, key, seq)
) STRICT, WITHOUT ROWID;;
CREATE INDEX needs_seq ON needs (seq);;
CREATE TABLE attempts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    seq INTEGER NOT NULL REFERENCES outbox (seq),
    number INTEGER NOT NULL,
    body TEXT NOT NULL,
    pre TEXT NOT NULL,
    sent_at TEXT NOT NULL,
    run_id TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('inflight', 'ok', 'rejected', 'notsent', 'unknown', 'absent')),
    settled_at TEXT,
    UNIQUE (seq, number)
) STRICT;;
CREATE TABLE journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    item TEXT NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    verb TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL
) STRICT;;
CREATE TRIGGER journal_is_not_rewritten BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is only added to'); END;;
CREATE TRIGGER journal_is_not_shortened BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is only added to'); END;;
CREATE TABLE facts (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID
"""


_EVERY_KIND = """
ALTER TABLE copies ADD COLUMN more TEXT;;
ALTER TABLE seen ADD COLUMN more TEXT;;
CREATE INDEX seen_user ON seen (kind, leaf_user, sort, key);;
CREATE TABLE fetched (
    kind TEXT NOT NULL,
    leaf_user TEXT NOT NULL,
    about TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (kind, leaf_user, about)
) STRICT, WITHOUT ROWID;;
CREATE VIRTUAL TABLE words USING fts5 (
    kind, name, rest, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3', columnsize = 0
);;
CREATE VIRTUAL TABLE fuzzy USING fts5 (name, tokenize = 'trigram', detail = 'none', columnsize = 0);;
CREATE VIRTUAL TABLE fuzzy_terms USING fts5vocab (fuzzy, row)
"""


_REMEMBER_MORE = """
CREATE TABLE notices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sort TEXT NOT NULL,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    about TEXT NOT NULL,
    sentence TEXT NOT NULL,
    details TEXT NOT NULL,
    answered TEXT,
    UNIQUE (sort, kind, about)
) STRICT;;
CREATE TABLE steps (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    stack TEXT NOT NULL CHECK (stack IN ('undo', 'redo')),
    name TEXT NOT NULL,
    back TEXT NOT NULL,
    done TEXT NOT NULL
) STRICT;;
ALTER TABLE outbox ADD COLUMN ended TEXT;;
CREATE INDEX outbox_ended ON outbox (ended, seq) WHERE ended IS NOT NULL;;
ALTER TABLE attempts ADD COLUMN at REAL
"""

_KEEP_DRAFTS = """
CREATE TABLE drafts (
    id TEXT PRIMARY KEY,
    field TEXT NOT NULL,
    tool TEXT NOT NULL,
    made TEXT NOT NULL,
    at INTEGER NOT NULL,
    kept INTEGER NOT NULL
) STRICT;;
CREATE TABLE draft_shapes (
    draft TEXT NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
    n INTEGER NOT NULL,
    name TEXT NOT NULL,
    field TEXT NOT NULL,
    shape BLOB NOT NULL
) STRICT;;
CREATE INDEX draft_shapes_step ON draft_shapes (draft, n)
"""

_HAND_OVER = """
ALTER TABLE outbox ADD COLUMN handed TEXT;;
CREATE TABLE handovers (
    id TEXT NOT NULL,
    sort TEXT NOT NULL CHECK (sort IN ('given', 'taken')),
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    file TEXT NOT NULL,
    many INTEGER NOT NULL,
    PRIMARY KEY (id, sort)
) STRICT, WITHOUT ROWID
"""

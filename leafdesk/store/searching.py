"""Search as somebody types: names and words that begin so, then names that look alike.

Nothing here ranks tens of thousands of hits: a letter typed matches half a catalog, and the list shows fifty. Names
that begin with the text come straight from the sorted index, words from the full text without ranking, and only when
those are few does the forgiving search look at names that share the rarest three-letter pieces of the text.
"""

import sqlite3
from collections.abc import Mapping

from leafdesk.records import Kind
from leafdesk.store.seen import plain_letters, sort_text, words

FEW = 5
"""With fewer hits than this the forgiving search joins in."""
MOST_CANDIDATES = 800
LIKE_ENOUGH = 0.34


def search(
    connection: sqlite3.Connection, kind: Kind, text: str, *, limit: int = 50, leaf_user_id: str | None = None
) -> list[tuple[int, bool]]:
    """(row number, whether it is more than a likeness) of the best hits."""
    query = words(text)
    if query is None:
        return []
    mine = " AND s.leaf_user IN (:user, '')" if leaf_user_id is not None else ""
    values = {"kind": kind, "user": leaf_user_id, "limit": limit}
    hits = dict.fromkeys(_names(connection, text, mine, values), True)
    if len(hits) < limit:
        hits |= dict.fromkeys(_words(connection, query, mine, {**values, "limit": 2 * limit}), True)
    if len(hits) < FEW:
        for number in _alike(connection, text, mine, values):
            hits.setdefault(number, False)
    return list(hits.items())[:limit]


def _names(connection: sqlite3.Connection, text: str, mine: str, values: Mapping[str, object]) -> list[int]:
    """Names that begin with the text, in their order."""
    start = sort_text(text.strip()) if not text.strip()[-1].isdigit() else ""  # a number may go on: "10" meets "105"
    if not start:
        return []
    rows = connection.execute(
        f"SELECT s.n FROM seen s WHERE s.kind = :kind AND s.sort >= :start AND s.sort < :end{mine}"
        " ORDER BY s.sort LIMIT :limit",
        {**values, "start": start, "end": start + "\U0010ffff"},
    )
    return [number for (number,) in rows.fetchall()]


def _words(connection: sqlite3.Connection, query: str, mine: str, values: Mapping[str, object]) -> list[int]:
    """Rows each of whose asked words begins one of theirs, those first that have all of them in the name."""
    every = " AND ".join(query.split(" "))
    found = dict[int, None]()
    for column in ("name", "{name rest}"):
        match = f'kind : "{values["kind"]}" AND ({column} : ({every}))'
        rows = connection.execute(
            f"SELECT s.n FROM words CROSS JOIN seen s ON s.n = words.rowid WHERE words MATCH :match{mine} LIMIT :limit",
            {**values, "match": match},
        )
        found |= dict.fromkeys(number for (number,) in rows.fetchall())
    return list(found)


def _alike(connection: sqlite3.Connection, text: str, mine: str, values: Mapping[str, object]) -> list[int]:
    """Names that look like the text, the likest first."""
    wanted = plain_letters(text).strip()
    pieces = _pieces(wanted)
    counts = dict[str, int]()
    for piece in sorted(pieces):  # one by one: the vocabulary is only looked up by `=`, a list would read all of it
        counts |= dict(connection.execute("SELECT term, doc FROM fuzzy_terms WHERE term = ?", (piece,)).fetchall())
    rare, total = list[str](), 0
    for piece in sorted(counts, key=lambda one: counts[one]):
        total += counts[piece]
        if rare and (total > MOST_CANDIDATES or len(rare) >= 4):
            break
        rare.append(piece)
    if not rare:
        return []
    match = " OR ".join('"' + piece.replace('"', '""') + '"' for piece in rare)
    rows = connection.execute(
        "SELECT s.n, fuzzy.name FROM fuzzy CROSS JOIN seen s ON s.n = fuzzy.rowid"
        f" WHERE fuzzy MATCH :match AND s.kind = :kind{mine} LIMIT :most",
        {**values, "match": match, "most": MOST_CANDIDATES},
    ).fetchall()
    likeness = {number: _likeness(pieces, name) for number, name in rows}
    best = sorted((n for n in likeness if likeness[n] >= LIKE_ENOUGH), key=lambda n: (-likeness[n], n))
    return best[:20]


def _pieces(text: str) -> set[str]:
    return {text[n : n + 3] for n in range(len(text) - 2)}


def _likeness(pieces: set[str], name: str) -> float:
    """How much of the text's pieces the likest stretch of a name has, from 0 to 1."""
    if not pieces:
        return 0.0
    return len(pieces & _pieces(name)) / len(pieces)

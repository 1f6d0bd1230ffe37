"""What must hold between the tables, whoever wrote last: `leafdesk doctor` looks, and a bug of ours would show here."""

import sqlite3

from leafdesk.store.items import LIVE_SQL

_NEVER = (
    (
        "one record is made twice by the queue",
        f"SELECT key FROM outbox WHERE verb LIKE '%.create' AND {LIVE_SQL} GROUP BY kind, key HAVING count(*) > 1",
    ),
    (
        "a request is under way of a change that is not sent",
        "SELECT o.id FROM attempts a JOIN outbox o USING (seq) WHERE a.outcome = 'inflight' AND o.state <> 'sent'",
    ),
    (
        "two requests of one change are under way",
        "SELECT seq FROM attempts WHERE outcome = 'inflight' GROUP BY seq HAVING count(*) > 1",
    ),
    (
        "a change that a colleague has could be sent from here",
        f"SELECT id FROM outbox WHERE handed IS NOT NULL AND state <> 'sent' AND {LIVE_SQL}",
    ),
    (
        "a record with changes that Leaf does not have is shown as Leaf has it",
        "SELECT s.key FROM outbox o JOIN seen s ON s.kind = o.kind AND s.key = o.key"
        f" WHERE o.{LIVE_SQL} AND s.mark NOT IN ('pending', 'parked', 'conflict')",
    ),
    (
        "a record is shown as changed and no change of it waits",
        "SELECT key FROM seen s WHERE s.mark IN ('pending', 'parked', 'conflict') AND NOT EXISTS"
        f" (SELECT 1 FROM outbox o WHERE o.kind = s.kind AND o.key = s.key AND o.{LIVE_SQL})",
    ),
    (
        "a former name of a record leads nowhere",
        "SELECT old FROM aliases a WHERE NOT EXISTS (SELECT 1 FROM records r WHERE r.kind = a.kind AND r.key = a.key)"
        f" AND EXISTS (SELECT 1 FROM outbox o WHERE o.kind = a.kind AND o.key = a.old AND o.{LIVE_SQL})",
    ),
    (
        "a change that the user made is in no queue",
        "SELECT item FROM journal j WHERE verb LIKE '%.create' AND NOT EXISTS"
        " (SELECT 1 FROM outbox o WHERE o.id = j.item)",
    ),
)


def broken(connection: sqlite3.Connection) -> list[str]:
    """Which of these do not hold, in plain words with the first example; empty when all do."""
    found = []
    for sentence, query in _NEVER:
        row = connection.execute(query).fetchone()
        if row is not None:
            found.append(f"{sentence} ({row[0]})")
    return found

"""When everything is quiet: drained (I1, I7), nothing twice (I2), the same on both sides (I3), everybody told (I4)."""

from collections import Counter
from typing import Any

from leafdesk.edits import REFERENCES, Redraw
from leafdesk.records import Farm, Field, Machine
from leafdesk.store.notices import Notices
from leafdesk.store.outbox import Item
from leafdesk.sync.merge import normal, same

from .far import COLLEAGUE
from .oracle import Oracle
from .proofs import ATTRIBUTES, text


def look_back(oracle: Oracle) -> None:
    """Say everything that is wrong when all is quiet."""
    laptop = oracle.laptop
    for item in laptop.outbox.items():
        oracle.say(f"I7 stuck: {oracle.name(item)} is {item.state}: {item.reason}")
    for id_ in oracle.user.queued:
        if laptop.outbox.item(id_) is None:
            oracle.say(f"I1 lost: {id_} is in no queue")
    (written,) = laptop.disk.connection.execute("SELECT count(*) FROM journal").fetchone()
    if written < laptop.taken:
        oracle.say(f"I1 lost: {laptop.taken} edits were taken, and {written} are in the journal")
    told = _told(oracle)
    _doubles(oracle, told)
    replaced = [one.details["boundary_id"] for one in Notices(laptop.disk.connection).open() if one.sort == "replaced"]
    for field, boundary, sender in oracle.unseen:
        if ("fields", field) in oracle.far.memory.gone or laptop.item(sender.item).state != "done":
            continue
        if boundary not in replaced:
            oracle.say(f"I4 overwritten: {sender.item} replaced boundary {boundary} of {field}, and nobody was told")
    if not oracle.wrong:
        _agree(oracle)
    if laptop.disk.connection.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
        oracle.say("I6 the database is damaged")
    if b"canary" in laptop.disk.connection.serialize():
        oracle.say("I9 the token is in the database")


def _told(oracle: Oracle) -> str:
    """Everything that was said to the user."""
    connection = oracle.laptop.disk.connection
    rows = connection.execute("SELECT reason FROM outbox WHERE reason IS NOT NULL").fetchall()
    facts = connection.execute("SELECT value FROM facts UNION SELECT sentence FROM notices").fetchall()
    return " ".join([*(words for (words,) in (*rows, *facts)), *oracle.log])


# ---------------------------------------------------------------------- nothing twice
def _doubles(oracle: Oracle, told: str) -> None:
    """I2: one record a create, one boundary a redraw, one upload an upload and one more each time a person said so."""
    memory, counted = oracle.far.memory, oracle.counted
    for who, made in memory.made.items():
        for name in made[1:] if who != COLLEAGUE else ():
            item = oracle.laptop.item(who)
            if made[0] in memory.gone or made[0] == name:
                counted["made again after somebody deleted it"] += 1
            elif item.kind == "fields" and _changed_since(oracle, made[0]):
                counted["doubled where Leaf took an id of its own and somebody changed that before it was found"] += 1
            elif _claimed_by_another(oracle, item, made):
                counted["two of one name, swapped"] += 1
            elif who in oracle.user.again:
                counted["made again because a person said so"] += 1
            elif name[1] in told:
                counted["told of a double"] += 1
            else:
                oracle.say(f"I2 doubled: {oracle.name(item)} made {made}")
    for who, often in Counter(who for who, _, _, _ in memory.drawn.values() if who != COLLEAGUE).items():
        item = oracle.laptop.item(who)
        if often > 1 and isinstance(item.edit, Redraw):
            oracle.say(f"I2 doubled: {oracle.name(item)} drew {often} boundaries")
    for who, often in memory.uploads.items():
        if often > 1 + oracle.user.again[who]:
            oracle.say(f"I2 doubled: {who} uploaded {often} times, a person said {oracle.user.again[who]} times again")


def _changed_since(oracle: Oracle, name: tuple[str, str]) -> bool:
    """Whether a colleague renamed, moved or redrew it: by what was sent nobody finds it then."""
    memory = oracle.far.memory
    drawn = {memory.drawn[id_][0] for _, _, record in memory.values[name] for id_ in record.get("boundaries", ())}
    return COLLEAGUE in drawn or any(who == COLLEAGUE for _, who, _ in memory.values[name])


def _claimed_by_another(oracle: Oracle, item: Item, made: list[tuple[str, str]]) -> bool:
    """Whether a twin (another create of ours by the same name) took one of these for its own.

    What was deleted since belongs to nobody any more, and counts for neither: two machines are made by twins whose
    answers are lost, a colleague deletes the first one's, so that one finds the second's and takes it (they are the
    same to the letter), and the second is made again; then the user deletes that. There never were more than two.
    """
    left = [name for name in made if name not in oracle.far.memory.gone]
    keys = [oracle.laptop.catalog.key(item.kind, leaf_id) for _, leaf_id in left]
    twins = {key for key in keys if key is not None and key.startswith(("made-", "item-"))} - {item.record_id}
    return bool(twins) and len(left) - len(twins) <= 1  # its own, or what a person who was asked forgot


# ---------------------------------------------------------------------- the same on both sides
def _agree(oracle: Oracle) -> None:
    """I3: the laptop shows what Leaf has, record by record."""
    catalog = oracle.laptop.catalog
    for kind in ("fields", "farms", "growers", "machines"):
        there = oracle.far.there[kind]
        here = oracle.laptop.disk.connection.execute("SELECT key FROM seen WHERE kind = ?", (kind,)).fetchall()
        known = {catalog.leaf_id(kind, key) or key: key for (key,) in here}  # type: ignore[arg-type]
        if set(known) != set(there):
            only = set(known) - set(there), set(there) - set(known)
            oracle.say(f"I3 {kind} differ: only here {only[0]}, only there {only[1]}")
            continue
        for leaf_id, key in known.items():
            _agree_on(oracle, kind, key, there[leaf_id])


def _agree_on(oracle: Oracle, kind: str, key: str, there: dict[str, Any]) -> None:
    record: Any = oracle.laptop.catalog.get(kind, key)  # type: ignore[arg-type]
    names = {Field: ("name", "farm_id"), Farm: ("name", "grower_id"), Machine: ("name", "serial_number", "model")}
    for name in names.get(type(record), ("name",)):
        here = oracle.proofs.number(name, getattr(record, name))
        if name in REFERENCES and getattr(record, name) is not None and not _seen(oracle, name, getattr(record, name)):
            oracle.say(f"I6 {kind} {key} belongs to {getattr(record, name)!r}, and there is none by this name here")
        if not same(text(here), text(there.get(ATTRIBUTES[name]))):
            oracle.say(f"I3 {kind} {key}: {name} is {here!r} here and {there.get(ATTRIBUTES[name])!r} there")
    if isinstance(record, Field):
        active = oracle.far.active(str(there["id"]))
        drawn = oracle.far.memory.drawn[active][1] if active else None
        if (normal(record.shape) if record.shape else None) != drawn:
            oracle.say(f"I3 {kind} {key} has another shape here than there")


def _seen(oracle: Oracle, name: str, key: str) -> bool:
    """Whether a farm or grower is seen by just this key: lists and the map look no further."""
    query = "SELECT 1 FROM seen WHERE kind = ? AND key = ?"
    return oracle.laptop.disk.connection.execute(query, (REFERENCES[name], key)).fetchone() is not None

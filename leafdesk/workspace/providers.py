"""What each provider gave by Leaf's count, beside what is here, and why the two differ."""

from dataclasses import dataclass, replace

from leafdesk.records import Configuration, Kind, levels_of, provider_of
from leafdesk.store.keeping import kept_users
from leafdesk.store.tables import Row, Tables

NOT_KEPT = "The records of this Leaf user are not kept on this laptop."
LEVELS: tuple[Kind, ...] = ("growers", "farms", "fields")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One provider of one Leaf user.

    `levels` are the levels this provider has (None: nobody has described it). `leaf` and `here` count by level; a level
    that is missing in `leaf` is one that Leaf did not count. `sync_time` is Leaf's last look at the provider, `asked`
    when its counts were read (None: never). `why` explains a difference, in plain words; () where there is none.
    """

    leaf_user_id: str
    provider_name: str
    levels: tuple[Kind, ...] | None
    leaf: dict[Kind, int]
    here: dict[Kind, int]
    previews: int
    sync_time: str
    asked: str | None
    why: tuple[str, ...]


def compare(tables: Tables) -> list[Compared]:
    """Every provider that Leaf counts or that something here comes from, by Leaf user and name."""
    counted = {
        (row.leaf_user_id, provider_of(row.provider_name)): row for row in tables.rows("summaries", limit=10_000)
    }
    here, previews = dict[tuple[str, str], dict[Kind, int]](), dict[tuple[str, str], int]()
    for (kind, user, name), (many, waiting) in tables.of_providers().items():
        if name == "Leaf":
            continue
        place = (user, provider_of(name))
        found = here.setdefault(place, {})
        found[kind] = found.get(kind, 0) + many
        previews[place] = previews.get(place, 0) + (waiting or 0)
    kept = kept_users(tables.connection)
    compared = [
        _one(tables, place, counted.get(place), here.get(place, {}), previews.get(place, 0))
        for place in sorted(counted.keys() | here.keys())
    ]
    return [one if kept is None or one.leaf_user_id in kept else replace(one, why=(NOT_KEPT,)) for one in compared]


def _one(tables: Tables, place: tuple[str, str], row: Row | None, here: dict[Kind, int], previews: int) -> Compared:
    user, provider = place
    leaf = {level: int(row.values[level]) for level in LEVELS if level in row.values} if row is not None else {}
    asked = tables.fetched("summaries", user)
    return Compared(
        leaf_user_id=user,
        provider_name=provider,
        levels=levels_of(provider),
        leaf=leaf,
        here={level: here.get(level, 0) for level in levels_of(provider) or LEVELS},
        previews=previews,
        sync_time=str(row.values.get("sync_time", "")) if row is not None else "",
        asked=asked,
        why=tuple(_why(tables, user, provider, row, leaf, here, previews, asked)),
    )


def _why(
    tables: Tables,
    user: str,
    provider: str,
    row: Row | None,
    leaf: dict[Kind, int],
    here: dict[Kind, int],
    previews: int,
    asked: str | None,
) -> list[str]:
    if asked is None:
        return ["Leaf's counts were not fetched yet."]
    said = list[str]()
    if row is None:
        said.append(f"Leaf counts nothing of {provider} for this Leaf user.")
    for level in LEVELS:
        if level in leaf and tables.fetched(level, user) is None:
            said.append(f"The {level} were not pulled yet.")
        elif level in leaf and leaf[level] != here.get(level, 0):
            said.append(f"Leaf counts {leaf[level]} {level}, {here.get(level, 0)} are here.")
    if previews:
        said.append(f"{previews} of the fields here are previews: they have no boundary until they are enabled.")
    setting = _setting(tables, user) if said or previews else None
    return [*said, setting] if setting else said


def _setting(tables: Tables, user: str) -> str | None:
    """What the Leaf user's settings explain."""
    row = tables.row("configurations", user)
    if row is None:
        return None
    return Configuration(id=user, leaf_user_id=user, **row.values).why_missing("fields")

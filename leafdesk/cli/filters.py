"""Filters of a list: options of a command that ask something of Leaf's own keys, answered by what is here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt
from typing import Any, Literal, TypeVar

import click

from leafdesk.records import provider_of
from leafdesk.records.instants import instant

Json = dict[str, Any]
F = TypeVar("F", bound=Callable[..., Any])
How = Literal[
    "same", "any case", "part", "among", "provider", "maker", "flag", "at", "after", "before", "number", "more", "less"
]


@dataclass(frozen=True, slots=True)
class Filter:
    """An option that keeps records by one of Leaf's keys ("distance.value": a key within a key).

    `how`: the same text, the same in any case (also one of a list), a part of it, among a list; a provider in any
    spelling; the same, nothing meaning Leaf; a flag; a time exactly, at or after, at or before; a number the same,
    more, less. `asks`: Leaf filters by this and tells it in no answer, so that only Leaf itself can answer; what the
    client calls the filter.
    """

    option: str
    key: str
    help: str
    how: How = "same"
    asks: str = ""

    @property
    def name(self) -> str:
        return self.option.removeprefix("--").replace("-", "_")

    @property
    def timely(self) -> bool:
        """Whether its value is a time."""
        return self.how in _TIMELY

    def keeps(self, value: Any, record: Json) -> bool:
        """Whether a record answers the wish."""
        has = told(record, self.key)
        if self.how == "part":
            return str(value).casefold() in str(has or "").casefold()
        if self.how == "any case":
            return str(value).casefold() in (str(one).casefold() for one in (has if isinstance(has, list) else [has]))
        if self.how == "among":
            return bool(value in has if isinstance(has, list) else value == has)
        if self.how == "provider":
            return bool(provider_of(has) == provider_of(value))
        if self.how == "maker":
            return bool(provider_of(has or "Leaf") == provider_of(value))
        if self.how == "flag":
            return bool(bool(has) == (value == "true"))
        if self.how in _TIMELY:
            found = instant(str(has or ""))
            return found is not None and bool(_TIMELY[self.how](found, value))
        if self.how in _NUMERIC:
            return isinstance(has, int | float) and bool(_NUMERIC[self.how](has, value))
        return bool(has == value)


_TIMELY: Mapping[str, Callable[[str, str], bool]] = {"at": eq, "after": ge, "before": le}
_NUMERIC: Mapping[str, Callable[[float, float], bool]] = {"number": eq, "more": gt, "less": lt}


def told(record: Json, key: str) -> Any:
    """What a record says under a key; dots lead into what stands within."""
    found: Any = record
    for name in key.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


class InstantType(click.ParamType[str]):
    """A time as Leaf writes it, or a day; kept as text with nine fraction digits, so that texts compare as times."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return instant(str(value)) or self.fail(
            f"{value!r} is no time such as 2026-01-31 or 2026-01-31T12:00:00Z (UTC)", param, ctx
        )


_TYPES: dict[str, Any] = {
    "flag": click.Choice(["true", "false"]),
    **dict.fromkeys(_TIMELY, InstantType()),
    **dict.fromkeys(_NUMERIC, float),
}


def filtered(*filters: Filter) -> Callable[[F], F]:
    """Give a command these filters as options, and `--sort`; it gets their values by name."""

    def give(command: F) -> F:
        command = click.option("--sort", metavar="KEY[,desc]", help="Order by one of Leaf's keys.")(command)
        for one in reversed(filters):
            command = click.option(one.option, type=_TYPES.get(one.how), help=one.help)(command)
        return command

    return give


def asked(filters: Sequence[Filter], values: Mapping[str, Any]) -> list[tuple[Filter, Any]]:
    """The filters that were given, with their values."""
    return [(one, values[one.name]) for one in filters if values.get(one.name) is not None]


def after_and_before(option: str, key: str, what: str, *, hidden: bool = False) -> tuple[Filter, ...]:
    """The two filters over a time; `hidden`: Leaf tells it in no answer, and is asked."""
    word = option.removeprefix("--")
    return (
        Filter(f"{option}-after", key, f"Only what {what} at this time or later.", "after", f"after_{word}" * hidden),
        Filter(
            f"{option}-before", key, f"Only what {what} at this time or earlier.", "before", f"before_{word}" * hidden
        ),
    )


def times(created: str, updated: str, *, hidden: Sequence[str] = ()) -> tuple[Filter, ...]:
    """The four filters over when a record was made and changed at Leaf."""
    return (
        *after_and_before("--created", created, "was made at Leaf", hidden=created in hidden),
        *after_and_before("--updated", updated, "was changed at Leaf", hidden=updated in hidden),
    )


def sorted_by(records: list[Json], wish: str | None) -> list[Json]:
    """The records in the order that `--sort` asks for; those that do not tell the key come last."""
    if wish is None:
        return records
    key, _, way = wish.partition(",")
    if way not in ("", "asc", "desc"):
        raise click.BadParameter(f"{wish!r}: after the comma stands asc or desc.", param_hint="--sort")
    having = [one for one in records if told(one, key) is not None]
    if records and not having:
        raise click.BadParameter(f"{key!r} is no key that these have.", param_hint="--sort")
    rest = [one for one in records if told(one, key) is None]
    return sorted(having, key=lambda one: _rank(told(one, key)), reverse=way == "desc") + rest


def _rank(value: Any) -> tuple[bool, Any]:
    """Numbers before texts, texts without case."""
    number = isinstance(value, int | float)
    return (not number, value if number else str(value).casefold())

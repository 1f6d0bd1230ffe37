"""Filters of a list: options of a command that ask something of Leaf's own keys, answered by what is here."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import click

from leafdesk.records import provider_of

Json = dict[str, Any]
F = TypeVar("F", bound=Callable[..., Any])
How = Literal["same", "part", "among", "provider", "flag", "after", "before"]
_INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?Z)?")


@dataclass(frozen=True, slots=True)
class Filter:
    """An option that keeps records by one of Leaf's keys.

    `how`: the same text, a part of it, among a list; a provider in any spelling; a flag; a time at
    or after, at or before.
    """

    option: str
    key: str
    help: str
    how: How = "same"

    @property
    def name(self) -> str:
        return self.option.removeprefix("--").replace("-", "_")

    def keeps(self, value: Any, record: Json) -> bool:
        """Whether a record answers the wish."""
        has: Any = record.get(self.key)
        if self.how == "part":
            return str(value).casefold() in str(has or "").casefold()
        if self.how == "among":
            return bool(value in has if isinstance(has, list) else value == has)
        if self.how == "provider":
            return bool(provider_of(has) == provider_of(value))
        if self.how == "flag":
            return bool(bool(has) == (value == "true"))
        if self.how in ("after", "before"):
            found = _padded(str(has or ""))
            return found is not None and bool(found >= value if self.how == "after" else found <= value)
        return bool(has == value)


class InstantType(click.ParamType[str]):
    """A time as Leaf writes it, or a day; kept as text with nine fraction digits, so that texts compare as times."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return _padded(str(value)) or self.fail(
            f"{value!r} is no time such as 2026-01-31 or 2026-01-31T12:00:00Z (UTC)", param, ctx
        )


def _padded(text: str) -> str | None:
    read = _INSTANT.fullmatch(text)
    return None if read is None else f"{read[1]}T{read[2] or '00:00:00'}.{(read[3] or '').ljust(9, '0')}"


_TYPES: dict[str, Any] = {"after": InstantType(), "before": InstantType(), "flag": click.Choice(["true", "false"])}


def filtered(*filters: Filter) -> Callable[[F], F]:
    """Give a command these filters as options; it gets their values by name."""

    def give(command: F) -> F:
        for one in reversed(filters):
            command = click.option(one.option, type=_TYPES.get(one.how), help=one.help)(command)
        return command

    return give


def asked(filters: Sequence[Filter], values: Mapping[str, Any]) -> list[tuple[Filter, Any]]:
    """The filters that were given, with their values."""
    return [(one, values[one.name]) for one in filters if values.get(one.name) is not None]


def times(created: str, updated: str) -> tuple[Filter, ...]:
    """The four filters over when a record was made and changed at Leaf."""
    return (
        Filter("--created-after", created, "Only what was made at Leaf at this time or later.", "after"),
        Filter("--created-before", created, "Only what was made at Leaf at this time or earlier.", "before"),
        Filter("--updated-after", updated, "Only what was changed at Leaf at this time or later.", "after"),
        Filter("--updated-before", updated, "Only what was changed at Leaf at this time or earlier.", "before"),
    )

"""What two answers of Leaf tell of one entry of a catalog, joined: a list tells little, asking for one tells all."""

from dataclasses import fields, replace
from json import JSONDecodeError, JSONDecoder
from typing import TypeVar

from leafdesk.records import Product, TankMix, Variety

Entry = TypeVar("Entry", Product, Variety, TankMix)
_SOURCES = ("search", "summary", "list")
"""From the one that says least about whose an entry is; an entry keeps the best that ever told it."""


def joined(stored: Entry, news: Entry) -> Entry:
    """The entry after the news.

    What somebody asked Leaf (`found` and `detailed` say when) stays when a list tells the same entry without it, and
    the other way round; where both tell, the news counts. Names from machine files add nothing to an entry of a list.
    """
    rank = _SOURCES.index(news.source) - _SOURCES.index(stored.source)
    if not _asked(news) and rank < 0:
        return stored
    if not _asked(news) and not _asked(stored):
        return news
    told = {one.name: getattr(news, one.name) for one in fields(news)}
    known = {name: getattr(stored, name) for name, value in told.items() if value in ("", None, ())}
    source = news.source if rank >= 0 else stored.source
    return replace(news, **known | {"source": source, "raw": join_json(stored.raw, news.raw)})


def _asked(entry: Product | Variety | TankMix) -> bool:
    """Whether somebody asked Leaf for it, beyond what lists tell."""
    return bool(entry.found or getattr(entry, "detailed", ""))


def join_json(stored: str, news: str) -> str:
    """The members of two JSON objects, each as it was written; of a member in both the news counts."""
    known = _members(stored)
    told = known | {key: value for key, value in _members(news).items() if value != "null" or key not in known}
    return "{" + ",".join(f"{key}:{value}" for key, value in told.items()) + "}" if told else news


def _members(text: str) -> dict[str, str]:
    """Keys (with their quotes) and values of a JSON object, as they are written; {} for what is none."""
    decoder, at, found = JSONDecoder(), _skip(text, 0, "{"), dict[str, str]()
    try:
        while at < len(text) and text[at] == '"':
            key_end = decoder.raw_decode(text, at)[1]
            start = _skip(text, key_end, ":")
            end = decoder.raw_decode(text, start)[1]
            found[text[at:key_end]] = text[start:end]
            at = _skip(text, end, ",")
    except (JSONDecodeError, RecursionError):
        return {}
    return found


def _skip(text: str, at: int, mark: str) -> int:
    """Past white space and a mark."""
    while at < len(text) and text[at] in " \t\r\n" + mark:
        at += 1
    return at

"""Whether there is a newer Leafdesk: asked at most once a day, only when somebody wished it, and only told."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from leafdesk import __version__
from leafdesk.newer.notice import KEYS, Release, UntrueError, later, read_notice

if TYPE_CHECKING:
    from concurrent.futures import Future

    from leafdesk.sync.engine import Engine
    from leafdesk.sync.terms import Terms

__all__ = ["Newer", "Release", "Source", "State"]

FILE = "newer.json"
DAY = 24 * 3600
LARGEST, LONGEST = 16 << 10, 15.0
"""Bytes and seconds of an answer; a notice has some 400 bytes."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the notice lies, and whose signatures count."""

    url: str = "https://leafdesk.example.com/newest.json"
    keys: tuple[str, ...] = KEYS

    @property
    def host(self) -> str:
        """The host that is asked, for the user to read."""
        return urlsplit(self.url).hostname or ""


@dataclass(frozen=True, slots=True)
class State:
    """`wished`: somebody wants to be told. `asked`: when, in seconds since 1970. `release`: one newer than this."""

    wished: bool = False
    asked: float | None = None
    release: Release | None = None
    told: bool = False
    """Whether the window has said so already."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the file holds. The notice is kept as it came and verified at each reading: the file is not ours alone."""

    wished: bool = False
    asked: float | None = None
    notice: str = ""
    told: str = ""


class Newer:
    """What is known about newer versions, in a small file of the workspace folder.

    What answers a Future may be called from the GUI thread: the engine's thread asks and writes.
    Nothing here fails for want of a connection, of an honest answer or of room on the disk: then there is no news.
    """

    def __init__(self, folder: Path, terms: Terms, engine: Callable[[], Engine], source: Source | None = None) -> None:
        self.source = source or Source()
        self._file, self._terms, self._engine = folder / FILE, terms, engine

    def state(self) -> State:
        """How things stand, without asking anybody; reads the file, so not on the GUI thread."""
        return self._state(self._read())

    def wish(self, wished: bool) -> Future[State]:
        """Be told of newer versions from now on, or no more."""
        return self._engine().call(lambda: self._keep(replace(self._read(), wished=wished)))

    def look(self) -> Future[State]:
        """How things stand; asks first when that is wished and a day has passed."""
        return self._engine().errand(self._look())

    def told(self) -> Future[State]:
        """The window has said what there is to say; once is enough."""
        return self._engine().call(self._note_told)

    # ------------------------------------------------------------------ on the engine's thread
    async def _look(self) -> State:
        now, kept = self._terms.clock(), self._read()
        if not kept.wished or (kept.asked is not None and 0 <= now - kept.asked < DAY):
            return self._state(kept)
        from leafdesk.api.page import NoPageError, read_page

        self._keep(replace(kept, asked=now))  # before the request: a host that hangs is not asked at every start
        try:
            text = (await read_page(self.source.url, largest=LARGEST, longest=LONGEST)).decode("utf-8")
            found = read_notice(text, self.source.keys)
        except NoPageError as error:
            return self._state(self._read()) if error.asked else self._keep(replace(self._read(), asked=kept.asked))
        except (UntrueError, UnicodeDecodeError):
            return self._state(self._read())
        known, so_far = self._known(kept), self._read()  # somebody may have changed their mind meanwhile
        if known is not None and later(known.version, found.version):
            return self._state(so_far)  # an old notice, true as it was, must not hide a newer one
        return self._keep(replace(so_far, notice=text))

    def _note_told(self) -> State:
        kept = self._read()
        found = self._known(kept)
        return self._keep(replace(kept, told=found.version if found else ""))

    def _known(self, kept: _Kept) -> Release | None:
        try:
            return read_notice(kept.notice, self.source.keys) if kept.notice else None
        except UntrueError:
            return None

    def _state(self, kept: _Kept) -> State:
        found = self._known(kept) if kept.wished else None
        if found is None or not later(found.version, __version__):
            return State(kept.wished, kept.asked)
        return State(kept.wished, kept.asked, found, kept.told == found.version)

    # ------------------------------------------------------------------ the file
    def _read(self) -> _Kept:
        try:
            found = json.loads(self._file.read_text("utf-8"))
            return _Kept(
                found["wished"] is True,
                _number(found["asked"]),
                str(found["notice"])[:LARGEST],
                str(found["told"])[:100],
            )
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return _Kept()

    def _keep(self, kept: _Kept) -> State:
        """Write beside and rename. On a full disk the wish holds only in the answer."""
        beside = self._file.with_suffix(".new")
        try:
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
                json.dump(asdict(kept), out)
            beside.replace(self._file)
        except OSError:
            beside.unlink(missing_ok=True)
        return self._state(kept)


def _number(value: Any) -> float | None:
    return (
        float(value) if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12 else None
    )

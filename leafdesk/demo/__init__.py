"""The demo: Leafdesk on a made-up farm, for a person at a window or, without a display, by itself."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from leafdesk.cli import say
from leafdesk.cli.desk import BadInputError

if TYPE_CHECKING:
    from leafdesk.sandbox import Sandbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the demo was asked for (see `leafdesk demo --help`); `folder` is None for a temporary one."""

    headless: bool = False
    screenshot: Path | None = None
    fields: int = 200
    seed: int = 1
    dark: bool = False
    folder: Path | None = None
    parcels: Path | None = None

    @property
    def farm(self) -> str:
        """The farm in words."""
        if self.parcels is not None:
            return f"parcels of {self.parcels.name}"
        return f"{self.fields:,} generated fields (seed {self.seed})"


def show(wishes: Wishes) -> int:
    """Run the demo; the answer is the exit code: 0 only if everything held."""
    headless = wishes.headless or not has_display()
    if headless:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from leafdesk.app import missing_libraries

    sentence = missing_libraries()
    if sentence:
        raise BadInputError(sentence)
    with _folder(wishes.folder) as folder, _leaf(wishes) as leaf:
        if headless:
            from leafdesk.demo.main_job import run_headless

            return run_headless(wishes, folder, leaf)
        from leafdesk.demo.at_the_window import run_at_the_window

        return run_at_the_window(wishes, folder, leaf)


def has_display() -> bool:
    """Whether a window could be seen here."""
    if sys.platform != "linux":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="leafdesk-demo-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@contextmanager
def _leaf(wishes: Wishes) -> Iterator["Sandbox"]:
    """The sandbox, listening. In a kept folder it keeps its state, so that the farm is the same the next time."""
    from leafdesk.sandbox import Sandbox

    state = wishes.folder / "sandbox.json" if wishes.folder is not None else None
    try:
        leaf = Sandbox(fields=wishes.fields, seed=wishes.seed, parcels=wishes.parcels, state=state)
        leaf.start()
    except (OSError, ValueError) as error:
        raise BadInputError(f"The demo's sandbox cannot start: {error}") from error
    try:
        say.aside(f"A Leaf sandbox listens at {leaf.url}, with {wishes.farm}.")
        yield leaf
    finally:
        leaf.stop()

"""The command about newer versions of Leafdesk."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click

from leafdesk import __version__
from leafdesk.cli import say
from leafdesk.cli.desk import Desk, reports, wait
from leafdesk.newer import State


@click.command()
@click.option("--on/--off", "wished", default=None, help="Look once a day from now on, or no more.")
@reports
@click.pass_obj
def updates(desk: Desk, wished: bool | None) -> None:
    """Tell whether there is a newer Leafdesk.

    Nobody is asked until you say --on; then the project's host is, once a day at most, without a word about you. What
    it answers counts only with the project's signature. Nothing is ever downloaded or installed.
    """
    with desk.workspace() as workspace:
        if wished is not None:
            wait(workspace.newer.wish(wished))
        state = wait(workspace.newer.look())
        host = workspace.newer.source.host
        desk.answer(_document(state), lambda: _show(state, host))


def _document(state: State) -> dict[str, Any]:
    return {
        "installed": __version__,
        "wished": state.wished,
        "asked": _time(state.asked),
        "newest": asdict(state.release) if state.release else None,
    }


def _show(state: State, host: str) -> None:
    release = state.release
    say.facts(
        (
            ("Installed", __version__),
            ("Looking", f"once a day at {host}" if state.wished else "no; `leafdesk updates --on` begins it"),
            ("Asked", say.age(_time(state.asked)) if state.wished else ""),
            ("Newer", f"{release.version} of {release.day}" if release else "none known" if state.wished else ""),
            ("", release.says if release else ""),
            ("", release.page if release else ""),
        )
    )


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")

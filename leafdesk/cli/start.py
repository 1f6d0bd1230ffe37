"""Commands that start something that stays: the window, the demo, the sandbox."""

import json
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import click

from leafdesk.cli.desk import BadInputError, Desk


@dataclass(frozen=True, slots=True)
class Front:
    """What only the window's rooms can do, handed in by `__main__` so that the command line itself loads no Qt."""

    window: Callable[..., int]
    """Takes the folder and, when there are any, the files to look at."""
    demo: Callable[..., int]


PARCELS = click.option(
    "--parcels",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Seed the sandbox with these parcels (GeoJSON lines, may be gzipped) instead of generated farmland.",
)


@click.command("open")
@click.argument("files", metavar="[FILE]...", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.pass_obj
def open_(desk: Desk, /, files: tuple[Path, ...] = ()) -> int:
    """Open the window (what `leafdesk` alone does), and look at FILEs in it before they are imported.

    Maps (.mbtiles, .pmtiles) go under the fields. Where a window is open on the folder already, that one comes up and
    gets the files.
    """
    return desk.front.window(desk.folder, files) if files else desk.front.window(desk.folder)  # type: ignore[no-any-return]


@click.command()
@click.option("--headless", is_flag=True, help="No display needed: run the main job end to end and report each step.")
@click.option(
    "--screenshot",
    metavar="PNG",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to save a picture of the window.",
)
@click.option("--fields", type=click.IntRange(4, 100_000), default=200, show_default=True, help="How many fields.")
@click.option("--seed", type=int, default=1, show_default=True, help="Which generated farmland.")
@click.option("--dark", is_flag=True, help="Show the dark theme.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Keep everything in this folder.")
@PARCELS
@click.pass_context
def demo(context: click.Context, /, data: Path | None, **wishes: object) -> int:
    """Show Leafdesk on a made-up farm served by the built-in sandbox.

    Without a display it runs headless by itself. Exit code 0 says that every step of the main job held.
    """
    desk: Desk = context.obj
    named = context.find_root().get_parameter_source("data") == click.core.ParameterSource.COMMANDLINE
    return desk.front.demo(folder=data or (desk.asked_folder if named else None), **wishes)  # type: ignore[no-any-return]


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="0 takes any free port.")
@click.option("--fields", type=click.IntRange(0, 100_000), default=200, show_default=True, help="How many fields.")
@click.option("--seed", type=int, default=1, show_default=True, help="Which generated farmland.")
@click.option(
    "--products",
    type=click.IntRange(0, 100_000),
    default=300,
    show_default=True,
    help="How many products John Deere's catalog lists; a third as many varieties.",
)
@click.option("--latency-ms", type=click.IntRange(0), default=0, show_default=True, help="Wait before each answer.")
@click.option("--faults", metavar="SPEC", default="", help="Misbehave on purpose; see the README.")
@click.option("--state", type=click.Path(dir_okay=False, path_type=Path), help="Keep the sandbox's state in this file.")
@PARCELS
def sandbox(**wishes: Any) -> int:
    """Run the built-in Leaf sandbox alone, until it is interrupted.

    One JSON line with url, username and password says that it listens.
    """
    from leafdesk.sandbox import Sandbox

    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for which in (signal.SIGINT, signal.SIGTERM):
        signal.signal(which, end)
    try:
        leaf = Sandbox(**wishes)
        leaf.start()
    except (OSError, ValueError) as error:
        raise BadInputError(f"The sandbox cannot start: {error}") from error
    try:
        click.echo(json.dumps({"url": leaf.url, "username": leaf.username, "password": leaf.password}))
        while not stop.wait(0.5):
            pass
    finally:
        leaf.stop()
    return 0

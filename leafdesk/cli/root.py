"""The `leafdesk` command itself: its options, its commands, and what an error becomes at the shell."""

import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from leafdesk import __version__
from leafdesk.cli import (
    account,
    doctor,
    farms,
    fields,
    files,
    growers,
    handing,
    inputs,
    machines,
    operations,
    providers,
    queue,
    ready,
    start,
    updates,
)
from leafdesk.cli.desk import Desk

logger = logging.getLogger("leafdesk.cli")

BUG, BAD_INPUT, OFFLINE, SIGNED_OUT, IN_USE, STOPPED = 1, 2, 3, 4, 6, 130

_CODES = {
    "InUseError": IN_USE,
    "SignedOutError": SIGNED_OUT,
    "NotSentError": OFFLINE,
    "UnknownOutcomeError": OFFLINE,
    "BusyError": OFFLINE,
    "LeafError": BAD_INPUT,
    "UnreadableSealError": SIGNED_OUT,
    "UnsendableError": BAD_INPUT,
    "StoreError": BAD_INPUT,
    "RefusedError": BAD_INPUT,
}
"""The world's errors by class name, nearest class first: the command line does not import the rooms they come from."""


class _OrFiles(click.Group):
    """A group whose first word may be a file: `leafdesk farm.kml` opens the window on it."""

    def resolve_command(
        self, context: click.Context, words: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if words and self.get_command(context, words[0]) is None and Path(words[0]).is_file():
            return "open", start.open_, words
        return super().resolve_command(context, words)


@click.group(cls=_OrFiles, invoke_without_command=True)
@click.version_option(__version__, prog_name="leafdesk", message="%(prog)s %(version)s")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="LEAFDESK_DATA",
    help="The workspace folder; without it, the platform's place for a user's data (or LEAFDESK_DATA).",
)
@click.pass_context
def leafdesk(context: click.Context, data: Path | None) -> int:
    """Fields, boundaries and farms of Leaf on this computer, with or without a connection.

    Without a command, opens the window. Exit codes: 0 done, 2 wrong usage or bad input, 3 offline (nothing lost),
    4 signed out, 5 done but an edit needs you, 6 another Leafdesk uses the folder, 1 a bug.
    """
    desk = context.ensure_object(Desk)
    desk.choose(data)
    if context.invoked_subcommand is None:
        return context.invoke(start.open_)  # type: ignore[no-any-return]
    return 0


for command in (
    start.open_,
    start.demo,
    start.sandbox,
    account.login,
    account.logout,
    account.sync,
    account.status,
    fields.fields,
    farms.farms,
    growers.growers,
    machines.machines,
    machines.implements,
    machines.operators,
    inputs.products,
    inputs.varieties,
    inputs.tank_mixes,
    operations.operations,
    operations.matches,
    providers.users,
    providers.providers,
    queue.queue,
    files.import_,
    files.export,
    handing.hand_over,
    handing.take_over,
    ready.ready,
    doctor.doctor,
    updates.updates,
):
    leafdesk.add_command(command)


queue.queue.add_command(handing.take_back)


def run(arguments: Sequence[str], front: start.Front) -> int:
    """Run one command and answer its exit code; nothing is raised and nobody sees a traceback."""
    desk = Desk(front)
    try:
        code = leafdesk.main(list(arguments), prog_name="leafdesk", standalone_mode=False, obj=desk)
        sys.stdout.flush()
        return code or 0
    except click.Abort:
        desk.trouble("Stopped; nothing is lost.")
        return STOPPED
    except (BrokenPipeError, SystemExit):  # `leafdesk fields list | head`: the reader went away; click exits by itself
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except click.ClickException as error:
        desk.as_json |= "--json" in arguments  # options after the wrong one were not read
        desk.trouble(_usage(error))
        return BAD_INPUT
    except Exception as error:
        return _world_or_bug(desk, error)
    finally:
        desk.close()


def _usage(error: click.ClickException) -> str:
    where = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else ""
    return error.format_message() + (f" `{where} --help` tells more." if where else "")


def _world_or_bug(desk: Desk, error: Exception) -> int:
    for kind in type(error).__mro__:
        if kind.__module__.startswith("leafdesk.") and kind.__name__ in _CODES:
            desk.trouble(str(error) or _SILENT.get(kind.__name__, kind.__name__))
            return _CODES[kind.__name__]
    try:
        desk.keep_log()
        logger.critical("a bug", exc_info=error)
        where = f"the log is {desk.log_file}"
    except OSError:
        where = f"no log could be written to {desk.log_file}"
    desk.trouble(f"Leafdesk made a mistake of its own ({type(error).__name__}); {where}.")
    return BUG


_SILENT = {
    "InUseError": "Another Leafdesk uses this folder. Close it, or choose another folder with --data.",
    "SignedOutError": "Nobody is signed in here. `leafdesk login` signs in; LEAFDESK_TOKEN serves unattended use.",
}

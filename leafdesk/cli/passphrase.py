"""Asks for a passphrase at the terminal: to protect a sign-in, and to open one when Leaf is first asked."""

import sys
from concurrent.futures import Future
from typing import Any

import click

from leafdesk.cli import say
from leafdesk.workspace import (
    LockedError,
    Online,
    SyncReport,
    UnreadableSealError,
    WeakPassphraseError,
    Workspace,
    WrongPassphraseError,
)

TRIES = 3


class AtTerminal(Workspace):
    """A workspace whose protected sign-in is opened when a command first needs Leaf, and not before.

    Both raise LockedError when it stays shut, UnreadableSealError for a file that no passphrase opens.
    """

    @property
    def online(self) -> Online:
        open_(self)
        return super().online

    def sync(self, **wanted: Any) -> Future[SyncReport]:
        open_(self)
        return super().sync(**wanted)


def open_(workspace: Workspace) -> None:
    """Open the workspace's sign-in when it is locked."""
    if not workspace.sealing.locked:
        return
    if not sys.stdin.isatty():
        raise LockedError(
            "The sign-in here is protected with a passphrase, and nobody can type it: run this in a terminal, or set "
            "LEAFDESK_TOKEN."
        )
    for _ in range(TRIES):
        typed = click.prompt("Passphrase of the sign-in", hide_input=True, err=True)
        try:
            workspace.sealing.unlock(typed).result()
            return
        except WrongPassphraseError:
            say.aside("That is not the passphrase.")
        except UnreadableSealError as error:
            raise LockedError(f"{error} `leafdesk login` does.") from error
    raise LockedError("The sign-in stays locked. If the passphrase is forgotten, `leafdesk login` signs in again.")


def offer(workspace: Workspace) -> bool:
    """Offer to protect a sign-in that no key store keeps; whether it is kept now. Nothing typed means no."""
    if not sys.stdin.isatty():
        return False
    say.aside("It can be kept in a file that only a passphrase opens. Without one, it is forgotten now.")
    while True:
        typed = _typed("Passphrase (Enter for none): ")
        if not typed:
            return False
        if _typed("The same again: ") != typed:
            say.aside("The two differ.")
            continue
        try:
            workspace.sealing.protect(typed).result()
            return True
        except WeakPassphraseError as error:
            say.aside(str(error))


def _typed(question: str) -> str:
    return str(click.prompt(question, prompt_suffix="", default="", show_default=False, hide_input=True, err=True))

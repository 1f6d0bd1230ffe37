"""What every command works at: the chosen folder, its workspace, ids as people write them, and the answer."""

import logging
import logging.handlers
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from leafdesk.cli import say
from leafdesk.cli.passphrase import AtTerminal
from leafdesk.edits import Edit
from leafdesk.folder import usual_folder
from leafdesk.records import Kind, word
from leafdesk.workspace import SignedOutError, Workspace

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


class BadInputError(click.ClickException):
    """What was given is wrong; the message says what and where. Exit code 2."""

    exit_code = 2


class Desk:
    """One run of one command."""

    def __init__(self, front: Any = None) -> None:
        self.front = front
        self.as_json = False
        self._folder: Path | None = None
        self._answered = False
        self._log: logging.Handler | None = None

    def choose(self, folder: Path | None) -> None:
        """Work in this folder; None for the platform's place for a user's data."""
        self._folder = folder

    @property
    def folder(self) -> Path:
        """The workspace folder."""
        if self._folder is None:
            self._folder = usual_folder()
        return self._folder

    @property
    def asked_folder(self) -> Path | None:
        """The folder somebody named, or None."""
        return self._folder

    @property
    def log_file(self) -> Path:
        return self.folder / "logs" / "leafdesk.log"

    @contextmanager
    def workspace(self) -> Iterator[Workspace]:
        """The open workspace; closed at the end whatever happens."""
        try:
            self.keep_log()
            opened = AtTerminal(self.folder)
        except OSError as error:
            raise BadInputError(f"The folder {self.folder} cannot be used: {error.strerror or error}.") from error
        try:
            yield opened
        finally:
            opened.close()

    @contextmanager
    def records(self) -> Iterator[Workspace]:
        """The open workspace of somebody who has signed in here. Raises SignedOutError when nobody ever did."""
        with self.workspace() as workspace:
            if workspace.account is None:
                raise SignedOutError(
                    "Nobody has signed in here yet. `leafdesk login` signs in; LEAFDESK_TOKEN serves unattended use."
                )
            yield workspace

    def keep_log(self) -> None:
        """Leafdesk's own log goes to a file in the folder, never to stdout, and never with a token in it."""
        if self._log is not None:
            return
        from leafdesk.credentials import TokenFilter

        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        logging.raiseExceptions = False  # a full disk must not make the log itself shout
        self._log = logging.handlers.RotatingFileHandler(
            self.log_file, maxBytes=1 << 20, backupCount=3, encoding="utf-8", delay=True
        )
        self._log.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        self._log.addFilter(TokenFilter())
        logging.getLogger("leafdesk").addHandler(self._log)
        logging.getLogger("leafdesk").setLevel(logging.INFO)

    def close(self) -> None:
        """Let go of the log file."""
        if self._log is not None:
            logging.getLogger("leafdesk").removeHandler(self._log)
            self._log.close()
            self._log = None

    def answer(self, document: Any, show: Callable[[], None]) -> None:
        """Report: the document with --json, else what `show` writes for a person."""
        if self.as_json:
            say.document(document)
        else:
            show()
        self._answered = True

    def trouble(self, message: str) -> None:
        """Say on stderr what went wrong; with --json, stdout still gets its one document."""
        say.aside(message)
        if self.as_json and not self._answered:
            say.document({"error": message})
            self._answered = True


def reports(command: F) -> F:
    """Give a command its `--json`."""

    def note(context: click.Context, _: click.Parameter, value: bool) -> None:
        context.find_object(Desk).as_json = value  # type: ignore[union-attr]

    option = click.option(
        "--json", is_flag=True, expose_value=False, callback=note, help="Answer with one JSON document on stdout."
    )
    return option(command)


def wait(future: Future[T]) -> T:
    """The future's result; Ctrl+C gets through on every platform."""
    while True:
        try:
            return future.result(0.5)
        except TimeoutError:
            if future.done():
                raise


def key(workspace: Workspace, kind: Kind, id: str) -> str:
    """The record's key for any of its ids. Raises BadInputError for an id nobody knows here."""
    found = workspace.catalog.key(kind, id)
    if found is None:
        raise BadInputError(f"There is no {word(kind)} {id!r} here. What is here was read at the last sync.")
    return found


def shown_id(workspace: Workspace, kind: Kind, id: str | None) -> int | str | None:
    """A farm's or grower's id as JSON shows it: Leaf's integer once Leaf has numbered it, else the local id."""
    if id is None:
        return None
    number = workspace.catalog.leaf_id(kind, id)
    return int(number) if number is not None and number.isdigit() else number or id


def queue(desk: Desk, workspace: Workspace, *edits: Edit) -> None:
    """Queue edits as one step and answer as every create, edit and delete does."""
    queued = wait(workspace.do(*edits))
    first = queued[0]
    answer: dict[str, Any] = {"id": first.record_id, "queued": first.item_id}
    more = [item.item_id for item in queued[1:] if item.item_id != first.item_id]
    if more:
        answer["queued_too"] = more
    desk.answer(answer, lambda: say.line(f"Queued for Leaf: {first.record_id}. `leafdesk sync` sends it."))

"""The one object a front end holds: look at the records, do and undo edits, sync, listen."""

import logging
import os
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, Unpack

from leafdesk.edits import Edit
from leafdesk.edits import why_not as edits_why_not
from leafdesk.geo.shape import Shape
from leafdesk.store.catalog import Catalog, Changes
from leafdesk.store.database import Database
from leafdesk.store.invariants import broken
from leafdesk.store.outbox import Outbox, RefusedError
from leafdesk.store.salvage import open_safely
from leafdesk.store.steps import Steps
from leafdesk.store.tables import Tables
from leafdesk.sync.report import LAST_SYNC, ConnectionChanged, Event, SyncReport
from leafdesk.sync.terms import Line
from leafdesk.sync.wish import Wanted, Wish
from leafdesk.workspace import overlaps
from leafdesk.workspace.accounts import LEAF_URL, NOBODY, Account, Accounts, SignedOutError, new_account
from leafdesk.workspace.decisions import Decisions
from leafdesk.workspace.drafting import Drafting
from leafdesk.workspace.keeping import Keeping
from leafdesk.workspace.lock import lock_folder
from leafdesk.workspace.online import Online, failed
from leafdesk.workspace.overlaps import Meeting
from leafdesk.workspace.parts import terms_of
from leafdesk.workspace.providers import Compared, compare
from leafdesk.workspace.rhythm import Rhythm
from leafdesk.workspace.sealing import Sealing
from leafdesk.workspace.steps import Queued
from leafdesk.workspace.undoing import Moved, Names, do_step, move_step, names_of

if TYPE_CHECKING:
    from leafdesk.credentials import Credentials
    from leafdesk.newer import Newer, Source
    from leafdesk.sync.engine import Engine
    from leafdesk.workspace.handing import HandOvers
    from leafdesk.workspace.readiness import Readiness


T = TypeVar("T")
_log = logging.getLogger("leafdesk")


class Workspace:
    """A folder with one or more accounts' databases; one account is open at a time.

    Every method may be called from the GUI thread: none waits for the network or the writer; what takes time answers a
    Future. Listeners are called on the thread where things happen (writer or engine), so a window passes them on.
    """

    def __init__(self, folder: Path, **parts: Any) -> None:
        """Open the folder (made if missing) and the account used last. Raises InUseError, or a StoreError.

        Parts that may be passed in: `api_url`, `environ`, `credentials`, `transport`, `clock` (seconds since 1970),
        `steady` (a clock that nobody sets), `settle_seconds`, `new_id`, `newest` (a newer.Source).
        """
        self.folder = folder
        self._environ = parts.get("environ", os.environ)
        self._api_url: str | None = parts.get("api_url")
        self._credentials: Credentials | None = parts.get("credentials")
        self._listeners: list[Callable[[Event], None]] = []
        self._names = Names()
        self._nothing: tempfile.TemporaryDirectory[str] | None = None
        self._closed = False
        self._terms = terms_of(parts, self._environ)
        self._rhythm = Rhythm(self._terms, self._engines, partial(self.sync, by_itself=True), lambda: self.outbox)
        self._newest: Source | None = parts.get("newest")
        self.sealing = Sealing(folder, lambda: self._account, self._keys, self._engines, self._signed_in_for_good)
        self.drafts = Drafting(lambda: self._database, self._terms.now)
        self._lock = lock_folder(folder)
        try:
            self._accounts = Accounts(folder)
            self._account = self._accounts.choose(self._environ, self._api_url)
            self._database = self._open(self._account)
        except BaseException:
            self._lock.release()
            raise
        self._engine: Engine | None = None

    # ------------------------------------------------------------------ account
    @property
    def account(self) -> str | None:
        """The user name of the account that is open, or None when nobody ever signed in here."""
        return self._account.username if self._account else None

    @property
    def api_url(self) -> str:
        """The Leaf host of the account that is open, or the one that a sign-in would go to."""
        if self._account is not None:
            return self._account.api_url
        return (self._api_url or self._environ.get("LEAFDESK_API_URL", "").strip() or LEAF_URL).rstrip("/")

    @property
    def signed_in(self) -> bool:
        """Whether a token is at hand (it may still turn out to be expired); not while `sealing.locked`."""
        if self._account is None:
            return False
        given = bool(self._environ.get("LEAFDESK_TOKEN", "").strip())
        return given or (self._account.signed_in and not self.sealing.locked)

    def login(self, username: str, password: str, api_url: str | None = None) -> Future[str | None]:
        """Exchange the password for a token and keep that in the keyring; opens (or makes) that account's database.

        The result is None, or a sentence to show when the token could not be kept (no keyring: this session only).
        Raises (in the future) an api.errors.LeafError, a ValueError for an address that cannot be used, a StoreError.
        """
        account = new_account(api_url or self.api_url, username)
        return self._engines().login(account.api_url, username, password, partial(self._enter, account))

    def logout(self) -> None:
        """Forget the token. Records and queue stay."""
        account = self._account
        if account is None:
            return
        self._account = self._accounts.signed(account, False)
        engine = self._engines()
        engine.call(lambda: self._keys().forget(account.id))
        engine.heard("signed-out", "You signed out; everything here is kept.")

    @cached_property
    def newer(self) -> "Newer":
        """Whether there is a newer Leafdesk, for those who wish to be told."""
        from leafdesk.newer import Newer

        return Newer(self.folder, self._terms, self._engines, self._newest)

    # ------------------------------------------------------------------ look
    @property
    def catalog(self) -> Catalog:
        """This thread's view of the records; empty while nobody has signed in."""
        return Catalog(self._database.reader())

    @property
    def tables(self) -> Tables:
        """This thread's view of the tables: machines, inputs, work and providers, and how old they are."""
        return Tables(self._database.reader())

    def meeting(self, shape: Shape, *, threshold: float = 0.01, leaf_user_id: str | None = None) -> list[Meeting]:
        """The fields here that overlap a shape by Leaf's own rule, most first; what `online.meeting` asks Leaf."""
        return overlaps.meeting(self.catalog, shape, threshold=threshold, leaf_user_id=leaf_user_id)

    def providers(self) -> list[Compared]:
        """What each provider gave by Leaf's count beside what is here, and why the two differ."""
        return compare(self.tables)

    @property
    def keeping(self) -> Keeping:
        """Which Leaf users' records this laptop keeps."""
        return Keeping(self._database, self._tell)

    @property
    def readiness(self) -> "Readiness":
        """Whether everything is here for a day without a signal."""
        from leafdesk.workspace.readiness import Readiness

        return Readiness(self, self._database, self._terms.clock)

    def common(self, field_ids: Sequence[str]) -> Shape:
        """What fields have in common here; () when that is nothing. Raises NotComparableError for an invalid one."""
        return overlaps.common_of(self.catalog, field_ids)

    @property
    def outbox(self) -> Outbox:
        """This thread's view of the queue."""
        return Outbox(self._database.reader())

    @property
    def connection(self) -> ConnectionChanged:
        """What is known about the connection."""
        return self._engine.connection if self._engine else ConnectionChanged("unknown")

    @property
    def last_sync(self) -> str | None:
        """When the last whole sync ended (UTC, ISO 8601), or None."""
        return self.catalog.fact(LAST_SYNC)

    # ------------------------------------------------------------------ edit
    def why_not(self, edit: Edit) -> str | None:
        """Why this edit is not possible now; None when it is."""
        if self._account is None:
            return NOBODY
        return edits_why_not(edit, self.catalog.get(edit.kind, edit.id))

    def do(self, *edits: Edit) -> Future[list[Queued]]:
        """Queue edits, all or none, as one step that can be undone. RefusedError (in the future) says why not."""
        return self._move(partial(do_step, edits=edits))

    def undo(self) -> Future[list[Queued]]:
        """Take back the last step, sent or not. RefusedError (in the future) when there is none, or no way back any
        more: the step is dropped then."""
        return self._move(partial(move_step, stack="undo"))

    def redo(self) -> Future[list[Queued]]:
        """Do again what was undone last."""
        return self._move(partial(move_step, stack="redo"))

    @property
    def undo_name(self) -> str | None:
        """The step that undo would take back, in plain words ("Boundary of North Quarter"); None when there is none."""
        return self._names.undo

    @property
    def final_name(self) -> str | None:
        """The last step, when Leaf has no way to take it back; None when undo has one, or nothing was done."""
        return self._names.final

    @property
    def redo_name(self) -> str | None:
        """The step that redo would do again; None when there is none."""
        return self._names.redo

    @property
    def queue(self) -> Decisions:
        """What a person decides about the changes that wait, and what there is to hear."""
        write = partial(self._database.write, urgent=True)
        return Decisions(self._decide, lambda: self.catalog, write, self._move)

    @property
    def handing(self) -> "HandOvers":
        """Changes that a colleague sends, or that are sent here for one."""
        from leafdesk.workspace.handing import HandOvers

        return HandOvers(self._account, lambda: self.catalog, self._write, self._terms, self._rhythm.edited)

    # ------------------------------------------------------------------ sync
    def sync(self, **wanted: Unpack[Wanted]) -> Future[SyncReport]:
        """Push what waits, then pull everything, on the engine's thread. A second call joins the one that runs.

        `wanted`: see sync.wish. `pull=False` only sends, `push=False` only reads, `only=[item ids]` sends just these.
        """
        line = self._line()
        if line is None:
            return failed(SignedOutError(NOBODY))
        if not self.syncing:
            self._rhythm.begins()
        running = self._engines().sync(line, Wish(**wanted))
        running.add_done_callback(self._ended)
        return running

    @property
    def online(self) -> Online:
        """Questions that Leaf is asked now; what it answers is kept here."""
        line = self._line()
        ask = (lambda _: failed(SignedOutError(NOBODY))) if line is None else partial(self._engines().ask, line)
        return Online(ask, lambda: self.catalog)

    def keep_up(self) -> None:
        """From now on sync without being asked: soon, after edits, when something is due, and at least every hour.

        While Leaf cannot be reached it tries again after ever longer pauses. Not for unattended commands.
        """
        self._rhythm.keep_up()

    def cancel_sync(self) -> None:
        """Stop the running sync at the next safe point; what was read is kept."""
        if self._engine is not None:
            self._engine.cancel()

    @property
    def syncing(self) -> bool:
        """Whether a sync runs."""
        return self._engine is not None and self._engine.syncing

    # ------------------------------------------------------------------ listen
    def listen(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Be told of every event; the answer stops it."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def check(self) -> list[str]:
        """What is wrong with the open account's database, in plain words; empty when it is whole. Takes its time."""
        return self._database.check() or broken(self._database.reader())

    def close(self) -> None:
        """Stop the engine, finish the writer, free the folder."""
        if self._closed:
            return
        self._closed = True
        if self._engine is not None:
            self._engine.stop()
        self._database.close()
        if self._nothing is not None:
            self._nothing.cleanup()
        self._lock.release()

    # ------------------------------------------------------------------ within
    def _open(self, account: Account | None) -> Database:
        """The account's database; without an account an empty one that is thrown away."""
        if account is not None:
            database = open_safely(account.path(self.folder), self._terms.now())
            self._accounts.use(account)
            self._names = names_of(Steps(database.reader()))
            return database
        self._nothing = tempfile.TemporaryDirectory(prefix="leafdesk-")
        return Database(Path(self._nothing.name) / "leafdesk.db", kept=False)

    def _enter(self, account: Account, token: str) -> str | None:
        """Keep the token and open the account it belongs to (on the engine's thread, no sync running)."""
        sentence = self._keys().keep(account.id, token)
        if self._account is not None and self._account.id == account.id:
            self._account = self._accounts.signed(self._account, sentence is None)
        else:
            former, self._database = self._database, self._open(account)
            self._account = self._accounts.signed(account, sentence is None)
            former.close()
        if sentence is not None:
            self._account = replace(self._account, signed_in=True)  # as long as we run; the file does not promise it
        return sentence

    def _signed_in_for_good(self) -> None:
        if self._account is not None:
            self._account = self._accounts.signed(self._account, True)

    def _line(self) -> Line | None:
        account = self._account
        return Line(self._database, account.api_url, partial(self._token, account)) if account is not None else None

    def _engines(self) -> "Engine":
        """The engine, made when first needed: the window paints without it."""
        if self._engine is None:
            from leafdesk.sync.engine import Engine

            self._engine = Engine(self._terms, self._tell)
        return self._engine

    def _ended(self, running: Future[SyncReport]) -> None:
        """A sync is over (on the engine's thread): this week's copy, and the time of the next sync."""
        if not self._closed:
            self._database.back_up_weekly()
            self._rhythm.ended(running)

    def _keys(self) -> "Credentials":
        if self._credentials is None:
            from leafdesk.credentials import Credentials

            self._credentials = Credentials(self._environ, self.folder)
        return self._credentials

    def _token(self, account: Account) -> str | None:
        found = self._keys().token(account.id)
        return found.reveal() if found is not None else None

    def _move(self, step: Callable[..., Moved]) -> Future[list[Queued]]:
        """Run a step on the writer; what is on top of undo and redo is known by the time its future is done."""
        if self._account is None:
            return failed(SignedOutError(NOBODY))
        job = partial(step, new_id=self._terms.new_id, now=self._terms.now())

        def learn(moved: Moved) -> tuple[list[Queued], Changes]:
            self._names = moved.names
            if moved.refused is not None or moved.taken is None:
                raise moved.refused or AssertionError("neither taken nor refused")
            self._rhythm.edited()
            return moved.taken.queued, moved.taken.changes

        return self._write(job, learn)

    def _decide(self, job: Callable[[Outbox, str], Changes]) -> Future[None]:
        now = self._terms.now()
        return self._write(lambda _, outbox: job(outbox, now), lambda changes: (None, changes))

    def _write(self, job: Callable[[Catalog, Outbox], Any], learn: Callable[[Any], tuple[T, Changes]]) -> Future[T]:
        """Run a user's job on the writer, before sync's; tell what changed, then answer."""
        answer: Future[T] = Future()
        answer.set_running_or_notify_cancel()

        def written(done: "Future[Any]") -> None:
            error = done.exception()
            if error is not None:
                answer.set_exception(error)
                return
            try:
                value, changes = learn(done.result())
            except RefusedError as refused:
                answer.set_exception(refused)
                return
            self._tell(changes)
            answer.set_result(value)

        self._database.write(lambda c: job(Catalog(c), Outbox(c)), urgent=True).add_done_callback(written)
        return answer

    def _tell(self, event: Event) -> None:
        """Tell every listener; one that fails is our bug and must not stop the writer or the sync."""
        for listener in list(self._listeners):
            try:
                listener(event)
            except Exception:
                _log.exception("a listener failed on %s", type(event).__name__)

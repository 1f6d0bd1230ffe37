"""The one thread that talks to Leaf: it drives the rules of sync over network and database, and stops cleanly."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from leafdesk.api.errors import CaptivePortalError, LeafError, NotSentError, SignedOutError, UnknownOutcomeError
from leafdesk.store.catalog import Catalog
from leafdesk.store.outbox import Outbox
from leafdesk.sync.asks import Ask, Pause, Read, Rule, Send, SendAll, SideBySide, StoppedError, Tell, Trip, Write
from leafdesk.sync.gate import Gate
from leafdesk.sync.pace import AT_ONCE, Pace
from leafdesk.sync.reach import Reach
from leafdesk.sync.report import Connection, ConnectionChanged, Event, SyncEnded, SyncReport
from leafdesk.sync.terms import Line, Terms
from leafdesk.sync.waking import TICK, Waking
from leafdesk.sync.wish import Wish

if TYPE_CHECKING:
    from leafdesk.api.calls import Call
    from leafdesk.api.client import Client

T = TypeVar("T")


class Engine:
    """Owns one thread with an asyncio loop, started when first needed. One sync runs at a time."""

    def __init__(self, terms: Terms, tell: Callable[[Event], None]) -> None:
        self.connection = ConnectionChanged("unknown")
        self._terms = terms
        self._tell = tell
        self._guard = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._running: Future[SyncReport] | None = None
        self._ride: Ride | None = None
        self._stopped = False
        self._alarm: asyncio.TimerHandle | None = None
        self._reach = Reach()
        self.gate = Gate(Pace(terms.ceiling))
        self._on_waking: Callable[[], object] | None = None

    @property
    def syncing(self) -> bool:
        running = self._running
        return running is not None and not running.done()

    def sync(self, line: Line, wish: Wish) -> Future[SyncReport]:
        """Start a sync; the running one is answered when there is one."""
        with self._guard:
            if self._running is not None and not self._running.done():
                return self._running
            if self._stopped:
                closed: Future[SyncReport] = Future()
                closed.set_exception(RuntimeError("this workspace has been closed"))
                return closed
            running: Future[SyncReport] = Future()
            self._running = running
            ride = self._ride = Ride(self, line, self._terms)
        running.set_running_or_notify_cancel()
        if not wish.by_itself:
            self.gate.pace.try_again()
        self._submit(self._sync(ride, running, wish))
        return running

    def ask(self, line: Line, rule: Callable[[Trip], Rule[T]]) -> Future[T]:
        """Run a rule that only reads at Leaf, beside a running sync. A LeafError is the future's."""
        return self._submit(Ride(self, line, self._terms).ask(rule))

    def errand(self, job: Coroutine[Any, Any, T]) -> Future[T]:
        """Run something that has nothing to do with Leaf on this thread; given up when the engine stops."""
        return self._submit(job)

    def cancel(self) -> None:
        """Stop the running sync at the next safe point; a request under way is given up, and its item looked into."""
        ride, loop = self._ride, self._loop
        if ride is not None and loop is not None and self.syncing:
            loop.call_soon_threadsafe(ride.stop)

    def login(self, api_url: str, username: str, password: str, keep: Callable[[str], T]) -> Future[T]:
        """Exchange the password for a token and hand that to `keep`, on this thread, once no sync runs."""

        async def exchange() -> T:
            from leafdesk.api.client import Client

            try:
                async with Client(api_url, transport=self._terms.transport) as client:
                    token = await client.authenticate(username, password)
            except LeafError as error:
                self.came_back(error)
                raise
            await self._idle()
            kept = keep(token)
            self.heard("online")
            return kept

        return self._submit(exchange())

    def call(self, job: Callable[[], T]) -> Future[T]:
        """Run something slow (the key store) on this thread."""

        async def run() -> T:
            return job()

        return self._submit(run())

    def arm(self, seconds: float, start: Callable[[], object]) -> None:
        """Run `start` on this thread after so many seconds, instead of what was armed before; never after a stop."""

        async def set_alarm() -> None:
            if self._alarm is not None:
                self._alarm.cancel()
            self._alarm = asyncio.get_running_loop().call_later(seconds, start)

        with suppress(RuntimeError):  # closed meanwhile: nothing is to be started any more
            self._submit(set_alarm())

    def stop(self) -> None:
        """End the running sync and the thread; returns when both are over. Nothing is written after this."""
        with self._guard:
            self._stopped = True
            loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._idle(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()

    # ------------------------------------------------------------------ on the engine's thread
    async def _idle(self) -> None:
        """End the running sync and wait for its end."""
        running = self._running
        if running is not None and not running.done():
            if self._ride is not None:
                self._ride.stop()
            (ended,), _ = await asyncio.wait([asyncio.wrap_future(running)])
            ended.exception()  # whoever asked for that sync hears of it

    async def _sync(self, ride: "Ride", running: "Future[SyncReport]", wish: Wish) -> None:
        try:
            report = await ride.sync(wish)
        except BaseException as error:  # the world's (a full disk) or a bug of ours: whoever waits must hear of it
            self._tell(SyncEnded(None, error))
            running.set_exception(error)
        else:
            self._tell(SyncEnded(report))
            running.set_result(report)

    def _submit(self, job: Coroutine[Any, Any, T]) -> Future[T]:
        with self._guard:
            if self._stopped:
                job.close()
                raise RuntimeError("this workspace has been closed")
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=self._live, args=(self._loop,), name="leafdesk-sync", daemon=True
                )
                self._thread.start()
                waking = Waking(self._terms.clock(), self._terms.steady())
                self._loop.call_soon_threadsafe(self._look_at_the_clocks, waking)
            return asyncio.run_coroutine_threadsafe(job, self._loop)

    @staticmethod
    def _live(loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_forever()
            left = asyncio.all_tasks(loop)
            for task in left:
                task.cancel()
            loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            asyncio.set_event_loop(None)
            loop.close()

    def keep_awake(self, start: Callable[[], object]) -> None:
        """Run `start` whenever the computer has slept."""
        self._on_waking = start

    def _look_at_the_clocks(self, waking: Waking) -> None:
        """Every few seconds: after a sleep what was under way is dead, and there may be much to do."""
        if waking.slept(self._terms.clock(), self._terms.steady()):
            self.gate.give_up()
            self.heard("unknown", "The computer slept.")
            if self._on_waking is not None and not self.syncing:
                self._on_waking()
        asyncio.get_running_loop().call_later(TICK, self._look_at_the_clocks, waking)

    # ------------------------------------------------------------------ what real calls say about the connection
    def came_back(self, error: LeafError | None, seconds: float = 0.0) -> None:
        """Learn from how a call ended (None: well) that took so many seconds."""
        self._say(*self._reach.came_back(self._terms.steady(), error, seconds))

    def heard(self, state: Connection, detail: str = "") -> None:
        """Somebody knows, whatever calls said until now."""
        self._reach.forget(state)
        self._say(state, detail)

    def _say(self, state: Connection, detail: str) -> None:
        if self.connection.state != state:
            self.connection = ConnectionChanged(state, detail)
            self._tell(self.connection)

    def tell(self, event: Event) -> None:
        self._tell(event)


class Ride:
    """One sync being driven: hands the rules their answers until they end or somebody stops it."""

    def __init__(self, engine: Engine, line: Line, terms: Terms) -> None:
        self._engine = engine
        self._line = line
        self._terms = terms
        self._stopped = False
        self._under_way: set[asyncio.Future[Any]] = set()

    def stop(self) -> None:
        """From now on nothing more is sent; rules may still write down what became of what was sent."""
        self._stopped = True
        for one in list(self._under_way):
            one.cancel()

    async def sync(self, wish: Wish) -> SyncReport:
        from leafdesk.api.client import Client
        from leafdesk.sync.cycle import Cycle, sync

        begun = time.monotonic()
        terms, cycle = self._terms, Cycle()
        trip = self._trip(wish.leaf_user_id)
        token = self._line.token()
        async with Client(self._line.api_url, token, transport=terms.transport) as client:
            if token is None:
                cycle.outcome, cycle.reason = "signed-out", "Sign in first; everything is kept until then."
                self._engine.heard("signed-out", cycle.reason)
            else:
                await self.drive(sync(trip, cycle, wish), client)
            requests = client.requests
        return SyncReport(
            outcome=cycle.outcome,
            pulled=cycle.pulled.as_dict(),
            pushed=cycle.pushed.as_dict(),
            requests=requests,
            seconds=float(f"{time.monotonic() - begun:.3f}"),
            reason=cycle.reason,
            notices=cycle.notices,
        )

    async def ask(self, rule: Callable[[Trip], Rule[T]]) -> T:
        """Run one rule that only reads at Leaf."""
        from leafdesk.api.client import Client

        token = self._line.token()
        if token is None:
            raise SignedOutError("Sign in first; everything is kept until then.")
        async with Client(self._line.api_url, token, transport=self._terms.transport) as client:
            return await self.drive(rule(self._trip(None)), client)

    def _trip(self, leaf_user_id: str | None) -> Trip:
        terms = self._terms
        return Trip(
            id=terms.new_id(),
            clock=terms.clock,
            now=terms.now,
            chance=terms.chance,
            steady=terms.steady,
            settle_seconds=terms.settle_seconds,
            leaf_user_id=leaf_user_id,
        )

    async def drive(self, rule: Rule[T], client: "Client") -> T:
        """Run a rule to its end: each ask is answered, or its error raised where it was asked."""
        answer: Any = None
        error: BaseException | None = None
        while True:
            try:
                ask = rule.send(answer) if error is None else rule.throw(error)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            answer, error = None, None
            try:
                answer = await self._answer(ask, client)
            except Exception as raised:  # goes to the rule, which knows what it means
                error = raised

    async def _answer(self, ask: Ask, client: "Client") -> Any:
        if isinstance(ask, Send):
            return await self._send(ask.call, client)
        if isinstance(ask, SendAll):
            return await self._send_all(ask.calls, client)
        if isinstance(ask, Read):
            reader = self._line.database.reader()
            return ask.look(Catalog(reader), Outbox(reader))
        if isinstance(ask, Write):
            return await self._write(ask)
        if isinstance(ask, Pause):
            return await self._pause(ask.seconds)
        if isinstance(ask, SideBySide):
            return await self._side_by_side(ask.rules, client)
        assert isinstance(ask, Tell)
        self._engine.tell(ask.progress)
        return None

    async def _side_by_side(self, rules: "Sequence[Rule[None]]", client: "Client") -> None:
        ends = await asyncio.gather(*(self.drive(rule, client) for rule in rules), return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException):
                raise end

    async def _write(self, ask: Write) -> Any:
        job = ask.job
        value, changes = await asyncio.wrap_future(
            self._line.database.write(lambda connection: job(Catalog(connection), Outbox(connection)))
        )
        if changes:
            self._engine.tell(changes)
        return value

    async def _send(self, call: "Call[Any]", client: "Client") -> Any:
        gate = self._engine.gate
        try:
            may_go = await gate.enter(lambda: self._stopped)
        except NotSentError as shut:
            self._engine.came_back(shut)
            raise
        if not may_go:
            raise StoppedError("The sync was stopped before this was sent.", operation=call.operation)
        sending = asyncio.ensure_future(client.send(call))
        self._under_way.add(sending)
        gate.flying.add(sending)
        error: LeafError | None = StoppedError("given up")
        begun = self._terms.steady()
        try:
            answer = await sending
            error = None
        except asyncio.CancelledError:
            kind = UnknownOutcomeError if call.writes or not self._stopped else StoppedError
            why = "The sync was stopped" if self._stopped else "The computer slept"
            raise kind(f"{why} before Leaf's answer came.", operation=call.operation) from None
        except LeafError as raised:
            error = raised
            raise
        finally:
            self._under_way.discard(sending)
            gate.flying.discard(sending)
            gate.leave(error)
            self._engine.came_back(error, self._terms.steady() - begun)
        return answer

    async def _send_all(self, calls: "Sequence[Call[Any]]", client: "Client") -> list[Any]:
        """A few at a time; a dead line or a lost token ends it without asking for the rest."""
        answers: list[Any] = [None] * len(calls)
        left = iter(enumerate(calls))
        dead: list[LeafError] = []

        async def lane() -> None:
            for n, call in left:
                try:
                    answers[n] = dead[0] if dead else await self._send(call, client)
                except LeafError as error:
                    answers[n] = error
                    if isinstance(error, NotSentError | SignedOutError | CaptivePortalError):
                        dead.append(error)

        await asyncio.gather(*(lane() for _ in range(min(AT_ONCE, len(calls)))))
        return answers

    async def _pause(self, seconds: float) -> None:
        if self._stopped:
            raise StoppedError("The sync was stopped.")
        waiting = asyncio.ensure_future(asyncio.sleep(seconds))
        self._under_way.add(waiting)
        try:
            await waiting
        except asyncio.CancelledError:
            raise StoppedError("The sync was stopped.") from None
        finally:
            self._under_way.discard(waiting)

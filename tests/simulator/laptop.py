"""A laptop whose clock, disk and line are ours: drives the real rules over the real outbox and catalog."""

import itertools
import math
import sqlite3
from collections.abc import Callable, Generator
from functools import partial
from typing import Any, TypeVar

import httpx
import msgspec

from leafdesk.api.calls import Call
from leafdesk.api.client import Client
from leafdesk.api.errors import LeafError
from leafdesk.api.outcome import no_answer
from leafdesk.edits import Edit
from leafdesk.store.catalog import Catalog
from leafdesk.store.outbox import Item, Outbox
from leafdesk.sync.asks import Ask, Pause, Read, Rule, Send, SendAll, SideBySide, Tell, Trip, Write
from leafdesk.sync.cycle import Cycle, sync
from leafdesk.sync.wish import Wish
from leafdesk.workspace.undoing import Moved, do_step

from .disk import Disk, KilledError
from .far import Far, Reply, Sender
from .weather import LATEST, Weather

T = TypeVar("T")
_LOOKS = {"getField": "fields", "getFarm": "farms", "getGrower": "growers", "getMachine": "machines"}
_HARMLESS = ("updateFarm", "updateGrower")
"""PUTs that may be delivered twice: they say the whole record, while a boundary's PUT draws another one each time."""
MOST_STEPS = 100_000
"""Of one sync; an ordinary one has some hundred."""
BEGIN = 1_700_000_000.0


class Line(Client):
    """The real client; only the exchange of bytes is ours."""

    def __init__(self, reach: Callable[[Call[Any]], Reply]) -> None:
        super().__init__("http://127.0.0.1:1", "eyJcanary.token.simulated")
        self._reach = reach

    async def _exchange(self, call: Call[Any]) -> tuple[int, httpx.Headers, bytes]:
        self.requests += 1
        return self._reach(call)


class Running:
    """A rule on its way: what it is handed next, the rules it has begun side by side, and how it ended."""

    def __init__(self, rule: Rule[Any]) -> None:
        self.rule = rule
        self.answer: Any = None
        self.error: Exception | None = None
        self.broken: Exception | None = None
        """The first error of those side by side."""
        self.beside: list[Running] = []
        self.value: Any = None
        self.ended = False
        self.announced = ""
        """The item whose attempt it wrote ahead last."""

    def next(self) -> Ask | None:
        """What it asks for next; None when it has ended. Raises what it raises."""
        answer, error, self.answer, self.error = self.answer, self.error, None, None
        try:
            return self.rule.send(answer) if error is None else self.rule.throw(error)
        except StopIteration as end:
            self.value, self.ended = end.value, True
            return None


class Laptop:
    """Everything on this side of the line. `between` is called between any two events."""

    def __init__(self, weather: Weather, *, settle_seconds: float = 90.0, deaf: tuple[str, ...] = ()) -> None:
        self.weather, self.dice = weather, weather.dice
        self.time, self.astray, self.booted = BEGIN, 0.0, 0.0
        self.settle_seconds = settle_seconds
        self.disk = Disk(deaf)
        self.line = Line(self._reach)
        self.runs, self.ids = itertools.count(1), itertools.count(1)
        self.run = ""
        self.late: list[tuple[float, Callable[[], object]]] = []
        self.looked: dict[tuple[str, str], float] = {}
        """When a record was last asked for by itself."""
        self.far: Far
        self.between: Callable[[], None] = lambda: None
        self.written: Callable[[], None] = lambda: None
        self.unannounced: list[str] = []
        self.current: Running
        self.taken = 0
        """Edits of the user that were taken in."""
        self.upgraded = False
        """Whether the next start is a newer Leafdesk's."""
        self.lost = False
        """Whether the next start finds no database."""
        self.poison = "!"
        """A name with this in it makes Leaf answer 500 for ever."""

    # ------------------------------------------------------------------ clocks
    def wall(self) -> float:
        return self.time + self.astray

    def steady(self) -> float:
        return self.time - self.booted

    def now(self) -> str:
        return f"2026-01-01T{(self.wall() - BEGIN) / 1e6:020.9f}Z"

    def pass_time(self, seconds: float) -> None:
        """Let time pass; what was late lands meanwhile, each when its own time has come."""
        until = self.time + seconds
        for due in sorted((one for one in self.late if one[0] <= until), key=lambda one: one[0]):
            self.late.remove(due)
            self.time = max(self.time, due[0])
            due[1]()
        self.time = until

    def accident(self) -> None:
        """Now and then the laptop itself has trouble."""
        kind = self.weather.accident()
        if kind in ("killed", "full", "busy", "ioerr"):
            self.disk.arm(self.dice.randint(1, 15), kind)
        elif kind == "clock":
            self.astray += self.dice.choice([-86400.0, -300.0, 300.0, 86400.0])
        elif kind in ("reboot", "migrated", "lost all"):
            self.upgraded, self.lost = kind == "migrated", kind == "lost all"
            raise KilledError

    def restart(self) -> None:
        """The program starts again, sometimes the whole computer, sometimes a newer version, sometimes from nothing."""
        self.disk.restart()
        if self.lost:
            self.disk.lose()
        if self.upgraded:
            self.upgraded = False
            self.disk.migrate([self.dice.randint(1, 25) for _ in range(self.dice.randint(0, 2))])
        self.pass_time(self.dice.uniform(1, self.dice.choice([20, 200])))
        if self.dice.random() < 0.3:
            self.booted = self.time

    # ------------------------------------------------------------------ what the user does and sees
    @property
    def catalog(self) -> Catalog:
        return Catalog(self.disk.connection)

    @property
    def outbox(self) -> Outbox:
        return Outbox(self.disk.connection)

    def do(self, edit: Edit) -> str:
        """Queue an edit as the window does, as a step that can be taken back; the id of its item."""
        (taken,) = self.steps(partial(do_step, edits=[edit]))
        return taken

    def steps(self, act: Callable[..., Moved]) -> list[str]:
        """Do, undo, do again or answer, in one transaction: the items that it queued."""

        def job(connection: sqlite3.Connection) -> Moved:
            return act(Catalog(connection), Outbox(connection), new_id=self.new_id, now=self.now())

        moved = self.disk.write(job)
        queued = [one.item_id for one in moved.taken.queued] if moved.taken is not None else []
        self.taken += len(queued)
        return queued

    def new_id(self) -> str:
        """For an item of the queue, or a record that is brought back."""
        return f"item-{next(self.ids)}"

    # ------------------------------------------------------------------ sync
    def trip(self) -> Trip:
        self.run = f"run-{next(self.runs)}"
        return Trip(
            id=self.run,
            clock=self.wall,
            now=self.now,
            chance=self.dice.random,
            steady=self.steady,
            settle_seconds=self.settle_seconds,
        )

    def sync(self, *, stock: bool = False) -> Cycle:
        """One whole sync, `stock` with what is no land.

        Raises KilledError when the program was killed, StoreError when the disk refused.
        """
        cycle = Cycle()
        self.drive(
            sync(self.trip(), cycle, Wish(stock=stock, by_itself=self.dice.random() < 0.3 and not self.weather.calm))
        )
        return cycle

    def drive(self, rule: Rule[T]) -> T:
        """Run a rule to its end, with everybody else acting between its steps."""
        running = Running(rule)
        for _ in range(MOST_STEPS):
            if running.ended:
                break
            self.step(running)
        else:
            raise AssertionError(f"a sync did not end within {MOST_STEPS} steps")
        return running.value  # type: ignore[no-any-return]

    def step(self, running: "Running") -> None:
        """One ask of a rule. What it begins side by side goes on one step at a time, in an order that dice decide."""
        if running.beside:
            one = self.dice.choice(running.beside)
            try:
                self.step(one)
            except Exception as raised:
                one.ended, running.broken = True, running.broken or raised
            running.beside = [left for left in running.beside if not left.ended]
            if not running.beside:
                running.error, running.broken = running.broken, None
            return
        ask = running.next()
        if ask is None:
            return
        with self.disk.undisturbed():
            self.between()
        self.accident()
        try:
            if isinstance(ask, SideBySide):
                running.beside = [Running(rule) for rule in ask.rules]
            else:
                running.answer = self._answer(ask, running)
        except Exception as raised:
            running.error = raised

    def _answer(self, ask: Ask, running: "Running") -> Any:
        self.current = running
        if isinstance(ask, Send):
            return self._send(ask.call)
        if isinstance(ask, SendAll):
            return [self._one(call) for call in ask.calls]
        if isinstance(ask, Read):
            return ask.look(self.catalog, self.outbox)
        if isinstance(ask, Write):
            value, _ = self.disk.write(lambda c: ask.job(Catalog(c), Outbox(c)))
            if isinstance(value, Item) and value.state == "sent":
                running.announced = value.id
            with self.disk.undisturbed():
                self.written()
            return value
        if isinstance(ask, Pause):
            self.pass_time(ask.seconds)
            return None
        assert isinstance(ask, Tell)
        return None

    def _one(self, call: Call[Any]) -> Any:
        try:
            return self._send(call)
        except LeafError as error:
            return error

    def _send(self, call: Call[Any]) -> Any:
        """What `Client.send` gives; nothing in it ever waits, so one step of it is all of it."""
        running: Generator[Any, Any, Any] = self.line.send(call).__await__()
        try:
            next(running)
        except StopIteration as end:
            return end.value
        raise AssertionError("a simulated exchange waited")

    # ------------------------------------------------------------------ the line
    def _reach(self, call: Call[Any]) -> Reply:
        with self.disk.undisturbed():
            return self._exchange(call)

    def _exchange(self, call: Call[Any]) -> Reply:
        self.pass_time(self.dice.uniform(0.05, 0.5))
        sender = self._sender(call) if call.writes else None
        self._remember_look(call)
        said = " ".join(text for text in call.body.values() if isinstance(text, str)) if call.body else ""
        if self.poison in said:
            return 500, httpx.Headers(), b"{}"
        if "?" in said:
            return 400, httpx.Headers(), b'{"title":"A bad name"}'
        kind = self.weather.fault(writes=call.writes)
        reply = self._meet(kind, call, sender) if kind else self.far.answer(call, sender)
        self.between()
        return reply

    def _meet(self, kind: str, call: Call[Any], sender: Sender | None) -> Reply:
        """What comes back, or the error that the client makes of nothing coming back."""
        if kind == "refused":
            raise _no_answer(call, httpx.ConnectError("refused"))
        if kind == "429":
            return 429, httpx.Headers(), b"{}"
        if kind == "429 wait":
            return 429, httpx.Headers({"retry-after": self.dice.choice(["2", "30", "4000"])}), b"{}"
        if kind in ("401", "403"):
            return int(kind), httpx.Headers(), b'{"title":"No"}'
        if kind == "redirect":
            return 302, httpx.Headers({"location": "http://example.com/"}), b""
        if kind.endswith("before"):
            return _page(kind)
        if kind == "stale" and not call.writes:
            return self.far.stale(call, self.dice.uniform(0, 5))
        if kind in ("late", "sleep") and call.writes:
            self.late.append((self.time + self.dice.uniform(0, LATEST), lambda: self.far.answer(call, sender)))
            if self.weather.impatient():
                raise KilledError
        if kind == "sleep":
            self._sleep(8 * 3600.0)
            raise _no_answer(call, httpx.ReadTimeout("no answer"))
        if kind == "late" and call.writes:
            self.pass_time(self.dice.uniform(1, 60))
            raise _no_answer(call, httpx.ReadTimeout("no answer"))
        reply = self.far.answer(call, sender, other_id=kind == "other id")
        if kind == "twice" and (call.method in ("GET", "PATCH", "DELETE") or call.operation in _HARMLESS):
            return self.far.answer(call, sender)
        if kind == "cut":
            return reply[0], reply[1], reply[2][: len(reply[2]) // 2] or b"{"
        if kind == "odd" and not call.writes:
            return reply[0], reply[1], self._with_an_odd_row(reply[2])
        if kind == "shape":
            return 200, httpx.Headers(), self.dice.choice([b"7", b'{"page":[]}', b'{"id":"x"}', b"[[1]]"])
        if kind.endswith("after"):
            return _page(kind)
        if kind in ("lost", "late"):
            self.pass_time(self.dice.uniform(1, 60))
            raise _no_answer(call, httpx.ReadError("reset"))
        return reply

    def _with_an_odd_row(self, body: bytes) -> bytes:
        """A list in which one record cannot be read: its user or its shape is nonsense, or its id."""
        rows = msgspec.json.decode(body or b"null")
        if not isinstance(rows, list) or not rows:
            return body
        odd = self.dice.randrange(len(rows))
        rows[odd] |= self.dice.choice([{"leafUserId": 7, "geometry": None}, {"id": {}}])
        return msgspec.json.encode(rows)

    def _sleep(self, seconds: float) -> None:
        """The lid is closed in the middle of a request; on some systems the steady clock stops meanwhile."""
        self.pass_time(seconds)
        if self.dice.random() < 0.5:
            self.booted += seconds

    def _sender(self, call: Call[Any]) -> Sender:
        """Whose request leaves: the one item whose attempt was written ahead, in this run."""
        rows = self.disk.connection.execute(
            "SELECT o.id, a.number, a.pre, o.seq FROM attempts a JOIN outbox o USING (seq)"
            " WHERE a.outcome = 'inflight' AND a.run_id = ? AND o.state = 'sent' AND o.id = ?",
            (self.run, self.current.announced),
        ).fetchall()
        if len(rows) != 1:
            self.unannounced.append(f"{call.operation} left, and {len(rows)} attempts were written ahead")
            return Sender("nobody", 0, 0, "", "", {}, {}, math.inf)
        (id_, number, pre, seq), *_ = rows
        item = self.item(id_)
        looked = self.looked.get((item.kind, self.catalog.leaf_id(item.kind, item.record_id) or ""), math.inf)
        return Sender(
            id_, number, seq, item.kind, item.record_id, self._at_leaf(item), msgspec.json.decode(pre), looked
        )

    def _at_leaf(self, item: Item) -> dict[str, Any]:
        """The item's base with references as Leaf's numbers."""
        base = dict(item.base)
        for name, kind in (("farm_id", "farms"), ("grower_id", "growers")):
            if base.get(name) is not None:
                base[name] = self.catalog.leaf_id(kind, base[name]) or base[name]  # type: ignore[arg-type]
        return base

    def _remember_look(self, call: Call[Any]) -> None:
        kind = _LOOKS.get(call.operation)
        if kind is not None:
            self.looked[kind, call.path.rpartition("/")[2]] = self.time

    def item(self, id: str) -> Item:
        found = self.outbox.item(id)
        assert found is not None
        return found


def _no_answer(call: Call[Any], error: httpx.HTTPError) -> LeafError:
    return no_answer(call, error)


def _page(kind: str) -> Reply:
    """What stands in for Leaf's answer: its gateway's error, or a sign-in page."""
    word = kind.partition(" ")[0]
    if word == "html":
        return 200, httpx.Headers({"content-type": "text/html"}), b"<html>Sign in</html>"
    return int(word), httpx.Headers(), b"<html>"

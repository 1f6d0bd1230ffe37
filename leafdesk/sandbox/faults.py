"""What goes wrong on the way to the sandbox, on purpose: set by a line of text or one by one, drawn from a seed."""

import random
import re
from dataclasses import dataclass

BEFORE = ("drop", "late", "html", "401", "429", "500", "502", "503")
"""Faults that come before the request has any effect; after "late" it has one, but only `late_s` seconds later."""
AFTER = ("lost", "cut", "truncated", "504")
"""Faults that come after it took effect: connection gone, gone in mid-body, half the JSON, the gateway's time is up."""
SILENT = ("drop", "late", "lost")
"""Faults after which the connection is reset instead of an answer."""
KINDS = (*BEFORE, *AFTER)
_ITEM = re.compile(r"(?P<kind>[a-z0-9]+)(?:@(?P<operation>[A-Za-z]+))?=(?P<value>[0-9.]+)(?P<unit>ms|s)?")


class FaultSpecError(ValueError):
    """A line of faults that cannot be read; the message says which part and what would do."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault for every `operation` (None: all of them), with its chance or for so many `times`."""

    kind: str
    operation: str | None = None
    chance: float = 1.0
    times: int | None = None

    @property
    def comes_first(self) -> bool:
        """Whether it strikes before the request has any effect."""
        return self.kind in BEFORE


class Faults:
    """The faults in force. May be changed from any thread while the sandbox runs."""

    def __init__(self, spec: str = "", *, latency_ms: float = 0, seed: int = 1) -> None:
        self.latency_ms = latency_ms
        self.retry_after_s = 1
        self.late_s = 1.0
        self._dice = random.Random(seed)
        self._standing: list[Fault] = []
        self.set(spec)

    def set(self, spec: str) -> None:
        """Put `spec` in force instead of what was: `lost=0.1,slow=200ms,500=0.05,429@createField=0.5`.

        Each item is `kind=chance` or `kind@operationId=chance`; `slow=` takes a time, `seed=` a whole number.
        Raises FaultSpecError and changes nothing when it cannot be read.
        """
        standing: list[Fault] = []
        slow: float | None = None
        seed: int | None = None
        for item in filter(None, (part.strip() for part in spec.split(","))):
            read = _ITEM.fullmatch(item)
            if not read:
                raise FaultSpecError(f"{item!r} is no fault; write for example lost=0.1 or slow=200ms")
            kind, value = read["kind"], float(read["value"])
            if kind == "slow":
                slow = value * (1 if read["unit"] == "ms" else 1000)
            elif kind == "seed":
                seed = int(value)
            elif kind not in KINDS:
                raise FaultSpecError(f"{kind!r} is no kind of fault; there are {', '.join(('slow', *KINDS))}")
            elif value > 1 or read["unit"]:
                raise FaultSpecError(f"{item!r}: a chance lies between 0 and 1")
            else:
                standing.append(Fault(kind, read["operation"], value))
        self._standing = standing
        if slow is not None:
            self.latency_ms = slow
        if seed is not None:
            self._dice = random.Random(seed)

    def once(self, kind: str, operation: str | None = None, *, times: int = 1) -> None:
        """Let the next `times` requests (of this operationId) meet this fault, before any chance is drawn."""
        if kind not in KINDS:
            raise FaultSpecError(f"{kind!r} is no kind of fault; there are {', '.join(KINDS)}")
        self._standing = [Fault(kind, operation, times=times), *self._standing]

    def clear(self) -> None:
        """No faults and no waiting from now on."""
        self._standing, self.latency_ms = [], 0

    def draw(self, operation: str) -> Fault | None:
        """The fault that meets this request, if any."""
        for n, fault in enumerate(self._standing):
            if fault.operation not in (None, operation):
                continue
            if fault.times is not None:
                left = [] if fault.times == 1 else [Fault(fault.kind, fault.operation, times=fault.times - 1)]
                self._standing = [*self._standing[:n], *left, *self._standing[n + 1 :]]
                return fault
            if self._dice.random() < fault.chance:
                return fault
        return None

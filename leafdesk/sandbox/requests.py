"""What the sandbox was asked: a log to look at and to count in."""

from collections import Counter, deque
from dataclasses import dataclass

_KEPT = 100_000


@dataclass(frozen=True, slots=True)
class Request:
    """One request: what it was (the contract's operationId, "" for none), and how it ended.

    `status` is None when no answer was sent; `fault` names the fault that met it, "" for none.
    """

    operation: str
    method: str
    path: str
    query: str
    status: int | None
    fault: str
    seconds: float


class Requests:
    """The last requests, oldest first. Reading is safe from any thread."""

    def __init__(self) -> None:
        self._log: deque[Request] = deque(maxlen=_KEPT)

    def add(self, request: Request) -> None:
        self._log.append(request)

    @property
    def log(self) -> list[Request]:
        """Every request since the start or the last `clear`."""
        return list(self._log)

    @property
    def counts(self) -> Counter[str]:
        """How often each operationId was asked for."""
        return Counter(request.operation for request in self.log)

    def count(self, operation: str | None = None) -> int:
        """How many requests there were, or how many of one operationId."""
        return len(self._log) if operation is None else self.counts[operation]

    def clear(self) -> None:
        self._log.clear()

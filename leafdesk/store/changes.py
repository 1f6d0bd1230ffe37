"""What a write to the database touched."""

from dataclasses import dataclass

from leafdesk.records import Kind


@dataclass(frozen=True, slots=True)
class Changes:
    """What a write touched: (kind, id) of every record whose seen copy changed, and whether the queue did."""

    records: frozenset[tuple[Kind, str]] = frozenset()
    queue: bool = False

    def __or__(self, other: "Changes") -> "Changes":
        return Changes(self.records | other.records, self.queue or other.queue)

    def __bool__(self) -> bool:
        return bool(self.records) or self.queue

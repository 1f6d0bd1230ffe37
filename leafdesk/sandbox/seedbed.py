"""What everything that grows from a seed shares: dice of its own for each record, and ways to write times."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from leafdesk.sandbox.choices import Choices
from leafdesk.sandbox.ledger import Ledger

Json = dict[str, Any]
OWNER = "demo"
"""The API owner's name in the records that carry one."""
_BEGIN = datetime(2022, 1, 10, 6, 0, 0)


class Dice(random.Random):
    """Dice for one record: what it becomes does not depend on how many there are beside it."""

    def uuid(self) -> str:
        """An id."""
        return str(uuid.UUID(int=self.getrandbits(128), version=4))

    def digits(self, count: int) -> str:
        """A number as text, with the zeros in front that serial numbers and organizations have."""
        return f"{self.randrange(10**count):0{count}}"

    def moment(self) -> datetime:
        """A time within the last years, to the microsecond."""
        return _BEGIN + timedelta(microseconds=self.randrange(1400 * 86_400 * 1_000_000))


@dataclass(frozen=True, slots=True)
class Seedbed:
    """A seed, the size of the land, the size of John Deere's catalog, and the ledger with what has grown already."""

    seed: int
    size: int
    products: int
    ledger: Ledger
    choices: Choices

    def dice(self, *what: object) -> Dice:
        """Dice for what is named; the same for the same seed."""
        return Dice("/".join(map(str, (self.seed, *what))))

    def users(self) -> list[str]:
        """The Leaf users' ids, in their order."""
        return [str(key) for key in self.ledger.table("users")]

    def syncing(self) -> Iterator[tuple[int, str]]:
        """Number and id of the Leaf users whose machines and inputs come from providers: every third has that off."""
        return ((n, user) for n, user in enumerate(self.users()) if n % 3 != 2)

    @property
    def labels(self) -> int:
        """How many products the label databases hold."""
        return min(10_000, max(120, self.products))


def written(moment: datetime, digits: int) -> str:
    """A time in UTC with 0, 3, 6 or 9 fraction digits: Leaf's pages show all four."""
    fraction = f"{moment.microsecond:06}".ljust(9, "0")[:digits]
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + (f".{fraction}" if digits else "") + "Z"


def organizations_of(user_id: str) -> list[str]:
    """The numbers of a Leaf user's John Deere organizations: text, and leading zeros count."""
    first = int(user_id[:6], 16)
    return [f"{first % 1_000_000:06}", f"{first * 7919 % 10_000:06}"]

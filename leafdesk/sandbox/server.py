"""The sandbox itself: a Leaf on a loopback port, which can go dark and come back."""

import secrets
import socket
import sys
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from leafdesk.sandbox.choices import Choices
from leafdesk.sandbox.faults import Faults
from leafdesk.sandbox.leaf import Leaf
from leafdesk.sandbox.requests import Requests
from leafdesk.sandbox.sowing import Sowing
from leafdesk.sandbox.tokens import Tokens

if TYPE_CHECKING:
    from leafdesk.sandbox.ledger import Change
    from leafdesk.sandbox.listening import Listening

_HOST = "127.0.0.1"


class Sandbox:
    """A Leaf server for this machine: `start` it, or use it as a context.

    `fields` and `seed` say which farmland it starts with; `parcels` (GeoJSON lines) gives it real land instead;
    `products` is how many products John Deere's catalog lists, up to 100,000; they are made when first asked for.
    `state` is a file in which everything is kept from start to start (farmland is only made when it is not there yet).
    Username and password are good for this start only; the password is random unless given.
    """

    def __init__(
        self,
        *,
        fields: int = 200,
        seed: int = 1,
        products: int = 300,
        parcels: Path | None = None,
        state: Path | None = None,
        port: int = 0,
        latency_ms: float = 0,
        faults: str = "",
        username: str = "demo@example.com",
        password: str | None = None,
        choices: Choices = Choices(),  # noqa: B008 (frozen)
    ) -> None:
        from leafdesk.sandbox.state import open_state

        self.faults = Faults(faults, latency_ms=latency_ms, seed=seed)
        self.requests = Requests()
        self.username = username
        self.password = password or secrets.token_urlsafe(12)
        self.tokens = Tokens(self.username, self.password)
        self.url = ""
        if state:
            kept = open_state(state, lambda: _first(fields, seed, products, parcels))
            self.leaf = Leaf(kept.records(), sowing=kept.sowing, choices=choices, keep=kept.append)
        else:
            sowing, records = _first(fields, seed, products, parcels)
            self.leaf = Leaf(records, sowing=sowing, choices=choices)
        self._port = port
        self._place: socket.socket | None = None
        self._listening: Listening | None = None

    def start(self) -> None:
        """Listen on 127.0.0.1; `url` is known afterwards. Raises OSError when the port is taken."""
        self._place = _bind(self._port)
        self._port = self._place.getsockname()[1]
        self.url = f"http://{_HOST}:{self._port}"
        self.come_back()

    def stop(self) -> None:
        """Stop listening for good."""
        self.go_dark()
        if self._place:
            self._place.close()
            self._place = None

    def go_dark(self) -> None:
        """Cut every connection; from now on new ones are refused. The port stays ours."""
        if not self._listening:
            return
        self._listening.end()
        self._listening = None
        self._place = _bind(self._port)

    def come_back(self) -> None:
        """Answer again, on the same port."""
        if self._listening or not self._place:
            return
        from leafdesk.sandbox.listening import Listening
        from leafdesk.sandbox.wire import Wire

        place, self._place = self._place, None
        wire = Wire(self.leaf, self.tokens, self.faults, self.requests)
        self._listening = Listening(wire, place)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _first(fields: int, seed: int, products: int, parcels: Path | None) -> tuple[Sowing, list["Change"]]:
    """What a new sandbox starts with: its land, and the seed of everything that grows on it."""
    if parcels:
        from leafdesk.sandbox.parcels import read_parcels

        land = read_parcels(parcels, seed=seed)
    else:
        from leafdesk.sandbox.farmland import farmland

        land = farmland(fields, seed)
    size = sum(kind == "fields" for kind, _, _ in land)
    return Sowing(seed=seed, size=size, products=products), land


def _bind(port: int) -> socket.socket:
    """A socket that holds the port but does not listen: whoever connects is refused."""
    place = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # asyncio: no TCP_NODELAY otherwise
    if sys.platform != "win32":  # there it would let two programs share the port
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        place.bind((_HOST, port))
    except OSError:
        place.close()
        raise
    return place

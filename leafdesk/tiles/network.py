"""Asks tile servers, a few requests at a time, and keeps to what they say about keeping, waiting and stopping."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

import httpx

from leafdesk import __version__
from leafdesk.tiles.cache import Cache, Kept
from leafdesk.tiles.freshness import freshness
from leafdesk.tiles.picture import form_of
from leafdesk.tiles.source import Source, loopback
from leafdesk.tiles.tile import LARGEST, Answer, Tile

logger = logging.getLogger("leafdesk.tiles")

AGENT = f"Leafdesk/{__version__} (+https://leafdesk.example.com)"
CONNECTIONS = 2
"""Requests at once for what is looked at; a download has as many of its own."""
MOST_WISHES = 200
"""More tiles than so many are not waited for: what was looked at longest ago is given up."""
LONGEST_S = 15.0
REFUSED_S, BUSY_S, LOST_S = 600.0, 30.0, 15.0
"""For so long a server is left alone after it refused, was busy or could not be reached."""
SHORTEST_REST_S, LONGEST_REST_S = 5.0, 3600.0

Outcome = Literal["new", "same", "absent", "later"]
"""A picture came; the one here is still right; the server has none; nothing was learnt, try again later."""


@dataclass(frozen=True, slots=True)
class Place:
    """A source that is in use, and its id in the cache."""

    id: str
    source: Source


class _ClosedError(Exception):
    """Nobody is asked any more."""


class Network:
    """For any thread. `fetch` asks and waits; `wish` asks on threads of its own and calls back. `now`: a clock."""

    def __init__(self, cache: Cache, now: Callable[[], float] = time.time) -> None:
        self.cache, self.now = cache, now
        self.trouble: dict[str, str] = {}
        """Why a source gives nothing just now, in plain words, by its id."""
        self.unkept: dict[tuple[str, Tile], bytes] = {}
        """Pictures that may not, or could not, lie on the disk: the last ones, to be shown as long as this runs."""
        self._rests: dict[str, float] = {}
        self._wishes: dict[tuple[str, Tile], tuple[Place, Callable[[Outcome], None]]] = {}
        self._under_way: set[tuple[str, Tile]] = set()
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._clients: dict[bool, httpx.Client] = {}
        self._closed = False

    # ------------------------------------------------------------------ wishes
    def wish(self, place: Place, tile: Tile, done: Callable[[Outcome], None]) -> None:
        """Ask for a tile soon, the newest wish first; `done` hears of it on another thread unless it was given up."""
        key = (place.id, tile)
        with self._lock:
            if self._closed or key in self._under_way:
                return
            self._wishes.pop(key, None)
            self._wishes[key] = (place, done)
            while len(self._wishes) > MOST_WISHES:
                del self._wishes[next(iter(self._wishes))]
            if self._pool is None:
                self._pool = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="leafdesk-fetch")
            self._pool.submit(self._grant)

    def _grant(self) -> None:
        with self._lock:
            if self._closed or not self._wishes:
                return
            key, (place, done) = self._wishes.popitem()
            self._under_way.add(key)
        try:
            outcome = self.fetch(place, key[1])
        finally:
            with self._lock:
                self._under_way.discard(key)
        if not self._closed:
            done(outcome)

    def resting(self, source: Source) -> bool:
        """Whether its server is left alone for a while."""
        return self.now() < self._rests.get(source.host, 0.0)

    # ------------------------------------------------------------------ asking
    def fetch(self, place: Place, tile: Tile, *, keep: bool = False) -> Outcome:
        """Ask for a tile and put it into the cache, `keep`: for good. It waits: never on the GUI thread."""
        if self.resting(place.source):
            return "later"
        known = self.cache.get(place.id, tile, self.now())
        asking = {"Accept": "image/webp,image/png,image/jpeg", "Accept-Encoding": "identity", "User-Agent": AGENT}
        if known is not None and known.etag:
            asking["If-None-Match"] = known.etag
        if known is not None and known.modified:
            asking["If-Modified-Since"] = known.modified
        try:
            with self._client(place.source).stream("GET", place.source.url(tile), headers=asking) as answer:
                body = _body(answer)
        except _ClosedError:
            return "later"
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            logger.info("no answer from %s: %s", place.source.host, type(error).__name__)
            return self._rest(place, LOST_S, f"{place.source.host} cannot be reached; what is here is shown.")
        return self._take(place, tile, known, answer, body, keep)

    def _client(self, source: Source) -> httpx.Client:
        here = loopback(urlsplit(source.template).hostname or "")
        with self._lock:
            if self._closed:
                raise _ClosedError
            if here not in self._clients:
                limits = httpx.Limits(max_connections=2 * CONNECTIONS, max_keepalive_connections=2 * CONNECTIONS)
                self._clients[here] = httpx.Client(timeout=LONGEST_S, limits=limits, trust_env=not here)
            client = self._clients[here]
        client.cookies.clear()
        return client

    def _take(
        self, place: Place, tile: Tile, known: Kept | None, answer: httpx.Response, body: bytes | None, keep: bool
    ) -> Outcome:
        now, code = self.now(), answer.status_code
        fresh = freshness({name.lower(): value for name, value in answer.headers.items()}, now)
        if code == 304 and known is not None:
            self._answered(place)
            self.cache.renew(place.id, tile, fresh, now, keep=keep)
            return "same"
        if code not in (200, 204, 404, 410):
            return self._refused(place, answer)
        if code == 200 and (body is None or not form_of(body)):
            return self._rest(place, REFUSED_S, f"{place.source.host} sends something else than pictures of a map.")
        self._answered(place)
        picture = body if code == 200 and body else b""
        etag, modified = (answer.headers.get(name, "")[:300] for name in ("etag", "last-modified"))
        given = Kept(picture, etag, modified, fresh.until, fresh.strict, keep)
        if not (fresh.keep and self.cache.put(place.id, tile, given, now)):
            self._remember(place.id, tile, picture)
        if not picture:
            return "absent"
        return "same" if known is not None and known.picture == picture else "new"

    def _answered(self, place: Place) -> None:
        if not self.resting(place.source):  # else another request was refused meanwhile
            self.trouble.pop(place.id, None)

    def _refused(self, place: Place, answer: httpx.Response) -> Outcome:
        code, host = answer.status_code, place.source.host
        if code in (429, 503):
            said = answer.headers.get("retry-after", "")
            wait = float(said) if said.isascii() and said.isdigit() and len(said) < 7 else BUSY_S
            wait = min(max(wait, SHORTEST_REST_S), LONGEST_REST_S)
            return self._rest(place, wait, f"{host} asks to wait; it is asked again later.")
        if code in (401, 403):
            return self._rest(place, REFUSED_S, f"{host} refuses (status {code}). Is the key in the address right?")
        if 300 <= code < 400:
            return self._rest(place, REFUSED_S, f"{host} sends on to another address; use that one.")
        return self._rest(place, BUSY_S, f"{host} has a fault (status {code}); it is asked again later.")

    def _rest(self, place: Place, seconds: float, why: str) -> Outcome:
        self._rests[place.source.host] = self.now() + seconds
        self.trouble[place.id] = why
        with self._lock:
            for key in [key for key in self._wishes if key[0] == place.id]:
                del self._wishes[key]
        return "later"

    def _remember(self, id_: str, tile: Tile, picture: bytes) -> None:
        with self._lock:
            self.unkept[(id_, tile)] = picture
            while len(self.unkept) > MOST_WISHES:
                del self.unkept[next(iter(self.unkept))]

    def close(self) -> None:
        """Ask nobody any more; waits for what is under way, some seconds at most, so never on the GUI thread."""
        with self._lock:
            self._closed = True
            self._wishes.clear()
            pool = self._pool
        if pool is not None:
            pool.shutdown(cancel_futures=True)
        for client in self._clients.values():  # not before: a connection that is just being made would be left open
            client.close()


def _body(answer: httpx.Response) -> bytes | None:
    """The answer's body as it came (pictures are packed already); None when it is larger than any tile."""
    body = bytearray()
    for piece in answer.iter_raw():
        body += piece
        if len(body) > LARGEST:
            return None
    return bytes(body)


class WebMap:
    """A server's map as the map on the screen reads it: out of the cache, and asked for where that is not enough."""

    def __init__(self, place: Place, network: Network, tell: Callable[[Tile], None]) -> None:
        self.about = place.source.about
        self._place, self._network, self._tell = place, network, tell

    def read(self, tile: Tile) -> Answer:
        """What is here, fresh or stale; asks the server beside it where that is due."""
        network = self._network
        unkept = network.unkept.get((self._place.id, tile))
        if unkept is not None:
            return Answer(unkept or None, absent=not unkept)
        now = network.now()
        kept = network.cache.get(self._place.id, tile, now)
        if (kept is None or now >= kept.fresh) and not network.resting(self._place.source):
            network.wish(self._place, tile, lambda outcome: self._heard(tile, outcome, known=kept is not None))
        if kept is None or not kept.usable(now):
            return Answer()
        return Answer(kept.picture or None, absent=not kept.picture)

    def _heard(self, tile: Tile, outcome: Outcome, known: bool) -> None:
        if outcome == "new" or (outcome == "absent" and not known):
            self._tell(tile)

    def close(self) -> None:
        """The network outlives it."""

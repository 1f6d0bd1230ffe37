"""What is asked of tile servers, how often, and what is shown meanwhile; against a server on this machine."""

import threading

import pytest

from leafdesk import __version__
from leafdesk.tiles.cache import Cache
from leafdesk.tiles.network import Network, Place, WebMap
from leafdesk.tiles.tile import LARGEST, Answer, Tile
from tests.tiles.conftest import Clock
from tests.tiles.made import RED, png
from tests.tiles.server import Reply, TileServer

HERE = Tile(3, 1, 2)


def test_it_says_who_it_is_and_asks_for_pictures(server: TileServer, network: Network) -> None:
    assert network.fetch(Place("a", server.source()), HERE) == "new"
    ((tile, headers),) = server.asked
    assert tile == HERE
    assert headers["user-agent"] == f"Leafdesk/{__version__} (+https://leafdesk.example.com)"
    assert headers["accept"].startswith("image/") and not {"cookie", "authorization", "referer"} & headers.keys()


def test_rows_from_the_south_for_tms(server: TileServer, network: Network) -> None:
    source = server.source(template=f"{server.url}/{{z}}/{{x}}/{{-y}}.png")
    network.fetch(Place("a", source), Tile(3, 1, 2))
    assert server.tiles == [Tile(3, 1, 5)]


def test_a_fresh_tile_is_not_asked_for_again(server: TileServer, network: Network, clock: Clock) -> None:
    server.give = lambda _: Reply(png(), headers={"Cache-Control": "max-age=600"})
    told = threading.Event()
    map_ = WebMap(Place("a", server.source()), network, lambda _: told.set())
    assert map_.read(HERE) == Answer()
    assert told.wait(10) and map_.read(HERE) == Answer(png())
    clock.time += 599
    assert map_.read(HERE) == Answer(png()) and len(server.asked) == 1


@pytest.mark.parametrize(
    ("gave", "asks"),
    [
        ({"ETag": '"7"'}, {"if-none-match": '"7"'}),
        ({"Last-Modified": "Wed, 01 Jan 2025 00:00:00 GMT"}, {"if-modified-since": "Wed, 01 Jan 2025 00:00:00 GMT"}),
    ],
)
def test_a_stale_tile_is_shown_while_the_server_is_asked_whether_it_still_holds(
    server: TileServer, network: Network, clock: Clock, gave: dict[str, str], asks: dict[str, str]
) -> None:
    server.give = lambda _: Reply(png(), headers={"Cache-Control": "max-age=60", **gave})
    place = Place("a", server.source())
    assert network.fetch(place, HERE) == "new"
    clock.time += 61
    server.give = lambda _: Reply(status=304, headers={"Cache-Control": "max-age=600"})
    assert network.fetch(place, HERE) == "same"
    assert asks.items() <= server.asked[1][1].items()
    clock.time += 599
    assert WebMap(place, network, lambda _: None).read(HERE) == Answer(png()) and len(server.asked) == 2


def test_a_changed_tile_comes_in_the_place_of_the_stale_one(server: TileServer, network: Network, clock: Clock) -> None:
    server.give = lambda _: Reply(png(), headers={"Cache-Control": "max-age=60"})
    place, told = Place("a", server.source()), threading.Event()
    network.fetch(place, HERE)
    clock.time += 61
    server.give = lambda _: Reply(png(RED))
    map_ = WebMap(place, network, lambda _: told.set())
    assert map_.read(HERE) == Answer(png())
    assert told.wait(10) and map_.read(HERE) == Answer(png(RED))


def test_offline_the_stale_tile_is_shown_and_the_server_left_alone_for_a_while(
    server: TileServer, network: Network, clock: Clock
) -> None:
    place = Place("a", server.source())
    server.give = lambda _: Reply(png(), headers={"Cache-Control": "max-age=60"})
    network.fetch(place, HERE)
    away = Place("a", server.source(template="http://127.0.0.1:9/{z}/{x}/{y}.png"))
    clock.time += 1000
    assert network.fetch(away, HERE) == "later" and network.resting(away.source)
    assert network.trouble["a"] == "127.0.0.1 cannot be reached; what is here is shown."
    assert WebMap(away, network, lambda _: None).read(HERE) == Answer(png())
    assert WebMap(away, network, lambda _: None).read(Tile(3, 0, 0)) == Answer()
    clock.time += 16
    assert not network.resting(away.source)


def test_what_must_be_revalidated_is_not_shown_stale(server: TileServer, network: Network, clock: Clock) -> None:
    server.give = lambda _: Reply(png(), headers={"Cache-Control": "max-age=60, must-revalidate"})
    place = Place("a", server.source())
    network.fetch(place, HERE)
    server.give = lambda _: Reply(status=500)
    clock.time += 59
    assert WebMap(place, network, lambda _: None).read(HERE) == Answer(png())
    clock.time += 2
    assert network.fetch(place, HERE) == "later"
    assert WebMap(place, network, lambda _: None).read(HERE) == Answer()


def test_what_may_not_be_stored_is_not(server: TileServer, network: Network, cache: Cache, clock: Clock) -> None:
    server.give = lambda _: Reply(png(), headers={"Cache-Control": "no-store"})
    place = Place("a", server.source())
    assert network.fetch(place, HERE) == "new"
    assert cache.get("a", HERE, clock()) is None and cache.holds("a") == (0, 0)
    assert WebMap(place, network, lambda _: None).read(HERE) == Answer(png()) and len(server.asked) == 1


def test_a_tile_that_the_server_has_not_is_absent(server: TileServer, network: Network) -> None:
    server.give = lambda _: Reply(b"no", 404)
    place = Place("a", server.source())
    assert network.fetch(place, HERE) == "absent"
    assert WebMap(place, network, lambda _: None).read(HERE) == Answer(absent=True)


@pytest.mark.parametrize(
    ("reply", "rests", "said"),
    [
        (Reply(status=429, headers={"Retry-After": "120"}), 120, "asks to wait"),
        (Reply(status=503), 30, "asks to wait"),
        (Reply(status=403), 600, "refuses"),
        (Reply(status=302, headers={"Location": "http://127.0.0.1:1/"}), 600, "sends on"),
        (Reply(status=500), 30, "fault"),
        (Reply(b"<html>sign in</html>"), 600, "something else"),
        (Reply(b"\x89PNG\r\n\x1a\n" + b" " * LARGEST), 600, "something else"),
    ],
)
def test_a_server_that_says_no_is_left_alone(
    server: TileServer, network: Network, clock: Clock, reply: Reply, rests: float, said: str
) -> None:
    server.give = lambda _: reply
    place = Place("a", server.source())
    assert network.fetch(place, HERE) == "later" and said in network.trouble["a"]
    clock.time += rests - 1
    assert network.fetch(place, HERE) == "later" and len(server.asked) == 1
    clock.time += 2
    server.give = lambda _: Reply(png())
    assert network.fetch(place, HERE) == "new" and "a" not in network.trouble


def test_at_most_two_requests_at_once_and_the_newest_wish_first(server: TileServer, network: Network) -> None:
    busy, go, done = threading.Barrier(3), threading.Event(), threading.Semaphore(0)

    def slow(tile: Tile) -> Reply:
        if tile.zoom == 1:
            busy.wait(10)
            go.wait(10)
        return Reply(png())

    server.give = slow
    place = Place("a", server.source())
    for tile in (Tile(1, 0, 0), Tile(1, 0, 1)):
        network.wish(place, tile, lambda _: done.release())
    busy.wait(10)
    later = [Tile(5, n, 0) for n in range(10)]
    for tile in later:
        network.wish(place, tile, lambda _: done.release())
    go.set()
    for _ in range(12):
        assert done.acquire(timeout=10)
    assert server.most_at_once == 2
    assert {server.tiles[2], server.tiles[3]} == {Tile(5, 9, 0), Tile(5, 8, 0)}


def test_no_key_of_the_address_gets_into_words(
    server: TileServer, network: Network, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0, logger="leafdesk")
    secret = "0a1b2c3d4e5f-canary"
    place = Place("a", server.source(template=f"http://127.0.0.1:9/{{z}}/{{x}}/{{y}}.png?key={secret}"))
    network.fetch(place, HERE)
    assert secret not in f"{place!r} {network.trouble} {caplog.text}"


def test_nothing_is_asked_before_a_tile_is_read(server: TileServer, network: Network) -> None:
    map_ = WebMap(Place("a", server.source()), network, lambda _: None)
    assert map_.about.name == "Test" and not server.asked

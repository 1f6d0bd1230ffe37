"""A tile server on this machine: what it gives, with which headers, and what it was asked."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from leafdesk.tiles.source import Source
from leafdesk.tiles.tile import Tile
from tests.tiles.made import png


@dataclass
class Reply:
    """An answer of the server."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class TileServer:
    """`give` answers each tile; `asked` are the requests so far: the tile, and the headers by small names."""

    url: str
    give: Callable[[Tile], Reply]
    asked: list[tuple[Tile, dict[str, str]]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    @property
    def tiles(self) -> list[Tile]:
        """The tiles that were asked for, in order."""
        return [tile for tile, _ in self.asked]

    def source(self, **different: object) -> Source:
        """This server as a source."""
        said: dict[str, object] = {"name": "Test", "template": f"{self.url}/{{z}}/{{x}}/{{y}}.png"}
        said |= {"attribution": "© Test", "bulk": "allowed", "highest": 18}
        return Source(**{**said, **different})  # type: ignore[arg-type]


@contextmanager
def tile_server() -> Iterator[TileServer]:
    """A server that gives the same green picture for every tile until it is told otherwise."""
    picture, lock = png(), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            zoom, column, row = (int(part) for part in self.path.split(".")[0].split("/")[-3:])
            with lock:
                server.asked.append((Tile(zoom, column, row), {k.lower(): v for k, v in self.headers.items()}))
                server.at_once += 1
                server.most_at_once = max(server.most_at_once, server.at_once)
            reply = server.give(Tile(zoom, column, row))
            with lock:
                server.at_once -= 1
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *_: object) -> None: ...

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None: ...  # whoever asked has gone

    http = Quiet(("127.0.0.1", 0), Handler)
    server = TileServer(f"http://127.0.0.1:{http.server_port}", lambda _: Reply(picture))
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, name="tile-server")
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join(5)

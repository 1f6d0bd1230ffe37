"""One small public page over https, from a host that is not Leaf: nothing of the user goes there, all is limited."""

import asyncio
from urllib.parse import urlsplit

import httpx

from leafdesk.api.client import loopback
from leafdesk.api.connections import certificates


class NoPageError(Exception):
    """The page did not come; `asked` says whether the request may have reached its host."""

    def __init__(self, why: str, *, asked: bool) -> None:
        super().__init__(why)
        self.asked = asked


async def read_page(url: str, *, largest: int, longest: float) -> bytes:
    """The body of one GET, at most `largest` bytes within `longest` seconds in all. Raises NoPageError.

    No redirect is followed, no cookie kept, nothing unpacked; the request carries no version, no language and no name.
    """
    here = loopback(urlsplit(url).hostname or "")
    if not url.startswith("https://") and not here:
        raise NoPageError("only https will do", asked=False)
    try:
        async with asyncio.timeout(longest), httpx.AsyncClient(verify=certificates(), trust_env=not here) as http:
            for name in list(http.headers):
                del http.headers[name]  # httpx tells its own version and Python's
            asking = http.stream("GET", url, headers={"Accept": "application/json", "User-Agent": "Leafdesk"})
            async with asking as answer:
                if answer.status_code != 200:
                    raise NoPageError(f"status {answer.status_code}", asked=True)
                return await _body(answer, largest)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.InvalidURL) as error:
        raise NoPageError(type(error).__name__, asked=False) from error
    except (httpx.HTTPError, TimeoutError) as error:
        raise NoPageError(type(error).__name__, asked=True) from error


async def _body(answer: httpx.Response, largest: int) -> bytes:
    body = b""
    async for piece in answer.aiter_raw():
        body += piece
        if len(body) > largest:
            raise NoPageError("too large", asked=True)
    return body

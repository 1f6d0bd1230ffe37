"""The sandbox's passes: tokens in the shape of a JWT, with an end."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable

_DAY = 24 * 3600.0


class Tokens:
    """Tokens given out to one API owner. Everything here is random per start; nothing outlives the process."""

    def __init__(self, username: str, password: str, now: Callable[[], float] = time.time) -> None:
        self.username = username
        self._password = password
        self._now = now
        self._key = secrets.token_bytes(32)
        self._ends: dict[str, float] = {}

    def known(self, username: str, password: str) -> bool:
        """Whether these are the API owner's name and password."""
        right = hmac.compare_digest(password.encode(), self._password.encode())
        return username == self.username and right

    def issue(self, *, remember: bool) -> str:
        """A new token: good for 30 days when remembered, else for 24 hours (Leaf's authentication page)."""
        ends = self._now() + (30 * _DAY if remember else _DAY)
        claims = {"sub": self.username, "auth": "ROLE_USER", "exp": int(ends), "jti": secrets.token_hex(8)}
        signed = f"{_part({'alg': 'HS512'})}.{_part(claims)}"
        token = f"{signed}.{_text(hmac.digest(self._key, signed.encode(), hashlib.sha512))}"
        self._ends[token] = ends
        return token

    def accepts(self, authorization: str) -> bool:
        """Whether an Authorization header carries a token of ours that has not ended."""
        scheme, _, token = authorization.partition(" ")
        return scheme.lower() == "bearer" and self._ends.get(token.strip(), 0.0) > self._now()

    def expire(self) -> None:
        """End every token given out so far: from now on 401, until somebody signs in again."""
        self._ends.clear()


def _part(value: dict[str, object]) -> str:
    return _text(json.dumps(value, separators=(",", ":")).encode())


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

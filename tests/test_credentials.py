"""The token in a real keyring backend, without one, and nowhere else."""

import base64
import copy
import json
import logging
import pickle
from collections.abc import Iterator
from typing import Any

import keyring
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null
from keyring.errors import KeyringLocked, PasswordDeleteError

from leafdesk.credentials import (
    KEY_STORE_FAILED,
    NO_KEY_STORE,
    Credentials,
    Secret,
    TokenFilter,
    expires_at,
    key_store_name,
    subject,
    without_tokens,
)


def jwt(claims: Any) -> str:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none'})}.{part(claims)}.canary"


TOKEN = jwt({"sub": "ann@example.com", "exp": 1_900_000_000})
LONG = TOKEN + "x" * 2500


class Shelf(KeyringBackend):
    """A key store in memory that is as narrow as Windows' own and can be locked."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False
        self.writes_left = 10**6

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked("locked")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked or self.writes_left == 0:
            raise KeyringLocked("locked")
        if len(password.encode("utf-16-le")) > 2560:
            raise OSError(1783, "The stub received bad data")
        self.writes_left -= 1
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.kept:
            raise PasswordDeleteError("not found")
        del self.kept[service, username]


@pytest.fixture
def restored() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.fixture
def shelf(restored: None) -> Shelf:
    backend = Shelf()
    keyring.set_keyring(backend)
    return backend


@pytest.mark.parametrize("token", [TOKEN, LONG, "x" * 1000, "x" * 1001, "x" * 9999], ids=len)
def test_a_token_is_kept_for_the_next_session(shelf: Shelf, token: str) -> None:
    assert Credentials({}).keep("account-1", token) is None
    assert Credentials({}).token("account-1") == Secret(token)
    assert Credentials({}).token("account-2") is None
    assert {service for service, _ in shelf.kept} == {"leafdesk"}


def test_forgetting_leaves_nothing_behind(shelf: Shelf) -> None:
    credentials = Credentials({})
    credentials.keep("a", LONG * 3)
    credentials.keep("b", TOKEN)
    credentials.keep("a", TOKEN)  # a shorter one now, whose predecessor left chunks
    credentials.forget("a")
    assert set(shelf.kept) == {("leafdesk", "b")}
    assert credentials.token("a") is None
    credentials.forget("a")


def test_half_a_token_is_none(shelf: Shelf) -> None:
    Credentials({}).keep("a", LONG)
    shelf.kept["leafdesk", "a/1"] = "y" * 1000
    assert Credentials({}).token("a") is None


def test_a_locked_key_store_means_this_session_only(shelf: Shelf) -> None:
    shelf.locked = True
    credentials = Credentials({})
    assert credentials.keep("a", TOKEN) == KEY_STORE_FAILED
    assert credentials.token("a") == Secret(TOKEN)
    assert Credentials({}).token("a") is None
    credentials.forget("a")
    assert credentials.token("a") is None


def test_a_key_store_that_fails_half_way_keeps_no_half(shelf: Shelf) -> None:
    shelf.writes_left = 2
    assert Credentials({}).keep("a", LONG) == KEY_STORE_FAILED
    assert shelf.kept == {}


@pytest.mark.parametrize("backend", [fail.Keyring, null.Keyring])
def test_no_key_store_means_this_session_only(restored: None, backend: type[KeyringBackend]) -> None:
    keyring.set_keyring(backend())
    credentials = Credentials({})
    assert credentials.token("a") is None
    assert credentials.keep("a", TOKEN) == NO_KEY_STORE
    assert credentials.token("a") == Secret(TOKEN)
    assert Credentials({}).token("a") is None
    assert key_store_name() is None


def test_a_plain_text_file_is_no_key_store(restored: None, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = type("PlaintextKeyring", (Shelf,), {"__module__": "keyrings.alt.file"})()
    keyring.set_keyring(plain)
    assert Credentials({}).keep("a", TOKEN) == NO_KEY_STORE
    assert plain.kept == {}
    good = Shelf()
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [plain, good])
    keyring.set_keyring(chainer.ChainerBackend())
    assert Credentials({}).keep("a", TOKEN) is None
    assert (len(plain.kept), len(good.kept)) == (0, 1)
    assert str(key_store_name()).endswith(".Shelf")


def test_the_environments_token_is_used_and_never_stored(shelf: Shelf) -> None:
    credentials = Credentials({"LEAFDESK_TOKEN": f" {TOKEN}\n"})
    assert credentials.token("anybody") == Secret(TOKEN)
    assert credentials.keep("anybody", TOKEN) is None
    assert shelf.kept == {}


# ---------------------------------------------------------------------- the token does not show itself
def test_a_secret_shows_itself_nowhere() -> None:
    secret = Secret("canary")
    shown = f"{secret} {secret!r} {secret!s:>10} {[secret]} %s %r" % (secret, secret)
    assert "canary" not in shown + json.dumps(str(secret))
    assert secret.reveal() == "canary"
    assert (secret == Secret("canary"), secret == Secret("other"), secret == "canary") == (True, False, False)
    for attempt in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            attempt(secret)


@pytest.mark.logs("leafdesk.test")
def test_logs_lose_tokens(caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("leafdesk.test")
    with caplog.filtering(TokenFilter()):
        log.warning("sent %s to %s", f"Authorization: Bearer {TOKEN}", "the server")
        log.warning("headers %r", {"authorization": b"bearer canary"})
        log.warning("wrong %d", TOKEN)
        try:
            raise ValueError(f"token {TOKEN}")
        except ValueError:
            log.exception("it broke")
    assert "canary" not in caplog.text
    assert "to the server" in caplog.text
    assert "ValueError: token …" in caplog.text


def test_ordinary_text_stays() -> None:
    text = "The bearer token of eyJ is fine; https://api.withleaf.io/services/fields/api/fields?page=1"
    assert without_tokens(text.replace("bearer token", "bearing")) == text.replace("bearer token", "bearing")


# ---------------------------------------------------------------------- what a token says about itself
def test_claims() -> None:
    assert expires_at(TOKEN) == 1_900_000_000
    assert subject(Secret(TOKEN)) == "ann@example.com"


@pytest.mark.parametrize("exp", [None, "1900000000", True, [], 1e300, 10**30, float("nan"), float("inf")])
def test_an_end_that_is_no_time_is_none(exp: Any) -> None:
    assert expires_at(jwt({"exp": exp})) is None


@pytest.mark.parametrize(
    "token", ["", "opaque", "a.b", "a.b.c", "a.!!!.c", jwt([1]), jwt("x"), "a." + "W" * 99_999 + ".c"]
)
def test_tokens_that_say_nothing(token: str) -> None:
    assert (expires_at(token), subject(token)) == (None, None)


@given(
    st.text()
    | st.text().map(lambda text: f"a.{text}.c")
    | st.binary().map(lambda b: f"a.{base64.b64encode(b).decode()}.c")
)
def test_no_text_crashes_the_reading(token: str) -> None:
    assert expires_at(token) is None or isinstance(expires_at(token), float)
    assert subject(token) is None or subject(token)

"""Being told of a newer Leafdesk: only on wish, once a day, in silence when anything is wrong."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from leafdesk import newer
from leafdesk.newer import Source, State
from leafdesk.newer.notice import BEFORE, Release, UntrueError, later, read_notice, write_notice
from leafdesk.workspace import Workspace
from tests.newer.conftest import NEXT, Clock, Host, Signer

DAY = 24 * 3600
OK = b"HTTP/1.1 200 OK\r\n"


def look(desk: Workspace) -> State:
    return desk.newer.look().result(30)


def wish(desk: Workspace, wished: bool = True) -> State:
    return desk.newer.wish(wished).result(30)


# ---------------------------------------------------------------------- the way it should go
def test_nobody_is_asked_before_somebody_wishes_it(desk: Workspace, host: Host, signer: Signer) -> None:
    host.say(signer.notice())
    assert look(desk) == State(wished=False)
    assert host.seen == []


def test_a_newer_version_is_told_with_day_page_and_sentence(desk: Workspace, host: Host, signer: Signer) -> None:
    wish(desk)
    host.say(signer.notice())
    assert look(desk) == State(True, 1_800_000_000.0, NEXT, told=False)
    assert desk.newer.told().result(30).told is True


def test_the_request_says_nothing_about_anybody(desk: Workspace, host: Host, signer: Signer) -> None:
    wish(desk)
    host.say(signer.notice(), OK + b"Set-Cookie: you=1234; Path=/\r\nETag: 1234\r\n")
    look(desk)
    desk._terms.clock.now += DAY  # type: ignore[attr-defined]
    host.say(signer.notice())
    look(desk)
    where = host.url.split("/")[2].encode()
    wanted = [b"GET /newest.json HTTP/1.1", b"Accept: application/json", b"Host: " + where, b"User-Agent: Leafdesk"]
    assert [sorted(asked.strip().split(b"\r\n")) for asked in host.seen] == [sorted(wanted)] * 2


def test_it_asks_once_a_day_also_over_restarts(
    desk: Workspace, host: Host, signer: Signer, clock: Clock, tmp_path: Path
) -> None:
    wish(desk)
    for _ in range(3):
        host.say(signer.notice())
        assert look(desk).release == NEXT
    clock.now += DAY - 1
    desk.close()
    again = Workspace(tmp_path / "desk", newest=desk.newer.source, clock=clock)
    try:
        assert look(again).release == NEXT
        assert len(host.seen) == 1
        clock.now += 1
        host.say(signer.notice(Release("99.2", "2026-12-02", NEXT.page, "")))
        found = look(again)
        assert found.release is not None and found.release.version == "99.2"
        assert len(host.seen) == 2
    finally:
        again.close()


def test_a_clock_set_back_does_not_silence_it(desk: Workspace, host: Host, signer: Signer, clock: Clock) -> None:
    wish(desk)
    host.say(signer.notice())
    look(desk)
    clock.now -= 400 * DAY
    host.say(signer.notice())
    look(desk)
    assert len(host.seen) == 2


def test_no_longer_wished_it_is_silent_at_once(desk: Workspace, host: Host, signer: Signer, clock: Clock) -> None:
    wish(desk)
    host.say(signer.notice())
    look(desk)
    assert wish(desk, False).release is None
    clock.now += 2 * DAY
    assert look(desk).release is None
    assert len(host.seen) == 1


@pytest.mark.parametrize("version", ["0.0.9", "0.1", "0.1.0"])
def test_this_version_and_older_ones_are_no_news(
    desk: Workspace, host: Host, signer: Signer, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    monkeypatch.setattr(newer, "__version__", "0.1.0")
    wish(desk)
    host.say(signer.notice(Release(version, "2026-12-01", NEXT.page, "")))
    assert look(desk).release is None


def test_versions_are_numbers() -> None:
    assert later("0.10.0", "0.9.9")
    assert later("1.0.1", "1.0")
    assert not later("1.0.0", "1.0")
    assert not later("0.9", "0.10")


# ---------------------------------------------------------------------- offline
def test_offline_it_is_silent_and_asks_when_there_is_a_line_again(
    desk: Workspace, host: Host, signer: Signer, clock: Clock
) -> None:
    wish(desk)
    there, desk.newer.source = desk.newer.source, Source("http://127.0.0.1:9/newest.json", (signer.public,))
    assert look(desk) == State(wished=True)
    desk.newer.source = there
    host.say(signer.notice())
    assert look(desk).release == NEXT


def test_closing_the_workspace_does_not_wait_for_a_slow_host(desk: Workspace, host: Host) -> None:
    wish(desk)
    host.pieces, host.pause = iter([OK, b"X-Slow: "] + [b"a"] * 1000), 0.05
    desk.newer.look()
    assert host.asked.wait(30)
    began = time.monotonic()
    desk.close()
    assert time.monotonic() - began < newer.LONGEST / 2


# ---------------------------------------------------------------------- hostile
def plain(body: bytes, head: bytes = OK) -> Iterator[bytes]:
    return iter([head + b"Content-Length: %d\r\n\r\n" % len(body) + body])


def endless(signer: Signer) -> Iterator[bytes]:
    yield OK + b"Content-Type: application/json\r\n\r\n"
    while True:
        yield b"[" * 65536


def unpacking(signer: Signer) -> Iterator[bytes]:
    import gzip

    packed = gzip.compress(b" " * 50_000_000 + signer.notice(), mtime=0)
    return plain(packed, OK + b"Content-Encoding: gzip\r\n")


def dripping_head(signer: Signer) -> Iterator[bytes]:
    yield OK + b"X-Slow: "
    while True:
        yield b"a"


def dripping_body(signer: Signer) -> Iterator[bytes]:
    yield OK + b"\r\n"
    for byte in signer.notice():
        yield bytes([byte])


ELSEWHERE = b"Location: http://127.0.0.1:1/\r\n"
SIGNED = '{"version": "99.0", "day": "2026-12-01", "page": "https://leafdesk.example.com/", "says": "x"}'
HOSTILE: dict[str, Callable[[Signer], Iterator[bytes]]] = {
    "nothing": lambda s: iter(()),
    "endless": endless,
    "unpacking to 50 MB": unpacking,
    "a head that drips": dripping_head,
    "a body that drips": dripping_body,
    "a head of 200 kB": lambda s: iter([OK + b"X: " + b"a" * 200_000]),
    "half a body": lambda s: iter([OK + b"Content-Length: 9999\r\n\r\n" + s.notice()]),
    "no HTTP": lambda s: iter([b"SSH-2.0-OpenSSH_9.2\r\n"]),
    **{f"{status}": lambda s, status=status: plain(  # type: ignore[misc]
        s.notice(), b"HTTP/1.1 %d X\r\n" % status + ELSEWHERE) for status in (204, 301, 302, 307, 404, 429, 500, 511)},
    "HTML": lambda s: plain(b"<html><title>Sign in to the hotel</title></html>", OK + b"Content-Type: text/html\r\n"),
    "not UTF-8": lambda s: plain(b"\xff\xfe" + s.notice()),
    "deep JSON": lambda s: plain(b"[" * 16_000),
    "a long number": lambda s: plain(b"9" * 16_000),
    "another shape": lambda s: plain(b'{"notice": 1, "signature": []}'),
    "a lone surrogate": lambda s: plain(b'{"notice": "\\ud800", "signature": ""}'),
    "no signature": lambda s: plain(json.dumps({"notice": SIGNED, "signature": ""}).encode()),
    "somebody else's signature": lambda s: plain(Signer().notice()),
    "changed after signing": lambda s: plain(s.notice().replace(b"99.1.0", b"99.9.0")),
    "signed for another purpose": lambda s: plain(s.raw(SIGNED, before=b"")),
    "signed, no JSON": lambda s: plain(s.raw("<html>")),
    "signed, a page of http": lambda s: plain(s.raw(SIGNED.replace("https", "http"))),
    "signed, a page of javascript": lambda s: plain(s.raw(SIGNED.replace("https:", "javascript:"))),
    "signed, a page of spaces": lambda s: plain(s.raw(SIGNED.replace(".com/", ".com/ evil"))),
    "signed, no version": lambda s: plain(s.raw(SIGNED.replace('"99.0"', '"latest"'))),
    "signed, a version of letters": lambda s: plain(s.raw(SIGNED.replace('"99.0"', '"99.1\\u0661"'))),
    "signed, says lines": lambda s: plain(s.raw(SIGNED.replace('"x"', '"x\\ny"'))),
    "signed, turns the text around": lambda s: plain(s.raw(SIGNED.replace('"x"', '"\\u202ex"'))),
    "signed, says a book": lambda s: plain(s.raw(SIGNED.replace('"x"', f'"{"x" * 301}"'))),
    "signed, says a number": lambda s: plain(s.raw(SIGNED.replace('"x"', "1"))),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_answers_are_no_news_and_no_trouble(
    desk: Workspace, host: Host, signer: Signer, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    slow = "drips" in what
    if slow:
        monkeypatch.setattr(newer, "LONGEST", 0.6)
    wish(desk)
    host.pieces, host.pause = HOSTILE[what](signer), 0.02 if slow else 0.0
    assert look(desk) == State(wished=True, asked=1_800_000_000.0)
    assert len(host.seen) == 1 or (slow and not host.seen)  # a busy machine may not get as far within that time
    seen = len(host.seen)
    host.say(signer.notice())
    assert look(desk).release is None  # not asked again today, whatever it was
    assert len(host.seen) == seen


def test_what_is_hostile_is_so_for_its_fault_alone(signer: Signer) -> None:
    """SIGNED itself passes: each case above is refused for what it changes."""
    assert read_notice(signer.raw(SIGNED + " ").decode(), (signer.public,)).version == "99.0"


def test_an_older_true_notice_does_not_hide_a_newer_one(
    desk: Workspace, host: Host, signer: Signer, clock: Clock
) -> None:
    wish(desk)
    host.say(signer.notice())
    look(desk)
    clock.now += DAY
    host.say(signer.notice(Release("98.0", "2026-11-01", NEXT.page, "")))
    assert look(desk).release == NEXT


def test_a_file_that_somebody_wrote_is_believed_no_more_than_a_host(desk: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "desk" / "newer.json"
    for text in (
        json.dumps({"wished": True, "asked": 1_800_000_000, "notice": Signer().notice().decode(), "told": ""}),
        '{"wished": 1}', "[]", "[" * 100_000, "", '{"wished": true, "asked": 1e999, "notice": 5, "told": null}',
    ):  # fmt: skip
        file.write_text(text)
        assert look(desk).release is None
    file.unlink()
    file.mkdir()
    assert wish(desk).wished is True
    assert look(desk).wished is False  # it could not be kept, and nothing broke


def test_only_notices_that_can_be_read_are_written(signer: Signer) -> None:
    assert write_notice(NEXT).startswith(BEFORE)
    for wrong in (
        Release("1", "2026-12-01", NEXT.page, ""), Release("1.0", "soon", NEXT.page, ""),
        Release("1.0", "2026-12-01", "http://x", ""), Release("1.0", "2026-12-01", NEXT.page, "a\nb"),
    ):  # fmt: skip
        with pytest.raises(ValueError):
            write_notice(wrong)
    with pytest.raises(UntrueError):
        read_notice(signer.notice().decode(), ())

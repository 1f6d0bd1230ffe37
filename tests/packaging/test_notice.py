"""The release notice is signed by a key that the program believes, or not at all."""

import stat
from pathlib import Path

import pytest
from notice import make_key, sign
from places import ROOT

from leafdesk.newer.notice import Release, read_notice

NEXT = Release("1.2.3", "2026-12-01", "https://leafdesk.example.com/1.2.3", "Faster.")


def test_what_is_signed_is_believed(tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    public = make_key(key, "a passphrase")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert b"ENCRYPTED" in key.read_bytes()
    assert read_notice(sign(NEXT, key, "a passphrase", (public,)), (public,)) == NEXT


def test_another_key_a_wrong_passphrase_and_wrong_places_are_refused(tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    public = make_key(key, "a passphrase")
    with pytest.raises(SystemExit, match="no Leafdesk would believe it"):
        sign(NEXT, key, "a passphrase", ("yYlq3Yy1TWuvAbN+p7uFs9ANM2tQlv2UZVyuaCD8gBM=",))
    with pytest.raises(ValueError):
        sign(NEXT, key, "another", (public,))
    with pytest.raises(FileExistsError):
        make_key(key, "a passphrase")
    with pytest.raises(SystemExit, match="must not lie in the repository"):
        make_key(ROOT / "packaging" / "key.pem", "a passphrase")
    with pytest.raises(SystemExit, match="needs a passphrase"):
        make_key(tmp_path / "other.pem", "")

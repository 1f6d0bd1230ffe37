"""A sign-in under a passphrase: what opens it, what does not, and what lies on the disk."""

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from leafdesk import sealed
from leafdesk.sealed import UnreadableSealError, WrongPassphraseError, seal, unseal

PASSPHRASE = "corn beets barley"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sign-in"
    seal(path, PASSPHRASE, "canary-token", "account-1")
    return path


def test_the_passphrase_opens_it_however_it_is_spelled(tmp_path: Path) -> None:
    path = tmp_path / "sign-in"
    seal(path, "größer als acht", "canary-token", "account-1")
    assert unseal(path, "gro\u0308ßer als acht", "account-1") == "canary-token"


def test_the_disk_sees_neither_token_nor_passphrase_and_nobody_else_reads_it(file: Path) -> None:
    text = file.read_text()
    assert "canary" not in text and "corn" not in text
    assert set(json.loads(text)) == {"form", "salt", "nonce", "sealed"}
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["sign-in"]


def test_another_passphrase_account_or_byte_does_not_open_it(file: Path) -> None:
    with pytest.raises(WrongPassphraseError):
        unseal(file, PASSPHRASE + " ", "account-1")
    with pytest.raises(WrongPassphraseError):
        unseal(file, PASSPHRASE, "account-2")
    found = json.loads(file.read_text())
    found["sealed"] = ("A" if found["sealed"][0] != "A" else "B") + found["sealed"][1:]
    file.write_text(json.dumps(found))
    with pytest.raises(WrongPassphraseError):
        unseal(file, PASSPHRASE, "account-1")


def test_two_seals_of_the_same_have_nothing_in_common(file: Path) -> None:
    first = json.loads(file.read_text())
    seal(file, PASSPHRASE, "canary-token", "account-1")
    second = json.loads(file.read_text())
    assert all(first[name] != second[name] for name in ("salt", "nonce", "sealed"))


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", "null", "[" * 100_000, "\0" * 100, '{"form": "leafdesk sealed 1"}', "x" * 400_000),
        json.dumps({"form": "leafdesk sealed 2", "salt": "A" * 22 + "==", "nonce": "A" * 16, "sealed": "A" * 64}),
        '{"form": "leafdesk sealed 1", "salt": 1, "nonce": [], "sealed": "AAAA"}',
    ],
    ids=lambda text: text[:20],
)
def test_what_somebody_else_wrote_costs_nothing(tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "_key", None)  # no work is done for it
    file = tmp_path / "sign-in"
    file.write_text(text)
    with pytest.raises(UnreadableSealError):
        unseal(file, PASSPHRASE, "account-1")


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "sign-in.new").symlink_to(tmp_path / "elsewhere")
    seal(tmp_path / "sign-in", PASSPHRASE, "canary-token", "account-1")
    assert not (tmp_path / "elsewhere").exists()
    assert not (tmp_path / "sign-in").is_symlink()


def test_each_guess_costs_what_the_design_asks_for() -> None:
    assert (sealed._N, sealed._R, sealed._P) == (2**17, 8, 1)

"""Makes the key that release notices are signed with, and signs one.

    uv run python packaging/notice.py key FILE               # once; prints the public half for leafdesk/newer/notice.py
    uv run python packaging/notice.py sign FILE --page URL --says "One sentence." > newest.json

FILE holds the private half under a passphrase and never lies in the repository.
"""

import argparse
import base64
import getpass
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from places import ROOT, tell, version

from leafdesk.newer.notice import BEFORE, KEYS, Release, read_notice, write_notice


def main() -> int:
    """Do what was asked; the answer is the exit code."""
    wishes = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ways = wishes.add_subparsers(dest="way", required=True)
    ways.add_parser("key").add_argument("file", type=Path)
    signing = ways.add_parser("sign")
    signing.add_argument("file", type=Path)
    signing.add_argument("--page", required=True, help="the https address where people read about it and get it")
    signing.add_argument("--says", default="", help="one sentence, shown to the user as plain text")
    asked = wishes.parse_args()
    passphrase = getpass.getpass(f"Passphrase of {asked.file}: ")
    if asked.way == "key":
        if getpass.getpass("The same again: ") != passphrase:
            raise SystemExit("The two differ; nothing was written.")
        tell(f'KEYS = ("{make_key(asked.file, passphrase)}",)')
        return 0
    release = Release(version(), datetime.now(UTC).strftime("%Y-%m-%d"), asked.page, asked.says)
    sys.stdout.write(sign(release, asked.file, passphrase, KEYS))
    return 0


def make_key(file: Path, passphrase: str) -> str:
    """Write a new private key, readable for its owner only; answers the public half. SystemExit inside the checkout."""
    if file.resolve().is_relative_to(ROOT):
        raise SystemExit("The private key must not lie in the repository.")
    if not passphrase:
        raise SystemExit("The private key needs a passphrase.")
    key = Ed25519PrivateKey.generate()
    text = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode()),
    )
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(text)
    return _public(key)


def sign(release: Release, file: Path, passphrase: str, keys: tuple[str, ...]) -> str:
    """The signed notice. SystemExit when the program of this checkout would not believe it."""
    key = serialization.load_pem_private_key(file.read_bytes(), passphrase.encode())
    if not isinstance(key, Ed25519PrivateKey) or _public(key) not in keys:
        raise SystemExit(f"{file.name} is not the key in leafdesk/newer/notice.py: no Leafdesk would believe it.")
    to_sign = write_notice(release)
    signature = base64.b64encode(key.sign(to_sign)).decode()
    text = json.dumps({"notice": to_sign.removeprefix(BEFORE).decode(), "signature": signature}) + "\n"
    assert read_notice(text, keys) == release
    return text


def _public(key: Ed25519PrivateKey) -> str:
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


if __name__ == "__main__":
    sys.exit(main())

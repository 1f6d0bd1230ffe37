"""Proves that the installed package keeps a sign-in in a real key store, and says so plainly when there is none."""

import json

from clean_root import Answer, CleanRoot, Leaf, must

_IN_A_SESSION = """
set -eu
export XDG_RUNTIME_DIR="$HOME/runtime" LEAFDESK_API_URL="$1"
mkdir -p -m 700 "$XDG_RUNTIME_DIR"
printf 'a passphrase' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
echo "$3" | leafdesk login --username "$2" >/dev/null
leafdesk doctor --json | grep -q 'SecretService'
leafdesk sync --json
secret-tool search --all service leafdesk >found 2>&1 || true
grep -q 'attribute.username' found
leafdesk logout >/dev/null
secret-tool search --all service leafdesk >left 2>&1 || true
! grep -q 'attribute.username' left
"""


_PASSPHRASE = "corn beets barley"


def under_a_passphrase(root: CleanRoot, leaf: Leaf) -> None:
    """Without a key store, at a terminal: a passphrase keeps the sign-in, asks for itself, and lets nobody else in."""
    login = ("leafdesk", "login", "--api-url", leaf.url, "--username", leaf.username)
    typed = (("Password", leaf.password), ("Enter for none", _PASSPHRASE), ("same again", _PASSPHRASE))
    kept = root.farmer_types(typed, *login)
    must(kept.code == 0, "a passphrase keeps the sign-in", kept)
    synced = root.farmer("leafdesk", "sync")
    must(
        synced.code == 4 and "in a terminal" in synced.err, "without a terminal it stays shut, and that is said", synced
    )
    opened = root.farmer_types((("Passphrase", "corn beets wheat"), ("Passphrase", _PASSPHRASE)), "leafdesk", "sync")
    must(opened.code == 0 and "not the passphrase" in opened.out, "only its passphrase opens the sign-in", opened)
    file = next((root.folder / "home/farmer/.local/share/leafdesk/accounts").glob("*/sign-in"))
    must(file.stat().st_mode & 0o777 == 0o600, "only the user may read the file", oct(file.stat().st_mode))
    must(root.farmer("leafdesk", "logout").code == 0 and not file.exists(), "signing out removes the file")


def in_a_real_key_store(root: CleanRoot) -> str:
    """Sign in, sync from a second process, sign out: with gnome-keyring, and without any key store."""
    with root.sandbox("--fields", "8") as leaf:
        without = sign_in(root, leaf.url, leaf.username, leaf.password)
        must(without.code == 4 and "offers no key store" in without.err, "no key store is said plainly", without)
        synced = root.farmer("env", f"LEAFDESK_API_URL={leaf.url}", "leafdesk", "sync")
        must(synced.code == 4, "without a key store the next command is signed out", synced)
        under_a_passphrase(root, leaf)
        root.install("dbus", "gnome-keyring", "libsecret-tools")
        session = ("dbus-run-session", "--", "sh", "-c", _IN_A_SESSION, "session")
        told = root.farmer(*session, leaf.url, leaf.username, leaf.password)
        must(told.code == 0 and json.loads(told.out)["pulled"], "the token outlives the command that signed in", told)
    found = (root.folder / "home/farmer/found").read_bytes()
    must(b"eyJ" in found, "the key store's own tool shows a token", found[:500])
    plain = [
        path.name
        for path in (root.folder / "home/farmer").rglob("*")
        if path.is_file() and path.name != "found" and b"eyJ" in path.read_bytes()
    ]
    must(not plain, "no file holds a token in plain text", plain)
    return "the token went into gnome-keyring and out, or under a passphrase, and into no file as it is"


def sign_in(root: CleanRoot, url: str, username: str, password: str, *options: str) -> Answer:
    """Sign in as the user, with the password on stdin; `options` go before the command."""
    return root.farmer("leafdesk", *options, "login", "--api-url", url, "--username", username, stdin=f"{password}\n")

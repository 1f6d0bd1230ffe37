"""Proves that a newer version takes over an older one's folder, with every edit that still waits."""

import json
import re
import shutil
import socket
import sqlite3
import sys
import urllib.request
from pathlib import Path
from typing import Any

from clean_root import Answer, CleanRoot, Leaf, must
from key_store import sign_in
from places import BUILD, ROOT, run, version

_NEXT_STEP = '''
def of_the_next_version(connection: sqlite3.Connection) -> None:
    """A shape that only the next version knows; it touches the queue, as real steps will."""
    connection.execute("CREATE TABLE of_the_next_version (seq INTEGER PRIMARY KEY, sentence TEXT NOT NULL) STRICT")
    connection.execute("INSERT INTO of_the_next_version SELECT seq, sentence FROM outbox")


'''
_STEPS = re.compile(r"^(STEPS: tuple\[Step, \.\.\.\] = \()(.*?),?\)$", re.M)
_FOLDER = "/home/farmer/farm"
_CORNER = {"type": "Polygon", "coordinates": [[[0.0, 50.0], [0.01, 50.0], [0.01, 50.01], [0.0, 50.01], [0.0, 50.0]]]}


def make_next() -> Path:
    """The package of a next version with one more migration, built from a copy of the sources; for this proof only."""
    copy = BUILD / "next"
    shutil.rmtree(copy, ignore_errors=True)
    for name in run("git", "ls-files", "--cached", "--others", "--exclude-standard").splitlines():
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    _change(copy / "leafdesk/__init__.py", version(), next_version())
    steps = copy / "leafdesk/store/migrations.py"
    text = _STEPS.sub(lambda found: f"{_NEXT_STEP}{found[1]}{found[2]}, of_the_next_version)", steps.read_text("utf-8"))
    must("of_the_next_version)" in text, "the copy has one more migration", "no STEPS in migrations.py")
    steps.write_text(text, "utf-8")
    alone = {"PYTHONPATH": str(copy)}  # or this checkout's sources would answer for the copy's
    run(sys.executable, copy / "packaging/build.py", "--only", "deb", cwd=copy, more=alone)
    return next((copy / "dist").glob("leafdesk_*.deb"))


def next_version() -> str:
    """The version after this one."""
    *head, last = version().split(".")
    return ".".join((*head, str(int(last) + 1)))


def takes_over(root: CleanRoot, now: Path, later: Path) -> str:
    """Queue edits with the installed version, install the next over it, and see them all arrive at Leaf."""
    options = ("--fields", "12", "--state", "/home/farmer/leaf.json", "--port", str(_free_port()))
    with root.sandbox(*options) as leaf:
        sign_in(root, leaf.url, leaf.username, leaf.password, "--data", _FOLDER)
        farm = _Farm(root, leaf)
        farm("sync")
        _queue_edits(farm)
        queued, seen = farm("queue", "list"), farm("fields", "list")
        must(len(queued) == 3, "three edits wait", queued)
    shape = _shape(root)
    root.install(later)
    told = root.farmer("leafdesk", "--version")
    must(told.out.split()[1] == next_version(), "the next version is installed", told)
    must(farm("queue", "list") == queued, "the next version finds the same edits waiting")
    must(farm("fields", "list") == seen, "the next version shows the same fields")
    must(_shape(root) == shape + 1, "the next version's migration was applied", _shape(root))
    _the_old_one_keeps_its_hands_off(root, farm, now, later)
    with root.sandbox(*options) as leaf:
        farm = _Farm(root, leaf)
        farm("sync")
        must(farm("queue", "list") == [], "every edit arrived")
        names = {field["name"] for field in farm("fields", "list")}
        must({"Drawn before", "Named before"} <= names, "what was drawn and named before is at Leaf", names)
        again = farm("sync")["pushed"]
        must(not any(again.values()), "nothing is sent twice", again)
    return f"{len(queued)} edits made with {version()} and sent with {next_version()} after a migration"


def _queue_edits(farm: "_Farm") -> None:
    first, second, *_ = farm("fields", "list")
    (farm.root.folder / "home/farmer/corner.geojson").write_text(json.dumps(_CORNER))
    drawn = ("--leaf-user", first["leafUserId"], "--name", "Drawn before", "--boundary", "/home/farmer/corner.geojson")
    farm("fields", "create", *drawn)
    farm("fields", "edit", first["id"], "--name", "Named before")
    farm("fields", "edit", second["id"], "--boundary", "/home/farmer/corner.geojson")


def _the_old_one_keeps_its_hands_off(root: CleanRoot, farm: "_Farm", now: Path, later: Path) -> None:
    """Going back to the older package: it says that the folder is newer, and changes nothing."""
    database = _database(root)
    root.root("dpkg", "--install", f"/tmp/{now.name}")
    before = database.read_bytes()
    answer = farm.answer("queue", "list")
    must(answer.code == 2 and "newer" in answer.err, "the older version says that the folder is newer", answer)
    must(database.read_bytes() == before, "the older version leaves the newer folder alone")
    root.install(later)


class _Farm:
    """`leafdesk` commands at one folder, signed in with a token of the sandbox."""

    def __init__(self, root: CleanRoot, leaf: Leaf) -> None:
        self.root = root
        asked = urllib.request.Request(
            f"{leaf.url}/api/authenticate",
            json.dumps({"username": leaf.username, "password": leaf.password}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(asked, timeout=30) as told:
            token = json.load(told)["id_token"]
        self._known = (f"LEAFDESK_TOKEN={token}", f"LEAFDESK_DATA={_FOLDER}")

    def __call__(self, *words: str) -> Any:
        """The command's JSON; NotProvenError unless it ends well."""
        answer = self.answer(*words, "--json")
        must(answer.code == 0, f"leafdesk {' '.join(words[:2])} ends well", (answer.code, answer.err[-1000:]))
        return json.loads(answer.out)

    def answer(self, *words: str) -> Answer:
        """How the command ended."""
        return self.root.farmer("env", *self._known, "leafdesk", *words)


def _database(root: CleanRoot) -> Path:
    return next((root.folder / _FOLDER.lstrip("/")).glob("accounts/*/leafdesk.db"))


def _shape(root: CleanRoot) -> int:
    """The number of migrations that the folder's database has had."""
    connection = sqlite3.connect(f"file:{_database(root)}?mode=ro", uri=True)
    try:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _change(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    must(before in text, f"{path.name} says {before!r}", text[:200])
    path.write_text(text.replace(before, after), "utf-8")

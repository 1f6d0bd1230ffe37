"""A bare Debian in a folder, where a package meets nothing that its builder happens to have."""

import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from places import BUILD, run

SUITE = "bookworm"
DESKTOP = ("desktop-file-utils", "shared-mime-info", "hicolor-icon-theme", "man-db")
"""The keepers of menus, file types, icons and manual pages that every desktop has and a bare Debian has not."""
_PASSING = ("proc", "dev", "sys", "tmp", "run", "var/log", "var/cache", "var/lib/apt", "var/lib/dpkg", "home", "root")
"""Folders whose content changes with every package, whatever it is."""


class NotProvenError(Exception):
    """A package does not do what it must; the message says what."""


def must(held: object, expected: str, found: object = "") -> None:
    """Raise NotProvenError unless `held`."""
    if not held:
        raise NotProvenError(f"{expected}; found: {found}")


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command in the root ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A sandbox that listens, and who may sign in there."""

    url: str
    username: str
    password: str


@dataclass(frozen=True, slots=True)
class CleanRoot:
    """A bare system at `folder`, with a user called farmer."""

    folder: Path

    def root(self, *command: str) -> str:
        """Run a command as root; SystemExit when it fails."""
        return run("chroot", self.folder, "/usr/bin/env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8", *command)

    def farmer(self, *command: str, stdin: str = "") -> Answer:
        """Run a command as the user, in a fresh environment."""
        done = subprocess.run(
            [*self._as_farmer, *command],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=600,
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    def farmer_types(self, answers: Sequence[tuple[str, str]], *command: str) -> Answer:
        """Run a command as the user at a terminal; (question, answer) in order. What it shows is the answer's out."""
        ours, theirs = os.openpty()
        shown, asked, until = "", 0, time.monotonic() + 120
        with subprocess.Popen([*self._as_farmer, *command], stdin=theirs, stdout=theirs, stderr=theirs) as running:
            for question, answer in answers:
                while question not in shown[asked:]:
                    must(running.poll() is None and time.monotonic() < until, f"it asks {question!r}", shown)
                    shown += _shown(ours)
                asked = len(shown)
                os.write(ours, f"{answer}\n".encode())
            while running.poll() is None:
                must(time.monotonic() < until, "the command ends", shown)
                shown += _shown(ours)
        shown += _shown(ours)
        os.close(ours)
        os.close(theirs)
        return Answer(running.returncode, shown, "")

    @property
    def _as_farmer(self) -> tuple[str, ...]:
        known = ("HOME=/home/farmer", "USER=farmer", "LANG=C.UTF-8", "PATH=/usr/bin:/bin", "LEAFDESK_SETTLE_SECONDS=1")
        return ("chroot", "--userspec=farmer:farmer", str(self.folder), "env", "-i", "-C", "/home/farmer", *known)

    @contextmanager
    def sandbox(self, *options: str) -> Iterator[Leaf]:
        """The installed package's own Leaf server, listening while the block runs."""
        command = [*self._as_farmer, "leafdesk", "sandbox", *options]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
            try:
                assert running.stdout is not None
                yield Leaf(**json.loads(running.stdout.readline()))
            finally:
                running.terminate()

    def install(self, *packages: Path | str) -> None:
        """Install package files or names with what they depend on, without anything they recommend."""
        for package in packages:
            if isinstance(package, Path):
                shutil.copy(package, self.folder / "tmp" / package.name)
        names = [f"/tmp/{package.name}" if isinstance(package, Path) else package for package in packages]
        self.root("apt-get", "install", "-q", "-y", "--no-install-recommends", *names)

    def purge(self, name: str) -> None:
        """Remove a package and its configuration."""
        self.root("apt-get", "purge", "-q", "-y", name)

    def files(self) -> dict[str, str]:
        """Every file that a package could have left, with what tells one content from another."""
        found = {}
        for folder, folders, names in os.walk(self.folder):
            here = Path(folder).relative_to(self.folder)
            folders[:] = [name for name in folders if str(here / name) not in _PASSING]
            for name in (*names, *folders):
                about = (Path(folder) / name).lstat()
                size = about.st_size if name in names else 0
                found[str(here / name)] = f"{about.st_mode:o} {size}"
        notes = self.folder / "var/lib/dpkg/info"
        return found | {f"var/lib/dpkg/info/{path.name}": "" for path in notes.iterdir()}


def _shown(terminal: int) -> str:
    """What came within a tenth of a second."""
    return os.read(terminal, 65536).decode(errors="replace") if select.select([terminal], [], [], 0.1)[0] else ""


@contextmanager
def clean_root() -> Iterator[CleanRoot]:
    """A fresh copy of the bare system, thrown away at the end; its base and its downloads are kept in the build."""
    if os.geteuid() != 0:
        raise SystemExit("The check installs packages in a root of its own; run it as root.")
    work, place = BUILD / "clean" / "work", BUILD / "clean" / "root"
    shutil.rmtree(work, ignore_errors=True)
    for folder in (work / "upper", work / "work", place, BUILD / "clean" / "downloads" / "partial"):
        folder.mkdir(parents=True, exist_ok=True)
    layers = f"lowerdir={_base()},upperdir={work / 'upper'},workdir={work / 'work'}"
    mounted: list[Path] = []
    try:
        run("mount", "-t", "overlay", "overlay", "-o", layers, place)
        mounted.append(place)
        run("mount", "-t", "proc", "proc", place / "proc")
        mounted.append(place / "proc")
        run("mount", "--bind", BUILD / "clean" / "downloads", place / "var/cache/apt/archives")
        mounted.append(place / "var/cache/apt/archives")
        shutil.copy("/etc/resolv.conf", place / "etc/resolv.conf")
        root = CleanRoot(place)
        root.root("useradd", "--create-home", "farmer")
        yield root
    finally:
        for folder in reversed(mounted):
            run("umount", "--lazy", folder)
        shutil.rmtree(work, ignore_errors=True)


def _base() -> Path:
    """The bare system itself, made once."""
    base = BUILD / "clean" / "base"
    if not (base / "made").exists():
        shutil.rmtree(base, ignore_errors=True)
        run("debootstrap", "--variant=minbase", SUITE, base)
        (base / "made").touch()
    return base

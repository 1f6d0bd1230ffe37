"""Where the build reads and writes, and what it calls what it makes."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
MADE = BUILD / "made"
"""Pictures and the list of licences, which the bundle takes in beside `resources`."""
BUNDLE = BUILD / "bundle" / "leafdesk"
DIST = ROOT / "dist"
LINUX = ROOT / "packaging" / "linux"

APP_ID = "com.example.leafdesk"
"""The name that desktops know the program by."""


def version() -> str:
    """Leafdesk's version, from the one place where it stands."""
    found = re.search(r'^__version__ = "(.+)"$', (ROOT / "leafdesk" / "__init__.py").read_text("utf-8"), re.M)
    if found is None:
        raise ValueError("leafdesk/__init__.py names no __version__")
    return found[1]


def epoch() -> int:
    """The time that everything built carries, in seconds since 1970: SOURCE_DATE_EPOCH, else the last commit's."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return int(given)
    asked = subprocess.run(["git", "-C", str(ROOT), "log", "-1", "--format=%ct"], capture_output=True, text=True)
    return int(asked.stdout) if asked.returncode == 0 else 1_700_000_000  # an unpacked sdist has no history


def run(*command: str | Path, cwd: Path = ROOT, more: Mapping[str, str] | None = None) -> str:
    """Run a command and answer its stdout. Raises SystemExit with all it said when it fails."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**os.environ, **(more or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if done.returncode != 0:
        raise SystemExit(f"{done.stdout[-6000:]}\nFAILED ({done.returncode}): {' '.join(map(str, command))[:500]}")
    return done.stdout


def tell(line: str) -> None:
    """Tell how far the build is."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def megabytes(paths: Sequence[Path]) -> float:
    """What these files and folders weigh, in MB of 10^6 bytes; a file with several names counts once."""
    seen: dict[tuple[int, int], int] = {}
    for path in paths:
        for file in path.rglob("*") if path.is_dir() else [path]:
            if file.is_file() and not file.is_symlink():
                about = file.stat()
                seen[about.st_dev, about.st_ino] = about.st_size
    return sum(seen.values()) / 1e6

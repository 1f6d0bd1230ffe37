"""Proves what was built: from the packages themselves, in places that know nothing of this checkout."""

import hashlib
import json
import re
import shutil
import time
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

from clean_root import DESKTOP, CleanRoot, NotProvenError, clean_root, must
from key_store import in_a_real_key_store
from places import APP_ID, BUILD, DIST, LINUX, ROOT, run, tell, version
from upgrade import make_next, takes_over

_ERROR_OF_LINTIAN = re.compile(r"^E: ", re.M)


def prove(made: list[Path], again: Callable[[], list[Path]]) -> int:
    """Every proof in order, each told in a line with its seconds; the answer is the exit code.

    `again` builds everything a second time: it must give the same bytes.
    """
    deb = next(path for path in made if path.suffix == ".deb")
    proofs: tuple[tuple[str, Callable[[], str]], ...] = (
        ("form", lambda: form(deb)),
        ("clean Debian", lambda: in_a_clean_debian(deb)),
        ("upgrade", lambda: over_an_older_version(deb)),
        ("wheel and sdist", lambda: in_fresh_environments(made)),
        ("same bytes", lambda: same_bytes(made, again)),
    )
    for name, proof in proofs:
        began = time.monotonic()
        try:
            told = proof()
        except NotProvenError as error:
            tell(f"FAILED  {name}: {error}")
            return 1
        tell(f"held    {name}: {told} [{time.monotonic() - began:.0f} s]")
    return 0


def form(deb: Path) -> str:
    """Debian's, the desktop's and the app stores' own checkers find no error."""
    told = run("lintian", "--allow-root", "--fail-on", "none", deb)
    must(not _ERROR_OF_LINTIAN.search(told), "lintian finds no error", told)
    tree = BUILD / "deb" / "leafdesk" / "usr" / "share"
    run("desktop-file-validate", tree / "applications" / "leafdesk.desktop")
    run("appstreamcli", "validate", "--no-net", tree / "metainfo" / f"{APP_ID}.metainfo.xml")
    page = run("man", "--warnings", "-l", tree / "man" / "man1" / "leafdesk.1.gz", more={"LC_ALL": "C.UTF-8"})
    must("fields create" in page and "warning" not in page, "the manual page reads without warnings", page[-500:])
    overridden = sum(line.startswith("leafdesk: ") for line in (LINUX / "lintian-overrides").read_text().splitlines())
    return f"lintian without errors ({overridden} tags overridden with reasons), desktop entry, AppStream, manual page"


def in_a_clean_debian(deb: Path) -> str:
    """Installed on a bare Debian it proves itself, does the main job, and goes without leaving anything."""
    with clean_root() as root:
        root.root("apt-get", "update", "-q")
        root.install(deb)
        checks = selftest(root)
        demo(root)
        data = root.folder / "home/farmer/.local/share/leafdesk"
        kept = {path: path.read_bytes() for path in sorted(data.rglob("*")) if path.is_file()}
        must(kept, "the workspace folder holds something before the removal")
        keys = in_a_real_key_store(root)
        gone_without_a_trace(root, deb)
        must(all(path.read_bytes() == was for path, was in kept.items()), "a purge leaves the user's data alone")
        return f"{checks} self-tests and the demo held; {keys}; purged without a trace, the user's data stay"


def over_an_older_version(deb: Path) -> str:
    """The next version, installed over this one, loses nothing."""
    later = make_next()
    with clean_root() as root:
        root.root("apt-get", "update", "-q")
        root.install(deb)
        return takes_over(root, deb, later)


def gone_without_a_trace(root: CleanRoot, deb: Path) -> None:
    """On a system with menus, icons and manual pages, purging what was installed leaves every file as it was."""
    root.purge("leafdesk")
    root.install(*DESKTOP)
    before = root.files()
    root.install(deb)
    there = root.files()
    for expected in (
        *("opt/leafdesk/leafdesk", "usr/bin/leafdesk", "usr/share/applications/leafdesk.desktop"),
        *("usr/share/icons/hicolor/scalable/apps/leafdesk.svg", "usr/share/man/man1/leafdesk.1.gz"),
        *(f"usr/share/metainfo/{APP_ID}.metainfo.xml", "usr/share/doc/leafdesk/copyright"),
    ):
        must(expected in there, f"/{expected} is installed")
    root.purge("leafdesk")
    after = root.files()
    differing = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    must(not differing, "a purge leaves the system as it was", differing[:20])


def selftest(root: CleanRoot) -> int:
    """`doctor --selftest` from the installed package; answers how many checks held. Being offline is no failure."""
    answer = root.farmer("leafdesk", "doctor", "--selftest", "--json")
    must(answer.out, "doctor answers", answer.err[-2000:])
    checks = [check for check in json.loads(answer.out)["checks"] if check["check"].startswith("selftest")]
    bad = [check for check in checks if not check["ok"]]
    must(checks and not bad and answer.code in (0, 3), "the self-test holds", bad or answer)
    return len(checks)


def demo(root: CleanRoot) -> None:
    """The headless demo from the installed package."""
    answer = root.farmer("leafdesk", "demo", "--headless", "--fields", "40", "--screenshot", "/home/farmer/demo.png")
    must(answer.code == 0 and "All of it held" in answer.out, "the demo holds", answer.out[-1500:] + answer.err[-1500:])


def in_fresh_environments(made: Iterable[Path]) -> str:
    """Wheel and sdist, each in an environment of its own, prove themselves and do the main job."""
    pins = BUILD / "constraints.txt"
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    pins.write_text("\n".join(settings["tool"]["uv"]["constraint-dependencies"]), "utf-8")
    for package in (path for path in made if path.name.endswith((".whl", ".tar.gz"))):
        place = BUILD / "fresh"
        shutil.rmtree(place, ignore_errors=True)
        run("uv", "venv", "--quiet", "--python", "3.11", place)
        run("uv", "pip", "install", "--quiet", "--python", place, "--constraint", pins, package, cwd=BUILD)
        alone = {"PYTHONPATH": ""}  # or this checkout could answer for what is installed
        told = run(place / "bin/leafdesk", "demo", "--headless", "--fields", "40", cwd=place, more=alone)
        must("All of it held" in told, f"the demo holds from {package.name}", told[-1500:])
        icon = "from leafdesk.shipped import shipped; print(shipped('icons/leafdesk.svg'))"
        where = run(place / "bin/python", "-c", icon, cwd=place, more=alone)
        must(where.startswith(str(place)), f"{package.name} carries its resources", where)
    return "both install and do the main job"


def same_bytes(made: Iterable[Path], again: Callable[[], list[Path]]) -> str:
    """A second build gives the same sha256 for every package."""
    first = {path.name: digest(path) for path in made}
    second = {path.name: digest(path) for path in again()}
    differing = sorted(name for name in first if first[name] != second.get(name))
    must(not differing, "two builds give the same bytes", differing)
    return f"{len(first)} packages built twice; {version()} of {DIST.name}: " + ", ".join(
        f"{name} {first[name][:12]}…" for name in first
    )


def digest(path: Path) -> str:
    """The sha256 in hexadecimal."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()

"""Make what people install: `uv run --group build python packaging/build.py`, with `--check` also prove it."""

import argparse
import shutil
import sys
import time
from pathlib import Path

from installers import make_macos_image, make_windows_installer
from manual import manual
from parts import notices, parts
from pictures import draw
from places import BUILD, BUNDLE, DIST, MADE, ROOT, epoch, megabytes, run, tell, version
from sbom import sbom

LIMIT_MB = 90
"""No package may be larger: it travels over rural mobile networks."""


def main() -> int:
    """Build, and check when asked; the answer is the exit code."""
    wishes = argparse.ArgumentParser(description=__doc__)
    wishes.add_argument("--check", action="store_true", help="prove the packages in a clean Debian (root, Linux)")
    wishes.add_argument("--only", choices=("bundle", "deb", "python"), help="make only this")
    asked = wishes.parse_args()
    made = make(asked.only)
    report(made)
    if asked.check:
        from proof import prove

        return prove(made, again=make)
    return 0


def make(only: str | None = None) -> list[Path]:
    """Everything for this system; the answer is what stands in `dist`."""
    if only == "python":
        return make_wheel_and_sdist()
    began = time.monotonic()
    prepare()
    make_bundle()
    tell(f"bundle: {megabytes([BUNDLE]):.1f} MB on disk, after {time.monotonic() - began:.0f} s")
    if only == "bundle":
        return []
    if sys.platform == "win32":
        return [make_windows_installer()]
    if sys.platform == "darwin":
        return [make_macos_image()]
    from deb import make_archive, make_deb

    if only == "deb":
        return [make_deb()]
    return [make_deb(), make_archive(), *make_wheel_and_sdist()]


def prepare() -> None:
    """What is made from other things before the bundle takes it in."""
    from leafdesk.cli.root import leafdesk

    shutil.rmtree(MADE, ignore_errors=True)
    draw(ROOT / "resources" / "icons" / "leafdesk.svg", MADE)
    licences = MADE / "resources" / "licences"
    licences.mkdir(parents=True)
    carried = parts()
    (licences / "third-party.txt").write_text(notices(carried), "utf-8")
    (licences / "parts.cdx.json").write_text(sbom(carried, version(), epoch()), "utf-8")
    (MADE / "leafdesk.1").write_text(manual(leafdesk, version(), epoch()), "utf-8")


def make_bundle() -> None:
    """The folder with the program, its Python and its libraries."""
    shutil.rmtree(BUNDLE.parent, ignore_errors=True)
    folders = ("--distpath", str(BUNDLE.parent), "--workpath", str(BUILD / "work"))
    run(
        *(sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN", *folders),
        ROOT / "packaging" / "leafdesk.spec",
        more={"PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": str(epoch())},
    )


def make_wheel_and_sdist() -> list[Path]:
    """For people who have Python."""
    run("uv", "build", "--quiet", "--out-dir", DIST, more={"SOURCE_DATE_EPOCH": str(epoch())})
    return [DIST / f"leafdesk-{version()}-py3-none-any.whl", DIST / f"leafdesk-{version()}.tar.gz"]


def report(made: list[Path]) -> None:
    """Sizes, one line each. Raises SystemExit for a package that is too large."""
    for path in made:
        size = megabytes([path])
        tell(f"{size:6.1f} MB  {path.relative_to(ROOT)}")
        if size > LIMIT_MB:
            raise SystemExit(f"{path.name} is larger than {LIMIT_MB} MB")


if __name__ == "__main__":
    sys.exit(main())

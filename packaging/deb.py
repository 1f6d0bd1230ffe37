"""The Debian package and the plain archive, from the bundle."""

import gzip
import hashlib
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import formatdate
from pathlib import Path

from pictures import SIZES
from places import APP_ID, BUILD, BUNDLE, DIST, LINUX, MADE, ROOT, epoch, run, version

MAINTAINER = "The Leafdesk authors <leafdesk@example.com>"
_DEPENDS = "shlibs:Depends="
_CONTROL = """\
Package: leafdesk
Version: {version}
Architecture: {architecture}
Maintainer: {maintainer}
Installed-Size: {kilobytes}
Depends: {depends}
Recommends: gnome-keyring | kwalletmanager
Section: science
Priority: optional
Homepage: https://leafdesk.example.com
Description: field boundaries of Leaf Agriculture, with or without a connection
 Leafdesk keeps the fields, boundaries and farms of Leaf Agriculture on a
 laptop. They are seen and drawn on a map; what was done without a signal is
 sent when there is one again.
"""
_COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Leafdesk

Files: *
Copyright: 2026 The Leafdesk authors
License: Expat
Comment: The parts by others, with their licences, are listed in
 /opt/leafdesk/_internal/leafdesk/resources/licences/third-party.txt

License: Expat
"""


def make_deb() -> Path:
    """Write `dist/leafdesk_<version>_<architecture>.deb`; the same input gives the same bytes."""
    architecture = run("dpkg", "--print-architecture").strip()
    tree = BUILD / "deb" / "leafdesk"
    shutil.rmtree(tree.parent, ignore_errors=True)
    shutil.copytree(BUNDLE, tree / "opt" / "leafdesk", symlinks=True)
    (tree / "usr/bin").mkdir(parents=True)
    (tree / "usr/bin/leafdesk").symlink_to("/opt/leafdesk/leafdesk")
    _desktop_files(tree / "usr/share")
    _documents(tree / "usr/share")
    (tree / "DEBIAN").mkdir()
    depends = system_libraries(tree)
    kilobytes = sum(-(-file.lstat().st_size // 1024) for file in _files(tree))
    (tree / "DEBIAN/control").write_text(
        _CONTROL.format(
            version=version(), architecture=architecture, maintainer=MAINTAINER, kilobytes=kilobytes, depends=depends
        )
    )
    (tree / "DEBIAN/md5sums").write_text("".join(_sums(tree)))
    _same_everywhere(tree)
    DIST.mkdir(exist_ok=True)
    package = DIST / f"leafdesk_{version()}_{architecture}.deb"
    # xz -4: each step further costs a minute and gains a megabyte. Threads are named, for they shape the bytes.
    build = ("dpkg-deb", "--root-owner-group", "-Zxz", "-z4", "--threads-max=2", "--build")
    run(*build, tree, package, more={"SOURCE_DATE_EPOCH": str(epoch())})
    return package


def make_archive() -> Path:
    """Write `dist/leafdesk-<version>-linux-<machine>.tar.zst` for systems without dpkg."""
    machine = os.uname().machine
    tree = BUILD / "archive" / f"leafdesk-{version()}"
    shutil.rmtree(tree.parent, ignore_errors=True)
    shutil.copytree(BUNDLE, tree, symlinks=True)
    for size in (64, 256):
        shutil.copy(MADE / f"leafdesk-{size}.png", tree)
    for file in ("leafdesk.desktop", "leafdesk-mime.xml"):
        shutil.copy(LINUX / file, tree)
    shutil.copy(ROOT / "LICENSE", tree)
    _same_everywhere(tree)
    plain = tree.parent / f"leafdesk-{version()}-linux-{machine}.tar"
    order = ("--sort=name", "--owner=0", "--group=0", "--numeric-owner", f"--mtime=@{epoch()}", "--format=gnu")
    run("tar", *order, "-C", tree.parent, "-cf", plain, tree.name)
    DIST.mkdir(exist_ok=True)
    packed = DIST / f"{plain.name}.zst"
    run("zstd", "-q", "-f", "-T2", "-12", plain, "-o", packed)
    shutil.rmtree(tree.parent)
    return packed


def system_libraries(tree: Path) -> str:
    """The Depends line: Debian's packages with the libraries that the bundle's programs and libraries load.

    dpkg-shlibdeps reads what each names and asks this system's symbol files for the oldest version that serves.
    """
    work = BUILD / "deb" / "shlibdeps"
    (work / "debian").mkdir(parents=True, exist_ok=True)
    (work / "debian" / "control").write_text("Source: leafdesk\n\nPackage: leafdesk\nArchitecture: any\n")
    binaries = [file for file in _files(tree / "opt") if not file.is_symlink() and _is_elf(file)]
    private = sorted({f"-l{file.parent}" for file in binaries})
    quietly = ("-O", "--warnings=0", "--ignore-missing-info")
    told = run("dpkg-shlibdeps", *quietly, *private, *binaries, cwd=work)
    return next(line.removeprefix(_DEPENDS) for line in told.splitlines() if line.startswith(_DEPENDS))


def _is_elf(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(4) == b"\x7fELF"


def _desktop_files(share: Path) -> None:
    day = datetime.fromtimestamp(epoch(), UTC).strftime("%Y-%m-%d")
    about = (LINUX / f"{APP_ID}.metainfo.xml").read_text("utf-8")
    _write(share / f"metainfo/{APP_ID}.metainfo.xml", about.replace("@VERSION@", version()).replace("@DATE@", day))
    _write(share / "applications/leafdesk.desktop", (LINUX / "leafdesk.desktop").read_text("utf-8"))
    _write(share / "mime/packages/leafdesk.xml", (LINUX / "leafdesk-mime.xml").read_text("utf-8"))
    _write(
        share / "icons/hicolor/scalable/apps/leafdesk.svg",
        (ROOT / "resources/icons/leafdesk.svg").read_text("utf-8"),
    )
    for size in SIZES:
        icon = share / f"icons/hicolor/{size}x{size}/apps/leafdesk.png"
        icon.parent.mkdir(parents=True)
        shutil.copy(MADE / f"leafdesk-{size}.png", icon)


def _documents(share: Path) -> None:
    licence = (ROOT / "LICENSE").read_text("utf-8").partition("\n\n")[2]
    licence = "".join(f" {line}\n" if line else " .\n" for line in licence.strip().splitlines())
    _write(share / "doc/leafdesk/copyright", _COPYRIGHT + licence)
    date = formatdate(epoch())
    changes = f"leafdesk ({version()}) stable; urgency=medium\n\n  * See CHANGELOG.gz.\n\n -- {MAINTAINER}  {date}\n"
    _write_gzip(share / "doc/leafdesk/changelog.gz", changes)
    _write_gzip(share / "doc/leafdesk/CHANGELOG.gz", (ROOT / "CHANGELOG.md").read_text("utf-8"))
    _write_gzip(share / "man/man1/leafdesk.1.gz", (MADE / "leafdesk.1").read_text("utf-8"))
    _write(share / "lintian/overrides/leafdesk", (LINUX / "lintian-overrides").read_text("utf-8"))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _write_gzip(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def _files(tree: Path) -> list[Path]:
    return sorted(path for path in tree.rglob("*") if path.is_symlink() or path.is_file())


def _same_everywhere(tree: Path) -> None:
    """Rights and times that do not depend on who built it, or when."""
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            runs = path.is_dir() or (path.name == "leafdesk" and path.parent.name in ("leafdesk", tree.name))
            path.chmod(0o755 if runs else 0o644)
        os.utime(path, (epoch(), epoch()), follow_symlinks=False)


def _sums(tree: Path) -> Iterator[str]:
    for file in _files(tree):
        name = file.relative_to(tree)
        if not file.is_symlink() and name.parts[0] != "DEBIAN":
            yield f"{hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()}  {name}\n"

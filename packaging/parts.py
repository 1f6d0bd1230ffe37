"""The parts by others that the bundle carries: their names, versions, licences and licence texts."""

import platform
import re
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

LEFT_OUT = frozenset({"pip", "setuptools"})
"""What a part asks for and the bundle leaves out (sqlite-utils asks for pip, for a command that nobody uses here)."""
_LICENCE_FILE = re.compile(r"(^|/)(licenses?/|(LICEN[CS]E|COPYING|NOTICE|COPYRIGHT)[^/]*$)", re.I)
_QT = "Qt"


@dataclass(frozen=True, slots=True)
class Part:
    """One part by others.

    `licence` is an SPDX expression where the part names one, `home` is "" where it names none; `texts` are whole.
    """

    name: str
    version: str
    licence: str
    home: str
    texts: tuple[str, ...]
    from_index: bool = True
    """Whether it comes from the Python Package Index under this name."""


def parts(root: str = "leafdesk") -> tuple[Part, ...]:
    """Everything that the bundle carries beside our own code, by name."""
    found = [_part(metadata.distribution(name)) for name in sorted(_closure(root) - {_normal(root)} - LEFT_OUT)]
    return (*found, *_beyond_python_packages())


def _closure(root: str) -> set[str]:
    """Normalized names of the distributions that `root` needs on this system, itself among them."""
    seen: set[str] = set()
    waiting = [root]
    while waiting:
        name = _normal(waiting.pop())
        if name in seen or name in LEFT_OUT:
            continue
        seen.add(name)
        for line in metadata.requires(name) or ():
            need = Requirement(line)
            if need.marker is None or need.marker.evaluate({"extra": ""}):
                waiting.append(need.name)
    return seen


def _part(found: metadata.Distribution) -> Part:
    told = found.metadata
    texts = tuple(
        text
        for path in found.files or ()
        if ".dist-info/" in str(path) and _LICENCE_FILE.search(str(path).partition(".dist-info/")[2])
        for text in _read(Path(str(found.locate_file(path))))
    )
    return Part(told["Name"], found.version, _licence(told), _home(told), texts)


def _licence(told: metadata.PackageMetadata) -> str:
    expression = _first(told, "License-Expression")
    if expression:
        return expression
    short = _first(told, "License").strip()
    if short and "\n" not in short and len(short) < 80:
        return short
    classified = [line for line in told.get_all("Classifier") or () if line.startswith("License ::")]
    return "; ".join(line.rpartition(":: ")[2] for line in classified) or "see its text"


def _home(told: metadata.PackageMetadata) -> str:
    page = _first(told, "Home-page")
    if page:
        return page
    links = [line.partition(", ")[2] for line in told.get_all("Project-URL") or ()]
    return next((link for link in links if link.startswith("https://")), "")


def _first(told: metadata.PackageMetadata, name: str) -> str:
    return next(iter(told.get_all(name) or ()), "")


def _beyond_python_packages() -> Iterator[Part]:
    """Python itself and Qt, which PySide6's wheels carry without saying so in their metadata."""
    stdlib = Path(sysconfig.get_path("stdlib"))
    python = next((text for name in ("LICENSE.txt", "LICENSE") for text in _read(stdlib / name)), "")
    texts = (python,) if python else ()
    yield Part("Python", platform.python_version(), "PSF-2.0", "https://www.python.org", texts, from_index=False)
    qt = metadata.version("PySide6_Essentials")
    yield Part(_QT, qt, "LGPL-3.0-only", "https://www.qt.io", (), from_index=False)


def _read(path: Path) -> Iterator[str]:
    if path.is_file():
        yield path.read_text("utf-8", "replace").strip()


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def notices(all_parts: Iterable[Part]) -> str:
    """The text that ships: a list of the parts, then every licence text, each once."""
    chosen = list(all_parts)
    lines = [
        "Leafdesk is under the MIT licence. It carries the following parts by others.",
        "Qt, PySide6 and shiboken6 are used under the GNU LGPL, version 3: LGPL-3.0.txt and GPL-3.0.txt beside this",
        "file. They are separate shared libraries in this copy's folder PySide6; you may replace them with your own",
        "build of the same version, and their source is at https://download.qt.io/official_releases/QtForPython/.",
        "",
    ]
    lines += [f"- {part.name} {part.version}: {part.licence}" + f" ({part.home})" * bool(part.home) for part in chosen]
    by_text: dict[str, list[str]] = {}
    for part in chosen:
        for text in part.texts:
            by_text.setdefault(text, []).append(f"{part.name} {part.version}")
    for text, names in by_text.items():
        lines += ["", "=" * 80, ", ".join(dict.fromkeys(names)), "=" * 80, text]
    return "\n".join(lines) + "\n"

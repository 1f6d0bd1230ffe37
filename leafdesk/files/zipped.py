"""Archives, opened without trusting what they say of themselves and without unpacking anything to the disk."""

import io
import lzma
import struct
import zipfile
import zlib
from pathlib import PurePosixPath

from leafdesk.files.found import EXPORT_AGAIN, Refusal, UnreadableError
from leafdesk.files.limits import LARGEST_ARCHIVE, LARGEST_FILE, MB, MOST_ENTRIES, STEEP_FROM, STEEPEST

_PIECE = 1 * MB
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, OverflowError),
    *(RuntimeError, NotImplementedError, ValueError, LookupError, AttributeError),
)
"""What comes out of `zipfile` for archives whose numbers lie."""
_ASIDE = ("__MACOSX/", "._")


class Archive:
    """The files in a zip by name; `refusals` tell which were left out and why."""

    def __init__(self, raw: bytes) -> None:
        """Raises UnreadableError when it is damaged, or larger inside than any farm's files."""
        self.refusals: list[Refusal] = []
        self._zip = _opened(raw)
        entries = self._zip.infolist()
        if len(entries) > MOST_ENTRIES:
            raise UnreadableError(f"The archive holds more than {MOST_ENTRIES:,} files. Unpack it and choose one.")
        if sum(entry.file_size for entry in entries) > LARGEST_ARCHIVE:
            raise UnreadableError(f"The archive unpacks to more than {LARGEST_ARCHIVE // MB:,} MB. Divide it.")
        self._entries: dict[str, zipfile.ZipInfo] = {}
        self._left = LARGEST_ARCHIVE
        for entry in entries:
            self._place(entry)

    def _place(self, entry: zipfile.ZipInfo) -> None:
        name = entry.filename.replace("\\", "/")
        if not name or entry.is_dir() or name.startswith(_ASIDE) or PurePosixPath(name).name.startswith("."):
            return
        why = _why_not(entry, name)
        if not why and name in self._entries:
            why = "The archive holds two files of this name; the first is taken."
        if why:
            self.refusals.append(Refusal(shown(name), why, EXPORT_AGAIN))
        else:
            self._entries[name] = entry

    @property
    def names(self) -> list[str]:
        """The names of all files that may be opened, in the archive's order."""
        return list(self._entries)

    def read(self, name: str) -> bytes:
        """A file's bytes. Raises UnreadableError when it is damaged, a bomb, or packed in a way not known here."""
        entry = self._entries[name]
        pieces, size = list[bytes](), 0
        try:
            with self._zip.open(entry) as opened:
                while piece := opened.read(_PIECE):
                    pieces.append(piece)
                    size += len(piece)
                    self._left -= len(piece)
                    if size > LARGEST_FILE or self._left < 0:
                        raise UnreadableError(f"{shown(name)} unpacks to more than {LARGEST_FILE // MB} MB. Divide it.")
                    if size > STEEP_FROM and size > STEEPEST * max(1, entry.compress_size):
                        raise UnreadableError(
                            f"{shown(name)} unpacks to far more than a file of fields would; it looks like a trap."
                        )
        except UnreadableError:
            raise
        except _DAMAGE as error:
            raise UnreadableError(f"{shown(name)} in the archive is damaged. {EXPORT_AGAIN}") from error
        return b"".join(pieces)


def shown(name: str) -> str:
    """A name out of an archive as text, whatever it holds."""
    return "".join(letter if letter.isprintable() else "?" for letter in name[:120])


def _opened(raw: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(raw))
    except _DAMAGE as error:
        raise UnreadableError(f"The archive is damaged. {EXPORT_AGAIN}") from error


def _why_not(entry: zipfile.ZipInfo, name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or ":" in name:
        return "Its name points outside of the archive."
    if entry.external_attr >> 28 == 0xA:
        return "It is only a link to another file."
    if entry.flag_bits & 1:
        return "It is protected by a password."
    return ""

"""A file stands there whole or not at all."""

import os
from pathlib import Path


def write_beside(path: Path, content: bytes) -> Path:
    """Write to the disk beside the place where the file shall be; the answer is renamed to it. Raises OSError."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    return beside

"""The seeds that once found something, and must never find it again."""

from pathlib import Path

FILE = Path(__file__).with_name("corpus.txt")


def kept() -> list[int]:
    """Every seed in the file: a number, then what it once found."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return [int(line.split()[0]) for line in lines if line.strip() and not line.startswith("#")]


def keep(seed: int, found: str) -> None:
    """Write a seed down, once."""
    if seed not in kept():
        with FILE.open("a", encoding="utf-8") as file:
            file.write(f"{seed}  {found}\n")

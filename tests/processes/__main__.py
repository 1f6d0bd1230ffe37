"""Kill Leafdesk again and again while it syncs, and look at what is left: `python -m tests.processes --kills 1000`."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from .full import fill_a_disk
from .kills import kill_often
from .resume import pull_in_pieces


def main(words: list[str] | None = None) -> int:
    """0 when nothing that was kept is lost, and nothing is at Leaf twice."""
    ask = argparse.ArgumentParser(prog="python -m tests.processes", description=__doc__)
    ask.add_argument("--kills", type=int, default=100, help="how often (default 100)")
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--disk", type=Path, help="a small empty file system (a tmpfs of 4 MB): fill it instead")
    ask.add_argument("--pull", type=int, help="kill a first pull of so many fields instead")
    asked = ask.parse_args(words)
    begun = time.perf_counter()
    if asked.disk:
        filled = fill_a_disk(asked.disk)
        print(f"{filled.kept} edits kept until it was full, {filled.refused} refused then; wrong: {filled.wrong}")
        return 1 if filled.wrong or not filled.refused else 0
    if asked.pull:
        with tempfile.TemporaryDirectory(prefix="leafdesk-kills-") as place:
            print(resumed := pull_in_pieces(Path(place) / "data", fields=asked.pull, pieces=10))
        return 1 if resumed.wrong else 0
    with tempfile.TemporaryDirectory(prefix="leafdesk-kills-") as place:
        found = kill_often(Path(place) / "data", asked.kills, seed=asked.seed, say=lambda text: print(text, flush=True))
    print(
        f"{found.kills} kills, {found.requests_open} with a request under way, {len(found.kept)} kept edits,"
        f" {found.syncs} calm syncs, {time.perf_counter() - begun:.0f} s"
    )
    for sentence in found.wrong:
        print(sentence)
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())

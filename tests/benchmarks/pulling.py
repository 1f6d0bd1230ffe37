"""How long a first and a second pull take, against `curl --parallel` for the same addresses in the same run.

    uv run python -m tests.benchmarks.pulling [--fields 10000]

The floor is what cannot be left out: every page of every list once, and every boundary that is not here. Goals: a first
pull at the floor and ≤ 1.3 × curl's time at the same concurrency; a second pull no more than the pages.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from leafdesk.sync.engine import AT_ONCE
from leafdesk.workspace import SyncReport
from tests.benchmarks import farm
from tests.neighbour import FIELDS, Neighbour

USERS = "/services/usermanagement/api/users"


def main() -> None:
    """Measure and print."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--fields", type=int, default=10_000)
    chosen = reader.parse_args()
    with tempfile.TemporaryDirectory(prefix="leafdesk-benchmark-") as place, farm.sandbox(chosen.fields) as leaf:
        neighbour = Neighbour(leaf["url"], leaf["username"], leaf["password"])
        pages, boundaries = _addresses(neighbour)
        print(f"the floor: {len(pages):,} pages and {len(boundaries):,} boundaries", flush=True)
        folder = Path(place) / "data"
        plain = [_curl(neighbour, [*pages, *boundaries], Path(place))]
        first, memory = _pull(folder, leaf)
        plain.append(_curl(neighbour, [*pages, *boundaries], Path(place)))
        _tell("first", first, len(pages) + len(boundaries), min(plain))
        print(f"memory at its most: {memory} MB")
        again = _curl(neighbour, pages, Path(place))
        second, memory = _pull(folder, leaf)
        _tell("second", second, len(pages), again)
        print(f"memory at its most: {memory} MB")


def _tell(name: str, report: SyncReport, floor: int, plain: float | None) -> None:
    against = f"× {report.seconds / plain:.2f} of curl's {plain:.1f} s" if plain != float("inf") else "no curl here"
    print(
        f"{name} pull: {report.outcome}, {report.requests:,} requests ({report.requests - floor:+,} to the floor)"
        f" in {report.seconds:.1f} s: {against}",
        flush=True,
    )


_PULL = """
import json, os, resource, sys
from dataclasses import asdict
from pathlib import Path
from tests.benchmarks import farm
workspace = farm.signed_in(Path(sys.argv[1]), json.load(sys.stdin))
report = workspace.sync(stock=False).result(7200)
workspace.close()
print(json.dumps([asdict(report), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024]))
"""


def _pull(folder: Path, leaf: dict[str, str]) -> tuple[SyncReport, int]:
    """A pull in a process of its own, and the megabytes it took at its most."""
    command = [sys.executable, "-c", _PULL, str(folder)]
    done = subprocess.run(command, input=json.dumps(leaf), capture_output=True, text=True, check=True)
    report, memory = json.loads(done.stdout.splitlines()[-1])
    return SyncReport(**report), memory


def _addresses(neighbour: Neighbour) -> tuple[list[str], list[str]]:
    """Every page of users, growers, farms and fields, and the last boundary of every field."""
    pages, fields = [], []
    for path in (USERS, f"{FIELDS}/growers", f"{FIELDS}/farms", f"{FIELDS}/fields"):
        found = neighbour.everything(path)
        pages += [f"{path}?page={n}&size=100" for n in range(max(1, -(-len(found) // 100)))]
        fields = found
    named = [(one["leafUserId"], one["id"], one["boundaries"][-1]) for one in fields if one.get("boundaries")]
    return pages, [f"{FIELDS}/users/{user}/fields/{id_}/boundaries/{last}" for user, id_, last in named]


def _curl(neighbour: Neighbour, paths: list[str], place: Path) -> float:
    """Seconds that curl needs for them, as many at a time as a sync; infinite where there is no curl."""
    if shutil.which("curl") is None:
        return float("inf")
    settings = place / "curl.txt"
    lines = [f'url = "{neighbour.url}{path}"\noutput = "{place / "answer"}"' for path in paths]
    settings.write_text(f'header = "Authorization: Bearer {neighbour.token}"\n' + "\n".join(lines), encoding="utf-8")
    command = ["curl", "--silent", "--fail", "--parallel", "--parallel-max", str(AT_ONCE), "--config", str(settings)]
    began = time.perf_counter()
    subprocess.run(command, check=True)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()

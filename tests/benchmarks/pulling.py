"""How long a first and a second pull take, against `curl --parallel` for the same addresses in the same run.

    uv run python -m tests.benchmarks.pulling [--fields 10000] [--latency-ms 0 40]

The floor is what cannot be left out: every page of every list once, and every boundary that is not here. Goals: a first
pull at the floor and ≤ 1.3 × curl's time at the same concurrency; a second pull no more than the pages, and no record
written. Once on this machine's loopback, where processors are all that there is to measure, and once with a round trip
as over a mobile connection. Processor seconds are printed beside, the sandbox's own too, which is the limit for both
where there is no round trip: on a busy machine the times say little.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
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
    reader.add_argument("--latency-ms", type=int, nargs="+", default=[0, 40])
    chosen = reader.parse_args()
    for latency in chosen.latency_ms:
        print(f"{chosen.fields:,} fields, {latency} ms a request:", flush=True)
        _measure(chosen.fields, latency)


def _measure(fields: int, latency_ms: int) -> None:
    with tempfile.TemporaryDirectory(prefix="leafdesk-benchmark-") as place, farm.sandbox(fields, latency_ms) as leaf:
        neighbour = Neighbour(leaf["url"], leaf["username"], leaf["password"])
        pages, boundaries = _addresses(neighbour)
        print(f"  the floor: {len(pages):,} pages and {len(boundaries):,} boundaries", flush=True)
        folder = Path(place) / "data"
        before = farm.processor_of(leaf)
        plain = [_curl(neighbour, [*pages, *boundaries], Path(place))]
        between = farm.processor_of(leaf)
        first = _pull(folder, leaf)
        after = farm.processor_of(leaf)
        if latency_ms == 0:
            plain.append(_curl(neighbour, [*pages, *boundaries], Path(place)))
        _tell("first", first, len(pages) + len(boundaries), plain)
        print(
            f"  the sandbox used {between - before:.1f} s of processor for curl, {after - between:.1f} s for the pull"
        )
        again = _curl(neighbour, pages, Path(place))
        _tell("second", _pull(folder, leaf), len(pages), [again])


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds by the clock, and of processors; megabytes at the most."""

    seconds: float
    processor: float
    megabytes: int = 0
    report: SyncReport | None = None


def _tell(name: str, pull: Took, floor: int, plain: list[Took | None]) -> None:
    report, known = pull.report, [one for one in plain if one is not None]
    assert report is not None
    against = "no curl here"
    if known:
        seconds = sum(one.seconds for one in known) / len(known)
        against = f"× {pull.seconds / seconds:.2f} of curl's {seconds:.1f} s ({known[0].processor:.1f} s of processor)"
    written = sum(sum(tally.values()) for tally in report.pulled.values())
    print(
        f"  {name} pull: {report.outcome}, {report.requests:,} requests ({report.requests - floor:+,} to the floor),"
        f" {written:,} records written, in {pull.seconds:.1f} s ({pull.processor:.1f} s of processor): {against};"
        f" {pull.megabytes} MB at its most",
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
used = resource.getrusage(resource.RUSAGE_SELF)
most = used.ru_maxrss  # on Linux at least what the program had that started this one: there the system says more
if os.path.exists("/proc/self/status"):
    most = int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
print(json.dumps([asdict(report), used.ru_utime + used.ru_stime, most // 1024]))
"""


def _pull(folder: Path, leaf: dict[str, str]) -> Took:
    """A pull in a process of its own."""
    command = [sys.executable, "-c", _PULL, str(folder)]
    done = subprocess.run(command, input=json.dumps(leaf), capture_output=True, text=True, check=True)
    report, processor, megabytes = json.loads(done.stdout.splitlines()[-1])
    return Took(report["seconds"], processor, megabytes, SyncReport(**report))


def _addresses(neighbour: Neighbour) -> tuple[list[str], list[str]]:
    """Every page of users, growers, farms and fields, and the last boundary of every field."""
    pages, fields = [], []
    for path in (USERS, f"{FIELDS}/growers", f"{FIELDS}/farms", f"{FIELDS}/fields"):
        found = neighbour.everything(path)
        pages += [f"{path}?page={n}&size=100" for n in range(max(1, -(-len(found) // 100)))]
        fields = found
    named = [(one["leafUserId"], one["id"], one["boundaries"][-1]) for one in fields if one.get("boundaries")]
    return pages, [f"{FIELDS}/users/{user}/fields/{id_}/boundaries/{last}" for user, id_, last in named]


def _curl(neighbour: Neighbour, paths: list[str], place: Path) -> Took | None:
    """What curl needs for them, as many at a time as a sync; None where there is no curl."""
    if shutil.which("curl") is None:
        return None
    settings = place / "curl.txt"
    lines = [f'url = "{neighbour.url}{path}"\noutput = "{place / "answer"}"' for path in paths]
    settings.write_text(f'header = "Authorization: Bearer {neighbour.token}"\n' + "\n".join(lines), encoding="utf-8")
    command = ["curl", "--silent", "--fail", "--parallel", "--parallel-max", str(AT_ONCE), "--config", str(settings)]
    began, before = time.perf_counter(), os.times()
    subprocess.run(command, check=True, capture_output=True)
    seconds, after = time.perf_counter() - began, os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return Took(seconds, used)


if __name__ == "__main__":
    main()

"""How long a first and a second pull take, against plain requests one after the other in the same run.

uv run python -m tests.benchmarks.pulling [--fields 10000]
"""

import argparse
import tempfile
import time
from pathlib import Path

from tests.benchmarks import farm
from tests.neighbour import FIELDS, Neighbour

SAMPLE = 300


def main() -> None:
    """Measure and print."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--fields", type=int, default=10_000)
    chosen = reader.parse_args()
    with tempfile.TemporaryDirectory(prefix="leafdesk-benchmark-") as place, farm.sandbox(chosen.fields) as leaf:
        plain = _plain(Neighbour(leaf["url"], leaf["username"], leaf["password"]))
        print(f"plain requests, one by one: {plain * 1000:.2f} ms each")
        for name in ("first", "second"):
            report = farm.pulled(Path(place) / "data", leaf)
            each = report.seconds / max(1, report.requests)
            print(
                f"{name + ' pull:':<13} {report.outcome}, {report.requests:,} requests in {report.seconds:.1f} s: "
                f"{each * 1000:.2f} ms each, × {each / plain:.2f} of a plain one"
            )


def _plain(neighbour: Neighbour) -> float:
    """Seconds per boundary that is read with the standard library, each on a connection of its own."""
    fields = [one for one in neighbour.everything(f"{FIELDS}/fields") if one.get("boundaries")][:SAMPLE]
    began = time.perf_counter()
    for one in fields:
        neighbour.boundary(one["leafUserId"], one["id"])
    return (time.perf_counter() - began) / max(1, len(fields))


if __name__ == "__main__":
    main()

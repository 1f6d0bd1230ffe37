"""Open drawings on the disk: what was acknowledged is there after kill -9, undone steps too."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from leafdesk.geo.shape import pack
from leafdesk.store.database import Database
from leafdesk.store.open_drawings import OpenDrawings

SQUARE = pack(((((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)),),))
OTHER = pack(((((0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 0.0)),),))


def test_a_history_comes_back_with_its_names_and_neighbours(path: Path) -> None:
    database = Database(path)
    steps = [("", (("", SQUARE),)), ("Move corner", (("", OTHER), ("beside", SQUARE))), ("Add corner", (("", SQUARE),))]
    database.write(lambda c: OpenDrawings(c).begin("d", field_id="f1", tool="edit", made="2026-05-01")).result()
    database.write(lambda c: OpenDrawings(c).put("d", 0, steps, 2)).result()
    database.write(lambda c: OpenDrawings(c).put("d", 3, [], 1)).result()  # a step was taken back
    (draft,) = OpenDrawings(database.reader()).all()
    assert (draft.field_id, draft.tool, draft.at, draft.kept) == ("f1", "edit", 1, False)
    assert draft.names == ("Move corner", "Add corner")
    assert draft.values == tuple(shapes for _, shapes in steps)
    database.write(lambda c: OpenDrawings(c).put("d", 2, [("Remove corner", (("", OTHER),))], 2)).result()
    database.write(lambda c: OpenDrawings(c).keep("d")).result()
    (draft,) = OpenDrawings(database.reader()).all()
    assert draft.names == ("Move corner", "Remove corner") and draft.kept
    database.write(lambda c: OpenDrawings(c).drop("d")).result()
    assert OpenDrawings(database.reader()).all() == []
    assert database.reader().execute("SELECT count(*) FROM draft_shapes").fetchone() == (0,)
    database.close()


_WRITER = """
import pathlib, sys
from leafdesk.geo.shape import pack
from leafdesk.store.database import Database
from leafdesk.store.open_drawings import OpenDrawings

database = Database(pathlib.Path(sys.argv[1]))
for n in range(100_000):
    shape = pack(((((0.0, 0.0), (1.0, 0.0), (1.0, float(n % 80)), (0.0, 0.0)),),))
    def job(c):
        OpenDrawings(c).begin("d", field_id="", tool="draw", made="now")
        OpenDrawings(c).put("d", n, [(f"Step {n}", (("", shape),))], n)
    database.write(job, urgent=True).result()
    print(n, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is Unix's")
def test_a_killed_writer_loses_no_step_that_was_acknowledged(path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(25):
            last = int(writer.stdout.readline())
        writer.kill()
        seen = [int(line) for line in writer.stdout.read().splitlines() if line.isdigit()]
        assert writer.wait() == -signal.SIGKILL
    last = max([last, *seen])
    database = Database(path)
    (draft,) = OpenDrawings(database.reader()).all()
    assert last <= draft.at <= last + 1
    assert draft.names == tuple(f"Step {n}" for n in range(1, draft.at + 1))
    database.close()

"""A few of each here; `python -m tests.processes` does it a thousand times."""

import subprocess
import sys
from pathlib import Path

import pytest

from leafdesk.workspace import InUseError, Workspace

from .desk import environ, work
from .full import fill_a_disk
from .kills import database, desks, kill_often
from .leaf_side import leaf_side


@pytest.mark.timeout(300)
def test_killed_while_it_syncs_nothing_kept_is_lost_and_nothing_is_made_twice(tmp_path: Path) -> None:
    found = kill_often(tmp_path / "data", 5)
    assert found.wrong == []
    assert found.kills == 5 and len(found.kept) > 5


@pytest.mark.timeout(120)
def test_a_second_process_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with leaf_side() as leaf:
        where = environ(leaf.url, leaf.token)
        context = desks()
        here, there = context.Pipe(duplex=False)
        first = context.Process(target=work, args=(folder, where, 1, there, 600.0), daemon=True)
        first.start()
        assert here.recv() == "open"
        command = [sys.executable, "-m", "leafdesk", "--data", str(folder), "fields", "list"]
        second = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert (second.returncode, second.stdout) == (6, "") and str(folder) in second.stderr
        with pytest.raises(InUseError):
            Workspace(folder, environ=where)
        first.kill()
        first.join()
        workspace = Workspace(folder, environ=where)  # the system has freed the lock
        assert workspace.check() == []
        workspace.close()
        assert database(folder).exists()


@pytest.mark.timeout(300)
@pytest.mark.skipif(sys.platform == "win32", reason="a limit on files is Unix's")
def test_a_full_disk_keeps_what_was_kept_and_says_so_of_the_rest(tmp_path: Path) -> None:
    filled = fill_a_disk(tmp_path, limit=900_000)
    assert filled.wrong == []
    assert filled.kept > 5 and filled.refused == 20

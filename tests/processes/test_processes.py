"""A few of each here; `python -m tests.processes` does it a thousand times."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from leafdesk.workspace import InUseError, Workspace

from .desk import environ, work
from .full import fill_a_disk
from .kills import database, desks, kill_often
from .leaf_side import leaf_side
from .resume import pull_in_pieces


@pytest.mark.timeout(300)
def test_killed_while_it_syncs_nothing_kept_is_lost_and_nothing_is_made_twice(tmp_path: Path) -> None:
    found = kill_often(tmp_path / "data", 5)
    assert found.wrong == []
    assert found.kills == 5 and len(found.kept) > 5


@pytest.mark.timeout(300)
def test_a_first_pull_that_is_killed_again_and_again_goes_on_where_it_was(tmp_path: Path) -> None:
    found = pull_in_pieces(tmp_path / "data", fields=400, pieces=3)
    assert found.wrong == []
    assert found.kills == 4 and found.pages == 4


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


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of eight megabytes; only the administrator may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    if sys.platform != "linux" or not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only Linux' administrator can mount a small disk here")
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk cannot be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.timeout(300)
def test_on_a_small_disk_that_fills_up_nothing_is_lost_and_work_goes_on_when_there_is_room(small_disk: Path) -> None:
    filled = fill_a_disk(small_disk)
    assert filled.wrong == []
    assert filled.kept > 5 and filled.refused >= 20


@pytest.mark.timeout(300)
@pytest.mark.skipif(sys.platform == "win32", reason="a limit on files is Unix's")
def test_a_full_disk_keeps_what_was_kept_and_says_so_of_the_rest(tmp_path: Path) -> None:
    filled = fill_a_disk(tmp_path, limit=900_000)
    assert filled.wrong == []
    assert filled.kept > 5 and filled.refused == 20

"""The ground every test stands on: an own environment, a sandbox, and the watch over what a test leaves or does."""

import gc
import os
import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests import canary, keyrings, watch

if TYPE_CHECKING:
    from leafdesk.sandbox import Sandbox
    from leafdesk.workspace import Workspace
    from tests.shell import Shell

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["PYTHON_KEYRING_BACKEND"] = "tests.keyrings.FolderKeyring"
REAL_DATA = os.environ.get("LEAFDESK_REAL_DATA", "")

# A slow machine must not make a law fail; the suite's own time-out catches what hangs.
settings.register_profile("leafdesk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("leafdesk")


def _sweep() -> Iterator[None]:
    """Collect garbage here, where widgets may go; all of it now and then."""
    for turn in count(1):
        gc.collect(1 if turn % 20 else 2)
        yield


_sweeps = _sweep()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    gc.disable()  # else a widget of a failed test is collected in some other thread, and that crashes Qt
    config.addinivalue_line("markers", "logs(pattern, ...): this test expects log lines of WARNING or above like these")
    try:
        import PySide6.QtWidgets  # noqa: F401
    except ImportError as error:
        try:
            from leafdesk.app import missing_libraries
        except ImportError:
            pytest.exit(f"Qt does not load here: {error}", returncode=4)
        pytest.exit(str(missing_libraries() or f"Qt does not load here: {error}"), returncode=4)
    canary.mark_secrets()
    config.pluginmanager.register(canary.Watch(), "canary")


@pytest.fixture(autouse=True)
def environment(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every test has a home, a keyring and LEAFDESK_… variables of its own: none of this machine's."""
    home = tmp_path_factory.mktemp("home")
    for name in [name for name in os.environ if name.startswith("LEAFDESK_")]:
        monkeypatch.delenv(name)
    for name in ("HOME", "USERPROFILE", "LOCALAPPDATA", "APPDATA", keyrings.FOLDER):
        monkeypatch.setenv(name, str(home))
    for name, folder in (("DATA", "data"), ("CONFIG", "config"), ("CACHE", "cache"), ("STATE", "state")):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / folder))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    yield


@pytest.fixture(scope="session")
def _guard() -> watch.GuiGuard:
    return watch.GuiGuard()


@pytest.fixture(autouse=True)
def gui_guard(request: pytest.FixtureRequest, _guard: watch.GuiGuard) -> Iterator[watch.GuiGuard]:
    """Fails a test in which the window's code does HTTP, waits, or reads a large file on the GUI thread.

    A test that provokes an offence on purpose clears `gui_guard.offences`.
    """
    with _guard.watching():
        yield _guard
    if _guard.offences:
        pytest.fail("\n".join(_guard.offences), pytrace=False)


@pytest.fixture(autouse=True)
def _nothing_left_behind(request: pytest.FixtureRequest, environment: None) -> Iterator[None]:
    """Fails a test that logs a warning nobody expects, or leaves a thread, a timer or a pool job."""
    marks = request.node.iter_markers("logs")
    logs = watch.LogWatch([pattern for mark in marks for pattern in mark.args])
    root = watch.logging.getLogger()
    root.addHandler(logs)
    before = set(threading.enumerate())
    try:
        yield
    finally:
        root.removeHandler(logs)
        next(_sweeps)
    left = watch.leftover_threads(before)
    if "qapp" in request.fixturenames:
        left += watch.leftover_qt_work()
    if left:
        pytest.fail(f"left behind: {', '.join(left)}", pytrace=False)
    if logs.unexpected:
        pytest.fail("unexpected log: " + "\n".join(logs.unexpected), pytrace=False)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real farm data, named by LEAFDESK_REAL_DATA."""
    if not REAL_DATA:
        pytest.skip("LEAFDESK_REAL_DATA is not set: this test wants real farm data")
    folder = Path(REAL_DATA)
    if not folder.is_dir():
        pytest.fail(f"LEAFDESK_REAL_DATA names no folder: {REAL_DATA}")
    return folder.resolve()


@pytest.fixture(scope="session")
def real_parcels(real_data: Path) -> Path:
    """4,791 real parcels as gzipped GeoJSON lines."""
    return real_data / "parcels-combined-wgs84" / "parcels_shared.geojsonl.gz"


@pytest.fixture
def sandbox(environment: None) -> Iterator["Sandbox"]:
    """A small Leaf on this machine, listening: 36 generated fields, some of them a provider's."""
    from leafdesk.sandbox import Sandbox

    leaf = Sandbox(fields=36, seed=1)
    leaf.start()
    yield leaf
    leaf.stop()


@pytest.fixture
def workspace(sandbox: "Sandbox", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator["Workspace"]:
    """A workspace in a fresh folder, signed in to the sandbox; nothing is pulled yet."""
    from leafdesk.workspace import Workspace

    monkeypatch.setenv("LEAFDESK_API_URL", sandbox.url)
    monkeypatch.setenv("LEAFDESK_SETTLE_SECONDS", "1")
    opened = Workspace(tmp_path / "workspace")
    opened.login(sandbox.username, sandbox.password, sandbox.url).result(30)
    yield opened
    opened.close()


@pytest.fixture
def opened(tmp_path: Path, sandbox: "Sandbox") -> Iterator[Callable[[], "Workspace"]]:
    """Open the workspace of the test, signed in; call again after `close` for what the next start finds."""
    from leafdesk.workspace import Workspace

    made: list[Workspace] = []

    def open_it() -> Workspace:
        workspace = Workspace(tmp_path / "folder", api_url=sandbox.url, settle_seconds=0.2)
        made.append(workspace)
        if workspace.account is None:
            workspace.login(sandbox.username, sandbox.password).result(20)
        return workspace

    yield open_it
    for workspace in made:
        workspace.close()


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> "Shell":
    """`leafdesk` commands at a fresh folder; no Leaf host is known yet."""
    from tests.shell import Shell

    monkeypatch.setenv("LEAFDESK_SETTLE_SECONDS", "1")
    return Shell(tmp_path / "data", capsys, monkeypatch)


@pytest.fixture
def signed_in(shell: "Shell", sandbox: "Sandbox", monkeypatch: pytest.MonkeyPatch) -> "Shell":
    """`leafdesk` commands at a folder that is signed in to the sandbox and has read everything."""
    monkeypatch.setenv("LEAFDESK_API_URL", sandbox.url)
    shell("login", "--username", sandbox.username, stdin=f"{sandbox.password}\n")
    shell("sync")
    return shell

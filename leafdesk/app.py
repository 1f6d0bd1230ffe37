"""The one place where the window is wired to its workspace, its log and the demo farm."""

from __future__ import annotations

import importlib
import logging
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from leafdesk.ui.doorbell import Doorbell
    from leafdesk.ui.main_window import MainWindow
    from leafdesk.workspace import Workspace

logger = logging.getLogger("leafdesk.app")

QT_LIBRARIES = (
    "libglib2.0-0 libdbus-1-3 libbrotli1 libgl1 libegl1 libfontconfig1 libxkbcommon0 libxcb-cursor0 libxcb-icccm4 "
    "libxcb-keysyms1 libxcb-shape0 libxkbcommon-x11-0 libx11-xcb1"
)
"""What Qt needs of a bare Debian 12."""

CANNOT_START = {
    "InUseError": "Another Leafdesk is open on this folder",
    "FromTheFutureError": "These data were written by a newer Leafdesk",
    "DamagedError": "The database is damaged",
    "DiskFullError": "The disk is full",
}
"""Headings for the world's errors at the start, by class name; their messages say the rest."""


def missing_libraries(error: ImportError | None = None) -> str:
    """One sentence with the line to type when Qt does not load here for want of system libraries; "" when it loads."""
    if error is None:
        try:
            importlib.import_module("PySide6.QtWidgets")
        except ImportError as found:
            error = found
        else:
            return ""
    missing = str(error).partition(":")[0].strip() or "a library"
    if sys.platform != "linux":
        return f"The window cannot open because Qt does not load here: {error}."
    return (
        f"The window cannot open because this system lacks {missing}, which Qt needs; "
        f"as root: apt-get install -y {QT_LIBRARIES}"
    )


def main(folder: Path, files: Sequence[Path] = ()) -> int:
    """Open the window on a workspace folder and stay until it is closed; the answer is the exit code.

    Where a window on that folder is open already, that one comes up and gets the files.
    """
    if (folder / "leafdesk.door").exists():
        from leafdesk.ui.doorbell import ring

        if ring(folder, files):
            print("Leafdesk is open already; its window has it now.", file=sys.stderr)  # noqa: T201
            return 0
    return run(folder, files=files)


def run(
    folder: Path,
    *,
    workspace: Workspace | None = None,
    autosync: bool = True,
    title: str = "Leafdesk",
    files: Sequence[Path] = (),
) -> int:
    """Open the window on `workspace`, or on the one in `folder`. Exit codes as in the command line: 0, 1, 2 or 6."""
    try:
        application = make_application()
    except ImportError as error:
        print(missing_libraries(error), file=sys.stderr)  # noqa: T201
        return 1
    hook = ErrorHook(folder)
    hook.install()
    if workspace is not None:
        keep_log(folder)
    try:
        desk = Desk(workspace, folder, autosync=autosync, title=title, files=files)
        desk.show()
        code = application.exec()
        desk.close()
        return desk.code or code
    finally:
        hook.remove()


def make_application() -> QApplication:
    """The one QApplication, in the house's style. Raises ImportError when Qt's system libraries are missing."""
    from PySide6.QtWidgets import QApplication

    from leafdesk.ui.garbage import Collector

    application = QApplication.instance()
    if isinstance(application, QApplication):
        application.setStyle("fusion")
    else:  # the style by its option: `setStyle` answers a QStyle, whose enums take 15 ms to make
        application = QApplication([*sys.argv[:1], "-style", "fusion"])
        Collector(application).begin()
        _read_no_sources()
    application.setApplicationName("leafdesk")
    application.setApplicationDisplayName("Leafdesk")
    application.setDesktopFileName("leafdesk")
    return application


def _read_no_sources() -> None:
    """Keep PySide from reading the source of every module that is loaded after it.

    It looks there for the names of Qt, to know whether `__feature__` (snake_case names) concerns the module. Nobody
    here uses that, and it held up the window for 35 ms. Where there are no sources, PySide takes this very answer.
    """
    feature = sys.modules.get("shibokensupport.feature")
    if hasattr(feature, "_mod_uses_pyside"):
        feature._mod_uses_pyside = lambda _: True  # type: ignore[union-attr]


def open_workspace(folder: Path) -> Workspace:
    """The workspace in the folder. Raises what Workspace raises."""
    from leafdesk.workspace import Workspace

    return Workspace(folder)


def keep_log(folder: Path) -> Path:
    """Warnings and worse go to `<folder>/logs/leafdesk.log`; the answer is that file. A full disk is no hindrance."""
    import logging.handlers  # neither is on the way to the first paint

    from leafdesk.credentials import TokenFilter

    path = folder / "logs" / "leafdesk.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            path, maxBytes=1 << 20, backupCount=3, delay=True, encoding="utf-8"
        )
    except OSError:
        return path
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    handler.setLevel(logging.WARNING)
    handler.addFilter(TokenFilter())
    root = logging.getLogger("leafdesk")
    if not any(getattr(known, "baseFilename", "") == handler.baseFilename for known in root.handlers):
        root.addHandler(handler)
    return path


def say_cannot_start(folder: Path, error: Exception) -> int:
    """Say in a small window why there is no start; the answer is the exit code."""
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QMessageBox

    box = QMessageBox(QMessageBox.Icon.Warning, "Leafdesk", "")
    box.setTextFormat(Qt.TextFormat.PlainText)
    heading, text, code = explain(error)
    box.setText(heading)
    box.setInformativeText(f"{text}\n\nFolder: {folder}")
    if code == 1:
        logger.error("cannot start", exc_info=error)
    print(f"{heading}. {text}", file=sys.stderr)  # noqa: T201
    box.exec()
    return code


def explain(error: BaseException) -> tuple[str, str, int]:
    """(heading, text, exit code) for an error at the start."""
    from leafdesk.ui.trouble import OURS, SILENT

    name = next((kind.__name__ for kind in type(error).__mro__ if kind.__name__ in CANNOT_START), "")
    if name:
        return CANNOT_START[name], str(error) or SILENT.get(name, ""), 6 if name == "InUseError" else 2
    if isinstance(error, OSError):
        return "The folder cannot be used", f"{error.strerror or error}. Nothing was changed.", 2
    return "Leafdesk cannot start", OURS, 1


class Desk:
    """The window that is open and what stands behind it: the user's own workspace, or the demo farm's.

    Without a workspace it opens the folder's when the window has painted; `code` is not 0 when that failed.
    """

    def __init__(
        self, workspace: Workspace | None, folder: Path, *, autosync: bool, title: str, files: Sequence[Path] = ()
    ) -> None:
        from leafdesk.ui.main_window import MainWindow

        self.workspace, self.folder, self.autosync, self.code = workspace, folder, autosync, 0
        self.demo: DemoFarm | None = None
        self.bell: Doorbell | None = None
        self._files = files
        self._lock, self._over = threading.Lock(), False
        self.window: MainWindow = MainWindow(
            workspace or self._open, folder, try_demo=self.open_demo, autosync=autosync, title=title
        )
        self.window.unopened.connect(self._cannot)
        self.window.opened.connect(self._ready)

    def _open(self) -> Workspace:
        """On a thread of its own; the window may be closed before it is through."""
        keep_log(self.folder)
        workspace = open_workspace(self.folder)
        with self._lock:
            if self._over:
                workspace.close()
            else:
                self.workspace = workspace
        return workspace

    def _ready(self) -> None:
        """The window answers: hang the bell for a second start, and open the files this one was given."""
        from leafdesk.ui.doorbell import Doorbell

        try:
            self.bell = Doorbell(self.folder)
        except OSError:
            logger.info("no second start can be heard", exc_info=True)
        else:
            self.bell.rang.connect(self._rung)
        if self._files:
            self.window.importing.open(self._files)

    def _rung(self, files: Sequence[Path]) -> None:
        from PySide6.QtCore import Qt

        self.window.setWindowState(self.window.windowState() & ~Qt.WindowState.WindowMinimized)
        self.window.show()
        self.window.activateWindow()
        self.window.importing.open(files)

    def _cannot(self, error: Exception) -> None:
        self.code = say_cannot_start(self.folder, error)
        self.window.close()

    def show(self) -> None:
        """Show the window."""
        self.window.show()

    def open_demo(self) -> None:
        """Put a window on the demo farm in the place of the first start's, once the farm is made (off this thread)."""
        self.window.start.demo.setEnabled(False)
        self.window.start.note.setText("Making the farm…")
        self.window.bridge.read(lambda _: DemoFarm(), self._enter_demo)

    def _enter_demo(self, demo: DemoFarm) -> None:
        from leafdesk.ui.main_window import MainWindow

        self.demo = demo
        first = self.window
        title = "Leafdesk – demo farm"
        self.window = MainWindow(demo.workspace, demo.folder, autosync=self.autosync, title=title)
        self.window.setGeometry(first.geometry())
        self.window.show()
        first.close()
        demo.enter(self.window)

    def close(self) -> None:
        """Close what was opened."""
        if self.bell is not None:
            self.bell.close()
        with self._lock:
            self._over = True
        if self.workspace is not None:
            self.workspace.close()
        if self.demo is not None:
            self.demo.close()


class DemoFarm:
    """A Leaf server on this machine with made-up fields, and a workspace for it in a temporary folder."""

    def __init__(self, fields: int = 200) -> None:
        import tempfile

        from leafdesk.sandbox import Sandbox

        self._kept: Any = tempfile.TemporaryDirectory(prefix="leafdesk-demo-", ignore_cleanup_errors=True)
        self.folder = Path(self._kept.name)
        self.workspace = open_workspace(self.folder)
        self.leaf = Sandbox(fields=fields)
        self.leaf.start()

    def enter(self, window: MainWindow) -> None:
        """Sign in and fetch."""
        future = self.workspace.login(self.leaf.username, self.leaf.password, self.leaf.url)
        window.bridge.then(future, lambda _: window.leaf.signed_in(), lambda error: window.notice.say(str(error)))

    def close(self) -> None:
        """Take the server and the folder away."""
        self.workspace.close()
        self.leaf.stop()
        self._kept.cleanup()


class ErrorHook:
    """What becomes of a mistake of ours: the log gets it whole, the user a sentence and the way to the log."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._before = (sys.excepthook, threading.excepthook)
        self._shown: Any = None

    def install(self) -> None:
        """From now on."""
        sys.excepthook = self.take
        threading.excepthook = lambda args: self.take(args.exc_type, args.exc_value, args.exc_traceback)

    def remove(self) -> None:
        """No more."""
        sys.excepthook, threading.excepthook = self._before

    def take(self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        """Log it; on the GUI thread also show it, once at a time."""
        if issubclass(kind, KeyboardInterrupt) or error is None:
            self._before[0](kind, error, trace)  # type: ignore[arg-type]
            return
        keep_log(self._folder)
        logger.error("a bug", exc_info=(kind, error, trace))
        if threading.current_thread() is threading.main_thread() and self._shown is None:
            self._show()

    def _show(self) -> None:
        from PySide6.QtCore import QUrl
        from PySide6.QtGui import QDesktopServices
        from PySide6.QtWidgets import QMessageBox

        from leafdesk.ui.trouble import OURS

        box = QMessageBox(QMessageBox.Icon.Warning, "Leafdesk", "Something went wrong")
        box.setInformativeText(OURS)
        opened = box.addButton("Open the log", QMessageBox.ButtonRole.HelpRole)
        opened.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(keep_log(self._folder)))))
        box.addButton("Go on", QMessageBox.ButtonRole.AcceptRole)
        box.finished.connect(lambda _code: setattr(self, "_shown", None))
        self._shown = box
        box.open()

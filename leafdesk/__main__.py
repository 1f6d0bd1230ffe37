"""Start Leafdesk: hands the command line the two things only the window's rooms can do."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def _open_window(folder: Path, files: Sequence[Path] = ()) -> int:
    from leafdesk.app import main as open_window

    return open_window(folder, files)


def _show_demo(**wishes: Any) -> int:
    from leafdesk.demo import Wishes, show

    return show(Wishes(**wishes))


def main() -> None:
    """The `leafdesk` command. Alone it opens the window, without the command line on the way to the first paint."""
    if len(sys.argv) == 1:
        from leafdesk.folder import usual_folder

        sys.exit(_open_window(usual_folder()))
    if sys.argv[1:] == ["--read-file"]:
        from leafdesk.files.apart import serve

        sys.exit(serve())
    if sys.argv[1:] == ["--geometry"]:
        from leafdesk.geo.apart import serve as work_out

        sys.exit(work_out())
    from leafdesk.cli import Front, run

    sys.exit(run(sys.argv[1:], Front(window=_open_window, demo=_show_demo)))


if __name__ == "__main__":
    main()

"""Start Leafdesk: hands the command line the two things only the window's rooms can do."""

import sys
from pathlib import Path


def _open_window(folder: Path) -> int:
    from leafdesk import app

    return app.main(folder)


def _show_demo(**wishes: object) -> int:
    from leafdesk import demo

    return demo.show(demo.Wishes(**wishes))  # type: ignore[arg-type]


def main() -> None:
    """The `leafdesk` command."""
    from leafdesk.cli import Front, run

    sys.exit(run(sys.argv[1:], Front(window=_open_window, demo=_show_demo)))


if __name__ == "__main__":
    main()

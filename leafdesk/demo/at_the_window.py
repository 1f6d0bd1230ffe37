"""The demo for a person: the window on the sandbox, signed in and pulling."""

from pathlib import Path
from typing import TYPE_CHECKING

from leafdesk import app
from leafdesk.cli.desk import wait
from leafdesk.demo.hand import until
from leafdesk.ui.main_window import MainWindow

if TYPE_CHECKING:
    from leafdesk.demo import Wishes
    from leafdesk.sandbox import Sandbox

TITLE = "Leafdesk – demo farm"


def run_at_the_window(wishes: "Wishes", folder: Path, leaf: "Sandbox") -> int:
    """Show the window until it is closed; with `screenshot`, only until its fields are there and pictured."""
    application = app.make_application()
    workspace = app.open_workspace(folder)
    wait(workspace.login(leaf.username, leaf.password, leaf.url))
    if wishes.screenshot is None and not wishes.dark:
        return app.run(folder, workspace=workspace, title=TITLE)
    window = MainWindow(workspace, folder, autosync=True, title=TITLE)
    try:
        window.choose_look("dark" if wishes.dark else "light")
        window.show()
        if wishes.screenshot is None:
            return application.exec()
        until(lambda: workspace.last_sync and not workspace.syncing and window.lists.rows, "the fields are there")
        window.canvas.settle()
        window.grab().save(str(wishes.screenshot))
        return 0
    finally:
        window.close()
        workspace.close()

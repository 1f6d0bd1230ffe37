"""Where the packaged program starts."""

import os
import sys


def _give_back_the_library_path() -> None:
    """Programs that we open (a browser, a viewer) must load the system's libraries, not ours.

    The bootloader points LD_LIBRARY_PATH at the bundle; our own libraries are found without it from here on.
    """
    if sys.platform == "linux":
        before = os.environ.pop("LD_LIBRARY_PATH_ORIG", "")
        os.environ.pop("LD_LIBRARY_PATH", None)
        if before:
            os.environ["LD_LIBRARY_PATH"] = before


if __name__ == "__main__":
    _give_back_the_library_path()
    from leafdesk.__main__ import main

    main()

"""Where the workspace folder is when nobody names one."""

import os
from pathlib import Path


def usual_folder() -> Path:
    """LEAFDESK_DATA, else the platform's place for a user's data."""
    named = os.environ.get("LEAFDESK_DATA", "").strip()
    if named:
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_data_dir("leafdesk", appauthor=False))

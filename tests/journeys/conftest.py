"""A person's day: the real window on a real workspace, Leaf's sandbox over real HTTP."""

from tests.ui.conftest import open_window, window

__all__ = ["open_window", "window"]

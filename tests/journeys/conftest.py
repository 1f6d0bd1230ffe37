"""A person's day: the real window on a real workspace, Leaf's sandbox over real HTTP."""

from tests.ui.conftest import open_window, sandbox, window

__all__ = ["open_window", "sandbox", "window"]

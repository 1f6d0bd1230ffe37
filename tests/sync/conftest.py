"""A laptop for every test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .laptop import Laptop


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    """A laptop whose database lies in a folder of the test's own."""
    laptop = Laptop(tmp_path / "leafdesk.db")
    yield laptop
    laptop.database.close()

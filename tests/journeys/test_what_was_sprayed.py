"""An evening at the desk: which product did the sprayer's file mean? In the middle of it the line is gone."""

from typing import Any

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from leafdesk.records import ProductMatch
from leafdesk.sandbox import Sandbox
from leafdesk.ui.dialogs.product import ChooseProduct
from leafdesk.ui.main_window import MainWindow
from leafdesk.ui.panels.inputs import InputsPage
from leafdesk.ui.panels.matches import MatchesDetail
from leafdesk.ui.panels.work import WorkPanel
from tests.journeys import hands
from tests.neighbour import Neighbour

WAIT = 15000
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def _to_review(leaf: Neighbour, sandbox: Sandbox) -> tuple[dict[str, Any], dict[str, Any]]:
    """An operation on one field, and a product of it that Leaf only predicts."""
    for operation in sandbox.leaf.all("operations"):
        path = f"/services/beta/api/products/matching/operations/{operation['id']}"
        for match in leaf.call("GET", path):
            if match["matchDetails"]["status"] == "PREDICTED":
                return operation, match
    raise AssertionError("the farmland has a match to review")


def test_from_a_field_to_its_products_without_a_mouse(window: MainWindow, sandbox: Sandbox, qtbot: QtBot) -> None:
    leaf = Neighbour(sandbox.url, sandbox.username, sandbox.password)
    operation, match = _to_review(leaf, sandbox)
    window.select(operation["fields"][0]["id"])
    qtbot.waitUntil(window.commands["work"].isEnabled, timeout=WAIT)
    hands.press(window, "work")
    page = window.pages.page("inputs")
    assert isinstance(page, InputsPage)
    panel = page.panel("Matches")
    assert isinstance(panel, WorkPanel) and isinstance(panel.detail, MatchesDetail)
    detail = panel.detail

    hands.press(window, "fetch-work")
    qtbot.waitUntil(lambda: panel.rows.rowCount() > 0, timeout=WAIT)
    panel.look_up(operation["id"])
    qtbot.waitUntil(lambda: panel.row is not None and panel.row.id == operation["id"], timeout=WAIT)
    hands.press(window, "fetch-matches")
    qtbot.waitUntil(lambda: match["id"] in detail.cards and not detail.asking.busy, timeout=WAIT)

    sandbox.go_dark()
    detail.current = match["id"]
    hands.press(window, "change-match")
    sheet = window.findChild(ChooseProduct)
    assert sheet is not None
    sheet.search.setText("mead")
    qtbot.waitUntil(lambda: sheet.hits.count() > 0, timeout=WAIT)
    qtbot.keyClick(sheet.search, Qt.Key.Key_Return)
    qtbot.keyClick(sheet.hits, Qt.Key.Key_Down)
    chosen = sheet.product_id
    qtbot.keyClick(sheet.hits, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.findChild(ChooseProduct) is None, timeout=WAIT)
    qtbot.waitUntil(lambda: window.status.waiting.text() == "1 change waiting", timeout=WAIT)
    seen = window.workspace.catalog.get("matches", match["id"])
    assert isinstance(seen, ProductMatch) and (seen.product_id, seen.status) == (chosen, "VALIDATED")

    sandbox.come_back()
    hands.sync(window, qtbot)
    path = f"/services/beta/api/products/matching/operations/{operation['id']}"
    (after,) = [one for one in leaf.call("GET", path) if one["id"] == match["id"]]
    assert (after["productId"], after["matchDetails"]["status"]) == (chosen, "VALIDATED")
    assert window.workspace.outbox.items() == []

"""The inputs page: the catalogs here and at Leaf, details and labels, and which product a machine's text meant."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from leafdesk.records import Product, ProductMatch, TankMix
from leafdesk.sandbox import Sandbox
from leafdesk.ui.dialogs.product import ChooseProduct
from leafdesk.ui.main_window import MainWindow
from leafdesk.ui.panels.asking import Asking
from leafdesk.ui.panels.input_detail import InputDetail, MixDetail, Paper, ProductDetail
from leafdesk.ui.panels.inputs import InputsPage
from leafdesk.ui.panels.matches import MatchesDetail
from leafdesk.ui.panels.search_at_leaf import NOT_TYPED, SearchAtLeaf
from leafdesk.ui.panels.work import WorkPanel
from leafdesk.ui.tables.panel import TablePanel
from leafdesk.workspace import Row, Workspace

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
WAIT = 15000


def inputs(window: MainWindow, qtbot: QtBot, tab: str = "Products") -> TablePanel:
    """A tab of the page, in sight and read."""
    qtbot.keyClick(window, Qt.Key.Key_4, CTRL)
    page = window.pages.page("inputs")
    assert isinstance(page, InputsPage)
    page.show_tab(tab)
    panel = page.panel(tab)
    assert isinstance(panel, TablePanel)
    qtbot.waitUntil(lambda: panel.rows.standing is not None, timeout=WAIT)
    return panel


def names(panel: TablePanel) -> list[str]:
    rows = [panel.rows.row(place) for place in range(panel.rows.rowCount())]
    return [row.name for row in rows if row is not None]


def typed(panel: TablePanel, text: str, qtbot: QtBot) -> list[str]:
    """The names after something was typed into the filter."""
    with qtbot.waitSignal(panel.rows.stood):
        panel.filters.line.setText(text)
    return names(panel)


def looked_up(panel: TablePanel, id: str, qtbot: QtBot) -> Row:
    """A record selected by its id."""
    panel.look_up(id)
    qtbot.waitUntil(lambda: panel.row is not None and panel.row.id == id, timeout=WAIT)
    assert panel.row is not None
    return panel.row


def said(detail: InputDetail) -> str:
    """Every word in a detail."""
    return "\n".join(label.text() for label in detail.findChildren(QLabel) if not label.isHidden())


# ---------------------------------------------------------------------- the catalogs that are here
def test_the_catalogs_are_searched_as_you_type_and_a_misspelt_word_is_forgiven(
    window: MainWindow, qtbot: QtBot
) -> None:
    panel = inputs(window, qtbot)
    every = window.workspace.tables.rows("products", limit=1000)
    assert panel.count.text() == f"{len(every)} products" and panel.age.text() == "fetched just now"
    name = next(row.name for row in every if row.values.get("source") == "list")
    assert name in typed(panel, name[:5], qtbot)
    wrong = f"{name.split()[0][:-1]}x"
    assert name in typed(panel, wrong, qtbot)
    assert "look alike" in panel.count.text()
    for tab, word in (("Varieties", "varieties"), ("Tank mixes", "tank mixes")):
        assert word in inputs(window, qtbot, tab).count.text()


def test_ctrl_f_goes_to_the_line_of_the_tab_in_sight(window: MainWindow, qtbot: QtBot) -> None:
    inputs(window, qtbot)
    panel = inputs(window, qtbot, "Varieties")
    qtbot.keyClick(window, Qt.Key.Key_F, CTRL)
    assert panel.filters.line.hasFocus()


def test_filters_narrow_by_catalog_and_by_where_an_entry_came_from(window: MainWindow, qtbot: QtBot) -> None:
    panel = inputs(window, qtbot)
    with qtbot.waitSignal(panel.rows.stood):
        panel.filters.chips["mine"].click()
    named = window.workspace.tables.choices("products", "source")
    assert panel.rows.rowCount() == dict(named)["summary"]
    kinds = panel.filters.picks["product_type"]
    qtbot.waitUntil(lambda: kinds.count() > 3, timeout=WAIT)


def test_a_tank_mix_tells_what_is_in_it_and_leads_there(window: MainWindow, qtbot: QtBot) -> None:
    panel = inputs(window, qtbot, "Tank mixes")
    records = (window.workspace.catalog.get("tankMixes", row.id) for row in window.workspace.tables.rows("tankMixes"))
    mix = next(one for one in records if isinstance(one, TankMix) and one.rate_unit == "gal1ac-1" and one.carrier)
    looked_up(panel, mix.id, qtbot)
    detail = panel.detail
    assert isinstance(detail, MixDetail)
    qtbot.waitUntil(lambda: bool(detail.parts), timeout=WAIT)
    told = said(detail)
    assert f"{mix.rate:g} gal/ac" in told and "Carrier" in told
    assert set(detail.parts) == {part.id for part in (*mix.components, mix.carrier) if part}
    link = detail.parts[mix.components[0].id]
    assert link.text() == mix.components[0].name
    link.click()
    products = window.pages.currentWidget()
    assert isinstance(products, InputsPage)
    found = products.panel("Products")
    assert isinstance(found, TablePanel)
    qtbot.waitUntil(lambda: found.row is not None and found.row.id == mix.components[0].id, timeout=WAIT)


def test_a_part_of_a_mix_that_is_not_here_is_asked_for(window: MainWindow, sandbox: Sandbox, qtbot: QtBot) -> None:
    panel = inputs(window, qtbot, "Tank mixes")
    label = next(one for one in sandbox.leaf.all("products") if one["labelProvider"] == "CDMS")
    mix = sandbox.leaf.all("tankMixes")[0]
    sandbox.leaf.change("tankMixes", mix["id"], components=[{"id": label["id"], "name": label["name"]}])
    window.workspace.sync(stock=True).result(60)
    looked_up(panel, mix["id"], qtbot)
    detail = panel.detail
    assert isinstance(detail, MixDetail)
    qtbot.waitUntil(lambda: label["id"] in detail.parts, timeout=WAIT)
    sandbox.go_dark()
    detail.parts[label["id"]].click()
    qtbot.waitUntil(lambda: "cannot be reached" in detail.asking.said.text(), timeout=WAIT)
    sandbox.come_back()
    detail.parts[label["id"]].click()
    page = window.pages.currentWidget()
    assert isinstance(page, InputsPage)
    products = page.panel("Products")
    assert isinstance(products, TablePanel)
    qtbot.waitUntil(lambda: products.row is not None and products.row.id == label["id"], timeout=WAIT)


# ---------------------------------------------------------------------- the catalogs at Leaf
def search(panel: TablePanel) -> SearchAtLeaf:
    (found,) = panel.findChildren(SearchAtLeaf)
    return found


def test_what_leaf_finds_is_shown_and_stays_with_its_date(window: MainWindow, sandbox: Sandbox, qtbot: QtBot) -> None:
    panel = inputs(window, qtbot)
    assert window.commands.why_not("search-leaf") == NOT_TYPED
    label = next(one for one in sandbox.leaf.all("products") if one["labelProvider"] == "AGRIAN")
    assert window.workspace.tables.row("products", label["id"]) is None
    typed(panel, label["name"], qtbot)
    qtbot.keyClick(window, Qt.Key.Key_F, CTRL | SHIFT)
    assert search(panel).said.text() == "Asking Leaf…" and not search(panel).button.isEnabled()
    qtbot.waitUntil(lambda: "they stay here" in search(panel).said.text(), timeout=WAIT)
    picker = panel.filters.picks["found"]
    qtbot.waitUntil(lambda: picker.currentIndex() > 0 and label["name"] in names(panel), timeout=WAIT)
    assert panel.filters.line.text() == "" and picker.currentText().startswith("Searched just now")
    row = looked_up(panel, label["id"], qtbot)
    assert "searched at Leaf just now" in said(panel.detail) and row.values["found"]  # type: ignore[arg-type]
    sandbox.go_dark()
    assert label["name"] in typed(panel, label["name"], qtbot), "it is found offline from now on"


@pytest.mark.parametrize(("tab", "kind"), [("Varieties", "varieties"), ("Tank mixes", "tankMixes")])
def test_varieties_and_tank_mixes_are_searched_at_leaf_too(
    tab: str, kind: Any, window: MainWindow, sandbox: Sandbox, qtbot: QtBot
) -> None:
    panel = inputs(window, qtbot, tab)
    one = sandbox.leaf.all(kind)[0]
    sandbox.leaf.change(kind, one["id"], name="Night Shade 7")
    typed(panel, "Night", qtbot)
    assert "Night Shade 7" not in names(panel)
    window.commands["search-leaf"].trigger()
    qtbot.waitUntil(lambda: "Night Shade 7" in names(panel), timeout=WAIT)


def test_all_of_a_variety_is_asked_for(window: MainWindow, sandbox: Sandbox, qtbot: QtBot) -> None:
    panel = inputs(window, qtbot, "Varieties")
    one = sandbox.leaf.all("varieties")[0]
    sandbox.leaf.change("varieties", one["id"], companyName="Other Seeds")
    looked_up(panel, one["id"], qtbot)
    window.commands["fetch-details"].trigger()
    qtbot.waitUntil(lambda: panel.row is not None and panel.row.values["company"] == "Other Seeds", timeout=WAIT)
    assert isinstance(panel.detail, InputDetail) and "details of just now" in said(panel.detail)


def test_offline_a_search_at_leaf_says_why_not_and_the_one_here_goes_on(
    window: MainWindow, sandbox: Sandbox, qtbot: QtBot
) -> None:
    panel = inputs(window, qtbot)
    sandbox.go_dark()
    name = names(panel)[0]
    typed(panel, name, qtbot)
    window.commands["search-leaf"].trigger()
    qtbot.waitUntil(lambda: "cannot be reached" in search(panel).said.text(), timeout=WAIT)
    assert search(panel).said.property("role") == "error"
    assert name in names(panel) and window.commands["search-leaf"].isEnabled()
    sandbox.come_back()
    typed(panel, "zzzzqqqq", qtbot)
    assert search(panel).said.text() == ""
    window.commands["search-leaf"].trigger()
    qtbot.waitUntil(lambda: "Leaf has no product with “zzzzqqqq”" in search(panel).said.text(), timeout=WAIT)


class Browser(QObject):
    """Where addresses are opened."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toString())


def test_details_and_labels_are_fetched_when_asked_and_opened_when_clicked(
    window: MainWindow, sandbox: Sandbox, qtbot: QtBot
) -> None:
    leafs = next(one for one in sandbox.leaf.all("products") if one["labelProvider"] == "JohnDeere")
    labels = [
        {"name": "Label A", "url": "https://labels.example.com/a.pdf"},
        {"name": "B", "url": "http://plain.example.com"},
    ]
    panel = inputs(window, qtbot)
    detail = panel.detail
    assert isinstance(detail, ProductDetail)
    looked_up(panel, leafs["id"], qtbot)
    qtbot.waitUntil(lambda: "fetch the details" in said(detail), timeout=WAIT)
    sandbox.leaf.change("products", leafs["id"], labels=labels, activeIngredient=["13.1 - Lambda-cyhalothrin"])
    browser = Browser()
    QDesktopServices.setUrlHandler("https", browser, "open")
    try:
        qtbot.keyClick(window, Qt.Key.Key_D, CTRL | SHIFT)
        qtbot.waitUntil(lambda: [one.link.text() for one in detail.labels] == ["Label A"], timeout=WAIT)
        told = said(detail)
        assert "labels.example.com" in told and "plain.example.com" in told, "what was left out is said"
        assert "details of just now" in told and browser.opened == []
        detail.labels[0].link.click()
        assert browser.opened == ["https://labels.example.com/a.pdf"]
    finally:
        QDesktopServices.unsetUrlHandler("https")
    sandbox.go_dark()
    window.commands["fetch-details"].trigger()
    qtbot.waitUntil(lambda: "cannot be reached" in detail.asking.said.text(), timeout=WAIT)
    assert [one.link.text() for one in detail.labels] == ["Label A"], "what was fetched stays"


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://www.agrian.com/pdfs/1.pdf", "www.agrian.com"),
        ("https://www.agrian.com@evil.example.com/x", "evil.example.com"),
        ("https://аgrian.com/x", "xn--grian-3ve.com"),
        ("http://www.agrian.com/1.pdf", ""),
        ("javascript:alert(1)", ""),
        ("https://", ""),
        ("file:///etc/passwd", ""),
    ],
)
def test_a_label_shows_the_host_it_is_opened_at(address: str, host: str, qtbot: QtBot) -> None:
    paper = Paper("Label", address)
    qtbot.addWidget(paper)
    told = [label.text() for label in paper.findChildren(QLabel)]
    assert told == [host or "no safe address"] and paper.link.isEnabled() == bool(host)


# ---------------------------------------------------------------------- operations and matches
@pytest.fixture
def matched(window: MainWindow, sandbox: Sandbox) -> dict[str, Any]:
    """An operation at Leaf with a product to review."""
    from tests.neighbour import Neighbour

    leaf = Neighbour(sandbox.url, sandbox.username, sandbox.password)
    for one in sandbox.leaf.all("operations"):
        found = leaf.call("GET", f"/services/beta/api/products/matching/operations/{one['id']}")
        if any(match["matchDetails"]["status"] == "PREDICTED" for match in found):
            return {**one, "matches": found}
    raise AssertionError("the farmland has a match to review")


def work(window: MainWindow, qtbot: QtBot) -> tuple[WorkPanel, MatchesDetail]:
    panel = inputs(window, qtbot, "Matches")
    assert isinstance(panel, WorkPanel) and isinstance(panel.detail, MatchesDetail)
    return panel, panel.detail


def fetched_work(window: MainWindow, qtbot: QtBot, id: str) -> tuple[WorkPanel, MatchesDetail]:
    """Operations and the matches of one, fetched and in sight."""
    panel, detail = work(window, qtbot)
    window.commands["fetch-work"].trigger()
    qtbot.waitUntil(lambda: "Leaf told" in panel.asking.said.text(), timeout=WAIT)
    looked_up(panel, id, qtbot)
    qtbot.waitUntil(lambda: "not fetched yet" in detail.said.text(), timeout=WAIT)
    window.commands["fetch-matches"].trigger()
    qtbot.waitUntil(lambda: bool(detail.cards) and not detail.asking.busy, timeout=WAIT)
    return panel, detail


def test_work_that_was_never_fetched_says_so_and_is_fetched_when_asked(
    window: MainWindow, sandbox: Sandbox, qtbot: QtBot
) -> None:
    panel, _ = work(window, qtbot)
    assert panel.message.text() == "Operations were not fetched yet." and panel.age.text() == "not fetched yet"
    sandbox.go_dark()
    panel.next_step.click()
    qtbot.waitUntil(lambda: "cannot be reached" in panel.asking.said.text(), timeout=WAIT)
    sandbox.come_back()
    panel.next_step.click()
    every = len(sandbox.leaf.all("operations"))
    qtbot.waitUntil(lambda: panel.count.text() == f"{every} operations", timeout=WAIT)
    qtbot.waitUntil(lambda: panel.age.text() == "fetched just now", timeout=WAIT)
    first = panel.rows.row(0)
    assert first is not None and panel.table.columns[1].text(first) in {row.name for row in window.lists.rows.values()}
    assert panel.table.columns[4].text(first) == "not fetched yet"


def test_work_is_found_by_the_name_of_its_field(window: MainWindow, sandbox: Sandbox, qtbot: QtBot) -> None:
    panel, _ = work(window, qtbot)
    window.commands["fetch-work"].trigger()
    qtbot.waitUntil(lambda: panel.rows.rowCount() > 20, timeout=WAIT)
    operation = sandbox.leaf.all("operations")[0]
    field = window.lists.rows[operation["fields"][0]["id"]]
    with qtbot.waitSignal(panel.rows.stood):
        panel.filters.line.setText(field.name)
    found = [panel.rows.row(place) for place in range(panel.rows.rowCount())]
    assert operation["id"] in {row.id for row in found if row is not None}
    assert all(field.name in str(row.values["fields"]) for row in found if row is not None)


def test_a_match_is_approved_through_the_queue_and_its_history_told(
    window: MainWindow, sandbox: Sandbox, qtbot: QtBot, matched: dict[str, Any]
) -> None:
    panel, detail = fetched_work(window, qtbot, matched["id"])
    assert set(detail.cards) == {one["id"] for one in matched["matches"]}
    match = next(one for one in matched["matches"] if one["matchDetails"]["status"] == "PREDICTED")
    card = detail.cards[match["id"]]
    qtbot.waitUntil(lambda: "not in the catalog" not in card.product.text(), timeout=WAIT)
    product = window.workspace.catalog.get("products", match["productId"])
    assert isinstance(product, Product), "the product it names was looked up along with it"
    assert card.text.text() == f"“{match['name']}”" and product.name in card.product.text()
    assert card.status.text().startswith("Predicted, score")
    left = sum(one["matchDetails"]["status"] == "PREDICTED" for one in matched["matches"])
    qtbot.waitUntil(lambda: _cell(panel, "matches") == f"{left} to review", timeout=WAIT)

    sandbox.go_dark()
    detail.current = match["id"]
    qtbot.keyClick(window, Qt.Key.Key_A, CTRL | SHIFT)
    qtbot.waitUntil(lambda: card.status.text() == "Approved", timeout=WAIT)
    assert card.standing.text() == "Not sent yet." and not card.approve.isEnabled()
    assert "approved already" in card.approve.toolTip()
    (item,) = window.workspace.outbox.items()
    assert (item.kind, item.record_id) == ("matches", match["id"])
    qtbot.keyClick(window, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: card.status.text().startswith("Predicted, score"), timeout=WAIT)
    assert window.workspace.outbox.items() == []
    qtbot.keyClick(window, Qt.Key.Key_Z, CTRL | SHIFT)
    qtbot.waitUntil(lambda: card.status.text() == "Approved", timeout=WAIT)
    sandbox.come_back()
    window.workspace.sync(pull=False).result(60)
    qtbot.waitUntil(lambda: not card.standing.isVisible() and card.status.text() == "Approved", timeout=WAIT)
    window.undo()
    qtbot.waitUntil(lambda: "no call makes it a prediction again" in window.notice.text.text(), timeout=WAIT)
    assert card.status.text() == "Approved" and window.workspace.outbox.items() == []

    card.history.click()
    qtbot.waitUntil(lambda: any("Until" in line.text() for line in card.past.findChildren(QLabel)), timeout=WAIT)
    sandbox.go_dark()
    card.history.click()
    assert card.past.isHidden()
    card.history.click()
    assert any(product.name in line.text() for line in card.past.findChildren(QLabel)), "its history is here now"


def _cell(panel: WorkPanel, key: str) -> str:
    (column,) = (one for one in panel.table.columns if one.key == key)
    return column.text(panel.row) if panel.row is not None else ""


def test_a_question_that_is_asked_meanwhile_waits_its_turn(window: MainWindow, qtbot: QtBot) -> None:
    asking = Asking(window, QPushButton("Ask"))
    qtbot.addWidget(asking)
    answers, told = [Future[int](), Future[int](), Future[int]()], list[int]()

    def take(found: list[int]) -> str:
        told.extend(found)
        return f"Leaf told {found[-1]}."

    asking.ask(lambda: answers[0], lambda: answers[1], done=take)
    asking.ask(lambda: answers[2], done=take, meanwhile="And then…")
    assert asking.said.text() == "Asking Leaf… 1 of 2" and not asking.button.isEnabled()
    answers[0].set_result(1)
    qtbot.waitUntil(lambda: asking.said.text() == "Asking Leaf… 2 of 2", timeout=WAIT)
    answers[1].set_exception(KeyError("nothing"))
    qtbot.waitUntil(lambda: asking.said.text() == "And then…", timeout=WAIT)
    answers[2].set_result(3)
    qtbot.waitUntil(lambda: asking.said.text() == "Leaf told 3.", timeout=WAIT)
    assert told == [3] and asking.button.isEnabled()


def test_another_product_is_chosen_from_the_catalog_here_or_at_leaf(
    window: MainWindow, sandbox: Sandbox, qtbot: QtBot, matched: dict[str, Any]
) -> None:
    _, detail = fetched_work(window, qtbot, matched["id"])
    match = matched["matches"][0]
    detail.cards[match["id"]].change.click()
    sheet = window.findChild(ChooseProduct)
    assert sheet is not None and match["name"] in sheet.windowTitle() and not sheet.yes.isEnabled()
    label = next(one for one in sandbox.leaf.all("products") if one["labelProvider"] == "CDMS")
    sheet.search.setText(label["name"])
    sheet.at_leaf.button.click()
    qtbot.waitUntil(lambda: "stay here" in sheet.at_leaf.said.text() and sheet.hits.count() > 0, timeout=WAIT)
    qtbot.keyClick(sheet.search, Qt.Key.Key_Down)
    assert sheet.hits.hasFocus() and sheet.yes.isEnabled()
    chosen = sheet.product_id
    name = window.workspace.tables.row("products", chosen)
    sheet.yes.click()
    card = detail.cards[match["id"]]
    assert name is not None
    qtbot.waitUntil(lambda: name.name in card.product.text() and card.status.text() == "Approved", timeout=WAIT)
    record = window.workspace.catalog.get("matches", match["id"])
    assert isinstance(record, ProductMatch) and record.product_id == chosen


def test_a_sheet_closed_while_leaf_is_asked_takes_no_answer(
    window: MainWindow, sandbox: Sandbox, qtbot: QtBot, matched: dict[str, Any]
) -> None:
    fetched_work(window, qtbot, matched["id"])
    window.commands["change-match"].trigger()
    sheet = window.findChild(ChooseProduct)
    assert sheet is not None
    asked = sandbox.requests.count("searchProducts")
    sheet.search.setText("mead")
    sheet.at_leaf.button.click()
    sheet.reject()
    qtbot.waitUntil(lambda: window.findChild(ChooseProduct) is None, timeout=WAIT)
    qtbot.waitUntil(lambda: sandbox.requests.count("searchProducts") == asked + 1, timeout=WAIT)
    other = inputs(window, qtbot)
    typed(other, "mead", qtbot)


def test_the_work_on_a_field_is_reached_from_it_and_works_offline(
    window: MainWindow, sandbox: Sandbox, qtbot: QtBot, matched: dict[str, Any]
) -> None:
    assert "Select a field" in window.commands.why_not("work")
    field = matched["fields"][0]["id"]
    window.select(field)
    qtbot.waitUntil(window.commands["work"].isEnabled, timeout=WAIT)
    qtbot.keyClick(window, Qt.Key.Key_W, CTRL | SHIFT)
    panel, _ = work(window, qtbot)
    assert panel.everything.isVisible() and window.lists.rows[field].name in panel.everything.text()
    qtbot.waitUntil(lambda: panel.message.text() == "Operations were not fetched yet.", timeout=WAIT)
    window.commands["fetch-work"].trigger()
    mine = {one["id"] for one in sandbox.leaf.all("operations") if field in {f["id"] for f in one["fields"]}}
    qtbot.waitUntil(lambda: panel.rows.rowCount() == len(mine), timeout=WAIT)
    sandbox.go_dark()
    looked_up(panel, matched["id"], qtbot)
    panel.everything.click()
    qtbot.waitUntil(lambda: panel.age.text() == "not fetched yet", timeout=WAIT)  # only those of one field were
    assert panel.count.text() == f"{len(mine)} operations"


def test_nothing_of_the_page_is_read_on_the_windows_thread(
    workspace: Workspace, open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    """An account that was never pulled: every tab says so."""
    window = open_window(workspace)
    for tab in ("Products", "Varieties", "Tank mixes", "Matches"):
        panel = inputs(window, qtbot, tab)
        qtbot.waitUntil(lambda panel=panel: "not fetched yet" in panel.message.text(), timeout=WAIT)  # type: ignore[misc]

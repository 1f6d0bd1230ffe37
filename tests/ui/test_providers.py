"""The providers page: Leaf's counts beside those here, why they differ, and whose records this laptop keeps."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from leafdesk.edits import SyncProvider, change
from leafdesk.sandbox import Sandbox
from leafdesk.ui.dialogs.keep_users import ID, KeepUsers
from leafdesk.ui.main_window import MainWindow
from leafdesk.ui.panels.providers import Providers
from leafdesk.workspace import Workspace
from leafdesk.workspace.providers import NOT_KEPT
from tests.journeys import hands

PATIENCE = 15000


def page(window: MainWindow, qtbot: QtBot) -> Providers:
    """Turn to the page and wait until it stands."""
    hands.press(window, "providers")
    found = window.pages.page("providers")
    assert isinstance(found, Providers)
    qtbot.waitUntil(lambda: found.table.rows.rowCount() > 0 and bool(found.kept.text()), timeout=PATIENCE)
    return found


def cells(found: Providers) -> list[list[str]]:
    model = found.table.rows
    return [
        [str(model.index(line, column).data()) for column in range(model.columnCount())]
        for line in range(model.rowCount())
    ]


def pick(window: MainWindow, found: Providers, provider: str, qtbot: QtBot) -> int:
    """Select a provider's line; its place."""
    place = next(place for place, line in enumerate(cells(found)) if line[0] == provider)
    found.table.grid.select_place(place)
    qtbot.waitUntil(lambda: found.detail.row is not None and found.detail.title.text() == provider, timeout=PATIENCE)
    hands.settle(window, qtbot)
    return place


def sheet_of(window: MainWindow, qtbot: QtBot) -> KeepUsers:
    hands.press(window, "keep-users")
    qtbot.waitUntil(lambda: window.keeping.sheet is not None, timeout=PATIENCE)
    assert window.keeping.sheet is not None
    return window.keeping.sheet


def tick(sheet: KeepUsers, user: str, on: bool) -> None:
    items = [sheet.found.item(place) for place in range(sheet.found.count())]
    (item,) = [item for item in items if item.data(ID) == user]
    item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)


def test_leafs_counts_stand_beside_those_here_and_differences_are_explained(
    window: MainWindow, sandbox: Sandbox, qtbot: QtBot
) -> None:
    found = page(window, qtbot)
    compared = {one.provider_name: one for one in window.workspace.providers()}
    deere, climate = compared["JohnDeere"], compared["ClimateFieldView"]
    by_name = {line[0]: line for line in cells(found)}
    assert by_name["John Deere"][2:5] == [f"{deere.leaf[level]:,}" for level in ("growers", "farms", "fields")]
    assert by_name["Climate FieldView"][2] == "–"
    assert by_name["Climate FieldView"][5] == "✓ the same" and climate.why == ()
    place = pick(window, found, "John Deere", qtbot)
    assert f"{deere.previews} of the fields here are previews" in found.detail.why.text()
    assert found.detail.settings.value("custom_data_sync") == "on"
    assert "Settings read" in found.detail.explained.text()
    gone = next(row for row in window.lists.rows.values() if row.provider_name == "JohnDeere")
    sandbox.leaf.remove(gone.id)
    hands.press(window, "ask-counts")
    here, leaf = deere.here["fields"], deere.here["fields"] - 1
    qtbot.waitUntil(lambda: cells(found)[place][4] == f"{leaf} · {here} here", timeout=PATIENCE)
    assert cells(found)[place][5] == f"▲ Leaf counts {leaf} fields, {here} are here."
    found.detail.fetch.click()
    qtbot.waitUntil(lambda: len(window.queue.items) == 1, timeout=PATIENCE)
    assert window.queue.items[0].edit == SyncProvider(deere.leaf_user_id)
    sandbox.go_dark()
    hands.press(window, "ask-counts")
    qtbot.waitUntil(lambda: "cannot be reached" in window.notice.text.text(), timeout=PATIENCE)
    assert found.table.rows.rowCount() == len(by_name) and window.commands["ask-counts"].isEnabled()


def test_the_filter_finds_providers_and_leaf_users(window: MainWindow, qtbot: QtBot) -> None:
    found = page(window, qtbot)
    every = cells(found)
    assert len({line[1] for line in every}) > 1
    for typed, column in (("john de", 0), (every[0][1][:6], 1)):
        wanted = [line for line in every if typed.casefold() in line[column].casefold()]
        found.table.filters.line.setText(typed)
        qtbot.waitUntil(lambda wanted=wanted: cells(found) == wanted, timeout=PATIENCE)  # type: ignore[misc]
    found.table.filters.line.setText("nowhere at all")
    qtbot.waitUntil(lambda: "No provider fits" in found.table.message.text(), timeout=PATIENCE)


def test_choosing_whose_records_stay(window: MainWindow, sandbox: Sandbox, qtbot: QtBot) -> None:
    found = page(window, qtbot)
    assert "all 3 Leaf users" in found.kept.text()
    users = window.workspace.keeping.users()
    away = next(
        one
        for one in users
        if one.here.get("fields")
        and any(
            row.leaf_user_id == one.user.id and row.provider_name == "JohnDeere" for row in window.lists.rows.values()
        )
    )
    mine = next(
        row
        for row in window.lists.rows.values()
        if row.leaf_user_id == away.user.id and row.provider_name in (None, "Leaf") and row.box
    )
    window.doing.do(change("fields", mine.id, name="Waits"))
    qtbot.waitUntil(lambda: len(window.queue.items) == 1, timeout=PATIENCE)
    sheet = sheet_of(window, qtbot)
    items = {sheet.found.item(n).data(ID): sheet.found.item(n) for n in range(sheet.found.count())}
    assert "1 edit waits" in items[away.user.id].text()
    assert not items[away.user.id].flags() & Qt.ItemFlag.ItemIsUserCheckable
    tick(sheet, away.user.id, False)  # as if the edit had come meanwhile
    sheet.yes.click()
    qtbot.waitUntil(lambda: "did not reach Leaf yet" in sheet.wrong.text(), timeout=PATIENCE)
    assert mine.id in window.lists.rows
    sheet.reject()
    hands.sync(window, qtbot)
    qtbot.waitUntil(lambda: not window.queue.items, timeout=PATIENCE)
    sheet = sheet_of(window, qtbot)
    assert not sheet.yes.isEnabled() and sheet.told.text() == "Nothing changes."
    tick(sheet, away.user.id, False)
    assert "will be put away" in sheet.told.text()
    sandbox.go_dark()  # to choose needs no connection
    sheet.yes.click()
    qtbot.waitUntil(
        lambda: away.user.id not in {row.leaf_user_id for row in window.lists.rows.values()}, timeout=PATIENCE
    )
    qtbot.waitUntil(lambda: "2 of 3 Leaf users" in found.kept.text(), timeout=PATIENCE)
    qtbot.waitUntil(lambda: away.user.id not in window.lists.users, timeout=PATIENCE)
    lines = {(line[1], line[5]) for line in cells(found)}
    assert (away.user.name, f"▲ {NOT_KEPT}") in lines
    sandbox.come_back()
    sheet = sheet_of(window, qtbot)
    tick(sheet, away.user.id, True)
    assert sheet.chosen is None and "fetches 1 more Leaf user" in sheet.told.text()
    sheet.yes.click()
    qtbot.waitUntil(lambda: mine.id in window.lists.rows, timeout=60000)
    qtbot.waitUntil(lambda: not window.workspace.syncing, timeout=60000)


def test_before_the_first_counts_the_page_says_so(
    workspace: Workspace, open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    workspace.sync(stock=False).result(60)
    window = open_window(workspace)
    hands.press(window, "providers")
    found = window.pages.page("providers")
    assert isinstance(found, Providers)
    qtbot.waitUntil(lambda: "not fetched yet" in found.table.message.text(), timeout=PATIENCE)
    assert found.table.next_step.text() == "Sync"

"""Leaf's rarer filters over the tables and the list on the map: the same answers as the command line and Leaf give."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from leafdesk.sandbox import Sandbox
from leafdesk.ui.main_window import MainWindow
from leafdesk.ui.panels.fields import FieldsPage
from leafdesk.ui.tables.more import MoreFilters
from leafdesk.ui.tables.panel import TablePanel
from leafdesk.ui.tables.tabs import Tabs
from leafdesk.ui.tables.when import WhenPicker
from leafdesk.workspace import Span, Where
from tests.api import contract
from tests.neighbour import FIELDS, Neighbour
from tests.shell import Shell
from tests.ui.test_fields_page import page as fields_page
from tests.ui.test_tables import asked, shown

page = fields_page
BETA = "/services/beta/api"
OPTIONS = {
    "leaf_user_id": ("--leaf-user", "leafUserId"),
    "id": ("--id", "id"),
    "type": ("--type", "type"),
    "parent": ("--farm", "farmId"),
    "provider": ("--provider", "provider"),
    "organization": ("--organization", "organizationId"),
    "merged_field": ("--merged-field", "mergedFieldId"),
    "provider_field_id": ("--provider-field", "providerFieldId"),
    "provider_field_name": ("--provider-field-name", "providerFieldName"),
    "legacy": ("--legacy", "legacy"),
    "status": ("--status", "status"),
    "provider_status": ("--provider-status", "providerStatus"),
    "work.operation_type": ("--operation-type", "operationType"),
    "work.provider": ("--operation-provider", "operationProvider"),
    "work.crop": ("--operation-crop", "operationCrop"),
    "work.variety": ("--operation-variety", "operationVariety"),
}
TIMES = {
    "created_time": ("--created-after", "--created-before", "afterCreatedTime", "beforeCreatedTime"),
    "updated_time": ("--updated-after", "--updated-before", "afterUpdatedTime", "beforeUpdatedTime"),
    "work.span": ("--operation-start", "--operation-end", "operationStartTime", "operationEndTime"),
}
"""By a filter of the window: the options of the command line, and Leaf's parameters."""


@pytest.fixture
def neighbour(sandbox: Sandbox) -> Neighbour:
    return Neighbour(sandbox.url, sandbox.username, sandbox.password)


def put(more: MoreFilters, key: str, value: Any) -> None:
    """Fill in one of the rarer filters: a value, or (mode, first day, last day)."""
    part = more.parts[key]
    if isinstance(part, WhenPicker):
        mode, first, last = value
        for day, edit in ((first, part.first), (last, part.last)):
            if day is not None:
                edit.setDate(QDate(day.year, day.month, day.day))
        part.mode.setCurrentIndex(part.mode.findData(mode))
    elif isinstance(part, QLineEdit):
        part.setText(value)
    else:
        assert part.findData(value) > 0, (key, value)
        part.setCurrentIndex(part.findData(value))


def choose(page: FieldsPage, asks: dict[str, Any]) -> None:
    """Fill in filters of the page, rare or not."""
    page.filters.reset()
    for key, value in asks.items():
        if key in page.filters.picks:
            picker = page.filters.picks[key]
            assert picker.findData(value) > 0, (key, value)
            picker.setCurrentIndex(picker.findData(value))
        else:
            put(page.filters.more, key, value)


def questions(page: FieldsPage, asks: dict[str, Any]) -> tuple[list[str], dict[str, str]]:
    """The same wishes as options of the command line and as parameters of Leaf's."""
    options, query = list[str](), dict[str, str]()
    for key, value in asks.items():
        if key in TIMES:
            part = page.filters.more.parts[key]
            assert isinstance(part, WhenPicker)
            span, (*words, after, before) = part.span(), TIMES[key]
            for word, name, text in zip(words, (after, before), (span.after, span.before), strict=True):
                if text:
                    options += [word, text]
                    query[name] = text
        else:
            said = {"yes": "true", "no": "false"}.get(value, value)
            options += [OPTIONS[key][0], said]
            query[OPTIONS[key][1]] = said
    return options, query


def day(text: str) -> datetime:
    return datetime.fromisoformat(text)


def cases(leafs: list[Any], files: list[Any]) -> Iterator[dict[str, Any]]:
    """Every filter by itself, and some together."""
    theirs = next(one for one in leafs if one.get("providerFieldId") and one["status"] == "PROCESSED")
    made, changed = (sorted(day(one[name]) for one in leafs) for name in ("createdTime", "updatedTime"))
    yield from (
        {key: value}
        for key, value in (
            ("leaf_user_id", theirs["leafUserId"]),
            ("id", theirs["id"]),
            ("parent", str(theirs["farmId"])),
            ("provider", "JohnDeere"),
            ("provider", "Leaf"),
            ("organization", theirs["organizationId"]),
            ("merged_field", leafs[-1]["id"]),
            ("provider_field_id", theirs["providerFieldId"]),
            ("provider_field_name", theirs["providerFieldName"]),
            ("legacy", "yes"),
            ("legacy", "no"),
            ("status", "PREVIEW"),
            ("type", "MERGED"),
            ("provider_status", "ACTIVE"),
        )
    )
    for key, times in (("created_time", made), ("updated_time", changed)):
        low, middle, high = times[len(times) // 4], times[len(times) // 2], times[3 * len(times) // 4]
        for wish in (("since", middle, None), ("until", None, middle), ("between", low, high), ("between", high, low)):
            yield {key: wish}
        yield {key: ("since", low, None), "provider": "JohnDeere"}
    some = next(one for one in files if one.get("crops") and one.get("varieties"))
    began = sorted(day(one["startTime"]) for one in files)[len(files) // 2]
    yield from ({"work.operation_type": kind} for kind in sorted({one["operationType"] for one in files}))
    yield {"work.crop": some["crops"][0]}
    yield {"work.variety": some["varieties"][0]}
    yield {"work.provider": some["provider"]}
    yield {"work.span": ("since", began, None)}
    yield {"work.span": ("until", None, began)}
    yield {"work.crop": some["crops"][0], "work.operation_type": some["operationType"]}
    yield {"work.crop": some["crops"][0], "work.span": ("between", began - timedelta(30), began + timedelta(30))}
    yield {"work.variety": some["varieties"][0], "work.provider": some["provider"], "parent": str(theirs["farmId"])}
    for kind in ("planted", "harvested"):  # of other work the files do not tell the crop
        yield {"work.variety": some["varieties"][0], "work.operation_type": kind}


@pytest.fixture
def varied(sandbox: Sandbox) -> list[Any]:
    """Leaf's fields, made and changed on many days, one of them legacy, one of them put together from others."""
    fields = list(sandbox.leaf._ledger.table("fields").values())
    start = datetime(2025, 1, 1, 12, tzinfo=UTC)
    for n, one in enumerate(fields):
        times = {
            name: f"{start + timedelta(days=step * n):%Y-%m-%dT%H:%M:%S}.{n:03}Z"
            for name, step in (("createdTime", 1), ("updatedTime", 3))
        }
        sandbox.leaf.change("fields", one["id"], **times)
    sandbox.leaf.change("fields", fields[0]["id"], legacy=True, type="MERGED")
    sandbox.leaf.change("fields", fields[1]["id"], mergedFieldId=fields[-1]["id"])
    sandbox.leaf.change("fields", fields[2]["id"], mergedFieldId=[fields[-1]["id"], fields[3]["id"]])
    return fields


def test_the_window_the_command_line_and_leaf_give_the_same_fields(
    varied: list[Any], page: FieldsPage, window: MainWindow, neighbour: Neighbour, signed_in: Shell, qtbot: QtBot
) -> None:
    leafs = neighbour.everything(f"{FIELDS}/fields")
    page.filters.open_more()
    asked(page, qtbot, lambda: put(page.filters.more, "work.span", ("since", datetime(2000, 1, 1), None)))
    assert page.needs is not None and page.needs.isVisible()
    assert f"The operation files of {len(leafs)} fields were not fetched yet" in page.needs.said.text()
    assert (
        page.rows.rowCount() == 0 and page.message.text() == "No field of those whose files are here fits this filter."
    )
    window.commands["ask-leaf"].trigger()
    qtbot.waitUntil(lambda: not page.needs.isVisible(), timeout=20000)  # type: ignore[union-attr]
    assert page.rows.rowCount() > 3
    signed_in.json("fields", "list", "--operation-start", "2000-01-01", "--online")
    files = [
        file
        for one in leafs
        for file in neighbour.everything(f"{FIELDS}/users/{one['leafUserId']}/fields/{one['id']}/operations/files")
    ]
    qtbot.waitUntil(lambda: page.filters.more.parts["work.crop"].count() > 1)  # type: ignore[union-attr]
    narrowed = 0
    for asks in cases(leafs, files):
        choose(page, asks)
        qtbot.waitUntil(lambda: page.rows.wish.where == page.filters.where() and not page.rows._ordering)
        found = {row.id for row in shown(page)}
        options, query = questions(page, asks)
        here = {one["id"] for one in signed_in.json("fields", "list", *options)}
        theirs = {one["id"] for one in neighbour.call("GET", f"{FIELDS}/fields?size=100&{urlencode(query)}")}
        assert found == here == theirs, (asks, len(found), len(here), len(theirs))
        narrowed += 0 < len(found) < len(leafs)
        assert not page.needs.isVisible()
    assert narrowed > 25


def test_every_filter_of_leafs_lists_is_in_the_window(window: MainWindow, page: FieldsPage, qtbot: QtBot) -> None:
    paging = {"page", "size", "sort"}
    parameters = {parameter for _, parameter in OPTIONS.values()} | {
        one for names in TIMES.values() for one in names[2:]
    }
    assert contract.query_names("listFields") - paging == parameters | {"name"}  # names: the line to type in
    assert set(page.filters.picks) | set(page.filters.more.parts) == set(OPTIONS) | set(TIMES)
    window.show_page("machines")
    tabs = window.pages.page("machines")
    assert isinstance(tabs, Tabs)
    of_machines = {"provider_machine_id": "providerMachineId", "serial_number": "serialNumber", "vin": "vin"}
    of_machines |= {"origin_type": "originType"}
    of_implements = {"provider_implement_id": "providerImplementId"}
    for tab, operation, plain, words in (
        ("Machines", "listMachines", of_machines, ("UpdatedAt", "updatedAt", "createdTime")),
        ("Implements", "listImplements", of_implements, ("UpdatedTime", "updatedTime", "createdTime")),
    ):
        panel = tabs.panel(tab)
        assert isinstance(panel, TablePanel)
        times = {f"{end}{what}" for end in ("before", "after") for what in ("CreatedTime", words[0])}
        plain |= {"name": "name", "provider": "provider", "organization_id": "providerOrganizationId"}
        assert contract.query_names(operation) - paging == times | set(words[1:]) | set(plain.values())
        here = set(panel.filters.picks) | set(panel.filters.more.parts) | {"name"}
        assert here >= set(plain) | {"created_time", "updated_time"}


def implements(window: MainWindow, qtbot: QtBot, tab: str) -> TablePanel:
    window.show_page("machines")
    tabs = window.pages.page("machines")
    assert isinstance(tabs, Tabs)
    tabs.show_tab(tab)
    panel = tabs.panel(tab)
    assert isinstance(panel, TablePanel)
    qtbot.waitUntil(lambda: panel.isVisible() and panel.rows.standing is not None)
    return panel


@pytest.mark.parametrize(
    ("tab", "kind", "updated"), [("Machines", "machines", "_updatedAt"), ("Implements", "implements", "_updatedTime")]
)
def test_what_only_leaf_knows_leaf_is_asked(
    tab: str, kind: Any, updated: str, window: MainWindow, sandbox: Sandbox, neighbour: Neighbour, qtbot: QtBot
) -> None:
    panel = implements(window, qtbot, tab)
    every, needs = shown(panel), panel.needs
    changed = sorted(str(one[updated]) for one in sandbox.leaf._ledger.table(kind).values())
    middle = day(changed[len(changed) // 2])
    panel.filters.open_more()
    put(panel.filters.more, "updated_time", ("since", middle, None))
    qtbot.waitUntil(lambda: needs is not None and needs.said.text().startswith("Leaf chose these at"), timeout=10000)
    qtbot.waitUntil(lambda: len(shown(panel)) < len(every))
    (after,) = panel.filters.asks().values()
    name = "afterUpdatedAt" if kind == "machines" else "afterUpdatedTime"
    leafs = {
        one["id"]
        for user in window.lists.users
        for one in neighbour.call("GET", f"{BETA}/users/{user}/{kind}?{urlencode({name: after, 'size': 100})}")
    }
    assert {row.id for row in shown(panel)} == leafs and set() < leafs < {row.id for row in every}
    sandbox.go_dark()
    put(panel.filters.more, "updated_time", ("until", None, middle))
    qtbot.waitUntil(lambda: needs is not None and needs.asking.said.property("role") == "error", timeout=10000)
    assert needs is not None and "holds nothing back" in needs.said.text()
    assert shown(panel) == every
    assert asked(panel, qtbot, panel.filters.clear.click) == every and not needs.isVisible()


def test_machines_of_one_moment(window: MainWindow, sandbox: Sandbox, qtbot: QtBot) -> None:
    panel = implements(window, qtbot, "Machines")
    one = next(row for row in shown(panel) if row.values.get("created_time"))
    made = panel.filters.more.parts["created_time"]
    assert isinstance(made, WhenPicker)
    made.mode.setCurrentIndex(made.mode.findData("at"))
    made.line.setText("soon")
    assert not made.wrong.isHidden() and made.span() == Span()
    found = asked(panel, qtbot, lambda: made.line.setText(str(one.values["created_time"])))
    assert one in found and {row.values["created_time"] for row in found} == {one.values["created_time"]}
    assert made.wrong.isHidden()


def test_the_list_on_the_map_takes_the_same_filters(
    varied: list[Any], window: MainWindow, sandbox: Sandbox, qtbot: QtBot
) -> None:
    every = window.navigator.shown()
    window.commands["more-filters"].trigger()
    more = window.navigator.filters.more
    assert more is not None and more.isVisible()
    put(more, "legacy", "yes")
    qtbot.waitUntil(lambda: window.navigator.shown() == {varied[0]["id"]})
    assert window.navigator.chips["more"].isChecked() and window.navigator.chips["more"].text().startswith("More 1")
    more.clear.click()
    qtbot.waitUntil(lambda: window.navigator.shown() == every)
    assert not window.navigator.chips["more"].isChecked()
    put(more, "work.span", ("since", datetime(2000, 1, 1), None))
    qtbot.waitUntil(lambda: window.navigator.shown() == set() and not window.navigator.unread.isHidden())
    assert f"operation files of {len(every)} fields" in window.navigator.unread.text()
    assert window.navigator.empty.text() == "No field fits these filters."
    ids = [row.id for row in window.workspace.tables.rows("fields", Where(values={"status": "PROCESSED"}), limit=12)]
    for id in ids:
        window.workspace.online.files(id).result(10)
    window.show_page("fields")
    assert not more.isVisible()
    window.show_page("map")
    qtbot.waitUntil(lambda: f"operation files of {len(every) - len(ids)} fields" in window.navigator.unread.text())
    with_work = {row.parent for row in window.workspace.tables.rows("files", limit=1000)}
    assert window.navigator.shown() == with_work != set()
    window.commands["more-filters"].trigger()
    qtbot.keyClick(more, Qt.Key.Key_Escape)
    assert not more.isVisible() and window.navigator.chips["more"].hasFocus()


def test_a_filter_in_force_stands_over_the_table_and_goes_with_a_click(page: FieldsPage, qtbot: QtBot) -> None:
    every = shown(page)
    more = page.filters.more
    asked(page, qtbot, lambda: put(more, "created_time", ("today", None, None)))
    asked(page, qtbot, lambda: put(more, "legacy", "yes"))
    said = [chip.property("said") for chip in page.filters.in_force.values()]
    assert said == ["Made at Leaf: today", "Legacy: Yes"]
    asked(page, qtbot, page.filters.in_force["legacy"].click)
    assert list(page.filters.in_force) == ["created_time"]
    assert asked(page, qtbot, page.filters.in_force["created_time"].click) == every
    assert not page.filters.clear.isVisible()


def test_days_are_this_computers_from_midnight_to_midnight(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    when = WhenPicker("Changed", exact=True)
    qtbot.addWidget(when)
    now = datetime(2026, 3, 12, 15, 30)
    midnight = datetime(2026, 3, 12).astimezone(UTC)

    def ago(days: int) -> str:
        return f"{(datetime(2026, 3, 12) - timedelta(days=days)).astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"

    for mode, days in (("today", 0), ("week", 6), ("month", 29), ("year", 364)):
        when.mode.setCurrentIndex(when.mode.findData(mode))
        assert when.span(now) == Span(after=ago(days))
    for edit in (when.first, when.last):
        edit.setDate(QDate(2026, 3, 12))
    when.mode.setCurrentIndex(when.mode.findData("between"))
    last = midnight + timedelta(days=1, seconds=-1)
    assert when.span(now) == Span(f"{midnight:%Y-%m-%dT%H:%M:%S}Z", f"{last:%Y-%m-%dT%H:%M:%S}.999999999Z")
    assert when.said() == "12 Mar 2026 – 12 Mar 2026"
    when.reset()
    assert when.span(now) == Span() and when.said() == "any time"

"""The navigator: search, chips with counts, marks, empty states, ten thousand fields."""

from time import perf_counter

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from leafdesk.edits import Redraw, change
from leafdesk.records import Farm, Grower
from leafdesk.ui.field_tree import AREA_ROLE, MARK_ROLE, FieldTree, grow
from leafdesk.ui.main_window import MainWindow
from leafdesk.ui.sieve import Sieve, choose
from leafdesk.workspace import FieldRow


def row(id_: str, name: str, farm: str | None = None, mark: str = "", area: float = 10.0) -> FieldRow:
    return FieldRow(
        id=id_,
        leaf_user_id="u",
        farm_id=farm,
        name=name,
        status="PROCESSED",
        provider_name=None,
        area_ha=area,
        mark=mark,
        box=None,
    )


GROWERS = [Grower(id="g", leaf_user_id="u", name="Smith Farms")]
FARMS = [
    Farm(id="a", leaf_user_id="u", name="Main Farm", grower_id="g"),
    Farm(id="b", leaf_user_id="u", name="Loose Farm"),
]


def outline(model: QAbstractItemModel) -> list[str]:
    lines: list[str] = []

    def walk(parent: object, depth: int) -> None:
        for place in range(model.rowCount(parent)):  # type: ignore[arg-type]
            index = model.index(place, 0, parent)  # type: ignore[arg-type]
            lines.append("  " * depth + index.data())
            walk(index, depth + 1)

    from PySide6.QtCore import QModelIndex

    walk(QModelIndex(), 0)
    return lines


def test_the_tree_is_grower_farm_field(qtbot: QtBot) -> None:
    model = FieldTree()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show(grow(GROWERS, FARMS, [row("1", "Mill", "a"), row("2", "Wedge", "b"), row("3", "Copse")]))
    assert outline(model) == [
        "Smith Farms", "  Main Farm", "    Mill", "Without a grower", "  Loose Farm", "    Wedge",
        "Without a farm", "  Copse",
    ]  # fmt: skip
    farm = model.find("1").parent()
    assert farm.data(AREA_ROLE) == 10.0
    assert model.change(row("1", "Mill", "a", "pending", 12.5))
    assert farm.data(AREA_ROLE) == 12.5
    assert "not sent yet" in model.find("1").data(Qt.ItemDataRole.AccessibleTextRole)
    assert not model.change(row("1", "Mill", "b"))


def test_a_tree_of_the_same_lines_takes_the_place_of_the_last_without_a_reset(qtbot: QtBot) -> None:
    model = FieldTree()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    resets: list[None] = []
    model.modelReset.connect(lambda: resets.append(None))
    first = choose([row("1", "Mill", "a"), row("2", "Wedge", "b")], GROWERS, FARMS, Sieve(), model.tree)
    model.show(first.tree, alike=first.alike)
    redrawn = choose([row("1", "Mill", "a", area=12.0), row("2", "Wedge", "b")], GROWERS, FARMS, Sieve(), model.tree)
    assert redrawn.alike
    model.show(redrawn.tree, alike=redrawn.alike)
    assert len(resets) == 1
    assert model.find("1").data(AREA_ROLE) == 12.0
    moved = choose([row("1", "Mill", "b"), row("2", "Wedge", "b")], GROWERS, FARMS, Sieve(), model.tree)
    assert not moved.alike


def test_an_edit_shows_in_the_list_where_it_stands(window: MainWindow, qtbot: QtBot) -> None:
    field = next(row for row in window.lists.rows.values() if not row.provider_name and row.box)
    resets: list[None] = []
    window.navigator.model.modelReset.connect(lambda: resets.append(None))
    at_leaf = window.workspace.catalog.field(field.id)
    assert at_leaf is not None and at_leaf.shape is not None
    (first, (x, y), *rest), *holes = at_leaf.shape[0]
    window.workspace.do(Redraw(field.id, (((first, (x, y + 1e-5), *rest), *holes), *at_leaf.shape[1:])))
    qtbot.waitUntil(lambda: window.navigator.model.find(field.id).data(MARK_ROLE) == "pending")
    qtbot.waitUntil(lambda: "Unsent 1" in window.navigator.chips["unsent"].text())
    assert resets == []


def test_ten_thousand_fields_are_a_matter_of_moments(qtbot: QtBot) -> None:
    rows = [row(str(n), f"Field {n}", "ab"[n % 2]) for n in range(10_000)]
    model = FieldTree()
    start = perf_counter()
    model.show(grow(GROWERS, FARMS, rows))
    took = perf_counter() - start
    assert model.fields == 10_000
    assert took < 2.0  # some 50 ms; the bound only catches a quadratic mistake


def test_search_narrows_the_tree(window: MainWindow, qtbot: QtBot) -> None:
    navigator = window.navigator
    wanted = sorted(window.lists.rows.values(), key=lambda one: one.name)[0]
    window.navigator.search.setText(wanted.name)
    qtbot.waitUntil(lambda: len(navigator.shown()) < len(window.lists.rows))
    assert wanted.id in navigator.shown()
    navigator.search.setText("no such field at all")
    qtbot.waitUntil(lambda: not navigator.shown())
    assert "No field matches" in navigator.empty.text()
    navigator.search.clear()
    assert len(navigator.shown()) == len(window.lists.rows)


def test_enter_in_the_search_looks_at_the_first_field(window: MainWindow, qtbot: QtBot) -> None:
    wanted = next(one for one in window.lists.rows.values() if one.box)
    window.navigator.search.setText(wanted.name)
    qtbot.waitUntil(lambda: len(window.navigator.shown()) == 1)
    qtbot.keyClick(window.navigator.search, Qt.Key.Key_Return)
    assert window.inspector.field_id == wanted.id


def test_chips_count_and_filter(window: MainWindow, qtbot: QtBot) -> None:
    navigator = window.navigator
    previews = {one.id for one in window.lists.rows.values() if one.status == "PREVIEW"}
    assert previews
    assert navigator.chips["preview"].text() == f"Preview {len(previews)}"
    navigator.chips["preview"].click()
    assert navigator.shown() == previews
    navigator.chips["unsent"].click()
    assert navigator.empty.text() == "Everything is sent."
    mine = next(one for one in window.lists.rows.values() if one.box and not one.provider_name and not one.mark)
    window.doing.do(change("fields", mine.id, name="Renamed"))
    qtbot.waitUntil(lambda: navigator.shown() == {mine.id})
    assert navigator.chips["unsent"].text() == "Unsent 1"


def pick(window: MainWindow, chip: str, title: str) -> None:
    """Choose the line of a chip's menu that begins so."""
    lines = window.navigator.filters.fill(chip).actions()
    next(line for line in lines if line.text().startswith(title)).trigger()


def test_fields_of_one_provider_and_one_farm(window: MainWindow, qtbot: QtBot) -> None:
    navigator, rows = window.navigator, window.lists.rows.values()
    pick(window, "provider", "John Deere")
    deere = {one.id for one in rows if one.provider_name == "JohnDeere"}
    assert navigator.shown() == deere != set()
    assert navigator.chips["all"].text() == f"All {len(deere)}"
    assert navigator.chips["provider"].text().startswith("John Deere") and navigator.chips["provider"].isChecked()
    farm = next(one.farm_id for one in rows if one.id in deere and one.farm_id)
    name = window.lists.farms[farm].name
    navigator.filters.choose(farm=farm)
    assert navigator.shown() == {one.id for one in rows if one.id in deere and one.farm_id == farm}
    navigator.chips["unsent"].click()
    assert navigator.empty.text() == f"No fields of {name} and John Deere among “unsent”."
    navigator.chips["all"].click()
    pick(window, "provider", "Every provider")
    pick(window, "farm", "Every farm")
    assert navigator.shown() == set(window.lists.rows)
    assert not navigator.chips["provider"].isChecked() and not navigator.chips["farm"].isChecked()
    pick(window, "provider", "Made by hand")
    assert navigator.shown() == {one.id for one in rows if one.provider_name in (None, "Leaf")}


def test_fields_without_a_boundary_have_a_chip(window: MainWindow, qtbot: QtBot) -> None:
    without = {one.id for one in window.lists.rows.values() if one.box is None}
    window.navigator.chips["no-boundary"].click()
    assert window.navigator.shown() == without != set()
    assert window.navigator.chips["no-boundary"].text() == f"No boundary {len(without)}"


def test_a_farm_that_is_gone_holds_nothing_back(window: MainWindow, qtbot: QtBot) -> None:
    window.navigator.filters.choose(farm=next(iter(window.lists.farms)))
    assert len(window.navigator.shown()) < len(window.lists.rows)
    window.lists.farms.clear()
    window.lists.reshaped.emit()
    assert window.navigator.filters.sieve.open


def test_names_are_text_never_markup(window: MainWindow, qtbot: QtBot) -> None:
    mine = next(one for one in window.lists.rows.values() if one.box and not one.provider_name and not one.mark)
    name = "<b>Bold</b> & <img src=x>"
    window.doing.do(change("fields", mine.id, name=name))
    window.select(mine.id)
    qtbot.waitUntil(lambda: window.inspector.title.text() == name)
    assert window.inspector.title.textFormat() == Qt.TextFormat.PlainText
    window.show_page("queue")
    qtbot.waitUntil(lambda: len(window.queue.lines) == 1)
    (line,) = window.queue.lines.values()
    assert name in line.sentence.text()
    assert line.sentence.textFormat() == Qt.TextFormat.PlainText

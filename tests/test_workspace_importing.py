"""What the plots of a file would become: told apart by the ground they share with the fields that are here."""

from pathlib import Path

import pytest

from leafdesk.files.found import Plot, Reading
from leafdesk.geo.measure import area_ha
from leafdesk.geo.shape import Shape
from leafdesk.records import Field
from leafdesk.workspace import Create, Workspace
from leafdesk.workspace.importing import Line, Wishes, _doubles, edits_of, looks_swapped, plan


def square(x: float, y: float, wide: float = 0.01, high: float = 0.01) -> Shape:
    return ((((x, y), (x + wide, y), (x + wide, y + high), (x, y + high), (x, y)),),)


def reading(*shapes: Shape, file: str = "farm.kml", name: str = "Plot") -> Reading:
    plots = [Plot(f"feature {n}", shape, area_ha(shape), {"NAME": f"{name} {n}"}) for n, shape in enumerate(shapes, 1)]
    return Reading(file, "KML", plots, [], [], "WGS 84 (EPSG:4326)", ["NAME"], "NAME")


@pytest.fixture
def user(workspace: Workspace) -> str:
    """A Leaf user with one field, North 40, a square at 10° E, 50° N; nothing was ever pulled."""
    workspace.do(Create(Field(id="north", leaf_user_id="u1", name="North 40", shape=square(10, 50)))).result(10)
    return "u1"


def told(lines: list[Line]) -> list[tuple[str, str]]:
    return [(line.action, line.why) for line in lines]


def planned(workspace: Workspace, user: str, *readings: Reading) -> list[Line]:
    return plan(workspace.catalog, readings, Wishes(user))


def test_shared_ground_decides_what_a_plot_becomes(workspace: Workspace, user: str) -> None:
    shapes = (square(20, 50), square(10.0095, 50), square(10.002, 50), square(10, 50))
    found = [planned(workspace, user, reading(shape))[0] for shape in shapes]
    assert told(found) == [
        ("new", ""),
        ("new", "Overlaps North 40 by 3.99 ha."),
        ("update", "80 % the same ground as North 40, which keeps its name."),
        ("skip", "North 40 has this boundary already."),
    ]
    assert planned(workspace, "u2", reading(square(10, 50)))[0].action == "new", (
        "another Leaf user's field is not theirs"
    )


def test_a_county_among_the_fields_is_no_field(workspace: Workspace, user: str) -> None:
    fields = [Field(id=f"f{n}", leaf_user_id=user, name=f"F{n}", shape=square(11 + n / 50, 51)) for n in range(201)]
    workspace.do(*(Create(field) for field in fields)).result(30)
    county, part = square(10.9, 50.9, 5, 0.5), square(10.9, 50.9, 1, 0.5)
    lines = planned(workspace, user, reading(county, part))
    assert told(lines[:1]) == [("skip", "It reaches over 201 fields here; it is no single field.")]
    assert lines[0].why_not("new") == ""
    assert lines[1].action == "new"


def test_of_two_plots_for_one_field_the_better_one_gets_it(workspace: Workspace, user: str) -> None:
    lines = planned(workspace, user, reading(square(10.004, 50)), reading(square(10.001, 50), file="b.kml"))
    assert told(lines) == [
        ("skip", "North 40 already gets the boundary of feature 1."),
        ("update", "90 % the same ground as North 40, which keeps its name."),
    ]


def test_the_same_ground_twice_counts_once_whatever_the_order(workspace: Workspace, user: str) -> None:
    lines = planned(
        workspace, user, reading(square(20, 50), square(20.00001, 50)), reading(square(20, 50), file="b.kml")
    )
    assert told(lines) == [
        ("new", ""),
        ("skip", "The same ground as feature 1."),
        ("skip", "The same ground as feature 1 of farm.kml."),
    ]


def test_thousands_of_the_same_plot_are_told_apart_in_no_time(workspace: Workspace) -> None:
    plot = Plot("feature 1", square(20, 50), 1.0, {})
    lines = [Line("a.kml", plot, str(n), "new") for n in range(20_000)]
    assert _doubles(lines) == dict.fromkeys(range(1, 20_000), 0)


def test_a_plot_without_a_name_is_called_by_file_and_number(workspace: Workspace, user: str) -> None:
    bare = Plot("feature 1", square(20, 50), 1.0, {"NAME": "  "})
    read = Reading("mill.farm.kml", "KML", [bare], [], [], "", ["NAME"], "NAME")
    assert planned(workspace, user, read)[0].name == "mill.farm 1"
    lines = plan(workspace.catalog, [reading(square(20, 50))], Wishes(user, None, {"farm.kml": None}))
    assert lines[0].name == "farm 1"


def test_far_fields_that_would_be_near_with_the_axes_exchanged_are_noticed(workspace: Workspace, user: str) -> None:
    assert looks_swapped(workspace.catalog, reading(square(50, 10)), user)
    assert not looks_swapped(workspace.catalog, reading(square(10.1, 50.1)), user)
    assert not looks_swapped(workspace.catalog, reading(square(30, 30)), user)
    assert not looks_swapped(workspace.catalog, reading(), user)


def test_an_import_is_one_step_and_undo_takes_all_of_it_back(workspace: Workspace, user: str, tmp_path: Path) -> None:
    wishes = Wishes(user)
    lines = plan(workspace.catalog, [reading(square(10.002, 50), square(20, 50))], wishes)
    workspace.do(*edits_of(lines, wishes, lambda: "new-one")).result(10)
    catalog = workspace.catalog
    north, new = catalog.field("north"), catalog.field("new-one")
    assert north is not None and north.shape == square(10.002, 50)
    assert new is not None and (new.name, new.shape) == ("Plot 2", square(20, 50))
    workspace.undo().result(10)
    catalog = workspace.catalog
    north = catalog.field("north")
    assert north is not None and north.shape == square(10, 50)
    assert catalog.field("new-one") is None

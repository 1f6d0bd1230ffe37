"""Numbers and times as the window says them."""

from datetime import UTC, datetime

import pytest

from leafdesk.ui import words

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "said"), [(22.914, "22.91 ha"), (0.0421, "0.042 ha"), (1234.5, "1,234.50 ha"), (None, "–")]
)
def test_area(value: float | None, said: str) -> None:
    assert words.area(value) == said


@pytest.mark.parametrize(
    ("grown", "said"), [(-0.75, "−0.75 ha"), (1200.0, "+1,200.00 ha"), (-0.0049, "±0 ha"), (0.0, "±0 ha")]
)
def test_a_difference_of_areas(grown: float, said: str) -> None:
    assert words.signed(grown) == said


def test_length_difference_position_scale() -> None:
    assert words.length(839.6) == "840 m"
    assert words.length(1984) == "1.98 km"
    assert words.difference(22.91, 23.66) == "−3.2 %"
    assert words.difference(23.66, 23.66) == "none"
    assert words.difference(23.67, 23.66) == "+0.04 %"
    assert words.position((-93.4871, 41.7724)) == "41.77240° N, 93.48710° W"
    assert words.scale(12_487) == "1 : 12\N{NARROW NO-BREAK SPACE}500"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-05-04T11:59:30Z", "just now"),
        ("2026-05-04T11:55:59.123456789Z", "4 min ago"),
        ("2026-01-12T08:00:00Z", "12 Jan 2026"),
        ("", ""),
        ("not a time", ""),
        (None, ""),
    ],
)
def test_moment(text: str | None, said: str) -> None:
    assert words.moment(text, NOW) == said


def test_age_is_told_when_it_matters() -> None:
    assert words.age("2026-05-04T11:30:00Z", NOW) == ""
    assert words.age("2026-05-04T06:12:00Z", NOW) == "5 h old"
    assert words.age("2026-05-01T06:12:00Z", NOW) == "3 days old"


def test_names_sort_as_people_do() -> None:
    names = ["Field 10", "field 9", "Copse", "Field 9a", "12 Acre"]
    assert sorted(names, key=words.natural) == ["Copse", "field 9", "Field 9a", "Field 10", "12 Acre"]


def test_what_is_cut_off_gets_the_next_free_number() -> None:
    assert words.next_name("Mill Field", {"Mill Field"}) == "Mill Field 2"
    assert words.next_name("Mill Field", {"Mill Field", "Mill Field 2", "Mill Field 3"}) == "Mill Field 4"
    assert words.next_name("Mill Field 2", {"Mill Field 2"}) == "Mill Field 3"
    assert words.next_name("7", {"7"}) == "7 2"


@pytest.mark.parametrize(
    ("code", "said"),
    [("gal1ac-1", "gal/ac"), ("l1ha-1", "l/ha"), ("kg1", "kg"), ("lb/ga", "lb/ga"), ("", ""), ("ac-1", "1/ac")],
)
def test_a_unit_is_written_as_people_do(code: str, said: str) -> None:
    assert words.unit(code) == said


def test_capitals_are_read_out_quietly() -> None:
    assert [words.quietly(one) for one in ("HERBICIDE", "PLANT_GROWTH", "Dry Flowable", "corn", "")] == [
        "Herbicide",
        "Plant growth",
        "Dry Flowable",
        "Corn",
        "",
    ]

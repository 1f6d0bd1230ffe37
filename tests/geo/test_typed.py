"""Positions as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.typed import position_of

PLACE = (-93.51, 41.7001)


@pytest.mark.parametrize(
    "text",
    [
        "41.7001, -93.51",
        "41.7001 -93.51",
        " 41.7001;-93.51 ",
        "41,7001 -93,51",
        "41,7001; -93,51",
        "41.7001 N, 93.51 W",
        "N41.7001 W93.51",
        "93.51W 41.7001N",
        "-93.51 E 41.7001 N",
        "41°42'00.36\"N 93°30'36\"W",
        "41° 42′ 0.36″ N, 93° 30′ 36″ W",
        "41°42.006'N 93°30.6'W",
        "41 42 0.36 N 93 30 36 W",
        "41°42'0.36\", -93°30'36\"",
        "41.7001°, −93.51°",
    ],
)
def test_many_ways_of_writing_mean_the_same_place(text: str) -> None:
    assert position_of(text) == pytest.approx(PLACE, abs=1e-9)


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_every_place_comes_back_exactly(lon: float, lat: float) -> None:
    assert position_of(f"{lat:.20f}, {lon:.20f}") == (float(f"{lon:.20f}"), float(f"{lat:.20f}"))


@given(st.integers(0, 89), st.integers(0, 59), st.integers(0, 59999), st.sampled_from("NS"))
def test_degrees_minutes_and_seconds(degrees: int, minutes: int, milli: int, letter: str) -> None:
    text = f"{degrees}°{minutes}'{milli / 1000}\"{letter} 0°0'0\"E"
    sign = -1 if letter == "S" else 1
    assert position_of(text)[1] == pytest.approx(sign * (degrees + minutes / 60 + milli / 3.6e6), abs=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "here",
        "41.7",
        "41.7 N 42.0 N",
        "41.7 N 42.0 S",
        "91, 0",
        "0, 181",
        "41°61'N 0°E",
        "1 2 3 4",
        "nan, 1",
        "1e5, 2",
        "N1N 2E",
    ],
)
def test_what_is_no_place_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(NotPossibleError, match="Type latitude and longitude"):
        position_of(text)


@given(st.text("0123456789.,-+NSEW°'\" ;", max_size=30))
def test_whatever_is_typed_gives_a_place_or_a_reason(text: str) -> None:
    try:
        lon, lat = position_of(text)
    except NotPossibleError as error:
        assert str(error)
    else:
        assert -180 <= lon <= 180 and -90 <= lat <= 90

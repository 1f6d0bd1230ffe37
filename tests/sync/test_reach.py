"""How things stand with Leaf, judged by how calls come back."""

import pytest

from leafdesk.api.errors import (
    BusyError,
    CaptivePortalError,
    GoneError,
    LeafError,
    NotSentError,
    SignedOutError,
    UnknownOutcomeError,
    UnreadableAnswerError,
)
from leafdesk.sync.asks import StoppedError
from leafdesk.sync.reach import LATE, UNSTEADY, Reach


def after(reach: Reach, *calls: tuple[float, LeafError | None]) -> str:
    """The state after calls that came back at these times."""
    for now, error in calls:
        reach.came_back(now, error)
    return reach.state


def oh(status: int | None = 500) -> UnknownOutcomeError:
    return UnknownOutcomeError("oh", status=status)


def test_online_are_two_good_calls_within_ten_seconds() -> None:
    assert after(Reach(), (0, None)) == "unknown"
    assert after(Reach(), (0, None), (10, None)) == "online"
    assert after(Reach(), (0, None), (10.1, None)) == "unknown"
    assert after(Reach(), (0, GoneError("gone", status=404)), (1, None)) == "online"  # Leaf itself answered


def test_a_link_that_comes_and_goes_does_not_blink() -> None:
    reach = Reach("online")
    assert after(reach, (0, NotSentError("no route"))) == "offline"
    states = {after(reach, (10 * n, None), (10 * n + 0.1, NotSentError("no route"))) for n in range(1, 20)}
    assert states == {"offline"}
    assert after(reach, (300, None), (300.1, None)) == "online"


def test_some_calls_that_fail_make_it_unsteady_until_ten_seconds_go_well() -> None:
    reach = Reach("online")
    assert after(reach, (0, oh()), (1, None), (2, oh(None)), (3, None)) == "online"
    assert reach.came_back(4, BusyError("busy", status=429)) == ("unsteady", UNSTEADY)
    assert after(reach, (5, None), (6, None), (13.9, None)) == "unsteady"
    assert after(reach, (14, None)) == "online"
    assert after(reach, (15, oh())) == "online"  # what was before is forgotten


def test_a_burst_of_errors_is_unsteady_also_from_the_start() -> None:
    assert after(Reach(), *((n / 10, oh(503)) for n in range(10))) == "unsteady"
    assert after(Reach("online"), (0, oh()), (40, oh()), (80, oh())) == "online"  # now and then is no burst
    many = [(n / 10, oh() if n % 25 == 0 else None) for n in range(500)]
    assert after(Reach("online"), *many) == "online"  # four in a hundred: one of the last twenty


def test_answers_that_come_late_make_it_unsteady() -> None:
    reach = Reach("online")
    for n in range(3):
        reach.came_back(20.0 * n, None, LATE)
    assert reach.state == "unsteady"


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (CaptivePortalError("a page"), "captive"),
        (SignedOutError("401"), "signed-out"),
        (NotSentError("no route"), "offline"),
        (UnreadableAnswerError("odd"), "online"),
        (StoppedError("a person stopped it"), "online"),
    ],
)
def test_one_call_is_enough_for_what_leaves_no_doubt(error: LeafError, state: str) -> None:
    assert after(Reach("online"), (0, error)) == state


def test_after_a_sleep_nothing_is_known() -> None:
    reach = Reach("unsteady")
    after(reach, (0, None))
    reach.forget()
    assert after(reach, (1, None)) == "unknown"

"""Each operation of the contract has its proofs, and every test named as one exists."""

from dataclasses import fields

import pytest

from tests.api import contract
from tests.api.test_calls import EVERY_CALL
from tests.contract.proof import CALL, NONE, PROOFS, is_there, table


def test_every_operation_is_in_the_table_and_nothing_else() -> None:
    assert set(PROOFS) == set(contract.operations()) and len(PROOFS) == 55
    assert table().count("\n") == 56
    assert {call.operation for call in EVERY_CALL} == set(PROOFS), "the wire has one case for each"
    assert is_there(CALL)


@pytest.mark.parametrize("operation", sorted(PROOFS))
def test_every_named_test_exists(operation: str) -> None:
    proof = PROOFS[operation]
    named = {one.name: getattr(proof, one.name) for one in fields(proof)}
    missing = {part: test for part, test in named.items() if test != NONE and not is_there(test)}
    assert missing == {}
    assert NONE not in (proof.answer, proof.cache)


def test_only_what_nobody_asks_for_by_itself_has_no_window() -> None:
    """One Leaf user is only asked for to prove that it is gone."""
    assert [operation for operation, proof in PROOFS.items() if NONE in (proof.command, proof.window)] == [
        "getLeafUser"
    ]

"""Each operation of the contract has its proofs, and every test named as one exists."""

from dataclasses import fields

import pytest

from tests.api import contract
from tests.api.test_calls import EVERY_CALL
from tests.contract.proof import CALL, PROOFS, is_there, table


def test_every_operation_is_in_the_table_and_nothing_else() -> None:
    assert set(PROOFS) == set(contract.operations()) and len(PROOFS) == 55
    assert table().count("\n") == 56
    assert {call.operation for call in EVERY_CALL} == set(PROOFS), "the wire has one case for each"
    assert is_there(CALL)


@pytest.mark.parametrize("operation", sorted(PROOFS))
def test_every_named_test_exists(operation: str) -> None:
    proof = PROOFS[operation]
    named = {one.name: getattr(proof, one.name) for one in fields(proof)}
    assert {part: test for part, test in named.items() if not is_there(test)} == {}

"""What proves each operation of Leaf's contract: at the wire, in the cache, on the command line and in the window.

uv run python -m tests.contract.proof           # the table as Markdown
uv run python -m tests.contract.proof --run     # runs every test named in it and watches what each asks Leaf for
"""

import argparse
import ast
import sys
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.api import contract

HOUSE = Path(__file__).parents[2]


@dataclass(frozen=True)
class Proof:
    """Where each part of an operation is proved: `file::test` under tests/."""

    answer: str
    """Its published answer is decoded, or what stands for an answer that nobody publishes."""
    cache: str
    command: str
    window: str


CALL = "api/test_calls.py::test_every_call_is_in_the_contract"
"""Every request is the contract's: method, path, parameters, body. One case for each operation."""
_WIRE, _BETA, _CLIENT, _SANDBOX = (
    f"api/{name}.py::" for name in ("test_wire", "test_wire_beta", "test_client", "test_sandbox")
)
_PULL, _PUSH, _MORE, _STOCK = (
    f"sync/{name}.py::" for name in ("test_pull", "test_push", "test_push_more", "test_stock")
)
_ONLINE = "test_workspace_online.py::"
_END, _MACHINES, _WHOLE, _AT_LEAF, _FILTERS = (
    f"test_cli_{name}.py::" for name in ("end_to_end", "machines", "whole_of_leaf", "fields_at_leaf", "filters")
)
_INPUTS, _FIELD, _PROVIDERS, _MACHINE = (
    f"ui/{name}.py::" for name in ("test_inputs", "test_field_desk", "test_providers", "test_machines_page")
)
_FIRST, _DAY = "journeys/test_first_start.py::", "journeys/test_a_day_without_a_signal.py::"
_YARD = "journeys/test_the_yard.py::"

DECODED = f"{_WIRE}test_every_published_answer_decodes_and_keeps_its_text"
PULLED = f"{_PULL}test_everything_comes_and_a_second_pull_asks_for_pages_only_and_writes_no_record"
STOCKED = f"{_STOCK}test_everything_that_is_no_land_comes"
ORDERED = f"{_PUSH}test_grower_farm_and_field_arrive_in_order_with_leafs_numbers"
FETCHED = f"{_FIRST}test_signs_in_fetches_and_shows_the_fields"
CONFIRMED = f"{_PULL}test_what_leaf_no_longer_has_goes_after_leaf_confirmed_it"
ENDED = f"{_PULL}test_growers_and_leaf_users_go_only_after_leaf_confirmed_it"
SOLD = f"{_YARD}test_a_machine_is_changed_and_then_sold"
LEFT = f"{_YARD}test_what_a_provider_no_longer_has_leaves_the_tables"
TYPED_GONE = f"{_MACHINES}test_what_is_gone_at_leaf_goes_with_the_next_whole_sync"
GONE = f"{_STOCK}test_what_is_gone_at_leaf_goes_after_it_says_so"
LISTED = f"{_MACHINES}test_each_lists_and_shows_leafs_own_keys"
SEARCHED = f"{_WHOLE}test_a_catalog_is_searched_here_and_at_leaf"
CATALOGS = f"{_FILTERS}test_the_catalogs_lists_are_narrowed_as_leaf_narrows_them"
TYPED = f"{_INPUTS}test_the_catalogs_are_searched_as_you_type_and_a_misspelt_word_is_forgiven"

_LAND = "ui/test_land.py::"
FARM_MADE = f"{_LAND}test_a_grower_and_its_farm_are_made_and_renamed"
FARM_SHOWN = f"{_END}test_farms_and_growers_list_leafs_own_keys"
FARM_TYPED = f"{_END}test_a_local_farm_id_works_before_and_after_leaf_numbers_it"
FIELD_TYPED = f"{_END}test_a_field_is_created_changed_and_deleted"
PLAIN = f"{_WIRE}test_published_farm_grower_and_boundary"
ONCE = f"{_SANDBOX}test_every_call_once"
MATCHED = f"{_INPUTS}test_a_match_is_approved_through_the_queue_and_its_history_told"

PROOFS: dict[str, Proof] = {
    "authenticate": Proof(
        f"{_CLIENT}test_sign_in",
        "test_workspace.py::test_a_sign_in_opens_the_accounts_own_database",
        f"{_END}test_sign_in_sync_and_status",
        FETCHED,
    ),
    "listLeafUsers": Proof(
        DECODED, PULLED, f"{_WHOLE}test_leaf_users_and_their_settings", f"{_PROVIDERS}test_choosing_whose_records_stay"
    ),
    "getLeafUser": Proof(
        ONCE,
        ENDED,
        f"{_WHOLE}test_a_leaf_user_that_is_gone_goes_after_leaf_said_so",
        f"{_YARD}test_a_leaf_user_that_left_is_no_longer_offered",
    ),
    "listProviderOrganizations": Proof(
        f"{_BETA}test_published_organizations",
        f"{_STOCK}test_organizations_and_files_of_a_field",
        f"{_AT_LEAF}test_an_upload_chooses_its_organization_from_the_list",
        f"{_FIELD}test_an_upload_goes_to_an_organization_of_leafs_list_and_never_back",
    ),
    "getLeafUserConfiguration": Proof(
        f"{_BETA}test_published_configuration_and_what_it_explains",
        STOCKED,
        f"{_WHOLE}test_leaf_users_and_their_settings",
        f"{_PROVIDERS}test_leafs_counts_stand_beside_those_here_and_differences_are_explained",
    ),
    "getSyncSummary": Proof(
        f"{_BETA}test_published_summary",
        STOCKED,
        f"{_WHOLE}test_counts_of_each_provider_stand_beside_those_here",
        f"{_PROVIDERS}test_leafs_counts_stand_beside_those_here_and_differences_are_explained",
    ),
    "listFields": Proof(
        f"{_WIRE}test_published_field_of_a_provider",
        PULLED,
        f"{_AT_LEAF}test_every_filter_answers_as_leaf_does",
        FETCHED,
    ),
    "createField": Proof(
        f"{_WIRE}test_published_created_field_has_its_shape",
        ORDERED,
        FIELD_TYPED,
        f"{_DAY}test_what_was_drawn_in_the_dark_arrives",
    ),
    "getField": Proof(DECODED, CONFIRMED, FIELD_TYPED, f"{_DAY}test_what_was_drawn_in_the_dark_arrives"),
    "updateField": Proof(
        DECODED,
        f"{_PUSH}test_a_name_a_boundary_and_a_deletion_arrive",
        FIELD_TYPED,
        f"{_LAND}test_a_field_is_renamed_and_moved_at_leaf",
    ),
    "deleteField": Proof(
        f"{_CLIENT}test_undocumented_success_bodies_are_taken",
        f"{_PUSH}test_a_name_a_boundary_and_a_deletion_arrive",
        FIELD_TYPED,
        f"{_LAND}test_a_field_made_by_hand_is_deleted_at_leaf",
    ),
    "listFieldOperationFiles": Proof(
        f"{_BETA}test_published_operation_and_its_files",
        f"{_STOCK}test_organizations_and_files_of_a_field",
        f"{_AT_LEAF}test_operation_files_of_a_field",
        f"{_FIELD}test_operation_files_are_fetched_when_asked_and_narrowed",
    ),
    "getFieldOperationFile": Proof(
        f"{_BETA}test_published_operation_and_its_files",
        "test_workspace_history.py::test_one_operation_file_is_read_anew",
        f"{_AT_LEAF}test_every_boundary_and_one_file_when_asked_for",
        f"{_FIELD}test_operation_files_are_fetched_when_asked_and_narrowed",
    ),
    "findFieldsByGeometry": Proof(
        DECODED,
        f"{_ONLINE}test_overlaps_here_are_what_leaf_says",
        f"{_AT_LEAF}test_fields_that_overlap_a_shape",
        f"{_FIELD}test_overlaps_here_and_at_leaf",
    ),
    "intersectFields": Proof(
        f"{_BETA}test_published_common_shape",
        f"{_ONLINE}test_common_ground_here_and_at_leaf",
        f"{_AT_LEAF}test_what_fields_have_in_common",
        f"{_FIELD}test_overlaps_here_and_at_leaf",
    ),
    "syncFields": Proof(
        f"{_CLIENT}test_undocumented_success_bodies_are_taken",
        f"{_MORE}test_providers_are_asked_and_not_too_often",
        f"{_WHOLE}test_counts_of_each_provider_stand_beside_those_here",
        f"{_YARD}test_a_providers_fields_are_fetched_again_on_request",
    ),
    "enablePreviewField": Proof(
        f"{_CLIENT}test_undocumented_success_bodies_are_taken",
        f"{_MORE}test_a_preview_field_is_enabled_once",
        f"{_AT_LEAF}test_enabling_asks_and_says_what_it_costs",
        f"{_FIELD}test_enabling_says_that_it_is_billed_and_asks",
    ),
    "uploadFieldToProvider": Proof(
        f"{_BETA}test_both_published_upload_answers",
        f"{_MORE}test_a_lost_upload_is_never_repeated_by_itself",
        f"{_AT_LEAF}test_an_upload_chooses_its_organization_from_the_list",
        f"{_FIELD}test_an_upload_goes_to_an_organization_of_leafs_list_and_never_back",
    ),
    "listBoundaries": Proof(
        DECODED,
        f"{_PUSH}test_a_boundary_that_changed_at_leaf_is_never_overwritten",
        f"{_AT_LEAF}test_every_boundary_and_one_file_when_asked_for",
        f"{_FIELD}test_the_history_on_a_slider_restores_an_older_boundary",
    ),
    "getBoundary": Proof(
        DECODED,
        f"{_PULL}test_only_what_changed_is_written_and_only_new_boundaries_are_fetched",
        f"{_END}test_a_field_is_shown_as_leaf_has_it",
        FETCHED,
    ),
    "getActiveBoundary": Proof(
        DECODED,
        f"{_PULL}test_the_active_boundary_is_asked_for_when_the_last_of_the_list_is_history",
        f"{_END}test_a_conflict_answered_with_mine",
        "journeys/test_conflict.py::test_the_user_decides",
    ),
    "replaceActiveBoundary": Proof(
        PLAIN,
        f"{_PUSH}test_a_name_a_boundary_and_a_deletion_arrive",
        FIELD_TYPED,
        f"{_DAY}test_what_was_drawn_in_the_dark_arrives",
    ),
    "listFarms": Proof(PLAIN, PULLED, FARM_SHOWN, FETCHED),
    "createFarm": Proof(ONCE, ORDERED, FARM_TYPED, FARM_MADE),
    "getFarm": Proof(ONCE, f"{_PUSH}test_a_farm_is_put_whole_and_what_others_changed_stays", FARM_TYPED, FARM_MADE),
    "updateFarm": Proof(ONCE, f"{_PUSH}test_a_farm_is_put_whole_and_what_others_changed_stays", FARM_TYPED, FARM_MADE),
    "listGrowers": Proof(DECODED, PULLED, FARM_SHOWN, FETCHED),
    "createGrower": Proof(ONCE, ORDERED, FARM_TYPED, FARM_MADE),
    "getGrower": Proof(PLAIN, ENDED, FARM_TYPED, FARM_MADE),
    "updateGrower": Proof(ONCE, f"{_PUSH}test_a_growers_new_name_arrives", FARM_TYPED, FARM_MADE),
    "enablePreviewFieldsByGrower": Proof(
        f"{_CLIENT}test_undocumented_success_bodies_are_taken",
        f"{_MORE}test_all_previews_of_a_grower_are_enabled_at_once",
        f"{_AT_LEAF}test_all_previews_of_a_grower_are_enabled_after_a_yes",
        f"{_LAND}test_all_previews_of_a_grower_are_enabled_after_a_question",
    ),
    "listFieldOperations": Proof(
        f"{_BETA}test_published_operation_and_its_files",
        f"{_STOCK}test_files_and_matches_come_when_asked",
        f"{_WHOLE}test_operations_and_their_matches",
        f"{_INPUTS}test_work_that_was_never_fetched_says_so_and_is_fetched_when_asked",
    ),
    "listMachines": Proof(
        f"{_BETA}test_published_machine",
        STOCKED,
        f"{_MACHINES}test_filters_of_machines_answer_as_leaf_does",
        "ui/test_tables.py::test_the_table_shows_what_is_here_and_how_old_it_is",
    ),
    "createMachine": Proof(
        DECODED,
        f"{_MORE}test_a_new_machine_arrives_with_all_that_was_said",
        f"{_MACHINES}test_a_machine_is_created_changed_and_deleted",
        f"{_MACHINE}test_a_new_machine_is_queued_shown_and_sent",
    ),
    "getMachine": Proof(DECODED, GONE, TYPED_GONE, SOLD),
    "updateMachine": Proof(
        DECODED,
        f"{_MORE}test_only_what_changed_is_sent",
        f"{_MACHINES}test_a_machine_is_created_changed_and_deleted",
        SOLD,
    ),
    "deleteMachine": Proof(
        f"{_CLIENT}test_undocumented_success_bodies_are_taken",
        f"{_MORE}test_a_lost_change_or_delete_is_looked_into",
        f"{_MACHINES}test_a_machine_is_created_changed_and_deleted",
        SOLD,
    ),
    "listMachineFiles": Proof(
        f"{_BETA}test_published_machine_file_keeps_its_units",
        f"{_STOCK}test_files_and_matches_come_when_asked",
        f"{_FILTERS}test_files_of_a_machine_are_narrowed_as_leaf_narrows_them",
        f"{_MACHINE}test_the_files_of_a_machine_are_fetched_on_demand_and_kept_with_their_date",
    ),
    "listImplements": Proof(
        f"{_BETA}test_published_implement_and_operator_keep_their_odd_ids_and_zeros",
        STOCKED,
        f"{_FILTERS}test_machines_and_implements_are_narrowed_by_times_that_only_leaf_knows",
        f"{_MACHINE}test_implements_and_operators_are_looked_at",
    ),
    "getImplement": Proof(DECODED, GONE, TYPED_GONE, LEFT),
    "listOperators": Proof(
        f"{_BETA}test_published_implement_and_operator_keep_their_odd_ids_and_zeros",
        STOCKED,
        LISTED,
        f"{_MACHINE}test_implements_and_operators_are_looked_at",
    ),
    "getOperator": Proof(DECODED, GONE, TYPED_GONE, LEFT),
    "listProducts": Proof(f"{_BETA}test_published_products", STOCKED, CATALOGS, TYPED),
    "listSummarizedProducts": Proof(
        DECODED,
        STOCKED,
        CATALOGS,
        f"{_INPUTS}test_filters_narrow_by_catalog_and_by_where_an_entry_came_from",
    ),
    "searchProducts": Proof(
        f"{_BETA}test_published_products",
        f"{_STOCK}test_what_a_search_found_stays_with_its_date",
        SEARCHED,
        f"{_INPUTS}test_what_leaf_finds_is_shown_and_stays_with_its_date",
    ),
    "getProduct": Proof(
        f"{_BETA}test_published_products",
        f"{_STOCK}test_what_was_asked_about_an_entry_of_a_list_stays_with_its_date",
        f"{_WHOLE}test_what_was_found_at_leaf_keeps_its_date_and_a_misspelt_word_is_forgiven",
        f"{_INPUTS}test_details_and_labels_are_fetched_when_asked_and_opened_when_clicked",
    ),
    "listProductMatches": Proof(
        f"{_BETA}test_published_matches_and_their_history",
        f"{_STOCK}test_files_and_matches_come_when_asked",
        f"{_WHOLE}test_operations_and_their_matches",
        MATCHED,
    ),
    "updateProductMatch": Proof(
        f"{_BETA}test_published_matches_and_their_history",
        f"{_MORE}test_a_match_is_approved",
        f"{_WHOLE}test_operations_and_their_matches",
        MATCHED,
    ),
    "listProductMatchHistory": Proof(
        f"{_BETA}test_published_matches_and_their_history",
        f"{_STOCK}test_files_and_matches_come_when_asked",
        f"{_WHOLE}test_operations_and_their_matches",
        MATCHED,
    ),
    "listVarieties": Proof(f"{_BETA}test_published_variety_and_tank_mix", STOCKED, CATALOGS, TYPED),
    "getVariety": Proof(
        f"{_BETA}test_published_variety_and_tank_mix",
        f"{_STOCK}test_all_of_a_variety_is_asked_for_and_kept",
        f"{_WHOLE}test_all_of_a_variety_is_asked_for",
        f"{_INPUTS}test_all_of_a_variety_is_asked_for",
    ),
    "listSummarizedVarieties": Proof(DECODED, STOCKED, CATALOGS, TYPED),
    "searchVarieties": Proof(
        DECODED,
        f"{_STOCK}test_a_search_never_makes_a_listed_entry_poorer",
        SEARCHED,
        f"{_INPUTS}test_varieties_and_tank_mixes_are_searched_at_leaf_too",
    ),
    "listTankMixes": Proof(f"{_BETA}test_published_variety_and_tank_mix", STOCKED, CATALOGS, TYPED),
    "searchTankMixes": Proof(
        DECODED,
        f"{_STOCK}test_a_tank_mix_that_was_searched_for_stays_too",
        SEARCHED,
        f"{_INPUTS}test_varieties_and_tank_mixes_are_searched_at_leaf_too",
    ),
}


@cache
def tests_in(file: str) -> frozenset[str]:
    """The names of the tests in a file under tests/."""
    tree = ast.parse((HOUSE / "tests" / file).read_text("utf-8"))
    return frozenset(one.name for one in tree.body if isinstance(one, ast.FunctionDef))


def is_there(test: str) -> bool:
    """Whether a named test exists."""
    file, _, name = test.partition("::")
    return (HOUSE / "tests" / file).is_file() and name in tests_in(file)


def table() -> str:
    """All operations with their proofs, as Markdown."""
    heads = ("Operation", "Request and answer", "Cache", "Command line", "Window")
    lines = [f"| {' | '.join(heads)} |", f"| {' | '.join('---' for _ in heads)} |"]
    for operation in contract.operations():
        proof = PROOFS[operation]
        cells = [_short(getattr(proof, one.name)) for one in fields(proof)]
        lines.append(f"| `{operation}` | `[{operation}]` of {_short(CALL)}; {cells[0]} | {' | '.join(cells[1:])} |")
    return "\n".join(lines)


def _short(test: str) -> str:
    file, _, name = test.partition("::")
    return f"`{file.removesuffix('.py')}` {name.removeprefix('test_').replace('_', ' ')}"


class Watch:
    """Notes which operations the sandbox was asked for during each test."""

    def __init__(self) -> None:
        self.asked: dict[str, set[str]] = {}
        self.failed: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_teardown(self, item: Any) -> None:
        name = item.nodeid.partition("[")[0].removeprefix("tests/")
        seen = self.asked.setdefault(name, set())
        for given in item.funcargs.values():
            log = getattr(given, "requests", None) or getattr(given, "far", None)
            seen.update(getattr(log, "counts", ()))

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.failed.append(report.nodeid)


def run() -> int:
    """Run every named test but those of the wire; tell which did not ask Leaf for its operation."""
    named = {test for proof in PROOFS.values() for test in (proof.cache, proof.command, proof.window)}
    watch = Watch()
    pytest.main(["-q", "-p", "no:cacheprovider", *(f"tests/{test}" for test in sorted(named))], plugins=[watch])
    silent = [
        f"{operation}: {test}"
        for operation, proof in PROOFS.items()
        for test in (proof.cache, proof.command, proof.window)
        if operation not in watch.asked.get(test, ())
    ]
    for line in (*silent, *(f"failed: {one}" for one in watch.failed)):
        sys.stdout.write(line + "\n")
    sys.stdout.write(f"{len(named)} tests, {len(PROOFS)} operations; {len(silent)} cells did not ask for theirs\n")
    return 1 if silent or watch.failed else 0


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--run", action="store_true", help="run the named tests and watch what each asks for")
    if asked.parse_args().run:
        sys.exit(run())
    sys.stdout.write(table() + "\n")

"""An entry of a catalog keeps what any of Leaf's answers told of it."""

import json

import pytest

from leafdesk.records import Label, Product
from leafdesk.store.joining import join_json, joined

LISTED = Product(
    id="p", leaf_user_id="u", name="Propi", registrant="Tide", carrier=True, status="ACTIVE", raw='{"a":1}'
)
ASKED = Product(
    id="p",
    name="Propi 2",
    carrier=False,
    labels=(Label("L", "https://x.example.com"),),
    source="search",
    found="T",
    raw='{"b":2}',
)


def test_details_join_what_a_list_told() -> None:
    both = joined(LISTED, ASKED)
    assert (both.name, both.registrant, both.labels, both.leaf_user_id) == ("Propi 2", "Tide", ASKED.labels, "u")
    assert (both.source, both.found, both.carrier, both.raw) == ("list", "T", False, '{"a":1,"b":2}')
    assert joined(both, LISTED).labels == ASKED.labels, "the next list does not know them"
    assert joined(both, LISTED).name == "Propi"
    assert joined(joined(both, LISTED), LISTED) == joined(both, LISTED)


def test_names_from_machine_files_add_nothing_to_a_listed_entry() -> None:
    assert joined(LISTED, Product(id="p", name="propi", source="summary")) == LISTED
    fresh = Product(id="p", name="Propi 3", raw="{}")
    assert joined(LISTED, fresh) == fresh, "what the list alone told, the list takes back"


@pytest.mark.parametrize(
    ("stored", "news", "told"),
    [
        ('{"a": 1.0e2, "b": "x"}', '{"b":"y"}', '{"a":1.0e2,"b":"y"}'),
        ('{"a":{"deep":[1, 2]}}', '{ "c" : null }', '{"a":{"deep":[1, 2]},"c":null}'),
        ('{"a":1}', '{"a":null}', '{"a":1}'),
        ("", '{"a":1}', '{"a":1}'),
        ("{}", "{}", "{}"),
        ("[1]", "nonsense", "nonsense"),
    ],
)
def test_json_is_joined_as_it_was_written(stored: str, news: str, told: str) -> None:
    assert join_json(stored, news) == told


def test_no_json_takes_too_long_or_fails() -> None:
    deep = '{"a":' + "[" * 100_000
    assert join_json(deep, '{"b":1}') == '{"b":1}'
    assert json.loads(join_json('{"a":"\\u00e9,:{}"}', '{"b":" , "}')) == {"a": "é,:{}", "b": " , "}

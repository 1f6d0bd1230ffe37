"""Every filter that Leaf's contract documents for a list can be used on the command line, and answers as Leaf does."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import click
import pytest

from leafdesk.cli.root import leafdesk
from tests.api import contract
from tests.neighbour import Neighbour
from tests.shell import Shell

if TYPE_CHECKING:
    from leafdesk.sandbox import Sandbox

PAGING = {"page", "size"}
"""Leafdesk reads every page by itself."""
USER = {"leafUserId": "--leaf-user"}
TIMES = {
    f"{when}{what}Time": f"--{what.lower()}-{when}" for when in ("after", "before") for what in ("Created", "Updated")
}
MACHINE_TIMES = {name.replace("UpdatedTime", "UpdatedAt"): option for name, option in TIMES.items()}
NAMED = {"name": "--name", "provider": "--provider", "sort": "--sort"}

OPTIONS: dict[str, tuple[str, dict[str, str]]] = {
    "listLeafUsers": ("users list", {"name": "--name", "email": "--email", "externalId": "--external-id"}),
    "getSyncSummary": ("providers list", USER | {"provider": "--provider"}),
    "listFields": (
        "fields list",
        {
            **USER,
            **NAMED,
            **TIMES,
            "id": "--id",
            "farmId": "--farm",
            "type": "--type",
            "status": "--status",
            "legacy": "--legacy",
            "organizationId": "--organization",
            "mergedFieldId": "--merged-field",
            "providerFieldId": "--provider-field",
            "providerFieldName": "--provider-field-name",
            "providerStatus": "--provider-status",
            "operationType": "--operation-type",
            "operationProvider": "--operation-provider",
            "operationStartTime": "--operation-start",
            "operationEndTime": "--operation-end",
            "operationCrop": "--operation-crop",
            "operationVariety": "--operation-variety",
        },
    ),
    "listFieldOperationFiles": (
        "fields files",
        {
            "id": "--id",
            "provider": "--provider",
            "operationType": "--operation-type",
            "origin": "--origin",
            "crop": "--crop",
            "variety": "--variety",
            "startTime": "--start",
            "endTime": "--end",
        },
    ),
    "uploadFieldToProvider": ("fields upload", {"organizationId": "--organization"}),
    "listFarms": ("farms list", USER | NAMED | {"growerId": "--grower", "providerFarmId": "--provider-farm"}),
    "listGrowers": (
        "growers list",
        {
            **USER,
            **NAMED,
            "providerGrowerId": "--provider-grower",
            "providerOrganizationId": "--organization",
            "providerCompanyId": "--company",
        },
    ),
    "listFieldOperations": (
        "operations list",
        {
            **USER,
            "fieldId": "--field",
            "provider": "--provider",
            "operationType": "--operation-type",
            "startTime": "--start",
            "endTime": "--end",
            "updatedTime": "--updated-after",
        },
    ),
    "listMachines": (
        "machines list",
        {
            **NAMED,
            **MACHINE_TIMES,
            "createdTime": "--created",
            "updatedAt": "--updated",
            "originType": "--origin-type",
            "providerMachineId": "--provider-machine",
            "providerOrganizationId": "--organization",
            "serialNumber": "--serial-number",
            "vin": "--vin",
        },
    ),
    "listMachineFiles": (
        "machines files",
        {
            "createdTime": "--created",
            "startTime": "--start",
            "endTime": "--end",
            "afterCreatedTime": "--created-after",
            "beforeCreatedTime": "--created-before",
            "afterStartTime": "--start-after",
            "beforeStartTime": "--start-before",
            "afterEndTime": "--end-after",
            "beforeEndTime": "--end-before",
            "distanceValue": "--distance",
            "distanceUnit": "--distance-unit",
            "greaterThanDistanceValue": "--distance-more",
            "lessThanDistanceValue": "--distance-less",
            "leafFileId": "--leaf-file",
            "originType": "--origin-type",
        },
    ),
    "listImplements": (
        "implements list",
        {
            **NAMED,
            **TIMES,
            "createdTime": "--created-from",
            "updatedTime": "--updated-from",
            "providerImplementId": "--provider-implement",
            "providerOrganizationId": "--organization",
        },
    ),
    "listOperators": ("operators list", {}),
    "listProducts": ("products list", USER | {"provider": "--provider"}),
    "listSummarizedProducts": ("products list", {"name": "--name"}),
    "searchProducts": ("products search", {"name": "TEXT", "maxResults": "--limit"}),
    "listVarieties": ("varieties list", USER | {"provider": "--provider"}),
    "listSummarizedVarieties": ("varieties list", {"name": "--name", "crops": "--crop"}),
    "searchVarieties": ("varieties search", {"name": "TEXT", "maxResults": "--limit", "crop": "--crop"}),
    "listTankMixes": ("tank-mixes list", USER | {"provider": "--provider"}),
    "searchTankMixes": ("tank-mixes search", {"name": "TEXT", "maxResults": "--limit"}),
}
"""By operation with parameters in its query: the command, and the option (or argument) for each parameter."""


def parameters(words: str) -> set[str]:
    """What a command takes: its options and, in capitals, its arguments."""
    found: Any = leafdesk
    for word in words.split():
        found = found.commands[word]
    assert isinstance(found, click.Command)
    return {
        name
        for one in found.params
        for name in (one.opts if isinstance(one, click.Option) else [str(one.name).upper()])
    }


@pytest.mark.parametrize("operation", sorted(contract.operations()))
def test_every_parameter_of_a_question_has_an_option(operation: str) -> None:
    asked = contract.query_names(operation) - PAGING
    command, options = OPTIONS.get(operation, ("status", {}))
    options = {"sort": "--sort"} | options if "sort" in asked else options
    assert set(options) == asked
    assert set(options.values()) <= parameters(command)


@pytest.fixture
def neighbour(sandbox: "Sandbox") -> Neighbour:
    return Neighbour(sandbox.url, sandbox.username, sandbox.password)


def compared(
    shell: Shell, neighbour: Neighbour, path: str, words: tuple[str, ...], asked: dict[str, tuple[str, Any]]
) -> Iterator[str]:
    """The options whose answer on the command line is another than Leaf's; each must narrow the list, to something."""
    everything = {one["id"] for one in neighbour.everything(path)}
    for option, (parameter, value) in asked.items():
        query = urlencode({parameter: str(value).lower() if isinstance(value, bool) else value, "size": 100})
        leafs = {one["id"] for one in neighbour.call("GET", f"{path}?{query}")}
        here = {one["id"] for one in shell.json(*words, option, str(value))}
        if not (here == leafs and set() < leafs < everything):
            yield f"{option} {value}: {len(here)} here, {len(leafs)} at Leaf, {len(everything)} in all"


def between(times: list[str]) -> str:
    """A time amid others and equal to none."""
    middle = sorted(times)[len(times) // 2]
    return middle.replace("Z", "1Z") if "." in middle else middle.replace("Z", ".5Z")


def test_farms_and_growers_are_narrowed_as_leaf_narrows_them(
    signed_in: Shell, neighbour: Neighbour, sandbox: "Sandbox"
) -> None:
    farms, growers = (neighbour.everything(f"/services/fields/api/{kind}") for kind in ("farms", "growers"))
    sandbox.leaf.change(
        "growers", growers[-1]["id"], providerOrganizationId="007", providerCompanyId="C1", providerGrowerId="G-1"
    )
    signed_in("sync")
    farm = next(one for one in farms if one.get("providerFarmId"))
    assert not list(
        compared(
            *(signed_in, neighbour, "/services/fields/api/farms", ("farms", "list")),
            {
                "--leaf-user": ("leafUserId", farm["leafUserId"]),
                "--grower": ("growerId", farms[0]["growerId"]),
                "--provider": ("provider", farm["providerName"]),
                "--name": ("name", farms[0]["name"]),
                "--provider-farm": ("providerFarmId", farm["providerFarmId"]),
            },
        )
    )
    assert not list(
        compared(
            *(signed_in, neighbour, "/services/fields/api/growers", ("growers", "list")),
            {
                "--leaf-user": ("leafUserId", growers[0]["leafUserId"]),
                "--name": ("name", growers[0]["name"]),
                "--provider": ("provider", "Leaf"),
                "--provider-grower": ("providerGrowerId", "G-1"),
                "--organization": ("providerOrganizationId", "007"),
                "--company": ("providerCompanyId", "C1"),
            },
        )
    )


def hidden(sandbox: "Sandbox", kind: Any) -> list[Any]:
    """Records with what the sandbox knows and tells in no answer."""
    return list(sandbox.leaf._ledger.table(kind).values())


@pytest.mark.parametrize(("kind", "updated"), [("machines", "UpdatedAt"), ("implements", "UpdatedTime")])
def test_machines_and_implements_are_narrowed_by_times_that_only_leaf_knows(
    kind: str, updated: str, signed_in: Shell, neighbour: Neighbour, sandbox: "Sandbox"
) -> None:
    assert "give --online" in signed_in(kind, "list", "--updated-after", "2020-01-01", ends=2).err
    one = hidden(sandbox, kind)[0]
    user = one["leafUserId"]
    own = [other for other in hidden(sandbox, kind) if other["leafUserId"] == user]
    made = sorted(str(other.get("createdTime") or other["_createdTime"]) for other in own)
    changed = sorted(str(other[f"_{updated[0].lower()}{updated[1:]}"]) for other in own)
    asked: dict[str, tuple[str, Any]] = {
        "--updated-after": (f"after{updated}", between(changed)),
        "--updated-before": (f"before{updated}", between(changed)),
        "--created-after": ("afterCreatedTime", between(made)),
        "--created-before": ("beforeCreatedTime", between(made)),
        **(
            {"--created": ("createdTime", made[0]), "--updated": ("updatedAt", changed[0])}
            if kind == "machines"
            else {"--created-from": ("createdTime", made[1]), "--updated-from": ("updatedTime", changed[1])}
        ),
    }
    path = f"/services/beta/api/users/{user}/{kind}"
    assert not list(compared(signed_in, neighbour, path, (kind, "list", "--leaf-user", user, "--online"), asked))
    sandbox.go_dark()
    signed_in(kind, "list", "--online", "--updated-after", "2020-01-01", ends=3)


def test_files_of_a_machine_are_narrowed_as_leaf_narrows_them(
    signed_in: Shell, neighbour: Neighbour, sandbox: "Sandbox"
) -> None:
    every = hidden(sandbox, "machineFiles")
    machine = max((one["machineId"] for one in every), key=lambda id: sum(one["machineId"] == id for one in every))
    files = [one for one in every if one["machineId"] == machine]
    distances = sorted(one["distance"]["value"] for one in files)
    asked: dict[str, tuple[str, Any]] = {"--leaf-file": ("leafFileId", files[0]["leafFileId"])}
    for option, name in (("--start", "startTime"), ("--end", "endTime"), ("--created", "_createdTime")):
        times, named = [str(one[name]) for one in files], name.removeprefix("_")
        asked[option] = (named, times[0])
        for when in ("after", "before"):
            asked[f"{option}-{when}"] = (f"{when}{named[0].upper()}{named[1:]}", between(times))
    asked |= {
        "--distance": ("distanceValue", distances[0]),
        "--distance-more": ("greaterThanDistanceValue", distances[0]),
        "--distance-less": ("lessThanDistanceValue", distances[-1]),
        "--distance-unit": ("distanceUnit", files[0]["distance"]["unit"]),
    }
    path = f"/services/beta/api/users/{files[0]['_leafUserId']}/machines/{machine}/files"
    words = ("machines", "files", machine, "--online")
    assert not list(compared(signed_in, neighbour, path, words, asked))
    origin = files[0]["_originType"]
    assert len(signed_in.json(*words, "--origin-type", origin)) == len(files)
    assert "give --online" in signed_in("machines", "files", machine, "--origin-type", origin, ends=2).err


def test_the_catalogs_lists_are_narrowed_as_leaf_narrows_them(signed_in: Shell, neighbour: Neighbour) -> None:
    beta = "/services/beta/api"
    for kind, path in (("products", "products"), ("varieties", "varieties"), ("tank-mixes", "tankMixes")):
        listed = neighbour.everything(f"{beta}/{path}")
        here = signed_in.json(kind, "list", "--source", "list")
        assert {one["id"] for one in here} == {one["id"] for one in listed}
        user = listed[0]["leafUserId"]
        assert {one["id"] for one in signed_in.json(kind, "list", "--source", "list", "--leaf-user", user)} == {
            one["id"] for one in listed if one["leafUserId"] == user
        }
        assert len(signed_in.json(kind, "list", "--source", "list", "--provider", "JohnDeere")) == len(listed)
        assert signed_in.json(kind, "list", "--provider", "Stara") == []
    user = next(one["leafUserId"] for one in signed_in.json("varieties", "list", "--source", "summary"))
    path = f"{beta}/users/{user}/varieties/summary"
    crop = neighbour.everything(path)[0]["crops"][0]
    words = ("varieties", "list", "--source", "summary", "--leaf-user", user)
    name = neighbour.everything(path)[0]["name"]
    assert not list(compared(signed_in, neighbour, path, words, {"--crop": ("crops", crop), "--name": ("name", name)}))


def test_a_search_at_leaf_takes_its_limit_and_its_crop(signed_in: Shell, neighbour: Neighbour) -> None:
    leafs = [one["id"] for one in neighbour.call("GET", "/services/beta/api/varieties/search?name=2&maxResults=3")]
    assert [one["id"] for one in signed_in.json("varieties", "search", "2", "--online", "--limit", "3")] == leafs
    crop = signed_in.json("varieties", "search", "2")[0]["crops"][0]
    for online in ((), ("--online",)):
        found = signed_in.json("varieties", "search", "2", "--crop", crop.lower(), *online)
        assert all(crop.casefold() in (one.casefold() for one in each["crops"]) for each in found), online
    assert signed_in.json("varieties", "search", "2", "--crop", crop)
    asked = {"--provider": ("provider", "JohnDeere")}
    summary = neighbour.call("GET", "/services/integrations/api/resources?" + urlencode(dict(asked.values())))
    assert len(signed_in.json("providers", "list", "--provider", "johndeere")) == len(summary["summaries"])


def test_a_list_is_ordered_by_any_of_leafs_keys(signed_in: Shell) -> None:
    years = [one.get("modelYear") for one in signed_in.json("machines", "list", "--sort", "modelYear,desc")]
    told = [year for year in years if year is not None]
    assert told == sorted(told, reverse=True) and years[len(told) :] == [None] * (len(years) - len(told))
    names = [one["name"] for one in signed_in.json("farms", "list", "--sort", "name,desc")]
    assert names == sorted(names, key=str.casefold, reverse=True)
    fields = [one["id"] for one in signed_in.json("fields", "list", "--sort", "id")]
    assert fields == sorted(fields) and len(fields) > 30
    assert "no key" in signed_in("machines", "list", "--sort", "horns", ends=2).err
    assert "asc or desc" in signed_in("machines", "list", "--sort", "name,up", ends=2).err

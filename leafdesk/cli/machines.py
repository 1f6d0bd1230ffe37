"""Commands for what works on the land: machines, implements, operators."""

import uuid
from collections.abc import Callable
from typing import Any, TypeVar

import click

from leafdesk.cli.desk import BadInputError, Desk, key, queue, reports
from leafdesk.cli.filters import Filter, after_and_before, times
from leafdesk.cli.listing import add_belongings, add_list, add_show, seen
from leafdesk.edits import Create, Delete, change
from leafdesk.records import USER_CREATED, Machine

F = TypeVar("F", bound=Callable[..., Any])


@click.group()
def machines() -> None:
    """Look at machines and change those made by hand."""


@click.group()
def implements() -> None:
    """Look at implements."""


@click.group()
def operators() -> None:
    """Look at operators."""


_COLUMNS = (("Id", "id"), ("Name", "name"), ("Make", "make"), ("Model", "model"), ("Category", "category"))
_ORIGIN = (
    Filter("--name", "name", "Only names with this text.", "part"),
    Filter("--provider", "provider", "Only what comes from this provider.", "provider"),
    Filter("--organization", "providerOrganizationId", "Only what belongs to this organization."),
    Filter("--origin-type", "originType", "USER_CREATED, FILE_POOLED or PROVIDER_POOLED."),
)
add_list(
    machines,
    "machines",
    (*_COLUMNS, ("Year", "modelYear"), ("Origin", "originType")),
    *_ORIGIN,
    *times("createdTime", "updatedAt", hidden=["updatedAt"]),
    Filter("--created", "createdTime", "Only what was made at Leaf at exactly this time.", "at"),
    Filter("--updated", "updatedAt", "Only what was changed at Leaf at exactly this time.", "at", "updated"),
    Filter("--provider-machine", "providerMachineId", "Only the machine with this id at its provider."),
    Filter("--serial-number", "serialNumber", "Only machines with this serial number; leading zeros count."),
    Filter("--vin", "vin", "Only machines with this vehicle identification number."),
)
add_list(
    implements,
    "implements",
    (*_COLUMNS, ("Provider", "provider")),
    *_ORIGIN,
    *times("createdTime", "updatedTime", hidden=["createdTime", "updatedTime"]),
    Filter("--created-from", "createdTime", "Only what was made at Leaf from this time on.", "after", "created"),
    Filter("--updated-from", "updatedTime", "Only what was changed at Leaf from this time on.", "after", "updated"),
    Filter("--provider-implement", "providerImplementId", "Only the implement with this id at its provider."),
)
add_list(
    operators,
    "operators",
    (("Id", "id"), ("Name", "name"), ("Provider", "provider"), ("Status", "status")),
    *_ORIGIN,
    Filter("--status", "status", "Only operators of this status, such as ACTIVE."),
    *after_and_before("--updated", "updatedTime", "was changed at Leaf"),
)
add_show(machines, "machines")
add_show(implements, "implements")
add_show(operators, "operators")
add_belongings(
    machines,
    "files",
    "machineFiles",
    "machines",
    (("Id", "id"), ("Start", "startTime"), ("End", "endTime"), ("Distance", "distance"), ("Fuel", "fuelConsumption")),
    *after_and_before("--start", "startTime", "began"),
    *after_and_before("--end", "endTime", "ended"),
    *after_and_before("--created", "createdTime", "was made at Leaf", hidden=True),
    Filter("--start", "startTime", "Only what began at exactly this time.", "at"),
    Filter("--end", "endTime", "Only what ended at exactly this time.", "at"),
    Filter("--created", "createdTime", "Only what was made at Leaf at exactly this time.", "at", "created"),
    Filter("--distance", "distance.value", "Only this distance, in the file's own unit.", "number"),
    Filter("--distance-more", "distance.value", "Only longer distances, in the file's own unit.", "more"),
    Filter("--distance-less", "distance.value", "Only shorter distances, in the file's own unit.", "less"),
    Filter("--distance-unit", "distance.unit", "Only distances in this unit, as Leaf writes it."),
    Filter("--origin-type", "originType", "USER_CREATED, FILE_POOLED or PROVIDER_POOLED.", asks="origin_type"),
    Filter("--leaf-file", "leafFileId", "Only the file with this id at Leaf."),
    asking="machine_files",
)


def attributes(command: F) -> F:
    """One option for each attribute of a machine beside its name."""
    for option, told in (
        ("--category", "Its category, such as Harvester."),
        ("--make", "Who made it."),
        ("--model", "Its model."),
        ("--vin", "Its vehicle identification number."),
        ("--serial-number", "Its serial number; leading zeros count."),
    ):
        command = click.option(option, help=told)(command)
    return click.option("--model-year", type=int, help="The year of its model, four digits.")(command)


@machines.command()
@click.option("--leaf-user", metavar="ID", required=True, help="Whose machine it is.")
@click.option("--name", required=True, help="The machine's name.")
@attributes
@reports
@click.pass_obj
def create(desk: Desk, /, leaf_user: str, name: str, **values: Any) -> None:
    """Queue a new machine."""
    with desk.records() as workspace:
        user = key(workspace, "users", leaf_user)
        given = {attribute: value for attribute, value in values.items() if value is not None}
        new = Machine(id=str(uuid.uuid4()), leaf_user_id=user, name=name, origin_type=USER_CREATED, **given)
        queue(desk, workspace, Create(new))


@machines.command()
@click.argument("id")
@click.option("--name", help="A new name.")
@attributes
@reports
@click.pass_obj
def edit(desk: Desk, /, id: str, **values: Any) -> None:
    """Queue changes of a machine; only machines made by hand can be changed."""
    given = {attribute: value for attribute, value in values.items() if value is not None}
    if not given:
        raise BadInputError("Nothing to change: give --name or another attribute.")
    with desk.records() as workspace:
        queue(desk, workspace, change("machines", seen(workspace, "machines", id).id, **given))


@machines.command()
@click.argument("id")
@reports
@click.pass_obj
def delete(desk: Desk, id: str) -> None:
    """Queue the end of a machine; only machines made by hand can be deleted at Leaf."""
    with desk.records() as workspace:
        queue(desk, workspace, Delete("machines", seen(workspace, "machines", id).id))

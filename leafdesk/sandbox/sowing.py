"""Grows from one seed what a sandbox starts with beside its land: machines, field work, inputs, settings."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from leafdesk.sandbox.choices import Choices
from leafdesk.sandbox.ledger import Key, Ledger, Sown
from leafdesk.sandbox.seedbed import Seedbed

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sowing:
    """A seed, how many fields the land began with, and how many products John Deere's catalog lists.

    Nothing else counts, so that after a restart the same grows again around what was changed in between.
    """

    seed: int = 1
    size: int = 0
    products: int = 300

    def sow(self, kind: Sown, ledger: Ledger, *, choices: Choices) -> Iterable[tuple[Key, Json]]:
        """Every record of a kind as it was before anybody changed one, with its key.

        `choices` say how much of what Leaf's pages leave open they try a client with.
        """
        from leafdesk.sandbox import seed_inputs, seed_machines, seed_work

        growing: dict[Sown, Callable[[Seedbed], Iterable[tuple[Key, Json]]]] = {
            "organizations": seed_work.organizations,
            "configurations": seed_work.configurations,
            "operations": seed_work.operations,
            "files": seed_work.files,
            "matches": seed_work.matches,
            "machines": seed_machines.machines,
            "machineFiles": seed_machines.machine_files,
            "implements": seed_machines.implements,
            "operators": seed_machines.operators,
            "products": seed_inputs.products,
            "summarizedProducts": seed_inputs.summarized_products,
            "varieties": seed_inputs.varieties,
            "summarizedVarieties": seed_inputs.summarized_varieties,
            "tankMixes": seed_inputs.tank_mixes,
        }
        return growing[kind](Seedbed(self.seed, self.size, self.products, ledger, choices))

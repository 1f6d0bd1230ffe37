"""A Leaf server for this machine, made from the contract and not from our client: for demo, training and tests."""

from leafdesk.sandbox.choices import Choices
from leafdesk.sandbox.faults import Faults, FaultSpecError
from leafdesk.sandbox.leaf import Leaf
from leafdesk.sandbox.parcels import ParcelFileError
from leafdesk.sandbox.refusals import Refused
from leafdesk.sandbox.requests import Request, Requests
from leafdesk.sandbox.server import Sandbox
from leafdesk.sandbox.state import StateFileError

__all__ = [
    "Choices",
    "FaultSpecError",
    "Faults",
    "Leaf",
    "ParcelFileError",
    "Refused",
    "Request",
    "Requests",
    "Sandbox",
    "StateFileError",
]

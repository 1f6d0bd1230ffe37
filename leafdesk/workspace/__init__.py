"""What a front end needs of everything below: the workspace, and the types that it speaks in."""

from leafdesk.api.errors import CaptivePortalError, LeafError, NotSentError, UnknownOutcomeError
from leafdesk.api.errors import SignedOutError as WrongPasswordError
from leafdesk.edits import Change, Create, Delete, Edit, Enable, Match, Redraw, SyncProvider, Upload, change
from leafdesk.sealed import UnreadableSealError, WeakPassphraseError, WrongPassphraseError
from leafdesk.store.catalog import Changes, Count, FieldRow
from leafdesk.store.database import DamagedError, DiskFullError, FromTheFutureError, StoreError
from leafdesk.store.narrowing import Span, Work
from leafdesk.store.notices import Notice
from leafdesk.store.outbox import Attempt, Item, RefusedError, State
from leafdesk.store.tables import Found, Order, Row, Tables, Where
from leafdesk.sync.report import Connection, ConnectionChanged, Event, Progress, SyncEnded, SyncReport
from leafdesk.workspace.accounts import SignedOutError
from leafdesk.workspace.decisions import Decisions
from leafdesk.workspace.drafting import OpenDrawing
from leafdesk.workspace.keeping import UserHere
from leafdesk.workspace.lock import InUseError
from leafdesk.workspace.online import Online
from leafdesk.workspace.overlaps import Meeting
from leafdesk.workspace.providers import Compared
from leafdesk.workspace.sealing import LockedError, Sealing
from leafdesk.workspace.steps import Queued
from leafdesk.workspace.workspace import Workspace

__all__ = [
    "Attempt",
    "CaptivePortalError",
    "Change",
    "Changes",
    "Compared",
    "Connection",
    "ConnectionChanged",
    "Count",
    "Create",
    "DamagedError",
    "Decisions",
    "Delete",
    "DiskFullError",
    "Edit",
    "Enable",
    "Event",
    "FieldRow",
    "Found",
    "FromTheFutureError",
    "InUseError",
    "Item",
    "LeafError",
    "LockedError",
    "Match",
    "Meeting",
    "NotSentError",
    "Notice",
    "Online",
    "OpenDrawing",
    "Order",
    "Progress",
    "Queued",
    "Redraw",
    "RefusedError",
    "Row",
    "Sealing",
    "SignedOutError",
    "Span",
    "State",
    "StoreError",
    "SyncEnded",
    "SyncProvider",
    "SyncReport",
    "Tables",
    "UnknownOutcomeError",
    "UnreadableSealError",
    "Upload",
    "UserHere",
    "WeakPassphraseError",
    "Where",
    "Work",
    "Workspace",
    "WrongPassphraseError",
    "WrongPasswordError",
    "change",
]

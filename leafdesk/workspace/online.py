"""Questions to Leaf that somebody asks now, and whose answers are kept to be looked at offline."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from leafdesk.geo.shape import Shape
from leafdesk.records import Kind, LeafUser, ProductMatch
from leafdesk.store.catalog import Catalog

if TYPE_CHECKING:
    from leafdesk.sync.asks import Rule, Trip

T = TypeVar("T")


class Online:
    """Every method answers a Future and may be called from the GUI thread; its LeafError says why it could not be.

    Numbers in the answers say how many records are here now; read those with `Tables` (`parent` names the owner).
    Ids are keys. KeyError (in the future): there is no such record here, or Leaf does not have it yet.
    """

    def __init__(self, ask: Callable[[Callable[[Trip], Rule[Any]]], Future[Any]], catalog: Callable[[], Catalog]):
        self._ask = ask
        self._catalog = catalog

    def search(self, kind: Kind, text: str, *, crop: str | None = None, most: int | None = None) -> Future[list[str]]:
        """Search Leaf's products (Agrian, CDMS, John Deere), varieties or tankMixes; answers the ids found.

        `crop` is for varieties; `most` results, as many as Leaf gives without it. UnsendableError, a ValueError, for a
        text without a word.
        """
        return self._run("search_online", kind, text, crop=crop, most=most)

    def choose(self, kind: Kind, leaf_user_id: str, filters: Mapping[str, str], about: str = "") -> Future[list[str]]:
        """The Leaf ids of the machines, implements or (about a machine) machineFiles that answer filters of Leaf.

        Only for what Leaf filters by and tells in no answer: `created`, `after_created`, `before_created`, the same of
        `updated`, and a file's `origin_type`.
        """
        owner = self._catalog().leaf_id("machines", about) if about else ""
        return self._run("choose", kind, leaf_user_id, owner or "", dict(filters))

    def look_up(self, kind: Kind, id: str) -> Future[Any]:
        """One product with its labels, or one variety, as Leaf has it now; answers the record."""
        return self._run("look_up", kind, id)

    def files(self, field_id: str) -> Future[int]:
        """The machine files of a field (kind `files`, parent the field)."""
        return self._of("read_field_files", "fields", field_id)

    def file(self, field_id: str, file_id: str) -> Future[Any]:
        """One of a field's machine files as Leaf has it now; answers the record."""
        return self._of("read_field_file", "fields", field_id, file_id)

    def boundaries(self, field_id: str) -> Future[int]:
        """Every boundary that a field had; answers how many Leaf listed (see `history_of`)."""
        return self._of("read_boundaries", "fields", field_id)

    def machine_files(self, machine_id: str) -> Future[int]:
        """The files of a machine with distance and fuel (kind `machineFiles`, parent the machine)."""
        return self._of("read_machine_files", "machines", machine_id)

    def operations(self, leaf_user_id: str, field_id: str | None = None) -> Future[int]:
        """The operations of a Leaf user, or of one field (kind `operations`); KeyError for one Leaf has not yet."""
        catalog = self._catalog()
        if field_id is not None and catalog.leaf_id("fields", field_id) is None:
            return _no_such(field_id)
        return self._run("read_operations", leaf_user_id, field_id and catalog.key("fields", field_id))

    def matches(self, operation_id: str) -> Future[int]:
        """The product matches of an operation (kind `matches`, parent the operation)."""
        operation = self._catalog().server_copy("operations", operation_id)
        user = operation.leaf_user_id if operation is not None and not isinstance(operation, LeafUser) else ""
        return self._run("read_matches", operation_id, user)

    def match_history(self, match_id: str) -> Future[int]:
        """What a match was before (kind `matchHistory`, parent the match)."""
        match = self._catalog().server_copy("matches", match_id)
        if not isinstance(match, ProductMatch):
            return _no_such(match_id)
        return self._run("read_match_history", match)

    def organizations(self, leaf_user_id: str, provider: str) -> Future[int]:
        """A Leaf user's organizations at JohnDeere or Trimble (kind `organizations`)."""
        return self._run("refresh_organizations", leaf_user_id, provider)

    def summary(self) -> Future[int]:
        """What Leaf holds per provider and Leaf user (kind `summaries`)."""
        return self._run("refresh_summary")

    def configuration(self, leaf_user_id: str) -> Future[None]:
        """A Leaf user's settings (kind `configurations`)."""
        return self._run("refresh_configuration", leaf_user_id)

    def meeting(self, leaf_user_id: str, shape: Shape, *, threshold: float = 0.01) -> Future[list[str]]:
        """Leaf's own answer to which fields overlap a shape: their ids."""
        return self._run("find_fields", leaf_user_id, shape, threshold)

    def common(self, leaf_user_id: str, field_ids: Sequence[str]) -> Future[Shape]:
        """Leaf's own answer to what fields have in common."""
        catalog = self._catalog()
        return self._run("intersect", leaf_user_id, [catalog.leaf_id("fields", id) or id for id in field_ids])

    # ------------------------------------------------------------------ within
    def _of(self, rule: str, kind: Kind, id: str, *words: Any) -> Future[Any]:
        """Run a rule about one record, by the name Leaf knows it by."""
        catalog = self._catalog()
        key, copy = catalog.key(kind, id), catalog.server_copy(kind, id)
        if key is None or copy is None or isinstance(copy, LeafUser):
            return _no_such(id)
        return self._run(rule, copy.leaf_user_id, key, catalog.leaf_id(kind, key) or key, *words)

    def _run(self, rule: str, *words: Any, **more: Any) -> Future[Any]:
        def begin(trip: Trip) -> Rule[Any]:
            from leafdesk.sync import history, stock  # HTTP is loaded when somebody asks

            room = history if hasattr(history, rule) else stock
            return partial(getattr(room, rule), *words, **more)(trip)  # type: ignore[no-any-return]

        return self._ask(begin)


def _no_such(id: str) -> Future[Any]:
    return failed(KeyError(id))


def failed(error: Exception) -> Future[Any]:
    """A future that is over already, with an error."""
    future: Future[Any] = Future()
    future.set_exception(error)
    return future

"""Open drawings as the front end keeps them: each gesture is written beside the window and is there after a crash."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from leafdesk.store.database import Database
from leafdesk.store.open_drawings import OpenDrawing, OpenDrawings, Shapes

__all__ = ["Drafting", "OpenDrawing"]


@dataclass(frozen=True, slots=True)
class Drafting:
    """Writes go to the one writer, before a sync's; each is on the disk when its future is done."""

    database: Callable[[], Database]
    now: Callable[[], str]

    def all(self) -> list[OpenDrawing]:
        """Every draft here, the newest first, as this thread sees them."""
        return OpenDrawings(self.database().reader()).all()

    def put(
        self, id: str, *, field_id: str, tool: str, start: int, steps: Sequence[tuple[str, Shapes]], at: int
    ) -> Future[None]:
        """From step `start` on the drawing's history is this, and the hand stands at step `at`."""
        made = self.now()

        def job(drafts: OpenDrawings) -> None:
            drafts.begin(id, field_id=field_id, tool=tool, made=made)
            drafts.put(id, start, steps, at)

        return self._write(job)

    def keep(self, id: str) -> Future[None]:
        """Let a draft stay until somebody goes on with it or throws it away."""
        return self._write(lambda drafts: drafts.keep(id))

    def drop(self, id: str) -> Future[None]:
        """Forget a draft."""
        return self._write(lambda drafts: drafts.drop(id))

    def _write(self, job: Callable[[OpenDrawings], None]) -> Future[None]:
        return self.database().write(lambda connection: job(OpenDrawings(connection)), urgent=True)

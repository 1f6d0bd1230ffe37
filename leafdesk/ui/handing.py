"""Changes go out of the window to a colleague as a file, and a colleague's come in: asked first, shown first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from leafdesk.ui import words
from leafdesk.ui.bridge import beside
from leafdesk.ui.dialogs.files import file_question
from leafdesk.ui.trouble import plain

if TYPE_CHECKING:
    from leafdesk.ui.dialogs.hand_over import AskHandOver, AskTakeBack
    from leafdesk.ui.main_window import MainWindow
    from leafdesk.ui.panels.hand_over import HandOverPage
    from leafdesk.workspace.handing import Given, Look, Offer

ENDING = ".leafdesk-handover"
FILTER = f"Hand-over (*{ENDING})"


class Handing(QObject):
    """Parts for tests: `sheet` (the question before), `dialog` (which file), `page` (what a file holds)."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.sheet: AskHandOver | AskTakeBack | None = None
        self.dialog: QFileDialog | None = None
        self.page: HandOverPage | None = None
        for key, do in (("hand-over", self.ask), ("take-over", self.ask_file), ("take-back", self.ask_back)):
            window.commands[key].triggered.connect(lambda _=False, do=do: do())
        window.queue.hand_over.connect(self.ask)
        window.queue.take_back.connect(self.ask_back)
        window.queue.counted.connect(lambda *_: self.allow())
        window.leaf.stood.connect(self.allow)
        self.allow()

    def allow(self) -> None:
        """Whether the actions may be used as things stand, and why not."""
        commands, items = self.window.commands, self.window.queue.items
        nobody = "" if self.window.workspace.account is not None else "Sign in to Leaf first."
        free = any(item.state == "waiting" for item in items)
        away = any(item.handed is not None for item in items)
        commands.allow("hand-over", nobody or (None if free else "Nothing waits that could be handed over."))
        commands.allow("take-over", nobody or None)
        commands.allow("take-back", nobody or (None if away else "Nothing is in anybody else's hands."))

    # ------------------------------------------------------------------ out
    def ask(self, item_ids: Sequence[str] = ()) -> None:
        """Say what would go and what would stay: of all that waits, or of these with what they rest on."""
        only = tuple(item_ids) or self.window.queue.chosen() or None
        self.window.bridge.read(
            lambda workspace: workspace.handing.offer(only), lambda offers: self._offer(offers, only), self._sorry
        )

    def _offer(self, offers: list[Offer], only: Sequence[str] | None) -> None:
        from leafdesk.ui.dialogs.hand_over import AskHandOver

        self.sheet = sheet = AskHandOver(self.window, offers, all_or_none=only is not None)
        sheet.wanted.connect(lambda: self._ask_where(sheet, only))
        sheet.destroyed.connect(lambda: setattr(self, "sheet", None))
        sheet.open()

    def _ask_where(self, sheet: AskHandOver, only: Sequence[str] | None) -> None:
        sheet.done_well()
        changes = words.count(sheet.many, "change").replace(" ", "-").replace(",", "")
        dialog = file_question(self, "Hand over", (FILTER,))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ENDING.removeprefix("."))
        dialog.selectFile(f"{date.today().isoformat()}-{changes}{ENDING}")
        dialog.fileSelected.connect(lambda path: self.write(Path(path), only))
        dialog.open()

    def write(self, path: Path, only: Sequence[str] | None = None) -> None:
        """Write the file, beside the window."""
        workspace = self.window.workspace
        done = beside(lambda: workspace.handing.give(path, only))
        self.window.bridge.then(done, self._given, lambda error: self._sorry(error, path))

    def _given(self, given: Given) -> None:
        left = f" {words.count(len(given.left), 'change stays', 'changes stay')} here." if given.left else ""
        them = "it" if len(given.gone) == 1 else "them"
        self.window.notice.say(
            f"{words.count(len(given.gone), 'change')} handed over in {given.path.name}. Whoever opens that file with "
            f"Leafdesk sends {them}.{left}"
        )

    def ask_back(self, item_ids: Sequence[str] = ()) -> None:
        """Ask whether really nobody took these, or all that were handed over."""
        from leafdesk.ui.dialogs.hand_over import AskTakeBack

        items = [item for item in self.window.queue.items if item.handed is not None]
        chosen = tuple(item_ids) or self.window.queue.chosen()
        items = [item for item in items if item.id in chosen] or ([] if item_ids else items)
        if not items:
            return
        self.sheet = sheet = AskTakeBack(self.window, items)
        sheet.wanted.connect(lambda: self._take_back(sheet, [item.id for item in items]))
        sheet.destroyed.connect(lambda: setattr(self, "sheet", None))
        sheet.open()

    def _take_back(self, sheet: AskTakeBack, item_ids: list[str]) -> None:
        future = self.window.workspace.handing.take_back(*item_ids)
        self.window.bridge.then(future, lambda _: sheet.done_well(), lambda error: sheet.say_failed(plain(error)))

    # ------------------------------------------------------------------ in
    def ask_file(self) -> None:
        """Ask for a colleague's file."""
        dialog = file_question(self, "Take over", (FILTER, "All files (*)"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.open(Path(name)))
        dialog.open()

    def open(self, path: Path) -> None:
        """Show what a file holds and what would come of it; nothing is changed by that."""
        from leafdesk.ui.panels.hand_over import HandOverPage

        if not self.window.drawing.let_go():
            return
        if self.page is None:
            self.page = HandOverPage(self.window.theme)
            self.page.wanted.connect(self._take)
            self.page.left.connect(lambda: self.window.show_page("queue"))
            self.window.pages.addWidget(self.page)
        self.window.notice.say("")
        self.page.begin(path)
        self.window.pages.show_instead(self.page)
        workspace, page = self.window.workspace, self.page
        self.window.bridge.then(
            beside(lambda: workspace.handing.look(path)),
            lambda looked: page.show_look(path, looked),
            lambda error: page.say_wrong(path, plain(error)),
        )

    def _take(self, path: Path) -> None:
        workspace = self.window.workspace
        self.window.bridge.then(beside(lambda: workspace.handing.take(path)), self._taken, self._not_taken)

    def _taken(self, looked: Look) -> None:
        many, stays = len(looked.takes), len(looked.lines) - len(looked.takes)
        left = f" {words.count(stays, 'change stays', 'changes stay')} with {looked.by}." if stays else ""
        self.window.show_page("queue")
        self.window.notice.say(f"{words.count(many, 'change')} taken over; the next sync sends what Leaf lacks.{left}")

    def _not_taken(self, error: BaseException) -> None:
        if self.page is not None and self.page.path is not None:
            self.page.say_wrong(self.page.path, plain(error))

    def _sorry(self, error: BaseException, path: Path | None = None) -> None:
        if isinstance(error, OSError) and path is not None:
            why = error.strerror or error
            self.window.notice.say(f"{path.name} could not be written: {why}. Nothing was handed over.")
        elif isinstance(error, KeyError):
            self.window.notice.say("One of these changes is no longer in the queue. Nothing was handed over.")
        else:
            self.window.notice.say(plain(error))

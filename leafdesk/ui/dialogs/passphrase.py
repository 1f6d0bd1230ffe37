"""Two questions for computers without a key store: whether to keep the sign-in under a passphrase, and for that one."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from leafdesk.ui.bridge import Bridge
from leafdesk.ui.dialogs.sheet import Sheet
from leafdesk.ui.parts import button
from leafdesk.ui.trouble import plain


class KeepSignIn(Sheet):
    """How long the sign-in holds: until Leafdesk closes (what Esc does), or in a file under a passphrase.

    Parts for tests: `passphrase`, `again`, `yes`, `no`, `wrong`. `kept()` when the file is written.
    """

    kept = Signal()

    def __init__(self, parent: QWidget, bridge: Bridge, sentence: str) -> None:
        super().__init__(
            parent,
            "Keep the sign-in?",
            f"{sentence}\n\nOr keep it in a file that only a passphrase of yours opens. If you forget that, "
            "you sign in again; nothing else is lost.",
            "Protect and keep",
            no="Only until I close it",
        )
        self.setObjectName("keepSignIn")
        self.bridge = bridge
        self.passphrase = QLineEdit(echoMode=QLineEdit.EchoMode.Password)
        self.again = QLineEdit(echoMode=QLineEdit.EchoMode.Password)
        self.ask("Passphrase", self.passphrase)
        self.ask("The same again", self.again)
        self.yes.setDefault(False)
        self.no.setDefault(True)
        for line in (self.passphrase, self.again):  # an Enter means what stands on the screen
            line.textChanged.connect(lambda _: self._follow())
        self.no.setFocus()
        self._follow()

    def _follow(self) -> None:
        typed = bool(self.passphrase.text())
        self.yes.setEnabled(typed)
        (self.yes if typed else self.no).setDefault(True)

    def accept(self) -> None:
        """Write the file; the question closes when it is there."""
        if self.passphrase.text() != self.again.text():
            self.say_wrong("The two passphrases differ.", mild=True)
            self.again.selectAll()
            self.again.setFocus()
            return
        self._wait(True)
        self.say_wrong("")
        kept = self.bridge.workspace.sealing.protect(self.passphrase.text())
        self.bridge.then(kept, lambda _: self._done(), self._refused)

    def _done(self) -> None:
        self.passphrase.clear()
        self.again.clear()
        self.kept.emit()
        self.done_well()

    def _refused(self, error: BaseException) -> None:
        if isinstance(error, OSError):
            why = error.strerror or str(error)
            self.say_failed(f"The file cannot be written ({why}); the sign-in holds until you close Leafdesk.")
            return
        self.say_failed(plain(error))


class Unlock(Sheet):
    """Asks for the passphrase of a protected sign-in. Parts for tests: `passphrase`, `forgotten`, `yes`, `wrong`."""

    unlocked = Signal()
    sign_in = Signal()
    """The passphrase is forgotten: sign in again."""

    def __init__(self, parent: QWidget, bridge: Bridge) -> None:
        account = bridge.workspace.account or "Leaf"
        super().__init__(
            parent, "Unlock the sign-in", f"The sign-in of {account} is kept here under your passphrase.", "Unlock"
        )
        self.setObjectName("unlock")
        self.bridge = bridge
        self.passphrase = QLineEdit(echoMode=QLineEdit.EchoMode.Password)
        self.ask("Passphrase", self.passphrase)
        self.forgotten = button("Forgotten? Sign in again", "link")
        self.forgotten.clicked.connect(self._forgotten)
        self.buttons.insertWidget(0, self.forgotten)
        self.passphrase.setFocus()

    def accept(self) -> None:
        """Try; the question closes when the passphrase is right."""
        if not self.passphrase.text():
            self.say_wrong("Type your passphrase.", mild=True)
            return
        self._wait(True)
        self.say_wrong("")
        opened = self.bridge.workspace.sealing.unlock(self.passphrase.text())
        self.bridge.then(opened, lambda _: self._done(), self._refused)

    def _done(self) -> None:
        self.passphrase.clear()
        self.unlocked.emit()
        self.done_well()

    def _refused(self, error: BaseException) -> None:
        self.say_failed(plain(error))
        self.passphrase.selectAll()
        self.passphrase.setFocus()

    def _forgotten(self) -> None:
        self.reject()
        self.sign_in.emit()

"""Sign in to Leaf: user name, password, and the address for those who need another."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from leafdesk.ui.bridge import Bridge
from leafdesk.ui.dialogs.sheet import Sheet
from leafdesk.ui.parts import button, label, row
from leafdesk.ui.theme import STEP
from leafdesk.ui.trouble import plain


class SignIn(Sheet):
    """Parts for tests: `username`, `password`, `url`, `advanced`, `yes`, `wrong`. `signed_in(sentence)` at success."""

    signed_in = Signal(str)
    """Carries a sentence to show when the sign-in could not be kept, else ""."""

    def __init__(self, parent: QWidget, bridge: Bridge) -> None:
        super().__init__(
            parent,
            "Sign in to Leaf",
            "The password goes to Leaf only. The key that Leaf gives for it is kept in this system's key store.",
            "Sign in",
        )
        self.setObjectName("signIn")
        self.bridge = bridge
        self._default = bridge.workspace.api_url
        self.username = QLineEdit(bridge.workspace.account or "")
        self.username.setObjectName("username")
        self.password = QLineEdit(echoMode=QLineEdit.EchoMode.Password)
        self.password.setObjectName("password")
        self.url = QLineEdit(self._default)
        self.url.setObjectName("apiUrl")
        self.url.setAccessibleName("Leaf's address")
        self.ask("User name", self.username)
        self.ask("Password", self.password)
        self.advanced = button("Advanced", "link")
        self.lines.addSpacing(STEP)
        self.lines.addLayout(row(self.advanced, None))
        self._more = QWidget()
        more = QVBoxLayout(self._more)
        more.setContentsMargins(0, 0, 0, 0)
        more.setSpacing(STEP)
        more.addWidget(label("Leaf's address", "muted"))
        more.addWidget(self.url)
        self.lines.addWidget(self._more)
        self._more.hide()
        self.advanced.clicked.connect(self._unfold)
        if self.username.text():
            self.password.setFocus()

    def _unfold(self) -> None:
        self._more.setVisible(self._more.isHidden())
        self.fit()

    def accept(self) -> None:
        """Try; the dialog closes when Leaf says yes."""
        name, password = self.username.text().strip(), self.password.text()
        if not name or not password:
            self.say_wrong("Type your user name and password.", mild=True)
            return
        self._busy(True)
        self.say_wrong("")
        try:
            future = self.bridge.workspace.login(name, password, self.url.text().strip() or None)
        except ValueError as error:
            self._refused(error)
            return
        self.bridge.then(future, self._welcome, self._refused)

    def _busy(self, busy: bool) -> None:
        for part in (self.username, self.password, self.url, self.yes):
            part.setEnabled(not busy)
        self.yes.setText("Signing in…" if busy else "Sign in")

    def _welcome(self, sentence: str | None) -> None:
        self.password.clear()
        self.signed_in.emit(sentence or "")
        self.done_well()

    def _refused(self, error: BaseException) -> None:
        self._busy(False)
        self.say_wrong(str(error) if isinstance(error, ValueError) else plain(error))
        self.password.selectAll()
        self.password.setFocus()

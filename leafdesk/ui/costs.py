"""Whether a sync may begin by itself: a person's switch, and what the system says of a connection that costs."""

from collections.abc import Iterator

from PySide6.QtCore import QObject, Signal

from leafdesk.ui.memory import Memory

METERED = (
    "The system says that this connection costs by the megabyte, so nothing is synced by itself at the moment. "
    "Switched on, it is for this session only."
)
AGREED = "The system says that this connection costs by the megabyte. For this session it syncs by itself all the same."
FREE = "Switch this off on a connection that costs by the megabyte: then only Sync and “Send only this” use it."


class Costs(QObject):
    """A person's switch is remembered; on a connection that costs it is off to begin with, and moves for now only."""

    changed = Signal()
    back = Signal()
    """The system says that there is a connection again: a hint, and a reason to look."""

    def __init__(self, memory: Memory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._memory = memory
        self.metered = self._agreed = False

    @property
    def allowed(self) -> bool:
        """Whether syncs may begin by themselves."""
        return self._memory.get("by_itself") != "no" and (self._agreed or not self.metered)

    @property
    def told(self) -> str:
        """What the settings say about it."""
        if not self.metered:
            return FREE
        return AGREED if self.allowed else METERED

    def switch(self, on: bool) -> None:
        """A person moved the switch."""
        if on == self.allowed:
            return
        if on or not self.metered:
            self._memory.put("by_itself", "yes" if on else "no")
        self._agreed = on
        self.changed.emit()

    def hear(self, metered: bool) -> None:
        """The system says whether the connection costs."""
        if metered != self.metered:
            self.metered, self._agreed = metered, False
            self.changed.emit()

    def ask_the_system(self) -> Iterator[None]:
        """From now on hear what it says, where it can say anything (QtNetwork needs more than some systems have)."""
        try:
            from PySide6.QtNetwork import QNetworkInformation
        except ImportError:
            return
        yield
        feature = QNetworkInformation.Feature
        if not any(map(QNetworkInformation.loadBackendByFeatures, (feature.Metered, feature.Reachability))):
            return
        told = QNetworkInformation.instance()
        told.isMeteredChanged.connect(self.hear)
        told.reachabilityChanged.connect(lambda state: self.reached(state == QNetworkInformation.Reachability.Online))
        self.hear(told.supports(feature.Metered) and told.isMetered())
        yield

    def reached(self, reached: bool) -> None:
        """The system says whether there is a way to the internet."""
        if reached:
            self.back.emit()

"""The look: a set of colours for light, for dark and for bright sun, one spacing step, one stylesheet made of them."""

from dataclasses import dataclass, replace
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontInfo, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from leafdesk.ui.redress import Redress

Choice = Literal["system", "light", "dark", "outdoor"]

STEP = 4
"""Every distance in the window is a multiple of this many pixels."""
USUAL = 13
"""The text size of the window in pixels."""


@dataclass(frozen=True, slots=True)
class Colours:
    """What each colour is for. Text of every kind keeps at least 4.5:1 against the grounds it stands on."""

    dark: bool
    ground: str
    """Panels and bars."""
    sunken: str
    """Fields for typing, the page behind cards."""
    raised: str
    """Cards, buttons, what floats over the map."""
    hover: str
    line: str
    text: str
    muted: str
    disabled: str
    accent: str
    accent_hover: str
    accent_soft: str
    on_accent: str
    warn: str
    warn_soft: str
    error: str
    error_soft: str
    outdoor: bool = False
    """Made for bright sun: the map's lines are thicker, too."""


LIGHT = Colours(
    dark=False,
    ground="#ffffff",
    sunken="#f6f7f4",
    raised="#ffffff",
    hover="#f0f2ee",
    line="#dfe2dc",
    text="#1c211e",
    muted="#5a625d",
    disabled="#8d948f",
    accent="#1f7a4d",
    accent_hover="#19663f",
    accent_soft="#e3f1e8",
    on_accent="#ffffff",
    warn="#a3480a",
    warn_soft="#fff1df",
    error="#b01c1c",
    error_soft="#fdeaea",
)
DARK = Colours(
    dark=True,
    ground="#1c2120",
    sunken="#151918",
    raised="#222827",
    hover="#2a3130",
    line="#343b39",
    text="#eef1ef",
    muted="#a3aba7",
    disabled="#737b77",
    accent="#4cc38a",
    accent_hover="#62d19b",
    accent_soft="#1b3529",
    on_accent="#0a1f14",
    warn="#ffb454",
    warn_soft="#36270f",
    error="#ff8f86",
    error_soft="#3b1d1b",
)


OUTDOOR = Colours(
    dark=False,
    ground="#ffffff",
    sunken="#ffffff",
    raised="#ffffff",
    hover="#e4e8e2",
    line="#4c524e",
    text="#000000",
    muted="#20251f",
    disabled="#5f6661",
    accent="#00492a",
    accent_hover="#003620",
    accent_soft="#c9ecd8",
    on_accent="#ffffff",
    warn="#6b2b00",
    warn_soft="#ffe2b8",
    error="#7d0000",
    error_soft="#ffd6d6",
    outdoor=True,
)


class Theme(QObject):
    """Which colours are in force: the system's choice of light or dark unless somebody chose otherwise.

    Font and palette are put on at once, the style sheet by `wear`: Qt reads it anew for every widget that is put into
    another one, so it waits until all are in their places (a seventh of the work of a start). It names colours by their
    place in the palette: other colours need no other sheet, only that each widget looks them up again.
    """

    changed = Signal()

    def __init__(self, choice: Choice = "system", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.choice: Choice = choice
        self._worn = ""
        self._redress = Redress(self)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)
        self.colours = self._resolve()
        self._put()

    def wear(self) -> None:
        """Put the style sheet on, too."""
        self._worn = stylesheet()
        app = QApplication.instance()
        if isinstance(app, QApplication):  # font and palette are on: every widget would hear of them once more
            app.setStyleSheet(self._worn)

    def choose(self, choice: Choice) -> None:
        """Follow the system, or keep light, dark or outdoor."""
        self.choice = choice
        self._system_changed()

    @property
    def settled(self) -> bool:
        """Whether everything wears the colours in force."""
        return not self._redress.busy

    def _system_changed(self) -> None:
        self.colours = self._resolve()
        self._put()
        self.changed.emit()

    def _resolve(self) -> Colours:
        if self.choice == "outdoor":
            return OUTDOOR
        dark = self.choice == "dark"
        if self.choice == "system":
            dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return DARK if dark else LIGHT

    def _put(self) -> None:
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            return
        app.setFont(font(USUAL))
        app.setPalette(palette(self.colours))
        if self._worn and stylesheet() != self._worn:  # the system's text has another size
            self.wear()
        elif self._worn:
            self._redress.begin()


def font(size: int = 13, *, bold: bool = False, italic: bool = False) -> QFont:
    """The system's face at `size` pixels, its figures all of one width."""
    face = QFont(QApplication.font())
    face.setPixelSize(px(size))
    face.setItalic(italic)
    face.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    face.setFeature(QFont.Tag("tnum"), 1)
    return face


def px(size: int) -> int:
    """A text size in pixels, grown as much as the system's text is larger than usual."""
    usual = QGuiApplication.font().pixelSize()
    if usual < 0:  # said in points; what that is here has to be looked up, which takes a millisecond
        usual = QFontInfo(QGuiApplication.font()).pixelSize()
    return round(size * max(1.0, usual / USUAL))


_Role = QPalette.ColorRole
_PLACES: dict[str, tuple[str, QPalette.ColorRole]] = {
    "ground": ("window", _Role.Window),
    "sunken": ("base", _Role.Base),
    "raised": ("button", _Role.Button),
    "hover": ("alternate-base", _Role.AlternateBase),
    "line": ("mid", _Role.Mid),
    "text": ("window-text", _Role.WindowText),
    "muted": ("placeholder-text", _Role.PlaceholderText),
    "disabled": ("dark", _Role.Dark),
    "accent": ("accent", _Role.Accent),
    "accent_hover": ("link-visited", _Role.LinkVisited),
    "accent_soft": ("midlight", _Role.Midlight),
    "on_accent": ("highlighted-text", _Role.HighlightedText),
    "warn": ("bright-text", _Role.BrightText),
    "warn_soft": ("light", _Role.Light),
    "error": ("shadow", _Role.Shadow),
    "error_soft": ("tooltip-base", _Role.ToolTipBase),
}
"""Where each colour stands in the palette. Half of the places are Qt's own for the same purpose; the others are bevels
and the like, which nothing here has."""
_NAMED = replace(LIGHT, **{name: f"palette({place})" for name, (place, _) in _PLACES.items()})  # type: ignore[arg-type]
"""The colours as a style sheet calls them."""


def palette(c: Colours) -> QPalette:
    """The colours in their places, also for everything that Qt paints without a style rule."""
    made = QPalette()
    for name, (_, role) in _PLACES.items():
        made.setColor(role, QColor(getattr(c, name)))
    for role in (_Role.Text, _Role.ButtonText, _Role.ToolTipText):
        made.setColor(role, QColor(c.text))
    for role in (_Role.Highlight, _Role.Link):
        made.setColor(role, QColor(c.accent))
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(c.disabled))
    return made


def stylesheet() -> str:
    """Every rule of the look; widgets say what they are by object name or by the property `role`."""
    c = _NAMED
    return "\n".join((_bars(c), _words(c), _buttons(c), _inputs(c), _surfaces(c), _lists(c)))


def _bars(c: Colours) -> str:
    return f"""
    QMainWindow, QDialog, QMessageBox {{ background: {c.ground}; color: {c.text}; }}
    QWidget {{ color: {c.text}; }}
    #topBar {{ background: {c.ground}; border-bottom: 1px solid {c.line}; }}
    #rail {{ background: {c.ground}; border-right: 1px solid {c.line}; }}
    #statusBar {{ background: {c.ground}; border-top: 1px solid {c.line}; }}
    #navigator {{ background: {c.ground}; border-right: 1px solid {c.line}; }}
    #inspector {{ background: {c.ground}; border-left: 1px solid {c.line}; }}
    #page, #startPage {{ background: {c.sunken}; }}
    QToolTip {{ background: {c.raised}; color: {c.text}; border: 1px solid {c.line}; padding: 4px 8px; }}
    QSplitter::handle {{ background: transparent; }}
    """


def _words(c: Colours) -> str:
    return f"""
    QLabel {{ background: transparent; }}
    QLabel[role="muted"] {{ color: {c.muted}; }}
    QLabel[role="small"] {{ color: {c.muted}; font-size: {px(12)}px; }}
    QLabel[role="strong"] {{ font-weight: 600; }}
    QLabel[role="title"] {{ font-size: {px(17)}px; font-weight: 600; }}
    QLabel[role="heading"] {{ font-size: {px(22)}px; font-weight: 600; }}
    QLabel[role="brand"] {{ font-size: {px(15)}px; font-weight: 700; color: {c.accent}; }}
    QLabel[role="error"] {{ color: {c.error}; }}
    QLabel[role="warn"] {{ color: {c.warn}; }}
    QLabel[role="good"] {{ color: {c.accent}; }}
    """


def _buttons(c: Colours) -> str:
    return f"""
    QPushButton {{ background: {c.raised}; border: 1px solid {c.line}; border-radius: 8px; padding: 0 12px;
        min-height: 26px; }}
    QPushButton:hover {{ background: {c.hover}; }}
    QPushButton:pressed {{ background: {c.line}; }}
    QPushButton:focus {{ border: 1px solid {c.accent}; }}
    QPushButton:disabled {{ color: {c.disabled}; background: {c.ground}; }}
    QPushButton[role="primary"] {{ background: {c.accent}; color: {c.on_accent}; border: 1px solid {c.accent};
        font-weight: 600; padding: 0 16px; }}
    QPushButton[role="primary"]:hover {{ background: {c.accent_hover}; border-color: {c.accent_hover}; }}
    QPushButton[role="primary"]:focus {{ border: 1px solid {c.text}; }}
    QPushButton[role="primary"]:disabled {{ background: {c.hover}; color: {c.disabled}; border-color: {c.line}; }}
    QPushButton[role="link"] {{ background: transparent; border: 1px solid transparent; border-radius: 4px;
        padding: 0; min-height: 20px; color: {c.accent}; }}
    QPushButton[role="link"]:hover {{ background: {c.hover}; }}
    QPushButton[role="link"]:focus {{ border-color: {c.accent}; }}
    QPushButton[role="quiet"] {{ background: transparent; border: 1px solid transparent; border-radius: 4px;
        padding: 0 4px; min-height: 20px; }}
    QPushButton[role="quiet"]:hover {{ background: {c.hover}; }}
    QPushButton[role="quiet"]:focus {{ border-color: {c.accent}; }}
    QPushButton[role="chip"] {{ border-radius: 11px; padding: 0 8px; min-height: 20px; font-size: {px(12)}px;
        color: {c.muted}; background: transparent; }}
    QPushButton[role="chip"]:hover {{ background: {c.hover}; }}
    QPushButton[role="chip"]:checked {{ background: {c.accent_soft}; border-color: {c.accent}; color: {c.accent}; }}
    QPushButton[role="chip"]:focus {{ border-color: {c.accent}; }}
    QPushButton[role="line"] {{ background: transparent; border: 1px solid transparent; border-radius: 6px;
        padding: 0 8px; min-height: 26px; text-align: left; }}
    QPushButton[role="line"]:hover {{ background: {c.hover}; }}
    QPushButton[role="line"]:focus {{ border-color: {c.accent}; }}
    QPushButton[role="choice"] {{ border-radius: 8px; padding: 0 12px; }}
    QPushButton[role="choice"]:checked {{ background: {c.accent_soft}; border-color: {c.accent}; color: {c.accent}; }}
    QToolButton {{ background: transparent; border: none; color: {c.muted}; }}
    QToolButton:hover {{ background: {c.hover}; }}
    QToolButton:disabled {{ color: {c.disabled}; }}
    #rail QToolButton {{ font-size: {px(12)}px; padding: 6px 0; border-left: 3px solid transparent;
        border-right: 3px solid transparent; }}
    #rail QToolButton:checked {{ background: {c.accent_soft}; color: {c.accent}; border-left: 3px solid {c.accent}; }}
    #rail QToolButton:focus {{ background: {c.hover}; border-right: 3px solid {c.accent}; }}
    #rail QToolButton:checked:focus {{ background: {c.accent_soft}; }}
    #tools QToolButton {{ font-size: {px(12)}px; padding: 4px 8px; border-radius: 6px; min-width: 44px;
        border: 1px solid transparent; }}
    #tools QToolButton:focus, #zoom QToolButton:focus {{ border: 1px solid {c.accent}; }}
    #tools QToolButton:checked {{ background: {c.accent_soft}; color: {c.accent}; }}
    #zoom QToolButton {{ border-radius: 6px; min-width: 28px; min-height: 28px; color: {c.text};
        border: 1px solid transparent; }}
    """


def _inputs(c: Colours) -> str:
    return f"""
    QLineEdit, QComboBox, QDateEdit {{ background: {c.sunken}; border: 1px solid {c.line}; border-radius: 8px;
        padding: 0 8px; min-height: 28px; selection-background-color: {c.accent};
        selection-color: {c.on_accent}; }}
    QLineEdit[role="value"] {{ background: transparent; border: none; padding: 0; min-height: 16px; }}
    QDateEdit QLineEdit {{ background: transparent; border: none; padding: 0 8px; min-height: 16px; }}
    QDateEdit::up-button, QDateEdit::down-button {{ subcontrol-origin: border; width: 1px; height: 1px; border: none; }}
    QLineEdit:focus, QComboBox:focus, QDateEdit:focus {{ border: 1px solid {c.accent}; }}
    QComboBox[chosen="true"] {{ background: {c.accent_soft}; border-color: {c.accent}; color: {c.accent}; }}
    QCheckBox:disabled {{ color: {c.disabled}; }}
    QCheckBox:focus {{ color: {c.accent}; }}
    QComboBox::drop-down {{ border: none; width: 24px; }}
    QComboBox QAbstractItemView {{ background: {c.raised}; border: 1px solid {c.line}; padding: 4px;
        selection-background-color: {c.accent_soft}; selection-color: {c.text}; outline: none; }}
    QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 2px; }}
    QScrollBar::handle:vertical {{ background: {c.line}; border-radius: 3px; min-height: 32px; }}
    QScrollBar::handle:vertical:hover {{ background: {c.disabled}; }}
    QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 2px; }}
    QScrollBar::handle:horizontal {{ background: {c.line}; border-radius: 3px; min-width: 32px; }}
    QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
        background: none; border: none; width: 0; height: 0; }}
    QSlider::groove:horizontal {{ background: {c.line}; height: 4px; border-radius: 2px; }}
    QSlider::sub-page:horizontal {{ background: {c.accent}; border-radius: 2px; }}
    QSlider::handle:horizontal {{ background: {c.accent}; border: 2px solid {c.ground}; width: 14px; height: 14px;
        margin: -7px 0; border-radius: 9px; }}
    QSlider::handle:horizontal:focus {{ border: 2px solid {c.text}; }}
    QProgressBar {{ background: {c.line}; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }}
    QProgressBar::chunk {{ background: {c.accent}; border-radius: 2px; }}
    QMenu {{ background: {c.raised}; border: 1px solid {c.line}; padding: 4px; }}
    QMenu::item {{ padding: 4px 24px 4px 12px; border-radius: 4px; }}
    QMenu::item:selected {{ background: {c.accent_soft}; }}
    QMenu::item:disabled {{ color: {c.disabled}; }}
    """


def _surfaces(c: Colours) -> str:
    return f"""
    QFrame[role="card"] {{ background: {c.raised}; border: 1px solid {c.line}; border-radius: 8px; }}
    #queueLine:focus {{ border: 1px solid {c.accent}; }}
    QFrame[role="float"], #moreTools, #moreFilters {{ background: {c.raised}; border: 1px solid {c.line};
        border-radius: 8px; }}
    QFrame[role="banner-warn"] {{ background: {c.warn_soft}; border: none; border-radius: 8px; }}
    QFrame[role="banner-error"] {{ background: {c.error_soft}; border: none; border-radius: 8px; }}
    QFrame[role="banner-warn"] QLabel {{ color: {c.warn}; }}
    QFrame[role="banner-error"] QLabel {{ color: {c.error}; }}
    QLabel[role="credit"] {{ background: {c.raised}; color: {c.muted}; font-size: {px(11)}px; padding: 1px 6px;
        border-radius: 4px; }}
    QFrame[role="divider"] {{ background: {c.line}; border: none; max-height: 1px; min-height: 1px; }}
    """


def _lists(c: Colours) -> str:
    return f"""
    QTreeView::branch {{ background: transparent; image: none; border-image: none; }}
    QTreeView, QListWidget {{ background: transparent; border: none; outline: none; }}
    QTreeView {{ show-decoration-selected: 0; }}
    QTreeView::item:selected, QTreeView::branch:selected {{ background: transparent; }}
    QListWidget::item {{ padding: 4px 8px; border-radius: 6px; min-height: 24px; }}
    QListWidget::item:selected {{ background: {c.accent_soft}; color: {c.text}; }}
    QListWidget::item:hover {{ background: {c.hover}; }}
    QTableView {{ background: {c.raised}; border: none; outline: none; border-radius: 8px; }}
    #offered::item {{ padding: 0 9px; border: none; }}
    #offered::item:selected {{ background: {c.accent_soft}; color: {c.text}; }}
    QAbstractScrollArea::corner {{ background: transparent; border: none; }}
    QHeaderView {{ background: {c.raised}; border: none; }}
    QHeaderView::section {{ background: {c.raised}; color: {c.muted}; border: none; font-size: {px(12)}px;
        font-weight: 600; border-bottom: 1px solid {c.line}; padding: 0 12px; }}
    QHeaderView::section:hover {{ background: {c.hover}; }}
    #tabsHead {{ background: {c.ground}; border-bottom: 1px solid {c.line}; }}
    #tabs {{ background: transparent; }}
    #tabs::tab {{ background: transparent; color: {c.muted}; padding: 4px 8px; margin-right: 12px; border: none;
        border-bottom: 2px solid transparent; }}
    #tabs::tab:selected {{ color: {c.accent}; border-bottom: 2px solid {c.accent}; font-weight: 600; }}
    #tabs::tab:hover {{ color: {c.text}; }}
    #tabs::tab:focus {{ background: {c.hover}; }}
    """

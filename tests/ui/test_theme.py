"""The look: text can be read in light and in dark, and every figure is as wide as another."""

import pytest
from PySide6.QtGui import QColor, QFontMetricsF, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from leafdesk.app import make_application
from leafdesk.ui import redress
from leafdesk.ui.main_window import MainWindow
from leafdesk.ui.map import colours as map_colours
from leafdesk.ui.theme import DARK, LIGHT, OUTDOOR, Colours, Theme, font


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21. Source: WCAG 2.2, relative luminance."""

    def luminance(name: str) -> float:
        parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _rgb(name)]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _rgb(name: str) -> tuple[float, float, float]:
    colour = QColor(name)
    return (colour.redF(), colour.greenF(), colour.blueF())


def test_contrast_is_wcags() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colours", [LIGHT, DARK, OUTDOOR], ids=["light", "dark", "outdoor"])
def test_text_can_be_read(colours: Colours) -> None:
    grounds = (colours.ground, colours.sunken, colours.raised, colours.hover)
    for ground in grounds:
        for text in (colours.text, colours.muted):
            assert contrast(text, ground) >= 4.5, (text, ground)
    for ground in (colours.ground, colours.sunken, colours.raised):
        for text in (colours.accent, colours.warn, colours.error):
            assert contrast(text, ground) >= 4.5, (text, ground)
    for text, ground in (
        (colours.on_accent, colours.accent),
        (colours.on_accent, colours.accent_hover),
        (colours.accent, colours.accent_soft),
        (colours.text, colours.accent_soft),
        (colours.muted, colours.accent_soft),
        (colours.warn, colours.warn_soft),
        (colours.error, colours.error_soft),
        (colours.ground, colours.warn),
    ):
        assert contrast(text, ground) >= 4.5, (text, ground)


def test_figures_are_of_one_width(qtbot: QtBot) -> None:
    make_application()
    Theme("light")
    widths = {QFontMetricsF(font(13)).horizontalAdvance(figure) for figure in "0123456789"}
    assert len(widths) == 1


def test_in_bright_sun_text_and_lines_stand_out() -> None:
    """WCAG's AAA for every word on every ground, and lines that can be seen at all."""
    for ground in (OUTDOOR.ground, OUTDOOR.sunken, OUTDOOR.raised, OUTDOOR.hover):
        for text in (OUTDOOR.text, OUTDOOR.muted, OUTDOOR.accent, OUTDOOR.warn, OUTDOOR.error):
            assert contrast(text, ground) >= 7, (text, ground)
        assert contrast(OUTDOOR.line, ground) >= 4.5
    edges = (map_colours.OUTDOOR.field_edge, map_colours.OUTDOOR.pending_edge, map_colours.OUTDOOR.alarm_edge)
    assert all(contrast(edge.name(), map_colours.OUTDOOR.field_fill.name()) >= 6 for edge in edges)


def test_the_map_follows_the_look(window: MainWindow) -> None:
    for look, colours in (("outdoor", map_colours.OUTDOOR), ("dark", map_colours.DARK), ("light", map_colours.LIGHT)):
        window.choose_look(look)  # type: ignore[arg-type]
        assert window.canvas.colours == colours and window.memory.look == look
    window.commands["outdoor"].trigger()
    assert window.theme.choice == "outdoor"
    window.commands["outdoor"].trigger()
    assert window.theme.choice == "system"


def picture(window: MainWindow) -> QImage:
    window.canvas.settle()
    return window.grab().toImage()


@pytest.mark.parametrize("page", ["map", "fields", "settings"])
def test_other_colours_are_put_on_bit_by_bit_and_all_of_them(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    """The window that changes looks like one that began so, and in no turn is the sheet read for all of it."""
    window.choose_look("light")
    qtbot.waitUntil(lambda: window.theme.settled)
    window.show_page(page)
    light = picture(window)
    slices: list[int] = []

    def never(*_: object) -> None:
        raise AssertionError("the whole sheet anew")

    with monkeypatch.context() as patched:
        patched.setattr(QApplication, "setStyleSheet", never)
        patched.setattr(redress, "SLICE_S", 0.0)
        window.theme._redress._timer.timeout.connect(lambda: slices.append(1))
        window.choose_look("dark")
        assert not window.updatesEnabled(), "nothing is seen of a half of it"
        qtbot.waitUntil(lambda: window.theme.settled)
    assert window.updatesEnabled()
    assert len(slices) > 200, "one for each widget, when a slice has no time at all"
    changed = picture(window)
    window.theme.wear()
    assert changed == picture(window)
    assert changed != light

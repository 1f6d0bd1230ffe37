"""The look: text can be read in light and in dark, and every figure is as wide as another."""

import pytest
from PySide6.QtGui import QFontMetricsF
from pytestqt.qtbot import QtBot

from leafdesk.app import make_application
from leafdesk.ui.main_window import MainWindow
from leafdesk.ui.map import colours as map_colours
from leafdesk.ui.theme import DARK, LIGHT, OUTDOOR, Colours, Theme, contrast, font


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

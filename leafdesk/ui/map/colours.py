"""The map's colours in the light, in the dark, and in bright sun."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtGui import QColor

from leafdesk.ui.theme import Colours


@dataclass(frozen=True, slots=True)
class MapColours:
    """Every colour the map paints with. `…_fill` lies inside an outline, `…_edge` is the outline."""

    ground: QColor
    graticule: QColor
    field_fill: QColor
    field_edge: QColor
    provider_fill: QColor
    provider_edge: QColor
    pending_fill: QColor
    pending_edge: QColor
    preview_fill: QColor
    preview_edge: QColor
    alarm_fill: QColor
    alarm_edge: QColor
    hover_edge: QColor
    casing: QColor
    """Under the edges of fields that lie on a map."""
    accent: QColor
    accent_fill: QColor
    handle: QColor
    label: QColor
    label_quiet: QColor
    halo: QColor
    card: QColor
    card_edge: QColor
    shadow: QColor
    warning: QColor
    theirs: QColor
    """What somebody else drew."""
    stroke: float = 1.0
    """By so much lines are thicker than usual."""


def over_map(colours: MapColours) -> MapColours:
    """The same colours for labels that lie on a map of any colour."""
    halo = QColor(colours.halo)
    halo.setAlpha(235)
    return replace(colours, halo=halo, label_quiet=colours.label)


LIGHT = MapColours(
    ground=QColor("#ECEDE6"),
    graticule=QColor("#E3E5DC"),
    field_fill=QColor("#D0E2C4"),
    field_edge=QColor("#7CA368"),
    provider_fill=QColor("#C9DFDA"),
    provider_edge=QColor("#6A9C97"),
    pending_fill=QColor("#F6C26C"),
    pending_edge=QColor("#B4500F"),
    preview_fill=QColor("#DADCD8"),
    preview_edge=QColor("#6C716D"),
    alarm_fill=QColor(179, 25, 28, 95),
    alarm_edge=QColor("#B3191C"),
    hover_edge=QColor("#3F6B35"),
    casing=QColor(255, 255, 255, 210),
    accent=QColor("#0B63CE"),
    accent_fill=QColor(11, 99, 206, 46),
    handle=QColor("#FFFFFF"),
    label=QColor("#161B18"),
    label_quiet=QColor("#55605A"),
    halo=QColor(255, 255, 255, 150),
    card=QColor("#FFFFFF"),
    card_edge=QColor("#DDE2DC"),
    shadow=QColor(20, 30, 24, 26),
    warning=QColor("#B3191C"),
    theirs=QColor("#C24A00"),
)

DARK = MapColours(
    ground=QColor("#1B201E"),
    graticule=QColor("#212725"),
    field_fill=QColor("#2C412E"),
    field_edge=QColor("#5C8C60"),
    provider_fill=QColor("#243F40"),
    provider_edge=QColor("#548F8D"),
    pending_fill=QColor("#8A601D"),
    pending_edge=QColor("#F7B654"),
    preview_fill=QColor("#272C2A"),
    preview_edge=QColor("#98A09B"),
    alarm_fill=QColor(255, 138, 128, 80),
    alarm_edge=QColor("#FF8A80"),
    hover_edge=QColor("#9CCB9C"),
    casing=QColor(12, 16, 14, 210),
    accent=QColor("#6CB0FF"),
    accent_fill=QColor(108, 176, 255, 48),
    handle=QColor("#1B201E"),
    label=QColor("#EEF2EF"),
    label_quiet=QColor("#A3ADA7"),
    halo=QColor(20, 26, 23, 160),
    card=QColor("#1F2523"),
    card_edge=QColor("#343C38"),
    shadow=QColor(0, 0, 0, 90),
    warning=QColor("#FF8A80"),
    theirs=QColor("#FF9A3D"),
)

OUTDOOR = replace(
    LIGHT,
    ground=QColor("#FFFFFF"),
    graticule=QColor("#D5D9D0"),
    field_fill=QColor("#BFE3A6"),
    field_edge=QColor("#1E4A0C"),
    provider_fill=QColor("#B4DEE6"),
    provider_edge=QColor("#0A4650"),
    pending_fill=QColor("#FFC14D"),
    pending_edge=QColor("#7A2E00"),
    preview_fill=QColor("#DCDEDA"),
    preview_edge=QColor("#2B2F2C"),
    alarm_fill=QColor(160, 0, 0, 130),
    alarm_edge=QColor("#8A0000"),
    hover_edge=QColor("#000000"),
    casing=QColor(255, 255, 255, 235),
    accent=QColor("#003E9C"),
    accent_fill=QColor(0, 62, 156, 60),
    label=QColor("#000000"),
    label_quiet=QColor("#1A1F1C"),
    halo=QColor(255, 255, 255, 230),
    card_edge=QColor("#4C524E"),
    warning=QColor("#8A0000"),
    stroke=1.5,
)


def colours_of(look: Colours) -> MapColours:
    """The map's colours for a look of the window."""
    return OUTDOOR if look.outdoor else DARK if look.dark else LIGHT

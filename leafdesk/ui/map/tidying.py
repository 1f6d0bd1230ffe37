"""The tools that tidy a whole boundary by a number: square it up, thin its corners, move it inward or outward."""

from __future__ import annotations

from collections.abc import Mapping

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.margin import WIDEST_M, headland, inset, outset
from leafdesk.geo.measure import area_ha
from leafdesk.geo.square import WIDEST_DEG, farthest_move, squared
from leafdesk.geo.thin import corners_of, thinned
from leafdesk.ui.map.proposing import TYPED, Proposal, ProposingTool
from leafdesk.ui.map.sketch import hectares, metres
from leafdesk.ui.map.tool import Ask, number

INSIDE, BOTH, OUTWARD = "keep what lies inside", "make the headland a field", "grow outward"


class SquareTool(ProposingTool):
    """Sides that are off a right angle by no more than the degrees typed are laid square."""

    name = "square"
    hint = f"Type how far a side may be off · Enter squares up · {TYPED} · Esc leaves the field as it was"
    asks = (Ask("degrees", "Sides off by up to", "15", "°"),)

    def make(self, answers: Mapping[str, str]) -> Proposal:
        degrees = number(answers["degrees"], "Degrees", 0.1, WIDEST_DEG)
        after = self.reckon(squared, self.shape, degrees)
        return Proposal(after, says=(f"no corner moves more than {metres(farthest_move(self.shape, after))}",))


class ThinTool(ProposingTool):
    """Corners that hardly change the boundary go."""

    name = "thin"
    hint = f"Type how far the boundary may move · Enter takes corners out · {TYPED} · Esc leaves the field as it was"
    asks = (Ask("metres", "Boundary may move", "1", "m"),)

    def make(self, answers: Mapping[str, str]) -> Proposal:
        allowed = number(answers["metres"], "Metres", 0.01, 500)
        after = self.reckon(thinned, self.shape, allowed)
        before, now = corners_of(self.shape), corners_of(after)
        if before == now:
            raise NotPossibleError("No corner can go; allow the boundary to move farther.")
        return Proposal(after, says=(f"{before:,} → {now:,} corners",))


class HeadlandTool(ProposingTool):
    """The boundary moves inward, the strip may become a field of its own; or it moves outward."""

    name = "headland"
    hint = f"Type how wide and choose what to keep · Enter keeps it · {TYPED} · Esc leaves the field as it was"
    asks = (Ask("metres", "Width", "20", "m"), Ask("keep", "and", INSIDE, choices=(INSIDE, BOTH, OUTWARD)))

    def make(self, answers: Mapping[str, str]) -> Proposal:
        width = number(answers["metres"], "Width", 0.1, WIDEST_M)
        if answers["keep"] == OUTWARD:
            return Proposal(self.reckon(outset, self.shape, width))
        if answers["keep"] == INSIDE:
            return Proposal(self.reckon(inset, self.shape, width))
        inner, strip = self.reckon(headland, self.shape, width)
        says = (f"{hectares(area_ha(inner))} stay", f"{width:g} m of headland become a field", hectares(area_ha(strip)))
        return Proposal(inner, (strip,), says)

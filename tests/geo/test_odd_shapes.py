"""Every action on shapes that are odd: over the antimeridian, at a pole, with holes that touch, nested, broken.

What comes out is valid, or there is a reason in words; nothing else may happen.
"""

from collections.abc import Callable

import pytest

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.check import problems
from leafdesk.geo.cut import cut
from leafdesk.geo.join import join
from leafdesk.geo.margin import headland, inset, outset
from leafdesk.geo.measure import area_ha
from leafdesk.geo.motion import moved
from leafdesk.geo.portions import cut_off, equal_parts
from leafdesk.geo.repair import repair
from leafdesk.geo.reshape import reshaped
from leafdesk.geo.shape import Ring, Shape, box, rings
from leafdesk.geo.square import squared
from leafdesk.geo.thin import thinned

RING: Ring = ((0.0, 50.0), (0.01, 50.0), (0.01, 50.01), (0.0, 50.01), (0.0, 50.0))
TOUCHING: Ring = ((0.0, 50.005), (0.004, 50.003), (0.004, 50.007), (0.0, 50.005))
INNER: Ring = ((0.002, 50.002), (0.008, 50.002), (0.008, 50.008), (0.002, 50.008), (0.002, 50.002))
ISLAND: Ring = ((0.004, 50.004), (0.006, 50.004), (0.006, 50.006), (0.004, 50.004))
ODD: dict[str, Shape] = {
    "over the antimeridian": ((((179.99, 10.0), (-179.99, 10.0), (-179.99, 10.01), (179.99, 10.01), (179.99, 10.0)),),),
    "at the antimeridian": ((((179.99, 10.0), (180.0, 10.0), (180.0, 10.01), (179.99, 10.0)),),),
    "at a pole": ((((0.0, 89.9), (120.0, 89.9), (-120.0, 89.9), (0.0, 89.9)),),),
    "on the pole": ((((0.0, 90.0), (10.0, 90.0), (10.0, 89.0), (0.0, 90.0)),),),
    "hole touches the shell": ((RING, TOUCHING),),
    "hole shares an edge": ((RING, ((0.0, 50.002), (0.0, 50.008), (0.003, 50.005), (0.0, 50.002))),),
    "part in another's hole": ((RING, INNER), (ISLAND,)),
    "part in another part": ((RING,), (ISLAND,)),
    "the same part twice": ((RING,), (RING,)),
    "bow tie": ((((0.0, 50.0), (0.01, 50.01), (0.01, 50.0), (0.0, 50.01), (0.0, 50.0)),),),
    "a line": ((((0.0, 50.0), (0.01, 50.0), (0.02, 50.0), (0.0, 50.0)),),),
    "a point": ((((0.0, 50.0), (0.0, 50.0), (0.0, 50.0), (0.0, 50.0)),),),
    "not closed": ((RING[:-1],),),
    "empty": (),
    "empty part": ((),),
    "empty ring": (((),),),
    "a whole country": ((((0.0, 45.0), (8.0, 45.0), (8.0, 50.0), (0.0, 45.0)),),),
    "a square millimetre": ((((0.0, 50.0), (1e-8, 50.0), (1e-8, 50.00000001), (0.0, 50.0)),),),
}
DOABLE = {"at the antimeridian", "hole touches the shell", "part in another's hole"}
"""Valid fields: what can be done to any field can be done to them."""


def across(shape: Shape) -> Ring:
    west, south, east, north = box(shape)
    middle = (south + north) / 2
    return ((west - 0.01, middle + 0.0001), (east + 0.01, middle))


ACTIONS: dict[str, Callable[[Shape], tuple[Shape, ...]]] = {
    "cut": lambda shape: cut(shape, across(shape)),
    "cut off": lambda shape: cut_off(shape, area_ha(shape) / 3, 30.0),
    "equal parts": lambda shape: equal_parts(shape, 3, 10.0),
    "join": lambda shape: (join(shape, ((RING,),)),),
    "inset": lambda shape: (inset(shape, 10.0),),
    "outset": lambda shape: (outset(shape, 10.0),),
    "headland": lambda shape: headland(shape, 10.0),
    "move": lambda shape: (moved(shape, 5.0, 200.0, 10.0),),
    "square up": lambda shape: (squared(shape, 15.0),),
    "thin": lambda shape: (thinned(shape, 0.5),),
    "repair": lambda shape: (repair(shape),),
    "reshape": lambda shape: (reshaped(shape, across(shape)),),
}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("odd", ODD)
def test_an_odd_shape_comes_out_valid_or_is_refused_with_a_reason(odd: str, action: str) -> None:
    shape = ODD[odd]
    if action in ("cut", "reshape") and not any(rings(shape)):
        pytest.skip("there is no line across nothing")
    was = problems(shape)
    try:
        made = ACTIONS[action](shape)
    except NotPossibleError as error:
        assert str(error)[0].isupper() and str(error).endswith((".", "?")), "a sentence for the user"
        if odd in DOABLE:
            doable = action in ("square up", "reshape", "join", "thin") or "leave an invalid boundary" in str(error)
            assert doable, f"{action} was refused: {error}"
        return
    if was and action not in ("repair", "move"):
        pytest.fail(f"{action} took an invalid shape ({was[0].code})")
    for one in made:
        if not was or action == "repair":
            assert problems(one) == []

"""The actions' laws on real parcels, when there are some: hectares kept, valid or refused, corners as they were."""

import gzip
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
import shapely

from leafdesk.geo.actions import NotPossibleError
from leafdesk.geo.check import problems
from leafdesk.geo.flat import flat
from leafdesk.geo.margin import headland
from leafdesk.geo.measure import area_ha
from leafdesk.geo.overlap import common
from leafdesk.geo.portions import cut_off, equal_parts
from leafdesk.geo.seams import WIDEST_M, seams
from leafdesk.geo.shape import Shape, from_geojson, pack, rings, unpack
from leafdesk.geo.square import squared
from leafdesk.geo.thin import thinned
from tests.geo.test_cut import corners

EQUATOR_M = 40_075_016.686
EVERY = 60
"""Each so many-th parcel is tried."""


def parcels(file: Path) -> Iterator[Shape]:
    with gzip.open(file) as lines:
        for line in islice(lines, 0, None, EVERY):
            yield from_geojson(json.loads(line)["geometry"])


def test_real_parcels_keep_their_hectares_and_corners(real_parcels: Path) -> None:
    done = refused = 0
    for shape in parcels(real_parcels):
        if problems(shape) or sum(map(len, rings(shape))) > 2_000:
            continue
        whole = area_ha(shape)
        try:
            left, off = cut_off(shape, whole / 3, 20.0)
            parts = equal_parts(shape, 3, 70.0)
            inner, strip = headland(shape, 3.0)
            thin = thinned(shape, 0.5)
        except NotPossibleError as error:
            refused += 1
            assert str(error).endswith(".")
            continue
        done += 1
        assert area_ha(off) == pytest.approx(whole / 3, rel=1e-9, abs=5e-9)
        assert area_ha(left) + area_ha(off) == pytest.approx(whole, rel=1e-9, abs=1e-8)
        assert [area_ha(part) for part in parts] == pytest.approx([whole / 3] * 3, rel=1e-8, abs=5e-8)
        assert area_ha(inner) + area_ha(strip) == pytest.approx(whole, rel=1e-5)
        assert corners(thin) <= corners(shape) and corners(shape) <= corners(left) | corners(off)
        assert all(problems(one) == [] for one in (left, off, *parts, inner, strip, thin))
    assert done > 10 * refused


def test_real_parcels_are_squared_up_or_refused(real_parcels: Path) -> None:
    for shape in parcels(real_parcels):
        try:
            assert problems(squared(shape, 15.0)) == []
        except NotPossibleError as error:
            assert str(error).endswith(".")


def test_the_overlaps_of_real_parcels_are_those_that_geos_finds_pair_by_pair(real_parcels: Path) -> None:
    with gzip.open(real_parcels) as lines:
        packed = [pack(from_geojson(json.loads(line)["geometry"])) for line in islice(lines, 1600, 2000)]
    looked = seams(packed, WIDEST_M)
    fields = flat(packed)
    fields[looked.invalid] = None
    first, second = shapely.STRtree(fields).query(fields, predicate="intersects")
    first, second = first[first < second], second[first < second]
    both = shapely.area(shapely.intersection(fields[first], fields[second])) * EQUATOR_M**2
    large = {(a, b) for a, b, area in zip(first.tolist(), second.tolist(), both.tolist(), strict=True) if area > 8}
    found = {(one.first, one.second): one.area_ha for one in looked.found if one.kind == "overlap"}
    assert set(found) == large and len(large) > 50
    for (a, b), hectares in found.items():
        other = area_ha(common([unpack(packed[a]), unpack(packed[b])]))
        assert hectares == pytest.approx(other, rel=1e-6, abs=1e-6)

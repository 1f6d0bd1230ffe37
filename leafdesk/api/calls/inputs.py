"""Leaf's endpoints for products, varieties, tank mixes and product matches (beta)."""

from collections.abc import Callable
from functools import partial
from typing import TypedDict, TypeVar, Unpack

from leafdesk.api import bodies, wire
from leafdesk.api.calls.call import BETA, PAGE_SIZE, Answer, Call, Page, filtered, one_of, page_of, path_to, query_of
from leafdesk.api.errors import UnsendableError
from leafdesk.records import MatchHistory, Product, ProductMatch, TankMix, Variety

T = TypeVar("T")
MOST_PRODUCTS = 100
"""The most results that a search for products answers; there is no second page."""
MOST_OTHERS = 20
"""The same for varieties and tank mixes."""


class InputFilters(TypedDict, total=False):
    """What the providers' lists can be narrowed to."""

    leaf_user_id: str | None
    provider: str


def list_products(
    *, page: int = 0, size: int = PAGE_SIZE, sort: str | None = None, **filters: Unpack[InputFilters]
) -> Call[Page[Product]]:
    """A page of the providers' products (John Deere's); label databases are reached by searching only."""
    read = partial(page_of, read=partial(wire.read_product, leaf_user_id=filters.get("leaf_user_id") or ""))
    query = filtered(filters, page=page, size=size, sort=sort)
    return Call("listProducts", "GET", path_to(BETA, "products"), read, query)


def list_products_in_files(
    leaf_user_id: str, *, page: int = 0, size: int = PAGE_SIZE, sort: str | None = None, name: str | None = None
) -> Call[Page[Product]]:
    """A page of the products that machine files name; a part of the name may be asked for."""
    read = partial(page_of, read=partial(wire.read_product, leaf_user_id=leaf_user_id, source="summary"))
    path = path_to(BETA, "users", leaf_user_id, "products", "summary")
    return Call("listSummarizedProducts", "GET", path, read, query_of(name=name, page=page, size=size, sort=sort))


def search_products(name: str, *, most: int = MOST_PRODUCTS) -> Call[Page[Product]]:
    """Products of which a part of the name is known, from Agrian, CDMS and John Deere."""
    read = partial(wire.read_product, source="search")
    return _search("searchProducts", "products", name, most, MOST_PRODUCTS, read)


def get_product(id: str) -> Call[Product]:
    """One product with its labels."""
    read = partial(one_of, read=partial(wire.read_product, source="search"), id=id)
    return Call("getProduct", "GET", path_to(BETA, "products", id), read)


def list_varieties(
    *, page: int = 0, size: int = PAGE_SIZE, sort: str | None = None, **filters: Unpack[InputFilters]
) -> Call[Page[Variety]]:
    """A page of the providers' varieties."""
    read = partial(page_of, read=partial(wire.read_variety, leaf_user_id=filters.get("leaf_user_id") or ""))
    query = filtered(filters, page=page, size=size, sort=sort)
    return Call("listVarieties", "GET", path_to(BETA, "varieties"), read, query)


def list_varieties_in_files(
    leaf_user_id: str,
    *,
    page: int = 0,
    size: int = PAGE_SIZE,
    sort: str | None = None,
    name: str | None = None,
    crops: str | None = None,
) -> Call[Page[Variety]]:
    """A page of the varieties that machine files name."""
    read = partial(page_of, read=partial(wire.read_variety, leaf_user_id=leaf_user_id, source="summary"))
    path = path_to(BETA, "users", leaf_user_id, "varieties", "summary")
    query = query_of(name=name, crops=crops, page=page, size=size, sort=sort)
    return Call("listSummarizedVarieties", "GET", path, read, query)


def search_varieties(name: str, *, crop: str | None = None, most: int = MOST_OTHERS) -> Call[Page[Variety]]:
    """Varieties of which a part of the name is known."""
    read = partial(wire.read_variety, source="search")
    return _search("searchVarieties", "varieties", name, most, MOST_OTHERS, read, crop=crop)


def get_variety(id: str) -> Call[Variety]:
    """One variety."""
    read = partial(one_of, read=partial(wire.read_variety, source="search"), id=id)
    return Call("getVariety", "GET", path_to(BETA, "varieties", id), read)


def list_tank_mixes(
    *, page: int = 0, size: int = PAGE_SIZE, sort: str | None = None, **filters: Unpack[InputFilters]
) -> Call[Page[TankMix]]:
    """A page of the providers' tank mixes."""
    read = partial(page_of, read=partial(wire.read_tank_mix, leaf_user_id=filters.get("leaf_user_id") or ""))
    query = filtered(filters, page=page, size=size, sort=sort)
    return Call("listTankMixes", "GET", path_to(BETA, "tankMixes"), read, query)


def search_tank_mixes(name: str, *, most: int = MOST_OTHERS) -> Call[Page[TankMix]]:
    """Tank mixes of which a part of the name is known."""
    read = partial(wire.read_tank_mix, source="search")
    return _search("searchTankMixes", "tankMixes", name, most, MOST_OTHERS, read)


def _search(
    operation: str,
    what: str,
    name: str,
    most: int,
    limit: int,
    read: Callable[[bytes], T],
    crop: str | None = None,
) -> Call[Page[T]]:
    if not name.strip() or any("\ud800" <= c <= "\udfff" for c in name):
        raise UnsendableError("A search needs a part of the name.")
    query = query_of(name=name, maxResults=max(1, min(most, limit)), crop=crop)
    return Call(operation, "GET", path_to(BETA, what, "search"), partial(page_of, read=read), query)


# ---------------------------------------------------------------------- product matches
def list_matches(operation_id: str) -> Call[Page[ProductMatch]]:
    """Which products the names in an operation's files meant."""
    path = path_to(BETA, "products", "matching", "operations", operation_id)
    return Call("listProductMatches", "GET", path, partial(page_of, read=_match_of(operation_id)))


def update_match(operation_id: str, id: str, *, product_id: str | None = None) -> Call[Page[ProductMatch]]:
    """Another product for a match, or (None) its prediction approved. All matches come back: find yours by its id."""
    path = path_to(BETA, "products", "matching", "operations", operation_id, "matches", id)
    read = partial(page_of, read=_match_of(operation_id))
    return Call("updateProductMatch", "PATCH", path, read, body=bodies.match_body(product_id))


def list_match_history(operation_id: str, id: str) -> Call[Page[MatchHistory]]:
    """What a match was before."""
    path = path_to(BETA, "products", "matching", "operations", operation_id, "matches", id, "historical")
    return Call("listProductMatchHistory", "GET", path, _history)


def _match_of(operation_id: str) -> Callable[[bytes], ProductMatch]:
    return partial(wire.read_match, operation_id=operation_id)


def _history(answer: Answer) -> Page[MatchHistory]:
    return page_of(answer, wire.read_match_history)

"""Leaf's JSON to products, varieties, tank mixes and product matches (beta: anything may be missing).

Addresses of labels are other people's: only https is let in, the rest is left out with a remark.
"""

from functools import partial
from urllib.parse import urlsplit

from leafdesk.api.errors import printable
from leafdesk.api.strict import Json
from leafdesk.api.wire.values import (
    RecordProblem,
    UnusableError,
    figure,
    flag,
    id_of,
    opaque,
    opened,
    part,
    parts,
    text_of,
    texts,
    written,
)
from leafdesk.records import (
    ActiveIngredient,
    Label,
    MatchHistory,
    MixPart,
    Product,
    ProductMatch,
    Source,
    TankMix,
    Variety,
)

LONGEST_URL = 2000


def read_product(raw: bytes, leaf_user_id: str = "", source: Source = "list") -> Product:
    """A product; one of a label database belongs to nobody."""
    found, text = opened("product", raw)
    labels, dropped = _labels(found)
    page = text_of(found, "productPageUrl")
    if page and not is_https(page):
        dropped.append(f"The product page was left out: {printable(page, 80)} is no https address.")
        page = ""
    density = part(found, "density")
    return Product(
        id=id_of("product", found, text),
        leaf_user_id=opaque(found, "leafUserId") or leaf_user_id,
        name=text_of(found, "name"),
        registration=text_of(found, "registration"),
        registrant=text_of(found, "registrant"),
        distributor=text_of(found, "distributor"),
        product_type=text_of(found, "productType"),
        physical_state=text_of(found, "physicalState"),
        formulation_type=text_of(found, "formulationType"),
        label_provider=text_of(found, "labelProvider"),
        product_page_url=page,
        labels=labels,
        active_ingredients=_ingredients(found),
        density=written(density, "value"),
        density_unit=text_of(density, "unit"),
        provider_id=text_of(found, "providerId"),
        carrier=flag(found, "carrier"),
        status=text_of(found, "status"),
        source=source,
        remarks=tuple(dropped),
        raw=text,
    )


def is_https(url: str) -> bool:
    """Whether an address may be shown as one that can be opened: https, a host, nothing hidden in it."""
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return False
    try:
        parts_of = urlsplit(url)
        plain = parts_of.username is None and parts_of.password is None and parts_of.port in (None, 443)
    except ValueError:
        return False
    return parts_of.scheme == "https" and bool(parts_of.hostname) and plain


def _labels(found: Json) -> tuple[tuple[Label, ...], list[str]]:
    """The labels with an https address, and a remark for each of the others."""
    good, remarks = list[Label](), list[str]()
    for one in parts(found, "labels"):
        name, url = text_of(one, "name") or "Label", text_of(one, "url")
        if is_https(url):
            good.append(Label(name, url))
        else:
            shown = printable(url, 80) or "nothing"
            remarks.append(f"The label {printable(name, 80)} was left out: {shown} is no https address.")
    return tuple(good), remarks


def _ingredients(found: Json) -> tuple[ActiveIngredient, ...]:
    """What works in the product: the newer list of objects where there is one, else the older list of texts."""
    exact = tuple(
        ActiveIngredient(text_of(one, "name"), written(one, "value"), text_of(one, "unit"))
        for one in parts(found, "activeIngredients")
        if text_of(one, "name")
    )
    return exact or tuple(ActiveIngredient(name) for name in texts(found, "activeIngredient"))


def read_variety(raw: bytes, leaf_user_id: str = "", source: Source = "list") -> Variety:
    """A variety."""
    found, text = opened("variety", raw)
    return Variety(
        id=id_of("variety", found, text),
        leaf_user_id=opaque(found, "leafUserId") or leaf_user_id,
        name=text_of(found, "name"),
        crops=texts(found, "crops"),
        company=text_of(found, "companyName"),
        status=text_of(found, "status"),
        provider_name=text_of(found, "provider") or None,
        provider_id=text_of(found, "providerId"),
        organization_id=text_of(found, "organizationId"),
        source=source,
        raw=text,
    )


def read_tank_mix(raw: bytes, leaf_user_id: str = "", source: Source = "list") -> TankMix:
    """A tank mix with its carrier and components."""
    found, text = opened("tank mix", raw)
    rate = part(found, "solutionRate")
    carrier = part(found, "carrier")
    return TankMix(
        id=id_of("tank mix", found, text),
        leaf_user_id=opaque(found, "leafUserId") or leaf_user_id,
        name=text_of(found, "name"),
        notes=text_of(found, "notes"),
        rate=figure(rate, "valueAsDouble"),
        rate_unit=text_of(rate, "unit"),
        formulation_type=text_of(found, "formulationType"),
        target_crops=texts(found, "targetCrops"),
        carrier=_mix_part(carrier) if carrier else None,
        components=tuple(_mix_part(one) for one in parts(found, "components")),
        status=text_of(found, "status"),
        provider_name=text_of(found, "provider") or None,
        provider_id=text_of(found, "providerId"),
        source=source,
        raw=text,
    )


def _mix_part(found: Json) -> MixPart:
    named = partial(text_of, found)
    return MixPart(
        name=named("name"),
        id=opaque(found, "id") or "",
        registrant=named("registrant"),
        product_type=named("productType"),
        formulation_type=named("formulationType"),
    )


def read_match(raw: bytes, operation_id: str = "", leaf_user_id: str = "") -> ProductMatch:
    """A product match of an operation, which Leaf's record does not name."""
    found, text = opened("match", raw)
    details = part(found, "matchDetails")
    return ProductMatch(
        id=id_of("match", found, text),
        leaf_user_id=leaf_user_id,
        operation_id=operation_id,
        name=text_of(found, "name"),
        product_id=opaque(found, "productId") or "",
        status=text_of(details, "status"),
        score=figure(details, "score"),
        raw=text,
    )


def read_match_history(raw: bytes, leaf_user_id: str = "") -> MatchHistory:
    """What a match was at a time. Raises UnusableError when it does not say of which match."""
    found, text = opened("earlier match", raw)
    match_id = opaque(found, "matchId")
    if match_id is None:
        raise UnusableError(RecordProblem("earlier match", None, "Leaf's record does not say of which match", text))
    details, time = part(found, "matchDetails"), text_of(found, "historicalTime")
    return MatchHistory(
        id=f"{match_id} {time}",
        match_id=match_id,
        leaf_user_id=leaf_user_id,
        name=text_of(found, "name"),
        product_id=opaque(found, "productId") or "",
        status=text_of(details, "status"),
        score=figure(details, "score"),
        historical_time=time,
        raw=text,
    )

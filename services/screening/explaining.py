"""The score of a pair, from names and from what both share, with the share of each feature (policy 2.3)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from services.errors import N_
from services.screening.likeness import Agreement, Likeness, likeness, score_parts
from services.screening.rows import Feature

#: What a shared identifier alone is worth; several add up as independent signs do.
LINK_WORTH: dict[str, Decimal] = {
    "uscc": Decimal(1), "bank_account": Decimal("0.88"), "phone": Decimal("0.82"), "address": Decimal("0.55"),
    "legal_representative": Decimal("0.50"),
}  # fmt: skip
LINK_TEXTS: dict[str, str] = {
    "uscc": N_("The same unified social credit code"),
    "bank_account": N_("The same bank account"),
    "phone": N_("The same phone number"),
    "address": N_("The same address"),
    "legal_representative": N_("The same legal representative"),
}
_OTHER_CODE = Decimal("-0.10")
_SAME_CORE, _ALIKE_CORE = N_("The name's own part is the same"), N_("The name's own part is alike by %(alike)s")
_SPELLED = N_("The name's own part, spelled in Latin letters, is alike by %(alike)s")
_PLACES = {
    Agreement.SAME: N_("The same place"), Agreement.NEAR: N_("One place lies in the other, or is misspelled"),
    Agreement.ONE_SIDE: N_("Only one of both names a place"), Agreement.NEITHER: N_("Neither names a place"),
    Agreement.OTHER: N_("Different places"),
}  # fmt: skip
_TRADES = {
    Agreement.SAME: N_("The same line of business"), Agreement.NEAR: N_("A similar line of business"),
    Agreement.ONE_SIDE: N_("Only one of both names a line of business"),
    Agreement.NEITHER: N_("Neither names a line of business"), Agreement.OTHER: N_("Different lines of business"),
}  # fmt: skip
_CENT = Decimal("0.0001")


@dataclass(frozen=True)
class Side:
    """One of a pair: its name and the digests of what it may share."""

    name: str
    links: tuple[str, ...] = ()


@dataclass(frozen=True)
class PairScore:
    """How alike a pair is; the features' shares add up to the score unless it was held at 0 or 1."""

    score: Decimal
    features: tuple[Feature, ...]


def pair_score(mine: Side, theirs: Side) -> PairScore:
    """By names, or by what both share where that says more; a credit code of one's own each speaks against it."""
    found = likeness(mine.name, theirs.name)
    by_name = name_features(found)
    shared = sorted(kind_of(link) for link in set(mine.links) & set(theirs.links))
    name_score = _held(sum((one.share for one in by_name), Decimal(0)))
    if not shared:
        if _has_code(mine.links) and _has_code(theirs.links):
            other = Feature("other_uscc", N_("Both have a credit code, and they differ"), {}, _OTHER_CODE)
            return PairScore(_held(name_score + _OTHER_CODE), (*by_name, other))
        return PairScore(name_score, by_name)
    left, links = Decimal(1), []
    for kind in sorted(shared, key=lambda one: -LINK_WORTH[one]):
        links.append(Feature(kind, LINK_TEXTS[kind], {}, (left * LINK_WORTH[kind]).quantize(_CENT)))
        left *= 1 - LINK_WORTH[kind]
    # What the name adds is scaled into what the identifiers leave open.
    scaled = tuple(Feature(one.code, one.text, one.params, (one.share * left).quantize(_CENT)) for one in by_name)
    return PairScore(_held(1 - left + name_score * left), (*links, *scaled))


def name_features(found: Likeness) -> tuple[Feature, ...]:
    """What each part of two names adds."""
    core, place, trade = (Decimal(str(part)).quantize(_CENT) for part in score_parts(found))
    alike = Decimal(str(found.core)).quantize(_CENT)
    text = _SPELLED if found.is_other_script else _SAME_CORE if found.core == 1 else _ALIKE_CORE
    return (
        Feature("core", text, {"alike": alike} if "%(" in text else {}, core),
        Feature("place", _PLACES[found.place], {}, place),
        Feature("trade", _TRADES[found.trade], {}, trade),
    )


def kind_of(link: str) -> str:
    """Which identifier a digest is of."""
    return link.partition(":")[0]


def _has_code(links: Collection[str]) -> bool:
    return any(kind_of(link) == "uscc" for link in links)


def _held(score: Decimal) -> Decimal:
    return min(Decimal(1), max(Decimal(0), score)).quantize(_CENT)

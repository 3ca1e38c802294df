"""What a listing on each criterion must show, as a list of what is there and what is missing (clause 2.3).

A decision may be made with gaps: then it needs a reason, and the gaps are kept with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from db.enums import Criterion, EvidenceKind
from services.errors import N_


@dataclass(frozen=True)
class Shown:
    """What a proposal has, in plain values.

    `kinds`: kinds of evidence; `tables`: tables of the rows that are linked. `overdue_invoices`: linked, undisputed,
    unpaid and past due long enough. `dunned_invoices`: of these, those whose n-th notice after the due date was sent.
    `severe_breaches`: linked breaches of contract; `official_events`, `public_events`: linked adverse events.
    """

    has_statement: bool = False
    kinds: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()
    file_kinds: frozenset[str] = frozenset()
    overdue_invoices: int = 0
    dunned_invoices: int = 0
    breaches: int = 0
    official_events: int = 0
    public_events: int = 0
    is_reply_offered: bool = False


@dataclass(frozen=True)
class Check:
    """One thing that must be there. `code` names it; `text` is an English message id."""

    code: str
    text: str
    is_there: bool
    criteria: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class _Requirement:
    code: str
    text: str
    criteria: frozenset[Criterion]
    is_met: Callable[[Shown], bool]


_ALL = frozenset(Criterion)
_ARREARS, _BREACH = frozenset({Criterion.ARREARS}), frozenset({Criterion.BREACH})
_FRAUD, _ILLEGAL, _HARM = frozenset({Criterion.FRAUD}), frozenset({Criterion.ILLEGAL}), frozenset({Criterion.HARM})
_PAPERS = frozenset({EvidenceKind.TRANSACTION.value, EvidenceKind.CONTRACT.value})

#: In the order in which they are shown.
REQUIREMENTS: tuple[_Requirement, ...] = (
    _Requirement("statement", N_("A statement of what happened"), _ALL, lambda one: one.has_statement),
    _Requirement(
        "invoice_overdue", N_("An undisputed invoice that is past due long enough and not paid"), _ARREARS,
        lambda one: one.overdue_invoices > 0,
    ),
    _Requirement(
        "dunning", N_("The dunning notices that the policy wants, sent after the due date"), _ARREARS,
        lambda one: one.dunned_invoices > 0,
    ),
    _Requirement(
        "contract_or_delivery", N_("The contract or a signed delivery note"), _ARREARS,
        lambda one: EvidenceKind.CONTRACT.value in one.kinds or not _PAPERS.isdisjoint(one.file_kinds),
    ),
    _Requirement(
        "contract", N_("The contract that was broken"), _BREACH, lambda one: EvidenceKind.CONTRACT.value in one.kinds
    ),
    _Requirement("breach", N_("The breach itself, recorded or on paper"), _BREACH,
                 lambda one: one.breaches > 0 or bool(one.file_kinds - {EvidenceKind.CONTRACT.value})),
    _Requirement("deceit", N_("A document or record that shows the deceit"), _FRAUD,
                 lambda one: bool(one.file_kinds) or EvidenceKind.TRANSACTION.value in one.kinds),
    _Requirement("official", N_("A finding of a court or an authority"), _ILLEGAL,
                 lambda one: one.official_events > 0 or EvidenceKind.OTHER.value in one.file_kinds),
    _Requirement("public_harm", N_("Reports of the harm, recorded or on paper"), _HARM,
                 lambda one: one.public_events > 0 or bool(one.file_kinds)),
    _Requirement("reply", N_("The right of reply offered to the customer"), _ALL, lambda one: one.is_reply_offered),
)  # fmt: skip

#: By code, for what was kept with a decision.
REQUIREMENT_TEXTS: dict[str, str] = {one.code: one.text for one in REQUIREMENTS}


# --- rules


def checks_of(criteria: Sequence[str], shown: Shown) -> tuple[Check, ...]:
    """Everything that these criteria need, each once, with whether it is there."""
    chosen = frozenset(Criterion(one) for one in criteria)
    return tuple(
        Check(one.code, one.text, one.is_met(shown), tuple(sorted(one.criteria & chosen)))
        for one in REQUIREMENTS
        if one.criteria & chosen
    )


def gaps_of(checks: Sequence[Check]) -> tuple[str, ...]:
    """The codes of what is missing."""
    return tuple(one.code for one in checks if not one.is_there)

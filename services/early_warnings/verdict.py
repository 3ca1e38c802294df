"""What becomes of a finding: a new warning, further evidence for an open one, or nothing (SPEC 6). Plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from services.early_warnings.lifecycle import GONE_FOR_GOOD_DAYS, MEMORY_DAYS, severity_rank
from services.early_warnings.rule import Finding

#: Key in the evidence: the first day on which the sign was no longer there. A person closes the warning.
SIGN_GONE_ON = "sign_gone_on"


class Verdict(StrEnum):
    """`reprice`: only the money at risk moved; that is derived, not evidence, and troubles nobody's open screen."""

    RAISE = "raise"
    JOIN = "join"
    REPRICE = "reprice"
    NOTHING = "nothing"


@dataclass(frozen=True)
class OpenSign:
    """The open warning of a customer and rule."""

    severity: str
    evidence: Mapping[str, Any]
    evidence_on: dt.date
    money: Decimal


@dataclass(frozen=True)
class JudgedSign:
    """The warning of a customer and rule that was resolved last."""

    outcome: str
    severity: str
    evidence: Mapping[str, Any]
    resolved_on: dt.date


def without_absence(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """Evidence as a rule states it, without the note that its sign was gone."""
    return {key: value for key, value in evidence.items() if key != SIGN_GONE_ON}


def is_new_evidence(found: Finding, judged: JudgedSign) -> bool:
    """Graver than what was judged, or about something that was not among it (another invoice, another report).

    Less of the same is not new: an invoice that was paid since does not bring a judged warning back.
    """
    if severity_rank(found.severity) > severity_rank(judged.severity):
        return True
    known = {str(item) for item in judged.evidence.get("items", ())}
    return any(str(item) not in known for item in found.evidence.get("items", ()))


def is_forgotten(judged: JudgedSign, day: dt.date) -> bool:
    """True when the judgement no longer covers the same evidence: the sign was away, or its time has passed."""
    gone_on = judged.evidence.get(SIGN_GONE_ON)
    if gone_on is not None and (day - dt.date.fromisoformat(gone_on)).days >= GONE_FOR_GOOD_DAYS:
        return True
    memory = MEMORY_DAYS[judged.outcome]
    return memory is not None and (day - judged.resolved_on).days >= memory


def has_returned(judged: JudgedSign | None, day: dt.date) -> bool:
    """True when a sign stands on `day` that a judged warning notes as gone by then."""
    gone_on = judged.evidence.get(SIGN_GONE_ON) if judged is not None else None
    return gone_on is not None and dt.date.fromisoformat(gone_on) <= day


def verdict_on(found: Finding, open_sign: OpenSign | None, judged: JudgedSign | None, day: dt.date) -> Verdict:
    """What to do with a finding of `day`. A look back never overwrites newer evidence."""
    if open_sign is None:
        if judged is None or is_new_evidence(found, judged) or is_forgotten(judged, day):
            return Verdict.RAISE
        return Verdict.NOTHING
    if open_sign.evidence_on > day:
        return Verdict.NOTHING
    graver = severity_rank(found.severity) > severity_rank(open_sign.severity)
    if graver or dict(found.evidence) != dict(open_sign.evidence):
        return Verdict.JOIN
    return Verdict.REPRICE if found.money != open_sign.money else Verdict.NOTHING

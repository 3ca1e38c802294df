"""What becomes of a finding: raised, joined, or left."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from services.early_warnings.rule import Finding
from services.early_warnings.verdict import (
    SIGN_GONE_ON,
    JudgedSign,
    OpenSign,
    Verdict,
    has_returned,
    is_forgotten,
    is_new_evidence,
    verdict_on,
)

DAY = dt.date(2025, 6, 30)


def evidence(*items: str, **more: Any) -> dict[str, Any]:
    return {"items": list(items), "facts": {"count": len(items)}} | more


def finding(*items: str, severity: str = "medium", money: int = 10) -> Finding:
    return Finding(1, Decimal(money), severity, evidence(*items))


def judged(*items: str, outcome: str = "false_alarm", days: int = 0, **more: Any) -> JudgedSign:
    return JudgedSign(outcome, "medium", evidence(*items, **more), DAY - dt.timedelta(days=days))


def standing(*items: str, severity: str = "medium", on: dt.date = DAY, **more: Any) -> OpenSign:
    return OpenSign(severity, evidence(*items, **more), on, Decimal(10))


def test_a_first_sign_is_raised() -> None:
    assert verdict_on(finding("A"), None, None, DAY) is Verdict.RAISE


@pytest.mark.parametrize(
    ("found", "open_sign", "expected"),
    [
        (finding("A"), standing("A"), Verdict.NOTHING),
        (finding("A", "B"), standing("A"), Verdict.JOIN),
        (finding("A"), standing("A", "B"), Verdict.JOIN),
        (finding("A", severity="high"), standing("A"), Verdict.JOIN),
        (finding("A", severity="low"), standing("A"), Verdict.NOTHING),
        (finding("A", money=11), standing("A"), Verdict.REPRICE),
        (finding("A"), standing("A", sign_gone_on="2025-06-20"), Verdict.JOIN),
        (finding("A", "B"), standing("A", on=DAY + dt.timedelta(days=1)), Verdict.NOTHING),
    ],
)
def test_an_open_warning_takes_what_is_new(found: Finding, open_sign: OpenSign, expected: Verdict) -> None:
    assert verdict_on(found, open_sign, judged("A"), DAY) is expected


@pytest.mark.parametrize(
    ("found", "is_new"),
    [
        (finding("A"), False),
        (finding("A", "B"), False),
        (finding("A", "C"), True),
        (finding("C"), True),
        (finding(), False),
        (finding("A", severity="high"), True),
        (finding("A", severity="low"), False),
    ],
)
def test_less_of_the_same_is_not_new(found: Finding, is_new: bool) -> None:
    earlier = judged("A", "B")
    assert is_new_evidence(found, earlier) is is_new
    assert verdict_on(found, None, earlier, DAY) is (Verdict.RAISE if is_new else Verdict.NOTHING)


@pytest.mark.parametrize(
    ("outcome", "days", "is_raised"),
    [
        ("false_alarm", 0, False), ("false_alarm", 5000, False),
        ("mitigated", 29, False), ("mitigated", 30, True),
        ("confirmed", 89, False), ("confirmed", 90, True),
    ],
)  # fmt: skip
def test_how_long_a_judgement_covers_the_same_evidence(outcome: str, days: int, is_raised: bool) -> None:
    earlier = judged("A", outcome=outcome, days=days)
    assert is_forgotten(earlier, DAY) is is_raised
    assert verdict_on(finding("A"), None, earlier, DAY) is (Verdict.RAISE if is_raised else Verdict.NOTHING)


@pytest.mark.parametrize(("gone_days", "is_raised"), [(29, False), (30, True)])
def test_a_sign_that_was_away_for_30_days_is_new(gone_days: int, is_raised: bool) -> None:
    gone_on = (DAY - dt.timedelta(days=gone_days)).isoformat()
    earlier = judged("A", days=400, **{SIGN_GONE_ON: gone_on})
    assert verdict_on(finding("A"), None, earlier, DAY) is (Verdict.RAISE if is_raised else Verdict.NOTHING)


def test_has_returned() -> None:
    assert has_returned(None, DAY) is False
    assert has_returned(judged("A"), DAY) is False
    assert has_returned(judged("A", sign_gone_on="2025-06-30"), DAY) is True
    assert has_returned(judged("A", sign_gone_on="2025-07-01"), DAY) is False

"""Raising warnings: every rule as of a day, one open warning per customer and rule (SPEC 6).

A run looks at all customers, or at those named whose data changed: seconds after a change, at a cost that follows it.
What the days alone bring about is found by the run over all after midnight.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, text

from db.enums import DepartmentKind, WarningState
from db.models import Customer, Department
from services import access, data_versions, ledger
from services.context import Context
from services.early_warnings import storing
from services.early_warnings.editions import RuleEdition, rules_in_force
from services.early_warnings.lifecycle import company_clock, company_zone, severity_rank, step_deadline, stored_priority
from services.early_warnings.publishing import publish_raised
from services.early_warnings.resemblance_rule import RESEMBLES_LISTED
from services.early_warnings.rule import Finding, WarningRule
from services.early_warnings.rules import COMPUTED_RULES, finding_partitions
from services.early_warnings.telling import tell_raised
from services.early_warnings.verdict import OpenSign, Verdict, has_returned, verdict_on
from services.errors import N_, RefusedError
from services.screening.matching import run_screening

_ONE_RUN_AT_A_TIME = 7_205_338


@dataclass(frozen=True)
class RuleCount:
    """One rule in one run: new warnings, open ones that took further evidence, open ones whose sign has gone."""

    raised: int = 0
    joined: int = 0
    gone: int = 0


@dataclass(frozen=True)
class RaiseResult:
    """What one run did, in all and by rule code (every rule that ran is listed)."""

    as_of: dt.date
    raised: int
    joined: int
    gone: int
    by_rule: Mapping[str, RuleCount]


@dataclass
class _Run:
    """What one rule did so far, with the keys and old values that the ledger keeps."""

    edition: RuleEdition
    as_of: dt.date
    risk_department: int | None
    raised: list[str] = field(default_factory=list)
    joined: dict[str, Any] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)

    @property
    def rule(self) -> WarningRule:
        return self.edition.rule

    @property
    def count(self) -> RuleCount:
        return RuleCount(len(self.raised), len(self.joined), len(self.gone))


def raise_warnings(
    ctx: Context,
    as_of: dt.date,
    rules: Sequence[WarningRule] = COMPUTED_RULES,
    customers: Sequence[int] | None = None,
) -> RaiseResult:
    """Look at customers (None: all) as of the end of a day and raise what the rules find, as they are on that day.

    Rules that are switched off find nothing, and leave what they found before as it is. A second run on the same data
    changes nothing. Runs wait for each other. A run for an earlier day raises what showed then, but leaves newer
    evidence alone; deadlines always run from now, because people work from now on.

    Raises:
        NotAllowedError: the actor may not raise warnings.
        RefusedError: the day has not come yet.
    """
    access.ensure_may(ctx, "early_warning.raise")
    if as_of > ctx.today:
        raise RefusedError(N_("Warnings can't be raised for %(day)s, which has not come yet."), day=as_of)
    ctx.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_RUN_AT_A_TIME})
    named = None if customers is None else tuple(sorted(set(customers)))
    if named != () and any(rule.code == RESEMBLES_LISTED.code for rule in rules):
        run_screening(ctx, named)
    by_rule = _run_rules(ctx, as_of, rules, named)
    result = RaiseResult(
        as_of=as_of,
        raised=sum(one.raised for one in by_rule.values()),
        joined=sum(one.joined for one in by_rule.values()),
        gone=sum(one.gone for one in by_rule.values()),
        by_rule=by_rule,
    )
    if result.raised or result.joined or result.gone:
        data_versions.bump(ctx, "early_warnings")
    if result.raised:
        tell_raised(ctx)
    return result


def risk_department_of(ctx: Context) -> int | None:
    """The risk department, which is addressed where a rule says so and where a customer has no owner."""
    risk = select(Department.id).where(Department.kind == DepartmentKind.RISK).order_by(Department.id).limit(1)
    return ctx.session.execute(risk).scalar_one_or_none()


def _run_rules(
    ctx: Context, as_of: dt.date, rules: Sequence[WarningRule], named: tuple[int, ...] | None
) -> dict[str, RuleCount]:
    if named == ():
        return {}
    editions, risk_department = rules_in_force(ctx, as_of), risk_department_of(ctx)
    return {
        rule.code: _run_rule(ctx, _Run(editions[rule.code], as_of, risk_department), named)
        for rule in rules
        if editions[rule.code].is_active
    }


def _run_rule(ctx: Context, run: _Run, named: tuple[int, ...] | None) -> RuleCount:
    rule = run.rule
    if named is not None and rule.scope is not None:
        named = rule.scope(ctx, named)
    for part in finding_partitions(ctx, rule, run.as_of, named):
        _apply(ctx, run, part)
        run.seen += [one.customer_id for one in part]
    run.gone = storing.mark_gone(ctx, rule.code, run.as_of, run.seen, named)
    _record(ctx, run)
    return run.count


def _record(ctx: Context, run: _Run) -> None:
    """One entry a rule and run on the system's chain (bulk changes are one entry a batch), with old evidence kept."""
    if not (run.raised or run.joined or run.gone):
        return
    ledger.record(
        ctx,
        "early_warning.raised",
        f"warning_rule:{run.rule.code}",
        before={"joined": run.joined} if run.joined else None,
        after={
            "as_of": run.as_of, "raised": len(run.raised), "joined": len(run.joined), "gone": len(run.gone),
            "raised_rows": run.raised, "gone_rows": run.gone, "thresholds": dict(run.rule.thresholds),
            "edition": run.edition.edition,
        },
    )  # fmt: skip


def _apply(ctx: Context, run: _Run, part: Sequence[Finding]) -> None:
    customers = [one.customer_id for one in part]
    standing = storing.open_rows(ctx, run.rule.code, customers)
    judged = storing.judged_rows(ctx, run.rule.code, customers, company_zone(ctx))
    fresh: list[Finding] = []
    back: list[int] = []
    changes: list[dict[str, Any]] = []
    for one in part:
        row, earlier = standing.get(one.customer_id), judged.get(one.customer_id)
        verdict = verdict_on(one, _open_sign(row), earlier, run.as_of)
        if verdict is Verdict.RAISE:
            fresh.append(one)
        elif row is not None and verdict is not Verdict.NOTHING:
            changes.append(_change(ctx, run, row, one, is_joined=verdict is Verdict.JOIN))
        elif row is None and has_returned(earlier, run.as_of):
            back.append(one.customer_id)
    storing.note_return(ctx, run.rule.code, back)
    run.joined |= _joined(standing, changes, storing.change_rows(ctx, changes))
    added = storing.insert_rows(ctx, _new_rows(ctx, run, fresh))
    publish_raised(ctx, added)
    run.raised += added


def _joined(
    standing: Mapping[int, storing.OpenRow], changes: Sequence[Mapping[str, Any]], changed: set[str]
) -> dict[str, Any]:
    """Old values of the warnings that took further evidence, by key."""
    joined = [standing[change["customer_id"]] for change in changes if change["is_joined"]]
    return {
        key: {"severity": row.severity, "evidence": row.evidence, "evidence_on": row.evidence_on}
        for row in joined
        if (key := storing.key_of(row.customer_id, row.id)) in changed
    }


def _open_sign(row: storing.OpenRow | None) -> OpenSign | None:
    return None if row is None else OpenSign(row.severity, row.evidence, row.evidence_on, row.money)


def _change(ctx: Context, run: _Run, row: storing.OpenRow, one: Finding, *, is_joined: bool) -> dict[str, Any]:
    """The new values of an open warning. Severity only rises while it is open; a graver sign ends a snooze and may
    bring the deadline forward, never back."""
    is_graver = severity_rank(one.severity) > severity_rank(row.severity)
    severity = one.severity if is_graver else row.severity
    due_at = row.due_at
    if is_graver:
        due_at = min(
            due_at,
            step_deadline(severity, company_clock(ctx), company_zone(ctx), run.edition.deadline_hours, row.state),
        )
    return {
        "customer_id": row.customer_id, "id": row.id, "version": row.version, "is_joined": is_joined,
        "is_graver": is_graver, "severity": severity, "due_at": due_at, "money_at_risk": one.money,
        "priority": stored_priority(one.money, row.likelihood),
        "evidence": dict(one.evidence) if is_joined else row.evidence,
        "evidence_on": run.as_of if is_joined else row.evidence_on, "rule_edition": run.edition.edition,
    }  # fmt: skip


def _new_rows(ctx: Context, run: _Run, fresh: Sequence[Finding]) -> list[dict[str, Any]]:
    rule, clock, zone, hours = run.rule, company_clock(ctx), company_zone(ctx), run.edition.deadline_hours
    owners = owners_of(ctx, [one.customer_id for one in fresh]) if run.edition.addressed.owner else {}
    rows = []
    for one in fresh:
        first, *also = departments_addressed(run.edition, owners.get(one.customer_id), run.risk_department)
        rows.append({
            "customer_id": one.customer_id, "rule": rule.code, "severity": one.severity, "state": WarningState.RAISED,
            "raised_on": run.as_of, "raised_at": clock, "due_at": step_deadline(one.severity, clock, zone, hours),
            "department_id": first, "also_department_ids": also, "money_at_risk": one.money,
            "likelihood": rule.likelihood, "priority": stored_priority(one.money, rule.likelihood),
            "evidence": dict(one.evidence), "evidence_on": run.as_of, "changed_at": ctx.now,
            "rule_edition": run.edition.edition,
        })  # fmt: skip
    return rows


def departments_addressed(edition: RuleEdition, owner: int | None, risk: int | None) -> list[int | None]:
    """The departments a warning goes to, the one that works it first. A customer without an owner is risk's."""
    wanted: list[int | None] = []
    if edition.addressed.owner:
        wanted.append(owner or risk)
    if edition.addressed.risk:
        wanted.append(risk)
    wanted += edition.department_ids
    known = [one for one in dict.fromkeys(wanted) if one is not None]
    return list(known) or [None]


def owners_of(ctx: Context, customers: Sequence[int]) -> dict[int, int | None]:
    """The owner department of each customer."""
    rows = select(Customer.customer_id, Customer.owner_department_id).where(Customer.customer_id.in_(customers))
    return {customer: owner for customer, owner in ctx.session.execute(rows)}

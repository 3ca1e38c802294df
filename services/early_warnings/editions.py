"""Warning rules as data (SPEC 6): what each rule is from a day on, and who changed it for what reason.

An edition's row is added, never changed. On day d the edition with the latest `effective_from` not after d holds, of
one day the one made last; before the first the rule is as the product ships it (edition 0).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from sqlalchemy import func, select, text

from db.enums import LikelihoodSource, RiskLevel, WarningState
from db.models import AppUser, Department, WarningRuleEdition
from services import access, data_versions, ledger
from services.context import Context
from services.early_warnings.lifecycle import LONGEST_STEP_HOURS, NO_HOURS, Hours
from services.early_warnings.rule import Addressed, WarningRule
from services.early_warnings.rules import RULES, rule_by_code
from services.early_warnings.threshold_limits import checked_thresholds, typed_thresholds
from services.errors import N_, RefusedError, StaleError
from services.reasons import stated

_ONE_CHANGE_AT_A_TIME = 7_205_339
_KEPT = "warning_rules"
_BEGINNING = dt.date(1900, 1, 1)


@dataclass(frozen=True)
class Addressees:
    """Whom the warnings of a rule go to: the customer's department, risk management, departments by code."""

    owner: bool = True
    risk: bool = False
    departments: tuple[str, ...] = ()


@dataclass(frozen=True)
class RuleEdition:
    """A rule as it is from `effective_from` on. `rule` carries its thresholds, severity and likelihood.

    `likelihood_cases` is the number of cases a learnt likelihood rests on. Edition 0 ships with the product: nobody
    changed it.
    """

    rule: WarningRule
    edition: int
    effective_from: dt.date
    is_active: bool
    addressed: Addressees
    department_ids: tuple[int, ...] = ()
    deadline_hours: Hours = field(default_factory=lambda: NO_HOURS)
    likelihood_source: str = LikelihoodSource.STATED
    likelihood_cases: int | None = None
    reason: str = ""
    changed_by: str | None = None
    changed_at: dt.datetime | None = None


@dataclass(frozen=True)
class RuleChange:
    """What risk management wants a rule to be. None leaves a part as it is on that day."""

    thresholds: Mapping[str, object] = field(default_factory=dict)
    is_active: bool | None = None
    severity: str | None = None
    likelihood: Decimal | None = None
    likelihood_source: str = LikelihoodSource.STATED
    likelihood_cases: int | None = None
    addressed: Addressees | None = None
    deadline_hours: Hours | None = None


class RuleHistory:
    """All editions of all rules, by rule in the order they were made."""

    def __init__(self, made: Sequence[RuleEdition]) -> None:
        self._made: dict[str, list[RuleEdition]] = {code: [shipped(rule)] for code, rule in RULES.items()}
        for one in made:
            self._made[one.rule.code].append(one)

    def on(self, code: str, day: dt.date) -> RuleEdition:
        """The edition in force on a day."""
        known = [one for one in self._made[code] if one.effective_from <= day]
        return max(known, key=lambda one: (one.effective_from, one.edition))

    def edition(self, code: str, number: int) -> RuleEdition:
        """An edition by its number."""
        return self._made[code][number]

    def all_of(self, code: str) -> tuple[RuleEdition, ...]:
        """Every edition of a rule, the newest first; the last is what ships."""
        return tuple(reversed(self._made[code]))

    def newest(self, code: str) -> RuleEdition:
        """The edition made last."""
        return self._made[code][-1]


# --- rules


def shipped(rule: WarningRule) -> RuleEdition:
    """A rule as the product ships it."""
    to_risk = rule.addressed is Addressed.RISK
    return RuleEdition(rule, 0, _BEGINNING, True, Addressees(owner=not to_risk, risk=to_risk))


def checked_hours(hours: Hours) -> dict[str, dict[str, int]]:
    """Deadlines by severity and by the state that the step leads out of.

    Raises:
        RefusedError: a severity or state is unknown, or hours lie outside their range.
    """
    steps = {WarningState.RAISED, WarningState.ACKNOWLEDGED, WarningState.ACTING}
    for severity, by_state in hours.items():
        if severity not in set(RiskLevel) or not set(by_state) <= steps:
            raise RefusedError(N_("Deadlines are given by severity and step."))
        for value in by_state.values():
            if not 1 <= value <= LONGEST_STEP_HOURS:
                raise RefusedError(
                    N_("A deadline lies between 1 and %(most)s hours."), most=LONGEST_STEP_HOURS, value=value
                )
    return {severity: dict(by_state) for severity, by_state in hours.items() if by_state}


def changed_edition(before: RuleEdition, change: RuleChange) -> RuleEdition:
    """The edition that a change makes of the one in force.

    Raises:
        NotFoundError, RefusedError: a part of the change can't be.
    """
    rule = before.rule
    severity = rule.severity if change.severity is None else change.severity
    if severity not in set(RiskLevel):
        raise RefusedError(N_("“%(severity)s” is not a severity."), severity=severity)
    likelihood = rule.likelihood if change.likelihood is None else change.likelihood
    if not (likelihood.is_finite() and 0 <= likelihood <= 1):
        raise RefusedError(N_("A likelihood lies between 0 and 1."))
    addressed = before.addressed if change.addressed is None else change.addressed
    if not (addressed.owner or addressed.risk or addressed.departments):
        raise RefusedError(N_("A warning has to go to somebody: choose a department."))
    if rule.findings is None and change.is_active is False:
        raise RefusedError(N_("Tips are raised by people: there is nothing to switch off."))
    is_learnt = change.likelihood is not None and change.likelihood_source != LikelihoodSource.STATED
    keeps = change.likelihood is None or (change.likelihood == rule.likelihood and not is_learnt)
    return replace(
        before,
        rule=replace(
            rule, thresholds=checked_thresholds(rule, change.thresholds), severity=RiskLevel(severity),
            likelihood=likelihood,
        ),
        is_active=before.is_active if change.is_active is None else change.is_active,
        addressed=addressed,
        deadline_hours=before.deadline_hours if change.deadline_hours is None else checked_hours(change.deadline_hours),
        likelihood_source=before.likelihood_source if keeps else change.likelihood_source,
        likelihood_cases=before.likelihood_cases if keeps else change.likelihood_cases,
    )  # fmt: skip


def is_same(one: RuleEdition, other: RuleEdition) -> bool:
    """Whether two editions say the same of the rule."""
    return values_of(one) == values_of(other)


def values_of(one: RuleEdition) -> dict[str, object]:
    """What an edition says, as the ledger keeps it."""
    return {
        "is_switched_on": one.is_active, "thresholds": dict(one.rule.thresholds), "severity": one.rule.severity.value,
        "likelihood": one.rule.likelihood.normalize(), "likelihood_source": str(one.likelihood_source),
        "to_owner": one.addressed.owner, "to_risk": one.addressed.risk,
        "departments": sorted(one.addressed.departments),
        "deadline_hours": {severity: dict(hours) for severity, hours in one.deadline_hours.items() if hours},
    }  # fmt: skip


# --- commands


def change_rule(
    ctx: Context, code: str, change: RuleChange, reason: str, effective_from: dt.date | None, seen_edition: int
) -> RuleEdition:
    """Make a new edition of a rule from a day on (default: today). Open warnings keep what they were raised under.

    Raises:
        NotAllowedError: the actor may not change rules.
        NotFoundError, StaleError, RefusedError: nothing was changed.
    """
    access.ensure_may(ctx, "warning_rule.change")
    rule_by_code(code)
    words = stated(reason)
    since = effective_from or ctx.today
    if since < ctx.today:
        raise RefusedError(N_("A rule changes from today on or from a later day: what was raised stays as it was."))
    ctx.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_CHANGE_AT_A_TIME})
    ctx.__dict__.pop(_KEPT, None)
    history = rule_history(ctx)
    newest = history.newest(code)
    if newest.edition != seen_edition:
        raise StaleError(N_("Somebody changed this record while you were looking at it. Reload and decide again."))
    before = history.on(code, since)
    after = changed_edition(before, change)
    if is_same(before, after):
        raise RefusedError(N_("Nothing would change: the rule is like this already on that day."))
    return _add(ctx, replace(after, edition=newest.edition + 1, effective_from=since, reason=words), before)


def _add(ctx: Context, made: RuleEdition, before: RuleEdition) -> RuleEdition:
    ids = _department_ids(ctx, made.addressed.departments)
    ctx.session.add(
        WarningRuleEdition(
            rule=made.rule.code, edition=made.edition, effective_from=made.effective_from, is_active=made.is_active,
            thresholds=ledger.plain(dict(made.rule.thresholds)), severity=made.rule.severity,
            likelihood=made.rule.likelihood, likelihood_source=str(made.likelihood_source),
            likelihood_cases=made.likelihood_cases, to_owner=made.addressed.owner, to_risk=made.addressed.risk,
            department_ids=ids, reason=made.reason, changed_by=ctx.actor.login, changed_at=ctx.now,
            deadline_hours={level: dict(hours) for level, hours in made.deadline_hours.items()},
        )
    )  # fmt: skip
    ctx.session.flush()
    old, new = values_of(before), values_of(made)
    changed = [name for name in new if new[name] != old[name]]
    ledger.record(
        ctx, "warning_rule.changed", f"warning_rule:{made.rule.code}",
        before={name: old[name] for name in changed},
        after={"edition": made.edition, "from": made.effective_from, **{name: new[name] for name in changed}},
        note=made.reason,
    )  # fmt: skip
    data_versions.bump(ctx, "warning_rules")
    ctx.__dict__.pop(_KEPT, None)
    return rule_history(ctx).newest(made.rule.code)


def _department_ids(ctx: Context, codes: Sequence[str]) -> list[int]:
    known = dict(ctx.session.execute(select(Department.code, Department.id)).all())
    missing = [code for code in codes if code not in known]
    if missing:
        raise RefusedError(N_("There is no department called %(code)s."), code=missing[0])
    return sorted(known[code] for code in codes)


# --- reads


def rule_history(ctx: Context) -> RuleHistory:
    """All editions, read once a transaction."""
    kept: RuleHistory | None = ctx.__dict__.get(_KEPT)
    if kept is None:
        kept = ctx.__dict__[_KEPT] = RuleHistory(_read(ctx))
    return kept


def rules_in_force(ctx: Context, day: dt.date) -> dict[str, RuleEdition]:
    """Every rule by code as it is on a day."""
    history = rule_history(ctx)
    return {code: history.on(code, day) for code in RULES}


def _read(ctx: Context) -> list[RuleEdition]:
    stored = (
        select(WarningRuleEdition, func.coalesce(AppUser.name, WarningRuleEdition.changed_by).label("who"))
        .outerjoin(AppUser, AppUser.login == WarningRuleEdition.changed_by)
        .order_by(WarningRuleEdition.rule, WarningRuleEdition.edition)
    )
    rows = [(row, who) for row, who in ctx.session.execute(stored) if row.rule in RULES]
    codes = dict(ctx.session.execute(select(Department.id, Department.code)).all()) if rows else {}
    return [_edition(row, who, codes) for row, who in rows]


def _edition(row: WarningRuleEdition, who: str, codes: Mapping[int, str]) -> RuleEdition:
    rule = RULES[row.rule]
    return RuleEdition(
        rule=replace(
            rule, thresholds=typed_thresholds(rule, row.thresholds), severity=RiskLevel(row.severity),
            likelihood=row.likelihood,
        ),
        edition=row.edition, effective_from=row.effective_from, is_active=row.is_active,
        addressed=Addressees(row.to_owner, row.to_risk, tuple(codes[one] for one in row.department_ids)),
        department_ids=tuple(row.department_ids), deadline_hours=row.deadline_hours,
        likelihood_source=row.likelihood_source, likelihood_cases=row.likelihood_cases, reason=row.reason,
        changed_by=who, changed_at=row.changed_at,
    )  # fmt: skip

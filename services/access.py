"""Role x action, one table (SPEC 3, clause 4.1). tests/rules/test_access.py checks every cell."""

from __future__ import annotations

from db.enums import Role
from services.context import Actor, Context
from services.errors import N_, NotAllowedError

EVERYBODY = frozenset(Role)

MAY: dict[str, frozenset[Role]] = {
    "overview.read": EVERYBODY,
    "customer.read": EVERYBODY,
    "customer.see_personal": frozenset({Role.RISK, Role.LEGAL, Role.FINANCE, Role.BUSINESS}),
    "early_warning.read": EVERYBODY,
    "early_warning.acknowledge": frozenset({Role.BUSINESS, Role.RISK, Role.LEGAL, Role.FINANCE}),
    "early_warning.act": frozenset({Role.BUSINESS, Role.RISK, Role.LEGAL, Role.FINANCE}),
    "early_warning.assign": frozenset({Role.RISK}),
    "early_warning.snooze": frozenset({Role.RISK}),
    "early_warning.resolve": frozenset({Role.RISK}),
    "early_warning.take_over": frozenset({Role.BUSINESS, Role.RISK, Role.LEGAL, Role.FINANCE}),
    "early_warning.undo": frozenset({Role.RISK}),
    "desk_view.keep": EVERYBODY,
    "early_warning.raise": frozenset({Role.RISK, Role.ADMIN}),
    "assessment.read": EVERYBODY,
    "assessment.propose": frozenset({Role.BUSINESS}),
    "assessment.review": frozenset({Role.RISK}),
    "assessment.finalise": frozenset({Role.RISK}),
    "assessment.report_visit": frozenset({Role.BUSINESS, Role.RISK}),
    "assessment.see_person": frozenset({Role.RISK, Role.AUDITOR, Role.LEADER}),
    "warning_rule.read": EVERYBODY,
    "warning_rule.change": frozenset({Role.RISK}),
    "import.run": frozenset({Role.BUSINESS, Role.RISK, Role.LEGAL, Role.FINANCE, Role.HR, Role.ADMIN}),
    "export.run": EVERYBODY - {Role.VIEWER},
    "information.read": EVERYBODY,
    "information.confirm": frozenset({Role.BUSINESS, Role.RISK}),
    "information.set_limit": frozenset({Role.RISK}),
    "incentive.read": EVERYBODY,
    "incentive.see_person": frozenset({Role.AUDITOR, Role.LEADER, Role.HR}),
    "metric.read": EVERYBODY,
    "policy.read": EVERYBODY,
    "policy.set": frozenset({Role.ADMIN}),
    "policy.approve": frozenset({Role.RISK, Role.LEADER}),
    "scorecard.read": EVERYBODY,
    "scorecard.draft": frozenset({Role.RISK}),
    "scorecard.approve": frozenset({Role.RISK, Role.LEADER}),
    "scorecard.compare": frozenset({Role.RISK, Role.LEADER, Role.ADMIN}),
    "challenger.fit": frozenset({Role.RISK}),
    "score.compute": frozenset({Role.RISK, Role.ADMIN}),
    "user.manage": frozenset({Role.ADMIN}),
    "notification.read": EVERYBODY,
    "notification.configure": frozenset({Role.ADMIN}),
    "ledger.read": frozenset({Role.AUDITOR, Role.RISK, Role.LEGAL, Role.LEADER, Role.ADMIN}),
}


def may(actor: Actor, action: str) -> bool:
    """True when the actor's role allows the action. An unknown action is a mistake in the code, not a refusal."""
    return actor.role in MAY[action]


def ensure_may(ctx: Context, action: str) -> None:
    """Refuse an act that the actor's role does not allow. The command line and the worker act for the administrator.

    Raises:
        NotAllowedError: the role does not allow it.
    """
    if not ctx.is_system and not may(ctx.actor, action):
        raise NotAllowedError(N_("Your role does not allow this. Ask your administrator which role you need."))

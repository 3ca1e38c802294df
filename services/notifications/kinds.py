"""The kinds of notices: what each says, who gets it, and when it is sent unless a person chose otherwise.

One table; docs/notifications.md lists it and a test compares the two. A kind's sentence is filled with the params of
the notice; `many` is its form for other counts than one (the doors have such pairs a second time, for the catalogues).
"""

from __future__ import annotations

from dataclasses import dataclass

from db.enums import NoticeMode, Role
from services.errors import N_

#: Who works on warnings in a department.
_WORKING = frozenset({Role.BUSINESS, Role.RISK, Role.LEGAL, Role.FINANCE})
_LEADING = frozenset({Role.LEADER})
_APPROVING = frozenset({Role.RISK, Role.LEADER})
_ADMIN = frozenset({Role.ADMIN})
#: Who may release an order at all; the order names the role that it waits for.
_RELEASING = frozenset({Role.RISK, Role.LEGAL, Role.FINANCE, Role.LEADER})


@dataclass(frozen=True)
class NoticeKind:
    """One kind of notice.

    `name` is what people choose by, `who` says in words who gets it. `roles`: who can get it at all; where a notice
    names no people it goes to those of the department addressed, or of the whole company. Empty: anybody named.
    `tells_actor`: also who caused it is told. `leaves_house` False: it stays in the product: it is about sending.
    """

    code: str
    name: str
    who: str
    one: str
    many: str | None = None
    roles: frozenset[Role] = frozenset()
    mode: NoticeMode = NoticeMode.INSTANT
    is_urgent: bool = False
    tells_actor: bool = False
    leaves_house: bool = True


_ALL = (
    NoticeKind(
        "warnings_raised", N_("New warnings for my department"), N_("Those who work on warnings in the department"),
        "One new warning for your department", "%(count)s new warnings for your department", roles=_WORKING,
    ),
    NoticeKind(
        "warning_assigned", N_("A warning assigned to me"), N_("The person it was assigned to"),
        "A warning was assigned to you: %(customer)s",
        "%(count)s warnings were assigned to you, the first about %(customer)s", roles=_WORKING,
    ),
    NoticeKind(
        "warnings_due", N_("My warnings that are due today"), N_("The person who has them"),
        "One of your warnings is due today", "%(count)s of your warnings are due today", roles=_WORKING,
    ),
    NoticeKind(
        "warnings_escalated", N_("Warnings past their deadline"),
        N_("The department addressed, then risk management, then leadership"),
        "One warning passed its deadline and was escalated to you",
        "%(count)s warnings passed their deadline and were escalated to you",
        roles=_WORKING | _LEADING, is_urgent=True,
    ),
    NoticeKind(
        "assessment_to_review", N_("Assessments that wait for a review"), N_("Risk management"),
        N_("The assessment of %(customer)s waits for your review"), roles=frozenset({Role.RISK}),
        mode=NoticeMode.DIGEST,
    ),
    NoticeKind(
        "assessment_returned", N_("An assessment of mine that was returned"), N_("Who proposed it"),
        N_("The assessment of %(customer)s was returned to you: %(reason)s"),
    ),
    NoticeKind(
        "assessment_requested", N_("An assessment, information or a visit asked of me"), N_("The person asked"),
        N_("Something is asked of you on %(customer)s until %(day)s: %(reason)s"),
    ),
    NoticeKind(
        "order_held", N_("Orders held for my decision"), N_("The role that may release the order"),
        N_("The order %(order)s of %(customer)s is held and waits for your decision"), roles=_RELEASING,
    ),
    NoticeKind(
        "override_to_approve", N_("Permissions to pass a measure that wait for approval"),
        N_("Risk management and leadership"),
        N_("A permission to pass a measure against %(customer)s waits for approval"), roles=_APPROVING,
    ),
    NoticeKind(
        "order_settled", N_("The decision on an order that I asked for"), N_("Who asked for the order"),
        N_("The order %(order)s of %(customer)s was decided on: %(order_state)s"),
    ),
    NoticeKind(
        "control_to_approve", N_("Measures that wait for approval"), N_("Risk management and leadership"),
        N_("A measure for %(customer)s waits for your approval: %(control_kind)s"), roles=_APPROVING,
    ),
    NoticeKind(
        "controls_planned", N_("Measures that rules proposed"), N_("Risk management"),
        "One measure was proposed by a rule and waits for approval",
        "%(count)s measures were proposed by rules and wait for approval", roles=frozenset({Role.RISK}),
        mode=NoticeMode.DIGEST,
    ),
    NoticeKind(
        "control_decided", N_("The decision on a measure I proposed"), N_("Who proposed it"),
        N_("The measure you proposed for %(customer)s (%(control_kind)s) was decided on: %(decision)s"),
    ),
    NoticeKind(
        "control_in_force", N_("Measures that my department has to obey"),
        N_("The customer's department, and who is in charge of the measure"),
        "A measure for %(customer)s is in force now: %(control_kind)s",
        "%(count)s measures are in force now, the first for %(customer)s: %(control_kind)s",
        roles=frozenset({Role.BUSINESS}),
    ),
    NoticeKind(
        "control_ended", N_("Measures of my department that have ended"),
        N_("The customer's department, and who is in charge of the measure"),
        "The measure for %(customer)s has ended: %(control_kind)s",
        "%(count)s measures have ended, the first for %(customer)s: %(control_kind)s", roles=frozenset({Role.BUSINESS}),
        mode=NoticeMode.DIGEST,
    ),
    NoticeKind(
        "controls_due", N_("Measures to review, or that end soon"),
        N_("Who is in charge of the measure, else the customer's department"),
        "One measure is to be reviewed today or ends in two weeks",
        "%(count)s measures are to be reviewed today or end in two weeks", roles=frozenset({Role.BUSINESS}),
    ),
    NoticeKind(
        "plan_rule_to_approve", N_("Changes of plan rules that wait for approval"),
        N_("Risk management and leadership"),
        N_("A change of the plan rule “%(rule)s” waits for your approval"), roles=_APPROVING,
    ),
    NoticeKind(
        "setting_to_approve", N_("Settings that wait for approval"), N_("Risk management and leadership"),
        N_("A value of “%(setting)s” waits for your approval"), roles=_APPROVING,
    ),
    NoticeKind(
        "setting_decided", N_("The decision on a value I proposed"), N_("Who proposed it"),
        N_("Your value of “%(setting)s” was decided on: %(decision)s"), roles=_ADMIN, mode=NoticeMode.DIGEST,
    ),
    NoticeKind(
        "scorecard_to_approve", N_("Scorecards that wait for approval"), N_("Risk management and leadership"),
        N_("The scorecard %(scorecard)s waits for your approval"), roles=_APPROVING,
    ),
    NoticeKind(
        "import_rejects", N_("Rows of my imports that were rejected"), N_("Who brought the file in"),
        "One row of %(file)s was rejected", "%(count)s rows of %(file)s were rejected",
        mode=NoticeMode.DIGEST, tells_actor=True,
    ),
    NoticeKind(
        "figures_check_failed", N_("Figures that did not agree with the data"), N_("Administrators"),
        N_("The figures of %(month)s did not agree with the data and were made again"), roles=_ADMIN, is_urgent=True,
    ),
    NoticeKind(
        "job_given_up", N_("Work in the background that was given up"), N_("Administrators"),
        N_("The work %(job)s was given up: %(reason)s"), roles=_ADMIN, is_urgent=True,
    ),
    NoticeKind(
        "webhook_given_up", N_("Events that a webhook did not take"), N_("Administrators"),
        N_("Events for %(address)s are given up: %(reason)s"), roles=_ADMIN, is_urgent=True,
    ),
    NoticeKind(
        "delivery_given_up", N_("Messages that could not be sent"),
        N_("Whose address it is; administrators for a department's"),
        N_("A message to %(address)s could not be sent: %(reason)s"), roles=_ADMIN, mode=NoticeMode.OFF,
        tells_actor=True, leaves_house=False,
    ),
)  # fmt: skip

#: By code, in the order in which people see them.
NOTICE_KINDS: dict[str, NoticeKind] = {one.code: one for one in _ALL}
